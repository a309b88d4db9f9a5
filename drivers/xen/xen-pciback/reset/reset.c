// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Resets a seized function: tries the methods of its plan one after the other until
 * one works.
 *
 * A function whose methods all failed stays seized. No guest gets it until a write
 * to do_flr resets it successfully. For a function that has no method, or none that is
 * allowed now, reset/permit.c decides which guest gets it.
 *
 * This file works on the record of the function and takes device_lock() of all
 * functions that a method resets. Registers are accessed in reset/step.c and
 * reset/method.c, except in device_restore_without_reset().
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <pciback/reset_plan.h>
#include "irq/irq.h"
#include "record/record.h"
#include "record/reset_history.h"
#include "record/saved_config.h"
#include "reset/method.h"
#include "reset/power.h"
#include "reset/reset.h"
#include "reset/set.h"
#include "reset/step.h"

/*
 * How long functions may take to answer after a reset, in milliseconds. The
 * specifications allow 1 s (PCIe r6.0 6.6.1); some disks need more than 2 s.
 * Toolstacks wait 10 s, which must be enough for a second method.
 */
unsigned int pciback_reset_wait_ms = 5000;

#define EXPLAIN_LEN	192

/**
 * struct reset_job - a reset being carried out
 * @dev: the function to be reset
 * @reason: why it is reset
 * @owner: the guest that must own the function, or NULL: any guest or none
 * @target_locked: the caller holds device_lock() of the function during the whole job
 * @set: all functions and bridges that the reset may affect
 * @plan: the methods, in the order to try them
 * @all_locked: device_lock() of all functions that the plan may reset is held, not
 *	only that of the target
 *
 * On the stack of one task; needs no lock.
 */
struct reset_job {
	struct pcistub_device *dev;
	enum reset_reason reason;
	const struct pciback_owner *owner;
	bool target_locked;
	struct reset_set *set;
	struct reset_plan plan;
	bool all_locked;
};

/*
 * Whether the reset is still needed and possible. The record may have changed
 * whenever device_lock() was not held, so this is called each time it was taken.
 */
static int job_check(const struct reset_job *job)
{
	struct pcistub_device *dev = job->dev;

	device_lock_assert(&dev->pdev->dev);
	if (job->target_locked)
		return 0;
	if (dev->removed || pci_dev_is_disconnected(dev->pdev))
		return -ENODEV;
	if (job->owner && dev->owner != job->owner)
		return -ENODEV;
	switch (job->reason) {
	case RESET_FOR_ASSIGN:
		/* An unusable function is not tried again here, only on a write to do_flr. */
		return dev->owner ? -EBUSY : dev->reset.error;
	case RESET_FOR_DEASSIGN:
		return dev->detaching ? 0 : -ENODEV;
	case RESET_FOR_GUEST:
		/* Error recovery may have reset it while this task waited for the lock. */
		return dev->detaching || !READ_ONCE(dev->reset_wanted) ? -ENODEV : 0;
	default:
		return 0;
	}
}

/*
 * Whether the function is reset even if it is clean. A request of its guest concerns what
 * the guest itself did. A write to do_flr may come from a toolstack that assigns functions
 * without a backend (xenopsd does so for HVM guests): then this driver does not know of the
 * guest, and the function only seems to be clean.
 */
static bool job_includes_clean(const struct reset_job *job)
{
	return job->reason == RESET_FOR_GUEST || job->reason == RESET_FOR_REQUEST;
}

static void job_unlock(struct reset_job *job)
{
	if (job->all_locked)
		pciback_reset_set_unlock(job->set);
	else if (!job->target_locked)
		device_unlock(&job->dev->pdev->dev);
	job->all_locked = false;
}

/*
 * Replaces device_lock() of the target by those of all functions that the plan may
 * reset. On failure only that of the target is held again.
 */
static int job_lock_all(struct reset_job *job)
{
	int err;

	if (job->all_locked)
		return 0;
	if (!job->target_locked)
		device_unlock(&job->dev->pdev->dev);
	err = pciback_reset_set_lock(job->set, &job->plan, job->target_locked);
	job->all_locked = !err;
	if (err && !job->target_locked)
		device_lock(&job->dev->pdev->dev);
	return err;
}

static int owner_domid(const struct pcistub_device *dev)
{
	return dev->owner ? dev->owner->domid : RESET_IDLE;
}

/*
 * Takes the locks that a step needs, and checks whether it is allowed. While no lock
 * was held, functions may have appeared or disappeared, or changed their owner, and
 * another task may have reset the target.
 */
static int job_lock_for_step(struct reset_job *job, struct reset_step *step)
{
	bool shared = pciback_reset_step_is_shared(&job->set->table, job->set->target, step);
	int err;

	if (!shared)
		return 0;
	/* A guest must not cause a reset of other functions. */
	if (job->reason == RESET_FOR_GUEST)
		return -EPERM;
	err = job_lock_all(job);
	if (err) {
		step->denial = RESET_DENIED_REBINDING;
		step->blocker = RESET_NONE;
		return job_check(job) ?: -EBUSY;
	}
	err = job_check(job);
	if (err)
		return err;
	pciback_reset_step_check(&job->set->table, job->set->target, owner_domid(job->dev), step);
	return step->denial ? -EBUSY : 0;
}

