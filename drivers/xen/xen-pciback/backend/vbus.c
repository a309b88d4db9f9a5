// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The functions of one guest, by the address each has in the guest, and the
 * two numberings that give them out.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/vpci.h>
#include "backend/vbus.h"
#include "record/record.h"

static struct topo_addr real_address(const struct pciback_device *dev)
{
	return (struct topo_addr) {
		.domain = pci_domain_nr(dev->pdev->bus),
		.bus = dev->pdev->bus->number,
		.devfn = dev->pdev->devfn,
	};
}

static unsigned long virt_key(u32 domain, u32 bus, u32 devfn)
{
	return (unsigned long)domain << 16 | bus << 8 | devfn;
}

static int vpci_ops_place(struct topology *topo, const struct pciback_device *dev,
			  struct topo_addr *virt)
{
	struct topo_addr real = real_address(dev);

	virt->domain = 0;
	virt->bus = 0;
	return vpci_place(&topo->vpci, &real, dev->pdev->is_virtfn, &virt->devfn);
}

static void vpci_ops_vacate(struct topology *topo, const struct topo_addr *virt)
{
	vpci_vacate(&topo->vpci, virt->devfn);
}

static bool vpci_ops_is_root(struct topology *topo, const struct topo_entry *entry)
{
	return true;
}

/* One virtual bus, 0000:00, of 32 slots. */
const struct topology_ops vpci_ops = {
	.name = "vpci",
	.place = vpci_ops_place,
	.vacate = vpci_ops_vacate,
	.is_root = vpci_ops_is_root,
};

static int passthrough_place(struct topology *topo, const struct pciback_device *dev,
			     struct topo_addr *virt)
{
	*virt = real_address(dev);
	return 0;
}

/* A bus below a bridge that the guest has is found through that bridge. */
static bool passthrough_is_root(struct topology *topo, const struct topo_entry *entry)
{
	struct pci_dev *bridge = pci_upstream_bridge(entry->dev->pdev);

	for (; bridge; bridge = pci_upstream_bridge(bridge))
		if (xa_load(&topo->by_virt, virt_key(pci_domain_nr(bridge->bus),
						     bridge->bus->number, bridge->devfn)))
			return false;
	return true;
}

/* The host's own addresses. */
const struct topology_ops passthrough_ops = {
	.name = "passthrough",
	.place = passthrough_place,
	.is_root = passthrough_is_root,
};

/**
 * topology_init() - start with no functions
 * @topo: the topology
 * @ops: its numbering
 */
void topology_init(struct topology *topo, const struct topology_ops *ops)
{
	mutex_init(&topo->lock);
	topo->ops = ops;
	INIT_LIST_HEAD(&topo->entries);
	xa_init(&topo->by_virt);
}

/**
 * topology_destroy() - the opposite of topology_init()
 * @topo: an empty topology
 */
void topology_destroy(struct topology *topo)
{
	WARN_ON(!list_empty(&topo->entries));
	xa_destroy(&topo->by_virt);
	mutex_destroy(&topo->lock);
}

/**
 * topology_add() - give a function a place
 * @topo: the guest's topology
 * @dev: the function; the topology takes a reference of its own
 * @virt: its address in the guest
 *
 * Context: may sleep.
 * Return: 0; -ENOSPC: no free place; -EEXIST: it has one; -ENOMEM.
 */
int topology_add(struct topology *topo, struct pciback_device *dev, struct topo_addr *virt)
{
	struct topo_entry *entry;
	int err;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	if (!entry)
		return -ENOMEM;
	entry->real = real_address(dev);
	entry->dev = dev;

	guard(mutex)(&topo->lock);
	err = topo->ops->place(topo, dev, &entry->virt);
	if (err)
		goto free;
	err = xa_insert(&topo->by_virt,
			virt_key(entry->virt.domain, entry->virt.bus, entry->virt.devfn),
			entry, GFP_KERNEL);
	if (err)
		goto vacate;
	list_add_tail(&entry->node, &topo->entries);
	pciback_device_get(dev);
	*virt = entry->virt;
	return 0;

vacate:
	if (topo->ops->vacate)
		topo->ops->vacate(topo, &entry->virt);
	if (err == -EBUSY)
		err = -EEXIST;
free:
	kfree(entry);
	return err;
}

/**
 * topology_remove() - take a function's place away
 * @topo: the guest's topology
 * @dev: the function; the caller has a reference besides the topology's
 *
 * Context: may sleep.
 * Return: true if it had a place.
 */
