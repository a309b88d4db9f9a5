// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Carries out the backend's state machine (fsm.c) for one guest: takes a snapshot
 * of what can be seen, asks pciback_fsm_next() what to do, does it, and repeats
 * this until there is nothing to do but wait.
 *
 * All of it runs in a work item of the backend. The thread in which xenbus reports
 * changes in xenstore serves all guests, and must not wait for the reset of one
 * guest's devices.
 *
 * Detaching a function waits for the frontend for a limited time only: a toolstack
 * waits for the backend to be Connected, before it detaches a function and
 * afterwards, 10 s each time and for each function, also when it destroys a
 * domain. Attaching waits without a limit: the frontend finds the function only
 * if the backend does not go on to Connected before the frontend has rescanned.
 *
 * Touches the backend's nodes in xenstore and the members of struct
 * pciback_backend that are marked for @work. Functions are reached through
 * devices.c, the connection through channel.c.
 */
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <pciback/fsm.h>
#include "backend/backend.h"
#include "compat.h"
#include "trace/events.h"

/*
 * Actions carried out in one run of the work item. No sequence of events needs as
 * many; a toolstack or guest that keeps changing its state could ask for more.
 */
#define MAX_ACTIONS	16
/* In ms, until the work item runs again when it has carried out that many. */
#define MAX_ACTIONS_PAUSE_MS	100

/*
 * Time that a frontend has to detach a function, or to close when the toolstack
 * ends the backend. Linux's frontend first reads in xenstore which functions to
 * detach, and a toolstack deletes these nodes when the backend is Connected, so a
 * frontend that runs needs this time for reading only. If it finishes later it is
 * signalled to rescan then.
 */
static unsigned int frontend_timeout_ms = 1500;
module_param_named(frontend_timeout_ms, frontend_timeout_ms, uint, 0644);
MODULE_PARM_DESC(frontend_timeout_ms, "ms to wait for a guest to detach a function (1500)");

/*
 * Attaching: no toolstack waits for the frontend to add a function, and a guest
 * may be paused for any time.
 */
#define NO_TIMEOUT	UINT_MAX
/*
 * For so long after a frontend did not detach in time, further detaches do not wait for
 * it, unless it writes its state: a toolstack that detaches several functions would
 * otherwise have to wait at each.
 */
#define UNRESPONSIVE_MS		10000
/*
 * How long the backend stays Closed after a frontend that closed by way of Closing,
 * for it may wait to see that. Then the backend is reopened.
 */
#define CLOSED_TIMEOUT_MS	2000
/* A frontend that does not rescan is signalled again after this time. */
#define RESCAN_TIMEOUT_MS	10000
/*
 * For how long after a sign of it (a reset in sysfs, or another detach) the
 * toolstack is expected to detach a function, and Connected is shown to it.
 */
#define DETACH_EXPECTED_MS	2000
/*
 * How long a function that the frontend detached for a reset waits for a toolstack that goes on
 * with its detach. libxl first takes the guest's DMA away, and waits for Connected.
 */
#define ATTACH_AGAIN_MS		10000
/*
 * Longest time between two reopenings. A guest may close and start its frontend as
 * often as it likes, but each reopening resets its functions.
 */
#define MAX_REOPEN_MS		60000

/* What the backend takes at most to deassign a function, see Documentation/lifecycle.rst. */
#define DEASSIGN_MS		4000
/* Whatever @frontend_timeout_ms is set to: toolstacks wait for a reset that they ask for. */
#define MAX_DETACH_MS		60000

static ktime_t ms_from_now(unsigned int ms)
{
	return ktime_add_ms(ktime_get(), ms);
}

static bool time_passed(ktime_t when)
{
	return !ktime_before(ktime_get(), when);
}

/**
 * pciback_backend_kick_after() - have the state machine run some time from now
 * @backend: the backend
 * @ms: that time; if the state machine is to run earlier already, that stays so
 *
 * Does nothing once the backend is being removed.
 *
 * Context: process context, does not sleep. The caller makes sure that the backend
 * exists. Takes @backend->kick_lock.
 */
