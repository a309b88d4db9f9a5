/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Limit of a guest's failing attempts to enable MSI or MSI-X (XSA-43). Freestanding. */
#ifndef PCIBACK_IRQ_BACKOFF_H
#define PCIBACK_IRQ_BACKOFF_H

#include <linux/jiffies.h>
#include "record/irq_state.h"

/* Same as the kernel's default rate limit of messages. BACKOFF_PERIOD in jiffies. */
#define BACKOFF_MAX	10
#define BACKOFF_PERIOD	(5 * HZ)

int pciback_backoff_error(const struct irq_backoff *backoff, unsigned long now);
void pciback_backoff_add(struct irq_backoff *backoff, int err, unsigned long now);

#endif /* PCIBACK_IRQ_BACKOFF_H */
