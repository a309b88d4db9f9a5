/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Resetting seized functions: interface of reset/ to the layers above. */
#ifndef PCIBACK_RESET_RESET_H
#define PCIBACK_RESET_RESET_H

#include <linux/types.h>
#include "record/reset_history.h"
#include <pciback/reset_plan.h>
#include <xen/interface/xen.h>

struct pci_dev;
struct pcistub_device;
struct pciback_owner;

extern unsigned int pciback_reset_wait_ms;
extern bool pciback_assign_without_reset;

int pciback_reset(struct pcistub_device *dev, enum reset_reason reason,
		  const struct pciback_owner *owner, bool locked);
int pciback_reset_show_plan(struct pcistub_device *dev, char *buf);

/* reset/permit.c */
bool pciback_reset_permits_assign(const struct pcistub_device *dev,
				  const struct pciback_owner *owner);

/* reset/method.c */
bool pciback_reset_has_flr(struct pci_dev *pdev);
int pciback_reset_flr(struct pci_dev *pdev);

#endif /* PCIBACK_RESET_RESET_H */
