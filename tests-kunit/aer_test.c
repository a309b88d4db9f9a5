// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Questions to a frontend over the shared page, against a frontend that
 * answers, lies, comes late, is silent, or goes away. Waits that are to end
 * early are given a limit far beyond a test's: had they not ended early, the
 * result would say so.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/workqueue.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "suites.h"

#define FOREVER		(600 * HZ)
#define NONE		1
#define CAN_RECOVER	2
#define NEED_RESET	3
#define RECOVERED	5

/**
 * struct frontend - the other side of a page
 * @aer: ours
 * @page: the page
 * @react: what it does when it is rung
 * @work: what it does a little later
 * @answer: what it says
 * @cancelled: somebody gave the question up
 * @rung: how often it was rung
 * @asked: flags and question, when it was rung last
 */
struct frontend {
	struct pciback_aer aer;
	struct xen_pci_sharedinfo page;
	void (*react)(struct frontend *fe);
	struct work_struct work;
	s32 answer;
	bool cancelled;
	unsigned int rung;
	struct xen_pci_sharedinfo asked;
};

static void answer(struct frontend *fe)
{
	WRITE_ONCE(fe->page.aer_op.err, fe->answer);
	/* The answer before the flag that announces it, as a frontend does. */
	virt_wmb();
	WRITE_ONCE(fe->page.flags, READ_ONCE(fe->page.flags) & ~XEN_PCIB_active);
}

static void answer_and_ring(struct frontend *fe)
{
	answer(fe);
	pciback_aer_event(&fe->aer, READ_ONCE(fe->page.flags));
}

static void later(struct frontend *fe)
{
	schedule_work(&fe->work);
}

static void silent(struct frontend *fe)
{
}

static void ring(struct pciback_aer *aer)
{
	struct frontend *fe = container_of(aer, struct frontend, aer);

	fe->rung++;
	fe->asked.flags = fe->page.flags;
	fe->asked.aer_op = fe->page.aer_op;
	fe->react(fe);
}

static void work_answer(struct work_struct *work)
{
	answer_and_ring(container_of(work, struct frontend, work));
}

static void work_answer_no_event(struct work_struct *work)
{
	answer(container_of(work, struct frontend, work));
}

static void work_stop(struct work_struct *work)
{
	pciback_aer_stop(&container_of(work, struct frontend, work)->aer);
}

static void work_give_up(struct work_struct *work)
{
	struct frontend *fe = container_of(work, struct frontend, work);

	WRITE_ONCE(fe->cancelled, true);
	pciback_aer_wake(&fe->aer);
}

static struct frontend *frontend(struct kunit *test, void (*react)(struct frontend *fe))
{
	struct frontend *fe = kunit_kzalloc(test, sizeof(*fe), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fe);
	pciback_aer_init(&fe->aer, ring);
	INIT_WORK(&fe->work, work_answer);
	fe->aer.timeout = FOREVER;
	fe->aer.budget = FOREVER;
	fe->page.flags = XEN_PCIB_AERHANDLER;
	fe->react = react;
	fe->answer = RECOVERED;
	pciback_aer_start(&fe->aer, (struct pciback_shared_page *)&fe->page);
	return fe;
}

static int ask(struct frontend *fe)
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

/* What the frontend finds in the page, byte by byte as Xen's io/pciif.h has it. */
static void asks_by_the_book(struct kunit *test)
{
	struct frontend *fe = frontend(test, answer_and_ring);
	const u8 *op = (u8 *)&fe->asked + 552;

	BUILD_BUG_ON(sizeof(struct xen_pci_sharedinfo) != 572);
	fe->page.flags |= XEN_PCIF_active | 0xabcd0000;
	fe->page.op.cmd = 0x55aa55aa;
	KUNIT_EXPECT_EQ(test, ask(fe), RECOVERED);
	KUNIT_EXPECT_EQ(test, fe->rung, 1);
	KUNIT_EXPECT_EQ(test, fe->asked.flags,
			XEN_PCIB_AERHANDLER | XEN_PCIB_active | XEN_PCIF_active | 0xabcd0000);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 0), XEN_PCI_OP_aer_detected);
	KUNIT_EXPECT_EQ(test, *(s32 *)(op + 4), 2);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 8), 0x12345);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 12), 0x67);
	KUNIT_EXPECT_EQ(test, *(u32 *)(op + 16), 0x89);
	KUNIT_EXPECT_EQ_MSG(test, fe->page.flags,
			    XEN_PCIB_AERHANDLER | XEN_PCIF_active | 0xabcd0000,
			    "the guest's own request is untouched");
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
	{ "one of our own codes", -ECANCELED, -EPROTO },
	{ "another", -ENOTCONN, -EPROTO },
	{ "least", S32_MIN, -EPROTO },
	{ "greatest", S32_MAX, -EPROTO },
	{ "right in the low byte", 0x0105, -EPROTO },
};

