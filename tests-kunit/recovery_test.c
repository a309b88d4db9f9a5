// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Recovery of functions from errors: what the PCI core is told, what the
 * hardware looks like afterwards, and that a guest that does not do its part
 * has lost the function, and nobody else anything.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include "backend/aer.h"
#include "device/lifecycle.h"
#include "record/record.h"
#include "record/recovery_step.h"
#include "recovery/recovery.h"
#include "recovery/vote.h"
#include "reset/reset.h"
#include "seize_fixture.h"
#include "suites.h"

#define NONE		1
#define CAN_RECOVER	2
#define NEED_RESET	3
#define DISCONNECT	4
#define RECOVERED	5

#define NORMAL		1
#define FROZEN		2
#define FAILED		3

static pci_channel_state_t link_state(int state)
{
	return (__force pci_channel_state_t)state;
}

struct judge_row {
	const char *name;
	enum pciback_recovery_step step;
	int state, answer;
	int vote;
	bool keeps;
};

static const struct judge_row judge_rows[] = {
	{ "detected: can recover", RECOVERY_DETECTED, NORMAL, CAN_RECOVER, CAN_RECOVER, true },
	{ "detected: wants a reset", RECOVERY_DETECTED, NORMAL, NEED_RESET, NEED_RESET, true },
	{ "detected: recovered already", RECOVERY_DETECTED, NORMAL, RECOVERED, RECOVERED, true },
	{ "detected: no handler", RECOVERY_DETECTED, NORMAL, NONE, CAN_RECOVER, false },
	{ "detected: refused", RECOVERY_DETECTED, NORMAL, DISCONNECT, CAN_RECOVER, false },
	{ "detected: no AER driver", RECOVERY_DETECTED, NORMAL, 6, CAN_RECOVER, false },
	{ "detected: unknown", RECOVERY_DETECTED, NORMAL, 7, CAN_RECOVER, false },
	{ "detected: far out", RECOVERY_DETECTED, NORMAL, 34, CAN_RECOVER, false },
	{ "detected: garbage", RECOVERY_DETECTED, NORMAL, -EPROTO, CAN_RECOVER, false },
	{ "detected: silent", RECOVERY_DETECTED, NORMAL, -ETIMEDOUT, CAN_RECOVER, false },
	{ "detected: owes an answer", RECOVERY_DETECTED, NORMAL, -EBUSY, CAN_RECOVER, false },
	{ "detected: no frontend", RECOVERY_DETECTED, NORMAL, -ENOTCONN, CAN_RECOVER, true },
	{ "detected: cannot", RECOVERY_DETECTED, NORMAL, -EOPNOTSUPP, CAN_RECOVER, true },
	{ "detected: leaving", RECOVERY_DETECTED, NORMAL, -ECANCELED, CAN_RECOVER, true },
	{ "frozen: can recover", RECOVERY_DETECTED, FROZEN, CAN_RECOVER, NEED_RESET, true },
	{ "frozen: wants a reset", RECOVERY_DETECTED, FROZEN, NEED_RESET, NEED_RESET, true },
	{ "frozen: no handler", RECOVERY_DETECTED, FROZEN, NONE, NEED_RESET, false },
	{ "frozen: silent", RECOVERY_DETECTED, FROZEN, -ETIMEDOUT, NEED_RESET, false },
	{ "frozen: no frontend", RECOVERY_DETECTED, FROZEN, -ENOTCONN, NEED_RESET, false },
	{ "frozen: cannot", RECOVERY_DETECTED, FROZEN, -EOPNOTSUPP, NEED_RESET, false },
	{ "frozen: leaving", RECOVERY_DETECTED, FROZEN, -ECANCELED, NEED_RESET, true },
	{ "failed: can recover", RECOVERY_DETECTED, FAILED, CAN_RECOVER, DISCONNECT, false },
	{ "failed: refused", RECOVERY_DETECTED, FAILED, DISCONNECT, DISCONNECT, false },
	{ "look: recovered", RECOVERY_MMIO, NORMAL, RECOVERED, RECOVERED, true },
	{ "look: wants a reset", RECOVERY_MMIO, NORMAL, NEED_RESET, NEED_RESET, true },
	{ "look: can recover", RECOVERY_MMIO, NORMAL, CAN_RECOVER, RECOVERED, false },
	{ "look: no handler", RECOVERY_MMIO, NORMAL, NONE, RECOVERED, false },
	{ "look: no frontend", RECOVERY_MMIO, NORMAL, -ENOTCONN, RECOVERED, true },
	{ "reset: recovered", RECOVERY_SLOT_RESET, NORMAL, RECOVERED, RECOVERED, true },
	{ "reset: wants another", RECOVERY_SLOT_RESET, NORMAL, NEED_RESET, RECOVERED, false },
	{ "reset: no handler", RECOVERY_SLOT_RESET, NORMAL, NONE, RECOVERED, false },
	{ "reset: no frontend", RECOVERY_SLOT_RESET, NORMAL, -ENOTCONN, RECOVERED, false },
	{ "resume: no handler", RECOVERY_RESUME, NORMAL, NONE, RECOVERED, true },
	{ "resume: garbage", RECOVERY_RESUME, NORMAL, -EPROTO, RECOVERED, true },
	{ "resume: silent", RECOVERY_RESUME, NORMAL, -ETIMEDOUT, RECOVERED, true },
};

