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
 * struct job - a reset being carried out
 * @dev: the function to be reset
 * @why: the occasion
 * @holder: the guest that must have it, NULL if that does not matter
 * @have_target: the caller holds its device_lock() and keeps it
 * @set: all that is concerned
 * @plan: what to do
 * @together: locks of all that is concerned are held, not only the target's
 */
struct job {
	struct pciback_device *dev;
	enum reset_why why;
	const struct pciback_holder *holder;
	bool have_target;
	struct reset_set *set;
	struct reset_plan plan;
	bool together;
};

/* Is there still a reason to do it? Asked each time device_lock() was taken. */
static int still_wanted(const struct job *job)
{
	struct pciback_device *dev = job->dev;

	device_lock_assert(&dev->pdev->dev);
	if (job->have_target)
		return 0;
	if (dev->gone || pci_dev_is_disconnected(dev->pdev))
		return -ENODEV;
	if (job->holder && dev->holder != job->holder)
		return -ENODEV;
	switch (job->why) {
	case RESET_AT_HAND_OVER:
		/* What is unusable stays so until somebody asks for another try. */
		return dev->holder ? -EBUSY : dev->reset.error;
	case RESET_AT_HAND_BACK:
		return dev->leaving ? 0 : -ENODEV;
	case RESET_BY_ITS_GUEST:
		return dev->leaving ? -ENODEV : 0;
	default:
		return 0;
	}
}

static void unlock_all(struct job *job)
{
	if (job->together)
		reset_set_unlock(job->set);
	else if (!job->have_target)
		device_unlock(&job->dev->pdev->dev);
	job->together = false;
}

/* From the target's lock to those of all. On failure the target's is held again. */
static int lock_together(struct job *job)
{
	int err;

	if (job->together)
		return 0;
	if (!job->have_target)
		device_unlock(&job->dev->pdev->dev);
	err = reset_set_lock(job->set, &job->plan, job->have_target);
	job->together = !err;
	if (err && !job->have_target)
		device_lock(&job->dev->pdev->dev);
	return err;
}

static int holder_of(const struct pciback_device *dev)
{
	return dev->holder ? dev->holder->domid : RESET_IDLE;
}

/*
 * May this step be taken? Then the locks that it needs are held. Others may
 * have come, gone or done the work while there was a moment without locks.
 */
static int get_ready(struct job *job, struct reset_step *step)
{
	bool shared = reset_step_is_shared(&job->set->table, job->set->target, step);
	int err;

	if (!shared)
		return 0;
	/* What a guest asks for is its own affair. */
	if (job->why == RESET_BY_ITS_GUEST)
		return -EPERM;
	err = lock_together(job);
	if (err) {
		step->refusal = RESET_BY_CHANGE;
		step->offender = RESET_NONE;
		return still_wanted(job) ?: -EBUSY;
	}
	err = still_wanted(job);
	if (err)
		return err;
	reset_step_judge(&job->set->table, job->set->target, holder_of(job->dev), step);
	return step->refusal ? -EBUSY : 0;
}

static void explain(struct job *job, const struct reset_step *step)
{
	struct pci_dev *pdev = job->dev->pdev;
	char text[EXPLAIN_LEN];

	/* Not lock contention: that has no offender, and ends by itself. */
	if (step->refusal == RESET_BY_CHANGE && step->offender == RESET_NONE) {
		pci_info(pdev, "not reset: a function on its bus changes hands just now\n");
		return;
	}
	reset_step_explain(&job->set->table, step, text, sizeof(text));
	if (job->why == RESET_ON_REQUEST)
		pci_warn(pdev, "not reset: %s\n", text);
	else
		pci_info(pdev, "not reset, what a user left inside it stays there: %s\n", text);
}

/* Of the steps that were refused the one that came closest, NULL if none was. */
static const struct reset_step *closest(const struct job *job)
{
	const struct reset_step *found = NULL;
	int i;

	for (i = 0; i < job->plan.nr; i++) {
		const struct reset_step *step = &job->plan.step[i];

		if (step->refusal && (!found || step->refusal < found->refusal))
			found = step;
	}
	return found;
}

/* Nothing could be tried: say why. */
static int give_up(struct job *job)
{
	const struct reset_step *step = closest(job);
	int err = reset_plan_verdict(&job->plan);

	if (!err)
		err = -EBUSY;
	/* Said and noted when it was last given back, and before that. */
	if (job->why == RESET_BY_ITS_GUEST || (job->why == RESET_AT_HAND_OVER && err == -ENOTTY))
		return err;
	if (step)
		explain(job, step);
	remember(job->dev, job->why, RESET_METHODS, ktime_get(), err);
	return err;
}

static void complain(struct job *job, const struct reset_step *step, int err)
{
	dev_warn_ratelimited(&job->dev->pdev->dev, "%s reset failed (%d)\n",
			     reset_method_name(step->method), err);
}

/* All steps, until one works. Caller holds the target's device_lock(). */
static int take_steps(struct job *job)
{
	bool tried = false;
	int i, err = 0;

	for (i = 0; i < job->plan.nr; i++) {
		struct reset_step *step = &job->plan.step[i];
		int ready;

		/* Who is being seized or handed back is worth a short wait. */
		if (step->refusal && step->refusal != RESET_BY_CHANGE)
			continue;
		ready = get_ready(job, step);
		if (ready == -ENODEV)
			return -ENODEV;
		if (ready)
			continue;
		/* Somebody else's reset may have hit it in the meantime. */
		if (job->dev->clean && job->why != RESET_BY_ITS_GUEST)
			return 0;
		tried = true;
		err = take_step(job->set, step, job->why);
		if (!err)
			return 0;
		complain(job, step, err);
	}
	if (!tried)
		return give_up(job);
	/* What is left may only want somebody to get out of the way. */
	if (job->why != RESET_BY_ITS_GUEST && closest(job))
		explain(job, closest(job));
	return err;
}

