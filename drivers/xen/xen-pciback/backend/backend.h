/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The backend instance of one guest, and what the files of backend/ provide to each
 * other.
 *
 * Lock order: struct pciback_backend's @lock > device_lock() of a function >
 * struct pciback_vbus's @lock > struct pcistub_device's @lock. struct pciback_aer's
 * @lock is taken under device_lock() and never together with the virtual bus's;
 * struct pciback_channel's @lock may be taken under it. That one and @kick_lock are
 * leaves.
 */
#ifndef PCIBACK_BACKEND_BACKEND_H
#define PCIBACK_BACKEND_BACKEND_H

#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
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
 * Upper limit of num_devs in xenstore, more than any guest needs. A larger number is
 * an error: reading the nodes of each index would take minutes.
 */
#define MAX_DEVICES	1024

/**
 * struct pciback_channel - the connection to the frontend: shared page, event channel
 * @page: the page, NULL while not connected. Written under the backend's @lock, and
 *	only while no event handler and no @work can run; these two read it without
 *	a lock. Others may look without a lock whether there is one.
 * @lock: guards @irq; a leaf
 * @irq: the bound event channel, 0 while not connected
 * @work: serves one request that may have to sleep; queued by the event handler (hard
 *	interrupt)
 * @op: the request that is being served, a copy. Touched by the event handler and by
 *	@work; no event comes from when @work is queued until it has answered
 * @tick: in jiffies; with @served by the event handler only
 * @served: number of requests that were served in the event handler up to that jiffy, since
 *	the one before
 */
struct pciback_channel {
	struct pciback_shared_page *page;
	struct mutex lock;
	unsigned int irq;
	struct work_struct work;
	struct xen_pci_op op;
	unsigned long tick;
	unsigned int served;
};

/**
 * enum backend_event - what happened since the last snapshot; bit numbers
 * @EVENT_FE_LEFT: the frontend wrote Closing or Closed, and may have gone on since
 * @EVENT_FE_CLOSING: the frontend wrote Closing
 * @EVENT_FE_WROTE: the frontend wrote its state
 * @EVENT_UNBOUND: a function was unbound in the host while the guest had it
 * @EVENT_DETACH_WANTED: a function is to be reset while the guest uses it
 * @EVENT_DETACH_EXPECTED: a function was reset from outside this driver; toolstacks
 *	do that shortly before they detach it
 */
enum backend_event {
	EVENT_FE_LEFT,
	EVENT_FE_CLOSING,
	EVENT_FE_WROTE,
	EVENT_UNBOUND,
	EVENT_DETACH_WANTED,
	EVENT_DETACH_EXPECTED,
};

/**
 * struct pciback_backend - the backend instance of one guest
 * @owner: the functions of the guest point to it. Its reference count keeps this
 *	structure alive, its counters are atomic; the rest is set once in probe().
 * @xdev: the backend's xenbus device, referenced; set once. Of its members only @nodename
 *	is used after remove()
 * @frontend: the frontend's directory in xenstore; set once
 * @lock: guards the state machine and the connection. Taken by @work, by @report
 *	and by @teardown; held during resets.
 * @vbus: the guest's functions by virtual address; has its own lock
 * @channel: the connection; see there
 * @aer: questions to the frontend about errors; has its own lock
 * @report: tells the toolstack about isolated functions; queued under the function's
 *	device_lock(), takes @lock
 * @watch: on the backend's directory, where the toolstack asks for changes
 * @watching: @watch is registered; probe() and remove() only
 * @work: runs the state machine (actions.c); takes @lock
 * @kick_lock: guards @dead, @due and the queueing of @work; process context, a leaf
 * @dead: the backend is being removed, @work must not be queued any more; also read
 *	without @kick_lock
 * @teardown: gives up connection and functions after remove(), which must not wait for
 *	that: it runs in xenbus's thread, which serves all guests
 * @due: when @work will run, if it is pending
 * @events: bits of enum backend_event, atomic. Set in xenbus's thread and under
 *	device_lock() of a function, consumed by @work.
 *
 * The members from here on belong to @work and are guarded by @lock:
 *
 * @gref: grant of the mapped page, as the frontend wrote it
 * @port: the bound event channel, by the guest's number
 * @fe_gone: as in struct backend_snapshot
 * @fe_was_closing: as in struct backend_snapshot
 * @reopened: as in struct backend_snapshot
 * @rescan_signalled: as in struct backend_snapshot
 * @idle_state: state to return to when Connected need not be shown any more to the
 *	toolstack of a guest without a frontend
 * @timed_state: the backend's state at the last snapshot, for which the frontend's
 *	time runs
 * @timed_since: since when it has been in that state
 * @detach_timeout: since then a detach was pending, so the frontend's time is
 *	limited also in Reconfiguring and Reconfigured
 * @unresponsive_until: until then a detach does not wait for the frontend, because
 *	it did not react in time
 * @detach_until: until then the toolstack is expected to detach a function
 * @to_attach: functions that the frontend detached for a reset, by the address in the host:
 *	they are attached again when no toolstack has detached them by @attach_at
 * @attach_at: see @to_attach
 * @next_reopen: earliest time of the next reopening
 * @reopen_ms: time between that one and the one after it, in ms
 */
