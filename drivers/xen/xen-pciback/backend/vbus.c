// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The virtual bus: the functions of one guest by their addresses in the guest, and the
 * two ways to choose these addresses, vpci and passthrough. Touches struct pciback_vbus
 * and counts references of the functions' records, nothing else.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/vpci.h>
#include "backend/vbus.h"
#include "record/record.h"

static struct pciback_addr host_addr(const struct pcistub_device *dev)
{
	return (struct pciback_addr) {
		.domain = pci_domain_nr(dev->pdev->bus),
		.bus = dev->pdev->bus->number,
		.devfn = dev->pdev->devfn,
	};
}

/* In by_virt. */
static unsigned long vbus_key(u32 domain, u32 bus, u32 devfn)
{
	return (unsigned long)domain << 16 | bus << 8 | devfn;
}

static int vbus_vpci_place(struct pciback_vbus *vbus, const struct pcistub_device *dev,
			   struct pciback_addr *virt)
{
	struct pciback_addr real = host_addr(dev);

	virt->domain = 0;
	virt->bus = 0;
	return pciback_vpci_place(&vbus->vpci, &real, dev->pdev->is_virtfn, &virt->devfn);
}

static void vbus_vpci_vacate(struct pciback_vbus *vbus, const struct pciback_addr *virt)
{
	pciback_vpci_vacate(&vbus->vpci, virt->devfn);
}

static bool vbus_vpci_is_root(struct pciback_vbus *vbus, const struct vbus_entry *entry)
{
	return true;
}

/* All functions are on one virtual bus, 0000:00, with 32 slots: see vpci.c. */
const struct vbus_ops pciback_vbus_vpci = {
	.name = "vpci",
	.place = vbus_vpci_place,
	.vacate = vbus_vpci_vacate,
	.is_root = vbus_vpci_is_root,
};

static int vbus_passthrough_place(struct pciback_vbus *vbus, const struct pcistub_device *dev,
				  struct pciback_addr *virt)
{
	*virt = host_addr(dev);
	return 0;
}

/* A guest that has a bridge above the function finds its bus through that bridge. */
static bool vbus_passthrough_is_root(struct pciback_vbus *vbus, const struct vbus_entry *entry)
{
	struct pci_dev *bridge = pci_upstream_bridge(entry->dev->pdev);

	for (; bridge; bridge = pci_upstream_bridge(bridge))
		if (xa_load(&vbus->by_virt, vbus_key(pci_domain_nr(bridge->bus),
						     bridge->bus->number, bridge->devfn)))
			return false;
	return true;
}

/* Functions have the same addresses as in the host. */
const struct vbus_ops pciback_vbus_passthrough = {
	.name = "passthrough",
	.place = vbus_passthrough_place,
	.is_root = vbus_passthrough_is_root,
};

/**
 * pciback_vbus_init() - prepare a virtual bus without functions
 * @vbus: the virtual bus
 * @ops: how addresses are chosen
 *
 * Context: any; nothing else uses the virtual bus yet.
 */
void pciback_vbus_init(struct pciback_vbus *vbus, const struct vbus_ops *ops)
{
	mutex_init(&vbus->lock);
	vbus->ops = ops;
	INIT_LIST_HEAD(&vbus->entries);
	/* Looked up in the handler of the guest's events, too. */
	xa_init_flags(&vbus->by_virt, XA_FLAGS_LOCK_IRQ);
}

/**
 * pciback_vbus_destroy() - undo pciback_vbus_init()
 * @vbus: a virtual bus without functions
 *
 * Context: may sleep; nothing else uses the virtual bus any more.
 */
void pciback_vbus_destroy(struct pciback_vbus *vbus)
{
	WARN_ON(!list_empty(&vbus->entries));
	xa_destroy(&vbus->by_virt);
	mutex_destroy(&vbus->lock);
}

/**
 * pciback_vbus_add() - choose an address in the guest for a function and add it
 * @vbus: the backend's virtual bus
 * @dev: the function; the virtual bus takes a reference of its own
 * @virt: set to its address in the guest
 *
 * Context: may sleep. Takes the virtual bus's lock.
 * Return: 0; -ENOSPC: no free slot; -EEXIST: the function is on the bus, or its address
 * is in use; -ENOMEM.
 */
int pciback_vbus_add(struct pciback_vbus *vbus, struct pcistub_device *dev,
		     struct pciback_addr *virt)
{
	struct vbus_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->real = host_addr(dev);
	entry->dev = dev;

