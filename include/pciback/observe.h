/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What an administrator can see of the driver at work: trace events and
 * counters. Each function here is called where the thing happens, once, and
 * does both. Documentation/observability.rst is for those who look.
 *
 * Counters are atomic: they are counted in every context there is, and read
 * without a lock.
 */
#ifndef PCIBACK_OBSERVE_H
#define PCIBACK_OBSERVE_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <xen/interface/io/pciif.h>
#include <xen/interface/xen.h>

struct guest_look;
struct pciback_device;
struct pciback_holder;

/**
 * enum pciback_result - an answer to a guest, by kind
 * @PCIBACK_OK: done
 * @PCIBACK_NOT_FOUND: the guest has no such function
 * @PCIBACK_BAD_OFFSET: no such place in configuration space
 * @PCIBACK_ACCESS_DENIED: a register that must not be silently ignored refused
 * @PCIBACK_NOT_IMPLEMENTED: no such operation
 * @PCIBACK_OP_FAILED: the host could not do it
 * @PCIBACK_ERRNO: an errno: of a failed enabling of MSI-X
 * @PCIBACK_NR_RESULTS: how many kinds
 *
 * Xen's numbers are negative and overlap with errno's; these are neither.
 */
enum pciback_result {
	PCIBACK_OK,
	PCIBACK_NOT_FOUND,
	PCIBACK_BAD_OFFSET,
	PCIBACK_ACCESS_DENIED,
	PCIBACK_NOT_IMPLEMENTED,
	PCIBACK_OP_FAILED,
	PCIBACK_ERRNO,
	PCIBACK_NR_RESULTS
};

/**
 * enum pciback_guest_count - what is counted for each backend instance
 * @GUEST_OPS: requests; the first of several, by operation, XEN_PCI_OP_*
 * @GUEST_OPS_MULTI_MSI: requests XEN_PCI_OP_enable_multi_msi
 * @GUEST_OPS_UNKNOWN: requests for an operation there is not
 * @GUEST_ERRORS: answers that were an error; the first of several, by kind,
 *	from PCIBACK_NOT_FOUND on
 * @GUEST_DENIED_WRITES: writes of configuration space that did not all happen
 * @GUEST_RESETS: function level resets it asked for
 * @GUEST_GIVEN: functions given to it
 * @GUEST_TAKEN: functions taken back
 * @GUEST_EVENTS: events it sent
 * @GUEST_EVENTS_SPURIOUS: those that announced no request
 * @GUEST_EOIS: events for which the next one was let in
 * @GUEST_UNANSWERED: requests it gave up before they were answered
 * @GUEST_NR_COUNTS: how many
 */
enum pciback_guest_count {
	GUEST_OPS,
	GUEST_OPS_MULTI_MSI = GUEST_OPS + XEN_PCI_OP_disable_msix + 1,
	GUEST_OPS_UNKNOWN,
	GUEST_ERRORS,
	GUEST_DENIED_WRITES = GUEST_ERRORS + PCIBACK_NR_RESULTS - 1,
	GUEST_RESETS,
	GUEST_GIVEN,
	GUEST_TAKEN,
	GUEST_EVENTS,
	GUEST_EVENTS_SPURIOUS,
	GUEST_EOIS,
	GUEST_UNANSWERED,
	GUEST_NR_COUNTS
};

/**
 * enum pciback_device_count - what is counted for each seized function
 * @DEVICE_OPS: requests that named it
 * @DEVICE_OP_ERRORS: those that were answered with an error
 * @DEVICE_DENIED_WRITES: writes of configuration space that did not all happen
 * @DEVICE_GUESTS: how often it was given to a guest
 * @DEVICE_RESETS: resets tried, for whatever reason
 * @DEVICE_RESETS_FAILED: those that failed, or that it has no way to do
 * @DEVICE_IRQ_ENABLES: times that MSI or MSI-X was enabled
 * @DEVICE_IRQ_ENABLES_FAILED: times that it could not
 * @DEVICE_IRQ_DISABLES: times that MSI or MSI-X was disabled
 * @DEVICE_INTX_HANDLED: interrupts that the INTx handler claimed
 * @DEVICE_NR_COUNTS: how many
 */
enum pciback_device_count {
	DEVICE_OPS,
	DEVICE_OP_ERRORS,
	DEVICE_DENIED_WRITES,
	DEVICE_GUESTS,
	DEVICE_RESETS,
	DEVICE_RESETS_FAILED,
	DEVICE_IRQ_ENABLES,
	DEVICE_IRQ_ENABLES_FAILED,
	DEVICE_IRQ_DISABLES,
	DEVICE_INTX_HANDLED,
	DEVICE_NR_COUNTS
};

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

static inline void pciback_count(atomic64_t *counts, unsigned int which)
{
	atomic64_inc(&counts[which]);
}

/* observe.c: at work */
u64 pciback_see_op_start(void);
void pciback_see_op(struct pciback_holder *holder, struct pciback_device *dev,
		    const struct xen_pci_op *op, u64 start);
void pciback_see_denied(struct pciback_device *dev, s32 off, s32 size, u32 val);
void pciback_see_reset(struct pciback_device *dev, enum pciback_reset_why why, u64 start, int err);
void pciback_see_irq(struct pciback_device *dev, enum pciback_irq_what what, u32 nr, int err);
void pciback_see_guest(struct pciback_holder *holder, const struct guest_look *look, int move);
void pciback_see_state(struct pciback_device *dev, enum pciback_state state);

/* counters.c: what was counted, in debugfs */
void pciback_counters_init(void);
void pciback_counters_exit(void);
void pciback_counters_add_device(struct pciback_device *dev);
void pciback_counters_remove_device(struct pciback_device *dev);
void pciback_counters_add_guest(struct pciback_holder *holder, const char *devid);
void pciback_counters_remove_guest(struct pciback_holder *holder);

#endif /* PCIBACK_OBSERVE_H */