struct pciback_backend {
	struct pciback_owner owner;
	struct xenbus_device *xdev;
	char *frontend;
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
	struct work_struct teardown;
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
	struct xarray to_attach;
	ktime_t attach_at;
	ktime_t next_reopen;
	unsigned int reopen_ms;
};

/* actions.c */
void pciback_backend_kick_after(struct pciback_backend *backend, unsigned int ms);
unsigned int pciback_backend_detach_ms(void);
void pciback_backend_work(struct work_struct *work);

/* frontend.c */
int pciback_frontend_read(struct pciback_backend *backend, unsigned int *gref, unsigned int *port);
bool pciback_frontend_is_replaced(struct pciback_backend *backend);

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

/* ops.c */
bool pciback_backend_try_op(struct pciback_backend *backend, struct xen_pci_op *op);
void pciback_backend_do_op(struct pciback_backend *backend, struct xen_pci_op *op);

/* nodes.c */
int pciback_nodes_num_devs(struct pciback_backend *backend);
enum xenbus_state pciback_nodes_state(struct pciback_backend *backend, int index);
struct pcistub_device *pciback_nodes_device(struct pciback_backend *backend, int index);
void pciback_nodes_report_missing(struct pciback_backend *backend, int index);
void pciback_nodes_set_state(struct pciback_backend *backend, int index, enum xenbus_state state);
void pciback_nodes_set_closed(struct pciback_backend *backend, int index);
int pciback_nodes_publish_addr(struct pciback_backend *backend, int index,
			       const struct pciback_addr *virt);
bool pciback_nodes_has_addr(struct pciback_backend *backend, int index,
			    const struct pciback_addr *virt);
int pciback_nodes_publish_root(struct pciback_backend *backend, const struct pciback_addr *root);
int pciback_nodes_read_list(struct pciback_backend *backend, struct slot_spec **specs);

/* devices.c */
void pciback_backend_assign(struct pciback_backend *backend, int index);
void pciback_backend_deassign(struct pciback_backend *backend, int index);
bool pciback_backend_deassign_unlisted(struct pciback_backend *backend);
void pciback_backend_deassign_all(struct pciback_backend *backend);
void pciback_backend_mark_unbound(struct pciback_backend *backend);
bool pciback_backend_mark_detach(struct pciback_backend *backend);
bool pciback_backend_mark_attach(struct pciback_backend *backend);
void pciback_backend_quiesce_all(struct pciback_backend *backend);
void pciback_backend_reset_for_reconnect(struct pciback_backend *backend);
int pciback_backend_publish_roots(struct pciback_backend *backend);

#endif /* PCIBACK_BACKEND_BACKEND_H */
