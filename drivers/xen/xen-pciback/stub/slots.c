// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The slot list: functions to be seized that are given by address, by hide= or new_slot;
 * and the check whether a function is to be seized, by address or by a rule
 * (match_rules.c). Touches the slot list only; nothing is bound here.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <pciback/match_spec.h>
#include <pciback/slot_spec.h>
#include "stub/match_rules.h"
#include "stub/slots.h"

/**
 * struct slot - an address in the slot list; guarded by slots_lock
 * @node: in slots
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 * @by_override: entered because the function was bound by its driver_override, and not by
 *	hide= or new_slot as well; removed when it is unbound
 *
 * Wildcards are expanded when they are entered.
 */
struct slot {
	struct list_head node;
	u32 domain;
	u8 bus;
	u8 devfn;
	bool by_override;
};

/* Guards slots and its entries. Taken under device_lock(); above rules_lock. */
static DEFINE_MUTEX(slots_lock);
static LIST_HEAD(slots);

static struct slot *slot_find(u32 domain, u8 bus, u8 devfn)
{
	struct slot *slot;

	lockdep_assert_held(&slots_lock);
	list_for_each_entry(slot, &slots, node)
		if (slot->domain == domain && slot->bus == bus && slot->devfn == devfn)
			return slot;
	return NULL;
}

/* 0, also if it is in the list, or -ENOMEM. */
static int slot_add(u32 domain, u8 bus, u8 devfn, bool by_override)
{
	struct slot *slot;

	if (slot_find(domain, bus, devfn))
		return 0;
	slot = kmalloc(sizeof(*slot), GFP_KERNEL);
	if (!slot)
		return -ENOMEM;
	slot->domain = domain;
	slot->bus = bus;
	slot->devfn = devfn;
	slot->by_override = by_override;
	list_add_tail(&slot->node, &slots);
	return 0;
}

static void slot_free(struct slot *slot)
{
	lockdep_assert_held(&slots_lock);
	list_del(&slot->node);
	kfree(slot);
}

/**
 * pciback_slots_add() - add an address to the slot list
 * @spec: the address; a wildcard stands for every number that is possible
 *
 * Context: may sleep. Takes slots_lock.
 * Return: 0; -EINVAL: no function can have this address; -ENOMEM, then nothing was added.
 */
int pciback_slots_add(const struct slot_spec *spec)
{
	struct list_head *last;
	unsigned int devfn;
	struct slot *slot;
	int err = 0;

	if (!pciback_slot_spec_in_range(spec))
		return -EINVAL;

	guard(mutex)(&slots_lock);
	last = slots.prev;
	for (devfn = 0; !err && devfn <= U8_MAX; devfn++)
		if (pciback_slot_spec_covers(spec, spec->domain, spec->bus, devfn))
			err = slot_add(spec->domain, spec->bus, devfn, false);
	/* Of a wildcard all addresses are added, or none. */
	while (err && slots.prev != last)
		slot_free(list_last_entry(&slots, struct slot, node));
	if (err)
		return err;
	list_for_each_entry(slot, &slots, node)
		if (pciback_slot_spec_covers(spec, slot->domain, slot->bus, slot->devfn))
			slot->by_override = false;
	return 0;
}

/**
 * pciback_slots_remove() - remove an address from the slot list
 * @spec: the address, wildcards allowed
 *
 * Functions that are seized already stay seized.
 *
 * Context: may sleep. Takes slots_lock.
 * Return: 0; -ENOENT: nothing of it was in the list.
 */
int pciback_slots_remove(const struct slot_spec *spec)
{
	struct slot *slot, *next;
	int err = -ENOENT;

	guard(mutex)(&slots_lock);
	list_for_each_entry_safe(slot, next, &slots, node) {
		if (!pciback_slot_spec_covers(spec, slot->domain, slot->bus, slot->devfn))
			continue;
		slot_free(slot);
		err = 0;
	}
	return err;
}

/**
 * pciback_slots_show() - print the slot list
 * @buf: a page
 *
 * One line each, in the order in which they were added; as many whole lines as fit into a
 * page (315).
 *
 * Context: may sleep. Takes slots_lock.
 * Return: length of the text, in bytes.
 */
int pciback_slots_show(char *buf)
{
	struct slot *slot;
	int len = 0;

	guard(mutex)(&slots_lock);
	list_for_each_entry(slot, &slots, node) {
		char line[SLOT_SPEC_STRLEN + 2];

		snprintf(line, sizeof(line), "%04x:%02x:%02x.%d\n", slot->domain, slot->bus,
			 PCI_SLOT(slot->devfn), PCI_FUNC(slot->devfn));
		if (len + strlen(line) >= PAGE_SIZE)
			break;
		len += sysfs_emit_at(buf, len, "%s", line);
	}
	return len;
}

/**
 * pciback_slots_add_spec() - add an address to the slot list, or anything else to the rules
 * @spec: from pciback_match_spec_parse()
 *
 * Binds nothing: functions are seized when they are probed.
 *
 * Context: may sleep. Takes slots_lock or rules_lock.
 * Return: 0, -EINVAL or -ENOMEM, as pciback_slots_add().
 */
int pciback_slots_add_spec(const struct match_spec *spec)
{
	if (spec->kind == MATCH_SLOT)
		return pciback_slots_add(&spec->slot);
	return pciback_match_rules_add(spec);
}

