/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Steps in which the PCI core recovers each function below a port that had an error
 * (AER, DPC).
 */
#ifndef PCIBACK_RECORD_RECOVERY_STEP_H
#define PCIBACK_RECORD_RECOVERY_STEP_H

/**
 * enum pciback_recovery_step - steps as in the kernel's Documentation/PCI/pci-error-recovery
 * @RECOVERY_DETECTED: an error was detected; can the driver continue?
 * @RECOVERY_MMIO: there was no reset; the driver may access the function
 * @RECOVERY_SLOT_RESET: the function was reset; the driver sets it up again
 * @RECOVERY_RESUME: all functions have recovered; the driver resumes its work
 * @RECOVERY_NR_STEPS: number of steps
 */
enum pciback_recovery_step {
	RECOVERY_DETECTED,
	RECOVERY_MMIO,
	RECOVERY_SLOT_RESET,
	RECOVERY_RESUME,
	RECOVERY_NR_STEPS,
};

#endif /* PCIBACK_RECORD_RECOVERY_STEP_H */
