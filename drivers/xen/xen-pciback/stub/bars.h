/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What else is in the pages of a seized function's memory BARs. */
#ifndef PCIBACK_STUB_BARS_H
#define PCIBACK_STUB_BARS_H

#include <linux/pci.h>

int pciback_bars_show(struct pci_dev *pdev, char *buf);
void pciback_bars_warn(struct pci_dev *pdev);

#endif /* PCIBACK_STUB_BARS_H */
