// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* How often the host is asked on behalf of a guest that it refuses. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/limits.h>
#include "irq/backoff.h"
#include "record/irq_state.h"
#include "suites.h"

/* @times irq_backoff with @err, evenly over @over jiffies from @start on; then what stands @after. */
struct refusal_row {
	const char *name;
	unsigned long start;
	unsigned int times;
	unsigned long over, after;
	int err, standing;
};

static const struct refusal_row refusal_rows[] = {
	{ "none", 1000, 0, 0, 1, -ENOSPC, 0 },
	{ "one", 1000, 1, 0, 0, -ENOSPC, 0 },
	{ "one short of too many", 1000, BACKOFF_MAX - 1, 0, 0, -ENOSPC, 0 },
	{ "too many at once", 1000, BACKOFF_MAX, 0, 0, -ENOSPC, -ENOSPC },
	{ "the error is the last one", 1000, BACKOFF_MAX, 0, 1, -ENOMEM, -ENOMEM },
	{ "until the while is over", 1000, BACKOFF_MAX, 0, BACKOFF_PERIOD, -ENOSPC, -ENOSPC },
	{ "and no longer", 1000, BACKOFF_MAX, 0, BACKOFF_PERIOD + 1, -ENOSPC, 0 },
	{ "too many, but slowly", 1000, BACKOFF_MAX, 10 * BACKOFF_PERIOD, 0, -ENOSPC, 0 },
	{ "around the end of the clock", ULONG_MAX - 1, BACKOFF_MAX, 0, 3, -ENOSPC, -ENOSPC },
	{ "around it, the while over", ULONG_MAX - 1, BACKOFF_MAX, 0, BACKOFF_PERIOD + 1,
	  -ENOSPC, 0 },
	{ "at the clock's first tick", 0, BACKOFF_MAX, 0, 1, -ENOSPC, -ENOSPC },
};

KUNIT_ARRAY_PARAM_DESC(refusal, refusal_rows, name);

static void stands_for_a_while(struct kunit *test)
{
	const struct refusal_row *row = test->param_value;
	struct irq_backoff seen = {};
	unsigned long now = row->start;
	unsigned int i;

	for (i = 0; i < row->times; i++) {
		now = row->start + row->over * i / row->times;
		KUNIT_EXPECT_EQ(test, pciback_backoff_error(&seen, now), 0);
		pciback_backoff_add(&seen, row->err, now);
	}
	KUNIT_EXPECT_EQ(test, pciback_backoff_error(&seen, now + row->after), row->standing);
}

/* A guest that never stops has the host asked this often and no more. */
static void bounded_for_ever(struct kunit *test)
{
	struct irq_backoff seen = {};
	unsigned long now, end = 20 * BACKOFF_PERIOD;
	unsigned int asked = 0;

	for (now = 0; now < end; now++) {
		if (pciback_backoff_error(&seen, now))
			continue;
		pciback_backoff_add(&seen, -ENOSPC, now);
		asked++;
	}
	KUNIT_EXPECT_LE(test, asked, 20 * BACKOFF_MAX);
	KUNIT_EXPECT_GT(test, asked, 15 * BACKOFF_MAX);
}

static struct kunit_case backoff_cases[] = {
	KUNIT_CASE_PARAM(stands_for_a_while, refusal_gen_params),
	KUNIT_CASE(bounded_for_ever),
	{}
};

struct kunit_suite backoff_suite = {
	.name = "backoff",
	.test_cases = backoff_cases,
};
