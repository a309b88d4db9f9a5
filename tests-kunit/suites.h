/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The suites that are linked with the driver's code into one module. A suite is
 * registered here and nowhere else: NAME_test.c has struct kunit_suite
 * NAME_suite, Kbuild finds the file, and one line below makes the suite run.
 */
#ifndef PCIBACK_TESTS_SUITES_H
#define PCIBACK_TESTS_SUITES_H

#include <kunit/test.h>

/* In the order in which they run. */
#define PCIBACK_SUITES(SUITE)	\
	SUITE(slot_spec),	\
	SUITE(match_spec),	\
	SUITE(bar_overlap),	\
	SUITE(conf_space),	\
	SUITE(conf_header),	\
	SUITE(conf_cap),	\
	SUITE(conf_ext),	\
	SUITE(conf_policy),	\
	SUITE(quirk_spec),	\
	SUITE(vpci),		\
	SUITE(reset_plan),	\
	SUITE(backoff),		\
	SUITE(vote),		\
	SUITE(slots),		\
	SUITE(match_rules),	\
	SUITE(sysfs),		\
	SUITE(seize),		\
	SUITE(restore),		\
	SUITE(reset),		\
	SUITE(reset_policy),	\
	SUITE(reset_image),	\
	SUITE(reset_xen),	\
	SUITE(vbus),		\
	SUITE(trace),		\
	SUITE(faults),		\
	SUITE(fsm),		\
	SUITE(backend),		\
	SUITE(msi),		\
	SUITE(guest_op),	\
	SUITE(requests),	\
	SUITE(sriov),		\
	SUITE(nodes),		\
	SUITE(shared_page),	\
	SUITE(aer),		\
	SUITE(recovery),	\
	SUITE(recovery_end),	\
	SUITE(sleep),		\
	SUITE(cycle),		\
	SUITE(race),		\
	SUITE(oom)

#define PCIBACK_SUITE_NAME(name)	name##_suite
extern struct kunit_suite
	PCIBACK_SUITES(PCIBACK_SUITE_NAME);

#endif /* PCIBACK_TESTS_SUITES_H */
