/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Votes in error recovery, from the answers of guests. */
#ifndef PCIBACK_RECOVERY_VOTE_H
#define PCIBACK_RECOVERY_VOTE_H

#include <linux/pci.h>
#include "record/recovery_step.h"

/**
 * struct pciback_vote - what follows from a guest's answer
 * @vote: the driver's result for the PCI core
 * @reason: why the guest is isolated from the function, a constant; NULL: it is not
 *
 * A value; needs no lock.
 */
struct pciback_vote {
	pci_ers_result_t vote;
	const char *reason;
};

struct pciback_vote pciback_vote_on_answer(enum pciback_recovery_step step,
					   pci_channel_state_t state, bool reset, int answer);
const char *pciback_recovery_step_name(enum pciback_recovery_step step);

#endif /* PCIBACK_RECOVERY_VOTE_H */
