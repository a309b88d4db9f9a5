/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Resetting a seized function. */
#ifndef PCIBACK_RESET_H
#define PCIBACK_RESET_H

#include <linux/pci.h>

int pciback_reset_function(struct pci_dev *pdev);

#endif /* PCIBACK_RESET_H */
