// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Faults on purpose, one for each thing the debug kernel is built to notice.
 * Each passes as a test: the kernel has to find what is wrong, and check_log.py has
 * to see that in the log. Module parameter "fault" chooses one; "none" is the same
 * module without any.
 */
#include <kunit/test.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

static char *fault = "none";
module_param(fault, charp, 0444);

/* Each in a function of its own, for its name in the report. */

static noinline void none(void)
{
}

static noinline void leak(void)
{
	/* Written to, or the compiler might see that nobody needs it. */
	char *p = kmalloc(64, GFP_KERNEL);

	if (p)
		WRITE_ONCE(*p, 1);
}

static noinline void use_after_free(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return;
	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[8], 1);
}

static noinline void out_of_bounds(void)
{
	char *p = kmalloc(61, GFP_KERNEL);

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[61], 1);
	kfree(p);
}

static DEFINE_MUTEX(lock_a);
static DEFINE_MUTEX(lock_b);

/* Nothing hangs: the two orders never meet. */
static noinline void lock_order(void)
{
	mutex_lock(&lock_a);
	mutex_lock(&lock_b);
	mutex_unlock(&lock_b);
	mutex_unlock(&lock_a);
	mutex_lock(&lock_b);
	mutex_lock(&lock_a);
	mutex_unlock(&lock_a);
	mutex_unlock(&lock_b);
}

static DEFINE_SPINLOCK(spin);

static noinline void sleep_in_atomic(void)
{
	void *p;

	spin_lock(&spin);
	p = kmalloc(64, GFP_KERNEL);
	spin_unlock(&spin);
	kfree(p);
}

static noinline void bad_shift(void)
{
	unsigned int by = 40;
	u32 val = 1;

	OPTIMIZER_HIDE_VAR(by);
	val <<= by;
	OPTIMIZER_HIDE_VAR(val);
}

static noinline void list_corruption(void)
{
	struct list_head item;
	LIST_HEAD(head);

	list_add(&item, &head);
	item.next = &item;
	list_del(&item);
}

static void tick(struct timer_list *timer)
{
}

static noinline void free_active_timer(void)
{
	struct timer_list *timer = kzalloc(sizeof(*timer), GFP_KERNEL);

	if (!timer)
		return;
	timer_setup(timer, tick, 0);
	mod_timer(timer, jiffies + 3600 * HZ);
	kfree(timer);
}

static noinline void warning(void)
{
	WARN_ON(1);
}

static const struct {
	const char *name;
	void (*commit)(void);
} faults[] = {
	{ "none", none },
	{ "leak", leak },
	{ "use_after_free", use_after_free },
	{ "out_of_bounds", out_of_bounds },
	{ "lock_order", lock_order },
	{ "sleep_in_atomic", sleep_in_atomic },
	{ "bad_shift", bad_shift },
	{ "list_corruption", list_corruption },
	{ "free_active_timer", free_active_timer },
	{ "warning", warning },
};

static void commits(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		if (!strcmp(faults[i].name, fault)) {
			faults[i].commit();
			return;
		}
	KUNIT_FAIL(test, "no such fault: %s", fault);
}

static struct kunit_case selftest_cases[] = {
	KUNIT_CASE(commits),
	{}
};

static struct kunit_suite selftest_suite = {
	.name = "selftest",
	.test_cases = selftest_cases,
};

kunit_test_suites(&selftest_suite);

MODULE_DESCRIPTION("Faults for the debug kernel to find");
MODULE_LICENSE("Dual BSD/GPL");
