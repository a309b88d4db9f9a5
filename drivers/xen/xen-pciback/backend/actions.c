// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Carries out, for one guest, what guest/decide.c decides: looks, makes a move,
 * looks again, until there is nothing to do but wait.
 *
 * All of it runs in a work item of the guest's own. The thread that brings the
 * events of xenstore serves all guests, and must not wait for a device of one
 * of them to be reset.
 *
 * Nothing that is taken from a guest waits for its frontend longer than patience
 * allows. Toolstacks wait for the backend to be Connected, before they take a
 * function and after: 10 s each time, for each function, in a detach and in the
 * destruction of a domain. What is given to a guest waits for it as long as it
 * takes: a frontend that is not told never looks.
 */
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <pciback/fsm.h>
#include "backend/backend.h"
#include "compat.h"
#include "trace/events.h"

/* More moves in a row than any course of events needs. */
#define MAX_ACTIONS	16

/*
 * A frontend that is asked to let go of a function reads in xenstore which one
 * first of all. When it has done that it may take its time with the rest.
 */
static unsigned int frontend_timeout_ms = 1500;
module_param_named(frontend_timeout_ms, frontend_timeout_ms, uint, 0644);
MODULE_PARM_DESC(frontend_timeout_ms, "ms to wait for a guest to let go of a function (1500)");

/* Nobody waits for a function to be added, and a guest may be paused for long. */
#define NO_LIMIT	UINT_MAX
/* A frontend that did not answer is not waited for again so soon. */
#define UNRESPONSIVE_MS		10000
/* A frontend that waits for us to be Closed has seen it by then. */
#define CLOSED_MS		2000
/* Then a frontend that did not hear us is told once more. */
#define RETRY_MS		10000
/* How long after a sign of it the toolstack may be about to take a function. */
#define DETACH_MS		2000
/* A frontend may come and go as it likes, but each time functions are reset. */
#define MAX_REOPEN_MS		60000

static ktime_t time_after_ms(unsigned int ms)
{
	return ktime_add_ms(ktime_get(), ms);
}

static bool time_passed(ktime_t when)
{
	return !ktime_before(ktime_get(), when);
}

/**
 * pciback_backend_kick_after() - look at a guest some time from now
 * @backend: the backend
 * @ms: when; if it is to be looked at before that anyway, so be it
 *
 * Context: any but hard interrupts; the instance exists.
 */
void pciback_backend_kick_after(struct pciback_backend *backend, unsigned int ms)
{
	ktime_t when = time_after_ms(ms);

	spin_lock(&backend->kick_lock);
	if (!backend->dead &&
	    (!delayed_work_pending(&backend->work) || ktime_before(when, backend->due))) {
		backend->due = when;
		mod_delayed_work(pciback_backend_wq, &backend->work, msecs_to_jiffies(ms));
	}
	spin_unlock(&backend->kick_lock);
}

/* Look again when that time has come. */
static void backend_kick_at(struct pciback_backend *backend, ktime_t when)
{
	s64 ms = ktime_ms_delta(when, ktime_get());

	pciback_backend_kick_after(backend, clamp_t(s64, ms, 0, MAX_REOPEN_MS) + 1);
}

static int backend_read_num_devs(struct pciback_backend *backend)
{
	struct xenbus_device *xdev = backend->xdev;
	int nr;

	if (xenbus_scanf(XBT_NIL, xdev->nodename, "num_devs", "%d", &nr) != 1 ||
	    nr < 0 || nr > MAX_DEVICES) {
		xenbus_dev_error(xdev, -EINVAL,
				 "num_devs: missing or not a number from 0 to %d; the toolstack must write it",
				 MAX_DEVICES);
		return -EINVAL;
	}
	return nr;
}

static void backend_give_up(struct pciback_backend *backend)
{
	pciback_channel_disconnect(backend);
	pciback_backend_deassign_all(backend);
	xenbus_switch_state(backend->xdev, XenbusStateClosing);
}

/* InitWait -> Initialised */
static void backend_setup(struct pciback_backend *backend)
{
	int i, nr;

	nr = backend_read_num_devs(backend);
	if (nr < 0) {
		backend_give_up(backend);
		return;
	}
	for (i = 0; i < nr; i++) {
		if (pciback_nodes_state(backend, i) == XenbusStateClosing)
			pciback_backend_deassign(backend, i);
		else
			pciback_backend_assign(backend, i);
	}
	if (pciback_backend_publish_roots(backend)) {
		backend_give_up(backend);
		return;
	}
	xenbus_switch_state(backend->xdev, XenbusStateInitialised);
}

