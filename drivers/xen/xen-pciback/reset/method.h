/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Methods of reset on real hardware, and their exceptions for certain devices. */
#ifndef PCIBACK_RESET_METHOD_H
#define PCIBACK_RESET_METHOD_H

#include <linux/pci.h>
#include <pciback/reset_plan.h>

/* method.c */
int pciback_reset_methods_of(struct pci_dev *pdev, u8 *methods);
bool pciback_reset_slot_works(struct pci_dev *pdev);
int pciback_reset_method_run(struct pci_dev *pdev, struct pci_dev *bridge,
			     enum reset_method method);
bool pciback_reset_answers(struct pci_dev *pdev);
u32 pciback_reset_identity(struct pci_dev *pdev);
int pciback_reset_wait_ready(struct pci_dev *pdev, u32 id, unsigned long deadline);

/* device_quirks.c */
bool pciback_reset_quirk_no_flr(struct pci_dev *pdev);
u8 pciback_reset_quirk_af(struct pci_dev *pdev);

#endif /* PCIBACK_RESET_METHOD_H */
