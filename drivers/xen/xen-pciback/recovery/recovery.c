// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Recovery of a seized function from a PCI Express error.
 *
 * The PCI core recovers all functions below a port together and asks the
 * driver of each, step by step; one that votes to disconnect ends the recovery
 * for all of them. A guest's driver is asked through the holder. A guest that
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
unsigned long pciback_recovery_limit = 120 * HZ;

/*
 * All that the function could still do to the host by itself. A bridge must go
 * on passing what the functions behind it do, whoever has them.
 */
static void silence(struct pci_dev *pdev)
{
	/* A function that does not answer would get all bits but one set. */
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL || !pci_device_is_present(pdev))
		return;
	pci_clear_master(pdev);
	pci_intx(pdev, 0);
}

static void cut_off(struct pciback_device *dev, enum pciback_step step, const char *reason)
{
	struct pciback_holder *holder = dev->holder;

	/* An operation that runs now is the last one. */
	mutex_lock(&dev->lock);
	dev->cut_off = true;
	mutex_unlock(&dev->lock);
	pciback_see_state(dev, PCIBACK_CUT_OFF);
	silence(dev->pdev);
	if (holder->lost)
		holder->lost(holder, dev);
	dev_warn_ratelimited(&dev->pdev->dev,
			     "%s: domain %d %s; cut off from the device. Take it from the domain: xl pci-detach %d %s\n",
			     pciback_step_name(step), holder->domid, reason, holder->domid,
			     pci_name(dev->pdev));
}

/*
 * The host gave the recovery up: after a reset nobody restored, or with a
 * driver in the guest that waits for the end of it.
 */
static void overdue(struct work_struct *work)
{
	struct pciback_device *dev = container_of(to_delayed_work(work), struct pciback_device,
						  overdue);

	/* Who cancels this may hold it, and the core does as long as it is at work. */
	if (!device_trylock(&dev->pdev->dev)) {
		schedule_delayed_work(&dev->overdue, HZ / 10 + 1);
		return;
	}
	if (dev->recovering && dev->holder && !dev->cut_off && !dev->leaving)
		cut_off(dev, PCIBACK_RESUME, "has a device that the host could not recover");
	dev->recovering = false;
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_recovery_init() - prepare a function that is being seized
 * @dev: its record
 */
void pciback_recovery_init(struct pciback_device *dev)
{
	INIT_DELAYED_WORK(&dev->overdue, overdue);
}

/**
 * pciback_recovery_exit() - no recovery is waited for any more
 * @dev: a function that is being handed back
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_recovery_exit(struct pciback_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	cancel_delayed_work_sync(&dev->overdue);
}

static pci_ers_result_t consult(struct pciback_device *dev, enum pciback_step step,
				pci_channel_state_t state)
{
	struct pciback_holder *holder;
	struct pciback_verdict verdict;
	int answer = -ECANCELED;

	device_lock_assert(&dev->pdev->dev);
	/* Only under device_lock() do these change. */
	holder = dev->holder;
	if (holder && !dev->cut_off)
		answer = holder->ask ? holder->ask(holder, dev, step, state) : -ENOTCONN;
	else
		holder = NULL;

	verdict = pciback_recovery_judge(step, state, answer);
	/* The toolstack was faster. */
	if (holder && verdict.reason && !READ_ONCE(dev->leaving))
		cut_off(dev, step, verdict.reason);
	return verdict.vote;
}

static pci_ers_result_t error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct pciback_device *dev = pci_get_drvdata(pdev);

	dev->link_reset = state == pci_channel_io_frozen;
	dev->clean = false;
	dev->recovering = dev->holder && !dev->cut_off;
	if (dev->recovering)
		mod_delayed_work(system_wq, &dev->overdue, pciback_recovery_limit);
	return consult(dev, PCIBACK_DETECTED, state);
}

static pci_ers_result_t mmio_enabled(struct pci_dev *pdev)
{
	return consult(pci_get_drvdata(pdev), PCIBACK_MMIO, pci_channel_io_normal);
}

/*
 * A reset took configuration space with it, a guest's vectors included. What a
 * guest may write there it writes anew, the rest is ours. When the link was
 * not reset the core may have reset nothing, and a driver that asked for it
 * expects one. Only FLR will do: other methods reset more than this function
 * or need pci_bus_sem, which the core holds.
 */
static bool bring_back(struct pciback_device *dev)
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
	pciback_quiet(pdev);
	if (dev->cut_off)
		silence(pdev);
	return true;
}

static pci_ers_result_t slot_reset(struct pci_dev *pdev)
{
	struct pciback_device *dev = pci_get_drvdata(pdev);

	if (bring_back(dev))
		return consult(dev, PCIBACK_RESET, pci_channel_io_normal);
	if (dev->holder && !dev->cut_off)
		cut_off(dev, PCIBACK_RESET, "has a device that does not answer any more");
	return PCI_ERS_RESULT_DISCONNECT;
}

static void resume(struct pci_dev *pdev)
{
	struct pciback_device *dev = pci_get_drvdata(pdev);

	dev->recovering = false;
	/* It may have been out of reach when its guest was cut off. */
	if (dev->cut_off)
		silence(pdev);
	consult(dev, PCIBACK_RESUME, pci_channel_io_normal);
}

/* No error: the attributes of the function and the PCI core reset it without asking us. */
static void reset_prepare(struct pci_dev *pdev)
{
	struct pciback_device *dev = pci_get_drvdata(pdev);

	if (dev)
		pciback_device_reset_ahead(dev);
}

const struct pci_error_handlers pciback_error_handlers = {
	.reset_prepare = reset_prepare,
	.error_detected = error_detected,
	.mmio_enabled = mmio_enabled,
	.slot_reset = slot_reset,
	.resume = resume,
};
