// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The PCI driver "pciback": which functions it binds to, and its probe() and
 * remove(). What a function's seizure means is in device/lifecycle.c.
 */
#include <linux/pci.h>
#include "compat.h"
#include "device/lifecycle.h"
#include "recovery/recovery.h"
#include "stub/bars.h"
#include "stub/pci_driver.h"
#include "stub/slots.h"

static int stub_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	bool wanted = pciback_slots_cover(pdev);
	int err;

	if (!wanted && !compat_driver_override_is(pdev, &pciback_pci_driver.driver))
		return -ENODEV;
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL &&
	    pdev->hdr_type != PCI_HEADER_TYPE_BRIDGE) {
		pci_err(pdev, "not seized: header type %d; only types 0 and 1 can be given to guests\n",
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

static void stub_remove(struct pci_dev *pdev)
{
	pciback_device_release(pdev);
}

/*
 * Every function there is: probe() decides. Not exported as an alias, or udev
 * would load the module for the first device it sees.
 */
static const struct pci_device_id stub_ids[] = {
	{ PCI_DEVICE(PCI_ANY_ID, PCI_ANY_ID) },
	{ }
};

struct pci_driver pciback_pci_driver = {
	/* Toolstacks look for a driver of this name. */
	.name = "pciback",
	.id_table = stub_ids,
	.probe = stub_probe,
	.remove = stub_remove,
	.err_handler = &pciback_error_handlers,
	.driver = {
		/* A reset takes 100 ms and more: seize what is hidden at load side by side. */
		.probe_type = PROBE_PREFER_ASYNCHRONOUS,
	},
};

/**
 * pciback_stub_register() - begin to claim functions
 * @groups: the attributes that each seized function gets
 *
 * Functions hidden at load are probed from here on.
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int pciback_stub_register(const struct attribute_group **groups)
{
	/* Not in .driver: the PCI core writes over that one. */
	pciback_pci_driver.dev_groups = groups;
	return pci_register_driver(&pciback_pci_driver);
}

/**
 * pciback_stub_unregister() - release every function and claim no more
 *
 * Context: sleeps, for resets.
 */
void pciback_stub_unregister(void)
{
	pci_unregister_driver(&pciback_pci_driver);
}