KUNIT_ARRAY_PARAM_DESC(answer, answer_rows, name);

static void believes_no_answer(struct kunit *test)
{
	const struct answer_row *row = test->param_value;
	struct frontend *fe = frontend(test, answer_and_ring);

	fe->answer = row->answer;
	KUNIT_EXPECT_EQ(test, ask(fe), row->result);
}

static void cannot_ask(struct kunit *test)
{
	struct frontend *fe = frontend(test, answer_and_ring);

	fe->page.flags = 0;
	KUNIT_EXPECT_EQ_MSG(test, ask(fe), -EOPNOTSUPP, "a frontend without error handling");
	fe->page.flags = XEN_PCIB_AERHANDLER | XEN_PCIB_active;
	KUNIT_EXPECT_EQ_MSG(test, ask(fe), -EBUSY, "a frontend that owes an answer to nothing");
	fe->page.flags = XEN_PCIB_AERHANDLER;
	pciback_aer_stop(&fe->aer);
	KUNIT_EXPECT_EQ_MSG(test, ask(fe), -ENOTCONN, "no frontend");
	pciback_aer_stop(&fe->aer);
	KUNIT_EXPECT_EQ(test, fe->rung, 0);
	pciback_aer_start(&fe->aer, (struct pciback_shared_page *)&fe->page);
	KUNIT_EXPECT_EQ_MSG(test, ask(fe), RECOVERED, "it came back");
	fe->cancelled = true;
	KUNIT_EXPECT_EQ_MSG(test, ask(fe), -ECANCELED, "given up before it was asked");
	KUNIT_EXPECT_EQ(test, fe->rung, 1);
}

struct later_row {
	const char *name;
	work_func_t work;
	int result;
};

static const struct later_row later_rows[] = {
	{ "answer", work_answer, RECOVERED },
	{ "answer whose event is held back", work_answer_no_event, RECOVERED },
	{ "frontend goes", work_stop, -ENOTCONN },
	{ "function is taken away", work_give_up, -ECANCELED },
};

KUNIT_ARRAY_PARAM_DESC(later, later_rows, name);

/* None of these takes the ten minutes that the wait may last. */
static void wait_ends_by(struct kunit *test)
{
	const struct later_row *row = test->param_value;
	struct frontend *fe = frontend(test, later);

	INIT_WORK(&fe->work, row->work);
	KUNIT_EXPECT_EQ(test, ask(fe), row->result);
	KUNIT_EXPECT_EQ(test, fe->rung, 1);
	KUNIT_EXPECT_FALSE(test, pciback_aer_event(&fe->aer, 0));
}

/* The late answer to one question is not that to the next. */
static void late_answer(struct kunit *test)
{
	struct frontend *fe = frontend(test, silent);

	fe->aer.timeout = 1;
	KUNIT_EXPECT_EQ(test, ask(fe), -ETIMEDOUT);
	KUNIT_EXPECT_EQ_MSG(test, fe->page.flags, XEN_PCIB_AERHANDLER | XEN_PCIB_active,
			    "still the frontend's");
	fe->aer.timeout = FOREVER;
	fe->react = answer_and_ring;
	KUNIT_EXPECT_EQ(test, ask(fe), -EBUSY);
	KUNIT_EXPECT_EQ_MSG(test, fe->rung, 1, "asked nothing more");

	fe->answer = NONE;
	answer(fe);
	KUNIT_EXPECT_FALSE_MSG(test, pciback_aer_event(&fe->aer, fe->page.flags), "nobody waits for it");
	fe->answer = NEED_RESET;
	KUNIT_EXPECT_EQ(test, ask(fe), NEED_RESET);
	KUNIT_EXPECT_EQ(test, fe->rung, 2);
}

