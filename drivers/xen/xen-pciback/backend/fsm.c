// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The state machine between toolstack, backend and frontend, as a pure
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
static enum guest_move tell_late_one(const struct guest_look *look)
{
	if (!look->rescanned || (look->late && !look->detaching))
		return GUEST_RESCAN;
	if (look->unbound)
		return GUEST_TELL;
	return look->late ? GUEST_REST : GUEST_WAIT;
}

/* Somebody is there who answers. */
static enum guest_move with_frontend(const struct guest_look *look)
{
	switch (look->be) {
	case XenbusStateConnected:
		if (look->fe == XenbusStateReconfiguring)
			return tell_late_one(look);
		return look->unbound ? GUEST_TELL : GUEST_REST;
	case XenbusStateReconfiguring:
		if (look->fe == XenbusStateReconfiguring)
			return GUEST_ANSWER;
		return look->late ? GUEST_MOVE_ON : GUEST_WAIT;
	case XenbusStateReconfigured:
		return look->fe == XenbusStateConnected || look->late ? GUEST_FINISH : GUEST_WAIT;
	case XenbusStateClosing:
		/* Ours, for a frontend that closes, or the toolstack's, for the end? */
		if (look->online)
			return GUEST_REST;
		return look->late ? GUEST_SHUT : GUEST_WAIT;
	default:
		return GUEST_REST;
	}
}

/*
 * Not yet, not any more, or never, as with guests that see their functions
 * through a device model: the toolstack's wishes are ours to fulfil.
 */
static enum guest_move without_frontend(const struct guest_look *look)
{
	switch (look->be) {
	case XenbusStateInitWait:
		if (!look->reopened || look->fe == XenbusStateInitialised)
			return GUEST_SETUP;
		break;
	case XenbusStateInitialised:
		if (look->fe == XenbusStateInitialised)
			return GUEST_CONNECT;
		break;
	case XenbusStateConnected:
		if (look->fe == XenbusStateInitialised)
			return GUEST_CONNECT;
		return look->detaching ? GUEST_CHANGE : GUEST_RETREAT;
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
		return GUEST_MOVE_ON;
	case XenbusStateClosing:
		if (!look->online)
			return GUEST_SHUT;
		break;
	case XenbusStateClosed:
		break;
	default:
		return GUEST_REST;
	}
	return look->detaching && look->online ? GUEST_PRESENT : GUEST_CHANGE;
}

/*
 * Frontends that close by way of Closing wait for each of our states, and start
 * again from Initialising. Others just go; when they come back, which is Linux
 * binding its driver again, they must not find us Closed, or they go for good.
 */
static bool may_reopen(const struct guest_look *look)
{
	switch (look->fe) {
	case XenbusStateInitialising:
	case XenbusStateInitialised:
		return true;
	case XenbusStateClosed:
		return !look->polite || look->late;
	default:
		return false;
	}
}

/**
 * guest_decide() - what to do next about a guest
 * @look: what can be seen
 *
 * Context: any.
 */
enum guest_move guest_decide(const struct guest_look *look)
{
	/* Its directory is gone, or is being made: xenbus will tell us. */
	if (look->be == XenbusStateUnknown || look->be == XenbusStateInitialising)
		return GUEST_REST;
	if (look->left)
		return GUEST_LEAVE;
	if (look->closed && look->online && may_reopen(look))
		return GUEST_REOPEN;
	return look->connected ? with_frontend(look) : without_frontend(look);
}
