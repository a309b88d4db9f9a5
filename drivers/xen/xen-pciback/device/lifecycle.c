// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The life cycle of a seized function: seize, assign, deassign, release. Works on the
 * record and, through the PCI core, on the function. Everything that a guest changes
 * about a function is undone in one place, device_undo_guest(). pciback_reset() decides
 * whether a reset is needed.
 *
 * States, all written with the record's lock held:
 *
 *	idle		owner == NULL		can be assigned
 *	assigned	owner != NULL		its guest's operations run
 *	isolated	... and isolated	no operation runs, until it is detached
 *	detaching	... and detaching	no operation starts any more
 *	resetting	... and resetting	the guest has let go; it is reset, then idle
 *	removed		removed			cannot be assigned
 *
 * @owner is written with device_lock() held as well. Documentation/lifecycle.rst
 * describes the states.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "device/write_quirks.h"
#include "irq/irq.h"
#include "record/guest_op.h"
#include "record/irq_state.h"
#include "record/record.h"
#include "record/reset_history.h"
#include "record/saved_config.h"
#include "recovery/recovery.h"
#include "reset/reset.h"
#include "trace/events.h"
#include "trace/stats.h"
#include "xen/gsi.h"
#include "xen/hypercall.h"

static void device_hand_back_work(struct work_struct *work);

/* How long an assignment waits for the reset after the last guest: two methods, and more. */
#define HAND_BACK_PATIENCE	(20 * HZ)
/* How long a detach waits for device_lock(), and between two attempts. */
#define LOCK_PATIENCE		(2 * HZ)
#define LOCK_RETRY_MS		2

/*
 * Carries out the reset that a guest asked for. Configuration space is saved before and
 * restored after it, MSI and MSI-X included, so the guest sees that only the function's
 * internal state is lost. The guest's other operations wait for it.
 */
static void device_guest_reset_work(struct work_struct *work)
{
	struct pcistub_device *dev = container_of(work, struct pcistub_device, guest_reset_work);
	struct pciback_owner *owner = NULL;
	int err;

	spin_lock_irq(&dev->lock);
	if (dev->reset_wanted && !pciback_ops_ended(dev)) {
		owner = dev->owner;
		kref_get(&owner->ref);
	}
	spin_unlock_irq(&dev->lock);
	if (owner) {
		err = pciback_reset(dev, RESET_FOR_GUEST, owner, false);
		/* Else the guest lost the function, or error recovery reset it meanwhile. */
		if (err && err != -ENODEV)
			dev_warn_ratelimited(&dev->pdev->dev,
					     "domain %d asked for a reset: failed (%d)\n",
					     owner->domid, err);
		kref_put(&owner->ref, owner->ops->release);
	}
	spin_lock_irq(&dev->lock);
	pciback_op_forget_reset(dev);
	spin_unlock_irq(&dev->lock);
	pciback_device_put(dev);
}

/**
 * pciback_device_seize() - take a function from the host
 * @pdev: the function, without a driver
 *
 * Saves its configuration space and resets it. Afterwards bus mastering, MSI and MSI-X
 * are off and the function is disabled in the PCI core; a bridge stays enabled. Decoding
 * stays on (see pciback_config_save()).
 *
 * Context: sleeps, for a reset. Caller holds device_lock(), as for a driver's probe().
 * Return: 0 or -errno; then the function is as it was before.
 */
int pciback_device_seize(struct pci_dev *pdev)
{
	struct pcistub_device *dev;
	int err;

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;
	kref_init(&dev->ref);
	INIT_LIST_HEAD(&dev->node);
	INIT_LIST_HEAD(&dev->quirks);
	spin_lock_init(&dev->lock);
	init_waitqueue_head(&dev->wait);
	INIT_WORK(&dev->guest_reset_work, device_guest_reset_work);
	INIT_WORK(&dev->hand_back_work, device_hand_back_work);
	dev->pdev = pci_dev_get(pdev);
	pciback_recovery_init(dev);
	snprintf(dev->irq.name, sizeof(dev->irq.name), "xen-pciback[%s]", pci_name(pdev));

	pciback_config_note(dev);
	/* Assigns resources and routes the interrupt, both of which the guest's view shows. */
	err = pci_enable_device(pdev);
	if (err)
		goto put;
	err = pciback_device_conf_init(dev);
	if (err)
		goto disable;
	err = pciback_config_save(dev);
	if (err)
		goto disable;

	err = pciback_gsi_take(pdev);
	if (err)
		goto disable;
	pciback_xen_prepare_msix(pdev);
	/* A function that cannot be reset is seized nevertheless; pciback_reset() logs it. */
	err = pciback_reset(dev, RESET_FOR_SEIZE, NULL, true);
	if (err == -ENOMEM)
		goto release;
	pciback_disable_dma(pdev);
	/* Disabling a bridge would turn its bus mastering off. */
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		pci_disable_device(pdev);

	/* While it is seized, a physical function's driver must not remove it. */
	pci_set_dev_assigned(pdev);
	pci_set_drvdata(pdev, dev);
	/* Before the quirks are applied: a quirk that is added meanwhile finds it in the list. */
	pciback_device_add(dev);
	pciback_stat_add_device(dev);
	pciback_trace_state(dev, PCIBACK_STATE_SEIZED);
	err = pciback_quirks_apply(dev);
	if (err)
		pciback_device_release(pdev);
	return err;

release:
	pciback_xen_release_msix(pdev);
	pciback_gsi_forget(pdev);
disable:
	pci_disable_device(pdev);
put:
	pciback_config_release(dev, true);
	pciback_device_put(dev);
	return err;
}

