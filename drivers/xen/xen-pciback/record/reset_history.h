/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Results of a function's resets, a part of its record. Used by reset/. */
#ifndef PCIBACK_RECORD_RESET_HISTORY_H
#define PCIBACK_RECORD_RESET_HISTORY_H

#include <linux/types.h>

/**
 * enum reset_reason - why a function is reset
 * @RESET_FOR_SEIZE: it is taken from the host
 * @RESET_FOR_ASSIGN: a guest gets it, and it is not clean
 * @RESET_FOR_DEASSIGN: it is taken from its guest, or its guest gets another frontend
 * @RESET_FOR_RELEASE: it goes back to the host
 * @RESET_FOR_REQUEST: the administrator or toolstack wrote to do_flr
 * @RESET_FOR_GUEST: the guest wrote to the function's FLR bit
 * @RESET_FOR_NEIGHBOUR: it was reset together with another function
 * @RESET_REASONS: number of reasons
 */
enum reset_reason {
	RESET_FOR_SEIZE,
	RESET_FOR_ASSIGN,
	RESET_FOR_DEASSIGN,
	RESET_FOR_RELEASE,
	RESET_FOR_REQUEST,
	RESET_FOR_GUEST,
	RESET_FOR_NEIGHBOUR,
	RESET_REASONS
};

/**
 * struct reset_event - an attempt to reset a function
 * @when: seconds since 1970
 * @ms: how long it took, in milliseconds
 * @count: how many equal ones in a row; more than 1 only for RESET_FOR_GUEST
 * @result: 0 or -errno
 * @domid: the guest that had the function, or RESET_IDLE
 * @method: enum reset_method; RESET_METHODS: no method could be tried
 * @reason: enum reset_reason
 */
struct reset_event {
	time64_t when;
	u32 ms;
	u32 count;
	int result;
	int domid;
	u8 method;
	u8 reason;
};

#define RESET_HISTORY	16

/**
 * struct reset_history - the last resets of a function
 * @nr: number of entries ever added; the newest is event[(nr - 1) % RESET_HISTORY]
 * @event: circular buffer
 *
 * Guarded by the record's lock.
 */
struct reset_history {
	unsigned int nr;
	struct reset_event event[RESET_HISTORY];
};

/**
 * struct reset_state - what is known of a function's resets
 * @history: the last ones; the record's lock
 * @error: -errno of the last method when all failed; 0: the function is usable;
 *	written with device_lock() and the record's lock held
 * @id: its pciback_reset_identity() from before the first reset, 0 until then;
 *	device_lock()
 */
struct reset_state {
	struct reset_history history;
	int error;
	u32 id;
};

#endif /* PCIBACK_RECORD_RESET_HISTORY_H */
