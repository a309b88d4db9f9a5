// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Carries out one method of reset. Before it, every function that the method resets
 * is put into D0, its bus mastering is turned off, and its state is saved. After
 * it, the functions are awaited, restored and checked.
 *
 * This file accesses configuration space of these functions and writes their
 * records. The caller (reset/reset.c) holds all locks.
 */
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/timekeeping.h>
#include "record/guest_op.h"
#include "record/record.h"
#include "record/saved_config.h"
#include "reset/history.h"
#include "reset/method.h"
#include "reset/power.h"
#include "reset/reset.h"
#include "reset/step.h"
#include "trace/events.h"
#include "xen/hypercall.h"

/**
 * pciback_reset_note() - record a reset in a function's history, counters and trace
 * @dev: the function
 * @reason: why it was reset
 * @method: the method; RESET_METHODS: none could be tried
 * @start: when it began
 * @result: 0 or -errno
 *
 * Context: may sleep. Caller holds device_lock(); takes the record's lock.
 */
void pciback_reset_note(struct pcistub_device *dev, enum reset_reason reason,
			enum reset_method method, ktime_t start, int result)
{
	struct reset_event event = {
		.when = ktime_get_real_seconds(),
		.ms = ktime_ms_delta(ktime_get(), start),
		.result = result,
		.domid = dev->owner ? dev->owner->domid : RESET_IDLE,
		.method = method,
		.reason = reason,
	};

	spin_lock_irq(&dev->lock);
	pciback_reset_history_add(&dev->reset.history, &event);
	spin_unlock_irq(&dev->lock);
	pciback_trace_reset(dev, reason, ktime_to_ns(start), result);
}

/**
 * pciback_reset_set_error() - mark a function as usable or unusable
 * @dev: the function
 * @err: -errno of the last method when all failed; 0: the function is usable
 *
 * Context: may sleep. Caller holds device_lock(); takes the record's lock.
 */
void pciback_reset_set_error(struct pcistub_device *dev, int err)
{
	spin_lock_irq(&dev->lock);
	dev->reset.error = err;
	spin_unlock_irq(&dev->lock);
}

/**
 * pciback_reset_in_use() - will a guest go on using a function after a reset?
 * @dev: its record, or NULL
 *
 * A guest that the function is being detached from will not.
 *
 * Context: caller holds device_lock() of the function.
 * Return: true if a guest owns the function and keeps it.
 */
bool pciback_reset_in_use(const struct pcistub_device *dev)
{
	return dev && dev->owner && !dev->detaching;
}

/**
 * pciback_reset_disable_msi() - clear MSI and MSI-X Enable bits unknown to the PCI core
 * @pdev: the function
 *
 * Such a bit is one that something other than the PCI core of this host has set.
 *
 * Context: may sleep. Caller holds device_lock().
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

/*
 * Keeps operations of its guest out until member_finish(). For all members before the first
 * one is prepared: reading the vital product data of one function may wait for accesses to
 * another one of the device, which member_prepare() blocks.
 */
static void member_hold(struct reset_set *set, int i)
{
	struct reset_member *member = &set->member[i];

	member->in_use = pciback_reset_in_use(member->dev);
	/* Also if its guest is detaching: an operation may still run. */
	member->held = member->dev && member->dev->owner;
	if (member->held)
		pciback_ops_hold(member->dev);
}

static void member_prepare(struct reset_set *set, int i)
{
	struct reset_member *member = &set->member[i];
	struct pci_dev *pdev = member->pdev;
	int err;
	u32 id;

	member->saved = false;
	/* Keeps accesses through sysfs and proc out until member_finish(). */
	pci_cfg_access_lock(pdev);
	if (pci_dev_is_disconnected(pdev))
		return;

	err = pciback_power_set(pdev, PCI_D0, NULL, NULL);
	if (err)
		dev_warn_ratelimited(&pdev->dev,
				     "not in D0 before its reset (%d); resetting it anyway\n",
				     err);
	member->id = pdev->vendor | pdev->device << 16;
	id = pciback_reset_identity(pdev);
	if (PCI_POSSIBLE_ERROR(id))
		return;
	/*
	 * After a failed reset another device may answer, so the identity
	 * from before the first reset is the one to compare with.
	 */
	if (member->dev && !member->dev->reset.id)
		member->dev->reset.id = id;
	member->id = member->dev ? member->dev->reset.id : id;
	if (member->in_use || !member->dev)
		member->saved = !pci_save_state(pdev);
	if (pciback_reset_is_bridge(&set->table.node[i]))
		return;
	if (!member->in_use)
		pciback_reset_disable_msi(pdev);
	/*
	 * Needed for every method: a bus master must not be reset in the middle
	 * of a transfer.
	 */
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
		bool was_reset = !member->err;

		if (member->saved) {
			pci_restore_state(pdev);
			/* Its guest may have begun to detach, without waiting for this reset. */
			if (member->dev && !pciback_reset_in_use(member->dev))
				pciback_disable_dma(pdev);
		} else if (member->dev) {
			pciback_config_restore(member->dev);
			pciback_disable_dma(pdev);
			if (!member->err)
				member->err = pciback_config_check(member->dev);
		}
		if (was_reset)
			pciback_xen_reset_done(pdev);
		if (!member->err)
			pciback_channel_set_normal(pdev);
	}
	pci_cfg_access_unlock(pdev);
	if (member->held)
		pciback_ops_resume(member->dev);
}

