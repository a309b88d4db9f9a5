// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Resetting a seized function: one method after the other, as its plan says,
 * until one works. Around each: everything that it hits is in D0, quiet and
 * saved before, and awaited, restored and looked at afterwards.
 *
 * A function whose methods all failed stays seized, is given to no guest, and
 * is tried again when somebody writes to do_flr. A function that has no method,
 * or none that may be used, is handed on as it is, as ever, but not in silence.
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
#include "reset/reset.h"
#include "reset/set.h"
#include "reset/step.h"

/*
 * How long functions may take to answer after a reset. The specifications
 * allow 1 s (PCIe r6.0 6.6.1); some disks need more than 2. Toolstacks wait
 * 10 s, in which there has to be time for a second method.
 */
unsigned int pciback_reset_wait_ms = 5000;

#define EXPLAIN_LEN	192

/**
 * struct reset_job - a reset being carried out
 * @dev: the function to be reset
 * @reason: the occasion
 * @owner: the guest that must have it, NULL if that does not matter
 * @have_target: the caller holds its device_lock() and keeps it
 * @set: all that is concerned
 * @plan: what to do
 * @together: locks of all that is concerned are held, not only the target's
 */
struct reset_job {
	struct pcistub_device *dev;
	enum reset_reason reason;
	const struct pciback_owner *owner;
	bool have_target;
	struct reset_set *set;
	struct reset_plan plan;
	bool together;
};

/* Is there still a reason to do it? Asked each time device_lock() was taken. */
static int job_is_wanted(const struct reset_job *reset_job)
{
	struct pcistub_device *dev = reset_job->dev;

	device_lock_assert(&dev->pdev->dev);
	if (reset_job->have_target)
		return 0;
	if (dev->removed || pci_dev_is_disconnected(dev->pdev))
		return -ENODEV;
	if (reset_job->owner && dev->owner != reset_job->owner)
		return -ENODEV;
	switch (reset_job->reason) {
	case RESET_FOR_ASSIGN:
		/* What is unusable stays so until somebody asks for another try. */
		return dev->owner ? -EBUSY : dev->reset.error;
	case RESET_FOR_DEASSIGN:
		return dev->detaching ? 0 : -ENODEV;
	case RESET_FOR_GUEST:
		return dev->detaching ? -ENODEV : 0;
	default:
		return 0;
	}
}

static void job_unlock(struct reset_job *reset_job)
{
	if (reset_job->together)
		pciback_reset_set_unlock(reset_job->set);
	else if (!reset_job->have_target)
		device_unlock(&reset_job->dev->pdev->dev);
	reset_job->together = false;
}

/* From the target's lock to those of all. On failure the target's is held again. */
static int job_lock_all(struct reset_job *reset_job)
{
	int err;

	if (reset_job->together)
		return 0;
	if (!reset_job->have_target)
		device_unlock(&reset_job->dev->pdev->dev);
	err = pciback_reset_set_lock(reset_job->set, &reset_job->plan, reset_job->have_target);
	reset_job->together = !err;
	if (err && !reset_job->have_target)
		device_lock(&reset_job->dev->pdev->dev);
	return err;
}

static int owner_domid(const struct pcistub_device *dev)
{
	return dev->owner ? dev->owner->domid : RESET_IDLE;
}

/*
 * May this step be taken? Then the locks that it needs are held. Others may
 * have come, gone or done the work while there was a moment without locks.
 */
static int job_lock_for_step(struct reset_job *reset_job, struct reset_step *step)
{
	bool shared = pciback_reset_step_is_shared(&reset_job->set->table, reset_job->set->target, step);
	int err;

	if (!shared)
		return 0;
	/* What a guest asks for is its own affair. */
	if (reset_job->reason == RESET_FOR_GUEST)
		return -EPERM;
	err = job_lock_all(reset_job);
	if (err) {
		step->denial = RESET_DENIED_REBINDING;
		step->blocker = RESET_NONE;
		return job_is_wanted(reset_job) ?: -EBUSY;
	}
	err = job_is_wanted(reset_job);
	if (err)
		return err;
	pciback_reset_step_check(&reset_job->set->table, reset_job->set->target, owner_domid(reset_job->dev), step);
	return step->denial ? -EBUSY : 0;
}

