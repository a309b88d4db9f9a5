/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The virtual bus of a guest: the address that each of its functions has on the guest's
 * own PCI buses. There are two ways to choose addresses, selected at load: one virtual
 * bus (vpci), or the host's addresses (passthrough). The former is in vpci.c, which is
 * freestanding.
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
 * struct vbus_entry - a function on a virtual bus; guarded by struct pciback_vbus's @lock
 * @node: in @entries of the virtual bus
 * @real: its address in the host
 * @virt: its address in the guest
 * @dev: the function; reference held
 * @visited: the current walk has returned it
 */
struct vbus_entry {
	struct list_head node;
	struct pciback_addr real;
	struct pciback_addr virt;
	struct pcistub_device *dev;
	bool visited;
};

/**
 * struct vbus_ops - a way to choose addresses; constant, called with the virtual bus's
 *	@lock held
 * @name: for messages
 * @place: choose the address of a function; 0, -ENOSPC or -EEXIST
 * @vacate: the address is not used any more; may be NULL
 * @is_root: true if the guest finds the bus of this function only by scanning it as a
 *	root bus
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
 * @lock: guards all members but @ops. Taken under device_lock(); the lock of @by_virt
 *	and struct pcistub_device's @lock come after it, but no other lock is taken under it.
 * @ops: how addresses are chosen; set once
 * @entries: the functions in the order in which they were added
 * @by_virt: the same by virtual address, for the guest's requests. Written with @lock and
 *	its own lock held, a spinlock that is also taken in hard interrupt; struct
 *	pcistub_device's @lock is taken under it
 * @vpci: slots that are in use, if @ops is vpci
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
int pciback_vbus_add(struct pciback_vbus *vbus, struct pcistub_device *dev,
		     struct pciback_addr *virt);
bool pciback_vbus_remove(struct pciback_vbus *vbus, struct pcistub_device *dev);
struct pcistub_device *pciback_vbus_get(struct pciback_vbus *vbus, u32 domain, u32 bus, u32 devfn);
int pciback_vbus_call(struct pciback_vbus *vbus, u32 domain, u32 bus, u32 devfn,
		      int (*call)(struct pcistub_device *dev, void *ctx), void *ctx);
bool pciback_vbus_find(struct pciback_vbus *vbus, const struct pcistub_device *dev,
		       struct pciback_addr *virt);
struct pcistub_device *pciback_vbus_first(struct pciback_vbus *vbus);
void pciback_vbus_each(struct pciback_vbus *vbus,
		       void (*call)(struct pcistub_device *dev, void *ctx), void *ctx);
void pciback_vbus_walk_start(struct pciback_vbus *vbus);
struct pcistub_device *pciback_vbus_walk_next(struct pciback_vbus *vbus);
bool pciback_vbus_next_root(struct pciback_vbus *vbus, unsigned int *cursor,
			    struct pciback_addr *root);

#endif /* PCIBACK_BACKEND_VBUS_H */
