/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Functions to be seized that are given by path, IDs or class. */
#ifndef PCIBACK_STUB_MATCH_RULES_H
#define PCIBACK_STUB_MATCH_RULES_H

#include <linux/pci.h>
#include <pciback/match_spec.h>

int pciback_match_rules_add(const struct match_spec *spec);
int pciback_match_rules_remove(const struct match_spec *spec);
int pciback_match_rules_show(char *buf);
void pciback_match_rules_clear(void);
int pciback_match_rules_except(struct pci_dev *pdev);
bool pciback_match_rules_cover(struct pci_dev *pdev);

#endif /* PCIBACK_STUB_MATCH_RULES_H */
