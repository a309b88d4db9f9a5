/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where a guest finds its functions: the address each has on the guest's own
 * PCI buses. Two numberings exist, chosen at load: one virtual bus (vpci), or
 * the host's addresses (passthrough). The placement itself is pure.
 */
#ifndef PCIBACK_BACKEND_VBUS_H
#define PCIBACK_BACKEND_VBUS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <pciback/vpci.h>

struct pciback_device;
struct topology;

/**
 * struct topo_entry - a function in a guest's topology
 * @node: in the topology's list
 * @real: its address in the host
 * @virt: its address in the guest
 * @dev: its record; reference held
 * @visited: by the walk under way
 */
struct topo_entry {
	struct list_head node;
	struct topo_addr real;
	struct topo_addr virt;
	struct pciback_device *dev;
	bool visited;
};

/**
 * struct topology_ops - a numbering
 * @name: for messages
 * @place: choose the address of a function; 0 or -ENOSPC
 * @vacate: an address is free again; may be NULL
 * @is_root: does the guest have to scan the bus of this function for itself?
 */
struct topology_ops {
	const char *name;
	int (*place)(struct topology *topo, const struct pciback_device *dev,
		     struct topo_addr *virt);
	void (*vacate)(struct topology *topo, const struct topo_addr *virt);
	bool (*is_root)(struct topology *topo, const struct topo_entry *entry);
};

extern const struct topology_ops vpci_ops;
extern const struct topology_ops passthrough_ops;

/**
 * struct topology - all functions of one guest
 * @lock: guards everything here; taken under device_lock(), above a record's
 *	lock; no call out of the topology is made under it
 * @ops: the numbering
 * @entries: in the order of adding
 * @by_virt: the same by virtual address, for the guest's operations
 * @vpci: state of the vpci numbering
 */
struct topology {
	struct mutex lock;
	const struct topology_ops *ops;
	struct list_head entries;
	struct xarray by_virt;
	struct vpci vpci;
};

void topology_init(struct topology *topo, const struct topology_ops *ops);
void topology_destroy(struct topology *topo);
int topology_add(struct topology *topo, struct pciback_device *dev, struct topo_addr *virt);
bool topology_remove(struct topology *topo, struct pciback_device *dev);
struct pciback_device *topology_get(struct topology *topo, u32 domain, u32 bus, u32 devfn);
bool topology_find(struct topology *topo, const struct pciback_device *dev,
		   struct topo_addr *virt);
struct pciback_device *topology_first(struct topology *topo);
void topology_walk_start(struct topology *topo);
struct pciback_device *topology_walk_next(struct topology *topo);
bool topology_next_root(struct topology *topo, unsigned int *cursor, struct topo_addr *root);

#endif /* PCIBACK_BACKEND_VBUS_H */
