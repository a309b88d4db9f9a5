/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The steps that the PCI core takes with each function below a port that had an
 * error (AER, DPC).
 */
#ifndef PCIBACK_RECORD_RECOVERY_STEP_H
#define PCIBACK_RECORD_RECOVERY_STEP_H

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

#endif /* PCIBACK_RECORD_RECOVERY_STEP_H */
