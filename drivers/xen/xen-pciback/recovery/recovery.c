// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Recovery of a seized function from a PCI Express error.
 *
 * The PCI core recovers all functions below a port together and asks the
 * driver of each, step by step; one that votes to disconnect ends the recovery
 * for all of them. A guest's driver is asked through the owner. A guest that
 * does not do its part is cut off from the function: no bus mastering, no
 * INTx, no operation, until the toolstack takes the function from it. The
 * function is then the host's alone, so it votes for the recovery to go on:
 * no guest can deny it to the host or to other guests.
 *
 * The core calls all of this with device_lock() held.
 */
#include <linux/pci.h>
#include <linux/ratelimit.h>
#include "record/record.h"
#include "record/recovery_step.h"
#include "record/saved_config.h"
#include "recovery/recovery.h"
#include "recovery/vote.h"
#include "reset/reset.h"
#include "trace/events.h"
#include "xen/hypercall.h"

/*
 * The core itself waits up to a minute for a device after its reset; and when it
 * gives up it tells no driver.
 */
unsigned long pciback_recovery_timeout = 120 * HZ;

/*
 * All that the function could still do to the host by itself. A bridge must go
 * on passing what the functions behind it do, whoever has them.
 */
static void recovery_disable_hw(struct pci_dev *pdev)
{
	/* A function that does not answer would get all bits but one set. */
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL || !pci_device_is_present(pdev))
		return;
	pci_clear_master(pdev);
	pci_intx(pdev, 0);
}

static void recovery_isolate(struct pcistub_device *dev, enum pciback_recovery_step step, const char *reason)
{
	struct pciback_owner *owner = dev->owner;

	/* An operation that runs now is the last one. */
	mutex_lock(&dev->lock);
	dev->isolated = true;
	mutex_unlock(&dev->lock);
	pciback_trace_state(dev, PCIBACK_STATE_ISOLATED);
	recovery_disable_hw(dev->pdev);
	if (owner->ops->notify_isolated)
		owner->ops->notify_isolated(owner, dev);
	dev_warn_ratelimited(&dev->pdev->dev,
			     "%s: domain %d %s; isolated from the device. Detach it: xl pci-detach %d %s\n",
			     pciback_recovery_step_name(step), owner->domid, reason, owner->domid,
			     pci_name(dev->pdev));
}

/*
 * The host gave the recovery up: after a reset nobody restored, or with a
 * driver in the guest that waits for the end of it.
 */
static void recovery_timeout_work(struct work_struct *work)
{
	struct pcistub_device *dev = container_of(to_delayed_work(work), struct pcistub_device,
						  timeout_work);

	/* Who cancels this may hold it, and the core does as long as it is at work. */
	if (!device_trylock(&dev->pdev->dev)) {
		schedule_delayed_work(&dev->timeout_work, HZ / 10 + 1);
		return;
	}
	if (dev->recovering && dev->owner && !dev->isolated && !dev->detaching)
		recovery_isolate(dev, RECOVERY_RESUME, "has a device that the host could not recover");
	dev->recovering = false;
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_recovery_init() - prepare a function that is being seized
 * @dev: its record
 */
void pciback_recovery_init(struct pcistub_device *dev)
{
	INIT_DELAYED_WORK(&dev->timeout_work, recovery_timeout_work);
}

/**
 * pciback_recovery_exit() - no recovery is waited for any more
 * @dev: a function that is being handed back
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_recovery_exit(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	cancel_delayed_work_sync(&dev->timeout_work);
}

static pci_ers_result_t recovery_query_guest(struct pcistub_device *dev, enum pciback_recovery_step step,
					     pci_channel_state_t state)
{
	struct pciback_owner *owner;
	struct pciback_vote verdict;
	int answer = -ECANCELED;

	device_lock_assert(&dev->pdev->dev);
	/* Only under device_lock() do these change. */
	owner = dev->owner;
	if (owner && !dev->isolated)
		answer = owner->ops->query_guest ? owner->ops->query_guest(owner, dev, step, state) : -ENOTCONN;
	else
		owner = NULL;

	verdict = pciback_vote_on_answer(step, state, answer);
	/* The toolstack was faster. */
	if (owner && verdict.reason && !READ_ONCE(dev->detaching))
		recovery_isolate(dev, step, verdict.reason);
	return verdict.vote;
}

static pci_ers_result_t recovery_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	dev->link_reset = state == pci_channel_io_frozen;
	dev->clean = false;
	dev->recovering = dev->owner && !dev->isolated;
	if (dev->recovering)
		mod_delayed_work(system_wq, &dev->timeout_work, pciback_recovery_timeout);
	return recovery_query_guest(dev, RECOVERY_DETECTED, state);
}

static pci_ers_result_t recovery_mmio_enabled(struct pci_dev *pdev)
{
	return recovery_query_guest(pci_get_drvdata(pdev), RECOVERY_MMIO, pci_channel_io_normal);
}

/*
 * A reset took configuration space with it, a guest's vectors included. What a
 * guest may write there it writes anew, the rest is ours. When the link was
 * not reset the core may have reset nothing, and a driver that asked for it
 * expects one. Only FLR will do: other methods reset more than this function
 * or need pci_bus_sem, which the core holds.
 */
static bool recovery_restore_after_reset(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;
	int err = 0;

	/* No operation sees the function on its way. */
	guard(mutex)(&dev->lock);
	/* After a reset of the link it is not too late: Xen sees what is written now. */
	pciback_xen_reset_begins(pdev);
	if (!dev->link_reset)
		err = pciback_reset_flr(pdev);
	if (!err)
		pciback_xen_reset_done(pdev);
	else if (err != -ENOTTY)
		dev_warn_ratelimited(&pdev->dev, "not reset after an error (%d)\n", err);
	pciback_config_restore(dev);
	if (!pci_device_is_present(pdev))
		return false;
	pciback_disable_dma(pdev);
	if (dev->isolated)
		recovery_disable_hw(pdev);
	return true;
}

static pci_ers_result_t recovery_slot_reset(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	if (recovery_restore_after_reset(dev))
		return recovery_query_guest(dev, RECOVERY_SLOT_RESET, pci_channel_io_normal);
	if (dev->owner && !dev->isolated)
		recovery_isolate(dev, RECOVERY_SLOT_RESET, "has a device that does not answer any more");
	return PCI_ERS_RESULT_DISCONNECT;
}

static void recovery_resume(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	dev->recovering = false;
	/* It may have been out of reach when its guest was cut off. */
	if (dev->isolated)
		recovery_disable_hw(pdev);
	recovery_query_guest(dev, RECOVERY_RESUME, pci_channel_io_normal);
}

/* No error: the attributes of the function and the PCI core reset it without asking us. */
static void recovery_reset_prepare(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	if (dev)
		pciback_device_expect_detach(dev);
}

const struct pci_error_handlers pciback_error_handlers = {
	.reset_prepare = recovery_reset_prepare,
	.error_detected = recovery_error_detected,
	.mmio_enabled = recovery_mmio_enabled,
	.slot_reset = recovery_slot_reset,
	.resume = recovery_resume,
};
