// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Queries to a frontend through the shared page. The frontend answers, answers
 * late or with nonsense, does not answer, or disconnects. Waits that must end
 * early have a timeout of ten minutes, far beyond the time limit of a test: a
 * wait that does not end early fails the test.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "suites.h"

#define LONG_TIMEOUT	(600 * HZ)
#define NONE		1
#define CAN_RECOVER	2
#define NEED_RESET	3
#define RECOVERED	5

/**
 * struct frontend - a frontend
 * @aer: the backend's side, which is tested
 * @page: the shared page
 * @on_event: what it does when the backend sends an event
 * @work: what it does a little later
 * @answer: its answer
 * @cancelled: the query is cancelled
 * @events: how many events it got
 * @query: the page as it was at the last event
 *
 * Locking: @on_event and @work run one after the other while a query waits; @aer
 * has a lock of its own.
 */
struct frontend {
	struct pciback_aer aer;
	struct xen_pci_sharedinfo page;
	void (*on_event)(struct frontend *fe);
	struct work_struct work;
	s32 answer;
	bool cancelled;
	unsigned int events;
	struct xen_pci_sharedinfo query;
};

static void frontend_answer(struct frontend *fe)
{
	WRITE_ONCE(fe->page.aer_op.err, fe->answer);
	/* A frontend writes its answer before it clears the flag. */
	virt_wmb();
	WRITE_ONCE(fe->page.flags, READ_ONCE(fe->page.flags) & ~XEN_PCIB_active);
}

static void frontend_answer_event(struct frontend *fe)
{
	frontend_answer(fe);
	pciback_aer_event(&fe->aer, READ_ONCE(fe->page.flags));
}

static void frontend_defer(struct frontend *fe)
{
	schedule_work(&fe->work);
}

static void frontend_ignore(struct frontend *fe)
{
}

static void frontend_notify(struct pciback_aer *aer)
{
	struct frontend *fe = container_of(aer, struct frontend, aer);

	fe->events++;
	fe->query.flags = fe->page.flags;
	fe->query.aer_op = fe->page.aer_op;
	fe->on_event(fe);
}

static void work_answer(struct work_struct *work)
{
	frontend_answer_event(container_of(work, struct frontend, work));
}

static void work_answer_no_event(struct work_struct *work)
{
	frontend_answer(container_of(work, struct frontend, work));
}

static void work_stop(struct work_struct *work)
{
	pciback_aer_stop(&container_of(work, struct frontend, work)->aer);
}

static void work_cancel(struct work_struct *work)
{
	struct frontend *fe = container_of(work, struct frontend, work);

	WRITE_ONCE(fe->cancelled, true);
	pciback_aer_wake(&fe->aer);
}

static struct frontend *frontend_new(struct kunit *test, void (*on_event)(struct frontend *fe))
{
	struct frontend *fe = kunit_kzalloc(test, sizeof(*fe), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fe);
	pciback_aer_init(&fe->aer, frontend_notify);
	INIT_WORK(&fe->work, work_answer);
	fe->aer.timeout = LONG_TIMEOUT;
	fe->aer.budget = LONG_TIMEOUT;
	fe->page.flags = XEN_PCIB_AERHANDLER;
	fe->on_event = on_event;
	fe->answer = RECOVERED;
	pciback_aer_start(&fe->aer, (struct pciback_shared_page *)&fe->page);
	return fe;
}

static int send_query(struct frontend *fe)
{
	struct pciback_aer_query q = {
		.cmd = XEN_PCI_OP_aer_detected,
		.state = 2,
		.virt = { 0x12345, 0x67, 0x89 },
		.cancelled = &fe->cancelled,
	};
	int ret = pciback_aer_query(&fe->aer, &q);

	flush_work(&fe->work);
	return ret;
}

/* The layout of the page, by byte offsets: struct xen_pci_sharedinfo of Xen's io/pciif.h. */
static void query_layout(struct kunit *test)
{
	struct frontend *fe = frontend_new(test, frontend_answer_event);
	const u8 *op = (u8 *)&fe->query + 552;

	BUILD_BUG_ON(sizeof(struct xen_pci_sharedinfo) != 572);
	fe->page.flags |= XEN_PCIF_active | 0xabcd0000;
	fe->page.op.cmd = 0x55aa55aa;
	KUNIT_EXPECT_EQ(test, send_query(fe), RECOVERED);
	KUNIT_EXPECT_EQ(test, fe->events, 1);
	KUNIT_EXPECT_EQ(test, fe->query.flags,
			XEN_PCIB_AERHANDLER | XEN_PCIB_active | XEN_PCIF_active | 0xabcd0000);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 0), XEN_PCI_OP_aer_detected);
	KUNIT_EXPECT_EQ(test, *(s32 *)(op + 4), 2);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 8), 0x12345);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 12), 0x67);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 16), 0x89);
	KUNIT_EXPECT_EQ_MSG(test, fe->page.flags,
			    XEN_PCIB_AERHANDLER | XEN_PCIF_active | 0xabcd0000,
			    "the guest's request is not changed");
	KUNIT_EXPECT_EQ(test, fe->page.op.cmd, 0x55aa55aa);
}