KUNIT_ARRAY_PARAM_DESC(judge, judge_rows, name);

static void judges(struct kunit *test)
{
	const struct judge_row *row = test->param_value;
	struct pciback_vote verdict = pciback_vote_on_answer(row->step, link_state(row->state),
							     row->answer);

	KUNIT_EXPECT_EQ(test, (__force int)verdict.vote, row->vote);
	KUNIT_EXPECT_EQ(test, !verdict.reason, row->keeps);
}

/* A guest that is asked, and what it says. */
static struct {
	int answer[RECOVERY_NR_STEPS];
	unsigned int asked[RECOVERY_NR_STEPS], isolated;
	int state;
	struct pcistub_device *about;
} guest;

static int guest_query(struct pciback_owner *owner, struct pcistub_device *dev,
		       enum pciback_recovery_step step, pci_channel_state_t state)
{
	guest.asked[step]++;
	guest.state = (__force int)state;
	guest.about = dev;
	return guest.answer[step];
}

static void guest_isolated(struct pciback_owner *owner, struct pcistub_device *dev)
{
	guest.isolated++;
}

static struct pcistub_device *assign(struct kunit *test, enum fixture_fn which)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[which]);

	memset(&guest, 0, sizeof(guest));
	b->guest.ops.query_guest = guest_query;
	b->guest.ops.notify_isolated = guest_isolated;
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	return dev;
}

static bool is_usable(struct pcistub_device *dev, struct fixture_guest *owner)
{
	guard(mutex)(&dev->lock);
	return pciback_device_is_usable_by(dev, &owner->owner);
}

/* As the PCI core calls them. */
static int detected(struct pcistub_device *dev, int state)
{
	int vote;

	device_lock(&dev->pdev->dev);
	vote = (__force int)pciback_error_handlers.error_detected(dev->pdev, link_state(state));
	device_unlock(&dev->pdev->dev);
	return vote;
}

static int look(struct pcistub_device *dev)
{
	int vote;

	device_lock(&dev->pdev->dev);
	vote = (__force int)pciback_error_handlers.mmio_enabled(dev->pdev);
	device_unlock(&dev->pdev->dev);
	return vote;
}

static int after_reset(struct pcistub_device *dev)
{
	int vote;

	device_lock(&dev->pdev->dev);
	vote = (__force int)pciback_error_handlers.slot_reset(dev->pdev);
	device_unlock(&dev->pdev->dev);
	return vote;
}

static void go_on(struct pcistub_device *dev)
{
	device_lock(&dev->pdev->dev);
	pciback_error_handlers.resume(dev->pdev);
	device_unlock(&dev->pdev->dev);
}

static u32 master(struct fake_pci_fn *fn)
{
	return fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER;
}

