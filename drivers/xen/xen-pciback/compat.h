/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Differences between kernels, each behind one wrapper. The HAVE_ symbols
 * come from compat/probe.sh; nothing else in the module may ask which kernel
 * it is built for.
 */
#ifndef PCIBACK_COMPAT_H
#define PCIBACK_COMPAT_H

#include <linux/device.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/io/pciif.h>
#include "compat/generated.h"

/* In Xen's public io/pciif.h, not in Linux's copy: as many MSI vectors as @info says. */
#ifndef XEN_PCI_OP_enable_multi_msi
#define XEN_PCI_OP_enable_multi_msi	10
#endif

/* Has user space tied this function to the driver? Caller holds the device lock. */
static inline bool compat_driver_override_is(struct pci_dev *pdev,
					     const struct device_driver *drv)
{
#ifdef __CHECKER__
	/* sparse does not know the scoped lock inside the kernel's helper. */
	return false;
#elif defined(HAVE_DEVICE_MATCH_DRIVER_OVERRIDE)
	return device_match_driver_override(&pdev->dev, drv) > 0;
#else
	return pdev->driver_override && !strcmp(pdev->driver_override, drv->name);
#endif
}

/* Ties a function to the driver. Caller does not hold the device lock. */
static inline int compat_driver_override_set(struct pci_dev *pdev,
					     const struct device_driver *drv)
{
#ifdef HAVE_DEVICE_MATCH_DRIVER_OVERRIDE
	return device_set_driver_override(&pdev->dev, drv->name);
#else
	return driver_set_override(&pdev->dev, &pdev->driver_override, drv->name,
				   strlen(drv->name));
#endif
}

/* Ties it to none. Caller holds the device lock, which the old helper takes. */
static inline void compat_driver_override_clear(struct pci_dev *pdev)
{
#ifdef HAVE_DEVICE_MATCH_DRIVER_OVERRIDE
	device_set_driver_override(&pdev->dev, "");
#else
	const char *old = pdev->driver_override;

	pdev->driver_override = NULL;
	kfree(old);
#endif
}

#ifndef HAVE_PHYSDEV_PCI_DEVICE_RESET
/* As in Xen's public header physdev.h. */
#include <xen/interface/xen.h>
#include <xen/interface/physdev.h>
#define PHYSDEVOP_pci_device_reset	32
#define PCI_DEVICE_RESET_FLR		3
struct pci_device_reset {
	struct physdev_pci_device dev;
	u32 flags;
};
#endif

#ifdef HAVE_XEN_ACPI_GSI
#include <xen/acpi.h>

/* Find a function's interrupt line, have Xen wire it up. PVH hosts only. */
static inline int compat_pvh_route_gsi(struct pci_dev *pdev, int *gsi)
{
	int trigger, polarity;
	int err = xen_acpi_get_gsi_info(pdev, gsi, &trigger, &polarity);

	return err ? err : xen_pvh_setup_gsi(*gsi, trigger, polarity);
}

static inline void compat_register_gsi_lookup(int (*lookup)(u32 sbdf))
{
	xen_acpi_register_get_gsi_func(lookup);
}
#else
static inline int compat_pvh_route_gsi(struct pci_dev *pdev, int *gsi)
{
	return -EOPNOTSUPP;
}

static inline void compat_register_gsi_lookup(int (*lookup)(u32 sbdf))
{
}
#endif

#ifdef PCIBACK_WITH_GUESTS
#include <xen/xenbus.h>

static inline enum xenbus_state compat_frontend_state(struct xenbus_device *xdev)
{
#ifdef HAVE_XENBUS_READ_DRIVER_STATE_DEV
	return xenbus_read_driver_state(xdev, xdev->otherend);
#else
	return xenbus_read_driver_state(xdev->otherend);
#endif
}

static inline enum xenbus_state compat_backend_state(struct xenbus_device *xdev)
{
#ifdef HAVE_XENBUS_READ_DRIVER_STATE_DEV
	return xenbus_read_driver_state(xdev, xdev->nodename);
#else
	return xenbus_read_driver_state(xdev->nodename);
#endif
}

/* What a xenbus_driver's remove() returns, and how it does. */
#ifdef HAVE_XENBUS_REMOVE_VOID
#define COMPAT_XENBUS_REMOVE	void
#define COMPAT_XENBUS_REMOVED
#else
#define COMPAT_XENBUS_REMOVE	int
#define COMPAT_XENBUS_REMOVED	0
#endif
#endif

#endif /* PCIBACK_COMPAT_H */