/* What the outcome means for the target. */
static void settle(struct job *job, int err)
{
	struct pciback_device *dev = job->dev;

	if (!err) {
		/* As it was then: a guest that goes now has left its registers there. */
		dev->clean = !job->set->member[job->set->target].live;
		set_error(dev, 0);
	} else if (err != -ENOTTY && err != -EBUSY && err != -ENOMEM && err != -ENOSPC &&
		   job->why != RESET_BY_ITS_GUEST && !pci_dev_is_disconnected(dev->pdev)) {
		set_error(dev, err);
		pci_err(dev->pdev,
			"unusable: no reset worked (%d); no guest gets it until one does: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
			err, pci_name(dev->pdev));
	}
}

/* For a function that no reset could put right: at least its registers. */
static void restore_only(struct pciback_device *dev, enum reset_why why)
{
	struct pci_dev *pdev = dev->pdev;

	/* Nobody touched them since it was given back. */
	if (why == RESET_AT_HAND_OVER)
		return;
	if (pci_dev_is_disconnected(pdev) || is_live(dev) || !reset_answers(pdev))
		return;
	pci_set_power_state(pdev, PCI_D0);
	msi_off(pdev);
	pciback_config_restore(dev);
	pciback_quiet(pdev);
	/* It asserts a line of the host's, and no guest serves it. */
	if (dev->irq.silenced)
		pciback_intx_silence(dev);
}

/**
 * pciback_reset() - bring a function back to its power-on state
 * @dev: the function
 * @why: the occasion
 * @holder: the guest that has to have it for this to make sense, or NULL
 * @locked: the caller holds device_lock() of the function, as probe() and
 *	remove() do, and no other
 *
 * Afterwards configuration space is as it was at seizure, or, if a guest goes
 * on using the function, as it was just before. A function that is clean is
 * not reset again. Tries every method of the plan that is allowed. Each is
 * bounded: pciback_reset_wait_ms for the function to answer, and what
 * reset_method_run() says.
 *
 * Context: sleeps, 100 ms and more. Unless @locked, caller holds neither a
 * device_lock() nor a record's lock.
 * Return: 0; -ENOTTY: there is no way to reset it; -EBUSY: there is, but others
 * would be hit, or it changes hands; -ENODEV: gone, or does not answer;
 * -ETIMEDOUT: did not come back; -ENXIO, -EIO: came back as something else;
 * -ENOMEM, -ENOSPC: nothing was done.
 */
int pciback_reset(struct pciback_device *dev, enum reset_why why,
		  const struct pciback_holder *holder, bool locked)
{
	struct job job = { .dev = dev, .why = why, .holder = holder, .have_target = locked };
	int err;

	if (!locked)
		device_lock(&dev->pdev->dev);
	device_lock_assert(&dev->pdev->dev);
	err = still_wanted(&job);
	if (err || (dev->clean && why != RESET_BY_ITS_GUEST))
		goto unlock;
	if (pci_dev_is_disconnected(dev->pdev)) {
		err = -ENODEV;
		goto unlock;
	}

	if (why == RESET_ON_REQUEST)
		pciback_device_reset_ahead(dev);
	job.set = reset_set_get(dev);
	if (IS_ERR(job.set)) {
		err = PTR_ERR(job.set);
		job.set = NULL;
		goto restore;
	}
	reset_plan_make(&job.set->table, job.set->target, holder_of(dev), &job.plan);
	err = take_steps(&job);
	/* A moment without locks, and another owns it now: nothing to settle. */
	if (err == -ENODEV && still_wanted(&job))
		goto unlock;
	settle(&job, err);
restore:
	if (err)
		restore_only(dev, why);
unlock:
	unlock_all(&job);
	if (job.set)
		reset_set_put(job.set);
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
int pciback_reset_show_plan(struct pciback_device *dev, char *buf)
{
	struct reset_set *set = reset_set_get(dev);
	struct reset_plan plan;
	int i, j, len = 0;

	if (IS_ERR(set))
		return PTR_ERR(set);
	reset_plan_make(&set->table, set->target, set->table.node[set->target].holder, &plan);
	for (i = 0; i < plan.nr; i++) {
		const struct reset_step *step = &plan.step[i];

		len += sysfs_emit_at(buf, len,
				     "method %s verdict %s bridge %s offender %s functions",
				     reset_method_name(step->method),
				     reset_refusal_name(step->refusal),
				     step->bridge == RESET_NONE ? "-" :
				     pci_name(set->member[step->bridge].pdev),
				     step->offender == RESET_NONE ? "-" :
				     pci_name(set->member[step->offender].pdev));
		for (j = 0; j < set->table.nr; j++)
			if (reset_step_affects(&set->table, set->target, step, j))
				len += sysfs_emit_at(buf, len, " %s",
						     pci_name(set->member[j].pdev));
		len += sysfs_emit_at(buf, len, "\n");
	}
	reset_set_put(set);
	return len;
}
