// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Finds all functions and bridges that a reset of one function may affect, fills the
 * table that a plan is made from, and takes their locks. Reads the PCI core's
 * objects, and writes no registers.
 *
 * Locks: no task waits for a device_lock() while holding another. All are tried; if
 * one cannot be taken, all are dropped, and a little later all are tried again. So
 * no order of taking can be wrong. Only probe() and remove() hold one device_lock()
 * while the others are tried, and keep it. If several such tasks want each other's
 * functions, the one whose function has the lowest address goes on, and the others
 * return -EBUSY. A function that was not reset for this reason is not clean, and is
 * reset before a guest gets it.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <pciback/reset_plan.h>
#include "record/record.h"
#include "reset/method.h"
#include "reset/set.h"

/*
 * Number of elements to allocate at first; four times as many until all fit. Up to 512
 * fit, which is the last such number below SET_MAX_CAPACITY. If a reset of a function
 * may affect more than that, the function is not reset.
 */
#define SET_FIRST_CAPACITY	8
#define SET_MAX_CAPACITY	1024

/* How long to try for the locks, and how long between two attempts. */
#define LOCK_TIMEOUT_MS	5000
#define LOCK_RETRY_MS	5

/*
 * The sets whose target is locked by the caller and that try for other locks. Used
 * to find tasks that block each other, so that one returns at once. Guards the
 * @waiting of each set. A leaf: no other lock is taken under it.
 */
static DEFINE_SPINLOCK(waiting_lock);
static LIST_HEAD(waiting_sets);

static int set_find(const struct reset_set *set, const struct pci_dev *pdev)
{
	int i;

	for (i = 0; pdev && i < set->table.nr; i++)
		if (set->member[i].pdev == pdev)
			return i;
	return RESET_NONE;
}

static int set_add(struct reset_set *set, struct pci_dev *pdev)
{
	if (set_find(set, pdev) != RESET_NONE)
		return 0;
	if (set->table.nr == set->capacity)
		return -ENOSPC;
	set->member[set->table.nr++].pdev = pci_dev_get(pdev);
	return 0;
}

/*
 * Adds all that is below the member @top; members after @top must be below it.
 * pci_walk_bus() cannot be used: error recovery holds pci_bus_sem while it waits for
 * a device_lock(), which our caller has. A bridge is added before what is below it,
 * because the PCI core lists it first. The pointer to the bridge above is only
 * compared, so it needs no reference.
 */
static int set_add_below(struct reset_set *set, int top)
{
	struct pci_dev *pdev = NULL;
	int err = 0;

	while (!err && (pdev = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, pdev))) {
		int up = set_find(set, pci_upstream_bridge(pdev));

		if (up != RESET_NONE && up >= top)
			err = set_add(set, pdev);
	}
	if (err)
		pci_dev_put(pdev);
	return err;
}

/* Adds the bridges above the function, starting at the root bus. */
static int set_add_above(struct reset_set *set, struct pci_dev *pdev)
{
	struct pci_dev *bridge;
	int i, depth = 0, err = 0;

	for (bridge = pci_upstream_bridge(pdev); bridge; bridge = pci_upstream_bridge(bridge))
		depth++;
	while (!err && depth--) {
		bridge = pci_upstream_bridge(pdev);
		for (i = 0; bridge && i < depth; i++)
			bridge = pci_upstream_bridge(bridge);
		if (bridge)
			err = set_add(set, bridge);
	}
	return err;
}

/* Virtual functions may be on a bus that is not below the bridge. */
static int set_add_virtual(struct reset_set *set)
{
	struct pci_dev *pdev = NULL;
	bool has_vfs = false;
	int i, err = 0;

	for (i = 0; i < set->table.nr; i++)
		has_vfs |= set->member[i].pdev->is_physfn && pci_num_vf(set->member[i].pdev);
	while (has_vfs && !err && (pdev = pci_get_device(PCI_ANY_ID, PCI_ANY_ID, pdev)))
		if (pdev->is_virtfn && set_find(set, pci_physfn(pdev)) != RESET_NONE)
			err = set_add(set, pdev);
	if (err)
		pci_dev_put(pdev);
	return err;
}

