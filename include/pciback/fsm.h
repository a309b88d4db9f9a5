/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What to do next about one guest, decided from what can be seen now. Pure: a
 * table of tests is its specification. The mechanism is in guest/steps.c.
 */
#ifndef PCIBACK_GUEST_DECIDE_H
#define PCIBACK_GUEST_DECIDE_H

#include <linux/types.h>
#include <xen/interface/io/xenbus.h>

/**
 * struct guest_look - what can be seen of a guest
 * @be: the backend's state in xenstore; the toolstack writes it too
 * @fe: the frontend's
 * @online: the toolstack wants the backend to stay
 * @connected: its page is mapped
 * @left: since the last look the frontend said that it goes, or another one
 *	took its place
 * @closed: a frontend has gone and no other has come
 * @polite: it said that it would, and may wait to see the backend Closed
 * @reopened: set up once more, when the frontend is ready
 * @rescanned: this frontend was told already that its reconfiguration is done
 * @unbound: a function may have been unbound from the guest
 * @detaching: the toolstack is about to take a function, or has asked for it
 * @late: the frontend has had its time to answer @be
 */
struct guest_look {
	enum xenbus_state be;
	enum xenbus_state fe;
	bool online;
	bool connected;
	bool left;
	bool closed;
	bool polite;
	bool reopened;
	bool rescanned;
	bool unbound;
	bool detaching;
	bool late;
};

/**
 * enum guest_move - what to do next
 * @GUEST_REST: nothing, until something changes
 * @GUEST_WAIT: nothing, until the frontend has had its time
 * @GUEST_LEAVE: disconnect, follow the frontend's closing
 * @GUEST_REOPEN: make the functions new for another frontend
 * @GUEST_SETUP: give the guest what the toolstack listed; Initialised
 * @GUEST_CHANGE: no frontend to ask: do what the toolstack marked
 * @GUEST_PRESENT: no frontend: look Connected, for which toolstacks wait
 * @GUEST_RETREAT: ... and look again as before
 * @GUEST_CONNECT: map the frontend's page; Connected
 * @GUEST_ANSWER: the frontend let go: change, Reconfigured
 * @GUEST_RESCAN: it let go too late: Reconfigured, so that it goes on
 * @GUEST_FINISH: Connected again
 * @GUEST_MOVE_ON: it does not answer: change without it, Connected
 * @GUEST_TELL: ask it to let go of what was unbound
 * @GUEST_SHUT: it does not answer and the toolstack wants an end; Closed
 */
enum guest_move {
	GUEST_REST,
	GUEST_WAIT,
	GUEST_LEAVE,
	GUEST_REOPEN,
	GUEST_SETUP,
	GUEST_CHANGE,
	GUEST_PRESENT,
	GUEST_RETREAT,
	GUEST_CONNECT,
	GUEST_ANSWER,
	GUEST_RESCAN,
	GUEST_FINISH,
	GUEST_MOVE_ON,
	GUEST_TELL,
	GUEST_SHUT,
};

enum guest_move guest_decide(const struct guest_look *look);

#endif /* PCIBACK_GUEST_DECIDE_H */