static void job_explain(struct reset_job *reset_job, const struct reset_step *step)
{
	struct pci_dev *pdev = reset_job->dev->pdev;
	char text[EXPLAIN_LEN];

	/* Not lock contention: that has no offender, and ends by itself. */
	if (step->denial == RESET_DENIED_REBINDING && step->blocker == RESET_NONE) {
		pci_info(pdev, "not reset: a function on its bus changes hands just now\n");
		return;
	}
	pciback_reset_step_explain(&reset_job->set->table, step, text, sizeof(text));
	if (reset_job->reason == RESET_FOR_REQUEST)
		pci_warn(pdev, "not reset: %s\n", text);
	else
		pci_info(pdev, "not reset, what a user left inside it stays there: %s\n", text);
}

/* Of the steps that were refused the one that came closest, NULL if none was. */
static const struct reset_step *job_best_denied(const struct reset_job *reset_job)
{
	const struct reset_step *found = NULL;
	int i;

	for (i = 0; i < reset_job->plan.nr; i++) {
		const struct reset_step *step = &reset_job->plan.step[i];

		if (step->denial && (!found || step->denial < found->denial))
			found = step;
	}
	return found;
}

/* Nothing could be tried: say why. */
static int job_give_up(struct reset_job *reset_job)
{
	const struct reset_step *step = job_best_denied(reset_job);
	int err = pciback_reset_plan_verdict(&reset_job->plan);

	if (!err)
		err = -EBUSY;
	/* Said and noted when it was last given back, and before that. */
	if (reset_job->reason == RESET_FOR_GUEST || (reset_job->reason == RESET_FOR_ASSIGN && err == -ENOTTY))
		return err;
	if (step)
		job_explain(reset_job, step);
	pciback_reset_note(reset_job->dev, reset_job->reason, RESET_METHODS, ktime_get(), err);
	return err;
}

static void job_report_failure(struct reset_job *reset_job, const struct reset_step *step, int err)
{
	dev_warn_ratelimited(&reset_job->dev->pdev->dev, "%s reset failed (%d)\n",
			     pciback_reset_method_name(step->method), err);
}

/* All steps, until one works. Caller holds the target's device_lock(). */
static int job_run_steps(struct reset_job *reset_job)
{
	bool tried = false;
	int i, err = 0;

	for (i = 0; i < reset_job->plan.nr; i++) {
		struct reset_step *step = &reset_job->plan.step[i];
		int ready;

		/* Who is being seized or handed back is worth a short wait. */
		if (step->denial && step->denial != RESET_DENIED_REBINDING)
			continue;
		ready = job_lock_for_step(reset_job, step);
		if (ready == -ENODEV)
			return -ENODEV;
		if (ready)
			continue;
		/* Somebody else's reset may have hit it in the meantime. */
		if (reset_job->dev->clean && reset_job->reason != RESET_FOR_GUEST)
			return 0;
		tried = true;
		err = pciback_reset_step_run(reset_job->set, step, reset_job->reason);
		if (!err)
			return 0;
		job_report_failure(reset_job, step, err);
	}
	if (!tried)
		return job_give_up(reset_job);
	/* What is left may only want somebody to get out of the way. */
	if (reset_job->reason != RESET_FOR_GUEST && job_best_denied(reset_job))
		job_explain(reset_job, job_best_denied(reset_job));
	return err;
}

/* What the outcome means for the target. */
static void job_settle(struct reset_job *reset_job, int err)
{
	struct pcistub_device *dev = reset_job->dev;

	if (!err) {
		/* As it was then: a guest that goes now has left its registers there. */
		dev->clean = !reset_job->set->member[reset_job->set->target].live;
		pciback_reset_set_error(dev, 0);
	} else if (err != -ENOTTY && err != -EBUSY && err != -ENOMEM && err != -ENOSPC &&
		   reset_job->reason != RESET_FOR_GUEST && !pci_dev_is_disconnected(dev->pdev)) {
		pciback_reset_set_error(dev, err);
		pci_err(dev->pdev,
			"unusable: no reset worked (%d); no guest gets it until one does: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
			err, pci_name(dev->pdev));
	}
}

