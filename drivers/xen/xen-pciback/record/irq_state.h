/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Interrupt state of a seized function, as its record keeps it: irq/ works on it. */
#ifndef PCIBACK_RECORD_IRQ_STATE_H
#define PCIBACK_RECORD_IRQ_STATE_H

#include <linux/types.h>

/**
 * struct irq_backoff - those of one function, to one guest
 * @since: when the first one was, in jiffies
 * @count: how many since then
 * @err: the last one
 */
struct irq_backoff {
	unsigned long since;
	unsigned int count;
	int err;
};

/**
 * enum pciback_irq_mode - what this guest has turned on
 * @PCIBACK_IRQ_INTX: nothing, that is, INTx if the function has it
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
 * @mode: what the guest has turned on
 * @line: Linux irq that the INTx handler is installed for, 0 if it is not
 * @acking: the INTx handler claims interrupts; read in hard irq context
 * @masked: INTx Disable was set because nobody served the line; written in
 *	hard irq context as well
 * @handled: interrupts it has claimed; written in hard irq context only
 * @backoff: what the host refused this guest
 * @name: name of the INTx handler in /proc/interrupts
 *
 * @mode, @line, @backoff and writing @acking: the device's lock.
 */
struct pciback_irq {
	enum pciback_irq_mode mode;
	unsigned int line;
	bool acking;
	bool masked;
	unsigned int handled;
	struct irq_backoff backoff;
	char name[40];
};

#endif /* PCIBACK_RECORD_IRQ_STATE_H */
