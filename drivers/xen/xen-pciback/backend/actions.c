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
#define MAX_MOVES	16

/*
 * A frontend that is asked to let go of a function reads in xenstore which one
 * first of all. When it has done that it may take its time with the rest.
 */
static unsigned int patience_ms = 1500;
module_param_named(frontend_patience, patience_ms, uint, 0644);
MODULE_PARM_DESC(frontend_patience, "ms to wait for a guest to let go of a function (1500)");

/* Nobody waits for a function to be added, and a guest may be paused for long. */
#define NO_LIMIT	UINT_MAX
/* A frontend that did not answer is not waited for again so soon. */
#define SILENCE_MS		10000
/* A frontend that waits for us to be Closed has seen it by then. */
#define CLOSED_MS		2000
/* Then a frontend that did not hear us is told once more. */
#define AGAIN_MS		10000
/* How long after a sign of it the toolstack may be about to take a function. */
#define DETACH_MS		2000
/* A frontend may come and go as it likes, but each time functions are reset. */
#define MAX_REOPEN_MS		60000

static ktime_t from_now(unsigned int ms)
{
	return ktime_add_ms(ktime_get(), ms);
}

static bool passed(ktime_t when)
{
	return !ktime_before(ktime_get(), when);
}

/**
 * guest_kick_at() - look at a guest some time from now
 * @guest: the guest
 * @ms: when; if it is to be looked at before that anyway, so be it
 *
 * Context: any but hard interrupts; the instance exists.
 */
void guest_kick_at(struct pciback_guest *guest, unsigned int ms)
{
	ktime_t when = from_now(ms);

	spin_lock(&guest->kick_lock);
	if (!guest->dead &&
	    (!delayed_work_pending(&guest->work) || ktime_before(when, guest->due))) {
		guest->due = when;
		mod_delayed_work(guest_wq, &guest->work, msecs_to_jiffies(ms));
	}
	spin_unlock(&guest->kick_lock);
}

/* Look again when that time has come. */
static void kick_when(struct pciback_guest *guest, ktime_t when)
{
	s64 ms = ktime_ms_delta(when, ktime_get());

	guest_kick_at(guest, clamp_t(s64, ms, 0, MAX_REOPEN_MS) + 1);
}

