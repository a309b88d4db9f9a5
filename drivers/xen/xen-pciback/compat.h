/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Differences between kernels, each behind one wrapper. The HAVE_ symbols come from
 * compat/probe.sh. No other file of the module may depend on the kernel version.
 */
#ifndef PCIBACK_COMPAT_H
#define PCIBACK_COMPAT_H

#include <linux/device.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/interface/io/pciif.h>
#include "compat/generated.h"

/*
 * Defined in Xen's public io/pciif.h, but not in Linux's copy: enable as many MSI
 * vectors as the member info of struct xen_pci_op says.
 */
#ifndef XEN_PCI_OP_enable_multi_msi
#define XEN_PCI_OP_enable_multi_msi	10
#endif

/* Is the function's driver_override this driver? Caller holds device_lock(). */
static inline bool compat_driver_override_is(struct pci_dev *pdev,
					     const struct device_driver *drv)
{
#ifdef __CHECKER__
	/* sparse does not understand the scoped lock in the kernel's helper. */
	return false;
#elif defined(HAVE_DEVICE_MATCH_DRIVER_OVERRIDE)
	return device_match_driver_override(&pdev->dev, drv) > 0;
#else
	return pdev->driver_override && !strcmp(pdev->driver_override, drv->name);
#endif
}

/* Has the function any driver_override? */
static inline bool compat_driver_override_exists(struct pci_dev *pdev)
{
#ifdef __CHECKER__
	return false;
#elif defined(HAVE_DEVICE_MATCH_DRIVER_OVERRIDE)
	return device_has_driver_override(&pdev->dev);
#else
	return READ_ONCE(pdev->driver_override);
#endif
}

/* Sets driver_override to this driver. 0 or -errno. Caller does not hold device_lock(). */
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

/*
 * Removes driver_override. Caller holds device_lock(), which driver_set_override() of
 * older kernels would take again.
 */
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
/* From Xen's public header physdev.h. */
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

/* Finds a function's interrupt line and lets Xen set it up. PVH hosts only. 0 or -errno. */
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

/* The state in one of a device's two directories. */
static inline enum xenbus_state compat_xenbus_state(struct xenbus_device *xdev, const char *dir)
{
#ifdef HAVE_XENBUS_READ_DRIVER_STATE_DEV
	return xenbus_read_driver_state(xdev, dir);
#else
	return xenbus_read_driver_state(dir);
#endif
}

/* Return type of a xenbus_driver's remove(), and the value to return. */
#ifdef HAVE_XENBUS_REMOVE_VOID
#define COMPAT_XENBUS_REMOVE	void
#define COMPAT_XENBUS_REMOVED
#else
#define COMPAT_XENBUS_REMOVE	int
#define COMPAT_XENBUS_REMOVED	0
#endif
#endif

#endif /* PCIBACK_COMPAT_H */
