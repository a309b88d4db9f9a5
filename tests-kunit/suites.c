// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The module with the suites of suites.h. The driver's own objects, all except
 * main.c, are linked into it. The module's init function is KUnit's.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include "suites.h"

#define PCIBACK_SUITE_POINTER(name)	(&name##_suite)
kunit_test_suites(PCIBACK_SUITES(PCIBACK_SUITE_POINTER));

MODULE_DESCRIPTION("KUnit suites of xen-pciback");
MODULE_LICENSE("Dual BSD/GPL");
