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
 * @PCIBACK_RESULT_SUCCESS: done
 * @PCIBACK_RESULT_DEV_NOT_FOUND: the guest has no such function
 * @PCIBACK_RESULT_INVALID_OFFSET: no such place in configuration space
 * @PCIBACK_RESULT_ACCESS_DENIED: a register that must not be silently ignored refused
 * @PCIBACK_RESULT_NOT_IMPLEMENTED: no such operation
 * @PCIBACK_RESULT_OP_FAILED: the host could not do it
 * @PCIBACK_RESULT_ERRNO: an errno: of a failed enabling of MSI-X
 * @PCIBACK_NR_RESULTS: how many kinds
 *
 * Xen's numbers are negative and overlap with errno's; these are neither.
 */
enum pciback_result {
	PCIBACK_RESULT_SUCCESS,
	PCIBACK_RESULT_DEV_NOT_FOUND,
	PCIBACK_RESULT_INVALID_OFFSET,
	PCIBACK_RESULT_ACCESS_DENIED,
	PCIBACK_RESULT_NOT_IMPLEMENTED,
	PCIBACK_RESULT_OP_FAILED,
	PCIBACK_RESULT_ERRNO,
	PCIBACK_NR_RESULTS
};

/**
 * enum pciback_backend_stat - what is counted for each backend instance
 * @BACKEND_STAT_OPS: requests; the first of several, by operation, XEN_PCI_OP_*
 * @BACKEND_STAT_OPS_MULTI_MSI: requests XEN_PCI_OP_enable_multi_msi
 * @BACKEND_STAT_OPS_UNKNOWN: requests for an operation there is not
 * @BACKEND_STAT_ERRORS: answers that were an error; the first of several, by kind,
 *	from PCIBACK_RESULT_DEV_NOT_FOUND on
 * @BACKEND_STAT_DROPPED_WRITES: writes of configuration space that did not all happen
 * @BACKEND_STAT_RESETS: function level resets it asked for
 * @BACKEND_STAT_ASSIGNED: functions given to it
 * @BACKEND_STAT_DEASSIGNED: functions taken back
 * @BACKEND_STAT_EVENTS: events it sent
 * @BACKEND_STAT_EVENTS_SPURIOUS: those that announced no request
 * @BACKEND_STAT_EOIS: events for which the next one was let in
 * @BACKEND_STAT_OPS_ABANDONED: requests it gave up before they were answered
 * @BACKEND_NR_STATS: how many
 */
enum pciback_backend_stat {
	BACKEND_STAT_OPS,
	BACKEND_STAT_OPS_MULTI_MSI = BACKEND_STAT_OPS + XEN_PCI_OP_disable_msix + 1,
	BACKEND_STAT_OPS_UNKNOWN,
	BACKEND_STAT_ERRORS,
	BACKEND_STAT_DROPPED_WRITES = BACKEND_STAT_ERRORS + PCIBACK_NR_RESULTS - 1,
	BACKEND_STAT_RESETS,
	BACKEND_STAT_ASSIGNED,
	BACKEND_STAT_DEASSIGNED,
	BACKEND_STAT_EVENTS,
	BACKEND_STAT_EVENTS_SPURIOUS,
	BACKEND_STAT_EOIS,
	BACKEND_STAT_OPS_ABANDONED,
	BACKEND_NR_STATS
};

/**
 * enum pciback_device_stat - what is counted for each seized function
 * @DEVICE_STAT_OPS: requests that named it
 * @DEVICE_STAT_OP_ERRORS: those that were answered with an error
 * @DEVICE_STAT_DROPPED_WRITES: writes of configuration space that did not all happen
 * @DEVICE_STAT_ASSIGNMENTS: how often it was given to a guest
 * @DEVICE_STAT_RESETS: resets tried, for whatever reason
 * @DEVICE_STAT_RESETS_FAILED: those that failed, or that it has no way to do
 * @DEVICE_STAT_IRQ_ENABLES: times that MSI or MSI-X was enabled
 * @DEVICE_STAT_IRQ_ENABLES_FAILED: times that it could not
 * @DEVICE_STAT_IRQ_DISABLES: times that MSI or MSI-X was disabled
 * @DEVICE_STAT_INTX_HANDLED: interrupts that the INTx handler claimed
 * @DEVICE_NR_STATS: how many
 */
enum pciback_device_stat {
	DEVICE_STAT_OPS,
	DEVICE_STAT_OP_ERRORS,
	DEVICE_STAT_DROPPED_WRITES,
	DEVICE_STAT_ASSIGNMENTS,
	DEVICE_STAT_RESETS,
	DEVICE_STAT_RESETS_FAILED,
	DEVICE_STAT_IRQ_ENABLES,
	DEVICE_STAT_IRQ_ENABLES_FAILED,
	DEVICE_STAT_IRQ_DISABLES,
	DEVICE_STAT_INTX_HANDLED,
	DEVICE_NR_STATS
};

static inline void pciback_stat_inc(atomic64_t *counts, unsigned int which)
{
	atomic64_inc(&counts[which]);
}

#endif /* PCIBACK_RECORD_STATS_H */
