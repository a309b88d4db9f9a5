/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The suites that are linked with the driver's code into one module. */
#ifndef PCIBACK_TESTS_SUITES_H
#define PCIBACK_TESTS_SUITES_H

#include <kunit/test.h>

extern struct kunit_suite aer_suite;
extern struct kunit_suite shared_page_suite;
extern struct kunit_suite bar_overlap_suite;
extern struct kunit_suite slots_suite;
extern struct kunit_suite conf_cap_suite;
extern struct kunit_suite conf_ext_suite;
extern struct kunit_suite conf_header_suite;
extern struct kunit_suite conf_policy_suite;
extern struct kunit_suite conf_space_suite;
extern struct kunit_suite cycle_suite;
extern struct kunit_suite fsm_suite;
extern struct kunit_suite faults_suite;
extern struct kunit_suite backend_suite;
extern struct kunit_suite match_spec_suite;
extern struct kunit_suite msi_suite;
extern struct kunit_suite trace_suite;
extern struct kunit_suite oom_suite;
extern struct kunit_suite quirk_spec_suite;
extern struct kunit_suite race_suite;
extern struct kunit_suite recovery_suite;
extern struct kunit_suite backoff_suite;
extern struct kunit_suite requests_suite;
extern struct kunit_suite reset_plan_suite;
extern struct kunit_suite reset_suite;
extern struct kunit_suite restore_suite;
extern struct kunit_suite match_rules_suite;
extern struct kunit_suite seize_suite;
extern struct kunit_suite slot_spec_suite;
extern struct kunit_suite sriov_suite;
extern struct kunit_suite sysfs_suite;
extern struct kunit_suite vbus_suite;
extern struct kunit_suite vpci_suite;

#endif /* PCIBACK_TESTS_SUITES_H */
