// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The last resets of a function: adding one, and printing them for sysfs. Works on
 * struct reset_history only.
 */
#include <linux/kernel.h>
#include <linux/sysfs.h>
#include <pciback/reset_plan.h>
#include "record/reset_history.h"
#include "reset/history.h"

static const char * const reason_names[RESET_REASONS] = {
	[RESET_FOR_SEIZE] = "seize",
	[RESET_FOR_ASSIGN] = "assign",
	[RESET_FOR_DEASSIGN] = "deassign",
	[RESET_FOR_RELEASE] = "release",
	[RESET_FOR_REQUEST] = "request",
	[RESET_FOR_GUEST] = "guest",
	[RESET_FOR_NEIGHBOUR] = "neighbour",
};

static bool history_is_repeat(const struct reset_event *a, const struct reset_event *b)
{
	return a->reason == RESET_FOR_GUEST && a->reason == b->reason && a->method == b->method &&
	       a->result == b->result && a->domid == b->domid;
}

/**
 * pciback_reset_history_add() - add a reset to a function's history
 * @history: the function's history
 * @event: the reset; @count is ignored
 *
 * Equal resets in a row that a guest asked for take one entry, so that a guest
 * cannot remove the others from the history.
 *
 * Context: any. Caller holds the lock of the function's record.
 */
void pciback_reset_history_add(struct reset_history *history, const struct reset_event *event)
{
	struct reset_event *last = &history->event[(history->nr - 1) % RESET_HISTORY];
	u32 count = 1;

	if (history->nr && history_is_repeat(last, event))
		count = last->count + 1;
	else
		last = &history->event[history->nr++ % RESET_HISTORY];
	*last = *event;
	last->count = count;
}

/**
 * pciback_reset_history_print() - print the history, oldest first, one reset per line
 * @history: the function's history
 * @buf: a page
 *
 * Context: process. Caller holds the lock of the function's record.
 * Return: length of the text in bytes.
 */
int pciback_reset_history_print(const struct reset_history *history, char *buf)
{
	unsigned int i = history->nr > RESET_HISTORY ? history->nr - RESET_HISTORY : 0;
	int len = 0;

	for (; i < history->nr; i++) {
		const struct reset_event *event = &history->event[i % RESET_HISTORY];
		char domain[12] = "-";

		if (event->domid != RESET_IDLE)
			snprintf(domain, sizeof(domain), "%d", event->domid);
		len += sysfs_emit_at(buf, len,
				     "time %lld method %s reason %s domain %s ms %u count %u result %d\n",
				     event->when, pciback_reset_method_name(event->method),
				     reason_names[event->reason], domain, event->ms, event->count,
				     event->result);
	}
	return len;
}
