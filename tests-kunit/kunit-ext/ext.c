// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Entry points for suites in modules of a kernel whose struct module knows
 * nothing of KUnit. They do what KUnit's module notifier does elsewhere.
 */
#include <kunit/test.h>

int kunit_ext_init(struct kunit_suite **suites, int count, struct kunit_suite_set *run)
{
	struct kunit_suite_set all = { suites, suites + count };
	int err = 0;

	*run = kunit_filter_suites(&all, kunit_filter_glob() ?: "*.*", kunit_filter(),
				   kunit_filter_action(), &err);
	if (err)
		return err;
	if (kunit_action())
		kunit_exec_list_tests(run, !strcmp(kunit_action(), "list_attr"));
	else
		kunit_exec_run_tests(run, false);
	return 0;
}
EXPORT_SYMBOL_GPL(kunit_ext_init);

void kunit_ext_exit(struct kunit_suite_set *run)
{
	if (!kunit_action())
		__kunit_test_suites_exit((struct kunit_suite **)run->start,
					 run->end - run->start);
	kunit_free_suite_set(*run);
}
EXPORT_SYMBOL_GPL(kunit_ext_exit);
