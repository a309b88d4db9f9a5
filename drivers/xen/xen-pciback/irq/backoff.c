// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * How often a guest may have the host refuse it.
 *
 * When Xen has no interrupt to give, the host's PCI code says so in the kernel
 * log, a line for each attempt and without a limit. A guest could fill the log
 * that way (XSA-43), so after some refusals the next attempts get the same answer
 * without the host being asked, until a while is over.
 *
 * Pure: no locks, no clock of its own.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include "irq/backoff.h"
#include "record/irq_state.h"

/**
 * refusal_standing() - is it too early to ask the host again?
 * @seen: the refusals so far
 * @now: in jiffies
 *
 * Return: the error to answer without asking; 0: ask.
 */
int refusal_standing(const struct refusals *seen, unsigned long now)
{
	if (seen->count < REFUSALS_MOST || time_after(now, seen->since + REFUSALS_WHILE))
		return 0;
	return seen->err;
}

/**
 * refusal_add() - the host has refused
 * @seen: the refusals so far
 * @err: with what, -errno
 * @now: in jiffies
 */
void refusal_add(struct refusals *seen, int err, unsigned long now)
{
	if (!seen->count || time_after(now, seen->since + REFUSALS_WHILE)) {
		seen->since = now;
		seen->count = 0;
	}
	seen->count++;
	seen->err = err;
}
