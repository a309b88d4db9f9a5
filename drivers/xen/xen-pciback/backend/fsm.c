// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The state machine between toolstack, backend and frontend, as a table: the
 * first rule whose conditions hold says what to do next.
 *
 * The backend's states:
 *
 *	Unknown		the toolstack has deleted the backend's directory
 *	Initialising	the toolstack is filling the directory
 *	InitWait	functions are not assigned yet, or wait for the next frontend
 *	Initialised	functions are assigned, the frontend may connect
 *	Connected	requests are served
 *	Reconfiguring	set by the toolstack: functions are to be attached or detached
 *	Reconfigured	that is done, the frontend is to rescan
 *	Closing, Closed	follows a frontend that closes; Closing is also set by the
 *			toolstack to end the backend, and by the backend on errors
 *
 * A toolstack that detaches a function waits until the backend is Connected,
 * before and after, 10 s each. The rules therefore lead to Connected in bounded
 * time whenever a detach is pending, whatever the frontend does or does not do.
 *
 * Xen's public headers io/xenbus.h and io/pciif.h define states and protocol.
 */
#include <linux/kernel.h>
#include <pciback/fsm.h>

#define ON(name)	FSM_STATE(name)

const struct pciback_fsm_rule pciback_fsm_rules[] = {
	/* Before anything else, whether a frontend is connected or not. */
	{ .be = ON(Unknown) | ON(Initialising),
	  .action = ACTION_IDLE,
	  .why = "The directory is being filled or was deleted; xenbus reports what comes next.",
	},
	{ .set = FSM_FE_LEFT,
	  .action = ACTION_DISCONNECT,
	  .why = "The frontend closed or was replaced: its page is invalid, its DMA must stop now.",
	},
	{ .fe = ON(Initialising) | ON(Initialised), .set = FSM_FE_GONE | FSM_ONLINE,
	  .action = ACTION_REOPEN,
	  .why = "Another frontend starts; it must get functions that have been reset.",
	},
	{ .fe = ON(Closed), .set = FSM_FE_GONE | FSM_ONLINE, .clear = FSM_FE_WAS_CLOSING,
	  .action = ACTION_REOPEN,
	  .why = "Linux leaves without Closing on unbind; its next bind must not find Closed.",
	},
	{ .fe = ON(Closed), .set = FSM_FE_GONE | FSM_ONLINE | FSM_TIMED_OUT,
	  .action = ACTION_REOPEN,
	  .why = "The frontend left by way of Closing, and has had time to see the backend Closed.",
	},

	/* A frontend is connected. */
	{ .be = ON(Connected), .fe = ON(Reconfiguring),
	  .set = FSM_CONNECTED, .clear = FSM_RESCAN_SIGNALLED,
	  .action = ACTION_SIGNAL_RESCAN,
	  .why = "The frontend detached after the backend had continued; it waits for this signal.",
	},
	{ .be = ON(Connected), .fe = ON(Reconfiguring),
	  .set = FSM_CONNECTED | FSM_TIMED_OUT, .clear = FSM_DETACH_PENDING,
	  .action = ACTION_SIGNAL_RESCAN,
	  .why = "The frontend missed the signal, for example because it was paused: repeat it.",
	},
	{ .be = ON(Connected), .set = FSM_CONNECTED | FSM_DETACH_WANTED,
	  .action = ACTION_REQUEST_DETACH,
	  .why = "A function was unbound in the host or is to be reset: the driver ends its use.",
	},
	{ .be = ON(Connected), .fe = ON(Connected), .set = FSM_CONNECTED | FSM_ATTACH_WANTED,
	  .action = ACTION_REQUEST_ATTACH,
	  .why = "It was only reset: no toolstack detached it in the time that one needs.",
	},
	{ .be = ON(Connected), .fe = ON(Reconfiguring),
	  .set = FSM_CONNECTED, .clear = FSM_TIMED_OUT,
	  .action = ACTION_WAIT,
	  .why = "The frontend was told to rescan; if it does not react the signal is repeated.",
	},
	{ .be = ON(Connected), .fe = ON(Reconfiguring), .set = FSM_CONNECTED,
	  .action = ACTION_IDLE,
	  .why = "To repeat the signal would leave Connected, for which the toolstack waits.",
	},
	{ .be = ON(Connected), .set = FSM_CONNECTED,
	  .action = ACTION_IDLE,
	  .why = "Normal operation.",
	},
	{ .be = ON(Reconfiguring), .fe = ON(Reconfiguring), .set = FSM_CONNECTED,
	  .action = ACTION_RECONFIGURE,
	  .why = "The frontend has detached what was marked, and waits for the backend.",
	},
	{ .be = ON(Reconfiguring), .set = FSM_CONNECTED | FSM_TIMED_OUT,
	  .action = ACTION_FORCE_RECONFIGURE,
	  .why = "The frontend did not detach in time; the toolstack must not wait for it longer.",
	},
	{ .be = ON(Reconfiguring), .set = FSM_CONNECTED,
	  .action = ACTION_WAIT,
	  .why = "The frontend detaches first what is marked, and is Reconfiguring after that.",
	},
	{ .be = ON(Reconfigured), .fe = ON(Connected), .set = FSM_CONNECTED,
	  .action = ACTION_RECONNECTED,
	  .why = "The frontend has rescanned.",
	},
	{ .be = ON(Reconfigured), .set = FSM_CONNECTED | FSM_TIMED_OUT,
	  .action = ACTION_RECONNECTED,
	  .why = "The frontend did not rescan in time; the toolstack waits for Connected.",
	},
	{ .be = ON(Reconfigured), .set = FSM_CONNECTED,
	  .action = ACTION_WAIT,
	  .why = "The frontend was told to rescan, and is Connected when that is done.",
	},
	{ .be = ON(Closing), .set = FSM_CONNECTED | FSM_ONLINE,
	  .action = ACTION_IDLE,
	  .why = "The toolstack keeps the backend, so this is an error; the frontend closes next.",
	},
	{ .be = ON(Closing), .set = FSM_CONNECTED | FSM_TIMED_OUT,
	  .action = ACTION_FORCE_CLOSE,
	  .why = "The toolstack ends the backend, and the frontend did not close in time.",
	},
	{ .be = ON(Closing), .set = FSM_CONNECTED,
	  .action = ACTION_WAIT,
	  .why = "The toolstack ends the backend; the frontend may close first.",
	},

	/*
	 * No frontend is connected: not yet, not any more, or never, as with guests
	 * that see their functions through a device model.
	 */
	{ .be = ON(InitWait), .clear = FSM_CONNECTED | FSM_REOPENED,
	  .action = ACTION_SETUP,
	  .why = "The guest is new, and the toolstack has listed its functions.",
	},
	{ .be = ON(InitWait), .fe = ON(Initialised), .clear = FSM_CONNECTED,
	  .action = ACTION_SETUP,
	  .why = "After a reopen nothing is assigned until the next frontend is ready.",
	},
	{ .be = ON(Initialised) | ON(Connected), .fe = ON(Initialised), .clear = FSM_CONNECTED,
	  .action = ACTION_CONNECT,
	  .why = "The frontend is ready; a Connected shown to the toolstack does not stop it.",
	},
	{ .be = ON(Connected), .set = FSM_DETACH_PENDING, .clear = FSM_CONNECTED,
	  .action = ACTION_APPLY,
	  .why = "Connected is shown for the toolstack, which may have marked functions by now.",
	},
	{ .be = ON(Connected), .clear = FSM_CONNECTED,
	  .action = ACTION_UNFAKE_CONNECTED,
	  .why = "The toolstack does not wait for Connected any more: show the real state again.",
	},
	{ .be = ON(Reconfiguring) | ON(Reconfigured), .clear = FSM_CONNECTED,
	  .action = ACTION_FORCE_RECONFIGURE,
	  .why = "There is no frontend to detach or rescan; the toolstack waits for Connected.",
	},
	{ .be = ON(Closing), .clear = FSM_CONNECTED | FSM_ONLINE,
	  .action = ACTION_FORCE_CLOSE,
	  .why = "The toolstack ends the backend, and there is no frontend that may close first.",
	},
	{ .be = ON(InitWait) | ON(Initialised) | ON(Closing) | ON(Closed),
	  .set = FSM_DETACH_PENDING | FSM_ONLINE, .clear = FSM_CONNECTED,
	  .action = ACTION_FAKE_CONNECTED,
	  .why = "The toolstack waits for Connected before it detaches a function.",
	},
	{ .be = ON(InitWait) | ON(Initialised) | ON(Closing) | ON(Closed), .clear = FSM_CONNECTED,
	  .action = ACTION_APPLY,
	  .why = "There is no frontend to ask: functions are assigned and deassigned as marked.",
	},

	/*
	 * A toolstack may write any number: with a frontend connected only the states
	 * above have a meaning, without one only those that xenbus defines.
	 */
	{ .action = ACTION_IDLE,
	  .why = "No state in which the backend has anything to do.",
	},
};

