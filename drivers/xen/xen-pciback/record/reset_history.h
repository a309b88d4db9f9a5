/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is remembered of a function's resets. */
#ifndef PCIBACK_RECORD_RESET_HISTORY_H
#define PCIBACK_RECORD_RESET_HISTORY_H

#include <linux/types.h>

/**
 * enum reset_reason - the occasion of a reset
 * @RESET_FOR_SEIZE: taken from the host
 * @RESET_FOR_ASSIGN: about to be given to a guest, and not known to be clean
 * @RESET_FOR_DEASSIGN: taken back from a guest, which may have died
 * @RESET_FOR_RELEASE: handed back to the host
 * @RESET_FOR_REQUEST: the administrator or toolstack wrote to do_flr
 * @RESET_FOR_GUEST: the guest wrote to the function's FLR bit
 * @RESET_FOR_NEIGHBOUR: hit by a reset for another function's sake
 * @RESET_REASONS: how many there are
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
 * struct reset_event - one reset that was tried
 * @when: seconds since 1970
 * @ms: how long it took
 * @count: how many in a row, for what guests do as often as they like
 * @result: 0 or -errno
 * @domid: the guest that had the function, or RESET_IDLE
 * @method: by which method; RESET_METHODS: no method could be tried
 * @reason: on which occasion
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
 * @nr: how many there were in all; the newest is event[(nr - 1) % RESET_HISTORY]
 * @event: a ring
 */
struct reset_history {
	unsigned int nr;
	struct reset_event event[RESET_HISTORY];
};

/**
 * struct reset_state - what is known of a function's resets
 * @history: what was tried
 * @error: why every method failed; 0: the function is usable
 * @id: what it said that it is, 0 before the first reset; device_lock()
 */
struct reset_state {
	struct reset_history history;
	int error;
	u32 id;
};

#endif /* PCIBACK_RECORD_RESET_HISTORY_H */