bool topology_remove(struct topology *topo, struct pciback_device *dev)
{
	struct topo_entry *entry, *found = NULL;

	mutex_lock(&topo->lock);
	list_for_each_entry(entry, &topo->entries, node) {
		if (entry->dev == dev) {
			found = entry;
			break;
		}
	}
	if (found) {
		list_del(&found->node);
		xa_erase(&topo->by_virt, virt_key(found->virt.domain, found->virt.bus,
						  found->virt.devfn));
		if (topo->ops->vacate)
			topo->ops->vacate(topo, &found->virt);
	}
	mutex_unlock(&topo->lock);
	if (!found)
		return false;
	pciback_device_put(found->dev);
	kfree(found);
	return true;
}

/**
 * topology_get() - the function at an address
 * @topo: the guest's topology
 * @domain: as the guest sent it, any value
 * @bus: likewise
 * @devfn: likewise
 *
 * Context: may sleep.
 * Return: its record, to be given up with pciback_device_put(), or NULL.
 */
struct pciback_device *topology_get(struct topology *topo, u32 domain, u32 bus, u32 devfn)
{
	struct topo_entry *entry;

	if (bus > U8_MAX || devfn > U8_MAX)
		return NULL;
	guard(mutex)(&topo->lock);
	entry = xa_load(&topo->by_virt, virt_key(domain, bus, devfn));
	if (!entry)
		return NULL;
	pciback_device_get(entry->dev);
	return entry->dev;
}

/**
 * topology_first() - some function, for emptying the topology
 * @topo: the guest's topology
 *
 * Context: may sleep.
 * Return: its record, to be given up with pciback_device_put(), or NULL.
 */
struct pciback_device *topology_first(struct topology *topo)
{
	struct topo_entry *entry;

	guard(mutex)(&topo->lock);
	entry = list_first_entry_or_null(&topo->entries, struct topo_entry, node);
	if (!entry)
		return NULL;
	pciback_device_get(entry->dev);
	return entry->dev;
}

/**
 * topology_find() - where the guest has a function
 * @topo: the guest's topology
 * @dev: the function
 * @virt: its address in the guest
 *
 * Context: may sleep.
 * Return: false: the guest does not have it.
 */
bool topology_find(struct topology *topo, const struct pciback_device *dev,
		   struct topo_addr *virt)
{
	struct topo_entry *entry;

	guard(mutex)(&topo->lock);
	list_for_each_entry(entry, &topo->entries, node) {
		if (entry->dev != dev)
			continue;
		*virt = entry->virt;
		return true;
	}
	return false;
}

/**
 * topology_walk_start() - begin to look at each function
 * @topo: the guest's topology
 *
 * Context: may sleep. One walk at a time; functions may be removed meanwhile.
 */
void topology_walk_start(struct topology *topo)
{
	struct topo_entry *entry;

	guard(mutex)(&topo->lock);
	list_for_each_entry(entry, &topo->entries, node)
		entry->visited = false;
}

/**
 * topology_walk_next() - the next function of a walk
 * @topo: the guest's topology
 *
 * Context: may sleep.
 * Return: its record, to be given up with pciback_device_put(), or NULL.
 */
struct pciback_device *topology_walk_next(struct topology *topo)
{
	struct topo_entry *entry;

	guard(mutex)(&topo->lock);
	list_for_each_entry(entry, &topo->entries, node) {
		if (entry->visited)
			continue;
		entry->visited = true;
		pciback_device_get(entry->dev);
		return entry->dev;
	}
	return NULL;
}

/**
 * topology_next_root() - the buses that the guest has to scan
 * @topo: the guest's topology
 * @cursor: 0 for the first call, then as the last call left it
 * @root: a bus; the same one may come more than once
 *
 * Context: may sleep.
 * Return: false: no more.
 */
bool topology_next_root(struct topology *topo, unsigned int *cursor, struct topo_addr *root)
{
	struct topo_entry *entry;
	unsigned int i = 0;

	guard(mutex)(&topo->lock);
	list_for_each_entry(entry, &topo->entries, node) {
		if (i++ < *cursor)
			continue;
		*cursor = i;
		if (topo->ops->is_root(topo, entry)) {
			*root = (struct topo_addr) {
				.domain = entry->virt.domain,
				.bus = entry->virt.bus,
			};
			return true;
		}
	}
	return false;
}
