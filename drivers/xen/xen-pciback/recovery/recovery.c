// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Recovery of a seized function from a PCI Express error (AER, DPC): the error handlers
 * of the PCI driver.
 *
 * The PCI core recovers all functions below a port together and asks the driver of
 * each, step by step. One driver that votes to disconnect ends the recovery for all of
 * them. For a function that a guest has, the guest's driver is asked, through the
 * owner's operations. A guest that does not answer as the step needs is isolated from the
 * function: bus mastering and INTx are off and no operation of the guest runs, until the
 * toolstack detaches the function. An isolated function is used by the host only, so this driver
 * votes to continue: no guest can prevent the recovery for the host or for other guests.
 *
 * Locks: the PCI core calls all handlers with device_lock() held, and those of error
 * recovery also with pci_bus_sem held for reading.
 */
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/ratelimit.h>
#include "record/guest_op.h"
#include "record/record.h"
#include "record/recovery_step.h"
#include "record/saved_config.h"
#include "recovery/recovery.h"
#include "recovery/vote.h"
#include "reset/method.h"
#include "reset/reset.h"
#include "reset/step.h"
#include "trace/events.h"
#include "xen/hypercall.h"

/*
 * In jiffies. The PCI core itself waits up to a minute for a function after its reset. When
 * it gives up, it does not tell the drivers.
 */
unsigned long pciback_recovery_timeout = 120 * HZ;
/* In jiffies, after which a guest is asked again that has not answered since the host's sleep. */
unsigned long pciback_recovery_retry = 5 * HZ;

/*
 * When an error handler of this driver was last called or returned, for any function. A
 * recovery of many functions takes longer than the timeout if many guests are slow to answer,
 * and goes on as long as handlers are called. Errors of others must not keep a guest waiting
 * for good, so that counts for some timeouts only. READ_ONCE() and WRITE_ONCE(), no lock.
 */
static unsigned long recovery_activity;
#define RECOVERY_MAX_TIMEOUTS	5

/*
 * Turns off all that the function could do to the host without a guest's request. Not for
 * a bridge: it must continue to forward accesses of the functions behind it, which may
 * belong to others.
 */
static void recovery_disable_hw(struct pci_dev *pdev)
{
	/*
	 * COMMAND of a function that does not answer reads as all ones, and would be
	 * written back with all other bits set.
	 */
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL || !pci_device_is_present(pdev))
		return;
	pci_clear_master(pdev);
	pci_intx(pdev, 0);
}

static void recovery_isolate(struct pcistub_device *dev, enum pciback_recovery_step step,
			     const char *reason)
{
	struct pciback_owner *owner = dev->owner;

	/*
	 * No operation starts any more. One that runs now is not waited for, because it may
	 * wait for pci_bus_sem. It finds @isolated set when it looks again, and writes no
	 * register any more.
	 */
	spin_lock_irq(&dev->lock);
	dev->isolated = true;
	wake_up_all(&dev->wait);
	spin_unlock_irq(&dev->lock);
	pciback_trace_state(dev, PCIBACK_STATE_ISOLATED);
	recovery_disable_hw(dev->pdev);
	if (owner->ops->notify_isolated)
		owner->ops->notify_isolated(owner, dev);
	dev_warn_ratelimited(&dev->pdev->dev,
			     "%s: domain %d %s; isolated from the device. Detach it: xl pci-detach %d %s\n",
			     pciback_recovery_step_name(step), owner->domid, reason, owner->domid,
			     pci_name(dev->pdev));
}

/* The vote after that answer; isolates the guest from the function if it has to be. */
static pci_ers_result_t recovery_take_answer(struct pcistub_device *dev,
					     enum pciback_recovery_step step,
					     pci_channel_state_t state, bool reset, int answer)
{
	struct pciback_vote vote = pciback_vote_on_answer(step, state, reset, answer);

	if (vote.vote == PCI_ERS_RESULT_NEED_RESET)
		dev->reset_voted = true;
	/* If the toolstack is already detaching the function, isolating is not needed. */
	if (vote.reason && dev->owner && !dev->isolated && !READ_ONCE(dev->detaching))
		recovery_isolate(dev, step, vote.reason);
	return vote.vote;
}