/* Lets no rule apply to the functions at an address. 0, -ENOENT: none does, or -ENOMEM. */
static int rules_except(const struct slot_spec *spec)
{
	struct pci_dev *pdev = NULL;
	int err, ret = -ENOENT;

	for_each_pci_dev(pdev) {
		if (!pciback_slot_spec_covers(spec, pci_domain_nr(pdev->bus), pdev->bus->number,
					      pdev->devfn))
			continue;
		err = pciback_match_rules_except(pdev);
		if (err == -ENOMEM) {
			pci_dev_put(pdev);
			return err;
		}
		if (!err)
			ret = 0;
	}
	return ret;
}

/**
 * pciback_slots_remove_spec() - undo pciback_slots_add_spec()
 * @spec: from pciback_match_spec_parse()
 *
 * An address is removed from the slot list, and the rules do not apply to the functions there
 * any more: toolstacks write the address of each function that they release to the host,
 * whatever claimed it. Functions that are seized already stay seized.
 *
 * Context: may sleep. Takes slots_lock or rules_lock.
 * Return: 0; -ENOENT: nothing of it was in the list or the rules, and no rule stands for a
 * function there; -ENOMEM, then nothing was removed from the list.
 */
int pciback_slots_remove_spec(const struct match_spec *spec)
{
	int err, ret;

	if (spec->kind != MATCH_SLOT)
		return pciback_match_rules_remove(spec);
	ret = rules_except(&spec->slot);
	if (ret == -ENOMEM)
		return ret;
	err = pciback_slots_remove(&spec->slot);
	return ret ? err : 0;
}

/**
 * pciback_slots_clear() - remove everything from the slot list and the rules
 *
 * Context: may sleep. Takes slots_lock, then rules_lock.
 */
void pciback_slots_clear(void)
{
	struct slot *slot, *next;

	guard(mutex)(&slots_lock);
	list_for_each_entry_safe(slot, next, &slots, node)
		slot_free(slot);
	pciback_match_rules_clear();
}

/* For messages: why an item was skipped. */
static const char *hide_error(int err)
{
	if (err == -ERANGE)
		return "is out of range";
	if (err == -EPERM)
		return "would take bridges or every vendor's devices";
	return "is not understood";
}

/**
 * pciback_slots_hide() - enter what the module parameter "hide" lists
 * @list: "(text)(text)..."; NULL: nothing
 *
 * An item that is not understood is reported and skipped: because of a typing error the
 * devices of all other items would otherwise be used by the host.
 *
 * Context: may sleep. Takes slots_lock and rules_lock.
 * Return: 0 or -ENOMEM.
 */
int pciback_slots_hide(const char *list)
{
	struct match_hide_item item;
	unsigned int cursor = 0;
	int err;

	if (!list)
		return 0;
	while ((err = pciback_match_spec_next_hide(list, &cursor, &item)) != -ENOENT) {
		if (!err)
			err = pciback_slots_add_spec(&item.spec);
		if (err == -ENOMEM)
			return err;
		if (err)
			pr_err("hide: \"%.*s\" at position %u %s; skipped. Write (DDDD:BB:DD.F), (DDDD:BB:DD.F/DD.F), (pci:VVVV:DDDD) or (class:CCSS), one pair of parentheses each\n",
			       item.len, list + item.pos, item.pos, hide_error(err));
	}
	return 0;
}

/* True if the function or a bridge above it is in the slot list. */
static bool slots_contain(struct pci_dev *pdev)
{
	guard(mutex)(&slots_lock);
	for (; pdev; pdev = pci_upstream_bridge(pdev))
		if (slot_find(pci_domain_nr(pdev->bus), pdev->bus->number, pdev->devfn))
			return true;
	return false;
}

/**
 * pciback_slots_cover() - check whether a function is to be seized
 * @pdev: the function
 *
 * Does not take the function's driver_override into account.
 *
 * Context: may sleep; device_lock() may be held. Takes slots_lock, and after that
 * rules_lock.
 * Return: true if it is.
 */
bool pciback_slots_cover(struct pci_dev *pdev)
{
	return slots_contain(pdev) || pciback_match_rules_cover(pdev);
}

/**
 * pciback_slots_enter() - add a function to the slot list that was bound by driver_override
 * @pdev: the function
 *
 * Toolstacks remove a function from the slot list before they unbind it, and expect it to
 * be there.
 *
 * Context: may sleep; device_lock() may be held. Takes slots_lock.
 * Return: 0 or -ENOMEM.
 */
int pciback_slots_enter(struct pci_dev *pdev)
{
	guard(mutex)(&slots_lock);
	return slot_add(pci_domain_nr(pdev->bus), pdev->bus->number, pdev->devfn, true);
}

/**
 * pciback_slots_leave() - undo pciback_slots_enter()
 * @pdev: the function, which is being unbound
 *
 * A function that is released to the host by a program that knows driver_override only
 * would otherwise be seized again at the next probe. What hide= or new_slot entered stays.
 *
 * Context: may sleep; device_lock() may be held. Takes slots_lock.
 */
void pciback_slots_leave(struct pci_dev *pdev)
{
	struct slot *slot;

	guard(mutex)(&slots_lock);
	slot = slot_find(pci_domain_nr(pdev->bus), pdev->bus->number, pdev->devfn);
	if (slot && slot->by_override)
		slot_free(slot);
}
