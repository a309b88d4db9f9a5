/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which functions the driver claims: slots and rules, and the PCI driver; what
 * becomes of virtual ones when their physical one's driver goes; and the
 * driver's attributes in sysfs.
 */
#ifndef PCIBACK_CLAIM_H
#define PCIBACK_CLAIM_H

#include <linux/pci.h>
#include <pciback/match_spec.h>
#include <pciback/slot_spec.h>

extern struct pci_driver pciback_pci_driver;

int pciback_slots_add(const struct slot_spec *spec);
int pciback_slots_remove(const struct slot_spec *spec);
int pciback_slots_show(char *buf);
int pciback_slots_hide(const char *list);
void pciback_slots_clear(void);

int pciback_claim_add(const struct match_spec *spec);
int pciback_claim_remove(const struct match_spec *spec);
bool pciback_claim_wants(struct pci_dev *pdev);

/* rules.c */
int pciback_rules_add(const struct match_spec *spec);
int pciback_rules_remove(const struct match_spec *spec);
int pciback_rules_show(char *buf);
void pciback_rules_clear(void);
bool pciback_rules_cover(struct pci_dev *pdev);

/* hotplug.c */
int pciback_hotplug_init(void);
void pciback_hotplug_exit(void);

/* sriov.c */
int pciback_sriov_init(void);
void pciback_sriov_exit(void);
void pciback_sriov_driver_leaves(struct pci_dev *pf);

/* sysfs.c */
int pciback_sysfs_init(struct device_driver *drv);
void pciback_sysfs_exit(struct device_driver *drv);

#endif /* PCIBACK_CLAIM_H */
