/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Interrupt lines (GSIs) of seized functions, for toolstacks in a PVH host. */
#ifndef PCIBACK_XEN_GSI_H
#define PCIBACK_XEN_GSI_H

#include <linux/pci.h>

int pciback_gsi_take(struct pci_dev *pdev);
void pciback_gsi_forget(struct pci_dev *pdev);
int pciback_gsi_lookup(u32 sbdf);
void pciback_gsi_register(void);
void pciback_gsi_unregister(void);

#endif /* PCIBACK_XEN_GSI_H */
