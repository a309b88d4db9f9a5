// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The life of a seized function: taken from the host, held by one guest after
 * the other, handed back. Everything a guest changes about a function is
 * undone in one place, device_undo_guest(). pciback_reset() decides whether a function
 * has to be reset on its way.
 *
 * States, all under the record's lock:
 *
 *	idle		owner == NULL			anyone may assign it
 *	assigned	owner != NULL			its guest's operations run
 *	cut off		owner != NULL, cut_off		likewise, until its guest is rid of it
 *	leaving		owner != NULL, leaving		no operation runs any more
 *	gone		gone				nobody may assign it
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "device/write_quirks.h"
#include "irq/irq.h"
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

/**
 * pciback_device_seize() - take a function from the host
 * @pdev: the function, without a driver
 *
 * Saves its configuration space, resets it, and leaves it quiet: bus
 * mastering off, message signalled interrupts off, disabled in the PCI core;
 * a bridge goes on bridging.
 * Decoding stays on (see pciback_config_save()).
 *
 * Context: sleeps. Caller holds device_lock(), as a driver's probe() does.
 * Return: 0 or -errno; then the function is as it was.
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
	mutex_init(&dev->lock);
	dev->pdev = pci_dev_get(pdev);
	pciback_recovery_init(dev);
	snprintf(dev->irq.name, sizeof(dev->irq.name), "xen-pciback[%s]", pci_name(pdev));

	pciback_config_note(dev);
	/* Assigns resources and routes the interrupt, which the guest's view shows. */
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
	/* One that cannot be reset is handed on as it is: pciback_reset() says so. */
	err = pciback_reset(dev, RESET_FOR_SEIZE, NULL, true);
	if (err == -ENOMEM)
		goto release;
	pciback_disable_dma(pdev);
	/* Disabling a bridge turns its bus mastering off. */
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		pci_disable_device(pdev);

	/* Keeps a physical function's driver from removing it while we have it. */
	pci_set_dev_assigned(pdev);
	pci_set_drvdata(pdev, dev);
	/* Listed first: a quirk that is entered meanwhile finds it one way or the other. */
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

/* From here on no operation of its guest runs. */
static void device_stop_ops(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	mutex_lock(&dev->lock);
	dev->detaching = true;
	pciback_trace_state(dev, PCIBACK_STATE_DETACHING);
	pciback_irq_teardown(dev);
	mutex_unlock(&dev->lock);
}

/* The hardware's part, after device_stop_ops() and a reset. */
static void device_quiesce_hw(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;

	device_lock_assert(&pdev->dev);
	/* @detaching keeps every operation out: the lock need not be held meanwhile. */
	pciback_disable_dma(pdev);
	/* What could not be reset may go on asserting a line of the host's. */
	if (!pci_dev_is_disconnected(pdev))
		pciback_intx_mask(dev);
	if (dev->conf->enabled)
		pci_disable_device(pdev);
}

/* What must not pass from one guest, or one frontend, to the next. */
static void device_clear_guest_state(struct pcistub_device *dev)
{
	lockdep_assert_held(&dev->lock);
	pciback_conf_reset(dev->conf);
	dev->reset_wanted = false;
	dev->isolated = false;
	dev->recovering = false;
	dev->irq.handled = 0;
}

/*
 * Undoes all that a guest did and all that was done for it, in the reverse
 * order of taking, after device_stop_ops() and a reset. Every way out of a guest comes
 * through here.
 */
static void device_undo_guest(struct pcistub_device *dev)
{
	struct pciback_owner *owner = dev->owner;

	device_quiesce_hw(dev);
	pciback_xen_clear_owner(dev->pdev);

	mutex_lock(&dev->lock);
	device_clear_guest_state(dev);
	pciback_quirks_guest_gone(dev);
	pciback_trace_state(dev, PCIBACK_STATE_IDLE);
	dev->owner = NULL;
	dev->detaching = false;
	mutex_unlock(&dev->lock);
	kref_put(&owner->ref, owner->ops->release);
}

