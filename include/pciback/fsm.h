/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The backend's state machine: what to do next for one guest. It is a table of
 * rules over a snapshot of what can be seen now, so an event that is missed or
 * seen twice does no harm. The rules are in backend/fsm.c, the actions are
 * carried out in backend/actions.c.
 *
 * Freestanding: no kernel state, also builds in user space.
 */
#ifndef PCIBACK_FSM_H
#define PCIBACK_FSM_H

#include <linux/bits.h>
#include <linux/types.h>
#include <xen/interface/io/xenbus.h>

/**
 * struct backend_snapshot - what can be seen of a backend and its frontend
 * @be: the backend's state in xenstore; the toolstack writes it too
 * @fe: the frontend's state in xenstore
 * @online: the toolstack wants the backend to stay
 * @connected: a frontend is connected, its shared page is mapped
 * @fe_left: since the last snapshot the frontend wrote Closing or Closed, or
 *	another frontend took its place; the backend has not acted on it yet
 * @fe_gone: the backend has disconnected from a frontend that left, and has not
 *	been reopened for another one yet
 * @fe_was_closing: the frontend that left wrote Closing first, and may wait to
 *	see the backend Closed
 * @reopened: functions have been reset for another frontend; from then on they
 *	are set up only when a frontend is ready
 * @rescan_signalled: since it became Reconfiguring, this frontend has been told
 *	to rescan
 * @detach_wanted: the frontend is to detach a function that was unbound in the host, or
 *	that is to be reset while the guest uses it
 * @attach_wanted: such a function may be attached again, as no toolstack detached it
 * @detach_pending: the toolstack is about to detach a function, or asked for it
 * @timed_out: the frontend's time to react to @be is over, or a detach is pending
 *	and it let that time run out shortly before
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
	bool detach_wanted;
	bool attach_wanted;
	bool detach_pending;
	bool timed_out;
};

/**
 * enum backend_action - what to do next
 * @ACTION_IDLE: nothing until something changes
 * @ACTION_WAIT: nothing until something changes or the frontend's time is over
 * @ACTION_DISCONNECT: unmap the page, stop interrupts and DMA, follow the
 *	frontend's state
 * @ACTION_REOPEN: reset the functions for another frontend, InitWait
 * @ACTION_SETUP: assign the functions that the toolstack listed, Initialised
 * @ACTION_APPLY: assign and deassign what the toolstack marked, same state
 * @ACTION_FAKE_CONNECTED: show Connected without a frontend, for the toolstack
 * @ACTION_UNFAKE_CONNECTED: show the state from before that again
 * @ACTION_CONNECT: map the frontend's page, bind its event channel, Connected
 * @ACTION_RECONFIGURE: assign and deassign what the toolstack marked,
 *	Reconfigured
 * @ACTION_SIGNAL_RESCAN: Reconfigured, and nothing else
 * @ACTION_RECONNECTED: Connected, and nothing else
 * @ACTION_FORCE_RECONFIGURE: the same changes without the frontend, Connected
 * @ACTION_REQUEST_DETACH: ask the frontend to detach what was unbound or is to be
 *	reset, Reconfiguring
 * @ACTION_REQUEST_ATTACH: ask the frontend to attach again what it detached for a
 *	reset, Reconfiguring
 * @ACTION_FORCE_CLOSE: disconnect, deassign everything, Closed
 * @NR_ACTIONS: how many there are
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
	ACTION_REQUEST_ATTACH,
	ACTION_FORCE_CLOSE,
	NR_ACTIONS
};

/* The members of &struct backend_snapshot of the same names, as bits for rules. */
#define FSM_ONLINE		BIT(0)
#define FSM_CONNECTED		BIT(1)
#define FSM_FE_LEFT		BIT(2)
#define FSM_FE_GONE		BIT(3)
#define FSM_FE_WAS_CLOSING	BIT(4)
#define FSM_REOPENED		BIT(5)
#define FSM_RESCAN_SIGNALLED	BIT(6)
#define FSM_DETACH_WANTED	BIT(7)
#define FSM_ATTACH_WANTED	BIT(8)
#define FSM_DETACH_PENDING	BIT(9)
#define FSM_TIMED_OUT		BIT(10)

/* A state of xenbus as a bit: FSM_STATE(Connected). */
#define FSM_STATE(name)		BIT(XenbusState##name)

/**
 * struct pciback_fsm_rule - when to do what; a condition left out (0) always holds
 * @be: FSM_STATE() of the backend's states it is for
 * @fe: FSM_STATE() of the frontend's states it is for
 * @set: FSM_* that must be set
 * @clear: FSM_* that must not be set
 * @action: what to do
 * @why: the reason, for readers of the table and its drawing
 */
struct pciback_fsm_rule {
	u16 be;
	u16 fe;
	u16 set;
	u16 clear;
	enum backend_action action;
	const char *why;
};

/**
 * struct pciback_fsm_action - an action in words
 * @name: as in the trace event pciback_fsm
 * @does: what it does, in one line
 * @next: FSM_STATE() of the backend's states it leads to; 0: it changes none
 * @on_error: the same if it fails; 0: it cannot fail
 */
struct pciback_fsm_action {
	const char *name;
	const char *does;
	u16 next;
	u16 on_error;
};

extern const struct pciback_fsm_rule pciback_fsm_rules[];
extern const unsigned int pciback_fsm_nr_rules;
extern const struct pciback_fsm_action pciback_fsm_actions[NR_ACTIONS];

const struct pciback_fsm_rule *pciback_fsm_match(const struct backend_snapshot *snapshot);
enum backend_action pciback_fsm_next(const struct backend_snapshot *snapshot);

#endif /* PCIBACK_FSM_H */
