/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Interrupt state of a seized function, a part of its record. Used by irq/. */
#ifndef PCIBACK_RECORD_IRQ_STATE_H
#define PCIBACK_RECORD_IRQ_STATE_H

#include <linux/types.h>

/**
 * struct irq_backoff - failed attempts of a guest to enable a function's MSI or MSI-X
 * @since: time of the first of them, in jiffies
 * @count: number of failures since then
 * @err: error of the last one, -errno
 *
 * Guarded as struct pciback_irq.
 */
struct irq_backoff {
	unsigned long since;
	unsigned int count;
	int err;
};

/**
 * enum pciback_irq_mode - kind of interrupts that the guest has enabled
 * @PCIBACK_IRQ_INTX: none, so INTx if the function has it
 * @PCIBACK_IRQ_MSI: MSI
 * @PCIBACK_IRQ_MSIX: MSI-X
 */
enum pciback_irq_mode {
	PCIBACK_IRQ_INTX,
	PCIBACK_IRQ_MSI,
	PCIBACK_IRQ_MSIX,
};

/**
 * struct pciback_irq - interrupt state of a seized function
 * @mode: kind of interrupts that the guest has enabled
 * @line: Linux irq that the INTx handler is installed for, 0: not installed
 * @refused: it could not be installed since the guest enabled decoding last
 * @acking: the INTx handler claims interrupts; read in hard irq context
 * @masked: INTx Disable was set because no guest served the line; also written in
 *	hard irq context
 * @handled: number of interrupts that the handler claimed; written in hard irq
 *	context, and set to 0 when the guest or its frontend goes
 * @backoff: failed attempts of this guest to enable MSI or MSI-X
 * @name: name of the INTx handler in /proc/interrupts; set once
 *
 * @mode, @line, @refused and @backoff are written by the guest's operation that runs
 * (@op_running of the record), or with device_lock() held while none can run; others read
 * them for display and to find out whether there is something to do. @acking, @masked and
 * @handled are read and written as a whole.
 */
struct pciback_irq {
	enum pciback_irq_mode mode;
	unsigned int line;
	bool refused;
	bool acking;
	bool masked;
	unsigned int handled;
	struct irq_backoff backoff;
	char name[40];
};

#endif /* PCIBACK_RECORD_IRQ_STATE_H */