/* No operation of the guest starts any more. One may still run. */
static void device_set_detaching(struct pcistub_device *dev)
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

/*
 * Ends the guest's operations on the function, its interrupts and its DMA. The guest's memory
 * may be given to others after that.
 */
static void device_stop_ops(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	spin_lock_irq(&dev->lock);
	device_set_detaching(dev);
	spin_unlock_irq(&dev->lock);
	pciback_trace_state(dev, PCIBACK_STATE_DETACHING);
	pciback_op_wait(dev);
	pciback_irq_teardown(dev);
	device_stop_dma(dev->pdev);
}

/* Stops the function itself, after device_stop_ops() and a reset. */
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
	dev->isolated = false;
	dev->recovering = false;
	dev->irq.handled = 0;
}

/*
 * Undoes all that a guest changed and all that was done for it, in the reverse order of
 * assigning, after device_stop_ops() and a reset. Called in every case in which a guest
 * loses a function.
 */
static void device_undo_guest(struct pcistub_device *dev)
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

/*
 * A domain keeps its mappings of the function's registers until it is destroyed, so one
 * that still exists can access them.
 */
static void device_note_mappings(struct pcistub_device *dev)
{
	if (dev->used && !dev->mapped && pciback_xen_domain_exists(dev->last_domid))
		dev->mapped = true;
}

/* 0; -ENODEV: it is being released. */
static int device_set_owner(struct pcistub_device *dev, struct pciback_owner *owner)
{
	device_lock_assert(&dev->pdev->dev);
	guard(spinlock_irq)(&dev->lock);
	if (dev->removed)
		return -ENODEV;
	kref_get(&owner->ref);
	dev->owner = owner;
	if (dev->last_domid != owner->domid)
		dev->irq.backoff = (struct irq_backoff){};
	dev->last_domid = owner->domid;
	memcpy(dev->last_vm, owner->vm, sizeof(dev->last_vm));
	pciback_conf_forget_drops(dev->conf);
	dev->clean = false;
	dev->used = true;
	pciback_trace_state(dev, PCIBACK_STATE_ASSIGNED);
	return 0;
}

/* Waits while the function is being reset after its last guest. 0 or -EAGAIN. */
static int device_await_hand_back(struct pcistub_device *dev)
{
	bool resetting;

	spin_lock_irq(&dev->lock);
	wait_event_lock_irq_timeout(dev->wait, !dev->resetting, dev->lock, HAND_BACK_PATIENCE);
	resetting = dev->resetting;
	spin_unlock_irq(&dev->lock);
	return resetting ? -EAGAIN : 0;
}

/**
 * pciback_device_assign() - assign an idle function to a guest
 * @dev: the function
 * @owner: the guest's backend
 *
 * Waits while the function is being reset after its last guest. It is reset first, unless it
 * is clean.
 *
 * Context: sleeps, for a reset. Takes device_lock() and @dev->lock; caller holds
 * neither.
 * Return: 0; -EBUSY: another guest has it; -EAGAIN: it is still being reset after its last
 * guest; -ENODEV: it was released; -EIO: its last reset failed; -EPERM: another guest had it
 * and it could not be reset since; other -errno: the guest could not be registered as owner
 * of its interrupts.
 */
