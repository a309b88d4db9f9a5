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
 * struct parting - one function that its guest is shut out of
 * @work: does it
 * @finish: what comes after: pciback_device_take_back() or _make_new()
 * @dev: the function
 * @holder: the guest
 */
struct parting {
	struct work_struct work;
	void (*finish)(struct pciback_device *dev, struct pciback_holder *holder);
	struct pciback_device *dev;
	struct pciback_holder *holder;
};

static void finish_one(struct work_struct *work)
{
	struct parting *parting = container_of(work, struct parting, work);

	parting->finish(parting->dev, parting->holder);
}

static void part_with(struct pciback_device **devs, unsigned int nr,
		      struct pciback_holder *holder,
		      void (*finish)(struct pciback_device *dev, struct pciback_holder *holder))
{
	struct parting *parting = NULL;
	unsigned int i;

	for (i = 0; i < nr; i++)
		pciback_device_shut_out(devs[i], holder);
	if (nr > 1)
		parting = kcalloc(nr, sizeof(*parting), GFP_KERNEL);
	if (!parting) {
		for (i = 0; i < nr; i++)
			finish(devs[i], holder);
		return;
	}
	for (i = 0; i < nr; i++) {
		parting[i].finish = finish;
		parting[i].dev = devs[i];
		parting[i].holder = holder;
		INIT_WORK(&parting[i].work, finish_one);
		queue_work(system_unbound_wq, &parting[i].work);
	}
	for (i = 0; i < nr; i++)
		flush_work(&parting[i].work);
	kfree(parting);
}

/**
 * pciback_devices_return() - take several functions back from a guest
 * @devs: the functions
 * @nr: how many
 * @holder: the guest's instance
 *
 * As pciback_device_return() for each.
 *
 * Context: sleeps, for the longest of their resets. Caller holds neither a
 * device_lock() nor a record's lock.
 */
void pciback_devices_return(struct pciback_device **devs, unsigned int nr,
			    struct pciback_holder *holder)
{
	part_with(devs, nr, holder, pciback_device_take_back);
}

/**
 * pciback_devices_renew() - make several functions new for another frontend
 * @devs: the functions
 * @nr: how many
 * @holder: the guest's instance, which has no frontend at present
 *
 * As pciback_device_renew() for each.
 *
 * Context: sleeps, for the longest of their resets. Caller holds neither a
 * device_lock() nor a record's lock.
 */
void pciback_devices_renew(struct pciback_device **devs, unsigned int nr,
			   struct pciback_holder *holder)
{
	part_with(devs, nr, holder, pciback_device_make_new);
}
