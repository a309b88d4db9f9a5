// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * How a guest loses a function, or its frontend does: the guest's operations end, the function
 * is reset, everything that the guest changed is undone. Nobody waits for the reset but who
 * wants the function next: it is done in a work item of the function.
 *
 * Works on the record and, through the PCI core, on the function. The states are listed in
 * device/lifecycle.c.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/write_quirks.h"
#include "irq/irq.h"
#include "record/guest_op.h"
#include "record/record.h"
#include "reset/reset.h"
#include "trace/events.h"
#include "xen/hypercall.h"

/* How long a detach waits for device_lock(), and between two attempts. */
#define LOCK_TIMEOUT	(2 * HZ)
#define LOCK_RETRY_MS	2

/**
 * pciback_device_end_ops() - let no operation of the guest start any more
 * @dev: the function; one operation may still run
 *
 * Context: any. Caller holds @dev->lock.
 */
void pciback_device_end_ops(struct pcistub_device *dev)
{
	lockdep_assert_held(&dev->lock);
	WRITE_ONCE(dev->detaching, true);
	wake_up_all(&dev->wait);
}

/* COMMAND of a function that does not answer is read as all ones, and would be written so. */
static void device_stop_dma(struct pci_dev *pdev)
{
	if (pci_device_is_present(pdev))
		pciback_disable_dma(pdev);
}

/**
 * pciback_device_stop() - end a guest's operations on a function, its interrupts and DMA
 * @dev: the function
 *
 * The guest's memory may be another guest's after that.
 *
 * Context: sleeps, two seconds at most for the operation that runs; callers that can wait for
 * it before they take device_lock(). Caller holds device_lock(). Takes @dev->lock.
 */
void pciback_device_stop(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	spin_lock_irq(&dev->lock);
	pciback_device_end_ops(dev);
	spin_unlock_irq(&dev->lock);
	pciback_trace_state(dev, PCIBACK_STATE_DETACHING);
	pciback_op_wait_bounded(dev);
	pciback_irq_teardown(dev);
	device_stop_dma(dev->pdev);
}

/* Stops the function itself, after pciback_device_stop() and a reset. */
static void device_quiesce_hw(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;

	device_lock_assert(&pdev->dev);
	/* @detaching keeps operations out, so the record's lock is not needed. */
	pciback_disable_dma(pdev);
	/* If it could not be reset it may still assert an INTx line that host devices share. */
	if (!pci_dev_is_disconnected(pdev))
		pciback_intx_mask(dev);
	if (dev->conf->enabled)
		pci_disable_device(pdev);
}

/* Clears what must not pass from one guest or frontend to the next. */
static void device_clear_guest_state(struct pcistub_device *dev)
{
	lockdep_assert_held(&dev->lock);
	pciback_conf_reset(dev->conf);
	pciback_op_forget_reset(dev);
	dev->detach_wanted = false;
	dev->isolated = false;
	dev->recovering = false;
	dev->slept = false;
	dev->irq.handled = 0;
}

/**
 * pciback_device_undo_guest() - undo all that a guest changed and all that was done for it
 * @dev: a function that a guest has, after pciback_device_stop() and a reset
 *
 * In the reverse order of assigning. Called in every case in which a guest loses a function.
 *
 * Context: may sleep. Caller holds device_lock(). Takes @dev->lock.
 */
void pciback_device_undo_guest(struct pcistub_device *dev)
{
	struct pciback_owner *owner = dev->owner;

	device_quiesce_hw(dev);
	pciback_xen_clear_owner(dev->pdev);

	spin_lock_irq(&dev->lock);
	device_clear_guest_state(dev);
	pciback_quirks_guest_gone(dev);
	pciback_trace_state(dev, PCIBACK_STATE_IDLE);
	dev->owner = NULL;
	dev->detaching = false;
	dev->resetting = false;
	wake_up_all(&dev->wait);
	spin_unlock_irq(&dev->lock);
	kref_put(&owner->ref, owner->ops->release);
}

