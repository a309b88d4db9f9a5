// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The list of the records of seized functions, and the references to each record. What is
 * done with a function is in device/lifecycle.c. This file only changes the list and
 * reference counts.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "record/record.h"

/*
 * Guards seized_devices, @node and @seq of its members, and last_seq. A leaf: no other lock is
 * taken under it.
 */
static DEFINE_SPINLOCK(seized_lock);
/* In the order of @seq. */
static LIST_HEAD(seized_devices);
static u64 last_seq;

/* For the work items of all functions; set once. */
struct workqueue_struct *pciback_device_wq;

/**
 * pciback_device_wq_init() - make the workqueue of all functions
 *
 * Context: may sleep. No function is seized yet.
 * Return: 0 or -ENOMEM.
 */
int pciback_device_wq_init(void)
{
	/* Unbound: resets sleep, and many functions may be reset side by side. */
	pciback_device_wq = alloc_workqueue("xen-pciback-device", WQ_UNBOUND | WQ_FREEZABLE, 0);
	return pciback_device_wq ? 0 : -ENOMEM;
}

/**
 * pciback_device_wq_exit() - undo pciback_device_wq_init()
 *
 * Context: sleeps until all work items are done. No function is seized any more.
 */
void pciback_device_wq_exit(void)
{
	destroy_workqueue(pciback_device_wq);
}

static void device_free(struct kref *ref)
{
	struct pcistub_device *dev = container_of(ref, struct pcistub_device, ref);

	kfree(dev->seizure.core);
	kfree(dev->seizure.image);
	kvfree(dev->conf);
	pci_dev_put(dev->pdev);
	kfree(dev);
}

/**
 * pciback_device_put() - drop a reference to a record
 * @dev: the record, which is freed with its last reference
 *
 * Context: may sleep.
 */
void pciback_device_put(struct pcistub_device *dev)
{
	kref_put(&dev->ref, device_free);
}

/**
 * pciback_device_add() - add a record to the list of seized functions
 * @dev: the record; the list takes over its first reference
 *
 * Context: process. Takes seized_lock.
 */
void pciback_device_add(struct pcistub_device *dev)
{
	spin_lock(&seized_lock);
	dev->seq = ++last_seq;
	list_add_tail(&dev->node, &seized_devices);
	spin_unlock(&seized_lock);
}

/**
 * pciback_device_del() - remove a record from the list of seized functions
 * @dev: the record; the caller takes over the reference of the list
 *
 * Context: process. Takes seized_lock.
 */
void pciback_device_del(struct pcistub_device *dev)
{
	spin_lock(&seized_lock);
	list_del_init(&dev->node);
	spin_unlock(&seized_lock);
}

/**
 * pciback_device_find() - find the record of a seized function
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 *
 * Context: process. Takes seized_lock.
 * Return: the record, to be dropped with pciback_device_put(); NULL: the function is
 * not seized.
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
 * pciback_device_next() - iterate over the seized functions
 * @prev: the previous record, whose reference is dropped; NULL: start
 *
 * Visits every function that is seized during the whole iteration once, whatever is seized
 * or released meanwhile, @prev included. One that is seized meanwhile is visited, too.
 *
 * Context: process; may sleep. Takes seized_lock.
 * Return: the next record, to be passed to the next call or dropped with
 * pciback_device_put(); NULL: no more.
 */
struct pcistub_device *pciback_device_next(struct pcistub_device *prev)
{
	struct pcistub_device *dev, *next = NULL;

	spin_lock(&seized_lock);
	/* Not from @prev's node on: it may have been removed from the list. */
	list_for_each_entry(dev, &seized_devices, node) {
		if (!prev || dev->seq > prev->seq) {
			pciback_device_get(dev);
			next = dev;
			break;
		}
	}
	spin_unlock(&seized_lock);
	if (prev)
		pciback_device_put(prev);
	return next;
}

/**
 * pciback_device_expect_detach() - tell the owner that a function is about to be reset
 * @dev: the function
 *
 * Toolstacks reset a guest's function before they detach it.
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_device_expect_detach(struct pcistub_device *dev)
{
	struct pciback_owner *owner = dev->owner;

	/* @owner only changes with device_lock() held. */
	device_lock_assert(&dev->pdev->dev);
	if (owner)
		owner->ops->expect_detach(owner);
}

/**
 * pciback_device_is_usable_by() - may operations of this guest run on a function?
 * @dev: the function
 * @owner: the guest's backend
 *
 * Context: caller holds @dev->lock; the result is valid until it is dropped.
 * Return: true if @owner owns the function, which is neither detaching nor isolated.
 */
bool pciback_device_is_usable_by(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	lockdep_assert_held(&dev->lock);
	return dev->owner == owner && !dev->detaching && !dev->isolated;
}
