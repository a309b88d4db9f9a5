/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What happens to a seized function: seized, assigned, deassigned, released. */
#ifndef PCIBACK_DEVICE_LIFECYCLE_H
#define PCIBACK_DEVICE_LIFECYCLE_H

#include <linux/types.h>
#include "record/record.h"

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

#endif /* PCIBACK_DEVICE_LIFECYCLE_H */