/**
 * pciback_device_set_detaching() - end a guest's operations on a function, and its DMA
 * @dev: the function
 * @owner: the guest's backend, which is about to call pciback_device_deassign_begin()
 *
 * Does not need device_lock(), which error recovery holds while it waits for the
 * guest; setting @detaching ends that wait. Does nothing if the guest does not have
 * the function any more.
 *
 * Context: process context; does not sleep. Takes @dev->lock.
 */
void pciback_device_set_detaching(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	bool owned;

	spin_lock_irq(&dev->lock);
	owned = dev->owner == owner;
	if (owned)
		pciback_device_end_ops(dev);
	spin_unlock_irq(&dev->lock);
	/* A reset that is under way does not turn it on again: it looks at @detaching. */
	if (owned)
		device_stop_dma(dev->pdev);
}

/*
 * Takes device_lock(), if that is possible within a limited time: a reset of another function
 * may hold it, and the toolstack waits for the caller.
 */
static bool device_lock_bounded(struct pci_dev *pdev)
{
	unsigned long deadline = jiffies + LOCK_TIMEOUT;

	while (!device_trylock(&pdev->dev)) {
		if (time_after(jiffies, deadline))
			return false;
		msleep(LOCK_RETRY_MS);
	}
	return true;
}

/**
 * pciback_device_deassign_begin() - deassign a function: end the guest's use of it
 * @dev: the function
 * @owner: the guest's backend
 *
 * The first part of pciback_device_deassign(), for callers that deassign several functions
 * that can only be reset together. Afterwards no operation starts, and the function makes no
 * DMA. The second part is pciback_device_deassign_finish() or pciback_device_deassign_later().
 *
 * Context: sleeps, a few seconds at most. Takes device_lock() and @dev->lock; caller holds
 * neither.
 * Return: whether the guest had the function.
 */
bool pciback_device_deassign_begin(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool owned, locked;

	pciback_device_set_detaching(dev, owner);
	spin_lock_irq(&dev->lock);
	owned = dev->owner == owner;
	spin_unlock_irq(&dev->lock);
	if (!owned)
		return false;
	pciback_op_wait_bounded(dev);
	/* Without device_lock() the second part ends the interrupts. */
	locked = device_lock_bounded(dev->pdev);
	if (!locked)
		return true;
	/* It may have been unbound meanwhile. */
	owned = dev->owner == owner;
	if (owned)
		pciback_device_stop(dev);
	device_unlock(&dev->pdev->dev);
	return owned;
}

