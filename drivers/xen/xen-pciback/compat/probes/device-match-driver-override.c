// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * driver_override moved from struct pci_dev into struct device, behind helpers
 * that take its lock: "PCI: use generic driver_override infrastructure", 7.1
 * and backports.
 */
#include <linux/device.h>

int probe(struct device *dev, const struct device_driver *drv);
int probe(struct device *dev, const struct device_driver *drv)
{
	return device_match_driver_override(dev, drv);
}