/* What is left of the registers when a link was reset. */
static void lose_config(struct fake_pci_fn *fn)
{
	int i;

	for (i = 0; i < PCI_CFG_SPACE_SIZE; i++)
		fake_pci_poke(fn, i, 1, fn->reset[i]);
}

static void nobody_has_it(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	unsigned int flr = fn->nr_flr;

	KUNIT_ASSERT_NOT_NULL(test, was);
	fake_pci_snapshot(fn, was);
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ(test, look(dev), RECOVERED);
	go_on(dev);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);
	fixture_expect_same(test, fn, was, "after an error without reset");

	KUNIT_EXPECT_EQ(test, detected(dev, FROZEN), NEED_RESET);
	lose_config(fn);
	KUNIT_EXPECT_EQ(test, after_reset(dev), RECOVERED);
	go_on(dev);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, flr, "the link was reset, that is enough");
	fixture_expect_same(test, fn, was, "after a reset of the link");
	KUNIT_EXPECT_EQ(test, detected(dev, FAILED), DISCONNECT);

	/* It is in order for whoever wants it next. */
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &b->guest));
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

static void guest_recovers(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = assign(test, BELOW);
	u32 bar = fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4);
	unsigned int flr = fn->nr_flr;

	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	guest.answer[RECOVERY_DETECTED] = CAN_RECOVER;
	guest.answer[RECOVERY_MMIO] = RECOVERED;
	guest.answer[RECOVERY_SLOT_RESET] = RECOVERED;
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ(test, guest.state, NORMAL);
	KUNIT_EXPECT_PTR_EQ(test, guest.about, dev);
	KUNIT_EXPECT_EQ(test, look(dev), RECOVERED);
	go_on(dev);
	KUNIT_EXPECT_EQ(test, master(fn), PCI_COMMAND_MASTER);

	KUNIT_EXPECT_EQ(test, detected(dev, FROZEN), NEED_RESET);
	KUNIT_EXPECT_EQ(test, guest.state, FROZEN);
	lose_config(fn);
	KUNIT_EXPECT_EQ(test, after_reset(dev), RECOVERED);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) &
			    (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), PCI_COMMAND_MEMORY,
			    "decodes; mastering is for its driver to switch on");
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, master(fn), PCI_COMMAND_MASTER);
	go_on(dev);

	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_DETECTED], 2);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_MMIO], 1);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_SLOT_RESET], 1);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_RESUME], 2);
	KUNIT_EXPECT_EQ(test, guest.isolated, 0);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &b->guest));
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

/* The core does not reset a function below a link that works: nobody else would. */
static void guest_wants_a_reset(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = assign(test, BELOW);
	unsigned int flr = fn->nr_flr;

	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	guest.answer[RECOVERY_SLOT_RESET] = RECOVERED;
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), NEED_RESET);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);
	KUNIT_EXPECT_EQ(test, after_reset(dev), RECOVERED);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &b->guest));
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

struct cut_row {
	const char *name;
	int state;
	int detected;		/* the guest's answer to the error */
	int reset;		/* and to the reset */
	bool asked_twice;
};

static const struct cut_row cut_rows[] = {
	{ "refuses", NORMAL, DISCONNECT, 0, false },
	{ "has no handler", NORMAL, NONE, 0, false },
	{ "is silent", NORMAL, -ETIMEDOUT, 0, false },
	{ "answers garbage", NORMAL, -EPROTO, 0, false },
	{ "refuses, link frozen", FROZEN, DISCONNECT, 0, false },
	{ "is silent, link frozen", FROZEN, -ETIMEDOUT, 0, false },
	{ "has no frontend, link frozen", FROZEN, -ENOTCONN, 0, false },
	{ "refuses after the reset", FROZEN, NEED_RESET, DISCONNECT, true },
	{ "is silent after the reset", FROZEN, CAN_RECOVER, -ETIMEDOUT, true },
};

KUNIT_ARRAY_PARAM_DESC(cut, cut_rows, name);

