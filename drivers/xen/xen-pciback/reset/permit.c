// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Decides whether a guest may have a function as it is now. This file reads the record, and
 * changes nothing.
 *
 * What one guest left in a function must not reach the next one. A function that a guest
 * had and that could not be reset since is only for that guest, unless the administrator
 * decides otherwise, for the function or for all. One that no guest had since it was seized
 * has nothing of a guest in it, so the first guest gets it without a reset too.
 */
#include <linux/pci.h>
#include <linux/string.h>
#include "record/record.h"
#include "reset/reset.h"

/* The administrator's choice for all functions. */
bool pciback_assign_without_reset;

/* A guest that is rebooted gets a new domain number and keeps its name. */
static bool had_it_last(const struct pcistub_device *dev, const struct pciback_owner *owner)
{
	return dev->last_domid == owner->domid ||
	       (owner->vm[0] && !strcmp(dev->last_vm, owner->vm));
}

/**
 * pciback_reset_permits_assign() - may a guest have a function, reset or not?
 * @dev: an idle function
 * @owner: the guest's backend
 *
 * A guest is known by its domain number, and by its UUID if the toolstack gave it one. The
 * kernel log says why a function is denied, and what to do.
 *
 * Context: any. Caller holds device_lock().
 * Return: true if the function is clean, no guest had it since it was seized, the last
 * guest that had it is this one, or the administrator allows it.
 */
bool pciback_reset_permits_assign(const struct pcistub_device *dev,
				  const struct pciback_owner *owner)
{
	struct pci_dev *pdev = dev->pdev;

	device_lock_assert(&pdev->dev);
	if (dev->clean || !dev->used || had_it_last(dev, owner))
		return true;
	if (READ_ONCE(pciback_assign_without_reset) || READ_ONCE(dev->assign_without_reset)) {
		dev_warn_ratelimited(&pdev->dev,
				     "assigned to domain %d without a reset since domain %d had it: assign_without_reset is set\n",
				     owner->domid, dev->last_domid);
		return true;
	}
	dev_warn_ratelimited(&pdev->dev,
			     "not assigned to domain %d: not reset since domain %d had it; reset it: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
			     owner->domid, dev->last_domid, pci_name(pdev));
	dev_warn_ratelimited(&pdev->dev,
			     "if that does not work, and the guests trust each other: echo 1 > /sys/bus/pci/devices/%s/pciback/assign_without_reset\n",
			     pci_name(pdev));
	return false;
}