static void job_explain(struct reset_job *job, const struct reset_step *step)
{
	struct pci_dev *pdev = job->dev->pdev;
	char text[EXPLAIN_LEN];

	/* A lock could not be taken. This has no blocker, and ends by itself. */
	if (step->denial == RESET_DENIED_REBINDING && step->blocker == RESET_NONE) {
		pci_info(pdev, "not reset: a function on its bus is being bound, unbound or reset just now; try again\n");
		return;
	}
	pciback_reset_step_explain(&job->set->table, step, text, sizeof(text));
	if (job->reason == RESET_FOR_REQUEST)
		pci_warn(pdev, "not reset: %s\n", text);
	else
		pci_info(pdev, "not reset, what a user left inside it stays there: %s\n", text);
}

/*
 * The step whose denial comes first in enum reset_denial, which is the one that is
 * easiest to remedy. NULL if all steps are allowed.
 */
static const struct reset_step *job_closest_denial(const struct reset_job *job)
{
	const struct reset_step *found = NULL;
	int i;

	for (i = 0; i < job->plan.nr; i++) {
		const struct reset_step *step = &job->plan.step[i];

		if (step->denial && (!found || step->denial < found->denial))
			found = step;
	}
	return found;
}

/* Logs and records that no method could be tried, and why. */
static int job_report_untried(struct reset_job *job)
{
	const struct reset_step *step = job_closest_denial(job);
	int err = pciback_reset_plan_verdict(&job->plan);

	if (!err)
		err = -EBUSY;
	/*
	 * A guest can ask for resets without a limit. Before assigning, a function
	 * without any method was logged and recorded already when it was seized or
	 * last deassigned.
	 */
	if (job->reason == RESET_FOR_GUEST || (job->reason == RESET_FOR_ASSIGN && err == -ENOTTY))
		return err;
	if (step)
		job_explain(job, step);
	pciback_reset_note(job->dev, job->reason, RESET_METHODS, ktime_get(), err);
	return err;
}

static void job_report_failure(struct reset_job *job, const struct reset_step *step, int err)
{
	dev_warn_ratelimited(&job->dev->pdev->dev, "%s reset failed (%d)\n",
			     pciback_reset_method_name(step->method), err);
}

/* Tries the steps of the plan until one works. Caller holds device_lock() of the target. */
static int job_run_steps(struct reset_job *job)
{
	bool tried = false;
	int i, err = 0;

	for (i = 0; i < job->plan.nr; i++) {
		struct reset_step *step = &job->plan.step[i];
		int lock_err;

		/*
		 * A function that is being seized or released soon is not any more, so
		 * waiting for its lock may help. Every other denial is final.
		 */
		if (step->denial && step->denial != RESET_DENIED_REBINDING)
			continue;
		lock_err = job_lock_for_step(job, step);
		if (lock_err == -ENODEV)
			return -ENODEV;
		if (lock_err)
			continue;
		/* Another task's reset may have included the target in the meantime. */
		if (job->dev->clean && !job_includes_clean(job))
			return 0;
		tried = true;
		err = pciback_reset_step_run(job->set, step, job->reason);
		if (!err)
			return 0;
		job_report_failure(job, step, err);
	}
	if (!tried)
		return job_report_untried(job);
	/* A method that is not allowed might work: log what would allow it. */
	if (job->reason != RESET_FOR_GUEST && job_closest_denial(job))
		job_explain(job, job_closest_denial(job));
	return err;
}

/* Records what the result means for the target. */
static void job_record_result(struct reset_job *job, int err)
{
	struct pcistub_device *dev = job->dev;

	if (!err) {
		/*
		 * @in_use is from before the reset. If the guest began to detach meanwhile, the
		 * guest's configuration space was restored, so the function is not clean.
		 */
		dev->clean = !job->set->member[job->set->target].in_use &&
			     !READ_ONCE(dev->op_running);
		pciback_reset_set_error(dev, 0);
	} else if (err != -ENOTTY && err != -EBUSY && err != -ENOMEM && err != -ENOSPC &&
		   job->reason != RESET_FOR_GUEST && !pci_dev_is_disconnected(dev->pdev)) {
		/* It may have been clean before a request. */
		dev->clean = false;
		pciback_reset_set_error(dev, err);
		pci_err(dev->pdev,
			"unusable: no reset worked (%d); no guest gets it until one does: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
			err, pci_name(dev->pdev));
	}
}

