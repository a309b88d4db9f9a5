/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which functions the driver claims: the slot list and the PCI driver; and the
 * driver's attributes in sysfs.
 */
#ifndef PCIBACK_CLAIM_H
#define PCIBACK_CLAIM_H

#include <linux/pci.h>
#include <pciback/slot_spec.h>

extern struct pci_driver pciback_pci_driver;

int pciback_slots_add(const struct slot_spec *spec);
int pciback_slots_remove(const struct slot_spec *spec);
int pciback_slots_show(char *buf);
int pciback_slots_hide(const char *list);
void pciback_slots_clear(void);

/* sysfs.c */
int pciback_sysfs_init(struct device_driver *drv);
void pciback_sysfs_exit(struct device_driver *drv);

#endif /* PCIBACK_CLAIM_H */
