/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Carrying out one method of reset, and recording its result. */
#ifndef PCIBACK_RESET_STEP_H
#define PCIBACK_RESET_STEP_H

#include <linux/ktime.h>
#include "reset/set.h"

void pciback_reset_note(struct pcistub_device *dev, enum reset_reason reason,
			enum reset_method method, ktime_t start, int result);
void pciback_reset_set_error(struct pcistub_device *dev, int err);
bool pciback_reset_in_use(const struct pcistub_device *dev);
void pciback_reset_disable_msi(struct pci_dev *pdev);
int pciback_reset_step_run(struct reset_set *set, const struct reset_step *step,
			   enum reset_reason reason);

#endif /* PCIBACK_RESET_STEP_H */
