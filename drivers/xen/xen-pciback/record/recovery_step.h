/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The steps that the PCI core takes with each function below a port that had an
 * error (AER, DPC).
 */
#ifndef PCIBACK_RECORD_RECOVERY_STEP_H
#define PCIBACK_RECORD_RECOVERY_STEP_H

/**
 * enum pciback_recovery_step - steps of a recovery, as in Documentation/PCI/pci-error-recovery
 * @RECOVERY_DETECTED: an error was seen; can the driver live with it?
 * @RECOVERY_MMIO: no reset is coming; the driver may look at its function
 * @RECOVERY_SLOT_RESET: the function was reset; set it up again
 * @RECOVERY_RESUME: everybody recovered; go on
 * @RECOVERY_NR_STEPS: how many there are
 */
enum pciback_recovery_step {
	RECOVERY_DETECTED,
	RECOVERY_MMIO,
	RECOVERY_SLOT_RESET,
	RECOVERY_RESUME,
	RECOVERY_NR_STEPS,
};

#endif /* PCIBACK_RECORD_RECOVERY_STEP_H */
