/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What happens to a seized function: taken, given to guests and taken back, handed back. */
#ifndef PCIBACK_DEVICE_H
#define PCIBACK_DEVICE_H

#include <linux/types.h>
#include <pciback/record.h>

struct pci_dev;

int pciback_device_seize(struct pci_dev *pdev);
void pciback_device_unseize(struct pci_dev *pdev);

int pciback_device_assign(struct pciback_device *dev, struct pciback_holder *holder);
void pciback_device_shut(struct pciback_device *dev, const struct pciback_holder *holder);
bool pciback_device_shut_out(struct pciback_device *dev, struct pciback_holder *holder);
void pciback_device_take_back(struct pciback_device *dev, struct pciback_holder *holder);
void pciback_device_return(struct pciback_device *dev, struct pciback_holder *holder);
void pciback_device_quiet(struct pciback_device *dev, struct pciback_holder *holder);
void pciback_device_make_new(struct pciback_device *dev, struct pciback_holder *holder);
void pciback_device_renew(struct pciback_device *dev, struct pciback_holder *holder);
void pciback_device_guest_reset(struct pciback_device *dev, struct pciback_holder *holder);

/* device_several.c */
void pciback_devices_return(struct pciback_device **devs, unsigned int nr,
			    struct pciback_holder *holder);
void pciback_devices_renew(struct pciback_device **devs, unsigned int nr,
			   struct pciback_holder *holder);

/* device_conf.c: the guest's view of it */
extern bool pciback_permissive_all;
int pciback_device_conf_init(struct pciback_device *dev);
int pciback_device_conf_read(struct pciback_device *dev, s32 off, s32 size, u32 *val);
int pciback_device_conf_write(struct pciback_device *dev, s32 off, s32 size, u32 val);

#endif /* PCIBACK_DEVICE_H */
