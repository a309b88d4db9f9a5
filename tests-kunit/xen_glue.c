// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * xen/hypercall.c, xen/gsi.c and recovery/recovery.c once more, included here on a PVH host
 * that is not there: hypercalls are recorded, and answered as a test wants. The functions
 * have other names, because the files are linked into this module too.
 */
#include <linux/irq.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <xen/events.h>
#include <xen/interface/physdev.h>
#include <xen/pci.h>
#include <xen/xen.h>
#include <xen/xenbus.h>
#include <asm/xen/hypercall.h>
#include "compat.h"
#include "xen_glue.h"

struct glue_xen glue_xen;

static int glue_devfn(int cmd, void *arg)
{
	if (cmd == PHYSDEVOP_pci_device_add)
		return ((struct physdev_pci_device_add *)arg)->devfn;
	if (cmd == PHYSDEVOP_pci_device_reset)
		return ((struct pci_device_reset *)arg)->dev.devfn;
	return 0;
}

static int glue_physdev_op(int cmd, void *arg)
{
	const struct physdev_pci_device_add *add = arg;

	if (glue_xen.nr < GLUE_MAX_CALLS) {
		glue_xen.cmd[glue_xen.nr] = cmd;
		glue_xen.devfn[glue_xen.nr] = glue_devfn(cmd, arg);
		if (glue_xen.pdev)
			pci_read_config_dword(glue_xen.pdev, PCI_BASE_ADDRESS_0,
					      &glue_xen.bar[glue_xen.nr]);
	}
	glue_xen.nr++;
	if (cmd != PHYSDEVOP_pci_device_add)
		return glue_xen.err;
	glue_xen.add_flags = add->flags;
	glue_xen.physfn = add->physfn.devfn;
	return glue_xen.add_err;
}

static int glue_route_gsi(struct pci_dev *pdev, int *gsi)
{
	/* As compat.h on a kernel that cannot find the line. */
	if (glue_xen.gsi < 0)
		return -EOPNOTSUPP;
	*gsi = glue_xen.gsi;
	return glue_xen.err;
}

#undef xen_initial_domain
#undef xen_pv_domain
#undef xen_pvh_domain
#define xen_initial_domain()	true
#define xen_pv_domain()		false
#define xen_pvh_domain()	true
#define HYPERVISOR_physdev_op(cmd, arg)	glue_physdev_op(cmd, arg)
#define compat_pvh_route_gsi(pdev, gsi)	glue_route_gsi(pdev, gsi)

#undef pci_err
#undef pci_warn
#undef dev_warn_ratelimited
#define pci_err(pdev, fmt, ...)		glue_message(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define pci_warn(pdev, fmt, ...)	glue_message(&(pdev)->dev, fmt, ##__VA_ARGS__)
#define dev_warn_ratelimited(dev, fmt, ...)	glue_message(dev, fmt, ##__VA_ARGS__)
#define glue_message(dev, fmt, ...)		\
	do {					\
		glue_xen.messages++;		\
		dev_info(dev, fmt, ##__VA_ARGS__);	\
	} while (0)

#define pciback_xen_prepare_msix	glue_xen_prepare_msix
#define pciback_xen_release_msix	glue_xen_release_msix
#define pciback_xen_reset_begins	glue_xen_reset_begins
#define pciback_xen_reset_done		glue_xen_reset_done
#define pciback_xen_set_owner		glue_xen_set_owner
#define pciback_xen_clear_owner		glue_xen_clear_owner
#define pciback_xen_domain_exists	glue_xen_domain_exists
#define pciback_xen_pirq		glue_xen_pirq
#define pciback_xen_try_msix		glue_xen_try_msix
#define pciback_xen_line_shared		glue_xen_line_shared
#include "../xen/hypercall.c"

#define pciback_gsi_take		glue_gsi_take
#define pciback_gsi_forget		glue_gsi_forget
#define pciback_gsi_lookup		glue_gsi_lookup
#define pciback_gsi_register		glue_gsi_register
#define pciback_gsi_unregister		glue_gsi_unregister
#include "../xen/gsi.c"

#define pciback_recovery_timeout	glue_recovery_timeout
#define pciback_recovery_retry		glue_recovery_retry
#define pciback_recovery_init		glue_recovery_init
#define pciback_recovery_exit		glue_recovery_exit
#define pciback_recovery_guest_reset	glue_recovery_guest_reset
#define pciback_recovery_slept		glue_recovery_slept
#define pciback_error_handlers		glue_error_handlers
#include "../recovery/recovery.c"