/*
 * A domain that is still there may touch the registers of what it had, for its
 * mappings end with it only.
 */
static void device_note_mappings(struct pcistub_device *dev)
{
	if (dev->used && !dev->mapped && pciback_xen_domain_exists(dev->last_domid))
		dev->mapped = true;
}

/**
 * pciback_device_assign() - give an idle function to a guest
 * @dev: the function
 * @owner: the guest's instance
 *
 * If it is not known to be clean it is reset first.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 * Return: 0; -EBUSY: another guest has it; -ENODEV: the host has it again;
 * -EIO: no reset works any more; other -errno: its interrupts could not be
 * given to the guest.
 */
int pciback_device_assign(struct pcistub_device *dev, struct pciback_owner *owner)
{
	struct pci_dev *pdev = dev->pdev;
	int err;

	/* It may have none, or none now; what counts is whether it is unusable. */
	pciback_reset(dev, RESET_FOR_ASSIGN, NULL, false);

	device_lock(&pdev->dev);
	device_note_mappings(dev);
	mutex_lock(&dev->lock);
	if (dev->removed) {
		err = -ENODEV;
	} else if (dev->owner) {
		err = -EBUSY;
	} else if (dev->reset.error) {
		pci_warn(pdev, "not given to domain %d: its last reset failed (%d)\n",
			 owner->domid, dev->reset.error);
		err = -EIO;
	} else {
		err = pciback_xen_set_owner(pdev, owner->domid);
		if (!err) {
			kref_get(&owner->ref);
			dev->owner = owner;
			if (dev->last_domid != owner->domid)
				dev->irq.backoff = (struct irq_backoff){};
			dev->last_domid = owner->domid;
			pciback_conf_forget_drops(dev->conf);
			dev->clean = false;
			dev->used = true;
			pciback_trace_state(dev, PCIBACK_STATE_ASSIGNED);
		}
	}
	mutex_unlock(&dev->lock);
	device_unlock(&pdev->dev);
	return err;
}

/**
 * pciback_device_set_detaching() - no more operations of this guest
 * @dev: the function
 * @owner: the guest's instance, which is about to call pciback_device_deassign()
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: may sleep. Caller does not hold @dev->lock.
 */
void pciback_device_set_detaching(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	guard(mutex)(&dev->lock);
	if (dev->owner == owner)
		WRITE_ONCE(dev->detaching, true);
}

/**
 * pciback_device_deassign_begin() - end a guest's use of a function
 * @dev: the function
 * @owner: the guest's instance
 *
 * The first half of pciback_device_deassign(), for whoever takes several back
 * that can only be reset together; pciback_device_deassign_finish() is the other.
 *
 * Context: may sleep. Caller holds neither device_lock() nor @dev->lock.
 * Return: whether the guest had the function.
 */
bool pciback_device_deassign_begin(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool had;

	device_lock(&dev->pdev->dev);
	/* Only under device_lock() does the owner change. */
	had = dev->owner == owner;
	if (had)
		device_stop_ops(dev);
	device_unlock(&dev->pdev->dev);
	return had;
}

/**
 * pciback_device_deassign_finish() - reset what a guest had, and end its holding it
 * @dev: the function
 * @owner: the guest's instance, which is shut out of it
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_deassign_finish(struct pcistub_device *dev, struct pciback_owner *owner)
{
	pciback_reset(dev, RESET_FOR_DEASSIGN, owner, false);
	device_lock(&dev->pdev->dev);
	/* Or it was unbound in the meantime. */
	if (dev->owner == owner)
		device_undo_guest(dev);
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_deassign() - take a function back from a guest
 * @dev: the function
 * @owner: the guest's instance
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_deassign(struct pcistub_device *dev, struct pciback_owner *owner)
{
	if (pciback_device_deassign_begin(dev, owner))
		pciback_device_deassign_finish(dev, owner);
}

