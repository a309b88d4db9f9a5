// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The records of the seized functions: which there are, how long each lasts,
 * and whom it serves. What is done with a function is in device.c.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "record/record.h"

/* Guards seized_devices and the @node of its members. A leaf: nothing is taken under it. */
static DEFINE_SPINLOCK(seized_lock);
static LIST_HEAD(seized_devices);

static void device_free(struct kref *ref)
{
	struct pcistub_device *dev = container_of(ref, struct pcistub_device, ref);

	kfree(dev->seizure.core);
	kvfree(dev->conf);
	pci_dev_put(dev->pdev);
	mutex_destroy(&dev->lock);
	kfree(dev);
}

/**
 * pciback_device_put() - drop a reference to a record
 * @dev: the record
 *
 * Context: may sleep.
 */
void pciback_device_put(struct pcistub_device *dev)
{
	kref_put(&dev->ref, device_free);
}

/**
 * pciback_device_add() - make a record known
 * @dev: the record, whose first reference becomes the list's
 *
 * Context: process.
 */
void pciback_device_add(struct pcistub_device *dev)
{
	spin_lock(&seized_lock);
	list_add_tail(&dev->node, &seized_devices);
	spin_unlock(&seized_lock);
}

/**
 * pciback_device_del() - let nobody find a record any more
 * @dev: the record; the list's reference is the caller's now
 *
 * Context: process.
 */
void pciback_device_del(struct pcistub_device *dev)
{
	spin_lock(&seized_lock);
	list_del_init(&dev->node);
	spin_unlock(&seized_lock);
}

/**
 * pciback_device_find() - the record of a seized function
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 *
 * Context: may sleep.
 * Return: the record, to be given up with pciback_device_put(); NULL: the
 * function is not seized.
 */
struct pcistub_device *pciback_device_find(u32 domain, u8 bus, u8 devfn)
{
	struct pcistub_device *dev, *found = NULL;

	spin_lock(&seized_lock);
	list_for_each_entry(dev, &seized_devices, node) {
		if ((u32)pci_domain_nr(dev->pdev->bus) == domain &&
		    dev->pdev->bus->number == bus && dev->pdev->devfn == devfn) {
			pciback_device_get(dev);
			found = dev;
			break;
		}
	}
	spin_unlock(&seized_lock);
	return found;
}

/**
 * pciback_device_next() - walk over the seized functions
 * @prev: the one before, whose reference is given up; NULL: start
 *
 * A function that is seized or handed back meanwhile may be missed, and ends
 * the walk if it is the one before.
 *
 * Context: may sleep.
 * Return: a record, to be passed on or given up with pciback_device_put();
 * NULL: no more.
 */
struct pcistub_device *pciback_device_next(struct pcistub_device *prev)
{
	struct list_head *node = prev ? &prev->node : &seized_devices;
	struct pcistub_device *next = NULL;

	spin_lock(&seized_lock);
	/* A record that has left the list points at itself. */
	if (node->next != &seized_devices && (!prev || !list_empty(node))) {
		next = list_entry(node->next, struct pcistub_device, node);
		pciback_device_get(next);
	}
	spin_unlock(&seized_lock);
	if (prev)
		pciback_device_put(prev);
	return next;
}

/**
 * pciback_device_expect_detach() - somebody is about to reset a function
 * @dev: the function
 *
 * Toolstacks reset a function of a guest that they are going to take from it.
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_device_expect_detach(struct pcistub_device *dev)
{
	struct pciback_owner *owner = dev->owner;

	/* Only under device_lock() does the owner change. */
	device_lock_assert(&dev->pdev->dev);
	if (owner)
		owner->ops->expect_detach(owner);
}

/**
 * pciback_device_is_usable_by() - may this guest's operation go on?
 * @dev: the function
 * @owner: the guest's instance
 *
 * Context: caller holds @dev->lock; the answer holds as long.
 */
bool pciback_device_is_usable_by(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	lockdep_assert_held(&dev->lock);
	return dev->owner == owner && !dev->detaching && !dev->isolated;
}
