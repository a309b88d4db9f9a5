// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Write quirks: registers that guests may write although no table row allows it. A quirk
 * for one function applies until its guest loses the function. One for all devices with
 * certain IDs applies as long as the module is loaded, to each function that is seized.
 * Changes records only, not functions.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ctype.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <pciback/conf.h>
#include <pciback/quirk_spec.h>
#include <pciback/slot_spec.h>
#include "device/write_quirks.h"
#include "record/record.h"

/**
 * struct id_quirk - a quirk for all devices with certain IDs
 * @node: in id_quirks; guarded by id_quirks_lock
 * @ids: the IDs; set once
 * @field: the register; set once
 */
struct id_quirk {
	struct list_head node;
	struct quirk_ids ids;
	struct quirk_field field;
};

/* Guards id_quirks. Taken before a record's lock and before seized_lock. */
static DEFINE_MUTEX(id_quirks_lock);
static LIST_HEAD(id_quirks);

/* On success @quirk belongs to @dev. */
static int quirk_apply(struct pcistub_device *dev, struct pciback_quirk *quirk)
{
	const struct quirk_field *field = &quirk->field;
	int err;

	lockdep_assert_held(&dev->lock);
	if (field->reg + field->size > dev->conf->size)
		return -EINVAL;
	err = pciback_conf_open(dev->conf, field->reg, field->size, field->mask);
	if (err) {
		pci_err(dev->pdev,
			"quirk for register 0x%x refused: the driver controls this register at every level\n",
			field->reg);
		return err;
	}
	list_add_tail(&quirk->node, &dev->quirks);
	if (dev->level == CONF_STRICT)
		dev->level = CONF_QUIRKS;
	return 0;
}

static bool id_quirk_matches(const struct quirk_ids *ids, const struct pci_dev *pdev)
{
	return pciback_quirk_ids_match(ids, pdev->vendor, pdev->device, pdev->subsystem_vendor,
				       pdev->subsystem_device);
}

/* So that a quirk is not added twice. */
static bool quirk_is_applied(struct pcistub_device *dev, const struct quirk_field *field)
{
	struct pciback_quirk *quirk;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry(quirk, &dev->quirks, node)
		if (quirk->field.reg == field->reg && quirk->field.size == field->size &&
		    quirk->field.mask == field->mask)
			return true;
	return false;
}

static int quirk_add_to_device(struct pcistub_device *dev, const struct quirk_field *field,
			       bool by_ids)
{
	struct pciback_quirk *quirk = kmalloc(sizeof(*quirk), GFP_KERNEL);
	bool applied = false;
	int err = 0;

	if (!quirk)
		return -ENOMEM;
	quirk->field = *field;
	quirk->by_ids = by_ids;

	spin_lock_irq(&dev->lock);
	if (dev->removed) {
		err = -ENODEV;
	} else if (!quirk_is_applied(dev, field)) {
		err = quirk_apply(dev, quirk);
		applied = !err;
	}
	spin_unlock_irq(&dev->lock);
	if (!applied)
		kfree(quirk);
	return err;
}

static int quirk_add_for_ids(const struct quirk_spec *spec)
{
	struct pcistub_device *dev;
	struct id_quirk *quirk;
	int err = 0;

	quirk = kmalloc(sizeof(*quirk), GFP_KERNEL);
	if (!quirk)
		return -ENOMEM;
	quirk->ids = spec->ids;
	quirk->field = spec->field;

	guard(mutex)(&id_quirks_lock);
	list_add_tail(&quirk->node, &id_quirks);
	for (dev = pciback_device_next(NULL); dev; dev = pciback_device_next(dev))
		if (id_quirk_matches(&spec->ids, dev->pdev) &&
		    quirk_add_to_device(dev, &spec->field, true) == -ENOMEM)
			err = -ENOMEM;
	if (err) {
		/* Functions that have it keep it; if it is added again, the others get it too. */
		list_del(&quirk->node);
		kfree(quirk);
	}
	return err;
}

static int quirk_add_for_function(const struct quirk_spec *spec)
{
	struct pcistub_device *dev = NULL;
	int err;

	if (pciback_slot_spec_in_range(&spec->slot))
		dev = pciback_device_find(spec->slot.domain, spec->slot.bus,
					  PCI_DEVFN(spec->slot.dev, spec->slot.func));
	if (!dev)
		return -ENODEV;
	err = quirk_add_to_device(dev, &spec->field, false);
	pciback_device_put(dev);
	return err;
}

/**
 * pciback_quirk_add() - add a quirk
 * @buf: its text, see spec/quirk_spec.c
 * @count: length of the text in bytes
 *
 * Context: may sleep. Takes id_quirks_lock and records' locks.
 * Return: 0; -EINVAL: not a quirk, or outside of configuration space; -ENODEV: the
 * function is not seized; -EPERM: the driver controls that register at every level;
 * -ENOMEM.
 */
int pciback_quirk_add(const char *buf, size_t count)
{
	struct quirk_spec spec;

	if (pciback_quirk_spec_parse(buf, count, &spec))
		return -EINVAL;
	return spec.by_ids ? quirk_add_for_ids(&spec) : quirk_add_for_function(&spec);
}

