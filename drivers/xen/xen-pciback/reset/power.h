/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Power states of a function, within a limited time. */
#ifndef PCIBACK_RESET_POWER_H
#define PCIBACK_RESET_POWER_H

#include <linux/pci.h>

int pciback_power_set(struct pci_dev *pdev, pci_power_t state, bool (*ended)(void *ctx), void *ctx);

#endif /* PCIBACK_RESET_POWER_H */