struct answer_row {
	const char *name;
	s32 answer;
	int result;
};

static const struct answer_row answer_rows[] = {
	{ "none", NONE, NONE },
	{ "no AER driver", 6, 6 },
	{ "zero", 0, -EPROTO },
	{ "one too many", 7, -EPROTO },
	{ "minus one", -1, -EPROTO },
	{ "error code of the query, cancelled", -ECANCELED, -EPROTO },
	{ "error code of the query, no frontend", -ENOTCONN, -EPROTO },
	{ "minimum", S32_MIN, -EPROTO },
	{ "maximum", S32_MAX, -EPROTO },
	{ "valid in the low byte", 0x0105, -EPROTO },
};

KUNIT_ARRAY_PARAM_DESC(answer, answer_rows, name);

static void answer_range(struct kunit *test)
{
	const struct answer_row *row = test->param_value;
	struct frontend *fe = frontend_new(test, frontend_answer_event);

	fe->answer = row->answer;
	KUNIT_EXPECT_EQ(test, send_query(fe), row->result);
}

static void query_errors(struct kunit *test)
{
	struct frontend *fe = frontend_new(test, frontend_answer_event);

	fe->page.flags = 0;
	KUNIT_EXPECT_EQ_MSG(test, send_query(fe), -EOPNOTSUPP, "a frontend without error handling");
	fe->page.flags = XEN_PCIB_AERHANDLER | XEN_PCIB_active;
	KUNIT_EXPECT_EQ_MSG(test, send_query(fe), -EBUSY, "the last query is not answered");
	fe->page.flags = XEN_PCIB_AERHANDLER;
	pciback_aer_stop(&fe->aer);
	KUNIT_EXPECT_EQ_MSG(test, send_query(fe), -ENOTCONN, "no frontend");
	pciback_aer_stop(&fe->aer);
	KUNIT_EXPECT_EQ(test, fe->events, 0);
	pciback_aer_start(&fe->aer, (struct pciback_shared_page *)&fe->page);
	KUNIT_EXPECT_EQ_MSG(test, send_query(fe), RECOVERED, "it connected again");
	fe->cancelled = true;
	KUNIT_EXPECT_EQ_MSG(test, send_query(fe), -ECANCELED, "cancelled before the query");
	KUNIT_EXPECT_EQ(test, fe->events, 1);
}

struct wait_row {
	const char *name;
	work_func_t work;
	int result;
};

static const struct wait_row wait_rows[] = {
	{ "answer", work_answer, RECOVERED },
	{ "answer without event", work_answer_no_event, RECOVERED },
	{ "frontend disconnects", work_stop, -ENOTCONN },
	{ "function is detached", work_cancel, -ECANCELED },
};

KUNIT_ARRAY_PARAM_DESC(wait, wait_rows, name);

/* The wait ends long before its timeout of ten minutes. */
static void wait_ends(struct kunit *test)
{
	const struct wait_row *row = test->param_value;
	struct frontend *fe = frontend_new(test, frontend_defer);

	INIT_WORK(&fe->work, row->work);
	KUNIT_EXPECT_EQ(test, send_query(fe), row->result);
	KUNIT_EXPECT_EQ(test, fe->events, 1);
	KUNIT_EXPECT_FALSE(test, pciback_aer_event(&fe->aer, 0));
}

/* A late answer to one query is not taken as the answer to the next. */
static void late_answer(struct kunit *test)
{
	struct frontend *fe = frontend_new(test, frontend_ignore);

	fe->aer.timeout = 1;
	KUNIT_EXPECT_EQ(test, send_query(fe), -ETIMEDOUT);
	KUNIT_EXPECT_EQ_MSG(test, fe->page.flags, XEN_PCIB_AERHANDLER | XEN_PCIB_active,
			    "the frontend has not answered");
	fe->aer.timeout = LONG_TIMEOUT;
	fe->on_event = frontend_answer_event;
	KUNIT_EXPECT_EQ(test, send_query(fe), -EBUSY);
	KUNIT_EXPECT_EQ_MSG(test, fe->events, 1, "no second query");

	fe->answer = NONE;
	frontend_answer(fe);
	KUNIT_EXPECT_FALSE_MSG(test, pciback_aer_event(&fe->aer, fe->page.flags),
			       "no query waits for it");
	fe->answer = NEED_RESET;
	KUNIT_EXPECT_EQ(test, send_query(fe), NEED_RESET);
	KUNIT_EXPECT_EQ(test, fe->events, 2);
}

