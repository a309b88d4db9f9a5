/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Trace events and counters. Each function here is called where the thing
 * happens, once, and does both.
 */
#ifndef PCIBACK_TRACE_EVENTS_H
#define PCIBACK_TRACE_EVENTS_H

#include <linux/types.h>
#include <pciback/fsm.h>
#include <xen/interface/io/pciif.h>
#include "record/reset_history.h"
#include "record/stats.h"

struct pcistub_device;
struct pciback_owner;

/**
 * enum pciback_state - where in its life a function has arrived
 * @PCIBACK_STATE_SEIZED: taken from the host
 * @PCIBACK_STATE_ASSIGNED: a guest has it
 * @PCIBACK_STATE_DETACHING: being taken from its guest: no operation runs any more
 * @PCIBACK_STATE_RECONNECTING: its guest keeps it, for another frontend
 * @PCIBACK_STATE_IDLE: no guest has it any more
 * @PCIBACK_STATE_RELEASED: the host has it again
 * @PCIBACK_STATE_ISOLATED: its guest did not recover it from an error, and may do nothing
 *	with it any more
 */
enum pciback_state {
	PCIBACK_STATE_SEIZED,
	PCIBACK_STATE_ASSIGNED,
	PCIBACK_STATE_DETACHING,
	PCIBACK_STATE_RECONNECTING,
	PCIBACK_STATE_IDLE,
	PCIBACK_STATE_RELEASED,
	PCIBACK_STATE_ISOLATED,
};

/**
 * enum pciback_irq_event - what happened to a function's interrupts
 * @PCIBACK_IRQ_ENABLE_MSI: its guest enables MSI
 * @PCIBACK_IRQ_ENABLE_MSIX: its guest enables MSI-X
 * @PCIBACK_IRQ_DISABLE: MSI or MSI-X is disabled, by the guest or when it goes
 * @PCIBACK_IRQ_INTX_ON: the INTx handler is installed
 * @PCIBACK_IRQ_INTX_OFF: the INTx handler is removed
 */
enum pciback_irq_event {
	PCIBACK_IRQ_ENABLE_MSI,
	PCIBACK_IRQ_ENABLE_MSIX,
	PCIBACK_IRQ_DISABLE,
	PCIBACK_IRQ_INTX_ON,
	PCIBACK_IRQ_INTX_OFF,
};

u64 pciback_trace_op_start(void);
void pciback_trace_op(struct pciback_owner *owner, struct pcistub_device *dev,
		      const struct xen_pci_op *op, u64 start);
void pciback_trace_dropped(struct pcistub_device *dev, s32 off, s32 size, u32 val);
void pciback_trace_reset(struct pcistub_device *dev, enum reset_reason reason, u64 start, int err);
void pciback_trace_irq(struct pcistub_device *dev, enum pciback_irq_event what, u32 nr, int err);
void pciback_trace_fsm(struct pciback_owner *owner, const struct backend_snapshot *snap,
		       enum backend_action action);
void pciback_trace_state(struct pcistub_device *dev, enum pciback_state state);

#endif /* PCIBACK_TRACE_EVENTS_H */
