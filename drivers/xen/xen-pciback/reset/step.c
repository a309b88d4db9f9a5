// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * One method of reset, from start to end: everything that it hits is put into D0,
 * made quiet and saved before; awaited, restored and checked afterwards.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/timekeeping.h>
#include "record/record.h"
#include "record/saved_config.h"
#include "reset/history.h"
#include "reset/method.h"
#include "reset/reset.h"
#include "reset/step.h"
#include "trace/events.h"
#include "xen/hypercall.h"

/**
 * pciback_reset_note() - note a reset in a function's history, its counters and the trace
 * @dev: the function
 * @reason: the occasion
 * @method: by which method; RESET_METHODS: none could be tried
 * @start: when it began
 * @result: 0 or -errno
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_reset_note(struct pcistub_device *dev, enum reset_reason reason, enum reset_method method,
		     ktime_t start, int result)
{
	struct reset_event event = {
		.when = ktime_get_real_seconds(),
		.ms = ktime_ms_delta(ktime_get(), start),
		.result = result,
		.domid = dev->owner ? dev->owner->domid : RESET_IDLE,
		.method = method,
		.reason = reason,
	};

	mutex_lock(&dev->lock);
	pciback_reset_history_add(&dev->reset.history, &event);
	mutex_unlock(&dev->lock);
	pciback_trace_reset(dev, reason, ktime_to_ns(start), result);
}

/**
 * pciback_reset_set_error() - say whether a function is usable
 * @dev: the function
 * @err: why no reset worked; 0: it is usable
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_reset_set_error(struct pcistub_device *dev, int err)
{
	mutex_lock(&dev->lock);
	dev->reset.error = err;
	mutex_unlock(&dev->lock);
}

/**
 * pciback_reset_is_live() - does a guest go on using a function while it is reset?
 * @dev: its record, or NULL
 *
 * A guest that closes, or that has closed, is not disturbed by anything.
 *
 * Context: caller holds device_lock().
 */
bool pciback_reset_is_live(const struct pcistub_device *dev)
{
	return dev && dev->owner && !dev->detaching;
}

/**
 * pciback_reset_disable_msi() - disable message signalled interrupts that the PCI core does not know of
 * @pdev: the function
 *
 * Context: caller holds device_lock().
 */
void pciback_reset_disable_msi(struct pci_dev *pdev)
{
	u16 flags;

	if (pdev->msi_cap && !pdev->msi_enabled) {
		pci_read_config_word(pdev, pdev->msi_cap + PCI_MSI_FLAGS, &flags);
		if (flags & PCI_MSI_FLAGS_ENABLE)
			pci_write_config_word(pdev, pdev->msi_cap + PCI_MSI_FLAGS,
					      flags & ~PCI_MSI_FLAGS_ENABLE);
	}
	if (pdev->msix_cap && !pdev->msix_enabled) {
		pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, &flags);
		if (flags & PCI_MSIX_FLAGS_ENABLE)
			pci_write_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS,
					      flags & ~PCI_MSIX_FLAGS_ENABLE);
	}
}

static void member_prepare(struct reset_set *set, int i)
{
	struct reset_member *member = &set->member[i];
	struct pci_dev *pdev = member->pdev;
	int err;
	u32 id;

	member->live = pciback_reset_is_live(member->dev);
	member->saved = false;
	/* No operation of its guest comes in between. */
	if (member->live)
		mutex_lock_nest_lock(&member->dev->lock, &set->nest);
	/* Nor does somebody in user space. */
	pci_cfg_access_lock(pdev);
	if (pci_dev_is_disconnected(pdev))
		return;

	err = pci_set_power_state(pdev, PCI_D0);
	if (err)
		dev_warn_ratelimited(&pdev->dev, "not in D0 before its reset (%d)\n", err);
	member->id = pdev->vendor | pdev->device << 16;
	id = pciback_reset_identity(pdev);
	if (PCI_POSSIBLE_ERROR(id))
		return;
	/* What it said first counts: later it may be another device already. */
	if (member->dev && !member->dev->reset.id)
		member->dev->reset.id = id;
	member->id = member->dev ? member->dev->reset.id : id;
	if (member->live || !member->dev)
		member->saved = !pci_save_state(pdev);
	if (pciback_reset_is_bridge(&set->table.node[i]))
		return;
	if (!member->live)
		pciback_reset_disable_msi(pdev);
	/* Not for FLR alone: a transfer on its way would hit a function in reset. */
	pci_clear_master(pdev);
	if (!pci_wait_for_pending_transaction(pdev))
		dev_warn_ratelimited(&pdev->dev, "transactions still pending; resetting it anyway\n");
	pciback_xen_reset_begins(pdev);
}