/* Whatever it does, the guest is rid of it, and the rest of the port recovers. */
static void guest_is_cut_off(struct kunit *test)
{
	const struct cut_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *other = assign(test, BELOW_1), *dev;
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	bool frozen = row->state == FROZEN;
	struct fixture_guest next;
	unsigned int flr;

	KUNIT_ASSERT_NOT_NULL(test, was);
	dev = fixture_seize(test, fn);
	fake_pci_snapshot(fn, was);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	fixture_write(other, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	guest.answer[RECOVERY_DETECTED] = row->detected;
	guest.answer[RECOVERY_SLOT_RESET] = row->reset;

	KUNIT_EXPECT_EQ(test, detected(dev, row->state), frozen ? NEED_RESET : CAN_RECOVER);
	if (frozen) {
		lose_config(fn);
		KUNIT_EXPECT_EQ(test, after_reset(dev), RECOVERED);
	} else {
		KUNIT_EXPECT_EQ(test, look(dev), RECOVERED);
	}
	go_on(dev);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_DETECTED], 1);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_SLOT_RESET], row->asked_twice);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_MMIO] + guest.asked[RECOVERY_RESUME], 0);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);

	KUNIT_EXPECT_FALSE(test, is_usable(dev, &b->guest));
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) &
			(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE),
			PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
	KUNIT_EXPECT_TRUE_MSG(test, is_usable(other, &b->guest), "the guest's other function");
	KUNIT_EXPECT_EQ(test, master(b->fn[BELOW_1]), PCI_COMMAND_MASTER);

	/* Its guest may have it mapped: nobody else gets it before the toolstack says so. */
	fixture_guest_init(&next, 8);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &next.owner), -EBUSY);
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ_MSG(test, guest.asked[RECOVERY_DETECTED], 1, "it is not asked again");

	flr = fn->nr_flr;
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	fixture_expect_same(test, fn, was, "taken back");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &next.owner), 0);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &next));
	pciback_device_deassign(dev, &next.owner);
	pciback_device_put(dev);
	pciback_device_deassign(other, &b->guest.owner);
	pciback_device_put(other);
}

/* What is called hot-unplug when it happens on purpose. */
static void device_does_not_come_back(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = assign(test, BELOW);

	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	KUNIT_EXPECT_EQ(test, detected(dev, FROZEN), NEED_RESET);
	fake_pci_set_dead(fn, true);
	KUNIT_EXPECT_EQ(test, after_reset(dev), DISCONNECT);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_SLOT_RESET], 0);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &b->guest));
	fake_pci_set_dead(fn, false);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

/* The core's own FLR would wait a minute for it, with the host's recovery. */
static void device_hangs_in_its_reset(struct kunit *test)
{
	unsigned int was = pciback_reset_wait_ms;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = assign(test, BELOW);
	unsigned int flr = fn->nr_flr;

	pciback_reset_wait_ms = 300;
	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), NEED_RESET);
	fake_pci_set_mood(fn, FAKE_HANGS, FAKE_OBEYS);
	KUNIT_EXPECT_EQ(test, after_reset(dev), DISCONNECT);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	KUNIT_EXPECT_EQ(test, guest.asked[RECOVERY_SLOT_RESET], 0);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &b->guest));
	/* One that does not answer is not reset at all. */
	KUNIT_EXPECT_EQ(test, after_reset(dev), DISCONNECT);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	fake_pci_set_mood(fn, FAKE_OBEYS, FAKE_OBEYS);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
	pciback_reset_wait_ms = was;
}

static bool is_cut_off(struct pcistub_device *dev)
{
	guard(mutex)(&dev->lock);
	return dev->isolated;
}

/* The core tells nobody when it gives up. The guest's driver would wait for ever. */
static void host_does_not_recover(struct kunit *test)
{
	unsigned long was = pciback_recovery_timeout, tries;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = assign(test, BELOW);

	guest.answer[RECOVERY_DETECTED] = CAN_RECOVER;
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pciback_recovery_timeout = 1;
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	/* A limit of the test's own, for when it does not come. */
	for (tries = 0; tries < 60 * HZ && !is_cut_off(dev); tries++)
		schedule_timeout_uninterruptible(1);
	pciback_recovery_timeout = 600 * HZ;
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &b->guest));
	KUNIT_EXPECT_EQ(test, master(fn), 0);
	pciback_device_deassign(dev, &b->guest.owner);

	/* One that ended, and one whose guest has changed, are not overdue. */
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	go_on(dev);
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &b->guest));
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &b->guest));

	/* Handed back meanwhile: its work does not outlive it. */
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	pciback_recovery_timeout = was;
}

