// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Counts what happens and offers it as trace events. The one file that knows
 * of the trace events: to the rest it is a function for each kind of thing.
 */
#include <linux/ktime.h>
#include <linux/pci.h>
#include "compat.h"
#include "record/record.h"
#include "trace/events.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/* For a record without a guest. */
#define NO_DOMAIN	(-1)

static int device_domid(const struct pcistub_device *dev)
{
	/* Only for people: the guest may be leaving while we look. */
	return READ_ONCE(dev->owner) ? dev->last_domid : NO_DOMAIN;
}

static enum pciback_result op_result(const struct xen_pci_op *op)
{
	/* An errno may have the value of one of Xen's codes. */
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

/**
 * pciback_trace_op_start() - a request is about to be carried out
 *
 * Return: for pciback_trace_op().
 */
u64 pciback_trace_op_start(void)
{
	/* A clock costs more than the counters do: only for who looks at it. */
	return trace_pciback_op_enabled() ? ktime_get_ns() : 0;
}

/**
 * pciback_trace_op() - a request has been carried out
 * @owner: whose
 * @dev: the function, NULL: there is none
 * @op: the request with its answer
 * @start: from pciback_trace_op_start()
 */
void pciback_trace_op(struct pciback_owner *owner, struct pcistub_device *dev,
		      const struct xen_pci_op *op, u64 start)
{
	enum pciback_result result = op_result(op);

	pciback_stat_inc(owner->stats, op->cmd <= XEN_PCI_OP_disable_msix ? BACKEND_STAT_OPS + op->cmd :
				      op->cmd == XEN_PCI_OP_enable_multi_msi ?
				      BACKEND_STAT_OPS_MULTI_MSI : BACKEND_STAT_OPS_UNKNOWN);
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
 * pciback_trace_dropped() - a guest's write did not happen, or not all of it
 * @dev: the function
 * @off: offset as the guest sent it
 * @size: size as the guest sent it
 * @val: value as the guest sent it
 *
 * Context: caller holds @dev->lock.
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
 * pciback_trace_reset() - a reset was tried
 * @dev: the function
 * @reason: what for
 * @start: when it began, ktime_get_ns()
 * @err: how it ended: 0 or -errno
 *
 * Context: caller holds device_lock().
 */
void pciback_trace_reset(struct pcistub_device *dev, enum reset_reason reason, u64 start, int err)
{
	device_lock_assert(&dev->pdev->dev);
	pciback_stat_inc(dev->stats, DEVICE_STAT_RESETS);
	if (err)
		pciback_stat_inc(dev->stats, DEVICE_STAT_RESETS_FAILED);
	/* Only under device_lock() does the owner change. */
	if (reason == RESET_FOR_GUEST && dev->owner)
		pciback_stat_inc(dev->owner->stats, BACKEND_STAT_RESETS);
	trace_pciback_reset(device_domid(dev), dev->pdev, reason, err,
			    div_u64(ktime_get_ns() - start, NSEC_PER_MSEC));
}

/**
 * pciback_trace_irq() - interrupts were switched, or could not be
 * @dev: the function
 * @what: which way
 * @nr: vectors, or the Linux irq of the line
 * @err: how it ended: 0 or -errno
 *
 * Context: caller holds @dev->lock.
 */
void pciback_trace_irq(struct pcistub_device *dev, enum pciback_irq_event what, u32 nr, int err)
{
	lockdep_assert_held(&dev->lock);
	if (what == PCIBACK_IRQ_ENABLE_MSI || what == PCIBACK_IRQ_ENABLE_MSIX)
		pciback_stat_inc(dev->stats, err ? DEVICE_STAT_IRQ_ENABLES_FAILED : DEVICE_STAT_IRQ_ENABLES);
	else if (what == PCIBACK_IRQ_DISABLE)
		pciback_stat_inc(dev->stats, DEVICE_STAT_IRQ_DISABLES);
	trace_pciback_irq(device_domid(dev), dev->pdev, what, nr, err);
}

/**
 * pciback_trace_state() - a function has arrived somewhere else in its life
 * @dev: the function; its owner is still that of the state before, or already
 *	that of the new one
 * @state: where it is now
 *
 * Context: caller holds device_lock().
 */
void pciback_trace_state(struct pcistub_device *dev, enum pciback_state state)
{
	device_lock_assert(&dev->pdev->dev);
	if (state == PCIBACK_STATE_ASSIGNED) {
		pciback_stat_inc(dev->stats, DEVICE_STAT_ASSIGNMENTS);
		pciback_stat_inc(dev->owner->stats, BACKEND_STAT_ASSIGNED);
	} else if (state == PCIBACK_STATE_IDLE) {
		pciback_stat_inc(dev->owner->stats, BACKEND_STAT_DEASSIGNED);
	}
	trace_pciback_state(device_domid(dev), dev->pdev, state);
}

/**
 * pciback_trace_fsm() - what to do next about a guest has been decided
 * @owner: the guest
 * @snap: from what
 * @action: what, enum backend_action
 */
void pciback_trace_fsm(struct pciback_owner *owner, const struct backend_snapshot *snap, enum backend_action action)
{
	trace_pciback_fsm(owner->domid, snap, action);
}
