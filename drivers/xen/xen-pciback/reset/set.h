/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A function and all that a reset of it may affect, as objects of the PCI core. */
#ifndef PCIBACK_RESET_SET_H
#define PCIBACK_RESET_SET_H

#include <linux/list.h>
#include <linux/pci.h>
#include "record/record.h"
#include <pciback/reset_plan.h>

/**
 * struct reset_member - a function or bridge, at the same index as its node in the table
 * @pdev: the function or bridge, referenced
 * @dev: its record, referenced; NULL if it is not seized
 * @locked: pciback_reset_set_lock() has taken its device_lock()
 * @held: operations of its guest wait
 * @in_use: a guest goes on using it after the reset, see pciback_reset_in_use()
 * @saved: @pdev has its state from before the reset saved
 * @id: its identity from before the reset, see pciback_reset_identity()
 * @err: result of the reset for it, 0 or -errno
 *
 * Locks: as &struct reset_set; @in_use to @err are used by reset/step.c only, with
 * device_lock() of @pdev held.
 */
struct reset_member {
	struct pci_dev *pdev;
	struct pcistub_device *dev;
	bool locked;
	bool held;
	bool in_use;
	bool saved;
	u32 id;
	int err;
};

/**
 * struct reset_set - a function to be reset, and all that the reset may affect
 * @table: what the plan is made from
 * @member: the functions and bridges of @table
 * @capacity: number of elements allocated in @table and @member
 * @target: index of the function to be reset
 * @waiting: in the list of sets that hold the target's device_lock() and try for
 *	others; guarded by waiting_lock in reset/set.c
 *
 * Locks: belongs to one task and needs none, except for @waiting. While it is in that
 * list, other tasks read @target, @table.nr and the @pdev of members, which do not
 * change then.
 */
struct reset_set {
	struct reset_table table;
	struct reset_member *member;
	int capacity;
	int target;
	struct list_head waiting;
};

struct reset_set *pciback_reset_set_get(struct pcistub_device *target);
void pciback_reset_set_put(struct reset_set *set);
int pciback_reset_set_lock(struct reset_set *set, const struct reset_plan *plan,
			   bool target_locked);
void pciback_reset_set_unlock(struct reset_set *set);

#endif /* PCIBACK_RESET_SET_H */
