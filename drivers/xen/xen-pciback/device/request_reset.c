// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Resets a function for the administrator or the toolstack, who wrote to do_flr. A guest that
 * uses the function is asked to detach it first, so that its driver shuts the function down.
 *
 * libxl asks for the reset of a function that it is about to detach. Only when it has taken
 * the guest's DMA away it tells the guest of the detach, too late for the guest's driver. The
 * detach therefore begins here. If no toolstack detaches the function soon after the reset,
 * the backend attaches it to its guest again.
 *
 * Works on the record; the guest is asked by the backend, through @request_detach.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/sched.h>
#include "device/lifecycle.h"
#include "record/guest_op.h"
#include "record/record.h"
#include "reset/reset.h"

/* Has the guest a driver that uses the function? Only such a driver turns bus mastering on. */
static bool device_is_driven(struct pci_dev *pdev)
{
	u16 command = 0;

	pci_read_config_word(pdev, PCI_COMMAND, &command);
	return !PCI_POSSIBLE_ERROR(command) && command & PCI_COMMAND_MASTER;
}

static bool device_is_lost(const struct pcistub_device *dev, const struct pciback_owner *owner)
{
	lockdep_assert_held(&dev->lock);
	return dev->owner != owner || dev->resetting;
}

/* Asks the guest to detach the function, and waits. True: the guest has lost it. */
static bool device_ask_detach(struct pcistub_device *dev, struct pciback_owner *owner)
{
	unsigned int ms;
	bool lost;

	spin_lock_irq(&dev->lock);
	if (dev->owner == owner && !pciback_ops_ended(dev))
		dev->detach_wanted = true;
	spin_unlock_irq(&dev->lock);
	ms = owner->ops->request_detach(owner);

	spin_lock_irq(&dev->lock);
	if (ms)
		wait_event_lock_irq_timeout(dev->wait,
					    device_is_lost(dev, owner) || !dev->detach_wanted,
					    dev->lock, msecs_to_jiffies(ms));
	lost = device_is_lost(dev, owner);
	/* Another guest may have it by now, and be asked by another caller. */
	if (dev->owner == owner)
		dev->detach_wanted = false;
	spin_unlock_irq(&dev->lock);
	return lost;
}

/**
 * pciback_device_request_reset() - reset a function for the administrator or toolstack
 * @dev: the function
 *
 * If a guest has the function and no driver in the guest uses it, nothing is done now: a
 * toolstack is about to detach it, and it is reset when the guest has lost it. If a driver
 * uses it, the guest is asked to detach it, with the same end. A guest that does not do that in
 * time has it reset under its driver. A function that is being reset after its guest is reset
 * once more: who asks for that wants it for another guest.
 *
 * Context: sleeps, for the guest and for resets. Takes device_lock() and @dev->lock; caller
 * holds neither.
 * Return: as pciback_reset(); 0 if a guest has or had the function and its reset follows;
 * -EAGAIN: it is still being reset after its guest.
 */
int pciback_device_request_reset(struct pcistub_device *dev)
{
	struct pciback_owner *owner;
	bool done;
	int err;

	spin_lock_irq(&dev->lock);
	owner = dev->owner;
	if (owner && dev->resetting)
		owner = NULL;
	if (owner)
		kref_get(&owner->ref);
	spin_unlock_irq(&dev->lock);
	if (owner) {
		owner->ops->expect_detach(owner);
		done = !device_is_driven(dev->pdev) || device_ask_detach(dev, owner);
		kref_put(&owner->ref, owner->ops->release);
		if (done)
			return 0;
	} else {
		err = pciback_device_await_deassign(dev);
		if (err)
			return err;
	}
	return pciback_reset(dev, RESET_FOR_REQUEST, NULL, false);
}
