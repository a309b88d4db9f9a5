/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the administrator allows guests beyond the tables of registers: the level of
 * writes, and interrupt control.
 */
#ifndef PCIBACK_DEVICE_POLICY_H
#define PCIBACK_DEVICE_POLICY_H

#include <pciback/conf.h>

struct pcistub_device;

int pciback_policy_set_level(struct pcistub_device *dev, enum conf_level level);
int pciback_policy_allow_interrupts(struct pcistub_device *dev);

#endif /* PCIBACK_DEVICE_POLICY_H */
