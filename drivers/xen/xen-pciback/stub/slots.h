/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The slot list and hide=; the check whether a function is to be seized. */
#ifndef PCIBACK_STUB_SLOTS_H
#define PCIBACK_STUB_SLOTS_H

#include <linux/pci.h>
#include <pciback/match_spec.h>
#include <pciback/slot_spec.h>

int pciback_slots_add(const struct slot_spec *spec);
int pciback_slots_remove(const struct slot_spec *spec);
int pciback_slots_show(char *buf);
int pciback_slots_hide(const char *list);
void pciback_slots_clear(void);

int pciback_slots_add_spec(const struct match_spec *spec);
int pciback_slots_remove_spec(const struct match_spec *spec);
bool pciback_slots_cover(struct pci_dev *pdev);
int pciback_slots_enter(struct pci_dev *pdev);
void pciback_slots_leave(struct pci_dev *pdev);

#endif /* PCIBACK_STUB_SLOTS_H */