/* What pciback_device_deassign_begin() could not do in the time that it has. */
static void device_finish_ops(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	pciback_op_wait(dev);
	device_lock(&dev->pdev->dev);
	if (dev->owner == owner && dev->detaching)
		pciback_irq_teardown(dev);
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_deassign_finish() - deassign a function: reset it and make it idle
 * @dev: the function
 * @owner: the guest's backend, after pciback_device_deassign_begin()
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: sleeps, for a reset. Takes device_lock() and @dev->lock; caller holds
 * neither.
 */
void pciback_device_deassign_finish(struct pcistub_device *dev, struct pciback_owner *owner)
{
	device_finish_ops(dev, owner);
	pciback_reset(dev, RESET_FOR_DEASSIGN, owner, false);
	device_lock(&dev->pdev->dev);
	/* Nothing is left to do if it was unbound meanwhile. */
	if (dev->owner == owner && dev->detaching)
		pciback_device_undo_guest(dev);
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_deassign_work() - reset a function after its guest, and make it idle
 * @work: deassign_work of its record
 *
 * Context: work item; sleeps, for a reset.
 */
void pciback_device_deassign_work(struct work_struct *work)
{
	struct pcistub_device *dev = container_of(work, struct pcistub_device, deassign_work);
	struct pciback_owner *owner = NULL;

	spin_lock_irq(&dev->lock);
	if (dev->resetting) {
		owner = dev->owner;
		kref_get(&owner->ref);
	}
	spin_unlock_irq(&dev->lock);
	if (owner) {
		pciback_device_deassign_finish(dev, owner);
		kref_put(&owner->ref, owner->ops->release);
	}
	pciback_device_put(dev);
}

/**
 * pciback_device_deassign_later() - deassign a function: have it reset and made idle
 * @dev: the function
 * @owner: the guest's backend, after pciback_device_deassign_begin()
 *
 * As pciback_device_deassign_finish(), in a work item: toolstack and frontend need not wait
 * for the reset. Until it is done the function is assigned to nobody else. Does nothing if the
 * guest does not have the function any more.
 *
 * Context: process context. Takes @dev->lock.
 */
void pciback_device_deassign_later(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool queue;

	spin_lock_irq(&dev->lock);
	queue = dev->owner == owner && dev->detaching && !dev->resetting && !dev->removed;
	if (queue) {
		dev->resetting = true;
		wake_up_all(&dev->wait);
	}
	spin_unlock_irq(&dev->lock);
	if (!queue)
		return;
	pciback_device_get(dev);
	pciback_trace_state(dev, PCIBACK_STATE_RESETTING);
	queue_work(pciback_device_wq, &dev->deassign_work);
}

/**
 * pciback_device_deassign() - deassign a function from a guest, and wait until it is idle
 * @dev: the function
 * @owner: the guest's backend
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: sleeps, for a reset. Takes device_lock() and @dev->lock; caller holds
 * neither.
 */
void pciback_device_deassign(struct pcistub_device *dev, struct pciback_owner *owner)
{
	if (pciback_device_deassign_begin(dev, owner))
		pciback_device_deassign_finish(dev, owner);
}

/**
 * pciback_device_quiesce() - turn off a function's interrupts and bus mastering
 * @dev: the function
 * @owner: the guest's backend, which has no frontend any more
 *
 * Fast, because the function is not reset. Does nothing if the guest does not have
 * the function any more, or if no operations run on it.
 *
 * Context: may sleep. Takes device_lock() and @dev->lock; caller holds neither.
 */
void pciback_device_quiesce(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool usable;

	/* The guest has no frontend, so it begins no operation. */
	pciback_op_wait(dev);
	device_lock(&dev->pdev->dev);
	spin_lock_irq(&dev->lock);
	usable = pciback_device_is_usable_by(dev, owner);
	/* Who waits for the guest to detach it need not wait any more. */
	if (dev->owner == owner && dev->detach_wanted) {
		dev->detach_wanted = false;
		wake_up_all(&dev->wait);
	}
	spin_unlock_irq(&dev->lock);
	if (usable) {
		pciback_irq_teardown(dev);
		pciback_disable_dma(dev->pdev);
	}
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_reconnect_finish() - reset a function for another frontend of its guest
 * @dev: the function
 * @owner: the guest's backend, after pciback_device_deassign_begin(), without a
 *	frontend at present
 *
 * As pciback_device_deassign_finish(), but the guest keeps the function, and what the
 * administrator granted for this guest stays. Does nothing if the guest does not have
 * the function any more.
 *
 * Context: sleeps, for a reset. Takes device_lock() and @dev->lock; caller holds
 * neither.
 */
void pciback_device_reconnect_finish(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool interrupt_control;

	device_finish_ops(dev, owner);
	pciback_reset(dev, RESET_FOR_DEASSIGN, owner, false);
	device_lock(&dev->pdev->dev);
	/* Nothing is left to do if it was unbound meanwhile. */
	if (dev->owner == owner && dev->detaching) {
		device_quiesce_hw(dev);
		spin_lock_irq(&dev->lock);
		interrupt_control = dev->conf->interrupt_control;
		device_clear_guest_state(dev);
		dev->conf->interrupt_control = interrupt_control;
		dev->clean = false;
		dev->detaching = false;
		wake_up_all(&dev->wait);
		pciback_trace_state(dev, PCIBACK_STATE_RECONNECTING);
		spin_unlock_irq(&dev->lock);
	}
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_reset_for_reconnect() - prepare a function for another frontend
 * @dev: the function
 * @owner: the guest's backend, which has no frontend at present
 *
 * Ends operations, then does pciback_device_reconnect_finish().
 *
 * Context: sleeps, for a reset. Takes device_lock() and @dev->lock; caller holds
 * neither.
 */
void pciback_device_reset_for_reconnect(struct pcistub_device *dev, struct pciback_owner *owner)
{
	if (pciback_device_deassign_begin(dev, owner))
		pciback_device_reconnect_finish(dev, owner);
}