	guard(mutex)(&vbus->lock);
	err = vbus->ops->place(vbus, dev, &entry->virt);
	if (err)
		goto free;
	err = xa_insert_irq(&vbus->by_virt,
			    vbus_key(entry->virt.domain, entry->virt.bus, entry->virt.devfn),
			    entry, GFP_KERNEL);
	if (err)
		goto vacate;
	list_add_tail(&entry->node, &vbus->entries);
	pciback_device_get(dev);
	*virt = entry->virt;
	return 0;

vacate:
	if (vbus->ops->vacate)
		vbus->ops->vacate(vbus, &entry->virt);
	if (err == -EBUSY)
		err = -EEXIST;
free:
	kfree(entry);
	return err;
}

/**
 * pciback_vbus_remove() - remove a function from the virtual bus
 * @vbus: the backend's virtual bus
 * @dev: the function; the caller has a reference besides that of the virtual bus
 *
 * When it returns no pciback_vbus_call() uses the function any more.
 *
 * Context: may sleep; device_lock() may be held. Takes the virtual bus's lock.
 * Return: true if it was on the bus.
 */
bool pciback_vbus_remove(struct pciback_vbus *vbus, struct pcistub_device *dev)
{
	struct vbus_entry *entry, *found = NULL;

	mutex_lock(&vbus->lock);
	list_for_each_entry(entry, &vbus->entries, node) {
		if (entry->dev == dev) {
			found = entry;
			break;
		}
	}
	if (found) {
		list_del(&found->node);
		xa_erase_irq(&vbus->by_virt, vbus_key(found->virt.domain, found->virt.bus,
						      found->virt.devfn));
		if (vbus->ops->vacate)
			vbus->ops->vacate(vbus, &found->virt);
	}
	mutex_unlock(&vbus->lock);
	if (!found)
		return false;
	pciback_device_put(found->dev);
	kfree(found);
	return true;
}

/**
 * pciback_vbus_get() - find the function at an address in the guest
 * @vbus: the backend's virtual bus
 * @domain: PCI domain; sent by the guest, any value
 * @bus: bus number; sent by the guest, any value
 * @devfn: device and function number; sent by the guest, any value
 *
 * In constant time: it is called for each request.
 *
 * Context: any. Takes the lock of @by_virt.
 * Return: the function, or NULL. The caller drops the reference with
 * pciback_device_put().
 */
struct pcistub_device *pciback_vbus_get(struct pciback_vbus *vbus, u32 domain, u32 bus, u32 devfn)
{
	struct pcistub_device *dev = NULL;
	struct vbus_entry *entry;
	unsigned long flags;

	if (bus > U8_MAX || devfn > U8_MAX)
		return NULL;
	/* The lock keeps the entry from being freed until there is a reference. */
	xa_lock_irqsave(&vbus->by_virt, flags);
	entry = xa_load(&vbus->by_virt, vbus_key(domain, bus, devfn));
	if (entry) {
		dev = entry->dev;
		pciback_device_get(dev);
	}
	xa_unlock_irqrestore(&vbus->by_virt, flags);
	return dev;
}

/**
 * pciback_vbus_call() - call a function for what is at an address in the guest
 * @vbus: the backend's virtual bus
 * @domain: PCI domain; sent by the guest, any value
 * @bus: bus number; sent by the guest, any value
 * @devfn: device and function number; sent by the guest, any value
 * @call: what to call, under a spinlock; NULL is passed if there is no function
 * @ctx: its second argument
 *
 * As pciback_vbus_get(), for hard interrupts: there a reference must not be dropped, since it
 * may be the last one, and freeing a record sleeps.
 *
 * Context: any. Takes the lock of @by_virt.
 * Return: what @call returned.
 */
int pciback_vbus_call(struct pciback_vbus *vbus, u32 domain, u32 bus, u32 devfn,
		      int (*call)(struct pcistub_device *dev, void *ctx), void *ctx)
{
	struct vbus_entry *entry = NULL;
	unsigned long flags;
	int ret;

	xa_lock_irqsave(&vbus->by_virt, flags);
	if (bus <= U8_MAX && devfn <= U8_MAX)
		entry = xa_load(&vbus->by_virt, vbus_key(domain, bus, devfn));
	ret = call(entry ? entry->dev : NULL, ctx);
	xa_unlock_irqrestore(&vbus->by_virt, flags);
	return ret;
}

