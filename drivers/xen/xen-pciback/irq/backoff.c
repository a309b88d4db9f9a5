// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * How often a guest may have the host refuse it.
 *
 * When Xen has no interrupt to give, the host's PCI code says so in the kernel
 * log, a line for each attempt and without a limit. A guest could fill the log
 * that way (XSA-43), so after some irq_backoff the next attempts get the same answer
 * without the host being asked, until a while is over.
 *
 * Freestanding: no locks, no clock of its own.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include "irq/backoff.h"
#include "record/irq_state.h"

/**
 * pciback_backoff_error() - is it too early to ask the host again?
 * @seen: the irq_backoff so far
 * @now: in jiffies
 *
 * Return: the error to answer without asking; 0: ask.
 */
int pciback_backoff_error(const struct irq_backoff *seen, unsigned long now)
{
	if (seen->count < BACKOFF_MAX || time_after(now, seen->since + BACKOFF_PERIOD))
		return 0;
	return seen->err;
}

/**
 * pciback_backoff_add() - the host has refused
 * @seen: the irq_backoff so far
 * @err: with what, -errno
 * @now: in jiffies
 */
void pciback_backoff_add(struct irq_backoff *seen, int err, unsigned long now)
{
	if (!seen->count || time_after(now, seen->since + BACKOFF_PERIOD)) {
		seen->since = now;
		seen->count = 0;
	}
	seen->count++;
	seen->err = err;
}
