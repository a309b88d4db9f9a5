// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the backend does next about a guest, for what can be seen of it: the
 * state machine's specification. States have the names of xenbus.
 */
#include <kunit/test.h>
#include <pciback/fsm.h>
#include "suites.h"

#define INIT		XenbusStateInitialising
#define WAITS		XenbusStateInitWait
#define READY		XenbusStateInitialised
#define CONN		XenbusStateConnected
#define CLOSING		XenbusStateClosing
#define CLOSED		XenbusStateClosed
#define RECONF		XenbusStateReconfiguring
#define DONE		XenbusStateReconfigured
#define NONE		XenbusStateUnknown

/* Online unless it says otherwise. */
#define LOOK(b, f, ...)	{ .be = (b), .fe = (f), .online = true, ##__VA_ARGS__ }
#define UP		.connected = true

struct decide_row {
	const char *name;
	struct backend_snapshot look;
	enum backend_action move;
};

static const struct decide_row decide_rows[] = {
	/* A guest starts. */
	{ "not made yet", LOOK(INIT, INIT), ACTION_IDLE },
	{ "all listed", LOOK(WAITS, INIT), ACTION_SETUP },
	{ "all listed, frontend first", LOOK(WAITS, READY), ACTION_SETUP },
	{ "no frontend yet", LOOK(READY, INIT), ACTION_APPLY },
	{ "frontend unheard of", LOOK(READY, NONE), ACTION_APPLY },
	{ "frontend ready", LOOK(READY, READY), ACTION_CONNECT },
	{ "frontend scans", LOOK(CONN, READY, UP), ACTION_IDLE },
	{ "at work", LOOK(CONN, CONN, UP), ACTION_IDLE },

	/* The toolstack changes something, the frontend does its part. */
	{ "asked to let go", LOOK(RECONF, CONN, UP), ACTION_WAIT },
	{ "asked while it scans", LOOK(RECONF, READY, UP), ACTION_WAIT },
	{ "let go", LOOK(RECONF, RECONF, UP), ACTION_RECONFIGURE },
	{ "let go at the last moment", LOOK(RECONF, RECONF, UP, .timed_out = true), ACTION_RECONFIGURE },
	{ "asked to scan", LOOK(DONE, RECONF, UP, .rescan_signalled = true), ACTION_WAIT },
	{ "scanned", LOOK(DONE, CONN, UP), ACTION_RECONNECTED },

	/* It does not, or too late. */
	{ "does not let go", LOOK(RECONF, CONN, UP, .timed_out = true), ACTION_FORCE_RECONFIGURE },
	{ "does not scan", LOOK(DONE, RECONF, UP, .rescan_signalled = true, .timed_out = true), ACTION_RECONNECTED },
	{ "lets go at last", LOOK(CONN, RECONF, UP), ACTION_SIGNAL_RESCAN },
	{ "was told to scan", LOOK(CONN, RECONF, UP, .rescan_signalled = true), ACTION_WAIT },
	{ "did not hear it",
	  LOOK(CONN, RECONF, UP, .rescan_signalled = true, .timed_out = true), ACTION_SIGNAL_RESCAN },
	{ "did not hear it, and loses another",
	  LOOK(CONN, RECONF, UP, .rescan_signalled = true, .timed_out = true, .detach_pending = true), ACTION_IDLE },
	{ "being late is no crime", LOOK(CONN, CONN, UP, .timed_out = true), ACTION_IDLE },

	/* The frontend goes, and another comes. */
	{ "closing", LOOK(CONN, CLOSING, UP, .fe_left = true), ACTION_DISCONNECT },
	{ "closed at once", LOOK(CONN, CLOSED, UP, .fe_left = true), ACTION_DISCONNECT },
	{ "closed and back unseen", LOOK(CONN, READY, UP, .fe_left = true), ACTION_DISCONNECT },
	{ "closed amid a change", LOOK(RECONF, CLOSED, UP, .fe_left = true), ACTION_DISCONNECT },
	{ "closed after closing", LOOK(CLOSING, CLOSED, .fe_left = true, .fe_gone = true),
	  ACTION_DISCONNECT },
	{ "gone without a word", LOOK(CLOSED, CLOSED, .fe_gone = true), ACTION_REOPEN },
	{ "gone, it said so", LOOK(CLOSED, CLOSED, .fe_gone = true, .fe_was_closing = true),
	  ACTION_APPLY },
	{ "gone, long ago", LOOK(CLOSED, CLOSED, .fe_gone = true, .fe_was_closing = true, .timed_out = true),
	  ACTION_REOPEN },
	{ "going", LOOK(CLOSING, CLOSING, .fe_gone = true), ACTION_APPLY },
	{ "back to the start", LOOK(CLOSED, INIT, .fe_gone = true), ACTION_REOPEN },
	{ "back and ready", LOOK(CLOSED, READY, .fe_gone = true), ACTION_REOPEN },
	{ "back before it was gone", LOOK(CLOSING, READY, .fe_gone = true), ACTION_REOPEN },
	{ "another waits to be ready", LOOK(WAITS, INIT, .reopened = true), ACTION_APPLY },
	{ "another is ready", LOOK(WAITS, READY, .reopened = true), ACTION_SETUP },
	{ "another, unwanted", { .be = CLOSED, .fe = READY, .fe_gone = true }, ACTION_APPLY },

	/* We gave up: it must go before another may come. */
	{ "gave up", LOOK(CLOSING, READY), ACTION_APPLY },
	{ "gave up, it starts again", LOOK(CLOSING, INIT), ACTION_APPLY },

	/* No frontend, or none any more, and the toolstack wants something. */
	{ "change without frontend", LOOK(RECONF, INIT), ACTION_FORCE_RECONFIGURE },
	{ "change after it closed", LOOK(RECONF, CLOSED, .fe_gone = true, .fe_was_closing = true),
	  ACTION_FORCE_RECONFIGURE },
	{ "answered by nobody", LOOK(DONE, INIT), ACTION_FORCE_RECONFIGURE },
	{ "about to take one", LOOK(READY, INIT, .detach_pending = true), ACTION_FAKE_CONNECTED },
	{ "about to take one, closed",
	  LOOK(CLOSED, CLOSED, .fe_gone = true, .fe_was_closing = true, .detach_pending = true),
	  ACTION_FAKE_CONNECTED },
	{ "about to take one, closed and followed",
	  LOOK(WAITS, CLOSED, .reopened = true, .detach_pending = true), ACTION_FAKE_CONNECTED },
	{ "about to take one, gave up", LOOK(CLOSING, READY, .detach_pending = true), ACTION_FAKE_CONNECTED },
	{ "about to take one, waiting", LOOK(WAITS, INIT, .reopened = true, .detach_pending = true),
	  ACTION_FAKE_CONNECTED },
	{ "presented", LOOK(CONN, INIT, .detach_pending = true), ACTION_APPLY },
	{ "presented long enough", LOOK(CONN, INIT), ACTION_UNFAKE_CONNECTED },
	{ "a frontend after all", LOOK(CONN, READY, .detach_pending = true), ACTION_CONNECT },
	{ "a frontend even so", LOOK(CONN, READY), ACTION_CONNECT },

	/* A function was unbound from it. */
	{ "unbound", LOOK(CONN, CONN, UP, .unbound = true), ACTION_REQUEST_DETACH },
	{ "unbound, busy", LOOK(RECONF, CONN, UP, .unbound = true), ACTION_WAIT },
	{ "unbound, nobody to tell", LOOK(READY, INIT, .unbound = true), ACTION_APPLY },

	/* The toolstack wants an end. */
	{ "asked to close", { .be = CLOSING, .fe = CONN, UP }, ACTION_WAIT },
	{ "does not close", { .be = CLOSING, .fe = CONN, UP, .timed_out = true }, ACTION_FORCE_CLOSE },
	{ "nobody to ask", { .be = CLOSING, .fe = INIT }, ACTION_FORCE_CLOSE },
	{ "shut", { .be = CLOSED, .fe = INIT }, ACTION_APPLY },
	{ "end and detach", { .be = CLOSED, .fe = CLOSED, .fe_gone = true, .detach_pending = true },
	  ACTION_APPLY },
	{ "directory deleted", LOOK(NONE, CONN, UP), ACTION_IDLE },
	{ "directory deleted, left", LOOK(NONE, CLOSED, UP, .fe_left = true), ACTION_IDLE },
};

