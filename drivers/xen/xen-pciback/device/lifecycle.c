// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The life of a seized function: taken from the host, held by one guest after
 * the other, handed back. Everything a guest changes about a function is
 * undone in one place, give_back(). pciback_reset() decides whether a function
 * has to be reset on its way.
 *
 * States, all under the record's lock:
 *
 *	idle		holder == NULL			anyone may assign it
 *	assigned	holder != NULL			its guest's operations run
 *	cut off		holder != NULL, cut_off		likewise, until its guest is rid of it
 *	leaving		holder != NULL, leaving		no operation runs any more
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
	struct pciback_device *dev;
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
	err = pciback_reset(dev, RESET_AT_SEIZE, NULL, true);
	if (err == -ENOMEM)
		goto release;
	pciback_quiet(pdev);
	/* Disabling a bridge turns its bus mastering off. */
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		pci_disable_device(pdev);

	/* Keeps a physical function's driver from removing it while we have it. */
	pci_set_dev_assigned(pdev);
	pci_set_drvdata(pdev, dev);
	/* Listed first: a quirk that is entered meanwhile finds it one way or the other. */
	pciback_device_add(dev);
	pciback_counters_add_device(dev);
	pciback_see_state(dev, PCIBACK_SEIZED);
	err = pciback_quirks_seize(dev);
	if (err)
		pciback_device_unseize(pdev);
	return err;

release:
	pciback_xen_release_msix(pdev);
	pciback_gsi_forget(pdev);
disable:
	pci_disable_device(pdev);
put:
	pciback_config_hand_back(dev, true);
	pciback_device_put(dev);
	return err;
}

/* From here on no operation of its guest runs. */
static void shut_out(struct pciback_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	mutex_lock(&dev->lock);
	dev->leaving = true;
	pciback_see_state(dev, PCIBACK_LEAVING);
	pciback_irq_teardown(dev);
	mutex_unlock(&dev->lock);
}

/* The hardware's part, after shut_out() and a reset. */
static void quieten(struct pciback_device *dev)
{
	struct pci_dev *pdev = dev->pdev;

	device_lock_assert(&pdev->dev);
	/* @leaving keeps every operation out: the lock need not be held meanwhile. */
	pciback_quiet(pdev);
	/* What could not be reset may go on asserting a line of the host's. */
	if (!pci_dev_is_disconnected(pdev))
		pciback_intx_silence(dev);
	if (dev->conf->enabled)
		pci_disable_device(pdev);
}

/* What must not pass from one guest, or one frontend, to the next. */
static void clear_guest_state(struct pciback_device *dev)
{
	lockdep_assert_held(&dev->lock);
	conf_reset(dev->conf);
	dev->reset_wanted = false;
	dev->cut_off = false;
	dev->recovering = false;
	dev->irq.handled = 0;
}

/*
 * Undoes all that a guest did and all that was done for it, in the reverse
 * order of taking, after shut_out() and a reset. Every way out of a guest comes
 * through here.
 */
static void give_back(struct pciback_device *dev)
{
	struct pciback_holder *holder = dev->holder;

	quieten(dev);
	pciback_xen_clear_owner(dev->pdev);

	mutex_lock(&dev->lock);
	clear_guest_state(dev);
	pciback_quirks_guest_left(dev);
	pciback_see_state(dev, PCIBACK_IDLE);
	dev->holder = NULL;
	dev->leaving = false;
	mutex_unlock(&dev->lock);
	kref_put(&holder->ref, holder->release);
}

/*
 * A domain that is still there may touch the registers of what it had, for its
 * mappings end with it only.
 */
static void note_mappings(struct pciback_device *dev)
{
	if (dev->used && !dev->mapped && pciback_xen_domain_exists(dev->last_domid))
		dev->mapped = true;
}

/**
 * pciback_device_assign() - give an idle function to a guest
 * @dev: the function
 * @holder: the guest's instance
 *
 * If it is not known to be clean it is reset first.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 * Return: 0; -EBUSY: another guest has it; -ENODEV: the host has it again;
 * -EIO: no reset works any more; other -errno: its interrupts could not be
 * given to the guest.
 */
