// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Deassigns several functions of a guest, or resets them for its next frontend. First the
 * guest's operations end on all of them, so that functions that can only be reset together
 * can be. Then they are reset in parallel.
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
 * @work: resets it
 * @dev: the function, which its guest is detaching from
 * @owner: the guest's backend
 *
 * Written before @work is queued, and only read by it; needs no lock.
 */
struct batch_item {
	struct work_struct work;
	struct pcistub_device *dev;
	struct pciback_owner *owner;
};

static void batch_reconnect_one(struct work_struct *work)
{
	struct batch_item *item = container_of(work, struct batch_item, work);

	pciback_device_reconnect_finish(item->dev, item->owner);
}

/**
 * pciback_batch_deassign() - deassign several functions from a guest
 * @devs: the functions
 * @nr: number of functions
 * @owner: the guest's backend
 *
 * They are reset and made idle later, as pciback_device_deassign_later() says.
 *
 * Context: sleeps, a few seconds at most. Caller holds neither a device_lock() nor a
 * record's lock.
 */
void pciback_batch_deassign(struct pcistub_device **devs, unsigned int nr,
			    struct pciback_owner *owner)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		pciback_device_deassign_begin(devs[i], owner);
	for (i = 0; i < nr; i++)
		pciback_device_deassign_later(devs[i], owner);
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
	struct batch_item *items = NULL;
	unsigned int i;

	for (i = 0; i < nr; i++)
		pciback_device_deassign_begin(devs[i], owner);
	if (nr > 1)
		items = kcalloc(nr, sizeof(*items), GFP_KERNEL);
	if (!items) {
		for (i = 0; i < nr; i++)
			pciback_device_reconnect_finish(devs[i], owner);
		return;
	}
	for (i = 0; i < nr; i++) {
		items[i].dev = devs[i];
		items[i].owner = owner;
		INIT_WORK(&items[i].work, batch_reconnect_one);
		queue_work(pciback_device_wq, &items[i].work);
	}
	for (i = 0; i < nr; i++)
		flush_work(&items[i].work);
	kfree(items);
}