/* @reset: the function was reset, or will be. */
static pci_ers_result_t recovery_query_guest(struct pcistub_device *dev,
					     enum pciback_recovery_step step,
					     pci_channel_state_t state, bool reset)
{
	struct pciback_owner *owner;
	int answer = -ECANCELED;

	device_lock_assert(&dev->pdev->dev);
	WRITE_ONCE(recovery_activity, jiffies);
	/* @owner and @isolated only change with device_lock() held. */
	owner = dev->owner;
	if (owner && !dev->isolated)
		answer = owner->ops->query_guest ?
			 owner->ops->query_guest(owner, dev, step, state) : -ENOTCONN;
	WRITE_ONCE(recovery_activity, jiffies);
	return recovery_take_answer(dev, step, state, reset, answer);
}

/* Why a guest cannot go on using a function whose recovery nobody ended; NULL: it can. */
static const char *recovery_defect(struct pcistub_device *dev)
{
	const char *defect = NULL;

	/* Keeps the guest's operations out: see pciback_config_is_kept(). */
	pciback_ops_hold(dev);
	if (pci_dev_is_disconnected(dev->pdev) || !pciback_reset_answers(dev->pdev))
		defect = "has a device that does not answer any more";
	else if (!pciback_config_is_kept(dev, dev->link_reset))
		defect = "has a device that was reset and not restored";
	pciback_ops_resume(dev);
	return defect;
}

/* Ends a recovery in the place of the PCI core. */
static void recovery_end(struct pcistub_device *dev)
{
	const char *reason = recovery_defect(dev);

	if (reason) {
		recovery_isolate(dev, RECOVERY_RESUME, reason);
		return;
	}
	pciback_channel_set_normal(dev->pdev);
	recovery_query_guest(dev, RECOVERY_RESUME, pci_channel_io_normal, false);
}

/* The PCI core seems to work on a recovery still, which may be that of this function. */
static bool recovery_goes_on(const struct pcistub_device *dev)
{
	unsigned long limit = RECOVERY_MAX_TIMEOUTS * pciback_recovery_timeout;

	return time_before(jiffies, dev->recovery_start + limit) &&
	       time_before(jiffies, READ_ONCE(recovery_activity) + pciback_recovery_timeout);
}

static void recovery_after_sleep(struct pcistub_device *dev);

/*
 * The recovery did not end in time: the PCI core gave it up without telling the drivers, as
 * it does when another function below the port has no driver that handles errors. The
 * function itself may be as it was, because most errors reset nothing.
 *
 * Or the host slept, and the guest is to be asked to bring the function up.
 */
static void recovery_timeout_work(struct work_struct *work)
{
	struct pcistub_device *dev = container_of(to_delayed_work(work), struct pcistub_device,
						  timeout_work);

	/*
	 * Waiting for device_lock() could deadlock: pciback_recovery_exit() waits for this
	 * work with the lock held. The PCI core holds the lock while it works on the function.
	 */
	if (!device_trylock(&dev->pdev->dev)) {
		schedule_delayed_work(&dev->timeout_work, HZ / 10 + 1);
		return;
	}
	if (dev->slept) {
		dev->slept = false;
		recovery_after_sleep(dev);
		goto unlock;
	}
	/* Queued again: another error was detected just now, whose recovery has its own time. */
	if (dev->recovering && !delayed_work_pending(&dev->timeout_work)) {
		if (recovery_goes_on(dev)) {
			schedule_delayed_work(&dev->timeout_work, pciback_recovery_timeout);
			goto unlock;
		}
		dev->recovering = false;
		if (dev->owner && !dev->isolated && !dev->detaching)
			recovery_end(dev);
	}
unlock:
	device_unlock(&dev->pdev->dev);
}

/**
 * pciback_recovery_init() - prepare the record of a function that is being seized
 * @dev: the record
 *
 * Context: any. To be called before the record can be found by others.
 */
void pciback_recovery_init(struct pcistub_device *dev)
{
	INIT_DELAYED_WORK(&dev->timeout_work, recovery_timeout_work);
}