static void member_finish(struct reset_set *set, int i)
{
	struct reset_member *member = &set->member[i];
	struct pci_dev *pdev = member->pdev;

	if (!pci_dev_is_disconnected(pdev) && pciback_reset_answers(pdev)) {
		if (!member->err)
			pciback_xen_reset_done(pdev);
		if (member->saved) {
			pci_restore_state(pdev);
		} else if (member->dev) {
			pciback_config_restore(member->dev);
			pciback_disable_dma(pdev);
			if (!member->err)
				member->err = pciback_config_check(member->dev);
		}
	}
	pci_cfg_access_unlock(pdev);
	if (member->live)
		mutex_unlock(&member->dev->lock);
}

/* What a reset did to the others that it hit. */
static void neighbour_settle(struct reset_member *member, enum reset_method method,
			     ktime_t start)
{
	struct pcistub_device *dev = member->dev;

	if (!dev) {
		if (member->err)
			pci_err(member->pdev, "does not come back from a %s reset (%d)\n",
				pciback_reset_method_name(method), member->err);
		return;
	}
	pciback_reset_note(dev, RESET_FOR_NEIGHBOUR, method, start, member->err);
	pciback_reset_set_error(dev, member->err);
	dev->clean = !member->err && !member->live;
	if (member->err)
		pci_err(member->pdev, "unusable: does not come back from a %s reset (%d)\n",
			pciback_reset_method_name(method), member->err);
}

/**
 * pciback_reset_step_run() - carry out one method of reset, from start to end
 * @set: all that is concerned; locks of all that the step hits are held
 * @step: the method
 * @reason: the occasion
 *
 * Context: sleeps, as pciback_reset_method_run() says and pciback_reset_wait_ms more.
 * Return: 0 or -errno, for the target.
 */
int pciback_reset_step_run(struct reset_set *set, const struct reset_step *step, enum reset_reason reason)
{
	struct reset_member *target = &set->member[set->target];
	struct pci_dev *bridge = NULL;
	ktime_t start = ktime_get();
	unsigned long deadline;
	int i, err;

	if (step->bridge != RESET_NONE)
		bridge = set->member[step->bridge].pdev;
	mutex_lock(&set->nest);
	for (i = 0; i < set->table.nr; i++)
		if (pciback_reset_step_affects(&set->table, set->target, step, i))
			member_prepare(set, i);

	if (bridge)
		pci_cfg_access_lock(bridge);
	/* Who does not hear cannot obey, but may come back with its bus. */
	if (!bridge && !pciback_reset_answers(target->pdev))
		err = -ENODEV;
	else
		err = pciback_reset_method_run(target->pdev, bridge, step->method);
	if (bridge)
		pci_cfg_access_unlock(bridge);

	/* Bridges come first: only through them can the rest be reached. */
	deadline = jiffies + msecs_to_jiffies(pciback_reset_wait_ms);
	for (i = 0; i < set->table.nr; i++) {
		struct reset_member *member = &set->member[i];

		if (!pciback_reset_step_affects(&set->table, set->target, step, i))
			continue;
		member->err = err ?: pciback_reset_wait_ready(member->pdev, member->id, deadline);
		member_finish(set, i);
	}
	mutex_unlock(&set->nest);

	pciback_reset_note(target->dev, reason, step->method, start, target->err);
	/* A method that could not even be tried did nothing to the others. */
	for (i = 0; i < set->table.nr && err != -ENOTTY && err != -ENODEV; i++)
		if (i != set->target && pciback_reset_step_affects(&set->table, set->target, step, i))
			neighbour_settle(&set->member[i], step->method, start);
	return target->err;
}
