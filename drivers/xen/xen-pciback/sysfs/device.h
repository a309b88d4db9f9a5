/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Attributes of each seized function in sysfs. */
#ifndef PCIBACK_SYSFS_DEVICE_H
#define PCIBACK_SYSFS_DEVICE_H

#include <linux/device.h>
#include <linux/sysfs.h>

extern const struct attribute_group *pciback_device_groups[];

/* reset.c */
extern struct device_attribute pciback_attr_reset_plan;
extern struct device_attribute pciback_attr_reset_history;
extern struct device_attribute pciback_attr_reset_state;

#endif /* PCIBACK_SYSFS_DEVICE_H */