/**
 * pciback_vbus_first() - get the function that was added first
 * @vbus: the backend's virtual bus
 *
 * For removing one after the other.
 *
 * Context: may sleep. Takes the virtual bus's lock.
 * Return: the function, or NULL. The caller drops the reference with
 * pciback_device_put().
 */
struct pcistub_device *pciback_vbus_first(struct pciback_vbus *vbus)
{
	struct vbus_entry *entry;

	guard(mutex)(&vbus->lock);
	entry = list_first_entry_or_null(&vbus->entries, struct vbus_entry, node);
	if (!entry)
		return NULL;
	pciback_device_get(entry->dev);
	return entry->dev;
}

/**
 * pciback_vbus_find() - get the address in the guest of a function
 * @vbus: the backend's virtual bus
 * @dev: the function
 * @virt: set to its address in the guest
 *
 * Context: may sleep; device_lock() may be held. Takes the virtual bus's lock.
 * Return: false if the function is not on the bus; then @virt is as it was.
 */
bool pciback_vbus_find(struct pciback_vbus *vbus, const struct pcistub_device *dev,
		       struct pciback_addr *virt)
{
	struct vbus_entry *entry;

	guard(mutex)(&vbus->lock);
	list_for_each_entry(entry, &vbus->entries, node) {
		if (entry->dev != dev)
			continue;
		*virt = entry->virt;
		return true;
	}
	return false;
}

/**
 * pciback_vbus_each() - call a function for each function of the guest
 * @vbus: the backend's virtual bus
 * @call: what to call, with the virtual bus's lock held; it takes no other lock than the
 *	record's
 * @ctx: its second argument
 *
 * Unlike a walk it needs no lock of the backend.
 *
 * Context: may sleep. Takes the virtual bus's lock.
 */
void pciback_vbus_each(struct pciback_vbus *vbus,
		       void (*call)(struct pcistub_device *dev, void *ctx), void *ctx)
{
	struct vbus_entry *entry;

	guard(mutex)(&vbus->lock);
	list_for_each_entry(entry, &vbus->entries, node)
		call(entry->dev, ctx);
}

/**
 * pciback_vbus_walk_start() - start a walk over all functions
 * @vbus: the backend's virtual bus
 *
 * Functions may be added and removed during the walk.
 *
 * Context: may sleep. Takes the virtual bus's lock. Caller holds the backend's lock until
 * the walk is over, as there can be only one at a time.
 */
void pciback_vbus_walk_start(struct pciback_vbus *vbus)
{
	struct vbus_entry *entry;

	guard(mutex)(&vbus->lock);
	list_for_each_entry(entry, &vbus->entries, node)
		entry->visited = false;
}

/**
 * pciback_vbus_walk_next() - get the next function of a walk
 * @vbus: the backend's virtual bus
 *
 * Context: may sleep. Takes the virtual bus's lock. Caller holds the backend's lock.
 * Return: the function, or NULL at the end. The caller drops the reference with
 * pciback_device_put().
 */
struct pcistub_device *pciback_vbus_walk_next(struct pciback_vbus *vbus)
{
	struct vbus_entry *entry;

	guard(mutex)(&vbus->lock);
	list_for_each_entry(entry, &vbus->entries, node) {
		if (entry->visited)
			continue;
		entry->visited = true;
		pciback_device_get(entry->dev);
		return entry->dev;
	}
	return NULL;
}

/**
 * pciback_vbus_next_root() - get the next bus that the guest has to scan
 * @vbus: the backend's virtual bus
 * @cursor: 0 for the first call; each call advances it
 * @root: set to the bus; the same bus may be returned more than once
 *
 * Context: may sleep. Takes the virtual bus's lock.
 * Return: false at the end.
 */
bool pciback_vbus_next_root(struct pciback_vbus *vbus, unsigned int *cursor,
			    struct pciback_addr *root)
{
	struct vbus_entry *entry;
	unsigned int i = 0;

	guard(mutex)(&vbus->lock);
	list_for_each_entry(entry, &vbus->entries, node) {
		if (i++ < *cursor)
			continue;
		*cursor = i;
		if (vbus->ops->is_root(vbus, entry)) {
			*root = (struct pciback_addr) {
				.domain = entry->virt.domain,
				.bus = entry->virt.bus,
			};
			return true;
		}
	}
	return false;
}
