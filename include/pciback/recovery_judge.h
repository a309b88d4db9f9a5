/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The steps the PCI core takes with each function below a port that had an
 * error (AER, DPC), and what a guest's answers to them are worth.
 */
#ifndef PCIBACK_RECOVERY_JUDGE_H
#define PCIBACK_RECOVERY_JUDGE_H

#include <linux/pci.h>

/**
 * enum pciback_step - steps of a recovery, as in Documentation/PCI/pci-error-recovery
 * @PCIBACK_DETECTED: an error was seen; can the driver live with it?
 * @PCIBACK_MMIO: no reset is coming; the driver may look at its function
 * @PCIBACK_RESET: the function was reset; set it up again
 * @PCIBACK_RESUME: everybody recovered; go on
 * @PCIBACK_NR_STEPS: how many there are
 */
enum pciback_step {
	PCIBACK_DETECTED,
	PCIBACK_MMIO,
	PCIBACK_RESET,
	PCIBACK_RESUME,
	PCIBACK_NR_STEPS,
};

/**
 * struct pciback_verdict - what follows from a guest's answer
 * @vote: what the PCI core is told
 * @reason: why the guest loses the function, NULL if it keeps it
 */
struct pciback_verdict {
	pci_ers_result_t vote;
	const char *reason;
};

struct pciback_verdict pciback_recovery_judge(enum pciback_step step, pci_channel_state_t state,
					      int answer);
const char *pciback_step_name(enum pciback_step step);

#endif /* PCIBACK_RECOVERY_JUDGE_H */
