// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Decides from a guest's answer in a step of error recovery what to vote, and whether the
 * guest is isolated from the function. Freestanding: depends on the arguments only; knows
 * neither functions nor guests. Needs no locks.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/pci.h>
#include "record/recovery_step.h"
#include "recovery/vote.h"

#define ANSWER(name)	BIT((__force unsigned int)PCI_ERS_RESULT_##name)
#define ANSWER_END	((__force int)PCI_ERS_RESULT_NO_AER_DRIVER + 1)

/**
 * struct vote_step - a step of error recovery
 * @name: its name in messages
 * @accepted: the answers with which a guest keeps the function, a bit for each;
 *	0: any answer, or none
 * @idle_vote: vote for a function that no guest has, or that no guest may use
 *
 * Constant; needs no lock.
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
		"register access after an error", ANSWER(RECOVERED) | ANSWER(NEED_RESET),
		PCI_ERS_RESULT_RECOVERED,
	},
	[RECOVERY_SLOT_RESET] = {
		"a reset after an error", ANSWER(RECOVERED),
		PCI_ERS_RESULT_RECOVERED,
	},
	/* The recovery is over: an answer cannot change its result. */
	[RECOVERY_RESUME] = { "the end of a recovery", 0, PCI_ERS_RESULT_RECOVERED },
};

static const char *answer_reason(int answer)
{
	switch (answer) {
	case -ETIMEDOUT:
		return "did not answer in time";
	case -EBUSY:
		return "has not answered an earlier question yet";
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
		return "gave an invalid answer";
	}
}

/*
 * Nobody in the guest handles errors: it cannot be asked, or it has no driver that does. A
 * function without such a driver also survives a non-fatal error of a host.
 */
static bool answer_is_nobody(int answer)
{
	return answer == -ENOTCONN || answer == -EOPNOTSUPP ||
	       answer == (__force int)PCI_ERS_RESULT_NONE;
}

/**
 * pciback_vote_on_answer() - decide what to vote, and whether the guest is isolated
 * @step: the step that the guest was asked about
 * @state: state of the link, for RECOVERY_DETECTED
 * @reset: the function was reset, or will be, so its configuration is lost
 * @answer: enum pci_ers_result, or any other value that the guest wrote;
 *	-ETIMEDOUT: it did not answer; -EBUSY: it has not answered an earlier
 *	question; -ENOTCONN, -EOPNOTSUPP: it cannot be asked; -ECANCELED: the
 *	function is being detached, or no guest may use it
 *
 * Whatever the guest answers, a function that will be reset needs the step that follows a
 * reset. The core also takes that step if another function wanted a reset; for a function
 * that was not reset then, a guest needs no driver that handles errors.
 *
 * Context: any.
 * Return: the vote, and the reason for isolating the guest, if any.
 */
struct pciback_vote pciback_vote_on_answer(enum pciback_recovery_step step,
					   pci_channel_state_t state, bool reset, int answer)
{
	bool known = answer > 0 && answer < ANSWER_END;
	struct pciback_vote vote = { .vote = vote_steps[step].idle_vote };

	if (!vote_steps[step].accepted)
		return vote;
	if (step == RECOVERY_DETECTED && reset)
		vote.vote = PCI_ERS_RESULT_NEED_RESET;
	if (step == RECOVERY_DETECTED && state == pci_channel_io_perm_failure) {
		vote.vote = PCI_ERS_RESULT_DISCONNECT;
		vote.reason = "cannot have a device that failed for good";
		return vote;
	}

	if (known && BIT(answer) & vote_steps[step].accepted) {
		if (vote.vote != PCI_ERS_RESULT_NEED_RESET)
			vote.vote = (__force pci_ers_result_t)answer;
	} else if (answer == -ECANCELED) {
		/* The function is reset when it is deassigned. */
	} else if (answer_is_nobody(answer) && !reset) {
		/* The function works on, so the guest may keep it. */
	} else {
		vote.reason = answer_reason(answer);
	}
	return vote;
}

/**
 * pciback_recovery_step_name() - name of a step of error recovery, for messages
 * @step: the step
 *
 * Context: any.
 * Return: the name, a constant.
 */
const char *pciback_recovery_step_name(enum pciback_recovery_step step)
{
	return vote_steps[step].name;
}