void pciback_backend_kick_after(struct pciback_backend *backend, unsigned int ms)
{
	ktime_t when = ms_from_now(ms);

	spin_lock(&backend->kick_lock);
	if (!backend->dead &&
	    (!delayed_work_pending(&backend->work) || ktime_before(when, backend->due))) {
		backend->due = when;
		mod_delayed_work(pciback_backend_wq, &backend->work, msecs_to_jiffies(ms));
	}
	spin_unlock(&backend->kick_lock);
}

/* Have the state machine run when that time has come. */
static void backend_kick_at(struct pciback_backend *backend, ktime_t when)
{
	s64 ms = ktime_ms_delta(when, ktime_get());

	pciback_backend_kick_after(backend, clamp_t(s64, ms, 0, MAX_REOPEN_MS) + 1);
}

/* xenbus has written Closed when the backend is being removed, and that stays. */
static void backend_set_state(struct pciback_backend *backend, enum xenbus_state state)
{
	if (!READ_ONCE(backend->dead))
		xenbus_switch_state(backend->xdev, state);
}

/* The number of indices in the toolstack's list, or -EINVAL and an error node. */
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

/*
 * For errors in what the toolstack wrote. Closing tells the toolstack that the
 * backend will not become Connected.
 */
static void backend_fail(struct pciback_backend *backend)
{
	pciback_channel_disconnect(backend);
	pciback_backend_deassign_all(backend);
	backend_set_state(backend, XenbusStateClosing);
}

/* InitWait -> Initialised */
static void backend_setup(struct pciback_backend *backend)
{
	int i, nr;

	nr = backend_read_num_devs(backend);
	if (nr < 0) {
		backend_fail(backend);
		return;
	}
	for (i = 0; i < nr; i++) {
		if (pciback_nodes_state(backend, i) == XenbusStateClosing)
			pciback_backend_deassign(backend, i);
		else
			pciback_backend_assign(backend, i);
	}
	if (pciback_backend_publish_roots(backend)) {
		backend_fail(backend);
		return;
	}
	backend_set_state(backend, XenbusStateInitialised);
}

/*
 * Assigns and deassigns what the toolstack marked among the first @nr indices,
 * which may be negative, an error. An index that cannot be assigned does not keep
 * the others from the guest. Returns true if there was anything to deassign.
 */
