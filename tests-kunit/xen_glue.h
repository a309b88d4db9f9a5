/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What asks Xen, as on a PVH host, for suites: see xen_glue.c. */
#ifndef PCIBACK_TESTS_XEN_GLUE_H
#define PCIBACK_TESTS_XEN_GLUE_H

#include <linux/pci.h>

#define GLUE_MAX_CALLS	8

/**
 * struct glue_xen - the Xen that the glue calls, and what it was asked
 * @err: what every hypercall but PHYSDEVOP_pci_device_add returns
 * @add_err: what that one returns
 * @gsi: interrupt line of every function, negative if the kernel cannot find it
 * @nr: number of hypercalls since it was set
 * @cmd: their operations, PHYSDEVOP_*
 * @devfn: of the function in PHYSDEVOP_pci_device_add and _reset, else 0
 * @bar: BAR 0 of @pdev at that call, if it is set
 * @add_flags: of PHYSDEVOP_pci_device_add
 * @physfn: physical function in it
 * @pdev: the function whose BAR is looked at
 * @messages: lines that were logged
 *
 * Used by one thread at a time.
 */
struct glue_xen {
	int err;
	int add_err;
	int gsi;
	int nr;
	int cmd[GLUE_MAX_CALLS];
	int devfn[GLUE_MAX_CALLS];
	u32 bar[GLUE_MAX_CALLS];
	u32 add_flags;
	int physfn;
	struct pci_dev *pdev;
	int messages;
};

extern struct glue_xen glue_xen;

void glue_xen_prepare_msix(struct pci_dev *pdev);
void glue_xen_release_msix(struct pci_dev *pdev);
void glue_xen_reset_done(struct pci_dev *pdev);

int glue_gsi_take(struct pci_dev *pdev);
void glue_gsi_forget(struct pci_dev *pdev);
int glue_gsi_lookup(u32 sbdf);

extern const struct pci_error_handlers glue_error_handlers;

#endif /* PCIBACK_TESTS_XEN_GLUE_H */
