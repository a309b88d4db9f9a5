/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What is counted for each seized function and each backend. The counters are atomic,
 * because they are incremented in all contexts, and read without a lock.
 */
#ifndef PCIBACK_RECORD_STATS_H
#define PCIBACK_RECORD_STATS_H

#include <linux/atomic.h>
#include <linux/types.h>
#include <xen/interface/io/pciif.h>

/**
 * enum pciback_result - kinds of answers to a guest's request
 * @PCIBACK_RESULT_SUCCESS: done
 * @PCIBACK_RESULT_DEV_NOT_FOUND: the guest has no such function
 * @PCIBACK_RESULT_INVALID_OFFSET: no such register in configuration space
 * @PCIBACK_RESULT_ACCESS_DENIED: a register that must not be ignored silently was refused
 * @PCIBACK_RESULT_NOT_IMPLEMENTED: no such operation
 * @PCIBACK_RESULT_OP_FAILED: the host could not do it
 * @PCIBACK_RESULT_ERRNO: an errno, when MSI-X could not be enabled
 * @PCIBACK_NR_RESULTS: number of kinds
 *
 * The values are neither XEN_PCI_ERR_* nor errnos: those are both negative, and
 * overlap.
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
 * enum pciback_backend_stat - what is counted for each backend
 * @BACKEND_STAT_OPS: requests; the first of several counters, one for each
 *	operation XEN_PCI_OP_*
 * @BACKEND_STAT_OPS_MULTI_MSI: requests XEN_PCI_OP_enable_multi_msi
 * @BACKEND_STAT_OPS_UNKNOWN: requests for an operation that does not exist
 * @BACKEND_STAT_ERRORS: answers that are an error; the first of several counters, one
 *	for each kind from PCIBACK_RESULT_DEV_NOT_FOUND on
 * @BACKEND_STAT_DROPPED_WRITES: writes to configuration space of which a part was dropped
 * @BACKEND_STAT_RESETS: function level resets that the guest asked for
 * @BACKEND_STAT_ASSIGNED: functions assigned to the guest
 * @BACKEND_STAT_DEASSIGNED: functions deassigned from it
 * @BACKEND_STAT_EVENTS: events that it sent
 * @BACKEND_STAT_EVENTS_SPURIOUS: events without a request
 * @BACKEND_STAT_EOIS: events after which the event channel was unmasked
 * @BACKEND_STAT_OPS_ABANDONED: requests that it gave up before they were answered
 * @BACKEND_NR_STATS: number of counters
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
 * @DEVICE_STAT_OPS: requests for it
 * @DEVICE_STAT_OP_ERRORS: requests that were answered with an error
 * @DEVICE_STAT_DROPPED_WRITES: writes to configuration space of which a part was dropped
 * @DEVICE_STAT_ASSIGNMENTS: how often it was assigned to a guest
 * @DEVICE_STAT_RESETS: resets that were tried, for any reason
 * @DEVICE_STAT_RESETS_FAILED: resets that failed, or for which there was no method
 * @DEVICE_STAT_IRQ_ENABLES: how often MSI or MSI-X was enabled
 * @DEVICE_STAT_IRQ_ENABLES_FAILED: how often enabling them failed
 * @DEVICE_STAT_IRQ_DISABLES: how often MSI or MSI-X was disabled
 * @DEVICE_STAT_INTX_HANDLED: interrupts that the INTx handler claimed
 * @DEVICE_STAT_CONFIG_DIFFERENCES: resets after which configuration space was not as after
 *	the first one
 * @DEVICE_NR_STATS: number of counters
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
	DEVICE_STAT_CONFIG_DIFFERENCES,
	DEVICE_NR_STATS
};

static inline void pciback_stat_inc(atomic64_t *counts, unsigned int which)
{
	atomic64_inc(&counts[which]);
}

#endif /* PCIBACK_RECORD_STATS_H */
