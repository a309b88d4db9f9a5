// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Taking many functions back from a guest in the time of one: first all of them
 * are shut out, so that those that can only be reset together can be, then they
 * are reset side by side.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <pciback/device.h>

/**
 * struct taking - one function being taken back
 * @work: does it
 * @dev: the function
 * @holder: the guest
 */
struct taking {
	struct work_struct work;
	struct pciback_device *dev;
	struct pciback_holder *holder;
};

static void take_one_back(struct work_struct *work)
{
	struct taking *taking = container_of(work, struct taking, work);

	pciback_device_take_back(taking->dev, taking->holder);
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
	struct taking *taking = NULL;
	unsigned int i;

	for (i = 0; i < nr; i++)
		pciback_device_shut_out(devs[i], holder);
	if (nr > 1)
		taking = kcalloc(nr, sizeof(*taking), GFP_KERNEL);
	if (!taking) {
		for (i = 0; i < nr; i++)
			pciback_device_take_back(devs[i], holder);
		return;
	}
	for (i = 0; i < nr; i++) {
		taking[i].dev = devs[i];
		taking[i].holder = holder;
		INIT_WORK(&taking[i].work, take_one_back);
		queue_work(system_unbound_wq, &taking[i].work);
	}
	for (i = 0; i < nr; i++)
		flush_work(&taking[i].work);
	kfree(taking);
}
