/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Seized virtual functions when their physical function's driver is unbound. */
#ifndef PCIBACK_STUB_SRIOV_H
#define PCIBACK_STUB_SRIOV_H

#include <linux/pci.h>

int pciback_sriov_init(void);
void pciback_sriov_exit(void);
void pciback_sriov_pf_unbind(struct pci_dev *pf);

#endif /* PCIBACK_STUB_SRIOV_H */
