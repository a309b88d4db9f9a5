/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Force-included before every file of KUnit and of its suites, so that they
 * build as external modules of a kernel whose CONFIG_KUNIT is unset.
 *
 * Nothing may define CONFIG_KUNIT itself: struct task_struct and struct module
 * have members that depend on it, and the running kernel lays them out without.
 */
#ifndef KUNIT_EXT_SHIM_H
#define KUNIT_EXT_SHIM_H
#ifndef __ASSEMBLY__

/* First see the structures exactly as the kernel was built ... */
#include <linux/sched.h>
#include <linux/module.h>
#include <linux/device.h>
#include <linux/fs.h>

/* ... and only then pretend that KUnit is configured as a module. */
#define CONFIG_KUNIT_MODULE 1
#define CONFIG_KUNIT_DEBUGFS 1
#define CONFIG_KUNIT_DEFAULT_ENABLED 1

/*
 * task_struct has no kunit_test member here. journal_info is a void pointer
 * that only a filesystem's transactions use; the test threads start none.
 */
#define kunit_test journal_info

struct kunit;
struct kunit_suite;
struct kunit_suite_set;

int kunit_ext_init(struct kunit_suite **suites, int count, struct kunit_suite_set *run);
void kunit_ext_exit(struct kunit_suite_set *run);

#ifndef KUNIT_CORE
#include <kunit/test.h>

/* struct module cannot carry the suites either: hand them over at init. */
#undef kunit_test_suites
#define kunit_test_suites(suites...)					\
	static struct kunit_suite *kunit_ext_suites[] = { suites };	\
	static struct kunit_suite_set kunit_ext_run;			\
	static int __init kunit_ext_module_init(void)			\
	{								\
		return kunit_ext_init(kunit_ext_suites,			\
				      ARRAY_SIZE(kunit_ext_suites),	\
				      &kunit_ext_run);			\
	}								\
	static void __exit kunit_ext_module_exit(void)			\
	{								\
		kunit_ext_exit(&kunit_ext_run);				\
	}								\
	module_init(kunit_ext_module_init);				\
	module_exit(kunit_ext_module_exit)

#endif /* !KUNIT_CORE */
#endif /* !__ASSEMBLY__ */
#endif /* KUNIT_EXT_SHIM_H */
