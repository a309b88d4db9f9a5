// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the backend does next for a guest, for what can be seen of it: examples
 * for each rule of the state machine, and what must hold for all snapshots.
 * States have the names of xenbus.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include <pciback/fsm.h>
#include "suites.h"

#define NONE		XenbusStateUnknown
#define INIT		XenbusStateInitialising
#define WAITS		XenbusStateInitWait
#define READY		XenbusStateInitialised
#define CONN		XenbusStateConnected
#define CLOSING		XenbusStateClosing
#define CLOSED		XenbusStateClosed
#define RECONF		XenbusStateReconfiguring
#define DONE		XenbusStateReconfigured

/* Online unless it says otherwise. */
#define SEEN(b, f, ...)	{ .be = (b), .fe = (f), .online = true, ##__VA_ARGS__ }
#define UP		.connected = true

struct fsm_row {
	const char *name;
	struct backend_snapshot snapshot;
	enum backend_action action;
};

static const struct fsm_row fsm_rows[] = {
	/* A guest starts. */
	{ "directory not complete", SEEN(INIT, INIT), ACTION_IDLE },
	{ "functions listed", SEEN(WAITS, INIT), ACTION_SETUP },
	{ "functions listed, frontend first", SEEN(WAITS, READY), ACTION_SETUP },
	{ "no frontend yet", SEEN(READY, INIT), ACTION_APPLY },
	{ "frontend has no state", SEEN(READY, NONE), ACTION_APPLY },
	{ "frontend ready", SEEN(READY, READY), ACTION_CONNECT },
	{ "frontend scans", SEEN(CONN, READY, UP), ACTION_IDLE },
	{ "normal operation", SEEN(CONN, CONN, UP), ACTION_IDLE },

	/* The toolstack changes something, and the frontend reacts. */
	{ "asked to detach", SEEN(RECONF, CONN, UP), ACTION_WAIT },
	{ "asked to detach while it scans", SEEN(RECONF, READY, UP), ACTION_WAIT },
	{ "detached", SEEN(RECONF, RECONF, UP), ACTION_RECONFIGURE },
	{ "detached at the last moment", SEEN(RECONF, RECONF, UP, .timed_out = true),
	  ACTION_RECONFIGURE },
	{ "asked to rescan", SEEN(DONE, RECONF, UP, .rescan_signalled = true), ACTION_WAIT },
	{ "rescanned", SEEN(DONE, CONN, UP), ACTION_RECONNECTED },

	/* The frontend does not react, or too late. */
	{ "does not detach", SEEN(RECONF, CONN, UP, .timed_out = true), ACTION_FORCE_RECONFIGURE },
	{ "does not rescan", SEEN(DONE, RECONF, UP, .rescan_signalled = true, .timed_out = true),
	  ACTION_RECONNECTED },
	{ "detaches late", SEEN(CONN, RECONF, UP), ACTION_SIGNAL_RESCAN },
	{ "told to rescan", SEEN(CONN, RECONF, UP, .rescan_signalled = true), ACTION_WAIT },
	{ "missed the signal", SEEN(CONN, RECONF, UP, .rescan_signalled = true, .timed_out = true),
	  ACTION_SIGNAL_RESCAN },
	{ "missed the signal, another detach pending",
	  SEEN(CONN, RECONF, UP, .rescan_signalled = true, .timed_out = true,
	       .detach_pending = true), ACTION_IDLE },
	{ "timed out, nothing asked", SEEN(CONN, CONN, UP, .timed_out = true), ACTION_IDLE },

	/* The frontend leaves, and another starts. */
	{ "closing", SEEN(CONN, CLOSING, UP, .fe_left = true), ACTION_DISCONNECT },
	{ "closed at once", SEEN(CONN, CLOSED, UP, .fe_left = true), ACTION_DISCONNECT },
	{ "replaced unseen", SEEN(CONN, READY, UP, .fe_left = true), ACTION_DISCONNECT },
	{ "closed while reconfiguring", SEEN(RECONF, CLOSED, UP, .fe_left = true),
	  ACTION_DISCONNECT },
	{ "closed after closing", SEEN(CLOSING, CLOSED, .fe_left = true, .fe_gone = true),
	  ACTION_DISCONNECT },
	{ "gone without Closing", SEEN(CLOSED, CLOSED, .fe_gone = true), ACTION_REOPEN },
	{ "gone by way of Closing", SEEN(CLOSED, CLOSED, .fe_gone = true, .fe_was_closing = true),
	  ACTION_APPLY },
	{ "gone by way of Closing, timed out",
	  SEEN(CLOSED, CLOSED, .fe_gone = true, .fe_was_closing = true, .timed_out = true),
	  ACTION_REOPEN },
	{ "following a Closing", SEEN(CLOSING, CLOSING, .fe_gone = true), ACTION_APPLY },
	{ "another starts", SEEN(CLOSED, INIT, .fe_gone = true), ACTION_REOPEN },
	{ "another starts and is ready", SEEN(CLOSED, READY, .fe_gone = true), ACTION_REOPEN },
	{ "ready again before Closed", SEEN(CLOSING, READY, .fe_gone = true), ACTION_REOPEN },
	{ "reopened, another starts", SEEN(WAITS, INIT, .reopened = true), ACTION_APPLY },
	{ "reopened, another is ready", SEEN(WAITS, READY, .reopened = true), ACTION_SETUP },
	{ "another starts, not online", { .be = CLOSED, .fe = READY, .fe_gone = true },
	  ACTION_APPLY },

	/* The backend closed on an error: the frontend must leave before another may start. */
	{ "after an error", SEEN(CLOSING, READY), ACTION_APPLY },
	{ "after an error, it starts again", SEEN(CLOSING, INIT), ACTION_APPLY },
	{ "error while connected", SEEN(CLOSING, CONN, UP, .timed_out = true), ACTION_IDLE },

	/* No frontend, or none any more, and the toolstack changes something. */
	{ "change without frontend", SEEN(RECONF, INIT), ACTION_FORCE_RECONFIGURE },
	{ "change after it closed", SEEN(RECONF, CLOSED, .fe_gone = true, .fe_was_closing = true),
	  ACTION_FORCE_RECONFIGURE },
	{ "reconfigured without frontend", SEEN(DONE, INIT), ACTION_FORCE_RECONFIGURE },
	{ "detach pending", SEEN(READY, INIT, .detach_pending = true), ACTION_FAKE_CONNECTED },
	{ "detach pending, closed",
	  SEEN(CLOSED, CLOSED, .fe_gone = true, .fe_was_closing = true, .detach_pending = true),
	  ACTION_FAKE_CONNECTED },
	{ "detach pending, closed and reopened",
	  SEEN(WAITS, CLOSED, .reopened = true, .detach_pending = true), ACTION_FAKE_CONNECTED },
	{ "detach pending, after an error", SEEN(CLOSING, READY, .detach_pending = true),
	  ACTION_FAKE_CONNECTED },
	{ "detach pending, reopened", SEEN(WAITS, INIT, .reopened = true, .detach_pending = true),
	  ACTION_FAKE_CONNECTED },
	{ "fake connected", SEEN(CONN, INIT, .detach_pending = true), ACTION_APPLY },
	{ "fake connected, detach done", SEEN(CONN, INIT), ACTION_UNFAKE_CONNECTED },
	{ "fake connected, frontend ready", SEEN(CONN, READY, .detach_pending = true),
	  ACTION_CONNECT },
	{ "fake connected, detach done, frontend ready", SEEN(CONN, READY), ACTION_CONNECT },

	/* A function was unbound in the host. */
	{ "unbound", SEEN(CONN, CONN, UP, .detach_wanted = true), ACTION_REQUEST_DETACH },
	{ "unbound while reconfiguring", SEEN(RECONF, CONN, UP, .detach_wanted = true),
	  ACTION_WAIT },
	{ "unbound without frontend", SEEN(READY, INIT, .detach_wanted = true), ACTION_APPLY },

	/* A function was detached for a reset. */
	{ "reset and kept", SEEN(CONN, CONN, UP, .attach_wanted = true), ACTION_REQUEST_ATTACH },
	{ "reset and kept, another to be reset",
	  SEEN(CONN, CONN, UP, .attach_wanted = true, .detach_wanted = true),
	  ACTION_REQUEST_DETACH },
	{ "reset and kept, frontend busy", SEEN(CONN, RECONF, UP, .attach_wanted = true),
	  ACTION_SIGNAL_RESCAN },
	{ "reset and kept, frontend scans", SEEN(CONN, READY, UP, .attach_wanted = true),
	  ACTION_IDLE },
	{ "reset and kept, frontend gone", SEEN(WAITS, INIT, .attach_wanted = true), ACTION_SETUP },

	/* The toolstack ends the backend. */
	{ "asked to close", { .be = CLOSING, .fe = CONN, UP }, ACTION_WAIT },
	{ "does not close", { .be = CLOSING, .fe = CONN, UP, .timed_out = true },
	  ACTION_FORCE_CLOSE },
	{ "asked to close without frontend", { .be = CLOSING, .fe = INIT }, ACTION_FORCE_CLOSE },
	{ "closed for good", { .be = CLOSED, .fe = INIT }, ACTION_APPLY },
	{ "closed for good, detach pending",
	  { .be = CLOSED, .fe = CLOSED, .fe_gone = true, .detach_pending = true }, ACTION_APPLY },
	{ "directory deleted", SEEN(NONE, CONN, UP), ACTION_IDLE },
	{ "directory deleted, left", SEEN(NONE, CLOSED, UP, .fe_left = true), ACTION_IDLE },
};