/* The time of all queries of a window together is bounded. */
static void query_budget(struct kunit *test)
{
	struct frontend *fe = frontend_new(test, frontend_ignore);

	fe->aer.budget = 0;
	fe->aer.window = LONG_TIMEOUT;
	KUNIT_EXPECT_EQ_MSG(test, send_query(fe), -ETIMEDOUT,
			    "at once: nothing is left of the budget");
	fe->page.flags = XEN_PCIB_AERHANDLER;
	fe->on_event = frontend_answer_event;
	KUNIT_EXPECT_EQ_MSG(test, send_query(fe), RECOVERED, "an answer at once needs no budget");

	/* The budget is used up; a new window begins with all of it. */
	fe->on_event = frontend_ignore;
	fe->aer.budget = LONG_TIMEOUT;
	fe->aer.waited = LONG_TIMEOUT;
	KUNIT_EXPECT_EQ(test, send_query(fe), -ETIMEDOUT);
	fe->page.flags = XEN_PCIB_AERHANDLER;
	fe->on_event = frontend_defer;
	fe->aer.window_start = jiffies - LONG_TIMEOUT - 1;
	KUNIT_EXPECT_EQ(test, send_query(fe), RECOVERED);
}

static void event(struct kunit *test)
{
	struct frontend *fe = frontend_new(test, frontend_ignore);

	KUNIT_EXPECT_FALSE_MSG(test, pciback_aer_event(&fe->aer, 0), "no query");
	fe->aer.waiting = true;
	KUNIT_EXPECT_FALSE_MSG(test, pciback_aer_event(&fe->aer, XEN_PCIB_active), "no answer yet");
	KUNIT_EXPECT_TRUE_MSG(test, pciback_aer_event(&fe->aer, XEN_PCIF_active),
			      "an answer, and a request as well");
}

/**
 * struct query_thread - a thread that sends queries about one function
 * @task: the thread
 * @fe: the frontend
 * @devfn: of the function
 * @wrong: how many answers were those of another function
 * @done: all queries are done; a thread that is stopped before it runs never runs
 *
 * Locking: none; the test reads @wrong after @done.
 */
struct query_thread {
	struct task_struct *task;
	struct frontend *fe;
	u32 devfn;
	int wrong;
	struct completion done;
};

/* The answer is the number of the function. */
static void work_answer_devfn(struct work_struct *work)
{
	struct frontend *fe = container_of(work, struct frontend, work);

	fe->answer = READ_ONCE(fe->page.aer_op.devfn);
	frontend_answer_event(fe);
}

static int query_thread_fn(void *data)
{
	struct query_thread *query_thread = data;
	struct pciback_aer_query q = {
		.cmd = XEN_PCI_OP_aer_mmio,
		.virt = { .devfn = query_thread->devfn },
		.cancelled = &query_thread->fe->cancelled,
	};
	int i;

	for (i = 0; i < 200; i++)
		if (pciback_aer_query(&query_thread->fe->aer, &q) != query_thread->devfn)
			query_thread->wrong++;
	complete(&query_thread->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void one_query_at_a_time(struct kunit *test)
{
	struct frontend *fe = frontend_new(test, frontend_defer);
	struct query_thread threads[3] = { };
	int i;

	INIT_WORK(&fe->work, work_answer_devfn);
	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		threads[i].fe = fe;
		threads[i].devfn = i + 1;
		init_completion(&threads[i].done);
		threads[i].task = kthread_run(query_thread_fn, &threads[i], "query");
		KUNIT_EXPECT_FALSE(test, IS_ERR(threads[i].task));
	}
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		if (!IS_ERR(threads[i].task)) {
			wait_for_completion(&threads[i].done);
			kthread_stop(threads[i].task);
		}
	flush_work(&fe->work);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		KUNIT_EXPECT_EQ_MSG(test, threads[i].wrong, 0, "thread %d", i);
	KUNIT_EXPECT_EQ(test, fe->events, 200 * ARRAY_SIZE(threads));
}

static struct kunit_case aer_cases[] = {
	KUNIT_CASE(query_layout),
	KUNIT_CASE_PARAM(answer_range, answer_gen_params),
	KUNIT_CASE(query_errors),
	KUNIT_CASE_PARAM(wait_ends, wait_gen_params),
	KUNIT_CASE(late_answer),
	KUNIT_CASE(query_budget),
	KUNIT_CASE(event),
	KUNIT_CASE(one_query_at_a_time),
	{}
};

struct kunit_suite aer_suite = {
	.name = "aer",
	.test_cases = aer_cases,
};
