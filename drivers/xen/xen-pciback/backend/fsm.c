// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The state machine between toolstack, backend and frontend, as a freestanding
 * function of what can be seen. Nothing is remembered of how it came to this,
 * so a change that was missed or seen twice does no harm.
 *
 *	InitWait	the toolstack has not written everything yet
 *	Initialised	functions exported, waiting for the frontend
 *	Connected	serving requests
 *	Reconfiguring	set by the toolstack: functions to attach or detach
 *	Reconfigured	done, waiting for the frontend to rescan
 *	Closing, Closed	the frontend is leaving or gone
 *
 * Xen's public io/xenbus.h names the states; io/pciif.h the protocol.
 */
#include <pciback/fsm.h>

/*
 * It let go after we had gone on without it, and waits to be told. If it did not
 * look while it was, it has to be told again.
 */
static enum backend_action tell_late_one(const struct backend_snapshot *snap)
{
	if (!snap->rescan_signalled || (snap->timed_out && !snap->detach_pending))
		return ACTION_SIGNAL_RESCAN;
	if (snap->unbound)
		return ACTION_REQUEST_DETACH;
	return snap->timed_out ? ACTION_IDLE : ACTION_WAIT;
}

/* Somebody is there who answers. */
static enum backend_action with_frontend(const struct backend_snapshot *snap)
{
	switch (snap->be) {
	case XenbusStateConnected:
		if (snap->fe == XenbusStateReconfiguring)
			return tell_late_one(snap);
		return snap->unbound ? ACTION_REQUEST_DETACH : ACTION_IDLE;
	case XenbusStateReconfiguring:
		if (snap->fe == XenbusStateReconfiguring)
			return ACTION_RECONFIGURE;
		return snap->timed_out ? ACTION_FORCE_RECONFIGURE : ACTION_WAIT;
	case XenbusStateReconfigured:
		return snap->fe == XenbusStateConnected || snap->timed_out ? ACTION_RECONNECTED : ACTION_WAIT;
	case XenbusStateClosing:
		/* Ours, for a frontend that closes, or the toolstack's, for the end? */
		if (snap->online)
			return ACTION_IDLE;
		return snap->timed_out ? ACTION_FORCE_CLOSE : ACTION_WAIT;
	default:
		return ACTION_IDLE;
	}
}

/*
 * Not yet, not any more, or never, as with guests that see their functions
 * through a device model: the toolstack's wishes are ours to fulfil.
 */
static enum backend_action without_frontend(const struct backend_snapshot *snap)
{
	switch (snap->be) {
	case XenbusStateInitWait:
		if (!snap->reopened || snap->fe == XenbusStateInitialised)
			return ACTION_SETUP;
		break;
	case XenbusStateInitialised:
		if (snap->fe == XenbusStateInitialised)
			return ACTION_CONNECT;
		break;
	case XenbusStateConnected:
		if (snap->fe == XenbusStateInitialised)
			return ACTION_CONNECT;
		return snap->detach_pending ? ACTION_APPLY : ACTION_UNFAKE_CONNECTED;
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
		return ACTION_FORCE_RECONFIGURE;
	case XenbusStateClosing:
		if (!snap->online)
			return ACTION_FORCE_CLOSE;
		break;
	case XenbusStateClosed:
		break;
	default:
		return ACTION_IDLE;
	}
	return snap->detach_pending && snap->online ? ACTION_FAKE_CONNECTED : ACTION_APPLY;
}

/*
 * Frontends that close by way of Closing wait for each of our states, and start
 * again from Initialising. Others just go; when they come back, which is Linux
 * binding its driver again, they must not find us Closed, or they go for good.
 */
static bool may_reopen(const struct backend_snapshot *snap)
{
	switch (snap->fe) {
	case XenbusStateInitialising:
	case XenbusStateInitialised:
		return true;
	case XenbusStateClosed:
		return !snap->fe_was_closing || snap->timed_out;
	default:
		return false;
	}
}

/**
 * pciback_fsm_next() - what to do next about a guest
 * @snap: what can be seen
 *
 * Context: any.
 */
enum backend_action pciback_fsm_next(const struct backend_snapshot *snap)
{
	/* Its directory is gone, or is being made: xenbus will tell us. */
	if (snap->be == XenbusStateUnknown || snap->be == XenbusStateInitialising)
		return ACTION_IDLE;
	if (snap->fe_left)
		return ACTION_DISCONNECT;
	if (snap->fe_gone && snap->online && may_reopen(snap))
		return ACTION_REOPEN;
	return snap->connected ? with_frontend(snap) : without_frontend(snap);
}
