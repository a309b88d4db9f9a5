/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What a guest's answers to the steps of error recovery are worth. */
#ifndef PCIBACK_RECOVERY_VOTE_H
#define PCIBACK_RECOVERY_VOTE_H

#include <linux/pci.h>
#include "record/recovery_step.h"

/**
 * struct pciback_vote - what follows from a guest's answer
 * @vote: what the PCI core is told
 * @reason: why the guest loses the function, NULL if it keeps it
 */
struct pciback_vote {
	pci_ers_result_t vote;
	const char *reason;
};

struct pciback_vote pciback_vote_on_answer(enum pciback_recovery_step step, pci_channel_state_t state,
					   int answer);
const char *pciback_recovery_step_name(enum pciback_recovery_step step);

#endif /* PCIBACK_RECOVERY_VOTE_H */