int pciback_device_assign(struct pcistub_device *dev, struct pciback_owner *owner)
{
	struct pci_dev *pdev = dev->pdev;
	int err = device_await_hand_back(dev);

	if (err)
		return err;
	/*
	 * The result is not checked: a function without a method can be assigned. Whether
	 * the last reset failed is checked below.
	 */
	pciback_reset(dev, RESET_FOR_ASSIGN, NULL, false);

	device_lock(&pdev->dev);
	device_note_mappings(dev);
	/* These only change with device_lock() held, except @removed, which is read again. */
	if (dev->removed) {
		err = -ENODEV;
	} else if (dev->owner) {
		err = -EBUSY;
	} else if (dev->reset.error) {
		pci_warn(pdev,
			 "not assigned to domain %d: its last reset failed (%d); reset it first: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
			 owner->domid, dev->reset.error, pci_name(pdev));
		err = -EIO;
	} else if (!pciback_reset_permits_assign(dev, owner)) {
		err = -EPERM;
	} else {
		err = pciback_xen_set_owner(pdev, owner->domid);
		if (!err) {
			err = device_set_owner(dev, owner);
			if (err)
				pciback_xen_clear_owner(pdev);
		}
	}
	device_unlock(&pdev->dev);
	return err;
}

/**
 * pciback_device_set_detaching() - end a guest's operations on a function
 * @dev: the function
 * @owner: the guest's backend, which is about to call pciback_device_deassign()
 *
 * Does not need device_lock(), which error recovery holds while it waits for the
 * guest; setting @detaching ends that wait. Does nothing if the guest does not have
 * the function any more.
 *
 * Context: process context. Takes @dev->lock.
 */
void pciback_device_set_detaching(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	guard(spinlock_irq)(&dev->lock);
	if (dev->owner == owner)
		device_set_detaching(dev);
}

/*
 * Takes device_lock(), if that is possible within a limited time: a reset of another function
 * may hold it, and the toolstack waits for the caller.
 */
