// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Counters and trace events of everything that happens to a guest or a function. No
 * other file uses trace.h: there is one function here for each kind of event.
 */
#include <linux/ktime.h>
#include <linux/pci.h>
#include "compat.h"
#include "record/record.h"
#include "trace/events.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* The domain of a function that no guest has. */
#define NO_DOMAIN	(-1)

static int device_domid(const struct pcistub_device *dev)
{
	/* May be outdated if the function is just being deassigned: for display only. */
	return READ_ONCE(dev->owner) ? dev->last_domid : NO_DOMAIN;
}

static enum pciback_result op_result(const struct xen_pci_op *op)
{
	/* A failed enable_msix returns an errno, which may equal one of Xen's codes. */
	if (op->err && op->cmd == XEN_PCI_OP_enable_msix &&
	    op->err != XEN_PCI_ERR_dev_not_found)
		return PCIBACK_RESULT_ERRNO;
	switch (op->err) {
	case XEN_PCI_ERR_success:
		return PCIBACK_RESULT_SUCCESS;
	case XEN_PCI_ERR_dev_not_found:
		return PCIBACK_RESULT_DEV_NOT_FOUND;
	case XEN_PCI_ERR_invalid_offset:
		return PCIBACK_RESULT_INVALID_OFFSET;
	case XEN_PCI_ERR_access_denied:
		return PCIBACK_RESULT_ACCESS_DENIED;
	case XEN_PCI_ERR_not_implemented:
		return PCIBACK_RESULT_NOT_IMPLEMENTED;
	case XEN_PCI_ERR_op_failed:
		return PCIBACK_RESULT_OP_FAILED;
	default:
		return PCIBACK_RESULT_ERRNO;
	}
}

/* The counter of an operation, enum pciback_backend_stat. */
static unsigned int op_stat(u32 cmd)
{
	if (cmd <= XEN_PCI_OP_disable_msix)
		return BACKEND_STAT_OPS + cmd;
	return cmd == XEN_PCI_OP_enable_multi_msi ? BACKEND_STAT_OPS_MULTI_MSI :
						    BACKEND_STAT_OPS_UNKNOWN;
}

/**
 * pciback_trace_op_start() - a guest's operation is about to be carried out
 *
 * Context: any.
 * Return: the time in nanoseconds, for pciback_trace_op(); 0 if the trace event is
 * disabled.
 */
u64 pciback_trace_op_start(void)
{
	/* Reading the clock costs more than the counters, so only if it is used. */
	return trace_pciback_op_enabled() ? ktime_get_ns() : 0;
}

/**
 * pciback_trace_op() - a guest's operation has been carried out
 * @owner: the guest's backend
 * @dev: the function, or NULL if the guest has no such function
 * @op: the operation with its result
 * @start: from pciback_trace_op_start()
 *
 * Context: any. Takes no lock; counters are atomic.
 */
void pciback_trace_op(struct pciback_owner *owner, struct pcistub_device *dev,
		      const struct xen_pci_op *op, u64 start)
{
	enum pciback_result result = op_result(op);

	pciback_stat_inc(owner->stats, op_stat(op->cmd));
	if (result != PCIBACK_RESULT_SUCCESS)
		pciback_stat_inc(owner->stats, BACKEND_STAT_ERRORS + result - 1);
	if (dev) {
		pciback_stat_inc(dev->stats, DEVICE_STAT_OPS);
		if (result != PCIBACK_RESULT_SUCCESS)
			pciback_stat_inc(dev->stats, DEVICE_STAT_OP_ERRORS);
	}
	if (trace_pciback_op_enabled())
		trace_pciback_op(owner->domid, dev ? dev->pdev : NULL, op, result,
				 start ? ktime_get_ns() - start : 0);
}