const unsigned int pciback_fsm_nr_rules = ARRAY_SIZE(pciback_fsm_rules);

const struct pciback_fsm_action pciback_fsm_actions[NR_ACTIONS] = {
	[ACTION_IDLE] = {
		.name = "idle",
		.does = "nothing until something changes",
	},
	[ACTION_WAIT] = {
		.name = "wait",
		.does = "nothing until something changes or the frontend's time is over",
	},
	[ACTION_DISCONNECT] = {
		.name = "disconnect",
		.does = "unmap the page, stop interrupts and DMA, follow the frontend's state",
		.next = ON(Closing) | ON(Closed),
	},
	[ACTION_REOPEN] = {
		.name = "reopen",
		.does = "reset the functions for another frontend",
		.next = ON(InitWait),
	},
	[ACTION_SETUP] = {
		.name = "setup",
		.does = "assign the functions that the toolstack listed",
		.next = ON(Initialised),
		.on_error = ON(Closing),
	},
	[ACTION_APPLY] = {
		.name = "apply",
		.does = "assign and deassign what the toolstack marked",
	},
	[ACTION_FAKE_CONNECTED] = {
		.name = "fake_connected",
		.does = "show Connected to the toolstack, without a frontend",
		.next = ON(Connected),
	},
	[ACTION_UNFAKE_CONNECTED] = {
		.name = "unfake_connected",
		.does = "show the state from before fake_connected again",
		.next = ON(InitWait) | ON(Initialised) | ON(Closing) | ON(Closed),
	},
	[ACTION_CONNECT] = {
		.name = "connect",
		.does = "map the frontend's page, bind its event channel",
		.next = ON(Connected),
		.on_error = ON(Closing),
	},
	[ACTION_RECONFIGURE] = {
		.name = "reconfigure",
		.does = "assign and deassign what the toolstack marked, with the frontend",
		.next = ON(Reconfigured),
	},
	[ACTION_SIGNAL_RESCAN] = {
		.name = "signal_rescan",
		.does = "tell the frontend to rescan",
		.next = ON(Reconfigured),
	},
	[ACTION_RECONNECTED] = {
		.name = "reconnected",
		.does = "serve the frontend as before",
		.next = ON(Connected),
	},
	[ACTION_FORCE_RECONFIGURE] = {
		.name = "force_reconfigure",
		.does = "assign and deassign what the toolstack marked, without the frontend",
		.next = ON(Connected),
	},
	[ACTION_REQUEST_DETACH] = {
		.name = "request_detach",
		.does = "ask the frontend to detach functions that were unbound or are to be reset",
		.next = ON(Reconfiguring),
	},
	[ACTION_REQUEST_ATTACH] = {
		.name = "request_attach",
		.does = "ask the frontend to attach again what it detached for a reset",
		.next = ON(Reconfiguring),
	},
	[ACTION_FORCE_CLOSE] = {
		.name = "force_close",
		.does = "disconnect, deassign everything",
		.next = ON(Closed),
	},
};

