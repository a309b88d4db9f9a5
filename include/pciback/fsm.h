/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What to do next about one guest, decided from what can be seen now. Freestanding: a
 * table of tests is its specification. The mechanism is in guest/steps.c.
 */
#ifndef PCIBACK_FSM_H
#define PCIBACK_FSM_H

#include <linux/types.h>
#include <xen/interface/io/xenbus.h>

/**
 * struct backend_snapshot - what can be seen of a guest
 * @be: the backend's state in xenstore; the toolstack writes it too
 * @fe: the frontend's
 * @online: the toolstack wants the backend to stay
 * @connected: its page is mapped
 * @fe_left: since the last look the frontend said that it goes, or another one
 *	took its place
 * @fe_gone: a frontend has gone and no other has come
 * @fe_was_closing: it said that it would, and may wait to see the backend Closed
 * @reopened: set up once more, when the frontend is ready
 * @rescan_signalled: this frontend was told already that its reconfiguration is done
 * @unbound: a function may have been unbound from the guest
 * @detach_pending: the toolstack is about to take a function, or has asked for it
 * @timed_out: the frontend has had its time to answer @be
 */
struct backend_snapshot {
	enum xenbus_state be;
	enum xenbus_state fe;
	bool online;
	bool connected;
	bool fe_left;
	bool fe_gone;
	bool fe_was_closing;
	bool reopened;
	bool rescan_signalled;
	bool unbound;
	bool detach_pending;
	bool timed_out;
};

/**
 * enum backend_action - what to do next
 * @ACTION_IDLE: nothing, until something changes
 * @ACTION_WAIT: nothing, until the frontend has had its time
 * @ACTION_DISCONNECT: disconnect, follow the frontend's closing
 * @ACTION_REOPEN: make the functions new for another frontend
 * @ACTION_SETUP: give the guest what the toolstack listed; Initialised
 * @ACTION_APPLY: no frontend to ask: do what the toolstack marked
 * @ACTION_FAKE_CONNECTED: no frontend: look Connected, for which toolstacks wait
 * @ACTION_UNFAKE_CONNECTED: ... and look again as before
 * @ACTION_CONNECT: map the frontend's page; Connected
 * @ACTION_RECONFIGURE: the frontend let go: change, Reconfigured
 * @ACTION_SIGNAL_RESCAN: it let go too late: Reconfigured, so that it goes on
 * @ACTION_RECONNECTED: Connected again
 * @ACTION_FORCE_RECONFIGURE: it does not answer: change without it, Connected
 * @ACTION_REQUEST_DETACH: ask it to let go of what was unbound
 * @ACTION_FORCE_CLOSE: it does not answer and the toolstack wants an end; Closed
 */
enum backend_action {
	ACTION_IDLE,
	ACTION_WAIT,
	ACTION_DISCONNECT,
	ACTION_REOPEN,
	ACTION_SETUP,
	ACTION_APPLY,
	ACTION_FAKE_CONNECTED,
	ACTION_UNFAKE_CONNECTED,
	ACTION_CONNECT,
	ACTION_RECONFIGURE,
	ACTION_SIGNAL_RESCAN,
	ACTION_RECONNECTED,
	ACTION_FORCE_RECONFIGURE,
	ACTION_REQUEST_DETACH,
	ACTION_FORCE_CLOSE,
};

enum backend_action pciback_fsm_next(const struct backend_snapshot *snap);

#endif /* PCIBACK_FSM_H */