/**
 * pciback_trace_dropped() - a guest's write was dropped, wholly or in part
 * @dev: the function
 * @off: offset as the guest sent it
 * @size: size in bytes as the guest sent it
 * @val: value as the guest sent it
 *
 * Context: any. Caller holds @dev->lock.
 */
void pciback_trace_dropped(struct pcistub_device *dev, s32 off, s32 size, u32 val)
{
	lockdep_assert_held(&dev->lock);
	pciback_stat_inc(dev->stats, DEVICE_STAT_DROPPED_WRITES);
	if (dev->owner)
		pciback_stat_inc(dev->owner->stats, BACKEND_STAT_DROPPED_WRITES);
	trace_pciback_drop(device_domid(dev), dev->pdev, off, size, val);
}

/**
 * pciback_trace_reset() - a reset was attempted
 * @dev: the function
 * @reason: reason of the reset
 * @start: start of the reset in nanoseconds, from ktime_get_ns()
 * @err: result of the reset: 0 or -errno
 *
 * Context: any. Caller holds device_lock().
 */
void pciback_trace_reset(struct pcistub_device *dev, enum reset_reason reason, u64 start, int err)
{
	device_lock_assert(&dev->pdev->dev);
	pciback_stat_inc(dev->stats, DEVICE_STAT_RESETS);
	if (err)
		pciback_stat_inc(dev->stats, DEVICE_STAT_RESETS_FAILED);
	/* device_lock() is held, so the owner cannot change. */
	if (reason == RESET_FOR_GUEST && dev->owner)
		pciback_stat_inc(dev->owner->stats, BACKEND_STAT_RESETS);
	trace_pciback_reset(device_domid(dev), dev->pdev, reason, err,
			    div_u64(ktime_get_ns() - start, NSEC_PER_MSEC));
}

/**
 * pciback_trace_irq() - interrupts were enabled or disabled, or that failed
 * @dev: the function
 * @what: kind of change
 * @nr: number of vectors, or the Linux irq of the INTx line
 * @err: result: 0 or -errno
 *
 * Context: any. Takes no lock.
 */
void pciback_trace_irq(struct pcistub_device *dev, enum pciback_irq_event what, u32 nr, int err)
{
	if (what == PCIBACK_IRQ_ENABLE_MSI || what == PCIBACK_IRQ_ENABLE_MSIX)
		pciback_stat_inc(dev->stats, err ? DEVICE_STAT_IRQ_ENABLES_FAILED :
						   DEVICE_STAT_IRQ_ENABLES);
	else if (what == PCIBACK_IRQ_DISABLE)
		pciback_stat_inc(dev->stats, DEVICE_STAT_IRQ_DISABLES);
	trace_pciback_irq(device_domid(dev), dev->pdev, what, nr, err);
}

/**
 * pciback_trace_state() - a function has entered another state of its life cycle
 * @dev: the function; its owner may be that of the previous or of the new state
 * @state: the new state
 *
 * Context: any. Caller keeps the owner from changing.
 */
void pciback_trace_state(struct pcistub_device *dev, enum pciback_state state)
{
	if (state == PCIBACK_STATE_ASSIGNED) {
		pciback_stat_inc(dev->stats, DEVICE_STAT_ASSIGNMENTS);
		pciback_stat_inc(dev->owner->stats, BACKEND_STAT_ASSIGNED);
	} else if (state == PCIBACK_STATE_IDLE) {
		pciback_stat_inc(dev->owner->stats, BACKEND_STAT_DEASSIGNED);
	}
	trace_pciback_state(device_domid(dev), dev->pdev, state);
}

/**
 * pciback_trace_fsm() - the state machine of a backend has chosen its next action
 * @owner: the backend
 * @snap: the snapshot that the state machine used
 * @action: the action
 *
 * Context: any. Takes no lock.
 */
void pciback_trace_fsm(struct pciback_owner *owner, const struct backend_snapshot *snap,
		       enum backend_action action)
{
	trace_pciback_fsm(owner->domid, snap, action);
}
