// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Quirks in force: registers that guests may write although no row allows it.
 * A quirk for one function lasts until its guest leaves; one for devices of
 * given ids lasts as long as the module and applies to each as it is seized.
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

/* A quirk for all devices of some ids. */
struct id_quirk {
	struct list_head node;
	struct quirk_ids ids;
	struct quirk_field field;
};

/* Guards id_quirks. Taken above the lock of a record. */
static DEFINE_MUTEX(id_quirks_lock);
static LIST_HEAD(id_quirks);

static int quirk_apply(struct pcistub_device *dev, const struct quirk_field *field, bool by_ids)
{
	struct pciback_quirk *quirk;
	int err;

	lockdep_assert_held(&dev->lock);
	if (field->reg + field->size > dev->conf->size)
		return -EINVAL;
	quirk = kmalloc(sizeof(*quirk), GFP_KERNEL);
	if (!quirk)
		return -ENOMEM;
	err = pciback_conf_open(dev->conf, field->reg, field->size, field->mask);
	if (err) {
		kfree(quirk);
		pci_err(dev->pdev,
			"quirk for register 0x%x refused: the driver decides over it at every level\n",
			field->reg);
		return err;
	}
	quirk->field = *field;
	quirk->by_ids = by_ids;
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

/* A quirk that is in force already is not entered twice. */
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

static int quirk_add_to_device(struct pcistub_device *dev, const struct quirk_field *field, bool by_ids)
{
	guard(mutex)(&dev->lock);

	if (dev->removed)
		return -ENODEV;
	return quirk_is_applied(dev, field) ? 0 : quirk_apply(dev, field, by_ids);
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
		/* Functions that have it keep it; another attempt is for the others. */
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
 * pciback_quirk_add() - put a quirk in force
 * @buf: its text, see quirk_spec.c
 * @count: length of the text
 *
 * Context: may sleep.
 * Return: 0; -EINVAL: not a quirk; -ENODEV: the function is not seized;
 * -EPERM: the driver decides over that register; -ENOMEM.
 */
int pciback_quirk_add(const char *buf, size_t count)
{
	struct quirk_spec spec;

	if (pciback_quirk_spec_parse(buf, count, &spec))
		return -EINVAL;
	return spec.by_ids ? quirk_add_for_ids(&spec) : quirk_add_for_function(&spec);
}

static bool is_quirk_separator(char ch)
{
	return ch == ';' || isspace(ch);
}

/**
 * pciback_quirks_load() - put the quirks of the module parameter in force
 * @list: quirks by ids, separated by blanks or semicolons; NULL: none
 *
 * One that cannot be understood is reported and skipped.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pciback_quirks_load(const char *list)
{
	const char *p = list;
	size_t len;
	int err;

	while (p && *p) {
		if (is_quirk_separator(*p)) {
			p++;
			continue;
		}
		for (len = 0; p[len] && !is_quirk_separator(p[len]); len++)
			;
		err = pciback_quirk_add(p, len);
		if (err == -ENOMEM)
			return err;
		if (err)
			pr_err("quirks: \"%.*s\" at position %td is not a quirk by ids; skipped. Write VENDOR:DEVICE-REG:SIZE:MASK\n",
			       (int)len, p, p - list);
		p += len;
	}
	return 0;
}

/**
 * pciback_quirks_clear() - forget the quirks by ids
 *
 * Context: may sleep; no function is seized any more.
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
 * pciback_quirks_apply() - put the quirks by ids in force for a new record
 * @dev: the record, in the list of seized functions already
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM; a quirk that the function cannot have is no error.
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
 * pciback_quirks_guest_gone() - end the quirks that were made for a guest
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
 * pciback_quirks_free() - end all quirks of a function that is handed back
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

/* Twice as long as any line below; whole lines only. */
#define QUIRK_LINE	64

/**
 * pciback_quirks_show() - print the quirks in force
 * @buf: a page
 *
 * For each seized function its address, its ids and its quirks.
 *
 * Context: may sleep.
 * Return: length of the text.
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
		mutex_lock(&dev->lock);
		list_for_each_entry(quirk, &dev->quirks, node)
			if (len + QUIRK_LINE < PAGE_SIZE)
				len += sysfs_emit_at(buf, len, "\t\t%08x:%01x:%08x\n",
						     quirk->field.reg, quirk->field.size,
						     quirk->field.mask);
		mutex_unlock(&dev->lock);
	}
	return len;
}