/* Restores at least configuration space of a function that could not be reset. */
static void device_restore_without_reset(struct pcistub_device *dev, enum reset_reason reason)
{
	struct pci_dev *pdev = dev->pdev;

	/* Nothing has changed in it since it was deassigned. */
	if (reason == RESET_FOR_ASSIGN)
		return;
	if (pci_dev_is_disconnected(pdev) || pciback_reset_in_use(dev) ||
	    !pciback_reset_answers(pdev))
		return;
	pciback_power_set(pdev, PCI_D0, NULL, NULL);
	pciback_reset_disable_msi(pdev);
	pciback_config_restore(dev);
	pciback_disable_dma(pdev);
	/*
	 * It may still assert an INTx line that host devices share, and no guest
	 * serves that interrupt.
	 */
	if (dev->irq.masked)
		pciback_intx_mask(dev);
}

/**
 * pciback_reset() - reset a function, unless that is not needed
 * @dev: the function
 * @reason: why it is reset
 * @owner: do nothing unless this guest owns the function; NULL: any guest or none
 * @locked: the caller holds device_lock() of the function, as probe() and
 *	remove() do, and no other
 *
 * Tries every method of the plan that is allowed, until one works. Each waits at
 * most pciback_reset_wait_ms for the function to answer, and what
 * pciback_reset_method_run() says. Afterwards configuration space is as it was at
 * seizure, or, if a guest goes on using the function, as it was before the reset.
 * A function that is clean is not reset again, except on a request of its guest
 * (RESET_FOR_GUEST) or of the administrator or toolstack (RESET_FOR_REQUEST).
 *
 * Context: sleeps, 100 ms and more. Takes device_lock() of every function that is
 * reset, and the record's lock. Unless @locked, caller holds neither a
 * device_lock() nor a record's lock.
 * Return: 0; -ENOTTY: there is no way to reset the function; -EBUSY: there is, but
 * it would reset functions that others own, or a lock could not be taken; -ENODEV:
 * the function was removed, or does not answer, or has another owner; -ETIMEDOUT:
 * it did not answer after the reset; -ENXIO: another device answered; -EIO: it lost
 * its BARs, or the link of its slot did not come up; -ENOMEM, -ENOSPC: nothing was
 * done.
 */
int pciback_reset(struct pcistub_device *dev, enum reset_reason reason,
		  const struct pciback_owner *owner, bool locked)
{
	struct reset_job job = {
		.dev = dev,
		.reason = reason,
		.owner = owner,
		.target_locked = locked,
	};
	int err;

	if (!locked)
		device_lock(&dev->pdev->dev);
	device_lock_assert(&dev->pdev->dev);
	err = job_check(&job);
	if (err || (dev->clean && !job_includes_clean(&job)))
		goto unlock;
	if (pci_dev_is_disconnected(dev->pdev)) {
		err = -ENODEV;
		goto unlock;
	}

	job.set = pciback_reset_set_get(dev);
	if (IS_ERR(job.set)) {
		err = PTR_ERR(job.set);
		job.set = NULL;
		goto restore;
	}
	pciback_reset_plan_make(&job.set->table, job.set->target, owner_domid(dev), &job.plan);
	err = job_run_steps(&job);
	/* Its owner changed while no lock was held: the result says nothing about it. */
	if (err == -ENODEV && job_check(&job))
		goto unlock;
	job_record_result(&job, err);
restore:
	if (err)
		device_restore_without_reset(dev, reason);
unlock:
	job_unlock(&job);
	if (job.set)
		pciback_reset_set_put(job.set);
	return err;
}

/**
 * pciback_reset_show_plan() - print how a function would be reset now
 * @dev: the function; the caller keeps it from being unbound
 * @buf: a page
 *
 * One line for each method, in the order in which they are tried.
 *
 * Context: may sleep. Takes the records' locks, and tries device_lock().
 * Return: length of the text in bytes, or -ENOMEM, -ENOSPC as
 * pciback_reset_set_get().
 */
int pciback_reset_show_plan(struct pcistub_device *dev, char *buf)
{
	struct reset_set *set = pciback_reset_set_get(dev);
	struct reset_plan plan;
	int i, j, len = 0;

	if (IS_ERR(set))
		return PTR_ERR(set);
	pciback_reset_plan_make(&set->table, set->target, set->table.node[set->target].owner,
				&plan);
	for (i = 0; i < plan.nr; i++) {
		const struct reset_step *step = &plan.step[i];

		len += sysfs_emit_at(buf, len,
				     "method %s verdict %s bridge %s blocker %s functions",
				     pciback_reset_method_name(step->method),
				     pciback_reset_denial_name(step->denial),
				     step->bridge == RESET_NONE ? "-" :
				     pci_name(set->member[step->bridge].pdev),
				     step->blocker == RESET_NONE ? "-" :
				     pci_name(set->member[step->blocker].pdev));
		for (j = 0; j < set->table.nr; j++)
			if (pciback_reset_step_affects(&set->table, set->target, step, j))
				len += sysfs_emit_at(buf, len, " %s",
						     pci_name(set->member[j].pdev));
		len += sysfs_emit_at(buf, len, "\n");
	}
	pciback_reset_set_put(set);
	return len;
}
