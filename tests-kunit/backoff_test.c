// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* How often a guest can make the host try to enable interrupts that it cannot enable. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include "irq/backoff.h"
#include "record/irq_state.h"
#include "suites.h"

/*
 * @times failures with @err, evenly spread over @over jiffies from @start on. Then the error
 * that is returned without a try, @after jiffies later: 0 means that the host is asked.
 */
struct period_row {
	const char *name;
	unsigned long start;
	unsigned int times;
	unsigned long over, after;
	int err, refused;
};

static const struct period_row period_rows[] = {
	{ "none", 1000, 0, 0, 1, -ENOSPC, 0 },
	{ "one", 1000, 1, 0, 0, -ENOSPC, 0 },
	{ "one short of too many", 1000, BACKOFF_MAX - 1, 0, 0, -ENOSPC, 0 },
	{ "too many at once", 1000, BACKOFF_MAX, 0, 0, -ENOSPC, -ENOSPC },
	{ "the error is the last one", 1000, BACKOFF_MAX, 0, 1, -ENOMEM, -ENOMEM },
	{ "to the end of the period", 1000, BACKOFF_MAX, 0, BACKOFF_PERIOD, -ENOSPC, -ENOSPC },
	{ "after the period", 1000, BACKOFF_MAX, 0, BACKOFF_PERIOD + 1, -ENOSPC, 0 },
	{ "too many, but over ten periods", 1000, BACKOFF_MAX, 10 * BACKOFF_PERIOD, 0, -ENOSPC, 0 },
	{ "jiffies wrap", ULONG_MAX - 1, BACKOFF_MAX, 0, 3, -ENOSPC, -ENOSPC },
	{ "jiffies wrap, after the period", ULONG_MAX - 1, BACKOFF_MAX, 0, BACKOFF_PERIOD + 1,
	  -ENOSPC, 0 },
	{ "jiffies are 0", 0, BACKOFF_MAX, 0, 1, -ENOSPC, -ENOSPC },
};

KUNIT_ARRAY_PARAM_DESC(period, period_rows, name);

static void period(struct kunit *test)
{
	const struct period_row *row = test->param_value;
	struct irq_backoff backoff = {};
	unsigned long now = row->start;
	unsigned int i;

	for (i = 0; i < row->times; i++) {
		now = row->start + row->over * i / row->times;
		KUNIT_EXPECT_EQ(test, pciback_backoff_error(&backoff, now), 0);
		pciback_backoff_add(&backoff, row->err, now);
	}
	KUNIT_EXPECT_EQ(test, pciback_backoff_error(&backoff, now + row->after), row->refused);
}

/* A guest that never stops trying makes the host try this often and no more. */
static void bounded(struct kunit *test)
{
	struct irq_backoff backoff = {};
	unsigned long now, end = 20 * BACKOFF_PERIOD;
	unsigned int tries = 0;

	for (now = 0; now < end; now++) {
		if (pciback_backoff_error(&backoff, now))
			continue;
		pciback_backoff_add(&backoff, -ENOSPC, now);
		tries++;
	}
	KUNIT_EXPECT_LE(test, tries, 20 * BACKOFF_MAX);
	KUNIT_EXPECT_GT(test, tries, 15 * BACKOFF_MAX);
}

static struct kunit_case backoff_cases[] = {
	KUNIT_CASE_PARAM(period, period_gen_params),
	KUNIT_CASE(bounded),
	{}
};

struct kunit_suite backoff_suite = {
	.name = "backoff",
	.test_cases = backoff_cases,
};