KUNIT_ARRAY_PARAM_DESC(fsm, fsm_rows, name);

static void fsm_action(struct kunit *test)
{
	const struct fsm_row *row = test->param_value;

	KUNIT_EXPECT_EQ(test, pciback_fsm_next(&row->snapshot), row->action);
}

/* All snapshots there are, by number; states above Reconfigured are not defined. */
#define FSM_NR_FLAGS	11
#define FSM_NR_STATES	16
#define FSM_NR_SEEN	(FSM_NR_STATES * FSM_NR_STATES << FSM_NR_FLAGS)

static struct backend_snapshot fsm_snapshot(unsigned int nr)
{
	unsigned int states = nr >> FSM_NR_FLAGS;

	return (struct backend_snapshot) {
		.be = states / FSM_NR_STATES,
		.fe = states % FSM_NR_STATES,
		.online = nr & FSM_ONLINE,
		.connected = nr & FSM_CONNECTED,
		.fe_left = nr & FSM_FE_LEFT,
		.fe_gone = nr & FSM_FE_GONE,
		.fe_was_closing = nr & FSM_FE_WAS_CLOSING,
		.reopened = nr & FSM_REOPENED,
		.rescan_signalled = nr & FSM_RESCAN_SIGNALLED,
		.detach_wanted = nr & FSM_DETACH_WANTED,
		.attach_wanted = nr & FSM_ATTACH_WANTED,
		.detach_pending = nr & FSM_DETACH_PENDING,
		.timed_out = nr & FSM_TIMED_OUT,
	};
}