static enum reset_kind node_kind(struct pci_dev *pdev)
{
	bool bridge = pdev->hdr_type != PCI_HEADER_TYPE_NORMAL;

	if (!pci_is_pcie(pdev))
		return bridge ? RESET_PCI_BRIDGE : RESET_PCI_FUNCTION;
	switch (pci_pcie_type(pdev)) {
	case PCI_EXP_TYPE_ROOT_PORT:
	case PCI_EXP_TYPE_UPSTREAM:
	case PCI_EXP_TYPE_DOWNSTREAM:
		return RESET_PORT;
	case PCI_EXP_TYPE_PCI_BRIDGE:
		return RESET_TO_PCI;
	case PCI_EXP_TYPE_PCIE_BRIDGE:
		return RESET_TO_PCIE;
	default:
		return bridge ? RESET_PORT : RESET_PCIE_FUNCTION;
	}
}

/* Fills what does not change: the address, the kind and the position in the tree. */
static void node_fill_position(struct reset_set *set, int i)
{
	struct reset_node *node = &set->table.node[i];
	struct pci_dev *pdev = set->member[i].pdev;

	node->domain = pci_domain_nr(pdev->bus);
	node->bus = pdev->bus->number;
	node->devfn = pdev->devfn;
	node->kind = node_kind(pdev);
	node->up = set_find(set, pci_upstream_bridge(pdev));
	node->pf = pdev->is_virtfn ? set_find(set, pci_physfn(pdev)) : RESET_NONE;
	node->no_bus_reset = pdev->dev_flags & PCI_DEV_FLAGS_NO_BUS_RESET;
}

static void node_fill_slot(struct reset_set *set, int i)
{
	struct reset_node *node = &set->table.node[i];
	struct reset_member *up;

	node->slot = false;
	if (node->up == RESET_NONE || !set->member[i].pdev->slot)
		return;
	up = &set->member[node->up];
	if (up->locked) {
		node->slot = pciback_reset_slot_works(set->member[i].pdev);
	} else if (device_trylock(&up->pdev->dev)) {
		node->slot = pciback_reset_slot_works(set->member[i].pdev);
		device_unlock(&up->pdev->dev);
	} else {
		node->slot = up->pdev->is_hotplug_bridge;
	}
}

static void node_fill_driver(struct reset_set *set, int i)
{
	const struct device_driver *drv = set->member[i].pdev->dev.driver;
	struct reset_node *node = &set->table.node[i];

	node->binding = RESET_UNBOUND;
	if (!drv)
		return;
	node->binding = RESET_BOUND_HOST;
	strscpy(node->driver, drv->name, sizeof(node->driver));
	/*
	 * Bound to this driver, as the target is, but without a record: it is being
	 * seized or released.
	 */
	if (drv == set->member[set->target].pdev->dev.driver)
		node->binding = RESET_REBINDING;
}

static void node_fill_binding(struct reset_set *set, int i)
{
	struct reset_member *member = &set->member[i];
	struct reset_node *node = &set->table.node[i];
	struct pci_dev *pdev = member->pdev;

	if (i != set->target) {
		if (member->dev)
			pciback_device_put(member->dev);
		member->dev = pciback_device_find(node->domain, node->bus, node->devfn);
	}
	node->owner = RESET_IDLE;
	if (member->dev) {
		node->binding = RESET_BOUND_PCIBACK;
		spin_lock_irq(&member->dev->lock);
		if (member->dev->owner)
			node->owner = member->dev->owner->domid;
		spin_unlock_irq(&member->dev->lock);
	} else if (member->locked) {
		node_fill_driver(set, i);
	} else if (device_trylock(&pdev->dev)) {
		node_fill_driver(set, i);
		device_unlock(&pdev->dev);
	} else {
		node->binding = RESET_REBINDING;
	}
}

