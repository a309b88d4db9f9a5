// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Which functions are ours: the slot list (hide=, new_slot, remove_slot), the
 * rule by which the PCI driver "pciback" claims a function, and its probe()
 * and remove().
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <pciback/claim.h>
#include <pciback/device.h>
#include <pciback/policy.h>
#include "compat.h"

/* One function to claim; wildcards are expanded when they are entered. */
struct slot {
	struct list_head node;
	u32 domain;
	u8 bus;
	u8 devfn;
};

/* Guards slots and its members. Taken under device_lock(); nothing is taken under it. */
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

static int slot_add(u32 domain, u8 bus, u8 devfn)
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
 * pciback_slots_add() - enter what a name stands for into the slot list
 * @spec: the name; a wildcard stands for every function number there can be
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: no function can have that name; -ENOMEM.
 */
int pciback_slots_add(const struct slot_spec *spec)
{
	struct list_head *last;
	unsigned int devfn;
	int err = 0;

	if (!slot_spec_in_range(spec))
		return -EINVAL;

	guard(mutex)(&slots_lock);
	last = slots.prev;
	for (devfn = 0; !err && devfn <= U8_MAX; devfn++)
		if (slot_spec_covers(spec, spec->domain, spec->bus, devfn))
			err = slot_add(spec->domain, spec->bus, devfn);
	/* All of them or none. */
	while (err && slots.prev != last)
		slot_free(list_last_entry(&slots, struct slot, node));
	return err;
}

/**
 * pciback_slots_remove() - delete what a name stands for from the slot list
 * @spec: the name, wildcards allowed
 *
 * Functions that are seized already stay so.
 *
 * Context: may sleep.
 * Return: 0; -ENOENT: none of them was in the list.
 */
int pciback_slots_remove(const struct slot_spec *spec)
{
	struct slot *slot, *next;
	int err = -ENOENT;

	guard(mutex)(&slots_lock);
	list_for_each_entry_safe(slot, next, &slots, node) {
		if (!slot_spec_covers(spec, slot->domain, slot->bus, slot->devfn))
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
 * One line each, in the order of entering; whole lines only, as many as a page
 * of sysfs holds (315).
 *
 * Context: may sleep.
 * Return: length of the text.
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
 * pciback_slots_clear() - forget the slot list
 *
 * Context: may sleep.
 */
void pciback_slots_clear(void)
{
	struct slot *slot, *next;

	guard(mutex)(&slots_lock);
	list_for_each_entry_safe(slot, next, &slots, node)
		slot_free(slot);
}

/**
 * pciback_slots_hide() - enter the list of a "hide" parameter
 * @list: "(spec)(spec)..."; NULL: nothing
 *
 * An item that cannot be understood is reported and skipped: a typing error
 * must not make the devices of all the other items appear in the host.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pciback_slots_hide(const char *list)
{
	struct slot_hide_item item;
	unsigned int cursor = 0;
	int err;

	if (!list)
		return 0;
	while ((err = slot_spec_next_hide(list, &cursor, &item)) != -ENOENT) {
		if (!err)
			err = pciback_slots_add(&item.spec);
		if (err == -ENOMEM)
			return err;
		if (err)
			pr_err("hide: \"%.*s\" at position %u %s; skipped. Write (DDDD:BB:DD.F), one pair of parentheses each\n",
			       item.len, list + item.pos, item.pos,
			       err == -ERANGE ? "is out of range" : "is not a slot");
	}
	return 0;
}

/* A function is listed if it or a bridge above it is. */
static bool listed(struct pci_dev *pdev)
{
	guard(mutex)(&slots_lock);
	for (; pdev; pdev = pci_upstream_bridge(pdev))
		if (slot_find(pci_domain_nr(pdev->bus), pdev->bus->number, pdev->devfn))
			return true;
	return false;
}

/* The toolstack takes functions out of the list that it finds there. */
static int enter(struct pci_dev *pdev)
{
	guard(mutex)(&slots_lock);
	return slot_add(pci_domain_nr(pdev->bus), pdev->bus->number, pdev->devfn);
}

static int claim_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	bool in_list = listed(pdev);
	int err;

	if (!in_list && !compat_driver_override_is(pdev, &pciback_pci_driver.driver))
		return -ENODEV;
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL &&
	    pdev->hdr_type != PCI_HEADER_TYPE_BRIDGE) {
		pci_err(pdev, "not seized: header type %d; only types 0 and 1 can be given to guests\n",
			pdev->hdr_type);
		return -ENODEV;
	}

	pci_info(pdev, "seizing device\n");
	err = pciback_device_seize(pdev);
	if (err) {
		pci_err(pdev, "not seized: error %d; it is left without a driver\n", err);
		return err;
	}
	if (!in_list)
		err = enter(pdev);
	if (err)
		pciback_device_unseize(pdev);
	return err;
}

static void claim_remove(struct pci_dev *pdev)
{
	pciback_device_unseize(pdev);
}

/*
 * Every function there is: probe() decides. Not exported as an alias, or udev
 * would load the module for the first device it sees.
 */
static const struct pci_device_id claim_ids[] = {
	{ PCI_DEVICE(PCI_ANY_ID, PCI_ANY_ID) },
	{ }
};

struct pci_driver pciback_pci_driver = {
	/* Toolstacks look for a driver of this name. */
	.name = "pciback",
	.id_table = claim_ids,
	.probe = claim_probe,
	.remove = claim_remove,
	/* Not in .driver: the PCI core writes over that one. */
	.dev_groups = pciback_device_groups,
	.driver = {
		/* A reset takes 100 ms and more: seize what is hidden at load side by side. */
		.probe_type = PROBE_PREFER_ASYNCHRONOUS,
	},
};
