/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Seizing, assigning, deassigning and releasing functions. */
#ifndef PCIBACK_DEVICE_LIFECYCLE_H
#define PCIBACK_DEVICE_LIFECYCLE_H

#include <linux/types.h>
#include <linux/workqueue.h>
#include "record/record.h"

struct pci_dev;

int pciback_device_seize(struct pci_dev *pdev);
void pciback_device_release(struct pci_dev *pdev);

int pciback_device_assign(struct pcistub_device *dev, struct pciback_owner *owner);
int pciback_device_await_deassign(struct pcistub_device *dev);
void pciback_device_end_ops(struct pcistub_device *dev);
void pciback_device_stop(struct pcistub_device *dev);
void pciback_device_undo_guest(struct pcistub_device *dev);
void pciback_device_deassign_work(struct work_struct *work);
void pciback_device_set_detaching(struct pcistub_device *dev, const struct pciback_owner *owner);
bool pciback_device_deassign_begin(struct pcistub_device *dev, struct pciback_owner *owner);
void pciback_device_deassign_finish(struct pcistub_device *dev, struct pciback_owner *owner);
void pciback_device_deassign_later(struct pcistub_device *dev, struct pciback_owner *owner);
int pciback_device_request_reset(struct pcistub_device *dev);
void pciback_device_deassign(struct pcistub_device *dev, struct pciback_owner *owner);
void pciback_device_quiesce(struct pcistub_device *dev, struct pciback_owner *owner);
void pciback_device_reconnect_finish(struct pcistub_device *dev, struct pciback_owner *owner);
void pciback_device_reset_for_reconnect(struct pcistub_device *dev, struct pciback_owner *owner);

#endif /* PCIBACK_DEVICE_LIFECYCLE_H */