int pciback_device_assign(struct pciback_device *dev, struct pciback_holder *holder)
{
	struct pci_dev *pdev = dev->pdev;
	int err;

	/* It may have none, or none now; what counts is whether it is unusable. */
	pciback_reset(dev, RESET_AT_HAND_OVER, NULL, false);

	device_lock(&pdev->dev);
	note_mappings(dev);
	mutex_lock(&dev->lock);
	if (dev->gone) {
		err = -ENODEV;
	} else if (dev->holder) {
		err = -EBUSY;
	} else if (dev->reset.error) {
		pci_warn(pdev, "not given to domain %d: its last reset failed (%d)\n",
			 holder->domid, dev->reset.error);
		err = -EIO;
	} else {
		err = pciback_xen_set_owner(pdev, holder->domid);
		if (!err) {
			kref_get(&holder->ref);
			dev->holder = holder;
			if (dev->last_domid != holder->domid)
				dev->irq.refused = (struct refusals){};
			dev->last_domid = holder->domid;
			conf_forget_drops(dev->conf);
			dev->clean = false;
			dev->used = true;
			pciback_see_state(dev, PCIBACK_ASSIGNED);
		}
	}
	mutex_unlock(&dev->lock);
	device_unlock(&pdev->dev);
	return err;
}

/**
 * pciback_device_shut() - no more operations of this guest
 * @dev: the function
 * @holder: the guest's instance, which is about to call pciback_device_return()
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: may sleep. Caller does not hold @dev->lock.
 */
void pciback_device_shut(struct pciback_device *dev, const struct pciback_holder *holder)
{
	guard(mutex)(&dev->lock);
	if (dev->holder == holder)
		WRITE_ONCE(dev->leaving, true);
}

/**
 * pciback_device_shut_out() - end a guest's use of a function
 * @dev: the function
 * @holder: the guest's instance
 *
 * The first half of pciback_device_return(), for whoever takes several back
 * that can only be reset together; pciback_device_take_back() is the other.
 *
 * Context: may sleep. Caller holds neither device_lock() nor @dev->lock.
 * Return: whether the guest had the function.
 */
bool pciback_device_shut_out(struct pciback_device *dev, struct pciback_holder *holder)
{
	bool had;

	device_lock(&dev->pdev->dev);
	/* Only under device_lock() does the holder change. */
	had = dev->holder == holder;
	if (had)
		shut_out(dev);
	device_unlock(&dev->pdev->dev);
	return had;
}

/**
 * pciback_device_take_back() - reset what a guest had, and end its holding it
 * @dev: the function
 * @holder: the guest's instance, which is shut out of it
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_take_back(struct pciback_device *dev, struct pciback_holder *holder)
{
	pciback_reset(dev, RESET_AT_HAND_BACK, holder, false);
	device_lock(&dev->pdev->dev);
	/* Or it was unbound in the meantime. */
	if (dev->holder == holder)
		give_back(dev);
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_return() - take a function back from a guest
 * @dev: the function
 * @holder: the guest's instance
 *
 * Does nothing if the guest does not have the function any more.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_return(struct pciback_device *dev, struct pciback_holder *holder)
{
	if (pciback_device_shut_out(dev, holder))
		pciback_device_take_back(dev, holder);
}

/**
 * pciback_device_quiet() - stop what a function does for its guest
 * @dev: the function
 * @holder: the guest's instance, which has no frontend any more
 *
 * Fast: no reset. Does nothing if the guest does not have the function any more.
 *
 * Context: may sleep. Caller holds neither device_lock() nor @dev->lock.
 */
