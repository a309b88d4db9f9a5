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

static int domid_of(const struct pciback_device *dev)
{
	/* Only for people: the guest may be leaving while we look. */
	return READ_ONCE(dev->holder) ? dev->last_domid : NO_DOMAIN;
}

static enum pciback_result result_of(const struct xen_pci_op *op)
{
	/* An errno may have the value of one of Xen's codes. */
	if (op->err && op->cmd == XEN_PCI_OP_enable_msix &&
	    op->err != XEN_PCI_ERR_dev_not_found)
		return PCIBACK_ERRNO;
	switch (op->err) {
	case XEN_PCI_ERR_success:
		return PCIBACK_OK;
	case XEN_PCI_ERR_dev_not_found:
		return PCIBACK_NOT_FOUND;
	case XEN_PCI_ERR_invalid_offset:
		return PCIBACK_BAD_OFFSET;
	case XEN_PCI_ERR_access_denied:
		return PCIBACK_ACCESS_DENIED;
	case XEN_PCI_ERR_not_implemented:
		return PCIBACK_NOT_IMPLEMENTED;
	case XEN_PCI_ERR_op_failed:
		return PCIBACK_OP_FAILED;
	default:
		return PCIBACK_ERRNO;
	}
}

/**
 * pciback_see_op_start() - a request is about to be carried out
 *
 * Return: for pciback_see_op().
 */
u64 pciback_see_op_start(void)
{
	/* A clock costs more than the counters do: only for who looks at it. */
	return trace_pciback_op_enabled() ? ktime_get_ns() : 0;
}

/**
 * pciback_see_op() - a request has been carried out
 * @holder: whose
 * @dev: the function, NULL: there is none
 * @op: the request with its answer
 * @start: from pciback_see_op_start()
 */
void pciback_see_op(struct pciback_holder *holder, struct pciback_device *dev,
		    const struct xen_pci_op *op, u64 start)
{
	enum pciback_result result = result_of(op);

	pciback_count(holder->counts, op->cmd <= XEN_PCI_OP_disable_msix ? GUEST_OPS + op->cmd :
				      op->cmd == XEN_PCI_OP_enable_multi_msi ?
				      GUEST_OPS_MULTI_MSI : GUEST_OPS_UNKNOWN);
	if (result != PCIBACK_OK)
		pciback_count(holder->counts, GUEST_ERRORS + result - 1);
	if (dev) {
		pciback_count(dev->counts, DEVICE_OPS);
		if (result != PCIBACK_OK)
			pciback_count(dev->counts, DEVICE_OP_ERRORS);
	}
	if (trace_pciback_op_enabled())
		trace_pciback_op(holder->domid, dev ? dev->pdev : NULL, op, result,
				 start ? ktime_get_ns() - start : 0);
}

/**
 * pciback_see_denied() - a guest's write did not happen, or not all of it
 * @dev: the function
 * @off: offset as the guest sent it
 * @size: size as the guest sent it
 * @val: value as the guest sent it
 *
 * Context: caller holds @dev->lock.
 */
void pciback_see_denied(struct pciback_device *dev, s32 off, s32 size, u32 val)
{
	lockdep_assert_held(&dev->lock);
	pciback_count(dev->counts, DEVICE_DENIED_WRITES);
	if (dev->holder)
		pciback_count(dev->holder->counts, GUEST_DENIED_WRITES);
	trace_pciback_deny(domid_of(dev), dev->pdev, off, size, val);
}

/**
 * pciback_see_reset() - a reset was tried
 * @dev: the function
 * @why: what for
 * @start: when it began, ktime_get_ns()
 * @err: how it ended: 0 or -errno
 *
 * Context: caller holds device_lock().
 */
void pciback_see_reset(struct pciback_device *dev, enum pciback_reset_why why, u64 start, int err)
{
	device_lock_assert(&dev->pdev->dev);
	pciback_count(dev->counts, DEVICE_RESETS);
	if (err)
		pciback_count(dev->counts, DEVICE_RESETS_FAILED);
	/* Only under device_lock() does the holder change. */
	if (why == PCIBACK_RESET_GUEST_ASKED && dev->holder)
		pciback_count(dev->holder->counts, GUEST_RESETS);
	trace_pciback_reset(domid_of(dev), dev->pdev, why, err,
			    div_u64(ktime_get_ns() - start, NSEC_PER_MSEC));
}

/**
 * pciback_see_irq() - interrupts were switched, or could not be
 * @dev: the function
 * @what: which way
 * @nr: vectors, or the Linux irq of the line
 * @err: how it ended: 0 or -errno
 *
 * Context: caller holds @dev->lock.
 */
void pciback_see_irq(struct pciback_device *dev, enum pciback_irq_what what, u32 nr, int err)
{
	lockdep_assert_held(&dev->lock);
	if (what == PCIBACK_IRQ_ENABLE_MSI || what == PCIBACK_IRQ_ENABLE_MSIX)
		pciback_count(dev->counts, err ? DEVICE_IRQ_ENABLES_FAILED : DEVICE_IRQ_ENABLES);
	else if (what == PCIBACK_IRQ_DISABLE)
		pciback_count(dev->counts, DEVICE_IRQ_DISABLES);
	trace_pciback_irq(domid_of(dev), dev->pdev, what, nr, err);
}

/**
 * pciback_see_state() - a function has arrived somewhere else in its life
 * @dev: the function; its holder is still that of the state before, or already
 *	that of the new one
 * @state: where it is now
 *
 * Context: caller holds device_lock().
 */
void pciback_see_state(struct pciback_device *dev, enum pciback_state state)
{
	device_lock_assert(&dev->pdev->dev);
	if (state == PCIBACK_ASSIGNED) {
		pciback_count(dev->counts, DEVICE_GUESTS);
		pciback_count(dev->holder->counts, GUEST_GIVEN);
	} else if (state == PCIBACK_IDLE) {
		pciback_count(dev->holder->counts, GUEST_TAKEN);
	}
	trace_pciback_state(domid_of(dev), dev->pdev, state);
}

/**
 * pciback_see_guest() - what to do next about a guest has been decided
 * @holder: the guest
 * @look: from what
 * @move: what, enum guest_move
 */
void pciback_see_guest(struct pciback_holder *holder, const struct guest_look *look, int move)
{
	trace_pciback_guest(holder->domid, look, move);
}