static void set_put_members(struct reset_set *set)
{
	int i;

	for (i = 0; i < set->table.nr; i++) {
		if (set->member[i].dev)
			pciback_device_put(set->member[i].dev);
		pci_dev_put(set->member[i].pdev);
	}
	kvfree(set->table.node);
	kvfree(set->member);
	set->table.node = NULL;
	set->member = NULL;
	set->table.nr = 0;
}

static int set_collect(struct reset_set *set, struct pci_dev *pdev, int capacity)
{
	int i, bridge, err;

	set->capacity = capacity;
	set->table.node = kvcalloc(capacity, sizeof(*set->table.node), GFP_KERNEL);
	set->member = kvcalloc(capacity, sizeof(*set->member), GFP_KERNEL);
	if (!set->table.node || !set->member)
		return -ENOMEM;

	err = set_add_above(set, pdev);
	if (!err && pdev->is_virtfn)
		err = set_add(set, pci_physfn(pdev));
	if (!err)
		err = set_add(set, pdev);
	if (err || pdev->is_virtfn)
		return err;
	for (i = 0; i < set->table.nr; i++)
		node_fill_position(set, i);
	bridge = pciback_reset_bridge_of(&set->table, set->table.nr - 1);
	err = set_add_below(set, bridge == RESET_NONE ? set->table.nr - 1 : bridge);
	return err ?: set_add_virtual(set);
}

static int set_collect_all(struct reset_set *set, struct pci_dev *pdev)
{
	int capacity, err = -ENOSPC;

	for (capacity = SET_FIRST_CAPACITY; err == -ENOSPC && capacity <= SET_MAX_CAPACITY;
	     capacity *= 4) {
		set_put_members(set);
		err = set_collect(set, pdev, capacity);
	}
	return err;
}

/**
 * pciback_reset_set_get() - find all that a reset of a function may affect
 * @target: the function
 *
 * Context: may sleep. Caller holds device_lock() of the target, or keeps it from
 * being unbound in another way. Takes records' locks, and tries device_lock() of
 * the others.
 * Return: the set, to be freed with pciback_reset_set_put(); ERR_PTR(-ENOMEM);
 * ERR_PTR(-ENOSPC): more functions than SET_MAX_CAPACITY allows.
 */
struct reset_set *pciback_reset_set_get(struct pcistub_device *target)
{
	struct reset_set *set = kzalloc(sizeof(*set), GFP_KERNEL);
	int i, err;

	if (!set)
		return ERR_PTR(-ENOMEM);
	err = set_collect_all(set, target->pdev);
	if (err) {
		pciback_reset_set_put(set);
		return ERR_PTR(err);
	}
	set->target = set_find(set, target->pdev);
	pciback_device_get(target);
	set->member[set->target].dev = target;
	for (i = 0; i < set->table.nr; i++) {
		node_fill_position(set, i);
		node_fill_slot(set, i);
		node_fill_binding(set, i);
	}
	set->table.node[set->target].nr_methods =
		pciback_reset_methods_of(target->pdev, set->table.node[set->target].methods);
	return set;
}

/**
 * pciback_reset_set_put() - free a set
 * @set: the set, not locked
 *
 * Context: may sleep.
 */
void pciback_reset_set_put(struct reset_set *set)
{
	set_put_members(set);
	kfree(set);
}

/*
 * Whether a step of the plan that is allowed, or may soon be, resets member @i or
 * uses it as the bridge.
 */
static bool set_plan_affects(const struct reset_set *set, const struct reset_plan *plan, int i)
{
	int j;

	for (j = 0; j < plan->nr; j++)
		if ((plan->step[j].denial == RESET_ALLOWED ||
		     plan->step[j].denial == RESET_DENIED_REBINDING) &&
		    (i == plan->step[j].bridge ||
		     pciback_reset_step_affects(&set->table, set->target, &plan->step[j], i)))
			return true;
	return false;
}

static bool set_trylock(struct reset_set *set, const struct reset_plan *plan, bool target_locked)
{
	int i;

	for (i = 0; i < set->table.nr; i++) {
		struct reset_member *member = &set->member[i];

		if ((target_locked && i == set->target) || !set_plan_affects(set, plan, i))
			continue;
		member->locked = device_trylock(&member->pdev->dev);
		if (!member->locked) {
			pciback_reset_set_unlock(set);
			return false;
		}
	}
	return true;
}