/*
 * What the toolstack marked for attaching or detaching among @nr; never stops
 * at a bad one. True if something was taken.
 */
static bool backend_apply_changes(struct pciback_backend *backend, int nr, bool attach_too)
{
	bool detached = false;
	int i;

	for (i = 0; i < nr; i++) {
		switch (pciback_nodes_state(backend, i)) {
		case XenbusStateInitialising:
			if (attach_too)
				pciback_backend_assign(backend, i);
			break;
		case XenbusStateClosing:
			pciback_backend_deassign(backend, i);
			detached = true;
			break;
		default:
			break;
		}
	}
	/* Who does not wait for us deletes its marks before we see them. */
	detached |= pciback_backend_deassign_unlisted(backend);
	pciback_backend_publish_roots(backend);
	return detached;
}

static bool backend_detach_marked(struct pciback_backend *backend)
{
	int i, nr = pciback_nodes_num_devs(backend);

	for (i = 0; i < nr; i++)
		if (pciback_nodes_state(backend, i) == XenbusStateClosing)
			return true;
	return false;
}

/* One node of the frontend's directory that must hold a number. */
static int frontend_read(struct pciback_backend *backend, const char *node, unsigned int *val)
{
	struct xenbus_device *xdev = backend->xdev;
	int ret = xenbus_scanf(XBT_NIL, xdev->otherend, node, "%u", val);

	if (ret == 1)
		return 0;
	xenbus_dev_fatal(xdev, ret < 0 ? ret : -EINVAL, "%s/%s: missing or not a number",
			 xdev->otherend, node);
	return -EINVAL;
}

static int frontend_check_magic(struct pciback_backend *backend)
{
	struct xenbus_device *xdev = backend->xdev;
	char *magic = xenbus_read(XBT_NIL, xdev->otherend, "magic", NULL);
	int err = 0;

	if (IS_ERR(magic)) {
		err = PTR_ERR(magic);
		xenbus_dev_fatal(xdev, err, "%s/magic: missing", xdev->otherend);
		return err;
	}
	if (strcmp(magic, XEN_PCI_MAGIC)) {
		err = -EFAULT;
		xenbus_dev_fatal(xdev, err,
				 "%s/magic: version mismatch, the frontend has \"%.10s\", the backend \"%s\"",
				 xdev->otherend, magic, XEN_PCI_MAGIC);
	}
	kfree(magic);
	return err;
}

static void backend_connect(struct pciback_backend *backend)
{
	unsigned int gref, port;

	backend_apply_changes(backend, backend_read_num_devs(backend), true);
	if (frontend_read(backend, "pci-op-ref", &gref) ||
	    frontend_read(backend, "event-channel", &port) ||
	    frontend_check_magic(backend) ||
	    pciback_channel_connect(backend, gref, port)) {
		/* Not for its own fault does a guest lose what the toolstack gave it. */
		pciback_backend_quiesce_all(backend);
		xenbus_switch_state(backend->xdev, XenbusStateClosing);
		return;
	}
	backend->gref = gref;
	backend->port = port;
	xenbus_switch_state(backend->xdev, XenbusStateConnected);
}

/*
 * A frontend that is ready while we are connected: the one we know, before it
 * goes on, or another that came so fast that nobody saw the first one go?
 */
static bool frontend_is_replaced(struct pciback_backend *backend)
{
	const char *dir = backend->xdev->otherend;
	unsigned int gref, port;

	return xenbus_scanf(XBT_NIL, dir, "pci-op-ref", "%u", &gref) == 1 &&
	       xenbus_scanf(XBT_NIL, dir, "event-channel", "%u", &port) == 1 &&
	       (gref != backend->gref || port != backend->port);
}

static void backend_disconnect(struct pciback_backend *backend, enum xenbus_state fe)
{
	pciback_channel_disconnect(backend);
	pciback_backend_quiesce_all(backend);
	backend->fe_gone = true;
	backend->rescan_signalled = false;
	if (test_and_clear_bit(EVENT_FE_CLOSING, &backend->events))
		backend->fe_was_closing = true;
	clear_bit(EVENT_FE_LEFT, &backend->events);
	if (fe == XenbusStateClosing || fe == XenbusStateClosed)
		xenbus_switch_state(backend->xdev, fe);
}