/**
 * pciback_device_quiesce() - stop what a function does for its guest
 * @dev: the function
 * @owner: the guest's instance, which has no frontend any more
 *
 * Fast: no reset. Does nothing if the guest does not have the function any more.
 *
 * Context: may sleep. Caller holds neither device_lock() nor @dev->lock.
 */
void pciback_device_quiesce(struct pcistub_device *dev, struct pciback_owner *owner)
{
	device_lock(&dev->pdev->dev);
	mutex_lock(&dev->lock);
	if (pciback_device_is_usable_by(dev, owner)) {
		pciback_irq_teardown(dev);
		pciback_disable_dma(dev->pdev);
	}
	mutex_unlock(&dev->lock);
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_reconnect_finish() - make a function new for another frontend of its guest
 * @dev: the function
 * @owner: the guest's instance, which is shut out of it and has no frontend
 *	at present
 *
 * As between two guests, but that the guest keeps it, and what the
 * administrator granted for the guest stays. Does nothing if the guest does not
 * have the function any more.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_reconnect_finish(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool control;

	pciback_reset(dev, RESET_FOR_DEASSIGN, owner, false);
	device_lock(&dev->pdev->dev);
	/* Or it was unbound in the meantime. */
	if (dev->owner == owner) {
		device_quiesce_hw(dev);
		mutex_lock(&dev->lock);
		control = dev->conf->interrupt_control;
		device_clear_guest_state(dev);
		dev->conf->interrupt_control = control;
		dev->clean = false;
		dev->detaching = false;
		pciback_trace_state(dev, PCIBACK_STATE_RECONNECTING);
		mutex_unlock(&dev->lock);
	}
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_reset_for_reconnect() - as pciback_device_reconnect_finish(), the guest not yet shut out
 * @dev: the function
 * @owner: the guest's instance, which has no frontend at present
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_reset_for_reconnect(struct pcistub_device *dev, struct pciback_owner *owner)
{
	if (pciback_device_deassign_begin(dev, owner))
		pciback_device_reconnect_finish(dev, owner);
}

/**
 * pciback_device_guest_reset() - carry out the reset that a guest asked for
 * @dev: the function
 * @owner: the guest's instance
 *
 * Configuration space is saved and restored around it, MSI and MSI-X included,
 * so all the guest sees is that its function forgot what it was doing.
 *
 * Context: sleeps, 100 ms and more. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_guest_reset(struct pcistub_device *dev, struct pciback_owner *owner)
{
	bool wanted;
	int err;

	mutex_lock(&dev->lock);
	wanted = dev->reset_wanted && pciback_device_is_usable_by(dev, owner);
	dev->reset_wanted = false;
	mutex_unlock(&dev->lock);
	if (!wanted)
		return;
	err = pciback_reset(dev, RESET_FOR_GUEST, owner, false);
	if (err)
		dev_warn_ratelimited(&dev->pdev->dev, "domain %d asked for a reset: failed (%d)\n",
				     owner->domid, err);
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
 * pciback_device_release() - hand a function back to the host
 * @pdev: the function
 *
 * A guest that has it loses it. A function that no guest touched since its
 * last reset is not reset again.
 *
 * Context: sleeps. Caller holds device_lock(), as a driver's remove() does.
 */
void pciback_device_release(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);
	struct pciback_owner *owner;

	pciback_device_del(dev);
	pciback_recovery_exit(dev);
	mutex_lock(&dev->lock);
	dev->removed = true;
	owner = dev->owner;
	if (owner) {
		/* It may lose its own last reference while it forgets the function. */
		kref_get(&owner->ref);
		dev->detaching = true;
	}
	mutex_unlock(&dev->lock);

	if (owner) {
		device_warn_in_use(dev);
		dev->mapped = true;
		owner->ops->revoke(owner, dev);
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
	mutex_lock(&dev->lock);
	pciback_quirks_free(dev);
	mutex_unlock(&dev->lock);
	pciback_trace_state(dev, PCIBACK_STATE_RELEASED);
	pciback_stat_remove_device(dev);
	pciback_device_put(dev);
}
