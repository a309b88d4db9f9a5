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
	struct guest_look look;
	enum guest_move move;
};

static const struct decide_row decide_rows[] = {
	/* A guest starts. */
	{ "not made yet", LOOK(INIT, INIT), GUEST_REST },
	{ "all listed", LOOK(WAITS, INIT), GUEST_SETUP },
	{ "all listed, frontend first", LOOK(WAITS, READY), GUEST_SETUP },
	{ "no frontend yet", LOOK(READY, INIT), GUEST_CHANGE },
	{ "frontend unheard of", LOOK(READY, NONE), GUEST_CHANGE },
	{ "frontend ready", LOOK(READY, READY), GUEST_CONNECT },
	{ "frontend scans", LOOK(CONN, READY, UP), GUEST_REST },
	{ "at work", LOOK(CONN, CONN, UP), GUEST_REST },

	/* The toolstack changes something, the frontend does its part. */
	{ "asked to let go", LOOK(RECONF, CONN, UP), GUEST_WAIT },
	{ "asked while it scans", LOOK(RECONF, READY, UP), GUEST_WAIT },
	{ "let go", LOOK(RECONF, RECONF, UP), GUEST_ANSWER },
	{ "let go at the last moment", LOOK(RECONF, RECONF, UP, .late = true), GUEST_ANSWER },
	{ "asked to scan", LOOK(DONE, RECONF, UP, .rescanned = true), GUEST_WAIT },
	{ "scanned", LOOK(DONE, CONN, UP), GUEST_FINISH },

	/* It does not, or too late. */
	{ "does not let go", LOOK(RECONF, CONN, UP, .late = true), GUEST_MOVE_ON },
	{ "does not scan", LOOK(DONE, RECONF, UP, .rescanned = true, .late = true), GUEST_FINISH },
	{ "lets go at last", LOOK(CONN, RECONF, UP), GUEST_RESCAN },
	{ "was told to scan", LOOK(CONN, RECONF, UP, .rescanned = true), GUEST_WAIT },
	{ "did not hear it",
	  LOOK(CONN, RECONF, UP, .rescanned = true, .late = true), GUEST_RESCAN },
	{ "did not hear it, and loses another",
	  LOOK(CONN, RECONF, UP, .rescanned = true, .late = true, .detaching = true), GUEST_REST },
	{ "being late is no crime", LOOK(CONN, CONN, UP, .late = true), GUEST_REST },

	/* The frontend goes, and another comes. */
	{ "closing", LOOK(CONN, CLOSING, UP, .left = true), GUEST_LEAVE },
	{ "closed at once", LOOK(CONN, CLOSED, UP, .left = true), GUEST_LEAVE },
	{ "closed and back unseen", LOOK(CONN, READY, UP, .left = true), GUEST_LEAVE },
	{ "closed amid a change", LOOK(RECONF, CLOSED, UP, .left = true), GUEST_LEAVE },
	{ "closed after closing", LOOK(CLOSING, CLOSED, .left = true, .closed = true),
	  GUEST_LEAVE },
	{ "gone without a word", LOOK(CLOSED, CLOSED, .closed = true), GUEST_REOPEN },
	{ "gone, it said so", LOOK(CLOSED, CLOSED, .closed = true, .polite = true),
	  GUEST_CHANGE },
	{ "gone, long ago", LOOK(CLOSED, CLOSED, .closed = true, .polite = true, .late = true),
	  GUEST_REOPEN },
	{ "going", LOOK(CLOSING, CLOSING, .closed = true), GUEST_CHANGE },
	{ "back to the start", LOOK(CLOSED, INIT, .closed = true), GUEST_REOPEN },
	{ "back and ready", LOOK(CLOSED, READY, .closed = true), GUEST_REOPEN },
	{ "back before it was gone", LOOK(CLOSING, READY, .closed = true), GUEST_REOPEN },
	{ "another waits to be ready", LOOK(WAITS, INIT, .reopened = true), GUEST_CHANGE },
	{ "another is ready", LOOK(WAITS, READY, .reopened = true), GUEST_SETUP },
	{ "another, unwanted", { .be = CLOSED, .fe = READY, .closed = true }, GUEST_CHANGE },

	/* We gave up: it must go before another may come. */
	{ "gave up", LOOK(CLOSING, READY), GUEST_CHANGE },
	{ "gave up, it starts again", LOOK(CLOSING, INIT), GUEST_CHANGE },

	/* No frontend, or none any more, and the toolstack wants something. */
	{ "change without frontend", LOOK(RECONF, INIT), GUEST_MOVE_ON },
	{ "change after it closed", LOOK(RECONF, CLOSED, .closed = true, .polite = true),
	  GUEST_MOVE_ON },
	{ "answered by nobody", LOOK(DONE, INIT), GUEST_MOVE_ON },
	{ "about to take one", LOOK(READY, INIT, .detaching = true), GUEST_PRESENT },
	{ "about to take one, closed",
	  LOOK(CLOSED, CLOSED, .closed = true, .polite = true, .detaching = true),
	  GUEST_PRESENT },
	{ "about to take one, closed and followed",
	  LOOK(WAITS, CLOSED, .reopened = true, .detaching = true), GUEST_PRESENT },
	{ "about to take one, gave up", LOOK(CLOSING, READY, .detaching = true), GUEST_PRESENT },
	{ "about to take one, waiting", LOOK(WAITS, INIT, .reopened = true, .detaching = true),
	  GUEST_PRESENT },
	{ "presented", LOOK(CONN, INIT, .detaching = true), GUEST_CHANGE },
	{ "presented long enough", LOOK(CONN, INIT), GUEST_RETREAT },
	{ "a frontend after all", LOOK(CONN, READY, .detaching = true), GUEST_CONNECT },
	{ "a frontend even so", LOOK(CONN, READY), GUEST_CONNECT },

	/* A function was unbound from it. */
	{ "unbound", LOOK(CONN, CONN, UP, .unbound = true), GUEST_TELL },
	{ "unbound, busy", LOOK(RECONF, CONN, UP, .unbound = true), GUEST_WAIT },
	{ "unbound, nobody to tell", LOOK(READY, INIT, .unbound = true), GUEST_CHANGE },

	/* The toolstack wants an end. */
	{ "asked to close", { .be = CLOSING, .fe = CONN, UP }, GUEST_WAIT },
	{ "does not close", { .be = CLOSING, .fe = CONN, UP, .late = true }, GUEST_SHUT },
	{ "nobody to ask", { .be = CLOSING, .fe = INIT }, GUEST_SHUT },
	{ "shut", { .be = CLOSED, .fe = INIT }, GUEST_CHANGE },
	{ "end and detach", { .be = CLOSED, .fe = CLOSED, .closed = true, .detaching = true },
	  GUEST_CHANGE },
	{ "directory deleted", LOOK(NONE, CONN, UP), GUEST_REST },
	{ "directory deleted, left", LOOK(NONE, CLOSED, UP, .left = true), GUEST_REST },
};