/* A guest cannot have its time over and over. */
static void patience_ends(struct kunit *test)
{
	struct frontend *fe = frontend(test, silent);

	fe->aer.budget = 0;
	fe->aer.window = FOREVER;
	KUNIT_EXPECT_EQ_MSG(test, ask(fe), -ETIMEDOUT,
			    "at once, not after the ten minutes of a step");
	fe->page.flags = XEN_PCIB_AERHANDLER;
	fe->react = answer_and_ring;
	KUNIT_EXPECT_EQ_MSG(test, ask(fe), RECOVERED, "who answers at once needs no patience");

	/* The window is over. */
	fe->react = later;
	fe->aer.budget = FOREVER;
	fe->aer.waited = FOREVER;
	KUNIT_EXPECT_EQ(test, ask(fe), -ETIMEDOUT);
	fe->page.flags = XEN_PCIB_AERHANDLER;
	fe->aer.window_start = jiffies - FOREVER - 1;
	KUNIT_EXPECT_EQ(test, ask(fe), RECOVERED);
}

static void event_tells(struct kunit *test)
{
	struct frontend *fe = frontend(test, silent);

	KUNIT_EXPECT_FALSE_MSG(test, pciback_aer_event(&fe->aer, 0), "nothing was asked");
	fe->aer.waiting = true;
	KUNIT_EXPECT_FALSE_MSG(test, pciback_aer_event(&fe->aer, XEN_PCIB_active), "no answer yet");
	KUNIT_EXPECT_TRUE_MSG(test, pciback_aer_event(&fe->aer, XEN_PCIF_active),
			      "an answer, and a request as well");
}

/**
 * struct asker - asks about one function, over and over
 * @task: his thread
 * @fe: whom
 * @devfn: about which function
 * @wrong: how many answers were another's
 * @done: has asked; a thread that is stopped too early never begins
 */
struct asker {
	struct task_struct *task;
	struct frontend *fe;
	u32 devfn;
	int wrong;
	struct completion done;
};

/* Each function's answer is one of its own. */
static void answer_by_function(struct work_struct *work)
{
	struct frontend *fe = container_of(work, struct frontend, work);

	fe->answer = READ_ONCE(fe->page.aer_op.devfn);
	answer_and_ring(fe);
}

static int asker_thread(void *data)
{
	struct asker *asker = data;
	struct pciback_aer_query q = {
		.cmd = XEN_PCI_OP_aer_mmio,
		.virt = { .devfn = asker->devfn },
		.cancelled = &asker->fe->cancelled,
	};
	int i;

	for (i = 0; i < 200; i++)
		if (pciback_aer_query(&asker->fe->aer, &q) != asker->devfn)
			asker->wrong++;
	complete(&asker->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void one_question_at_a_time(struct kunit *test)
{
	struct frontend *fe = frontend(test, later);
	struct asker askers[3] = { };
	int i;

	INIT_WORK(&fe->work, answer_by_function);
	for (i = 0; i < ARRAY_SIZE(askers); i++) {
		askers[i].fe = fe;
		askers[i].devfn = i + 1;
		init_completion(&askers[i].done);
		askers[i].task = kthread_run(asker_thread, &askers[i], "asker");
		KUNIT_EXPECT_FALSE(test, IS_ERR(askers[i].task));
	}
	for (i = 0; i < ARRAY_SIZE(askers); i++)
		if (!IS_ERR(askers[i].task)) {
			wait_for_completion(&askers[i].done);
			kthread_stop(askers[i].task);
		}
	flush_work(&fe->work);
	for (i = 0; i < ARRAY_SIZE(askers); i++)
		KUNIT_EXPECT_EQ_MSG(test, askers[i].wrong, 0, "asker %d", i);
	KUNIT_EXPECT_EQ(test, fe->rung, 200 * ARRAY_SIZE(askers));
}

static struct kunit_case aer_cases[] = {
	KUNIT_CASE(asks_by_the_book),
	KUNIT_CASE_PARAM(believes_no_answer, answer_gen_params),
	KUNIT_CASE(cannot_ask),
	KUNIT_CASE_PARAM(wait_ends_by, later_gen_params),
	KUNIT_CASE(late_answer),
	KUNIT_CASE(patience_ends),
	KUNIT_CASE(event_tells),
	KUNIT_CASE(one_question_at_a_time),
	{}
};

struct kunit_suite aer_suite = {
	.name = "aer",
	.test_cases = aer_cases,
};