/**
 * pciback_recovery_exit() - stop waiting for the end of a recovery
 * @dev: a function that is being released
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_recovery_exit(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	cancel_delayed_work_sync(&dev->timeout_work);
}

/**
 * pciback_recovery_guest_reset() - carry out a reset that a guest wants while it is asked
 * @dev: the function
 *
 * A driver may reset its function before it answers. The task that asks it holds
 * device_lock(), which any other task would need for that. Only FLR is possible here: other
 * methods need pci_bus_sem. Configuration space is as before afterwards. Does nothing if the
 * guest wants no reset.
 *
 * Context: sleeps, up to pciback_reset_wait_ms and a few seconds. Caller holds device_lock().
 */
void pciback_recovery_guest_reset(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;
	ktime_t start = ktime_get();
	bool wanted;
	int err;

	device_lock_assert(&pdev->dev);
	spin_lock_irq(&dev->lock);
	wanted = dev->reset_wanted && !pciback_ops_ended(dev);
	spin_unlock_irq(&dev->lock);
	if (!wanted || !pciback_reset_has_flr(pdev) || !pci_device_is_present(pdev))
		return;

	pciback_ops_hold(dev);
	pci_save_state(pdev);
	pciback_disable_dma(pdev);
	pciback_xen_reset_begins(pdev);
	err = pciback_reset_flr(pdev);
	pci_restore_state(pdev);
	if (!err)
		pciback_xen_reset_done(pdev);
	/* Its guest may have begun to detach, without waiting for this reset. */
	if (READ_ONCE(dev->detaching))
		pciback_disable_dma(pdev);
	pciback_reset_note(dev, RESET_FOR_GUEST, RESET_FLR, start, err);
	spin_lock_irq(&dev->lock);
	pciback_op_forget_reset(dev);
	spin_unlock_irq(&dev->lock);
	pciback_ops_resume(dev);
}

static void recovery_begin(struct pcistub_device *dev, pci_channel_state_t state)
{
	dev->link_reset = state == pci_channel_io_frozen;
	dev->reset_voted = false;
	dev->clean = false;
	/* The guest brings it up in this recovery. */
	if (dev->link_reset)
		dev->slept = false;
	dev->recovery_start = jiffies;
	dev->recovering = dev->owner && !dev->isolated;
	if (dev->recovering)
		mod_delayed_work(system_wq, &dev->timeout_work, pciback_recovery_timeout);
}

static pci_ers_result_t recovery_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	recovery_begin(dev, state);
	return recovery_query_guest(dev, RECOVERY_DETECTED, state, dev->link_reset);
}

static pci_ers_result_t recovery_mmio_enabled(struct pci_dev *pdev)
{
	return recovery_query_guest(pci_get_drvdata(pdev), RECOVERY_MMIO, pci_channel_io_normal,
				    false);
}

/*
 * Restores the function after a reset, which clears configuration space, including a
 * guest's vectors. Registers that a guest may write are written again by the guest, all
 * others by this driver. If the link was not reset, the PCI core may have reset nothing, but a
 * guest's driver that asked for a reset expects one, so the function is reset by FLR. Other
 * methods reset more than this function, or need pci_bus_sem, which the core holds.
 */
static bool recovery_restore_after_reset(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;
	bool answers;
	int err = 0;

	/* Keeps the guest's operations out until the function is restored. */
	pciback_ops_hold(dev);
	/*
	 * Also useful if the link was reset already: Xen learns from the write to COMMAND
	 * that the function does not decode.
	 */
	pciback_xen_reset_begins(pdev);
	if (!dev->link_reset && dev->reset_voted)
		err = pciback_reset_flr(pdev);
	if (err && err != -ENOTTY)
		dev_warn_ratelimited(&pdev->dev, "not reset after an error (%d)\n", err);
	pciback_config_restore(dev);
	if (!err)
		pciback_xen_reset_done(pdev);
	answers = pci_device_is_present(pdev);
	if (answers) {
		pciback_disable_dma(pdev);
		if (dev->isolated)
			recovery_disable_hw(pdev);
	}
	pciback_ops_resume(dev);
	return answers;
}

/*
 * The PCI core calls slot_reset() for all functions below a port if one driver wants a reset.
 * For an error after which the link works, whether it resets them depends on the kernel version.
 */