KUNIT_ARRAY_PARAM_DESC(decide, decide_rows, name);

static void decides(struct kunit *test)
{
	const struct decide_row *row = test->param_value;

	KUNIT_EXPECT_EQ(test, pciback_fsm_next(&row->look), row->move);
}

/*
 * Whatever is seen, nothing is done for a frontend that is not connected, nobody
 * is connected twice, and nothing waits for one that had its time.
 */
static void never(struct kunit *test)
{
	unsigned int bits, be, fe;

	for (be = 0; be < 16; be++)
		for (fe = 0; fe < 16; fe++)
			for (bits = 0; bits < 1024; bits++) {
				struct backend_snapshot look = {
					.be = be, .fe = fe,
					.online = bits & 1, .connected = bits & 2,
					.fe_left = bits & 4, .fe_gone = bits & 8,
					.reopened = bits & 16, .rescan_signalled = bits & 32,
					.unbound = bits & 64, .detach_pending = bits & 128,
					.timed_out = bits & 256, .fe_was_closing = bits & 512,
				};
				enum backend_action move = pciback_fsm_next(&look);
				bool bad = false;

				switch (move) {
				case ACTION_WAIT:
					bad = !look.connected || look.timed_out;
					break;
				case ACTION_RECONFIGURE:
				case ACTION_SIGNAL_RESCAN:
				case ACTION_REQUEST_DETACH:
					bad = !look.connected;
					break;
				case ACTION_CONNECT:
				case ACTION_FAKE_CONNECTED:
				case ACTION_UNFAKE_CONNECTED:
				case ACTION_APPLY:
					bad = look.connected;
					break;
				default:
					break;
				}
				KUNIT_EXPECT_FALSE_MSG(test, bad, "be %u fe %u bits %#x: %d", be,
						       fe, bits, move);
			}
}

static struct kunit_case fsm_cases[] = {
	KUNIT_CASE_PARAM(decides, decide_gen_params),
	KUNIT_CASE(never),
	{}
};

struct kunit_suite fsm_suite = {
	.name = "fsm",
	.test_cases = fsm_cases,
};
