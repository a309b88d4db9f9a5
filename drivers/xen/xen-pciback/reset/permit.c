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
#include "record/record.h"
#include "reset/reset.h"

/* The administrator's choice for all functions. */
bool pciback_assign_without_reset;

/**
 * pciback_reset_permits_assign() - may a guest have a function, reset or not?
 * @dev: an idle function
 * @domid: the guest
 *
 * A guest is known by its domain number. A guest that is rebooted gets a new one, so it
 * counts as another guest. The kernel log says why a function is denied, and what to do.
 *
 * Context: any. Caller holds device_lock() and @dev->lock.
 * Return: true if the function is clean, no guest had it since it was seized, the last
 * guest that had it is this one, or the administrator allows it.
 */
bool pciback_reset_permits_assign(const struct pcistub_device *dev, domid_t domid)
{
	struct pci_dev *pdev = dev->pdev;

	device_lock_assert(&pdev->dev);
	if (dev->clean || !dev->used || dev->last_domid == domid)
		return true;
	if (READ_ONCE(pciback_assign_without_reset) || READ_ONCE(dev->assign_without_reset)) {
		dev_warn_ratelimited(&pdev->dev,
				     "assigned to domain %d without a reset since domain %d had it: assign_without_reset is set\n",
				     domid, dev->last_domid);
		return true;
	}
	dev_warn_ratelimited(&pdev->dev,
			     "not assigned to domain %d: not reset since domain %d had it (a rebooted guest is a new domain); reset it: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
			     domid, dev->last_domid, pci_name(pdev));
	dev_warn_ratelimited(&pdev->dev,
			     "if that does not work, and the guests trust each other: echo 1 > /sys/bus/pci/devices/%s/pciback/assign_without_reset\n",
			     pci_name(pdev));
	return false;
}
