// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Module with the suites of the driver. The driver's own objects, all but
 * main.c, are linked into it: its init is KUnit's.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include "suites.h"

kunit_test_suites(&slot_spec_suite,
		  &match_spec_suite,
		  &bar_overlap_suite,
		  &conf_space_suite,
		  &conf_header_suite,
		  &conf_cap_suite,
		  &conf_ext_suite,
		  &conf_policy_suite,
		  &quirk_spec_suite,
		  &vpci_suite,
		  &reset_plan_suite,
		  &backoff_suite,
		  &slots_suite,
		  &match_rules_suite,
		  &sysfs_suite,
		  &seize_suite,
		  &restore_suite,
		  &reset_suite,
		  &vbus_suite,
		  &trace_suite,
		  &faults_suite,
		  &fsm_suite,
		  &backend_suite,
		  &msi_suite,
		  &requests_suite,
		  &sriov_suite,
		  &shared_page_suite,
		  &aer_suite,
		  &recovery_suite,
		  &cycle_suite,
		  &race_suite,
		  &oom_suite);

MODULE_DESCRIPTION("KUnit suites of xen-pciback");
MODULE_LICENSE("Dual BSD/GPL");