static bool node_is_before(const struct reset_node *a, const struct reset_node *b)
{
	if (a->domain != b->domain)
		return a->domain < b->domain;
	return a->bus != b->bus ? a->bus < b->bus : a->devfn < b->devfn;
}

/*
 * Whether another set waits whose target's lock we need, and whose target has a lower
 * address than ours. Its task also keeps its lock and may need ours, so one of the two
 * has to return. The other one resets both functions. When many are seized at the same
 * time, the one with the lowest address goes on.
 */
static bool set_must_yield(const struct reset_set *set, const struct reset_plan *plan)
{
	const struct reset_node *node = set->table.node;
	const struct reset_set *other;
	bool ret = false;
	int i;

	spin_lock(&waiting_lock);
	list_for_each_entry(other, &waiting_sets, waiting) {
		i = set_find(set, other->member[other->target].pdev);
		if (i != RESET_NONE && set_plan_affects(set, plan, i) &&
		    node_is_before(&node[i], &node[set->target]))
			ret = true;
	}
	spin_unlock(&waiting_lock);
	return ret;
}

static int set_lock_all(struct reset_set *set, const struct reset_plan *plan, bool target_locked)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(LOCK_TIMEOUT_MS);

	while (!set_trylock(set, plan, target_locked)) {
		if (time_after(jiffies, deadline) || (target_locked && set_must_yield(set, plan)))
			return -EBUSY;
		msleep(LOCK_RETRY_MS);
	}
	return 0;
}

static void set_waiting_add(struct reset_set *set)
{
	spin_lock(&waiting_lock);
	list_add_tail(&set->waiting, &waiting_sets);
	spin_unlock(&waiting_lock);
}

static void set_waiting_del(struct reset_set *set)
{
	spin_lock(&waiting_lock);
	list_del(&set->waiting);
	spin_unlock(&waiting_lock);
}

/* Functions may be added or removed while no lock is held. */
static bool set_is_unchanged(struct reset_set *set)
{
	struct pci_dev *pdev = set->member[set->target].pdev;
	struct reset_set now = { };
	bool same;
	int i;

	same = !set_collect_all(&now, pdev) && now.table.nr == set->table.nr;
	for (i = 0; same && i < now.table.nr; i++)
		same = now.member[i].pdev == set->member[i].pdev;
	set_put_members(&now);
	return same;
}

/**
 * pciback_reset_set_lock() - take device_lock() of all that a plan may reset
 * @set: the set
 * @plan: its plan
 * @target_locked: the caller holds device_lock() of the target
 *
 * Drivers and owners in the table are read again under the locks.
 *
 * Context: sleeps, up to 5 s. Caller holds no device_lock() but that of the target.
 * Return: 0: locked, undo with pciback_reset_set_unlock(); -EBUSY: a lock could not
 * be taken, or another task resets the target; -EAGAIN: functions were added or
 * removed.
 */
int pciback_reset_set_lock(struct reset_set *set, const struct reset_plan *plan,
			   bool target_locked)
{
	int i, err;

	if (target_locked)
		set_waiting_add(set);
	err = set_lock_all(set, plan, target_locked);
	if (target_locked)
		set_waiting_del(set);
	if (err)
		return err;
	if (!set_is_unchanged(set)) {
		pciback_reset_set_unlock(set);
		return -EAGAIN;
	}
	for (i = 0; i < set->table.nr; i++) {
		node_fill_slot(set, i);
		node_fill_binding(set, i);
	}
	return 0;
}

/**
 * pciback_reset_set_unlock() - drop the locks that pciback_reset_set_lock() took
 * @set: the set
 *
 * Context: any context in which device_unlock() is allowed.
 */
void pciback_reset_set_unlock(struct reset_set *set)
{
	int i;

	for (i = set->table.nr; i--;) {
		if (set->member[i].locked)
			device_unlock(&set->member[i].pdev->dev);
		set->member[i].locked = false;
	}
}
