// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The life cycle of a seized function: seize, assign, release. How a guest loses it is in
 * device/deassign.c. Works on the record and, through the PCI core, on the function.
 * pciback_reset() decides whether a reset is needed.
 *
 * States, all written with the record's lock held:
 *
 *	idle		owner == NULL		can be assigned
 *	assigned	owner != NULL		its guest's operations run
 *	isolated	... and isolated	no operation runs, until it is detached
 *	detaching	... and detaching	no operation starts any more
 *	resetting	... and resetting	the guest has lost it; it is reset, then idle
 *	removed		removed			cannot be assigned
 *
 * @owner is written with device_lock() held as well. Documentation/lifecycle.rst
 * describes the states.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "device/write_quirks.h"
#include "irq/irq.h"
#include "record/config_image.h"
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

/* How long an assignment waits for the reset after the last guest: two methods, and more. */
#define DEASSIGN_TIMEOUT	(20 * HZ)

/*
 * Carries out the reset that a guest asked for. Configuration space is saved before and
 * restored after it, MSI and MSI-X included, so the guest sees that only the function's
 * internal state is lost. The guest's other operations wait for it.
 */
static void device_guest_reset_work(struct work_struct *work)
{
	struct pcistub_device *dev = container_of(work, struct pcistub_device, guest_reset_work);
	struct pciback_owner *owner = NULL;
	unsigned int seq;
	int err;

	spin_lock_irq(&dev->lock);
	seq = dev->reset_seq;
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
	/* Another one may be wanted meanwhile, for which this work item is queued again. */
	if (seq == dev->reset_seq)
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
	INIT_WORK(&dev->deassign_work, pciback_device_deassign_work);
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
	int err = -ENODEV;

	device_lock_assert(&dev->pdev->dev);
	spin_lock_irq(&dev->lock);
	if (!dev->removed) {
		kref_get(&owner->ref);
		dev->owner = owner;
		if (dev->last_domid != owner->domid)
			dev->irq.backoff = (struct irq_backoff){};
		dev->last_domid = owner->domid;
		memcpy(dev->last_vm, owner->vm, sizeof(dev->last_vm));
		dev->vpd_failed = false;
		pciback_conf_forget_drops(dev->conf);
		dev->clean = false;
		dev->used = true;
		pciback_trace_state(dev, PCIBACK_STATE_ASSIGNED);
		err = 0;
	}
	spin_unlock_irq(&dev->lock);
	return err;
}

/**
 * pciback_device_await_deassign() - wait while a function is being taken from its guest
 * @dev: the function
 *
 * Context: sleeps, 20 seconds at most. Takes @dev->lock.
 * Return: 0; -EAGAIN: it is still being reset.
 */
int pciback_device_await_deassign(struct pcistub_device *dev)
{
	bool detaching;

	spin_lock_irq(&dev->lock);
	wait_event_lock_irq_timeout(dev->wait, !dev->detaching || dev->removed, dev->lock,
				    DEASSIGN_TIMEOUT);
	detaching = dev->detaching && !dev->removed;
	spin_unlock_irq(&dev->lock);
	return detaching ? -EAGAIN : 0;
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
	int err = pciback_device_await_deassign(dev);

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
		if (!dev->used && dev->clean)
			pciback_image_note(dev);
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
	dev->release_wanted = false;
	owner = dev->owner;
	resetting = dev->resetting;
	if (owner) {
		/* revoke() may drop the other references to the owner. */
		kref_get(&owner->ref);
		pciback_device_end_ops(dev);
	}
	spin_unlock_irq(&dev->lock);

	if (owner) {
		/* Else the guest has lost it already, and deassign_work finds nothing to do. */
		if (!resetting) {
			device_warn_in_use(dev);
			dev->mapped = true;
			owner->ops->revoke(owner, dev);
		}
		pciback_device_stop(dev);
		pciback_reset(dev, RESET_FOR_RELEASE, NULL, true);
		pciback_device_undo_guest(dev);
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
