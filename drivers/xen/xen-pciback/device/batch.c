// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Deassigns several functions of a guest, or resets them for its next frontend, in the
 * time of the longest reset. First the guest's operations end on all of them, so that
 * functions that can only be reset together can be. Then they are reset in parallel.
 *
 * This file calls device/lifecycle.c only, and takes no locks itself.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "device/batch.h"
#include "device/lifecycle.h"
#include "record/record.h"

/**
 * struct batch_item - one function of a batch
 * @work: runs @finish
 * @finish: pciback_device_deassign_finish() or pciback_device_reconnect_finish()
 * @dev: the function, which its guest is detaching from
 * @owner: the guest's backend
 *
 * Written before @work is queued, and only read by it; needs no lock.
 */
struct batch_item {
	struct work_struct work;
	void (*finish)(struct pcistub_device *dev, struct pciback_owner *owner);
	struct pcistub_device *dev;
	struct pciback_owner *owner;
};

static void batch_finish_one(struct work_struct *work)
{
	struct batch_item *item = container_of(work, struct batch_item, work);

	item->finish(item->dev, item->owner);
}

static void batch_run(struct pcistub_device **devs, unsigned int nr,
		      struct pciback_owner *owner,
		      void (*finish)(struct pcistub_device *dev, struct pciback_owner *owner))
{
	struct batch_item *items = NULL;
	unsigned int i;

	for (i = 0; i < nr; i++)
		pciback_device_deassign_begin(devs[i], owner);
	if (nr > 1)
		items = kcalloc(nr, sizeof(*items), GFP_KERNEL);
	if (!items) {
		for (i = 0; i < nr; i++)
			finish(devs[i], owner);
		return;
	}
	for (i = 0; i < nr; i++) {
		items[i].finish = finish;
		items[i].dev = devs[i];
		items[i].owner = owner;
		INIT_WORK(&items[i].work, batch_finish_one);
		queue_work(system_unbound_wq, &items[i].work);
	}
	for (i = 0; i < nr; i++)
		flush_work(&items[i].work);
	kfree(items);
}

/**
 * pciback_batch_deassign() - deassign several functions from a guest
 * @devs: the functions
 * @nr: number of functions
 * @owner: the guest's backend
 *
 * As pciback_device_deassign() for each.
 *
 * Context: sleeps, as long as the longest of their resets. Caller holds neither a
 * device_lock() nor a record's lock.
 */
void pciback_batch_deassign(struct pcistub_device **devs, unsigned int nr,
			    struct pciback_owner *owner)
{
	batch_run(devs, nr, owner, pciback_device_deassign_finish);
}

/**
 * pciback_batch_reset_for_reconnect() - reset several functions for another frontend
 * @devs: the functions
 * @nr: number of functions
 * @owner: the guest's backend, which has no frontend at present
 *
 * As pciback_device_reset_for_reconnect() for each.
 *
 * Context: sleeps, as long as the longest of their resets. Caller holds neither a
 * device_lock() nor a record's lock.
 */
void pciback_batch_reset_for_reconnect(struct pcistub_device **devs, unsigned int nr,
				       struct pciback_owner *owner)
{
	batch_run(devs, nr, owner, pciback_device_reconnect_finish);
}
