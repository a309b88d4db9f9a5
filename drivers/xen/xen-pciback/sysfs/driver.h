/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Attributes of the driver in sysfs. */
#ifndef PCIBACK_SYSFS_DRIVER_H
#define PCIBACK_SYSFS_DRIVER_H

#include <linux/device.h>

int pciback_sysfs_init(struct device_driver *drv);
void pciback_sysfs_exit(struct device_driver *drv);

#endif /* PCIBACK_SYSFS_DRIVER_H */