/* False if it is too soon. */
static bool backend_reopen(struct pciback_backend *backend)
{
	if (!time_passed(backend->next_reopen)) {
		backend_kick_at(backend, backend->next_reopen);
		return false;
	}
	/* Twice as long each time, until it has been quiet for long enough. */
	if (time_passed(ktime_add_ms(backend->next_reopen, MAX_REOPEN_MS)))
		backend->reopen_ms = 0;
	backend->next_reopen = time_after_ms(backend->reopen_ms);
	backend->reopen_ms = min(2 * backend->reopen_ms + 1000, MAX_REOPEN_MS);

	pciback_backend_reset_for_reconnect(backend);
	backend->fe_gone = false;
	backend->fe_was_closing = false;
	backend->reopened = true;
	xenbus_switch_state(backend->xdev, XenbusStateInitWait);
	return true;
}

/* Where to go back to when nobody has to see us Connected any more. */
static void backend_note_idle_state(struct pciback_backend *backend)
{
	/* What we last wrote, whatever the toolstack has written over it. */
	enum xenbus_state state = backend->xdev->state;

	if (state != XenbusStateConnected && state != XenbusStateReconfigured)
		backend->idle_state = state;
}

/* The toolstack takes functions from a guest that has no frontend: it looks for Connected. */
static void backend_expect_detach_soon(struct pciback_backend *backend)
{
	backend->detach_until = time_after_ms(DETACH_MS);
}

static void backend_apply_alone(struct pciback_backend *backend)
{
	/* After we gave up nothing is given to the guest any more. */
	bool attach = backend->fe_gone || backend->xdev->state != XenbusStateClosing;

	if (backend_apply_changes(backend, pciback_nodes_num_devs(backend), attach))
		backend_expect_detach_soon(backend);
	pciback_backend_mark_unbound(backend, XenbusStateClosed);
	clear_bit(EVENT_UNBOUND, &backend->events);
}

static void backend_force_reconfigure(struct pciback_backend *backend)
{
	if (backend->channel.page)
		backend->unresponsive_until = time_after_ms(UNRESPONSIVE_MS);
	else
		backend_note_idle_state(backend);
	if (backend_apply_changes(backend, backend_read_num_devs(backend), true) && !backend->channel.page)
		backend_expect_detach_soon(backend);
	/* Both: the state we wrote last may be the one we want. */
	xenbus_switch_state(backend->xdev, XenbusStateReconfigured);
	xenbus_switch_state(backend->xdev, XenbusStateConnected);
}

static void backend_request_detach(struct pciback_backend *backend)
{
	clear_bit(EVENT_UNBOUND, &backend->events);
	if (pciback_backend_mark_unbound(backend, XenbusStateClosing))
		xenbus_switch_state(backend->xdev, XenbusStateReconfiguring);
}

static void backend_force_close(struct pciback_backend *backend)
{
	pciback_channel_disconnect(backend);
	pciback_backend_deassign_all(backend);
	xenbus_switch_state(backend->xdev, XenbusStateClosed);
}

static unsigned int state_timeout(const struct pciback_backend *backend, const struct backend_snapshot *snap)
{
	switch (snap->be) {
	case XenbusStateClosed:
		return CLOSED_MS;
	case XenbusStateClosing:
		return READ_ONCE(frontend_timeout_ms);
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
		return backend->detach_timeout ? READ_ONCE(frontend_timeout_ms) : NO_LIMIT;
	default:
		return RETRY_MS;
	}
}

/* Has the frontend had its time in this state of the backend? */
static bool frontend_timed_out(struct pciback_backend *backend, const struct backend_snapshot *snap)
{
	unsigned int ms;

	if (snap->be != backend->timed_state) {
		backend->timed_state = snap->be;
		backend->timed_since = ktime_get();
		backend->detach_timeout = false;
	}
	backend->detach_timeout |= snap->detach_pending;
	ms = state_timeout(backend, snap);
	return (ms != NO_LIMIT && time_passed(ktime_add_ms(backend->timed_since, ms))) ||
	       (snap->detach_pending && !time_passed(backend->unresponsive_until));
}