/* An owner that cannot be asked, as an HVM guest. */
static void guest_cannot_be_queried(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = assign(test, BELOW);

	b->guest.ops.query_guest = NULL;
	b->guest.ops.notify_isolated = NULL;
	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ(test, look(dev), RECOVERED);
	go_on(dev);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &b->guest));
	KUNIT_EXPECT_EQ(test, detected(dev, FROZEN), NEED_RESET);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &b->guest));
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

/**
 * struct page_guest - a guest with a page, whose frontend never answers
 * @aer: its questions
 * @page: the page
 * @owner: its owner
 * @dev: the function it is asked about
 * @asked: it was
 */
static struct page_guest {
	struct pciback_aer aer;
	struct xen_pci_sharedinfo page;
	struct pciback_owner *owner;
	struct pcistub_device *dev;
	struct completion asked;
} page_guest;

static void page_guest_notify(struct pciback_aer *aer)
{
	complete(&page_guest.asked);
}

static int page_guest_query(struct pciback_owner *owner, struct pcistub_device *dev,
			    enum pciback_recovery_step step, pci_channel_state_t state)
{
	struct pciback_aer_query q = { .cancelled = &dev->detaching };

	return pciback_aer_query(&page_guest.aer, &q);
}

static int take_away(void *data)
{
	struct pcistub_device *dev = page_guest.dev;

	wait_for_completion(&page_guest.asked);
	/* As backend/devices.c does. */
	pciback_device_set_detaching(dev, page_guest.owner);
	pciback_aer_wake(&page_guest.aer);
	pciback_device_deassign(dev, page_guest.owner);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/* The one that asks holds device_lock(), which taking back needs: ten minutes, or at once. */
static void deassigned_while_queried(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = assign(test, BELOW);
	struct task_struct *task;

	pciback_aer_init(&page_guest.aer, page_guest_notify);
	page_guest.aer.timeout = 600 * HZ;
	page_guest.aer.budget = 600 * HZ;
	page_guest.page.flags = XEN_PCIB_AERHANDLER;
	page_guest.owner = &b->guest.owner;
	page_guest.dev = dev;
	init_completion(&page_guest.asked);
	pciback_aer_start(&page_guest.aer, (struct pciback_shared_page *)&page_guest.page);
	b->guest.ops.query_guest = page_guest_query;
	task = kthread_run(take_away, NULL, "take-away");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));

	KUNIT_EXPECT_EQ(test, detected(dev, NORMAL), CAN_RECOVER);
	kthread_stop(task);
	KUNIT_EXPECT_EQ_MSG(test, guest.isolated, 0, "it is taken back, not isolated");
	KUNIT_EXPECT_PTR_EQ(test, dev->owner, NULL);
	KUNIT_EXPECT_FALSE(test, dev->detaching);
	pciback_aer_stop(&page_guest.aer);
	pciback_device_put(dev);
}

static struct kunit_case recovery_cases[] = {
	KUNIT_CASE_PARAM(judges, judge_gen_params),
	KUNIT_CASE(nobody_has_it),
	KUNIT_CASE(guest_recovers),
	KUNIT_CASE(guest_wants_a_reset),
	KUNIT_CASE_PARAM(guest_is_cut_off, cut_gen_params),
	KUNIT_CASE(device_does_not_come_back),
	KUNIT_CASE(device_hangs_in_its_reset),
	KUNIT_CASE(host_does_not_recover),
	KUNIT_CASE(guest_cannot_be_queried),
	KUNIT_CASE(deassigned_while_queried),
	{}
};

struct kunit_suite recovery_suite = {
	.name = "recovery",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = recovery_cases,
};