static bool quirk_is_separator(char ch)
{
	return ch == ';' || isspace(ch);
}

/**
 * pciback_quirks_load() - add the quirks of the module parameter
 * @list: quirks by IDs, separated by white space or semicolons; NULL: none
 *
 * A quirk that cannot be parsed is logged and skipped.
 *
 * Context: may sleep. Takes id_quirks_lock and records' locks.
 * Return: 0 or -ENOMEM.
 */
int pciback_quirks_load(const char *list)
{
	const char *p = list;
	size_t len;
	int err;

	while (p && *p) {
		if (quirk_is_separator(*p)) {
			p++;
			continue;
		}
		for (len = 0; p[len] && !quirk_is_separator(p[len]); len++)
			;
		err = pciback_quirk_add(p, len);
		if (err == -ENOMEM)
			return err;
		if (err)
			pr_err("quirks: \"%.*s\" at position %td is not a quirk by IDs; skipped. Write VENDOR:DEVICE-REG:SIZE:MASK\n",
			       (int)len, p, p - list);
		p += len;
	}
	return 0;
}

/**
 * pciback_quirks_clear() - free the quirks by IDs
 *
 * Context: may sleep. No function is seized any more. Takes id_quirks_lock.
 */
void pciback_quirks_clear(void)
{
	struct id_quirk *quirk, *next;

	guard(mutex)(&id_quirks_lock);
	list_for_each_entry_safe(quirk, next, &id_quirks, node) {
		list_del(&quirk->node);
		kfree(quirk);
	}
}

/**
 * pciback_quirks_apply() - apply the quirks by IDs to a new record
 * @dev: the record, already in the list of seized functions
 *
 * Context: may sleep. Takes id_quirks_lock and @dev->lock.
 * Return: 0 or -ENOMEM; a quirk that is not possible for the function is skipped.
 */
int pciback_quirks_apply(struct pcistub_device *dev)
{
	struct id_quirk *quirk;

	guard(mutex)(&id_quirks_lock);
	list_for_each_entry(quirk, &id_quirks, node)
		if (id_quirk_matches(&quirk->ids, dev->pdev) &&
		    quirk_add_to_device(dev, &quirk->field, true) == -ENOMEM)
			return -ENOMEM;
	return 0;
}

static void quirk_free(struct pciback_quirk *quirk)
{
	list_del(&quirk->node);
	kfree(quirk);
}

/**
 * pciback_quirks_guest_gone() - remove the quirks that were added for a guest
 * @dev: the function
 *
 * Context: caller holds @dev->lock.
 */
void pciback_quirks_guest_gone(struct pcistub_device *dev)
{
	struct pciback_quirk *quirk, *next;

	lockdep_assert_held(&dev->lock);
	pciback_conf_close(dev->conf);
	list_for_each_entry_safe(quirk, next, &dev->quirks, node) {
		if (quirk->by_ids)
			pciback_conf_open(dev->conf, quirk->field.reg, quirk->field.size,
					  quirk->field.mask);
		else
			quirk_free(quirk);
	}
	if (list_empty(&dev->quirks) && dev->level == CONF_QUIRKS)
		dev->level = CONF_STRICT;
}

/**
 * pciback_quirks_free() - free all quirks of a function that is being released
 * @dev: its record, which gets no more
 *
 * Context: caller holds @dev->lock.
 */
void pciback_quirks_free(struct pcistub_device *dev)
{
	struct pciback_quirk *quirk, *next;

	lockdep_assert_held(&dev->lock);
	list_for_each_entry_safe(quirk, next, &dev->quirks, node)
		quirk_free(quirk);
}

/* Larger than any line below, in bytes. A line is only printed if it fits as a whole. */
#define QUIRK_LINE	64

/**
 * pciback_quirks_show() - print the quirks of the seized functions
 * @buf: a page
 *
 * For each seized function its address, its IDs and its quirks.
 *
 * Context: may sleep. Takes records' locks.
 * Return: length of the text in bytes.
 */
int pciback_quirks_show(char *buf)
{
	struct pcistub_device *dev;
	struct pciback_quirk *quirk;
	int len = 0;

	for (dev = pciback_device_next(NULL); dev; dev = pciback_device_next(dev)) {
		struct pci_dev *pdev = dev->pdev;

		if (len + 2 * QUIRK_LINE >= PAGE_SIZE)
			continue;
		len += sysfs_emit_at(buf, len, "%02x:%02x.%01x\n\t%04x:%04x:%04x:%04x\n",
				     pdev->bus->number, PCI_SLOT(pdev->devfn),
				     PCI_FUNC(pdev->devfn), pdev->vendor, pdev->device,
				     pdev->subsystem_vendor, pdev->subsystem_device);
		spin_lock_irq(&dev->lock);
		list_for_each_entry(quirk, &dev->quirks, node)
			if (len + QUIRK_LINE < PAGE_SIZE)
				len += sysfs_emit_at(buf, len, "\t\t%08x:%01x:%08x\n",
						     quirk->field.reg, quirk->field.size,
						     quirk->field.mask);
		spin_unlock_irq(&dev->lock);
	}
	return len;
}
