/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How often a guest may have the host refuse it an interrupt (XSA-43).
 */
#ifndef PCIBACK_IRQ_BACKOFF_H
#define PCIBACK_IRQ_BACKOFF_H

#include <linux/jiffies.h>
#include "record/irq_state.h"

/* As often as the kernel's own rate limit lets a message through. */
#define REFUSALS_MOST	10
#define REFUSALS_WHILE	(5 * HZ)

int refusal_standing(const struct refusals *seen, unsigned long now);
void refusal_add(struct refusals *seen, int err, unsigned long now);

#endif /* PCIBACK_IRQ_BACKOFF_H */
