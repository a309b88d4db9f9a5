// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Limits how often a guest may cause a failing attempt to enable MSI or MSI-X.
 *
 * When Xen has no interrupt left, the host's PCI code writes one line to the kernel
 * log for each attempt, without a rate limit. A guest could fill the log that way
 * (XSA-43). So after BACKOFF_MAX failures, further attempts within BACKOFF_PERIOD
 * fail with the last error and do not reach the host's PCI code.
 *
 * Freestanding: no locks; the caller passes the time.
 */
#include <linux/errno.h>
#include <linux/jiffies.h>
#include "irq/backoff.h"
#include "record/irq_state.h"

/**
 * pciback_backoff_error() - must the next attempt fail without being made?
 * @backoff: failures of this function for its current guest
 * @now: current time in jiffies
 *
 * Context: any. Caller serialises access to @backoff.
 * Return: 0: make the attempt; else the error of the last one, to be returned in its
 * place.
 */
int pciback_backoff_error(const struct irq_backoff *backoff, unsigned long now)
{
	if (backoff->count < BACKOFF_MAX || time_after(now, backoff->since + BACKOFF_PERIOD))
		return 0;
	return backoff->err;
}

/**
 * pciback_backoff_add() - record a failed attempt
 * @backoff: failures of this function for its current guest
 * @err: error of the attempt, -errno
 * @now: current time in jiffies
 *
 * Context: any. Caller serialises access to @backoff.
 */
void pciback_backoff_add(struct irq_backoff *backoff, int err, unsigned long now)
{
	if (!backoff->count || time_after(now, backoff->since + BACKOFF_PERIOD)) {
		backoff->since = now;
		backoff->count = 0;
	}
	backoff->count++;
	backoff->err = err;
}
