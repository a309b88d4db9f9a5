/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Hypercalls of the driver and calls of the kernel's Xen support. Each call is safe
 * without Xen, so that the rest of the driver can be tested on any machine.
 */
#ifndef PCIBACK_XEN_HYPERCALL_H
#define PCIBACK_XEN_HYPERCALL_H

#include <linux/pci.h>
#include <xen/interface/io/pciif.h>
#include <xen/interface/xen.h>

void pciback_xen_prepare_msix(struct pci_dev *pdev);
void pciback_xen_release_msix(struct pci_dev *pdev);
void pciback_xen_reset_begins(struct pci_dev *pdev);
void pciback_xen_reset_done(struct pci_dev *pdev);
int pciback_xen_set_owner(struct pci_dev *pdev, domid_t domid);
void pciback_xen_clear_owner(struct pci_dev *pdev);
bool pciback_xen_domain_exists(domid_t domid);
u32 pciback_xen_pirq(unsigned int irq);
int pciback_xen_try_msix(struct pci_dev *pdev, domid_t domid,
			 const struct xen_msix_entry *entries, u32 nr);
bool pciback_xen_line_shared(unsigned int irq);

#endif /* PCIBACK_XEN_HYPERCALL_H */
