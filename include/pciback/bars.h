/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The memory BARs of a seized function and their neighbours: sysfs_bars.c. */
#ifndef PCIBACK_BARS_H
#define PCIBACK_BARS_H

#include <linux/device.h>
#include <linux/pci.h>

extern struct device_attribute pciback_attr_bars;

void pciback_bars_warn(struct pci_dev *pdev);

#endif /* PCIBACK_BARS_H */