static int read_num_devs(struct pciback_guest *guest)
{
	struct xenbus_device *xdev = guest->xdev;
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

static void give_up(struct pciback_guest *guest)
{
	ring_disconnect(guest);
	guest_withdraw_all(guest);
	xenbus_switch_state(guest->xdev, XenbusStateClosing);
}

/* InitWait -> Initialised */
static void setup(struct pciback_guest *guest)
{
	int i, nr;

	nr = read_num_devs(guest);
	if (nr < 0) {
		give_up(guest);
		return;
	}
	for (i = 0; i < nr; i++) {
		if (guest_index_state(guest, i) == XenbusStateClosing)
			guest_withdraw(guest, i);
		else
			guest_attach(guest, i);
	}
	if (guest_publish_roots(guest)) {
		give_up(guest);
		return;
	}
	xenbus_switch_state(guest->xdev, XenbusStateInitialised);
}

/*
 * What the toolstack marked for attaching or detaching among @nr; never stops
 * at a bad one. True if something was taken.
 */
static bool apply_changes(struct pciback_guest *guest, int nr, bool attach_too)
{
	bool detached = false;
	int i;

	for (i = 0; i < nr; i++) {
		switch (guest_index_state(guest, i)) {
		case XenbusStateInitialising:
			if (attach_too)
				guest_attach(guest, i);
			break;
		case XenbusStateClosing:
			guest_withdraw(guest, i);
			detached = true;
			break;
		default:
			break;
		}
	}
	/* Who does not wait for us deletes its marks before we see them. */
	detached |= guest_withdraw_unlisted(guest);
	guest_publish_roots(guest);
	return detached;
}

static bool detach_marked(struct pciback_guest *guest)
{
	int i, nr = guest_num_devs(guest);

	for (i = 0; i < nr; i++)
		if (guest_index_state(guest, i) == XenbusStateClosing)
			return true;
	return false;
}

/* One node of the frontend's directory that must hold a number. */
static int read_frontend(struct pciback_guest *guest, const char *node, unsigned int *val)
{
	struct xenbus_device *xdev = guest->xdev;
	int ret = xenbus_scanf(XBT_NIL, xdev->otherend, node, "%u", val);

	if (ret == 1)
		return 0;
	xenbus_dev_fatal(xdev, ret < 0 ? ret : -EINVAL, "%s/%s: missing or not a number",
			 xdev->otherend, node);
	return -EINVAL;
}

static int check_magic(struct pciback_guest *guest)
{
	struct xenbus_device *xdev = guest->xdev;
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

static void connect(struct pciback_guest *guest)
{
	unsigned int gref, port;

	apply_changes(guest, read_num_devs(guest), true);
	if (read_frontend(guest, "pci-op-ref", &gref) ||
	    read_frontend(guest, "event-channel", &port) ||
	    check_magic(guest) ||
	    ring_connect(guest, gref, port)) {
		/* Not for its own fault does a guest lose what the toolstack gave it. */
		guest_quiet_all(guest);
		xenbus_switch_state(guest->xdev, XenbusStateClosing);
		return;
	}
	guest->gref = gref;
	guest->port = port;
	xenbus_switch_state(guest->xdev, XenbusStateConnected);
}

/*
 * A frontend that is ready while we are connected: the one we know, before it
 * goes on, or another that came so fast that nobody saw the first one go?
 */
static bool replaced(struct pciback_guest *guest)
{
	const char *dir = guest->xdev->otherend;
	unsigned int gref, port;

	return xenbus_scanf(XBT_NIL, dir, "pci-op-ref", "%u", &gref) == 1 &&
	       xenbus_scanf(XBT_NIL, dir, "event-channel", "%u", &port) == 1 &&
	       (gref != guest->gref || port != guest->port);
}

static void leave(struct pciback_guest *guest, enum xenbus_state fe)
{
	ring_disconnect(guest);
	guest_quiet_all(guest);
	guest->closed = true;
	guest->rescanned = false;
	if (test_and_clear_bit(GUEST_POLITE, &guest->signs))
		guest->polite = true;
	clear_bit(GUEST_LEFT, &guest->signs);
	if (fe == XenbusStateClosing || fe == XenbusStateClosed)
		xenbus_switch_state(guest->xdev, fe);
}

/* False if it is too soon. */
static bool reopen(struct pciback_guest *guest)
{
	if (!passed(guest->next_reopen)) {
		kick_when(guest, guest->next_reopen);
		return false;
	}
	/* Twice as long each time, until it has been quiet for long enough. */
	if (passed(ktime_add_ms(guest->next_reopen, MAX_REOPEN_MS)))
		guest->reopen_ms = 0;
	guest->next_reopen = from_now(guest->reopen_ms);
	guest->reopen_ms = min(2 * guest->reopen_ms + 1000, MAX_REOPEN_MS);

	guest_renew_all(guest);
	guest->closed = false;
	guest->polite = false;
	guest->reopened = true;
	xenbus_switch_state(guest->xdev, XenbusStateInitWait);
	return true;
}

/* Where to go back to when nobody has to see us Connected any more. */
static void note_resting(struct pciback_guest *guest)
{
	/* What we last wrote, whatever the toolstack has written over it. */
	enum xenbus_state state = guest->xdev->state;

	if (state != XenbusStateConnected && state != XenbusStateReconfigured)
		guest->resting = state;
}

/* The toolstack takes functions from a guest that has no frontend: it looks for Connected. */
static void somebody_waits(struct pciback_guest *guest)
{
	guest->detach_until = from_now(DETACH_MS);
}

static void change_alone(struct pciback_guest *guest)
{
	/* After we gave up nothing is given to the guest any more. */
	bool attach = guest->closed || guest->xdev->state != XenbusStateClosing;

	if (apply_changes(guest, guest_num_devs(guest), attach))
		somebody_waits(guest);
	guest_note_unbound(guest, XenbusStateClosed);
	clear_bit(GUEST_UNBOUND, &guest->signs);
}

static void move_on(struct pciback_guest *guest)
{
	if (guest->ring.page)
		guest->silent_until = from_now(SILENCE_MS);
	else
		note_resting(guest);
	if (apply_changes(guest, read_num_devs(guest), true) && !guest->ring.page)
		somebody_waits(guest);
	/* Both: the state we wrote last may be the one we want. */
	xenbus_switch_state(guest->xdev, XenbusStateReconfigured);
	xenbus_switch_state(guest->xdev, XenbusStateConnected);
}

static void tell(struct pciback_guest *guest)
{
	clear_bit(GUEST_UNBOUND, &guest->signs);
	if (guest_note_unbound(guest, XenbusStateClosing))
		xenbus_switch_state(guest->xdev, XenbusStateReconfiguring);
}

static void shut(struct pciback_guest *guest)
{
	ring_disconnect(guest);
	guest_withdraw_all(guest);
	xenbus_switch_state(guest->xdev, XenbusStateClosed);
}

static unsigned int patience(const struct pciback_guest *guest, const struct guest_look *look)
{
	switch (look->be) {
	case XenbusStateClosed:
		return CLOSED_MS;
	case XenbusStateClosing:
		return READ_ONCE(patience_ms);
	case XenbusStateReconfiguring:
	case XenbusStateReconfigured:
		return guest->hurried ? READ_ONCE(patience_ms) : NO_LIMIT;
	default:
		return AGAIN_MS;
	}
}

/* Has the frontend had its time in this state of the backend? */
static bool had_its_time(struct pciback_guest *guest, const struct guest_look *look)
{
	unsigned int ms;

	if (look->be != guest->waits_in) {
		guest->waits_in = look->be;
		guest->waits_since = ktime_get();
		guest->hurried = false;
	}
	guest->hurried |= look->detaching;
	ms = patience(guest, look);
	return (ms != NO_LIMIT && passed(ktime_add_ms(guest->waits_since, ms))) ||
	       (look->detaching && !passed(guest->silent_until));
}

static void look_at(struct pciback_guest *guest, struct guest_look *look)
{
	struct xenbus_device *xdev = guest->xdev;

	*look = (struct guest_look) {
		/* The toolstack writes this state, so the cached one does not know. */
		.be = compat_backend_state(xdev),
		.fe = compat_frontend_state(xdev),
		.online = xenbus_dev_is_online(xdev),
		.connected = guest->ring.page,
		.left = test_bit(GUEST_LEFT, &guest->signs),
		.closed = guest->closed,
		.polite = guest->polite,
		.reopened = guest->reopened,
		.unbound = test_bit(GUEST_UNBOUND, &guest->signs),
	};
	/* Once more, after we have followed. */
	if (look->left && !look->connected && look->reopened && look->be == XenbusStateInitWait &&
	    look->fe == XenbusStateClosed && !test_bit(GUEST_POLITE, &guest->signs)) {
		clear_bit(GUEST_LEFT, &guest->signs);
		look->left = false;
	}
	if (look->connected && look->fe == XenbusStateInitialised)
		look->left |= replaced(guest);
	if (look->fe != XenbusStateReconfiguring)
		guest->rescanned = false;
	look->rescanned = guest->rescanned;
	if (test_and_clear_bit(GUEST_SPOKE, &guest->signs))
		guest->silent_until = 0;
	if (test_and_clear_bit(GUEST_DETACH_AHEAD, &guest->signs))
		somebody_waits(guest);
	look->detaching = !passed(guest->detach_until) ||
			  (look->be == XenbusStateReconfiguring && detach_marked(guest));
	if (look->be == XenbusStateReconfiguring && look->detaching && look->connected)
		/* For the rest of it, too. */
		somebody_waits(guest);
	look->late = had_its_time(guest, look);
}

/* False: no more to do now. */
static bool make_move(struct pciback_guest *guest, enum guest_move move,
		      const struct guest_look *look)
{
	struct xenbus_device *xdev = guest->xdev;

	switch (move) {
	case GUEST_REST:
		return false;
	case GUEST_WAIT:
		if (patience(guest, look) != NO_LIMIT)
			kick_when(guest,
				  ktime_add_ms(guest->waits_since, patience(guest, look)));
		return false;
	case GUEST_LEAVE:
		leave(guest, look->fe);
		return true;
	case GUEST_REOPEN:
		return reopen(guest);
	case GUEST_SETUP:
		setup(guest);
		return true;
	case GUEST_CHANGE:
		change_alone(guest);
		if (!passed(guest->detach_until))
			kick_when(guest, guest->detach_until);
		else if (look->closed && !look->late)
			kick_when(guest,
				  ktime_add_ms(guest->waits_since, patience(guest, look)));
		return !passed(guest->detach_until) && look->be != XenbusStateConnected;
	case GUEST_PRESENT:
		note_resting(guest);
		xenbus_switch_state(xdev, XenbusStateConnected);
		return true;
	case GUEST_RETREAT:
		xenbus_switch_state(xdev, guest->resting);
		return true;
	case GUEST_CONNECT:
		connect(guest);
		return true;
	case GUEST_ANSWER:
		apply_changes(guest, read_num_devs(guest), true);
		fallthrough;
	case GUEST_RESCAN:
		guest->rescanned = true;
		xenbus_switch_state(xdev, XenbusStateReconfigured);
		return true;
	case GUEST_FINISH:
		xenbus_switch_state(xdev, XenbusStateConnected);
		return true;
	case GUEST_MOVE_ON:
		move_on(guest);
		return true;
	case GUEST_TELL:
		tell(guest);
		return true;
	case GUEST_SHUT:
		shut(guest);
		return true;
	}
	return false;
}

/**
 * guest_work() - look at a guest and do what there is to do
 * @work: of the guest
 */
void guest_work(struct work_struct *work)
{
	struct pciback_guest *guest = container_of(to_delayed_work(work), struct pciback_guest,
						   work);
	struct guest_look look;
	enum guest_move move;
	unsigned int moves;

	guard(mutex)(&guest->lock);
	for (moves = 0; moves < MAX_MOVES; moves++) {
		look_at(guest, &look);
		move = guest_decide(&look);
		pciback_see_guest(&guest->holder, &look, move);
		if (!make_move(guest, move, &look))
			return;
	}
	/* Somebody keeps changing his mind; the next change brings us here again. */
	guest_kick_at(guest, 100);
}
