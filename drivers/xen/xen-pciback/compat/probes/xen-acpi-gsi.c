// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A PVH host can set up a function's interrupt line for guests, and toolstacks
 * request its number, since "xen/pvh: Setup gsi for passthrough device" and
 * "xen/privcmd: Add new syscall to get gsi from dev", 6.12. In older kernels a module
 * cannot find out the number.
 */
#include <linux/kconfig.h>
#include <linux/pci.h>
#include <xen/acpi.h>

#if !IS_ENABLED(CONFIG_XEN_DOM0) || !IS_ENABLED(CONFIG_XEN_PVH)
#error the calls do not exist
#endif

int probe(struct pci_dev *pdev, get_gsi_from_sbdf_t lookup);
int probe(struct pci_dev *pdev, get_gsi_from_sbdf_t lookup)
{
	int gsi, trigger, polarity;

	xen_acpi_register_get_gsi_func(lookup);
	return xen_acpi_get_gsi_info(pdev, &gsi, &trigger, &polarity) ?:
		xen_pvh_setup_gsi(gsi, trigger, polarity);
}
