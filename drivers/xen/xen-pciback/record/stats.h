/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What is counted for each seized function and each backend. Counters are
 * atomic: they are counted in every context there is, and read without a lock.
 */
#ifndef PCIBACK_RECORD_STATS_H
#define PCIBACK_RECORD_STATS_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <xen/interface/io/pciif.h>

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

static inline void pciback_count(atomic64_t *counts, unsigned int which)
{
	atomic64_inc(&counts[which]);
}

#endif /* PCIBACK_RECORD_STATS_H */
