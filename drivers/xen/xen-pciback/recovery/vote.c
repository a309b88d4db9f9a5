// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What a guest's answer to a step of error recovery is worth. Pure: knows
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
 * struct step - a step of the recovery
 * @name: for messages
 * @accepted: answers with which a guest keeps the function; 0: any, even none
 * @own: our vote for a function that no guest has
 */
struct step {
	const char *name;
	unsigned int accepted;
	pci_ers_result_t own;
};

static const struct step steps[PCIBACK_NR_STEPS] = {
	[PCIBACK_DETECTED] = {
		"an error", ANSWER(CAN_RECOVER) | ANSWER(NEED_RESET) | ANSWER(RECOVERED),
		PCI_ERS_RESULT_CAN_RECOVER,
	},
	[PCIBACK_MMIO] = {
		"a look at its registers", ANSWER(RECOVERED) | ANSWER(NEED_RESET),
		PCI_ERS_RESULT_RECOVERED,
	},
	[PCIBACK_RESET] = {
		"a reset after an error", ANSWER(RECOVERED),
		PCI_ERS_RESULT_RECOVERED,
	},
	/* The others went on already: there is nothing left to refuse. */
	[PCIBACK_RESUME] = { "the end of a recovery", 0, PCI_ERS_RESULT_RECOVERED },
};

static const char *reason_of(int answer)
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
 * pciback_recovery_judge() - what a guest's answer is worth
 * @step: what it was asked
 * @state: state of the link, for PCIBACK_DETECTED
 * @answer: enum pci_ers_result, or anything else the guest wrote; -ETIMEDOUT:
 *	none came; -EBUSY: one is outstanding; -ENOTCONN, -EOPNOTSUPP: it cannot
 *	be asked; -ECANCELED: it is losing the function anyway
 *
 * A link that is frozen gets reset, and configuration space with it: whatever
 * a guest thinks, its function needs the step that follows a reset.
 */
struct pciback_verdict pciback_recovery_judge(enum pciback_step step, pci_channel_state_t state,
					      int answer)
{
	bool known = answer > 0 && answer < ANSWER_END;
	struct pciback_verdict verdict = { .vote = steps[step].own };

	if (!steps[step].accepted)
		return verdict;
	if (step == PCIBACK_DETECTED && state == pci_channel_io_frozen)
		verdict.vote = PCI_ERS_RESULT_NEED_RESET;
	if (step == PCIBACK_DETECTED && state == pci_channel_io_perm_failure) {
		verdict.vote = PCI_ERS_RESULT_DISCONNECT;
		verdict.reason = "cannot have a device that failed for good";
		return verdict;
	}

	if (known && BIT(answer) & steps[step].accepted) {
		if (verdict.vote != PCI_ERS_RESULT_NEED_RESET)
			verdict.vote = (__force pci_ers_result_t)answer;
	} else if (answer == -ECANCELED) {
		/* Reset when it is taken back. */
	} else if ((answer == -ENOTCONN || answer == -EOPNOTSUPP) &&
		   step != PCIBACK_RESET && state == pci_channel_io_normal) {
		/* The link works, nothing is reset: as if it had a lost packet. */
	} else {
		verdict.reason = reason_of(answer);
	}
	return verdict;
}

/**
 * pciback_step_name() - a step of error recovery, for messages
 * @step: the step
 */
const char *pciback_step_name(enum pciback_step step)
{
	return steps[step].name;
}
