// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The interrupt line of a seized function, by the number Xen has for it (GSI).
 *
 * In a PV host Linux' interrupt numbers are Xen's. A PVH host has numbers of
 * its own: there somebody must tell Xen how a line is wired before a guest can
 * have it, and a toolstack asks the kernel for the number. The kernel asks us
 * in turn, because it is about seized functions only.
 */
#include <linux/pci.h>
#include <linux/xarray.h>
#include <xen/xen.h>
#include "compat.h"
#include "xen/gsi.h"

/*
 * Seized functions by address; what is kept is the line plus one, or zero for
 * a function without. Has a lock of its own, and reading needs none: the kernel
 * asks where nothing may sleep, so it cannot ask for the record of a function.
 */
static DEFINE_XARRAY(gsi_by_sbdf);

static u32 device_sbdf(struct pci_dev *pdev)
{
	return (u32)pci_domain_nr(pdev->bus) << 16 | pci_dev_id(pdev);
}

/* Virtual functions and many disks have no line: nothing is wrong with them. */
static int gsi_of_device(struct pci_dev *pdev)
{
	int gsi = -ENOENT, err;

	if (!xen_initial_domain() || !xen_pvh_domain() || !pdev->pin)
		return -ENOENT;
	err = compat_pvh_route_gsi(pdev, &gsi);
	if (err == -EOPNOTSUPP)
		return -ENOENT;
	/* Xen before 4.20 wires a line only when the host itself uses it. */
	if (!err || err == -ENOSYS)
		return gsi;
	pci_warn(pdev, "no interrupt line for guests (%d); they can use it with MSI only\n", err);
	return -ENOENT;
}

/**
 * pciback_gsi_take() - have a function's interrupt line ready for guests
 * @pdev: the function, enabled
 *
 * Undone by pciback_gsi_forget().
 *
 * Context: may sleep.
 * Return: 0, also if it has none; -ENOMEM.
 */
int pciback_gsi_take(struct pci_dev *pdev)
{
	int gsi = gsi_of_device(pdev);

	/* A segment the hypervisor has no number for is not asked for either. */
	if ((u32)pci_domain_nr(pdev->bus) > U16_MAX)
		return 0;
	return xa_err(xa_store(&gsi_by_sbdf, device_sbdf(pdev), xa_mk_value(gsi < 0 ? 0 : gsi + 1),
			       GFP_KERNEL));
}

/**
 * pciback_gsi_forget() - a function is seized no more
 * @pdev: the function
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
 * @sbdf: its address: segment in the upper half, bus, device and function
 *
 * Context: any; the kernel calls it with a lock held.
 * Return: the GSI; -ENOENT: the function has none, which toolstacks take for
 * an answer, or its host is not PVH; -ENODEV: the function is not seized.
 */
int pciback_gsi_lookup(u32 sbdf)
{
	void *entry = xa_load(&gsi_by_sbdf, sbdf);

	if (!entry)
		return -ENODEV;
	return xa_to_value(entry) ? (int)xa_to_value(entry) - 1 : -ENOENT;
}

/**
 * pciback_gsi_serve() - begin to answer the kernel's questions
 *
 * Comes last when the module starts: only a module that stays may be asked.
 *
 * Context: may sleep.
 */
void pciback_gsi_serve(void)
{
	compat_register_gsi_lookup(pciback_gsi_lookup);
}

/**
 * pciback_gsi_stop() - undo pciback_gsi_serve()
 *
 * On return nobody is in pciback_gsi_lookup() or will be.
 *
 * Context: may sleep.
 */
void pciback_gsi_stop(void)
{
	compat_register_gsi_lookup(NULL);
}
