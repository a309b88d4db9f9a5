/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What is remembered of a function's resets. */
#ifndef PCIBACK_RECORD_RESET_HISTORY_H
#define PCIBACK_RECORD_RESET_HISTORY_H

#include <linux/types.h>

/**
 * enum reset_why - the occasion of a reset
 * @RESET_AT_SEIZE: taken from the host
 * @RESET_AT_HAND_OVER: about to be given to a guest, and not known to be clean
 * @RESET_AT_HAND_BACK: taken back from a guest, which may have died
 * @RESET_AT_RELEASE: handed back to the host
 * @RESET_ON_REQUEST: the administrator or toolstack wrote to do_flr
 * @RESET_BY_ITS_GUEST: the guest wrote to the function's FLR bit
 * @RESET_WITH_NEIGHBOUR: hit by a reset for another function's sake
 * @RESET_WHYS: how many there are
 */
enum reset_why {
	RESET_AT_SEIZE,
	RESET_AT_HAND_OVER,
	RESET_AT_HAND_BACK,
	RESET_AT_RELEASE,
	RESET_ON_REQUEST,
	RESET_BY_ITS_GUEST,
	RESET_WITH_NEIGHBOUR,
	RESET_WHYS
};

/**
 * struct reset_event - one reset that was tried
 * @when: seconds since 1970
 * @ms: how long it took
 * @count: how many in a row, for what guests do as often as they like
 * @result: 0 or -errno
 * @domid: the guest that had the function, or RESET_IDLE
 * @method: by which method; RESET_METHODS: no method could be tried
 * @why: on which occasion
 */
struct reset_event {
	time64_t when;
	u32 ms;
	u32 count;
	int result;
	int domid;
	u8 method;
	u8 why;
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
