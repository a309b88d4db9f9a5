/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A function and everything a reset of it may concern, on real hardware. */
#ifndef PCIBACK_RESET_SET_H
#define PCIBACK_RESET_SET_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include "record/record.h"
#include <pciback/reset_plan.h>

/**
 * struct reset_member - one of them, at the same index as in the table
 * @pdev: the function or bridge, referenced
 * @dev: its record, referenced; NULL if it is not seized
 * @locked: its device_lock() was taken by pciback_reset_set_lock()
 * @live: a guest goes on using it while it is reset
 * @saved: its present state is saved in @pdev
 * @id: what it said that it is, before
 * @err: how it came out of the reset
 */
struct reset_member {
	struct pci_dev *pdev;
	struct pcistub_device *dev;
	bool locked;
	bool live;
	bool saved;
	u32 id;
	int err;
};

/**
 * struct reset_set - all of them
 * @table: as the plan sees them
 * @member: as the hardware has them
 * @max: room in both
 * @target: index of the function to be reset
 * @waiting: in the list of those that wait for locks while they hold one
 * @nest: held by whoever takes the locks of several records
 */
struct reset_set {
	struct reset_table table;
	struct reset_member *member;
	int max;
	int target;
	struct list_head waiting;
	/* Orders nothing: tells lockdep that the locks under it are taken by one. */
	struct mutex nest;
};

struct reset_set *pciback_reset_set_get(struct pcistub_device *target);
void pciback_reset_set_put(struct reset_set *set);
int pciback_reset_set_lock(struct reset_set *set, const struct reset_plan *plan, bool have_target);
void pciback_reset_set_unlock(struct reset_set *set);

#endif /* PCIBACK_RESET_SET_H */
