// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Operations of a guest on a function that may sleep. The record's lock is a spinlock, so it
 * is not held while such an operation sleeps. @op_running of the record takes its place: one
 * operation at a time, and whoever takes the function away from the guest first ends
 * operations (@detaching) and then waits for the one that runs.
 *
 * Each operation takes a limited time by itself: see Documentation/locking.rst. It looks
 * after each sleep whether the guest still has the function, and if not leaves the function
 * as it is.
 *
 * Touches @op_running, @resets and @wait of a record.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include "record/guest_op.h"
#include "record/record.h"

/*
 * How long an operation waits for the end of a reset. Frontends give a request up after two
 * seconds. The request is then answered as a function in reset answers: it does not.
 */
#define RESET_TIMEOUT	HZ

/* How long a caller waits for an operation that may itself wait for a lock of the caller. */
#define OP_TIMEOUT	(2 * HZ)

/**
 * pciback_ops_ended() - has the guest's use of a function ended?
 * @dev: the function
 *
 * Context: any. Caller holds @dev->lock.
 * Return: true if no operation may touch the function any more.
 */
bool pciback_ops_ended(const struct pcistub_device *dev)
{
	lockdep_assert_held(&dev->lock);
	return dev->detaching || dev->isolated || dev->removed;
}

/**
 * pciback_op_begin() - begin an operation of a guest that may sleep
 * @dev: the function
 * @owner: the guest's backend
 *
 * Waits while the function is being reset. On success the caller calls pciback_op_end().
 *
 * Context: sleeps, a second at most. Takes @dev->lock.
 * Return: 0; -ENODEV: the guest does not have the function, or may not use it any more;
 * -EAGAIN: the function is still being reset.
 */
int pciback_op_begin(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	unsigned long deadline = jiffies + RESET_TIMEOUT;
	int err = 0;

	spin_lock_irq(&dev->lock);
	while (pciback_device_is_usable_by(dev, owner) && (dev->op_running || dev->resets)) {
		long left = deadline - jiffies;

		if (left <= 0) {
			err = -EAGAIN;
			break;
		}
		wait_event_lock_irq_timeout(dev->wait,
					    !pciback_device_is_usable_by(dev, owner) ||
					    !(dev->op_running || dev->resets),
					    dev->lock, left);
	}
	if (!pciback_device_is_usable_by(dev, owner))
		err = -ENODEV;
	if (!err)
		dev->op_running = true;
	spin_unlock_irq(&dev->lock);
	return err;
}

/**
 * pciback_op_end() - end what pciback_op_begin() began
 * @dev: the function
 *
 * Context: process context. Takes @dev->lock.
 */
void pciback_op_end(struct pcistub_device *dev)
{
	spin_lock_irq(&dev->lock);
	dev->op_running = false;
	wake_up_all(&dev->wait);
	spin_unlock_irq(&dev->lock);
}

/**
 * pciback_op_wait() - wait until no operation of the guest runs
 * @dev: the function; the caller keeps others from beginning, by @detaching for example
 *
 * Context: sleeps, as long as an operation takes. Caller holds no device_lock(): an operation
 * may wait for pci_bus_sem, and so for error recovery, which waits for device_lock(). Takes
 * @dev->lock.
 */
void pciback_op_wait(struct pcistub_device *dev)
{
	spin_lock_irq(&dev->lock);
	wait_event_lock_irq(dev->wait, !dev->op_running, dev->lock);
	spin_unlock_irq(&dev->lock);
}

/**
 * pciback_op_wait_bounded() - as pciback_op_wait(), with device_lock() or pci_bus_sem held
 * @dev: the function
 *
 * The operation that runs may wait for the caller, see pciback_op_wait(). So the caller goes
 * on after a while, and the operation may still access the function. Operations take less
 * than that unless they wait for the caller.
 *
 * Context: sleeps, two seconds at most. Takes @dev->lock.
 * Return: false if an operation still runs.
 */
bool pciback_op_wait_bounded(struct pcistub_device *dev)
{
	bool ended;

	spin_lock_irq(&dev->lock);
	wait_event_lock_irq_timeout(dev->wait, !dev->op_running, dev->lock, OP_TIMEOUT);
	ended = !dev->op_running;
	spin_unlock_irq(&dev->lock);
	return ended;
}

/**
 * pciback_ops_hold() - keep operations from a function that is reset under its guest
 * @dev: the function
 *
 * Waits for the operation that runs, as pciback_op_wait_bounded() does. May be nested; each
 * call needs a pciback_ops_resume().
 *
 * Context: as pciback_op_wait_bounded().
 */
void pciback_ops_hold(struct pcistub_device *dev)
{
	spin_lock_irq(&dev->lock);
	dev->resets++;
	spin_unlock_irq(&dev->lock);
	pciback_op_wait_bounded(dev);
}

/**
 * pciback_ops_resume() - undo pciback_ops_hold()
 * @dev: the function
 *
 * Context: process context. Takes @dev->lock.
 */
void pciback_ops_resume(struct pcistub_device *dev)
{
	spin_lock_irq(&dev->lock);
	dev->resets--;
	wake_up_all(&dev->wait);
	spin_unlock_irq(&dev->lock);
}

/**
 * pciback_op_forget_reset() - a reset that the guest wanted is not wanted any more
 * @dev: the function
 *
 * It was carried out, or the guest has lost the function. Operations that waited for it go
 * on. Does nothing if none was wanted.
 *
 * Context: any. Caller holds @dev->lock.
 */
void pciback_op_forget_reset(struct pcistub_device *dev)
{
	lockdep_assert_held(&dev->lock);
	if (!dev->reset_wanted)
		return;
	dev->reset_wanted = false;
	dev->resets--;
	wake_up_all(&dev->wait);
}
