// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What a guest's answer to a step of error recovery is worth. Freestanding: knows
 * neither functions nor guests.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/pci.h>
#include "record/recovery_step.h"
#include "recovery/vote.h"

#define ANSWER(name)	BIT((__force unsigned int)PCI_ERS_RESULT_##name)
#define ANSWER_END	((__force int)PCI_ERS_RESULT_NO_AER_DRIVER + 1)

/**
 * struct vote_step - a step of the recovery
 * @name: for messages
 * @accepted: answers with which a guest keeps the function; 0: any, even none
 * @idle_vote: our vote for a function that no guest has
 */
struct vote_step {
	const char *name;
	unsigned int accepted;
	pci_ers_result_t idle_vote;
};

static const struct vote_step vote_steps[RECOVERY_NR_STEPS] = {
	[RECOVERY_DETECTED] = {
		"an error", ANSWER(CAN_RECOVER) | ANSWER(NEED_RESET) | ANSWER(RECOVERED),
		PCI_ERS_RESULT_CAN_RECOVER,
	},
	[RECOVERY_MMIO] = {
		"a look at its registers", ANSWER(RECOVERED) | ANSWER(NEED_RESET),
		PCI_ERS_RESULT_RECOVERED,
	},
	[RECOVERY_SLOT_RESET] = {
		"a reset after an error", ANSWER(RECOVERED),
		PCI_ERS_RESULT_RECOVERED,
	},
	/* The others went on already: there is nothing left to refuse. */
	[RECOVERY_RESUME] = { "the end of a recovery", 0, PCI_ERS_RESULT_RECOVERED },
};

static const char *answer_reason(int answer)
{
	switch (answer) {
	case -ETIMEDOUT:
		return "did not answer in time";
	case -EBUSY:
		return "still owes the answer to an earlier question";
	case -ENOTCONN:
		return "has no frontend that could be asked";
	case -EOPNOTSUPP:
		return "has a frontend that cannot handle errors";
	case (__force int)PCI_ERS_RESULT_NONE:
		return "has no driver that handles errors";
	case (__force int)PCI_ERS_RESULT_DISCONNECT:
	case (__force int)PCI_ERS_RESULT_NO_AER_DRIVER:
		return "gave the device up";
	default:
		return "gave an answer that makes no sense";
	}
}

/**
 * pciback_vote_on_answer() - what a guest's answer is worth
 * @step: what it was asked
 * @state: state of the link, for RECOVERY_DETECTED
 * @answer: enum pci_ers_result, or anything else the guest wrote; -ETIMEDOUT:
 *	none came; -EBUSY: one is outstanding; -ENOTCONN, -EOPNOTSUPP: it cannot
 *	be asked; -ECANCELED: it is losing the function anyway
 *
 * A link that is frozen gets reset, and configuration space with it: whatever
 * a guest thinks, its function needs the step that follows a reset.
 */
struct pciback_vote pciback_vote_on_answer(enum pciback_recovery_step step, pci_channel_state_t state,
					   int answer)
{
	bool known = answer > 0 && answer < ANSWER_END;
	struct pciback_vote verdict = { .vote = vote_steps[step].idle_vote };

	if (!vote_steps[step].accepted)
		return verdict;
	if (step == RECOVERY_DETECTED && state == pci_channel_io_frozen)
		verdict.vote = PCI_ERS_RESULT_NEED_RESET;
	if (step == RECOVERY_DETECTED && state == pci_channel_io_perm_failure) {
		verdict.vote = PCI_ERS_RESULT_DISCONNECT;
		verdict.reason = "cannot have a device that failed for good";
		return verdict;
	}

	if (known && BIT(answer) & vote_steps[step].accepted) {
		if (verdict.vote != PCI_ERS_RESULT_NEED_RESET)
			verdict.vote = (__force pci_ers_result_t)answer;
	} else if (answer == -ECANCELED) {
		/* Reset when it is taken back. */
	} else if ((answer == -ENOTCONN || answer == -EOPNOTSUPP) &&
		   step != RECOVERY_SLOT_RESET && state == pci_channel_io_normal) {
		/* The link works, nothing is reset: as if it had a lost packet. */
	} else {
		verdict.reason = answer_reason(answer);
	}
	return verdict;
}

/**
 * pciback_recovery_step_name() - a step of error recovery, for messages
 * @step: the step
 */
const char *pciback_recovery_step_name(enum pciback_recovery_step step)
{
	return vote_steps[step].name;
}
