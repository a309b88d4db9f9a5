/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Where a guest finds its functions: the address each has on the guest's own
 * PCI buses. Two numberings exist, chosen at load: one virtual bus (vpci), or
 * the host's addresses (passthrough). The placement itself is freestanding.
 */
#ifndef PCIBACK_BACKEND_VBUS_H
#define PCIBACK_BACKEND_VBUS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/xarray.h>
#include <pciback/vpci.h>

struct pcistub_device;
struct pciback_vbus;

/**
 * struct vbus_entry - a function in a backend's virtual bus
 * @node: in the virtual bus's list
 * @real: its address in the host
 * @virt: its address in the guest
 * @dev: its record; reference held
 * @visited: by the walk under way
 */
struct vbus_entry {
	struct list_head node;
	struct pciback_addr real;
	struct pciback_addr virt;
	struct pcistub_device *dev;
	bool visited;
};

/**
 * struct vbus_ops - a numbering
 * @name: for messages
 * @place: choose the address of a function; 0 or -ENOSPC
 * @vacate: an address is free again; may be NULL
 * @is_root: does the guest have to scan the bus of this function for itself?
 */
struct vbus_ops {
	const char *name;
	int (*place)(struct pciback_vbus *vbus, const struct pcistub_device *dev,
		     struct pciback_addr *virt);
	void (*vacate)(struct pciback_vbus *vbus, const struct pciback_addr *virt);
	bool (*is_root)(struct pciback_vbus *vbus, const struct vbus_entry *entry);
};

extern const struct vbus_ops pciback_vbus_vpci;
extern const struct vbus_ops pciback_vbus_passthrough;

/**
 * struct pciback_vbus - all functions of one guest
 * @lock: guards everything here; taken under device_lock(), above a record's
 *	lock; no call out of the virtual bus is made under it
 * @ops: the numbering
 * @entries: in the order of adding
 * @by_virt: the same by virtual address, for the guest's operations
 * @vpci: state of the vpci numbering
 */
struct pciback_vbus {
	struct mutex lock;
	const struct vbus_ops *ops;
	struct list_head entries;
	struct xarray by_virt;
	struct vpci vpci;
};

void pciback_vbus_init(struct pciback_vbus *vbus, const struct vbus_ops *ops);
void pciback_vbus_destroy(struct pciback_vbus *vbus);
int pciback_vbus_add(struct pciback_vbus *vbus, struct pcistub_device *dev, struct pciback_addr *virt);
bool pciback_vbus_remove(struct pciback_vbus *vbus, struct pcistub_device *dev);
struct pcistub_device *pciback_vbus_get(struct pciback_vbus *vbus, u32 domain, u32 bus, u32 devfn);
bool pciback_vbus_find(struct pciback_vbus *vbus, const struct pcistub_device *dev,
		       struct pciback_addr *virt);
struct pcistub_device *pciback_vbus_first(struct pciback_vbus *vbus);
void pciback_vbus_walk_start(struct pciback_vbus *vbus);
struct pcistub_device *pciback_vbus_walk_next(struct pciback_vbus *vbus);
bool pciback_vbus_next_root(struct pciback_vbus *vbus, unsigned int *cursor, struct pciback_addr *root);

#endif /* PCIBACK_BACKEND_VBUS_H */
