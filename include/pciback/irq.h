/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Interrupts of a seized function on behalf of its guest: MSI, MSI-X, and the
 * handler that keeps a shared INTx line alive in the host.
 */
#ifndef PCIBACK_IRQ_H
#define PCIBACK_IRQ_H

#include <linux/types.h>
#include <pciback/refusal.h>
#include <xen/interface/io/pciif.h>

/* In Xen's public io/pciif.h, not in Linux's copy: as many MSI vectors as @info says. */
#ifndef XEN_PCI_OP_enable_multi_msi
#define XEN_PCI_OP_enable_multi_msi	10
#endif

struct pciback_device;

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
 * @silenced: INTx Disable was set because nobody served the line; written in
 *	hard irq context as well
 * @handled: interrupts it has claimed; written in hard irq context only
 * @refused: what the host refused this guest
 * @name: name of the INTx handler in /proc/interrupts
 *
 * @mode, @line, @refused and writing @acking: the device's lock.
 */
struct pciback_irq {
	enum pciback_irq_mode mode;
	unsigned int line;
	bool acking;
	bool silenced;
	unsigned int handled;
	struct refusals refused;
	char name[40];
};

void pciback_intx_update(struct pciback_device *dev);
void pciback_intx_silence(struct pciback_device *dev);
void pciback_intx_toggle(struct pciback_device *dev);
int pciback_msi_enable(struct pciback_device *dev, u32 nr, u32 *value);
u32 pciback_msi_limit(struct pciback_device *dev, u32 nr);
int pciback_msix_enable(struct pciback_device *dev, struct xen_msix_entry *entries, u32 nr);
u32 pciback_msi_disable(struct pciback_device *dev);
void pciback_irq_teardown(struct pciback_device *dev);

#endif /* PCIBACK_IRQ_H */
