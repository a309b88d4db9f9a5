// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The PCI driver "pciback": which functions it binds to, and its probe() and remove(). What
 * is done with a function then is in device/lifecycle.c.
 */
#include <linux/pci.h>
#include "compat.h"
#include "device/lifecycle.h"
#include "record/record.h"
#include "recovery/recovery.h"
#include "stub/bars.h"
#include "stub/pci_driver.h"
#include "stub/sleep.h"
#include "stub/slots.h"

/* The PCI core holds device_lock(). */
static int stub_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	bool wanted = pciback_slots_cover(pdev);
	int err;

	if (!wanted && !compat_driver_override_is(pdev, &pciback_pci_driver.driver))
		return -ENODEV;
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL &&
	    pdev->hdr_type != PCI_HEADER_TYPE_BRIDGE) {
		pci_err(pdev, "not seized: header type %d; only types 0 and 1 can be assigned to guests\n",
			pdev->hdr_type);
		return -ENODEV;
	}

	pci_info(pdev, "seizing device\n");
	err = pciback_device_seize(pdev);
	if (err) {
		pci_err(pdev, "not seized: error %d; it is left without a driver\n", err);
		return err;
	}
	if (!wanted)
		err = pciback_slots_enter(pdev);
	if (err)
		pciback_device_release(pdev);
	else
		pciback_bars_warn(pdev);
	return err;
}

/* The PCI core holds device_lock(). */
static void stub_remove(struct pci_dev *pdev)
{
	pciback_device_release(pdev);
	pciback_slots_leave(pdev);
}

/*
 * Matches every function; probe() decides. There is no MODULE_DEVICE_TABLE(): with one, udev
 * would load the module for the first device that it finds.
 */
static const struct pci_device_id stub_ids[] = {
	{ PCI_DEVICE(PCI_ANY_ID, PCI_ANY_ID) },
	{ }
};

struct pci_driver pciback_pci_driver = {
	/* Toolstacks depend on the name. */
	.name = "pciback",
	.id_table = stub_ids,
	.probe = stub_probe,
	.remove = stub_remove,
	.err_handler = &pciback_error_handlers,
	.driver = {
		/* The PCI core sets it too, but functions are reserved before that. */
		.name = "pciback",
		/*
		 * A reset takes 100 ms and more: functions that are hidden at load are
		 * seized side by side.
		 */
		.probe_type = PROBE_PREFER_ASYNCHRONOUS,
		.pm = pm_sleep_ptr(&pciback_pm_ops),
	},
};

/**
 * pciback_stub_register() - register the PCI driver
 * @groups: attributes of each seized function
 *
 * Functions that are hidden at load are probed from here on.
 *
 * Context: may sleep. Caller holds no device_lock().
 * Return: 0; -ENOMEM; or -errno of the PCI core.
 */
int pciback_stub_register(const struct attribute_group **groups)
{
	int err = pciback_device_wq_init();

	if (err)
		return err;
	/* Not .driver.dev_groups: the PCI core overwrites that one with this one. */
	pciback_pci_driver.dev_groups = groups;
	err = pci_register_driver(&pciback_pci_driver);
	if (err)
		pciback_device_wq_exit();
	return err;
}

/**
 * pciback_stub_unregister() - release every function and unregister the PCI driver
 *
 * Context: sleeps, for resets. Caller holds no device_lock().
 */
void pciback_stub_unregister(void)
{
	pci_unregister_driver(&pciback_pci_driver);
	pciback_device_wq_exit();
}
