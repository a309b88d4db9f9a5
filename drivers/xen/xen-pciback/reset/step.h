/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Carrying out one method of reset, and noting what came of it. */
#ifndef PCIBACK_RESET_STEP_H
#define PCIBACK_RESET_STEP_H

#include <linux/ktime.h>
#include "reset/set.h"

void remember(struct pciback_device *dev, enum reset_why why, enum reset_method method,
	      ktime_t start, int result);
void set_error(struct pciback_device *dev, int err);
bool is_live(const struct pciback_device *dev);
void msi_off(struct pci_dev *pdev);
int take_step(struct reset_set *set, const struct reset_step *step, enum reset_why why);

#endif /* PCIBACK_RESET_STEP_H */