static bool backend_apply_changes(struct pciback_backend *backend, int nr, bool attach)
{
	bool detached = false;
	int i;

	for (i = 0; i < nr; i++) {
		switch (pciback_nodes_state(backend, i)) {
		case XenbusStateInitialising:
			if (attach)
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
	/* A toolstack that does not wait for the backend may have deleted its marks. */
	detached |= pciback_backend_deassign_unlisted(backend);
	pciback_backend_publish_roots(backend);
	/* Counted anew: all of it may have taken long. */
	if (!xa_empty(&backend->to_attach))
		backend->attach_at = ms_from_now(ATTACH_AGAIN_MS);
	return detached;
}

/* True if the toolstack has marked a function for detaching. */
static bool backend_detach_marked(struct pciback_backend *backend)
{
	int i, nr = pciback_nodes_num_devs(backend);

	for (i = 0; i < nr; i++)
		if (pciback_nodes_state(backend, i) == XenbusStateClosing)
			return true;
	return false;
}

static void backend_connect(struct pciback_backend *backend)
{
	unsigned int gref, port;

	backend_apply_changes(backend, backend_read_num_devs(backend), true);
	if (pciback_frontend_read(backend, &gref, &port) ||
	    pciback_channel_connect(backend, gref, port)) {
		/* An error of the frontend: the functions stay assigned to the guest. */
		pciback_backend_quiesce_all(backend);
		backend_set_state(backend, XenbusStateClosing);
		return;
	}
	backend->gref = gref;
	backend->port = port;
	backend_set_state(backend, XenbusStateConnected);
}

/* The frontend left. The functions stay assigned; they are reset in backend_reopen(). */
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
		backend_set_state(backend, fe);
}

/* False if the time for it has not come; then the work item runs again at that time. */
static bool backend_reopen(struct pciback_backend *backend)
{
	if (!time_passed(backend->next_reopen)) {
		backend_kick_at(backend, backend->next_reopen);
		return false;
	}
	/* The time doubles with each reopening, until there was none for MAX_REOPEN_MS. */
	if (time_passed(ktime_add_ms(backend->next_reopen, MAX_REOPEN_MS)))
		backend->reopen_ms = 0;
	backend->next_reopen = ms_from_now(backend->reopen_ms);
	backend->reopen_ms = min(2 * backend->reopen_ms + 1000, MAX_REOPEN_MS);

	pciback_backend_reset_for_reconnect(backend);
	backend->fe_gone = false;
	backend->fe_was_closing = false;
	backend->reopened = true;
	backend_set_state(backend, XenbusStateInitWait);
	return true;
}

/* Notes the state to return to when Connected need not be shown any more. */
static void backend_note_idle_state(struct pciback_backend *backend)
{
	/* The state that the backend wrote last; the toolstack may have changed the node. */
	enum xenbus_state state = backend->xdev->state;

	if (state != XenbusStateConnected && state != XenbusStateReconfigured)
		backend->idle_state = state;
}

/* The toolstack is detaching, or about to: it waits for the backend to be Connected. */
static void backend_expect_detach_soon(struct pciback_backend *backend)
{
	backend->detach_until = ms_from_now(DETACH_EXPECTED_MS);
}

/* Carries out what the toolstack marked, without a frontend. */
static void backend_apply_alone(struct pciback_backend *backend)
{
	/* After an error the backend is Closing, and nothing more is assigned. */
	bool attach = backend->fe_gone || backend->xdev->state != XenbusStateClosing;

	if (backend_apply_changes(backend, pciback_nodes_num_devs(backend), attach))
		backend_expect_detach_soon(backend);
	pciback_backend_mark_unbound(backend);
	clear_bit(EVENT_UNBOUND, &backend->events);
	/* There is no frontend any more that could be asked. */
	clear_bit(EVENT_DETACH_WANTED, &backend->events);
}

/* Carries out what the toolstack marked, without waiting for the frontend. */
static void backend_force_reconfigure(struct pciback_backend *backend)
{
	if (backend->channel.page)
		backend->unresponsive_until = ms_from_now(UNRESPONSIVE_MS);
	else
		backend_note_idle_state(backend);
	if (backend_apply_changes(backend, backend_read_num_devs(backend), true) &&
	    !backend->channel.page)
		backend_expect_detach_soon(backend);
	/*
	 * xenbus writes nothing if the backend's last state, which may be Connected, is
	 * set again. But the toolstack wrote Reconfiguring over it.
	 */
	backend_set_state(backend, XenbusStateReconfigured);
	backend_set_state(backend, XenbusStateConnected);
}

/* Asks the frontend to detach functions that were unbound in the host or are to be reset. */
static void backend_request_detach(struct pciback_backend *backend)
{
	clear_bit(EVENT_UNBOUND, &backend->events);
	clear_bit(EVENT_DETACH_WANTED, &backend->events);
	if (pciback_backend_mark_detach(backend))
		backend_set_state(backend, XenbusStateReconfiguring);
}

/* Asks the frontend to attach again what it detached for a reset. */
static void backend_request_attach(struct pciback_backend *backend)
{
	if (pciback_backend_mark_attach(backend))
		backend_set_state(backend, XenbusStateReconfiguring);
}

/* The toolstack ends the backend. */
static void backend_force_close(struct pciback_backend *backend)
{
	pciback_channel_disconnect(backend);
	pciback_backend_deassign_all(backend);
	backend_set_state(backend, XenbusStateClosed);
}

/* In ms: how long the frontend may take to react to state @be of the backend. */
static unsigned int state_timeout_ms(const struct pciback_backend *backend, enum xenbus_state be)
{
	switch (be) {
	case XenbusStateClosed:
		return CLOSED_TIMEOUT_MS;
	case XenbusStateClosing:
		return READ_ONCE(frontend_timeout_ms);
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
		return backend->detach_timeout ? READ_ONCE(frontend_timeout_ms) : NO_TIMEOUT;
	default:
		return RESCAN_TIMEOUT_MS;
	}
}

/**
 * pciback_backend_detach_ms() - how long a guest may take to detach a function that it uses
 *
 * Context: any.
 * Return: that time, in ms: for the frontend, and for the backend after it.
 */
unsigned int pciback_backend_detach_ms(void)
{
	return min_t(u64, (u64)READ_ONCE(frontend_timeout_ms) + DEASSIGN_MS, MAX_DETACH_MS);
}

/* When that time is over. Only if there is a timeout in state @be. */
static ktime_t state_deadline(const struct pciback_backend *backend, enum xenbus_state be)
{
	return ktime_add_ms(backend->timed_since, state_timeout_ms(backend, be));
}

/* Starts the frontend's time anew when the backend's state has changed. */
static void backend_time_state(struct pciback_backend *backend,
			       const struct backend_snapshot *snapshot)
{
	if (snapshot->be != backend->timed_state) {
		backend->timed_state = snapshot->be;
		backend->timed_since = ktime_get();
		backend->detach_timeout = false;
	}
	/* Once a detach was pending in this state its time is limited. */
	backend->detach_timeout |= snapshot->detach_pending;
}

/* True if the frontend has no more time to react to the backend's state. */
static bool frontend_timed_out(const struct pciback_backend *backend,
			       const struct backend_snapshot *snapshot)
{
	if (snapshot->detach_pending && !time_passed(backend->unresponsive_until))
		return true;
	return state_timeout_ms(backend, snapshot->be) != NO_TIMEOUT &&
	       time_passed(state_deadline(backend, snapshot->be));
}

/*
 * Collects what can be seen now. Recorded events are consumed here only if the
 * snapshot is all that depends on them; the others are cleared by the action that
 * they lead to.
 */
static void backend_take_snapshot(struct pciback_backend *backend,
				  struct backend_snapshot *snapshot)
{
	struct xenbus_device *xdev = backend->xdev;

	*snapshot = (struct backend_snapshot) {
		/* Not xdev->state: the toolstack writes this node, too. */
		.be = compat_xenbus_state(xdev, xdev->nodename),
		.fe = compat_xenbus_state(xdev, backend->frontend),
		.online = xenbus_dev_is_online(xdev),
		.connected = backend->channel.page,
		.fe_left = test_bit(EVENT_FE_LEFT, &backend->events),
		.fe_gone = backend->fe_gone,
		.fe_was_closing = backend->fe_was_closing,
		.reopened = backend->reopened,
		.detach_wanted = test_bit(EVENT_UNBOUND, &backend->events) ||
				 test_bit(EVENT_DETACH_WANTED, &backend->events),
	};
	/*
	 * xenbus may report Closed when the backend has followed the frontend and has
	 * been reopened already. This is not a second frontend that left.
	 */
	if (snapshot->fe_left && !snapshot->connected && snapshot->reopened &&
	    snapshot->be == XenbusStateInitWait && snapshot->fe == XenbusStateClosed &&
	    !test_bit(EVENT_FE_CLOSING, &backend->events)) {
		clear_bit(EVENT_FE_LEFT, &backend->events);
		snapshot->fe_left = false;
	}
	if (snapshot->connected && snapshot->fe == XenbusStateInitialised)
		snapshot->fe_left |= pciback_frontend_is_replaced(backend);
	if (snapshot->fe != XenbusStateReconfiguring)
		backend->rescan_signalled = false;
	snapshot->rescan_signalled = backend->rescan_signalled;
	if (test_and_clear_bit(EVENT_FE_WROTE, &backend->events))
		backend->unresponsive_until = 0;
	if (test_and_clear_bit(EVENT_DETACH_EXPECTED, &backend->events))
		backend_expect_detach_soon(backend);
	snapshot->attach_wanted = !xa_empty(&backend->to_attach) &&
				  time_passed(backend->attach_at);
	snapshot->detach_pending = !time_passed(backend->detach_until) ||
				   (snapshot->be == XenbusStateReconfiguring &&
				    backend_detach_marked(backend));
	/* The toolstack goes on to wait for Connected when its marks are gone. */
	if (snapshot->be == XenbusStateReconfiguring && snapshot->detach_pending &&
	    snapshot->connected)
		backend_expect_detach_soon(backend);
	backend_time_state(backend, snapshot);
	snapshot->timed_out = frontend_timed_out(backend, snapshot);
}

/* Carries out @action. False: there is nothing more to do now. */
static bool backend_act(struct pciback_backend *backend, enum backend_action action,
			const struct backend_snapshot *snapshot)
{
	switch (action) {
	case ACTION_IDLE:
		if (!xa_empty(&backend->to_attach) && !snapshot->attach_wanted)
			backend_kick_at(backend, backend->attach_at);
		return false;
	case ACTION_WAIT:
		if (state_timeout_ms(backend, snapshot->be) != NO_TIMEOUT)
			backend_kick_at(backend, state_deadline(backend, snapshot->be));
		return false;
	case ACTION_DISCONNECT:
		backend_disconnect(backend, snapshot->fe);
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
		else if (snapshot->fe_gone && !snapshot->timed_out)
			backend_kick_at(backend, state_deadline(backend, snapshot->be));
		/* If a detach was found pending, Connected has to be shown next. */
		return !time_passed(backend->detach_until) && snapshot->be != XenbusStateConnected;
	case ACTION_FAKE_CONNECTED:
		backend_note_idle_state(backend);
		backend_set_state(backend, XenbusStateConnected);
		return true;
	case ACTION_UNFAKE_CONNECTED:
		backend_set_state(backend, backend->idle_state);
		return true;
	case ACTION_CONNECT:
		backend_connect(backend);
		return true;
	case ACTION_RECONFIGURE:
		backend_apply_changes(backend, backend_read_num_devs(backend), true);
		fallthrough;
	case ACTION_SIGNAL_RESCAN:
		backend->rescan_signalled = true;
		backend_set_state(backend, XenbusStateReconfigured);
		return true;
	case ACTION_RECONNECTED:
		backend_set_state(backend, XenbusStateConnected);
		return true;
	case ACTION_FORCE_RECONFIGURE:
		backend_force_reconfigure(backend);
		return true;
	case ACTION_REQUEST_DETACH:
		backend_request_detach(backend);
		return true;
	case ACTION_REQUEST_ATTACH:
		backend_request_attach(backend);
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
 * pciback_backend_work() - run the state machine until there is nothing more to do
 * @work: the work item in struct pciback_backend
 *
 * Context: work item; sleeps, for resets. Takes the backend's lock.
 */
void pciback_backend_work(struct work_struct *work)
{
	struct pciback_backend *backend =
		container_of(to_delayed_work(work), struct pciback_backend, work);
	struct backend_snapshot snapshot;
	enum backend_action action;
	unsigned int actions;

	guard(mutex)(&backend->lock);
	for (actions = 0; actions < MAX_ACTIONS; actions++) {
		if (READ_ONCE(backend->dead))
			return;
		backend_take_snapshot(backend, &snapshot);
		action = pciback_fsm_next(&snapshot);
		pciback_trace_fsm(&backend->owner, &snapshot, action);
		if (!backend_act(backend, action, &snapshot))
			return;
	}
	/* The toolstack or the guest changes states all the time: do not use a CPU for that. */
	pciback_backend_kick_after(backend, MAX_ACTIONS_PAUSE_MS);
}
