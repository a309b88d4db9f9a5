/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * One guest that has PCI functions: what the files of guest/ share.
 *
 * Lock order: struct pciback_backend's @lock > device_lock() of a function >
 * the virtual bus's lock > a record's lock. The channel's lock and @kick_lock are leaves;
 * struct pciback_aer's lock comes just above the channel's, below device_lock().
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
 * struct pciback_channel - the page shared with the frontend, and its event channel
 * @page: the page, NULL while not connected; changes only while no event can
 *	come and @work does not run
 * @lock: guards @irq
 * @irq: bound event channel, 0 while not connected
 * @work: serves one request
 * @op: the request being served, copied from the page; @work only
 */
struct pciback_channel {
	struct pciback_shared_page *page;
	struct mutex lock;
	unsigned int irq;
	struct work_struct work;
	struct xen_pci_op op;
};

/**
 * enum backend_event - what was heard of a guest since somebody last looked
 * @EVENT_FE_LEFT: its frontend is closing or closed, if only for a moment
 * @EVENT_FE_CLOSING: likewise closing, before it is closed
 * @EVENT_FE_WROTE: its frontend wrote its state
 * @EVENT_UNBOUND: a function was unbound while the guest had it
 * @EVENT_DETACH_EXPECTED: the toolstack seems about to take a function
 */
enum backend_event {
	EVENT_FE_LEFT,
	EVENT_FE_CLOSING,
	EVENT_FE_WROTE,
	EVENT_UNBOUND,
	EVENT_DETACH_EXPECTED,
};

/**
 * struct pciback_backend - the backend instance of one guest
 * @owner: what its functions point at; holds the reference count
 * @xdev: the backend device; valid until the instance is removed
 * @lock: guards the state machine and the connection
 * @vbus: the guest's functions; has its own lock
 * @channel: the connection
 * @aer: what the backend asks over it
 * @report: tells the toolstack of functions that the guest was cut off from
 * @watch: on the backend's directory, where the toolstack asks for changes
 * @watching: @watch is registered; probe() and remove() only
 * @work: looks at the guest and makes moves: see steps.c
 * @kick_lock: guards @dead, @due and the starting of @work; a leaf
 * @dead: @work must not be started any more
 * @due: when @work is to run, if it is pending
 * @signs: bits of enum backend_event, for @work; atomic
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
struct pciback_backend {
	struct pciback_owner owner;
	struct xenbus_device *xdev;
	struct mutex lock;
	struct pciback_vbus vbus;
	struct pciback_channel channel;
	struct pciback_aer aer;
	struct work_struct report;
	struct xenbus_watch watch;
	bool watching;
	struct delayed_work work;
	spinlock_t kick_lock;
	bool dead;
	ktime_t due;
	unsigned long events;

	grant_ref_t gref;
	evtchn_port_t port;
	bool fe_gone;
	bool fe_was_closing;
	bool reopened;
	bool rescan_signalled;
	enum xenbus_state idle_state;
	enum xenbus_state timed_state;
	ktime_t timed_since;
	bool detach_timeout;
	ktime_t unresponsive_until;
	ktime_t detach_until;
	ktime_t next_reopen;
	unsigned int reopen_ms;
};

/* steps.c */
void pciback_backend_kick_after(struct pciback_backend *backend, unsigned int ms);
void pciback_backend_work(struct work_struct *work);

/* channel.c */
extern struct workqueue_struct *pciback_backend_wq;
int pciback_channel_module_init(void);
void pciback_channel_module_exit(void);
void pciback_channel_init(struct pciback_channel *channel);
int pciback_channel_connect(struct pciback_backend *backend, grant_ref_t gref, evtchn_port_t port);
void pciback_channel_disconnect(struct pciback_backend *backend);

/* aer_notify.c */
int pciback_backend_query_guest(struct pciback_owner *owner, struct pcistub_device *dev,
				enum pciback_recovery_step step, pci_channel_state_t state);
void pciback_backend_notify_isolated(struct pciback_owner *owner, struct pcistub_device *dev);
void pciback_aer_notify_init(struct pciback_backend *backend);
void pciback_aer_notify_exit(struct pciback_backend *backend);

/* ops.c */
void pciback_backend_do_op(struct pciback_backend *backend, struct xen_pci_op *op);

/* nodes.c */
int pciback_nodes_num_devs(struct pciback_backend *backend);
enum xenbus_state pciback_nodes_state(struct pciback_backend *backend, int index);
struct pcistub_device *pciback_nodes_device(struct pciback_backend *backend, int index);
void pciback_nodes_report_missing(struct pciback_backend *backend, int index);
void pciback_nodes_set_state(struct pciback_backend *backend, int index, enum xenbus_state state);
void pciback_nodes_set_closed(struct pciback_backend *backend, int index);
int pciback_nodes_publish_addr(struct pciback_backend *backend, int index, const struct pciback_addr *virt);
bool pciback_nodes_has_addr(struct pciback_backend *backend, int index, const struct pciback_addr *virt);
int pciback_nodes_publish_root(struct pciback_backend *backend, const struct pciback_addr *root);
int pciback_nodes_read_list(struct pciback_backend *backend, struct slot_spec **specs);

/* devices.c */
void pciback_backend_assign(struct pciback_backend *backend, int index);
void pciback_backend_deassign(struct pciback_backend *backend, int index);
bool pciback_backend_deassign_unlisted(struct pciback_backend *backend);
void pciback_backend_deassign_all(struct pciback_backend *backend);
bool pciback_backend_mark_unbound(struct pciback_backend *backend, enum xenbus_state state);
void pciback_backend_quiesce_all(struct pciback_backend *backend);
void pciback_backend_reset_for_reconnect(struct pciback_backend *backend);
int pciback_backend_publish_roots(struct pciback_backend *backend);

#endif /* PCIBACK_BACKEND_BACKEND_H */
