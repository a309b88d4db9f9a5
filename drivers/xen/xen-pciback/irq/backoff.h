/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How often a guest may have the host refuse it an interrupt (XSA-43).
 */
#ifndef PCIBACK_IRQ_BACKOFF_H
#define PCIBACK_IRQ_BACKOFF_H

#include <linux/jiffies.h>
#include "record/irq_state.h"

/* As often as the kernel's own rate limit lets a message through. */
#define BACKOFF_MAX	10
#define BACKOFF_PERIOD	(5 * HZ)

int pciback_backoff_error(const struct irq_backoff *seen, unsigned long now);
void pciback_backoff_add(struct irq_backoff *seen, int err, unsigned long now);

#endif /* PCIBACK_IRQ_BACKOFF_H */