/* The toolstack and the guest may write numbers that are no state: no bit. */
static u16 state_bit(enum xenbus_state state)
{
	return (unsigned int)state <= XenbusStateReconfigured ? BIT(state) : 0;
}

static u16 snapshot_flags(const struct backend_snapshot *snapshot)
{
	return (snapshot->online ? FSM_ONLINE : 0) |
	       (snapshot->connected ? FSM_CONNECTED : 0) |
	       (snapshot->fe_left ? FSM_FE_LEFT : 0) |
	       (snapshot->fe_gone ? FSM_FE_GONE : 0) |
	       (snapshot->fe_was_closing ? FSM_FE_WAS_CLOSING : 0) |
	       (snapshot->reopened ? FSM_REOPENED : 0) |
	       (snapshot->rescan_signalled ? FSM_RESCAN_SIGNALLED : 0) |
	       (snapshot->detach_wanted ? FSM_DETACH_WANTED : 0) |
	       (snapshot->attach_wanted ? FSM_ATTACH_WANTED : 0) |
	       (snapshot->detach_pending ? FSM_DETACH_PENDING : 0) |
	       (snapshot->timed_out ? FSM_TIMED_OUT : 0);
}

/**
 * pciback_fsm_match() - the rule that applies
 * @snapshot: what can be seen
 *
 * Context: any.
 * Return: the first rule whose conditions hold; the last one always does.
 */
const struct pciback_fsm_rule *pciback_fsm_match(const struct backend_snapshot *snapshot)
{
	const struct pciback_fsm_rule *last = &pciback_fsm_rules[ARRAY_SIZE(pciback_fsm_rules) - 1];
	const struct pciback_fsm_rule *rule;
	u16 flags = snapshot_flags(snapshot);
	u16 be = state_bit(snapshot->be);
	u16 fe = state_bit(snapshot->fe);

	for (rule = pciback_fsm_rules; rule < last; rule++)
		if ((!rule->be || rule->be & be) &&
		    (!rule->fe || rule->fe & fe) &&
		    (rule->set & flags) == rule->set &&
		    !(rule->clear & flags))
			break;
	return rule;
}

/**
 * pciback_fsm_next() - what to do next for a guest
 * @snapshot: what can be seen
 *
 * Context: any.
 * Return: the action.
 */
enum backend_action pciback_fsm_next(const struct backend_snapshot *snapshot)
{
	return pciback_fsm_match(snapshot)->action;
}