KUNIT_ARRAY_PARAM_DESC(decide, decide_rows, name);

static void decides(struct kunit *test)
{
	const struct decide_row *row = test->param_value;

	KUNIT_EXPECT_EQ(test, guest_decide(&row->look), row->move);
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
				struct guest_look look = {
					.be = be, .fe = fe,
					.online = bits & 1, .connected = bits & 2,
					.left = bits & 4, .closed = bits & 8,
					.reopened = bits & 16, .rescanned = bits & 32,
					.unbound = bits & 64, .detaching = bits & 128,
					.late = bits & 256, .polite = bits & 512,
				};
				enum guest_move move = guest_decide(&look);
				bool bad = false;

				switch (move) {
				case GUEST_WAIT:
					bad = !look.connected || look.late;
					break;
				case GUEST_ANSWER:
				case GUEST_RESCAN:
				case GUEST_TELL:
					bad = !look.connected;
					break;
				case GUEST_CONNECT:
				case GUEST_PRESENT:
				case GUEST_RETREAT:
				case GUEST_CHANGE:
					bad = look.connected;
					break;
				default:
					break;
				}
				KUNIT_EXPECT_FALSE_MSG(test, bad, "be %u fe %u bits %#x: %d", be,
						       fe, bits, move);
			}
}

static struct kunit_case decide_cases[] = {
	KUNIT_CASE_PARAM(decides, decide_gen_params),
	KUNIT_CASE(never),
	{}
};

struct kunit_suite decide_suite = {
	.name = "decide",
	.test_cases = decide_cases,
};
