// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Resetting one seized function, by the method the PCI core has for it.
 */
#include <linux/pci.h>
#include <pciback/reset.h>
#include <pciback/xen_host.h>

/**
 * pciback_reset_function() - bring a function back to its power-on state
 * @pdev: the function; nobody may be using it
 *
 * Does not save or restore configuration space: the caller has a copy that no
 * guest could touch. The function must be in D0 first, or a reset by power
 * state would be none.
 *
 * Context: sleeps, 100 ms and more. Caller holds device_lock().
 * Return: 0; -ENOTTY: it has no reset; -ENODEV: it does not answer; other
 * -errno from the PCI core.
 */
int pciback_reset_function(struct pci_dev *pdev)
{
	u32 id;
	int err;

	device_lock_assert(&pdev->dev);
	if (pci_dev_is_disconnected(pdev))
		return -ENODEV;
	err = pci_set_power_state(pdev, PCI_D0);
	if (err)
		pci_warn(pdev, "not in D0 before its reset (%d)\n", err);
	/* Not for FLR alone: a transfer on its way would hit a function in reset. */
	pci_clear_master(pdev);
	if (!pci_wait_for_pending_transaction(pdev))
		pci_warn(pdev, "transactions still pending; resetting it anyway\n");

	pciback_xen_reset_begins(pdev);
	err = __pci_reset_function_locked(pdev);
	if (err)
		return err;
	pciback_xen_reset_done(pdev);
	if (pci_read_config_dword(pdev, PCI_VENDOR_ID, &id) || PCI_POSSIBLE_ERROR(id))
		return pdev->is_virtfn ? 0 : -ENODEV;
	return 0;
}