/* Records what the reset did to a function that is not the target. */
static void neighbour_record_result(struct reset_member *member, enum reset_method method,
				    ktime_t start)
{
	struct pcistub_device *dev = member->dev;

	if (!dev) {
		if (member->err)
			pci_err(member->pdev,
				"did not recover from a %s reset (%d); if functions behind it do not answer, power-cycle the machine\n",
				pciback_reset_method_name(method), member->err);
		return;
	}
	pciback_reset_note(dev, RESET_FOR_NEIGHBOUR, method, start, member->err);
	pciback_reset_set_error(dev, member->err);
	dev->clean = !member->err && !member->in_use && !READ_ONCE(dev->op_running);
	if (member->err)
		pci_err(member->pdev,
			"unusable: did not recover from a %s reset (%d); no guest gets it until a reset works: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
			pciback_reset_method_name(method), member->err, pci_name(member->pdev));
}

/**
 * pciback_reset_step_run() - carry out one method of reset, from preparation to check
 * @set: the target and all that the reset may affect
 * @step: the method
 * @reason: why the target is reset
 *
 * Context: sleeps, as long as pciback_reset_method_run() says and up to
 * pciback_reset_wait_ms more. Caller holds device_lock() of the target, of every
 * function that the step affects, and of the bridge. Operations of guests that go on
 * using a function wait from preparation until it is restored.
 * Return: 0, or -errno for the target as pciback_reset() says.
 */
int pciback_reset_step_run(struct reset_set *set, const struct reset_step *step,
			   enum reset_reason reason)
{
	struct reset_member *target = &set->member[set->target];
	struct pci_dev *bridge = NULL;
	ktime_t start = ktime_get();
	unsigned long deadline;
	int i, err;

	if (step->bridge != RESET_NONE)
		bridge = set->member[step->bridge].pdev;
	for (i = 0; i < set->table.nr; i++)
		if (pciback_reset_step_affects(&set->table, set->target, step, i))
			member_hold(set, i);
	for (i = 0; i < set->table.nr; i++)
		if (pciback_reset_step_affects(&set->table, set->target, step, i))
			member_prepare(set, i);

	if (bridge)
		pci_cfg_access_lock(bridge);
	/*
	 * A function that does not answer cannot reset itself; a slot or bus reset may
	 * revive it.
	 */
	if (!bridge && !pciback_reset_answers(target->pdev))
		err = -ENODEV;
	else
		err = pciback_reset_method_run(target->pdev, bridge, step->method);
	if (bridge)
		pci_cfg_access_unlock(bridge);

	/* Bridges come first in the table: what is below is only reachable through them. */
	deadline = jiffies + msecs_to_jiffies(pciback_reset_wait_ms);
	for (i = 0; i < set->table.nr; i++) {
		struct reset_member *member = &set->member[i];

		if (!pciback_reset_step_affects(&set->table, set->target, step, i))
			continue;
		member->err = err ?: pciback_reset_wait_ready(member->pdev, member->id, deadline);
		member_finish(set, i);
	}

	pciback_reset_note(target->dev, reason, step->method, start, target->err);
	/* With these two errors the method was not tried, so no other function was reset. */
	for (i = 0; i < set->table.nr && err != -ENOTTY && err != -ENODEV; i++)
		if (i != set->target &&
		    pciback_reset_step_affects(&set->table, set->target, step, i))
			neighbour_record_result(&set->member[i], step->method, start);
	return target->err;
}