/* For a function that no reset could put right: at least its registers. */
static void restore_without_reset(struct pcistub_device *dev, enum reset_reason reason)
{
	struct pci_dev *pdev = dev->pdev;

	/* Nobody touched them since it was given back. */
	if (reason == RESET_FOR_ASSIGN)
		return;
	if (pci_dev_is_disconnected(pdev) || pciback_reset_is_live(dev) || !pciback_reset_answers(pdev))
		return;
	pci_set_power_state(pdev, PCI_D0);
	pciback_reset_disable_msi(pdev);
	pciback_config_restore(dev);
	pciback_disable_dma(pdev);
	/* It asserts a line of the host's, and no guest serves it. */
	if (dev->irq.masked)
		pciback_intx_mask(dev);
}

/**
 * pciback_reset() - bring a function back to its power-on state
 * @dev: the function
 * @reason: the occasion
 * @owner: the guest that has to have it for this to make sense, or NULL
 * @locked: the caller holds device_lock() of the function, as probe() and
 *	remove() do, and no other
 *
 * Afterwards configuration space is as it was at seizure, or, if a guest goes
 * on using the function, as it was just before. A function that is clean is
 * not reset again. Tries every method of the plan that is allowed. Each is
 * bounded: pciback_reset_wait_ms for the function to answer, and what
 * pciback_reset_method_run() says.
 *
 * Context: sleeps, 100 ms and more. Unless @locked, caller holds neither a
 * device_lock() nor a record's lock.
 * Return: 0; -ENOTTY: there is no way to reset it; -EBUSY: there is, but others
 * would be hit, or it changes hands; -ENODEV: gone, or does not answer;
 * -ETIMEDOUT: did not come back; -ENXIO, -EIO: came back as something else;
 * -ENOMEM, -ENOSPC: nothing was done.
 */
int pciback_reset(struct pcistub_device *dev, enum reset_reason reason,
		  const struct pciback_owner *owner, bool locked)
{
	struct reset_job reset_job = { .dev = dev, .reason = reason, .owner = owner, .have_target = locked };
	int err;

	if (!locked)
		device_lock(&dev->pdev->dev);
	device_lock_assert(&dev->pdev->dev);
	err = job_is_wanted(&reset_job);
	if (err || (dev->clean && reason != RESET_FOR_GUEST))
		goto unlock;
	if (pci_dev_is_disconnected(dev->pdev)) {
		err = -ENODEV;
		goto unlock;
	}

	if (reason == RESET_FOR_REQUEST)
		pciback_device_expect_detach(dev);
	reset_job.set = pciback_reset_set_get(dev);
	if (IS_ERR(reset_job.set)) {
		err = PTR_ERR(reset_job.set);
		reset_job.set = NULL;
		goto restore;
	}
	pciback_reset_plan_make(&reset_job.set->table, reset_job.set->target, owner_domid(dev), &reset_job.plan);
	err = job_run_steps(&reset_job);
	/* A moment without locks, and another owns it now: nothing to settle. */
	if (err == -ENODEV && job_is_wanted(&reset_job))
		goto unlock;
	job_settle(&reset_job, err);
restore:
	if (err)
		restore_without_reset(dev, reason);
unlock:
	job_unlock(&reset_job);
	if (reset_job.set)
		pciback_reset_set_put(reset_job.set);
	return err;
}

/**
 * pciback_reset_show_plan() - print how a function would be reset now
 * @dev: the function, which cannot be unbound meanwhile
 * @buf: a page
 *
 * One line for each method, in the order of trying.
 *
 * Context: may sleep.
 * Return: length of the text, or -errno.
 */
int pciback_reset_show_plan(struct pcistub_device *dev, char *buf)
{
	struct reset_set *set = pciback_reset_set_get(dev);
	struct reset_plan plan;
	int i, j, len = 0;

	if (IS_ERR(set))
		return PTR_ERR(set);
	pciback_reset_plan_make(&set->table, set->target, set->table.node[set->target].owner, &plan);
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
