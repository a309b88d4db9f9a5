/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Interrupts of a seized function on behalf of its guest: MSI and MSI-X, and the
 * handler that keeps a shared INTx line enabled in the host.
 */
#ifndef PCIBACK_IRQ_IRQ_H
#define PCIBACK_IRQ_IRQ_H

#include <linux/types.h>
#include <xen/interface/io/pciif.h>

struct pcistub_device;

bool pciback_intx_is_outdated(const struct pcistub_device *dev);
void pciback_intx_update(struct pcistub_device *dev);
void pciback_intx_mask(struct pcistub_device *dev);
void pciback_intx_toggle(struct pcistub_device *dev);
int pciback_msi_enable(struct pcistub_device *dev, u32 nr, u32 *value);
u32 pciback_msi_limit(struct pcistub_device *dev, u32 nr);
int pciback_msix_enable(struct pcistub_device *dev, struct xen_msix_entry *entries, u32 nr);
u32 pciback_msi_disable(struct pcistub_device *dev);
void pciback_irq_teardown(struct pcistub_device *dev);

#endif /* PCIBACK_IRQ_IRQ_H */
