/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Trace events and counters. The code that causes an event calls one function from
 * here, which updates the counters and emits the trace event.
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
 * enum pciback_state - states in the life cycle of a function
 * @PCIBACK_STATE_SEIZED: seized by the driver, not assigned
 * @PCIBACK_STATE_ASSIGNED: assigned to a guest
 * @PCIBACK_STATE_DETACHING: being deassigned; no operation of the guest runs any more
 * @PCIBACK_STATE_RECONNECTING: still assigned; prepared for a new frontend of the same
 *	guest
 * @PCIBACK_STATE_IDLE: deassigned
 * @PCIBACK_STATE_RELEASED: released to the host
 * @PCIBACK_STATE_RESETTING: the guest has lost it; it is being reset and idle after that
 * @PCIBACK_STATE_ISOLATED: still assigned, but its guest did not recover it from an
 *	error; the guest cannot use it any more
 */
enum pciback_state {
	PCIBACK_STATE_SEIZED,
	PCIBACK_STATE_ASSIGNED,
	PCIBACK_STATE_DETACHING,
	PCIBACK_STATE_RECONNECTING,
	PCIBACK_STATE_IDLE,
	PCIBACK_STATE_RELEASED,
	PCIBACK_STATE_ISOLATED,
	PCIBACK_STATE_RESETTING,
};

/**
 * enum pciback_irq_event - changes of a function's interrupts
 * @PCIBACK_IRQ_ENABLE_MSI: the guest enables MSI
 * @PCIBACK_IRQ_ENABLE_MSIX: the guest enables MSI-X
 * @PCIBACK_IRQ_DISABLE: MSI or MSI-X is disabled, by the guest or at deassignment
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