static bool recovery_was_reset(struct pcistub_device *dev)
{
	bool kept;

	if (dev->link_reset || dev->reset_voted)
		return true;
	pciback_ops_hold(dev);
	kept = pciback_config_is_kept(dev, true);
	pciback_ops_resume(dev);
	return !kept;
}

static pci_ers_result_t recovery_slot_reset(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);
	bool reset = recovery_was_reset(dev);

	if (!reset || recovery_restore_after_reset(dev))
		return recovery_query_guest(dev, RECOVERY_SLOT_RESET, pci_channel_io_normal,
					    reset);
	/* If its guest is losing it already, isolating is not needed. */
	if (dev->owner && !dev->isolated && !READ_ONCE(dev->detaching))
		recovery_isolate(dev, RECOVERY_SLOT_RESET,
				 "has a device that does not answer any more");
	return PCI_ERS_RESULT_DISCONNECT;
}

static void recovery_resume(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	dev->recovering = false;
	/* When the guest was isolated, the function may not have answered. */
	if (dev->isolated)
		recovery_disable_hw(pdev);
	recovery_query_guest(dev, RECOVERY_RESUME, pci_channel_io_normal, false);
}

/*
 * The function lost its state while the host slept, as in a reset of its link. Its guest is taken
 * through the same steps, so that its driver brings the function up again. A guest without a
 * frontend has a device model, which cannot be asked. One that does not answer is paused or
 * suspended, most likely: it is asked until it runs.
 */
static void recovery_after_sleep(struct pcistub_device *dev)
{
	pci_channel_state_t state = pci_channel_io_frozen;
	struct pciback_owner *owner = dev->owner;
	struct pci_dev *pdev = dev->pdev;
	int answer;

	if (!owner || dev->isolated || READ_ONCE(dev->detaching))
		return;
	answer = owner->ops->query_guest ?
		 owner->ops->query_guest(owner, dev, RECOVERY_DETECTED, state) : -ENOTCONN;
	switch (answer) {
	case -ECANCELED:
		return;
	case -ENOTCONN:
		pci_info(pdev, "domain %d has no frontend that could be told of the host's sleep\n",
			 owner->domid);
		return;
	case -ETIMEDOUT:
	case -EBUSY:
		dev->slept = true;
		mod_delayed_work(system_freezable_wq, &dev->timeout_work, pciback_recovery_retry);
		return;
	}
	recovery_begin(dev, state);
	recovery_take_answer(dev, RECOVERY_DETECTED, state, true, answer);
	if (!dev->isolated)
		recovery_slot_reset(pdev);
	recovery_resume(pdev);
}

/**
 * pciback_recovery_slept() - have the guest bring a function up after the host's sleep
 * @dev: a function that may have lost its state
 *
 * The guest is asked in a work item, when all tasks run again.
 *
 * Context: does not sleep. Caller holds device_lock().
 */
void pciback_recovery_slept(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	dev->slept = true;
	mod_delayed_work(system_freezable_wq, &dev->timeout_work, 0);
}

/*
 * Not called for an error, but when the PCI core resets the function for another reason, for
 * example because of a write to the function's sysfs file "reset".
 *
 * No pciback_xen_reset_begins() here: next the core saves COMMAND, to restore it after the
 * reset, and then turns decoding off itself, so Xen sees that. Turned off before, decoding
 * would stay off.
 */
static void recovery_reset_prepare(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	if (!dev)
		return;
	pciback_device_expect_detach(dev);
	/* Until recovery_reset_done(), which follows in any case. */
	pciback_ops_hold(dev);
}

/*
 * The end of such a reset, also of one that failed: the core does not say. The core has
 * restored the function.
 */
static void recovery_reset_done(struct pci_dev *pdev)
{
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	if (!dev)
		return;
	/* Its guest may have begun to detach, without waiting for this reset. */
	if (READ_ONCE(dev->detaching))
		pciback_disable_dma(pdev);
	pciback_xen_reset_done(pdev);
	pciback_ops_resume(dev);
}

const struct pci_error_handlers pciback_error_handlers = {
	.reset_prepare = recovery_reset_prepare,
	.reset_done = recovery_reset_done,
	.error_detected = recovery_error_detected,
	.mmio_enabled = recovery_mmio_enabled,
	.slot_reset = recovery_slot_reset,
	.resume = recovery_resume,
};
