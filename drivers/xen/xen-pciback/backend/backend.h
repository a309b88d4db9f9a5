/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One guest that has PCI functions: what the files of guest/ share.
 *
 * Lock order: struct pciback_guest's @lock > device_lock() of a function >
 * the topology's lock > a record's lock. The ring's lock and @kick_lock are leaves;
 * struct aer's lock comes just above the ring's, below device_lock().
 */
#ifndef PCIBACK_BACKEND_BACKEND_H
#define PCIBACK_BACKEND_BACKEND_H

#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include "backend/aer.h"
#include "backend/shared_page.h"
#include "backend/vbus.h"
#include "device/lifecycle.h"
#include <xen/grant_table.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/io/pciif.h>
#include <xen/xenbus.h>

struct slot_spec;

/*
 * More functions than any guest is given. With more, num_devs is not a number of
 * devices: looking for each of them in xenstore would take minutes.
 */
#define MAX_DEVICES	1024

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
	struct shared_page *page;
	struct mutex lock;
	unsigned int irq;
	struct work_struct work;
	struct xen_pci_op op;
};

/**
 * enum guest_sign - what was heard of a guest since somebody last looked
 * @GUEST_LEFT: its frontend is closing or closed, if only for a moment
 * @GUEST_POLITE: likewise closing, before it is closed
 * @GUEST_SPOKE: its frontend wrote its state
 * @GUEST_UNBOUND: a function was unbound while the guest had it
 * @GUEST_DETACH_AHEAD: the toolstack seems about to take a function
 */
enum guest_sign {
	GUEST_LEFT,
	GUEST_POLITE,
	GUEST_SPOKE,
	GUEST_UNBOUND,
	GUEST_DETACH_AHEAD,
};

/**
 * struct pciback_guest - the backend instance of one guest
 * @holder: what its functions point at; holds the reference count
 * @xdev: the backend device; valid until the instance is removed
 * @lock: guards the state machine and the connection
 * @topo: the guest's functions; has its own lock
 * @ring: the connection
 * @aer: what the backend asks over it
 * @report: tells the toolstack of functions that the guest was cut off from
 * @watch: on the backend's directory, where the toolstack asks for changes
 * @watching: @watch is registered; probe() and remove() only
 * @work: looks at the guest and makes moves: see steps.c
 * @kick_lock: guards @dead, @due and the starting of @work; a leaf
 * @dead: @work must not be started any more
 * @due: when @work is to run, if it is pending
 * @signs: bits of enum guest_sign, for @work; atomic
 *
 * For @work alone, under @lock:
 *
 * @gref: grant of the page that is mapped
 * @port: event channel that is bound, as the guest numbers it
 * @closed: a frontend has gone and no other has come
 * @polite: it closed by way of Closing
 * @reopened: it was not the first
 * @rescanned: the frontend was told that its reconfiguration is done
 * @resting: state to go back to without a frontend
 * @waits_in: state of the backend in which the frontend was last looked at
 * @waits_since: since when
 * @hurried: since then the toolstack takes, or took, a function
 * @silent_until: do not wait for the frontend: it did not answer
 * @detach_until: the toolstack is taking functions
 * @next_reopen: earliest time for another frontend
 * @reopen_ms: for how long after that none may come
 */
struct pciback_guest {
	struct pciback_holder holder;
	struct xenbus_device *xdev;
	struct mutex lock;
	struct topology topo;
	struct ring ring;
	struct aer aer;
	struct work_struct report;
	struct xenbus_watch watch;
	bool watching;
	struct delayed_work work;
	spinlock_t kick_lock;
	bool dead;
	ktime_t due;
	unsigned long signs;

	grant_ref_t gref;
	evtchn_port_t port;
	bool closed;
	bool polite;
	bool reopened;
	bool rescanned;
	enum xenbus_state resting;
	enum xenbus_state waits_in;
	ktime_t waits_since;
	bool hurried;
	ktime_t silent_until;
	ktime_t detach_until;
	ktime_t next_reopen;
	unsigned int reopen_ms;
};

/* steps.c */
void guest_kick_at(struct pciback_guest *guest, unsigned int ms);
void guest_work(struct work_struct *work);

/* ring.c */
extern struct workqueue_struct *guest_wq;
int ring_module_init(void);
void ring_module_exit(void);
void ring_init(struct ring *ring);
int ring_connect(struct pciback_guest *guest, grant_ref_t gref, evtchn_port_t port);
void ring_disconnect(struct pciback_guest *guest);

/* errors.c */
void errors_init(struct pciback_guest *guest);
void errors_exit(struct pciback_guest *guest);

/* ops.c */
void guest_do_op(struct pciback_guest *guest, struct xen_pci_op *op);

/* nodes.c */
int guest_num_devs(struct pciback_guest *guest);
enum xenbus_state guest_index_state(struct pciback_guest *guest, int index);
struct pciback_device *guest_device_named(struct pciback_guest *guest, int index);
void report_nameless(struct pciback_guest *guest, int index);
void set_state(struct pciback_guest *guest, int index, enum xenbus_state state);
void set_gone(struct pciback_guest *guest, int index);
int publish_address(struct pciback_guest *guest, int index, const struct topo_addr *virt);
bool address_is_published(struct pciback_guest *guest, int index, const struct topo_addr *virt);
int publish_root(struct pciback_guest *guest, const struct topo_addr *root);
int read_list(struct pciback_guest *guest, struct slot_spec **specs);

/* devices.c */
void guest_attach(struct pciback_guest *guest, int index);
void guest_withdraw(struct pciback_guest *guest, int index);
bool guest_withdraw_unlisted(struct pciback_guest *guest);
void guest_withdraw_all(struct pciback_guest *guest);
bool guest_note_unbound(struct pciback_guest *guest, enum xenbus_state state);
void guest_quiet_all(struct pciback_guest *guest);
void guest_renew_all(struct pciback_guest *guest);
int guest_publish_roots(struct pciback_guest *guest);

#endif /* PCIBACK_BACKEND_BACKEND_H */
