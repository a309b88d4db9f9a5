/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A guest's view of configuration space, connected to the function. */
#ifndef PCIBACK_DEVICE_PCI_HW_H
#define PCIBACK_DEVICE_PCI_HW_H

#include "record/record.h"

extern bool pciback_permissive_all;
int pciback_device_conf_init(struct pcistub_device *dev);
int pciback_device_conf_read(struct pcistub_device *dev, s32 off, s32 size, u32 *val);
int pciback_device_conf_try(struct pcistub_device *dev, const struct pciback_owner *owner,
			    bool write, s32 off, s32 size, u32 *val);
int pciback_device_conf_write(struct pcistub_device *dev, s32 off, s32 size, u32 val);

#endif /* PCIBACK_DEVICE_PCI_HW_H */
