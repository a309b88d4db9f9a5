/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One guest that has PCI functions: what the files of guest/ share.
 *
 * Lock order: struct pciback_guest's @lock > device_lock() of a function >
 * the topology's lock > a record's lock. The ring's lock is a leaf.
 */
#ifndef PCIBACK_GUEST_GUEST_H
#define PCIBACK_GUEST_GUEST_H

#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <pciback/device.h>
#include <pciback/topology.h>
#include <xen/grant_table.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/io/pciif.h>
#include <xen/xenbus.h>

/**
 * struct ring - the page shared with the frontend, and its event channel
 * @page: the page, NULL while not connected; changes only while no event can
 *	come and @work does not run
 * @lock: guards @irq
 * @irq: bound event channel, 0 while not connected
 * @work: serves one request
 * @op: the request being served, copied from the page; @work only
 */
struct ring {
	struct xen_pci_sharedinfo *page;
	struct mutex lock;
	unsigned int irq;
	struct work_struct work;
	struct xen_pci_op op;
};

/**
 * struct pciback_guest - the backend instance of one guest
 * @holder: what its functions point at; holds the reference count
 * @xdev: the backend device; valid until the instance is removed
 * @lock: guards the state machine and the connection
 * @topo: the guest's functions; has its own lock
 * @ring: the connection
 * @watch: on the backend's directory, where the toolstack asks for changes
 * @watching: @watch is registered; probe() and remove() only
 */
struct pciback_guest {
	struct pciback_holder holder;
	struct xenbus_device *xdev;
	struct mutex lock;
	struct topology topo;
	struct ring ring;
	struct xenbus_watch watch;
	bool watching;
};

/* ring.c */
int ring_module_init(void);
void ring_module_exit(void);
void ring_init(struct ring *ring);
int ring_connect(struct pciback_guest *guest, grant_ref_t gref, evtchn_port_t port);
void ring_disconnect(struct pciback_guest *guest);

/* ops.c */
void guest_do_op(struct pciback_guest *guest, struct xen_pci_op *op);

/* devices.c */
int guest_export(struct pciback_guest *guest, int index);
void guest_withdraw(struct pciback_guest *guest, int index);
void guest_withdraw_all(struct pciback_guest *guest);
int guest_publish_roots(struct pciback_guest *guest);

#endif /* PCIBACK_GUEST_GUEST_H */
