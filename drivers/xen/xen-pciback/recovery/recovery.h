/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Recovery of seized functions from a PCI Express error (AER, DPC). */
#ifndef PCIBACK_RECOVERY_RECOVERY_H
#define PCIBACK_RECOVERY_RECOVERY_H

#include <linux/pci.h>

struct pcistub_device;

void pciback_recovery_init(struct pcistub_device *dev);
void pciback_recovery_guest_reset(struct pcistub_device *dev);
void pciback_recovery_slept(struct pcistub_device *dev);
void pciback_recovery_exit(struct pcistub_device *dev);

/* How long a recovery may take until it counts as failed, in jiffies; only tests write it. */
extern unsigned long pciback_recovery_timeout;
extern unsigned long pciback_recovery_retry;

/* Error handlers of the PCI driver; see recovery.c for their locks. */
extern const struct pci_error_handlers pciback_error_handlers;

#endif /* PCIBACK_RECOVERY_RECOVERY_H */
