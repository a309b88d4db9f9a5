/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Trace events and counters. Each function here is called where the thing
 * happens, once, and does both.
 */
#ifndef PCIBACK_TRACE_EVENTS_H
#define PCIBACK_TRACE_EVENTS_H

#include <linux/types.h>
#include <xen/interface/io/pciif.h>
#include "record/stats.h"

struct guest_look;
struct pciback_device;
struct pciback_holder;

/**
 * enum pciback_state - where in its life a function has arrived
 * @PCIBACK_SEIZED: taken from the host
 * @PCIBACK_ASSIGNED: a guest has it
 * @PCIBACK_LEAVING: being taken from its guest: no operation runs any more
 * @PCIBACK_RENEWED: its guest keeps it, for another frontend
 * @PCIBACK_IDLE: no guest has it any more
 * @PCIBACK_HANDED_BACK: the host has it again
 * @PCIBACK_CUT_OFF: its guest did not recover it from an error, and may do nothing
 *	with it any more
 */
enum pciback_state {
	PCIBACK_SEIZED,
	PCIBACK_ASSIGNED,
	PCIBACK_LEAVING,
	PCIBACK_RENEWED,
	PCIBACK_IDLE,
	PCIBACK_HANDED_BACK,
	PCIBACK_CUT_OFF,
};

/**
 * enum pciback_reset_why - why a function is reset
 * @PCIBACK_RESET_SEIZED: it was taken from the host
 * @PCIBACK_RESET_GUEST_LEFT: it was taken from its guest
 * @PCIBACK_RESET_GUEST_ASKED: its guest wants it
 * @PCIBACK_RESET_UNBOUND: it goes back to the host
 * @PCIBACK_RESET_GIVEN: a guest gets it, and it was not clean
 * @PCIBACK_RESET_REQUESTED: somebody wrote to do_flr
 * @PCIBACK_RESET_NEIGHBOUR: hit by the reset of another function
 */
enum pciback_reset_why {
	PCIBACK_RESET_SEIZED,
	PCIBACK_RESET_GUEST_LEFT,
	PCIBACK_RESET_GUEST_ASKED,
	PCIBACK_RESET_UNBOUND,
	PCIBACK_RESET_GIVEN,
	PCIBACK_RESET_REQUESTED,
	PCIBACK_RESET_NEIGHBOUR,
};

/**
 * enum pciback_irq_what - what happened to a function's interrupts
 * @PCIBACK_IRQ_ENABLE_MSI: its guest enables MSI
 * @PCIBACK_IRQ_ENABLE_MSIX: its guest enables MSI-X
 * @PCIBACK_IRQ_DISABLE: MSI or MSI-X is disabled, by the guest or when it goes
 * @PCIBACK_IRQ_INTX_ON: the INTx handler is installed
 * @PCIBACK_IRQ_INTX_OFF: the INTx handler is removed
 */
enum pciback_irq_what {
	PCIBACK_IRQ_ENABLE_MSI,
	PCIBACK_IRQ_ENABLE_MSIX,
	PCIBACK_IRQ_DISABLE,
	PCIBACK_IRQ_INTX_ON,
	PCIBACK_IRQ_INTX_OFF,
};

u64 pciback_see_op_start(void);
void pciback_see_op(struct pciback_holder *holder, struct pciback_device *dev,
		    const struct xen_pci_op *op, u64 start);
void pciback_see_denied(struct pciback_device *dev, s32 off, s32 size, u32 val);
void pciback_see_reset(struct pciback_device *dev, enum pciback_reset_why why, u64 start, int err);
void pciback_see_irq(struct pciback_device *dev, enum pciback_irq_what what, u32 nr, int err);
void pciback_see_guest(struct pciback_holder *holder, const struct guest_look *look, int move);
void pciback_see_state(struct pciback_device *dev, enum pciback_state state);

#endif /* PCIBACK_TRACE_EVENTS_H */
