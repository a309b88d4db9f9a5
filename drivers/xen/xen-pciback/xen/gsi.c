// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The interrupt lines of seized functions, by their numbers in Xen (GSI).
 *
 * In a PV host Linux uses Xen's interrupt numbers. A PVH host has its own: there Xen
 * must be told the trigger mode and polarity of a line before a guest can have it,
 * and a toolstack requests the number from the kernel. The kernel calls this driver
 * for it, because only seized functions are concerned.
 */
#include <linux/pci.h>
#include <linux/xarray.h>
#include <xen/xen.h>
#include "compat.h"
#include "xen/gsi.h"

/*
 * Seized functions by address. The value is the GSI plus one, or zero for a function
 * that has none. The xarray has its own lock, and reading needs only RCU: the kernel
 * calls pciback_gsi_lookup() in atomic context, where the record of a function cannot
 * be locked.
 */
static DEFINE_XARRAY(gsi_by_sbdf);

static u32 device_sbdf(struct pci_dev *pdev)
{
	return (u32)pci_domain_nr(pdev->bus) << 16 | pci_dev_id(pdev);
}

/*
 * The GSI of a function, set up in Xen, or -ENOENT. Virtual functions and many other
 * functions have no interrupt line; that is not an error.
 */
static int gsi_of_device(struct pci_dev *pdev)
{
	int gsi = -ENOENT, err;

	if (!xen_initial_domain() || !xen_pvh_domain() || !pdev->pin)
		return -ENOENT;
	err = compat_pvh_route_gsi(pdev, &gsi);
	/*
	 * Xen before 4.20 (-ENOSYS) sets up a line only when the host itself uses it, and one
	 * without PCI passthrough (-EOPNOTSUPP) never does. If this kernel cannot find the line
	 * (-EOPNOTSUPP too), @gsi is still -ENOENT.
	 */
	if (!err || err == -ENOSYS || err == -EOPNOTSUPP)
		return gsi;
	pci_warn(pdev, "no interrupt line for guests (%d); they can use it with MSI only\n", err);
	return -ENOENT;
}

/**
 * pciback_gsi_take() - set up the interrupt line of a function that is being seized
 * @pdev: the function, enabled
 *
 * Undone by pciback_gsi_forget().
 *
 * Context: may sleep. Not called at the same time as pciback_gsi_forget() for the
 * same function.
 * Return: 0, also if the function has no line; -ENOMEM.
 */
int pciback_gsi_take(struct pci_dev *pdev)
{
	int gsi = gsi_of_device(pdev);

	/* Xen's segment numbers have 16 bits, so no toolstack requests others. */
	if ((u32)pci_domain_nr(pdev->bus) > U16_MAX)
		return 0;
	return xa_err(xa_store(&gsi_by_sbdf, device_sbdf(pdev), xa_mk_value(gsi < 0 ? 0 : gsi + 1),
			       GFP_KERNEL));
}

/**
 * pciback_gsi_forget() - undo pciback_gsi_take()
 * @pdev: the function; nothing happens if pciback_gsi_take() was not called for it
 *
 * Context: may sleep.
 */
void pciback_gsi_forget(struct pci_dev *pdev)
{
	if ((u32)pci_domain_nr(pdev->bus) <= U16_MAX)
		xa_erase(&gsi_by_sbdf, device_sbdf(pdev));
}

/**
 * pciback_gsi_lookup() - the interrupt line of a seized function
 * @sbdf: its address: segment in the upper 16 bits, then bus, device and function
 *
 * Context: any; the kernel calls it with a lock held. Takes no lock.
 * Return: the GSI; -ENOENT: the function has none, which toolstacks accept, or the
 * host is not PVH; -ENODEV: the function is not seized.
 */
int pciback_gsi_lookup(u32 sbdf)
{
	void *entry = xa_load(&gsi_by_sbdf, sbdf);

	if (!entry)
		return -ENODEV;
	return xa_to_value(entry) ? (int)xa_to_value(entry) - 1 : -ENOENT;
}

/**
 * pciback_gsi_register() - register pciback_gsi_lookup() with the kernel
 *
 * Comes last when the module starts, because the kernel must not call a module whose
 * start fails.
 *
 * Context: may sleep.
 */
void pciback_gsi_register(void)
{
	compat_register_gsi_lookup(pciback_gsi_lookup);
}

/**
 * pciback_gsi_unregister() - undo pciback_gsi_register()
 *
 * After its return pciback_gsi_lookup() is not running and is not called again.
 *
 * Context: may sleep.
 */
void pciback_gsi_unregister(void)
{
	compat_register_gsi_lookup(NULL);
}