void pciback_device_quiet(struct pciback_device *dev, struct pciback_holder *holder)
{
	device_lock(&dev->pdev->dev);
	mutex_lock(&dev->lock);
	if (pciback_device_serves(dev, holder)) {
		pciback_irq_teardown(dev);
		pciback_quiet(dev->pdev);
	}
	mutex_unlock(&dev->lock);
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_make_new() - make a function new for another frontend of its guest
 * @dev: the function
 * @holder: the guest's instance, which is shut out of it and has no frontend
 *	at present
 *
 * As between two guests, but that the guest keeps it, and what the
 * administrator granted for the guest stays. Does nothing if the guest does not
 * have the function any more.
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_make_new(struct pciback_device *dev, struct pciback_holder *holder)
{
	bool control;

	pciback_reset(dev, RESET_AT_HAND_BACK, holder, false);
	device_lock(&dev->pdev->dev);
	/* Or it was unbound in the meantime. */
	if (dev->holder == holder) {
		quieten(dev);
		mutex_lock(&dev->lock);
		control = dev->conf->interrupt_control;
		clear_guest_state(dev);
		dev->conf->interrupt_control = control;
		dev->clean = false;
		dev->leaving = false;
		pciback_see_state(dev, PCIBACK_RENEWED);
		mutex_unlock(&dev->lock);
	}
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_device_renew() - as pciback_device_make_new(), the guest not yet shut out
 * @dev: the function
 * @holder: the guest's instance, which has no frontend at present
 *
 * Context: sleeps, for a reset. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_renew(struct pciback_device *dev, struct pciback_holder *holder)
{
	if (pciback_device_shut_out(dev, holder))
		pciback_device_make_new(dev, holder);
}

/**
 * pciback_device_guest_reset() - carry out the reset that a guest asked for
 * @dev: the function
 * @holder: the guest's instance
 *
 * Configuration space is saved and restored around it, MSI and MSI-X included,
 * so all the guest sees is that its function forgot what it was doing.
 *
 * Context: sleeps, 100 ms and more. Caller holds neither device_lock() nor
 * @dev->lock.
 */
void pciback_device_guest_reset(struct pciback_device *dev, struct pciback_holder *holder)
{
	bool wanted;
	int err;

	mutex_lock(&dev->lock);
	wanted = dev->reset_wanted && pciback_device_serves(dev, holder);
	dev->reset_wanted = false;
	mutex_unlock(&dev->lock);
	if (!wanted)
		return;
	err = pciback_reset(dev, RESET_BY_ITS_GUEST, holder, false);
	if (err)
		dev_warn_ratelimited(&dev->pdev->dev, "domain %d asked for a reset: failed (%d)\n",
				     holder->domid, err);
}

static void warn_in_use(struct pciback_device *dev)
{
	struct pci_dev *pdev = dev->pdev;

	pci_warn(pdev, "unbound while domain %d uses it\n", dev->holder->domid);
	pci_warn(pdev, "the domain keeps its access to the device's memory and interrupts\n");
	pci_warn(pdev, "shut down domain %d before the device is used for anything else,\n",
		 dev->holder->domid);
	pci_warn(pdev, "and next time detach it first: xl pci-detach %d %s\n",
		 dev->holder->domid, pci_name(pdev));
}

/**
 * pciback_device_unseize() - hand a function back to the host
 * @pdev: the function
 *
 * A guest that has it loses it. A function that no guest touched since its
 * last reset is not reset again.
 *
 * Context: sleeps. Caller holds device_lock(), as a driver's remove() does.
 */
void pciback_device_unseize(struct pci_dev *pdev)
{
	struct pciback_device *dev = pci_get_drvdata(pdev);
	struct pciback_holder *holder;

	pciback_device_del(dev);
	pciback_recovery_exit(dev);
	mutex_lock(&dev->lock);
	dev->gone = true;
	holder = dev->holder;
	if (holder) {
		/* It may lose its own last reference while it forgets the function. */
		kref_get(&holder->ref);
		dev->leaving = true;
	}
	mutex_unlock(&dev->lock);

	if (holder) {
		warn_in_use(dev);
		dev->mapped = true;
		holder->revoke(holder, dev);
		shut_out(dev);
		pciback_reset(dev, RESET_AT_RELEASE, NULL, true);
		give_back(dev);
		kref_put(&holder->ref, holder->release);
	} else {
		pciback_reset(dev, RESET_AT_RELEASE, NULL, true);
		pciback_quiet(pdev);
	}

	note_mappings(dev);
	pciback_xen_release_msix(pdev);
	pciback_gsi_forget(pdev);
	pciback_config_hand_back(dev, !dev->mapped);
	pci_clear_dev_assigned(pdev);
	pci_set_drvdata(pdev, NULL);
	mutex_lock(&dev->lock);
	pciback_quirks_free(dev);
	mutex_unlock(&dev->lock);
	pciback_see_state(dev, PCIBACK_HANDED_BACK);
	pciback_counters_remove_device(dev);
	pciback_device_put(dev);
}
