// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Recovery of functions from errors: what is voted for each answer of a guest, and
 * whether the guest keeps the function.
 */
#include <kunit/test.h>
#include <linux/pci.h>
#include "record/recovery_step.h"
#include "recovery/vote.h"
#include "recovery_answers.h"
#include "suites.h"

struct vote_row {
	const char *name;
	enum pciback_recovery_step step;
	int state, answer;
	int vote;
	bool keeps;
	bool reset;
};

static const struct vote_row vote_rows[] = {
	{ "detected: can recover", RECOVERY_DETECTED, NORMAL, CAN_RECOVER, CAN_RECOVER, true },
	{ "detected: needs a reset", RECOVERY_DETECTED, NORMAL, NEED_RESET, NEED_RESET, true },
	{ "detected: recovered already", RECOVERY_DETECTED, NORMAL, RECOVERED, RECOVERED, true },
	{ "detected: no handler", RECOVERY_DETECTED, NORMAL, NONE, CAN_RECOVER, true },
	{ "detected: disconnect", RECOVERY_DETECTED, NORMAL, DISCONNECT, CAN_RECOVER, false },
	{ "detected: no AER driver", RECOVERY_DETECTED, NORMAL, 6, CAN_RECOVER, false },
	{ "detected: unknown", RECOVERY_DETECTED, NORMAL, 7, CAN_RECOVER, false },
	{ "detected: unknown, large", RECOVERY_DETECTED, NORMAL, 34, CAN_RECOVER, false },
	{ "detected: invalid", RECOVERY_DETECTED, NORMAL, -EPROTO, CAN_RECOVER, false },
	{ "detected: timed out", RECOVERY_DETECTED, NORMAL, -ETIMEDOUT, CAN_RECOVER, false },
	{ "detected: last query not answered", RECOVERY_DETECTED, NORMAL, -EBUSY, CAN_RECOVER,
	  false },
	{ "detected: no frontend", RECOVERY_DETECTED, NORMAL, -ENOTCONN, CAN_RECOVER, true },
	{ "detected: no AER support", RECOVERY_DETECTED, NORMAL, -EOPNOTSUPP, CAN_RECOVER, true },
	{ "detected: detaching", RECOVERY_DETECTED, NORMAL, -ECANCELED, CAN_RECOVER, true },
	{ "frozen: can recover", RECOVERY_DETECTED, FROZEN, CAN_RECOVER, NEED_RESET, true, true },
	{ "frozen: needs a reset", RECOVERY_DETECTED, FROZEN, NEED_RESET, NEED_RESET, true, true },
	{ "frozen: no handler", RECOVERY_DETECTED, FROZEN, NONE, NEED_RESET, false, true },
	{ "frozen: timed out", RECOVERY_DETECTED, FROZEN, -ETIMEDOUT, NEED_RESET, false, true },
	{ "frozen: no frontend", RECOVERY_DETECTED, FROZEN, -ENOTCONN, NEED_RESET, false, true },
	{ "frozen: no AER support", RECOVERY_DETECTED, FROZEN, -EOPNOTSUPP, NEED_RESET, false,
	  true },
	{ "frozen: detaching", RECOVERY_DETECTED, FROZEN, -ECANCELED, NEED_RESET, true, true },
	{ "failed: can recover", RECOVERY_DETECTED, FAILED, CAN_RECOVER, DISCONNECT, false },
	{ "failed: disconnect", RECOVERY_DETECTED, FAILED, DISCONNECT, DISCONNECT, false },
	{ "mmio: recovered", RECOVERY_MMIO, NORMAL, RECOVERED, RECOVERED, true },
	{ "mmio: needs a reset", RECOVERY_MMIO, NORMAL, NEED_RESET, NEED_RESET, true },
	{ "mmio: can recover", RECOVERY_MMIO, NORMAL, CAN_RECOVER, RECOVERED, false },
	{ "mmio: no handler", RECOVERY_MMIO, NORMAL, NONE, RECOVERED, true },
	{ "mmio: no frontend", RECOVERY_MMIO, NORMAL, -ENOTCONN, RECOVERED, true },
	{ "reset: recovered", RECOVERY_SLOT_RESET, NORMAL, RECOVERED, RECOVERED, true, true },
	{ "reset: needs another", RECOVERY_SLOT_RESET, NORMAL, NEED_RESET, RECOVERED, false, true },
	{ "reset: no handler", RECOVERY_SLOT_RESET, NORMAL, NONE, RECOVERED, false, true },
	{ "reset: no frontend", RECOVERY_SLOT_RESET, NORMAL, -ENOTCONN, RECOVERED, false, true },
	{ "no reset: recovered", RECOVERY_SLOT_RESET, NORMAL, RECOVERED, RECOVERED, true },
	{ "no reset: no handler", RECOVERY_SLOT_RESET, NORMAL, NONE, RECOVERED, true },
	{ "no reset: no frontend", RECOVERY_SLOT_RESET, NORMAL, -ENOTCONN, RECOVERED, true },
	{ "no reset: timed out", RECOVERY_SLOT_RESET, NORMAL, -ETIMEDOUT, RECOVERED, false },
	{ "no reset: disconnect", RECOVERY_SLOT_RESET, NORMAL, DISCONNECT, RECOVERED, false },
	{ "resume: no handler", RECOVERY_RESUME, NORMAL, NONE, RECOVERED, true },
	{ "resume: invalid", RECOVERY_RESUME, NORMAL, -EPROTO, RECOVERED, true },
	{ "resume: timed out", RECOVERY_RESUME, NORMAL, -ETIMEDOUT, RECOVERED, true },
};

KUNIT_ARRAY_PARAM_DESC(vote, vote_rows, name);

static void votes(struct kunit *test)
{
	const struct vote_row *row = test->param_value;
	struct pciback_vote vote = pciback_vote_on_answer(row->step, channel_state(row->state),
							  row->reset, row->answer);

	KUNIT_EXPECT_EQ(test, (__force int)vote.vote, row->vote);
	KUNIT_EXPECT_EQ(test, !vote.reason, row->keeps);
}

static struct kunit_case vote_cases[] = {
	KUNIT_CASE_PARAM(votes, vote_gen_params),
	{}
};

struct kunit_suite vote_suite = {
	.name = "vote",
	.test_cases = vote_cases,
};