static void backend_take_snapshot(struct pciback_backend *backend, struct backend_snapshot *snap)
{
	struct xenbus_device *xdev = backend->xdev;

	*snap = (struct backend_snapshot) {
		/* The toolstack writes this state, so the cached one does not know. */
		.be = compat_backend_state(xdev),
		.fe = compat_frontend_state(xdev),
		.online = xenbus_dev_is_online(xdev),
		.connected = backend->channel.page,
		.fe_left = test_bit(EVENT_FE_LEFT, &backend->events),
		.fe_gone = backend->fe_gone,
		.fe_was_closing = backend->fe_was_closing,
		.reopened = backend->reopened,
		.unbound = test_bit(EVENT_UNBOUND, &backend->events),
	};
	/* Once more, after we have followed. */
	if (snap->fe_left && !snap->connected && snap->reopened && snap->be == XenbusStateInitWait &&
	    snap->fe == XenbusStateClosed && !test_bit(EVENT_FE_CLOSING, &backend->events)) {
		clear_bit(EVENT_FE_LEFT, &backend->events);
		snap->fe_left = false;
	}
	if (snap->connected && snap->fe == XenbusStateInitialised)
		snap->fe_left |= frontend_is_replaced(backend);
	if (snap->fe != XenbusStateReconfiguring)
		backend->rescan_signalled = false;
	snap->rescan_signalled = backend->rescan_signalled;
	if (test_and_clear_bit(EVENT_FE_WROTE, &backend->events))
		backend->unresponsive_until = 0;
	if (test_and_clear_bit(EVENT_DETACH_EXPECTED, &backend->events))
		backend_expect_detach_soon(backend);
	snap->detach_pending = !time_passed(backend->detach_until) ||
			  (snap->be == XenbusStateReconfiguring && backend_detach_marked(backend));
	if (snap->be == XenbusStateReconfiguring && snap->detach_pending && snap->connected)
		/* For the rest of it, too. */
		backend_expect_detach_soon(backend);
	snap->timed_out = frontend_timed_out(backend, snap);
}

/* False: no more to do now. */
static bool backend_act(struct pciback_backend *backend, enum backend_action action,
			const struct backend_snapshot *snap)
{
	struct xenbus_device *xdev = backend->xdev;

	switch (action) {
	case ACTION_IDLE:
		return false;
	case ACTION_WAIT:
		if (state_timeout(backend, snap) != NO_LIMIT)
			backend_kick_at(backend,
					ktime_add_ms(backend->timed_since, state_timeout(backend, snap)));
		return false;
	case ACTION_DISCONNECT:
		backend_disconnect(backend, snap->fe);
		return true;
	case ACTION_REOPEN:
		return backend_reopen(backend);
	case ACTION_SETUP:
		backend_setup(backend);
		return true;
	case ACTION_APPLY:
		backend_apply_alone(backend);
		if (!time_passed(backend->detach_until))
			backend_kick_at(backend, backend->detach_until);
		else if (snap->fe_gone && !snap->timed_out)
			backend_kick_at(backend,
					ktime_add_ms(backend->timed_since, state_timeout(backend, snap)));
		return !time_passed(backend->detach_until) && snap->be != XenbusStateConnected;
	case ACTION_FAKE_CONNECTED:
		backend_note_idle_state(backend);
		xenbus_switch_state(xdev, XenbusStateConnected);
		return true;
	case ACTION_UNFAKE_CONNECTED:
		xenbus_switch_state(xdev, backend->idle_state);
		return true;
	case ACTION_CONNECT:
		backend_connect(backend);
		return true;
	case ACTION_RECONFIGURE:
		backend_apply_changes(backend, backend_read_num_devs(backend), true);
		fallthrough;
	case ACTION_SIGNAL_RESCAN:
		backend->rescan_signalled = true;
		xenbus_switch_state(xdev, XenbusStateReconfigured);
		return true;
	case ACTION_RECONNECTED:
		xenbus_switch_state(xdev, XenbusStateConnected);
		return true;
	case ACTION_FORCE_RECONFIGURE:
		backend_force_reconfigure(backend);
		return true;
	case ACTION_REQUEST_DETACH:
		backend_request_detach(backend);
		return true;
	case ACTION_FORCE_CLOSE:
		backend_force_close(backend);
		return true;
	case NR_ACTIONS:
		break;
	}
	return false;
}

/**
 * pciback_backend_work() - look at a guest and do what there is to do
 * @work: of the guest
 */
void pciback_backend_work(struct work_struct *work)
{
	struct pciback_backend *backend = container_of(to_delayed_work(work), struct pciback_backend,
						       work);
	struct backend_snapshot snap;
	enum backend_action action;
	unsigned int actions;

	guard(mutex)(&backend->lock);
	for (actions = 0; actions < MAX_ACTIONS; actions++) {
		backend_take_snapshot(backend, &snap);
		action = pciback_fsm_next(&snap);
		pciback_trace_fsm(&backend->owner, &snap, action);
		if (!backend_act(backend, action, &snap))
			return;
	}
	/* Somebody keeps changing his mind; the next change brings us here again. */
	pciback_backend_kick_after(backend, 100);
}
