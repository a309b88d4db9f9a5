// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What was tried to reset a function, as far back as there is room. */
#include <linux/kernel.h>
#include <linux/sysfs.h>
#include <pciback/reset_plan.h>
#include "record/reset_history.h"
#include "reset/history.h"

static const char * const why_names[RESET_WHYS] = {
	[RESET_AT_SEIZE] = "seize",
	[RESET_AT_HAND_OVER] = "hand-over",
	[RESET_AT_HAND_BACK] = "hand-back",
	[RESET_AT_RELEASE] = "release",
	[RESET_ON_REQUEST] = "request",
	[RESET_BY_ITS_GUEST] = "guest",
	[RESET_WITH_NEIGHBOUR] = "neighbour",
};

static bool same_again(const struct reset_event *a, const struct reset_event *b)
{
	return a->why == RESET_BY_ITS_GUEST && a->why == b->why && a->method == b->method &&
	       a->result == b->result && a->domid == b->domid;
}

/**
 * reset_history_add() - remember a reset
 * @history: of the function
 * @event: what was tried
 *
 * A guest that resets its function over and over takes one entry.
 *
 * Context: caller holds the lock of the function's record.
 */
void reset_history_add(struct reset_history *history, const struct reset_event *event)
{
	struct reset_event *last = &history->event[(history->nr - 1) % RESET_HISTORY];
	u32 count = 1;

	if (history->nr && same_again(last, event))
		count = last->count + 1;
	else
		last = &history->event[history->nr++ % RESET_HISTORY];
	*last = *event;
	last->count = count;
}

/**
 * reset_history_print() - print the history, oldest first, one reset a line
 * @history: of the function
 * @buf: a page
 *
 * Context: caller holds the lock of the function's record.
 * Return: length of the text.
 */
int reset_history_print(const struct reset_history *history, char *buf)
{
	unsigned int i = history->nr > RESET_HISTORY ? history->nr - RESET_HISTORY : 0;
	int len = 0;

	for (; i < history->nr; i++) {
		const struct reset_event *event = &history->event[i % RESET_HISTORY];
		char domain[12] = "-";

		if (event->domid != RESET_IDLE)
			snprintf(domain, sizeof(domain), "%d", event->domid);
		len += sysfs_emit_at(buf, len,
				     "time %lld method %s why %s domain %s ms %u count %u result %d\n",
				     event->when, reset_method_name(event->method),
				     why_names[event->why], domain, event->ms, event->count,
				     event->result);
	}
	return len;
}
