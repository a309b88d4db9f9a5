// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Taking many functions back from a guest, or making them new for its next
 * frontend, in the time of one: first the guest is shut out of all of them, so
 * that those that can only be reset together can be, then they are reset side by
 * side.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "device/batch.h"
#include "device/lifecycle.h"
#include "record/record.h"

/**
 * struct batch_item - one function that its guest is shut out of
 * @work: does it
 * @finish: what comes after: pciback_device_deassign_finish() or _make_new()
 * @dev: the function
 * @owner: the guest
 */
struct batch_item {
	struct work_struct work;
	void (*finish)(struct pcistub_device *dev, struct pciback_owner *owner);
	struct pcistub_device *dev;
	struct pciback_owner *owner;
};

static void batch_finish_one(struct work_struct *work)
{
	struct batch_item *batch_item = container_of(work, struct batch_item, work);

	batch_item->finish(batch_item->dev, batch_item->owner);
}

static void batch_deassign(struct pcistub_device **devs, unsigned int nr,
			   struct pciback_owner *owner,
			   void (*finish)(struct pcistub_device *dev, struct pciback_owner *owner))
{
	struct batch_item *batch_item = NULL;
	unsigned int i;

	for (i = 0; i < nr; i++)
		pciback_device_deassign_begin(devs[i], owner);
	if (nr > 1)
		batch_item = kcalloc(nr, sizeof(*batch_item), GFP_KERNEL);
	if (!batch_item) {
		for (i = 0; i < nr; i++)
			finish(devs[i], owner);
		return;
	}
	for (i = 0; i < nr; i++) {
		batch_item[i].finish = finish;
		batch_item[i].dev = devs[i];
		batch_item[i].owner = owner;
		INIT_WORK(&batch_item[i].work, batch_finish_one);
		queue_work(system_unbound_wq, &batch_item[i].work);
	}
	for (i = 0; i < nr; i++)
		flush_work(&batch_item[i].work);
	kfree(batch_item);
}

/**
 * pciback_batch_deassign() - take several functions back from a guest
 * @devs: the functions
 * @nr: how many
 * @owner: the guest's instance
 *
 * As pciback_device_deassign() for each.
 *
 * Context: sleeps, for the longest of their resets. Caller holds neither a
 * device_lock() nor a record's lock.
 */
void pciback_batch_deassign(struct pcistub_device **devs, unsigned int nr,
			    struct pciback_owner *owner)
{
	batch_deassign(devs, nr, owner, pciback_device_deassign_finish);
}

/**
 * pciback_batch_reset_for_reconnect() - make several functions new for another frontend
 * @devs: the functions
 * @nr: how many
 * @owner: the guest's instance, which has no frontend at present
 *
 * As pciback_device_reset_for_reconnect() for each.
 *
 * Context: sleeps, for the longest of their resets. Caller holds neither a
 * device_lock() nor a record's lock.
 */
void pciback_batch_reset_for_reconnect(struct pcistub_device **devs, unsigned int nr,
				       struct pciback_owner *owner)
{
	batch_deassign(devs, nr, owner, pciback_device_reconnect_finish);
}