/*
 * Whatever is seen, nothing is done for a frontend that is not connected, no
 * frontend is connected twice, and nothing waits for one that has timed out.
 */
static void fsm_never(struct kunit *test)
{
	unsigned int nr;

	for (nr = 0; nr < FSM_NR_SEEN; nr++) {
		struct backend_snapshot seen = fsm_snapshot(nr);
		enum backend_action action = pciback_fsm_next(&seen);
		bool bad = false;

		switch (action) {
		case ACTION_WAIT:
			bad = !seen.connected || seen.timed_out;
			break;
		case ACTION_RECONFIGURE:
		case ACTION_SIGNAL_RESCAN:
		case ACTION_REQUEST_DETACH:
		case ACTION_REQUEST_ATTACH:
			bad = !seen.connected;
			break;
		case ACTION_CONNECT:
		case ACTION_FAKE_CONNECTED:
		case ACTION_UNFAKE_CONNECTED:
		case ACTION_APPLY:
			bad = seen.connected;
			break;
		default:
			break;
		}
		KUNIT_EXPECT_FALSE_MSG(test, bad, "be %u fe %u flags %#lx: %s", seen.be, seen.fe,
				       nr & (BIT(FSM_NR_FLAGS) - 1),
				       pciback_fsm_actions[action].name);
	}
}

/* A rule that others hide completely is a mistake in the order of the table. */
static void fsm_rules_reached(struct kunit *test)
{
	unsigned long *hits = kunit_kcalloc(test, pciback_fsm_nr_rules, sizeof(*hits), GFP_KERNEL);
	unsigned int nr, i;

	KUNIT_ASSERT_NOT_NULL(test, hits);
	for (nr = 0; nr < FSM_NR_SEEN; nr++) {
		struct backend_snapshot seen = fsm_snapshot(nr);

		hits[pciback_fsm_match(&seen) - pciback_fsm_rules]++;
	}
	for (i = 0; i < pciback_fsm_nr_rules; i++)
		KUNIT_EXPECT_GT_MSG(test, hits[i], 0, "no snapshot for rule %u: %s", i,
				    pciback_fsm_rules[i].why);
}

/* Rules say why; the last one is for all that no other one is for. */
static void fsm_rules_complete(struct kunit *test)
{
	const struct pciback_fsm_rule *rule = pciback_fsm_rules;
	unsigned int i;

	for (i = 0; i < pciback_fsm_nr_rules; i++, rule++) {
		bool last = i == pciback_fsm_nr_rules - 1;

		KUNIT_EXPECT_TRUE_MSG(test, rule->why && *rule->why, "rule %u", i);
		KUNIT_EXPECT_LT_MSG(test, rule->action, NR_ACTIONS, "rule %u", i);
		KUNIT_EXPECT_EQ_MSG(test, !rule->be && !rule->fe && !rule->set && !rule->clear,
				    last, "rule %u", i);
	}
}

/* Traces and the drawing name actions: each has a name of its own, and a use. */
static void fsm_actions_named(struct kunit *test)
{
	unsigned int i, j;

	for (i = 0; i < NR_ACTIONS; i++) {
		const struct pciback_fsm_action *action = &pciback_fsm_actions[i];
		bool used = false;

		KUNIT_ASSERT_TRUE_MSG(test, action->name && *action->name, "action %u", i);
		KUNIT_EXPECT_TRUE_MSG(test, action->does && *action->does, "%s", action->name);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, action->name, pciback_fsm_actions[j].name);
		for (j = 0; j < pciback_fsm_nr_rules; j++)
			used |= pciback_fsm_rules[j].action == i;
		KUNIT_EXPECT_TRUE_MSG(test, used, "no rule for %s", action->name);
	}
}

static struct kunit_case fsm_cases[] = {
	KUNIT_CASE_PARAM(fsm_action, fsm_gen_params),
	KUNIT_CASE(fsm_never),
	KUNIT_CASE(fsm_rules_reached),
	KUNIT_CASE(fsm_rules_complete),
	KUNIT_CASE(fsm_actions_named),
	{}
};

struct kunit_suite fsm_suite = {
	.name = "fsm",
	.test_cases = fsm_cases,
};