static bool device_lock_bounded(struct pci_dev *pdev)
{
	unsigned long deadline = jiffies + LOCK_PATIENCE;

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
 * DMA. The second part is pciback_device_deassign_finish() or pciback_device_hand_back().
 *
 * Context: sleeps, a few seconds at most. Takes device_lock() and @dev->lock; caller holds
 * neither.
 * Return: whether the guest had the function.
 */
bool pciback_device_deassign_begin(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool locked = device_lock_bounded(dev->pdev);
	bool owned;

	spin_lock_irq(&dev->lock);
	owned = dev->owner == owner;
	/* Without device_lock() the second part ends the interrupts. */
	if (owned && !locked)
		device_set_detaching(dev);
	spin_unlock_irq(&dev->lock);
	if (owned && locked)
		device_stop_ops(dev);
	else if (owned)
		device_stop_dma(dev->pdev);
	if (locked)
		device_unlock(&dev->pdev->dev);
	return owned;
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
	device_lock(&dev->pdev->dev);
	if (dev->owner == owner && dev->detaching) {
		/* If pciback_device_deassign_begin() could not. */
		pciback_op_wait(dev);
		pciback_irq_teardown(dev);
	}
	device_unlock(&dev->pdev->dev);
	pciback_reset(dev, RESET_FOR_DEASSIGN, owner, false);
	device_lock(&dev->pdev->dev);
	/* Nothing is left to do if it was unbound meanwhile. */
	if (dev->owner == owner && dev->detaching)
		device_undo_guest(dev);
	device_unlock(&dev->pdev->dev);
}

static void device_hand_back_work(struct work_struct *work)
{
	struct pcistub_device *dev = container_of(work, struct pcistub_device, hand_back_work);
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
 * pciback_device_hand_back() - deassign a function: have it reset and made idle
 * @dev: the function
 * @owner: the guest's backend, after pciback_device_deassign_begin()
 *
 * As pciback_device_deassign_finish(), in a work item: toolstack and frontend need not wait
 * for the reset. Until it is done the function is assigned to nobody else. Does nothing if the
 * guest does not have the function any more.
 *
 * Context: process context. Takes @dev->lock.
 */
void pciback_device_hand_back(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool queue;

	spin_lock_irq(&dev->lock);
	queue = dev->owner == owner && dev->detaching && !dev->resetting && !dev->removed;
	if (queue)
		dev->resetting = true;
	spin_unlock_irq(&dev->lock);
	if (!queue)
		return;
	pciback_device_get(dev);
	pciback_trace_state(dev, PCIBACK_STATE_RESETTING);
	queue_work(pciback_device_wq, &dev->hand_back_work);
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
 * pciback_device_request_reset() - reset a function for the administrator or toolstack
 * @dev: the function
 *
 * If a guest has the function nothing is done now: the guest's driver may be using it. A
 * function is always reset when its guest has let go of it, and a toolstack that asks for a
 * reset then is about to detach it. Who wants it reset under the guest's driver writes to the
 * function's file "reset".
 *
 * Context: sleeps, for a reset. Takes device_lock() and @dev->lock; caller holds neither.
 * Return: as pciback_reset(); 0 if a guest has the function.
 */
int pciback_device_request_reset(struct pcistub_device *dev)
{
	struct pciback_owner *owner;
	bool resetting;

	spin_lock_irq(&dev->lock);
	owner = dev->owner;
	resetting = dev->resetting;
	if (owner)
		kref_get(&owner->ref);
	spin_unlock_irq(&dev->lock);
	if (!owner)
		return pciback_reset(dev, RESET_FOR_REQUEST, NULL, false);
	if (!resetting) {
		dev_info_ratelimited(&dev->pdev->dev,
				     "domain %d has it; it is reset when it is detached\n",
				     owner->domid);
		owner->ops->expect_detach(owner);
	}
	kref_put(&owner->ref, owner->ops->release);
	return 0;
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

	device_lock(&dev->pdev->dev);
	/* The guest has no frontend, so it begins no operation. */
	spin_lock_irq(&dev->lock);
	usable = pciback_device_is_usable_by(dev, owner);
	spin_unlock_irq(&dev->lock);
	if (usable) {
		pciback_op_wait(dev);
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

	pciback_reset(dev, RESET_FOR_DEASSIGN, owner, false);
	device_lock(&dev->pdev->dev);
	/* Nothing is left to do if it was unbound meanwhile. */
	if (dev->owner == owner && dev->detaching) {
		pciback_op_wait(dev);
		pciback_irq_teardown(dev);
		device_quiesce_hw(dev);
		spin_lock_irq(&dev->lock);
		interrupt_control = dev->conf->interrupt_control;
		device_clear_guest_state(dev);
		dev->conf->interrupt_control = interrupt_control;
		dev->clean = false;
		dev->detaching = false;
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

static void device_warn_in_use(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;

	pci_warn(pdev, "unbound while domain %d uses it\n", dev->owner->domid);
	pci_warn(pdev, "the domain keeps its access to the device's memory and interrupts\n");
	pci_warn(pdev, "shut down domain %d before the device is used for anything else,\n",
		 dev->owner->domid);
	pci_warn(pdev, "and next time detach it first: xl pci-detach %d %s\n",
		 dev->owner->domid, pci_name(pdev));
}

/**
 * pciback_device_release() - release a function to the host
 * @pdev: the function
 *
 * If a guest has it the guest loses it. A function that is clean is not reset again.
 *
 * Context: sleeps, for a reset. Caller holds device_lock(), as for a driver's
 * remove(). Takes the record's lock.
 */
void pciback_device_release(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);
	struct pciback_owner *owner;
	bool resetting;

	pciback_device_del(dev);
	pciback_recovery_exit(dev);
	spin_lock_irq(&dev->lock);
	dev->removed = true;
	owner = dev->owner;
	resetting = dev->resetting;
	if (owner) {
		/* revoke() may drop the other references to the owner. */
		kref_get(&owner->ref);
		device_set_detaching(dev);
	}
	spin_unlock_irq(&dev->lock);

	if (owner) {
		/* Else the guest has let go of it, and hand_back_work finds nothing to do. */
		if (!resetting) {
			device_warn_in_use(dev);
			dev->mapped = true;
			owner->ops->revoke(owner, dev);
		}
		device_stop_ops(dev);
		pciback_reset(dev, RESET_FOR_RELEASE, NULL, true);
		device_undo_guest(dev);
		kref_put(&owner->ref, owner->ops->release);
	} else {
		pciback_reset(dev, RESET_FOR_RELEASE, NULL, true);
		pciback_disable_dma(pdev);
	}

	device_note_mappings(dev);
	pciback_xen_release_msix(pdev);
	pciback_gsi_forget(pdev);
	pciback_config_release(dev, !dev->mapped);
	pci_clear_dev_assigned(pdev);
	pci_set_drvdata(pdev, NULL);
	spin_lock_irq(&dev->lock);
	pciback_quirks_free(dev);
	spin_unlock_irq(&dev->lock);
	pciback_trace_state(dev, PCIBACK_STATE_RELEASED);
	pciback_stat_remove_device(dev);
	pciback_device_put(dev);
}
