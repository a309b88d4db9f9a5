// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Recovery of functions from errors: the state of the hardware afterwards, and that a
 * guest that does not take part is isolated from the function, with no effect on other
 * functions.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include "backend/aer.h"
#include "reset/reset.h"
#include "recovery_fixture.h"
#include "suites.h"

static void idle(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	unsigned int flr = fn->nr_flr;

	KUNIT_ASSERT_NOT_NULL(test, was);
	fake_pci_snapshot(fn, was);
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ(test, mmio_enabled(dev), RECOVERED);
	resume(dev);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);
	fixture_expect_same(test, fn, was, "after an error without reset");

	KUNIT_EXPECT_EQ(test, error_detected(dev, FROZEN), NEED_RESET);
	fn_lose_config(fn);
	KUNIT_EXPECT_EQ(test, slot_reset(dev), RECOVERED);
	resume(dev);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, flr, "no reset besides that of the link");
	fixture_expect_same(test, fn, was, "after a reset of the link");
	KUNIT_EXPECT_EQ(test, error_detected(dev, FAILED), DISCONNECT);

	/* It can be assigned. */
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

static void guest_recovers(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = device_assign(test, BELOW);
	u32 bar = fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4);
	unsigned int flr = fn->nr_flr;

	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	guest.answer[RECOVERY_DETECTED] = CAN_RECOVER;
	guest.answer[RECOVERY_MMIO] = RECOVERED;
	guest.answer[RECOVERY_SLOT_RESET] = RECOVERED;
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ(test, guest.state, NORMAL);
	KUNIT_EXPECT_PTR_EQ(test, guest.dev, dev);
	KUNIT_EXPECT_EQ(test, mmio_enabled(dev), RECOVERED);
	resume(dev);
	KUNIT_EXPECT_EQ(test, bus_master(fn), PCI_COMMAND_MASTER);

	KUNIT_EXPECT_EQ(test, error_detected(dev, FROZEN), NEED_RESET);
	KUNIT_EXPECT_EQ(test, guest.state, FROZEN);
	fn_lose_config(fn);
	KUNIT_EXPECT_EQ(test, slot_reset(dev), RECOVERED);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) &
			    (PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER), PCI_COMMAND_MEMORY,
			    "decoding is on; its driver enables bus mastering");
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, bus_master(fn), PCI_COMMAND_MASTER);
	resume(dev);

	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_DETECTED], 2);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_MMIO], 1);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], 1);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_RESUME], 2);
	KUNIT_EXPECT_EQ(test, guest.isolated, 0);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* The core does not reset a function if its link works, so the driver does. */
static void guest_needs_reset(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = device_assign(test, BELOW);
	unsigned int flr = fn->nr_flr;

	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	guest.answer[RECOVERY_SLOT_RESET] = RECOVERED;
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), NEED_RESET);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);
	KUNIT_EXPECT_EQ(test, slot_reset(dev), RECOVERED);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

struct isolated_row {
	const char *name;
	int state;
	int error_detected;		/* answer to the error */
	int reset;		/* answer after the reset */
	bool slot_reset;	/* there is a query after the reset */
};

static const struct isolated_row isolated_rows[] = {
	{ "disconnect", NORMAL, DISCONNECT, 0, false },
	{ "no handler, link frozen", FROZEN, NONE, 0, false },
	{ "no handler after the reset", FROZEN, NEED_RESET, NONE, true },
	{ "timed out", NORMAL, -ETIMEDOUT, 0, false },
	{ "invalid answer", NORMAL, -EPROTO, 0, false },
	{ "disconnect, link frozen", FROZEN, DISCONNECT, 0, false },
	{ "timed out, link frozen", FROZEN, -ETIMEDOUT, 0, false },
	{ "no frontend, link frozen", FROZEN, -ENOTCONN, 0, false },
	{ "disconnect after the reset", FROZEN, NEED_RESET, DISCONNECT, true },
	{ "timed out after the reset", FROZEN, CAN_RECOVER, -ETIMEDOUT, true },
};

KUNIT_ARRAY_PARAM_DESC(isolated, isolated_rows, name);

/* The guest is isolated from the function; the other function below the port recovers. */
static void isolated(struct kunit *test)
{
	const struct isolated_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *other = device_assign(test, BELOW_1), *dev;
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	bool frozen = row->state == FROZEN;
	struct fixture_guest next;
	unsigned int flr;

	KUNIT_ASSERT_NOT_NULL(test, was);
	dev = fixture_seize(test, fn);
	fake_pci_snapshot(fn, was);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	fixture_write(other, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	guest.answer[RECOVERY_DETECTED] = row->error_detected;
	guest.answer[RECOVERY_SLOT_RESET] = row->reset;

	KUNIT_EXPECT_EQ(test, error_detected(dev, row->state), frozen ? NEED_RESET : CAN_RECOVER);
	if (frozen) {
		fn_lose_config(fn);
		KUNIT_EXPECT_EQ(test, slot_reset(dev), RECOVERED);
	} else {
		KUNIT_EXPECT_EQ(test, mmio_enabled(dev), RECOVERED);
	}
	resume(dev);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_DETECTED], 1);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], row->slot_reset);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_MMIO] + guest.queries[RECOVERY_RESUME], 0);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);

	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) &
			(PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_INTX_DISABLE),
			PCI_COMMAND_MEMORY | PCI_COMMAND_INTX_DISABLE);
	KUNIT_EXPECT_TRUE_MSG(test, is_usable(other, &f->guest), "the guest's other function");
	KUNIT_EXPECT_EQ(test, bus_master(f->fn[BELOW_1]), PCI_COMMAND_MASTER);

	/* The guest may have registers mapped: it stays assigned until the toolstack detaches. */
	fixture_guest_init(&next, 8);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &next.owner), -EBUSY);
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ_MSG(test, guest.queries[RECOVERY_DETECTED], 1, "no other query");

	flr = fn->nr_flr;
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	fixture_expect_same(test, fn, was, "deassigned");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &next.owner), 0);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &next));
	pciback_device_deassign(dev, &next.owner);
	pciback_device_put(dev);
	pciback_device_deassign(other, &f->guest.owner);
	pciback_device_put(other);
}

/* A function that does not respond after the reset of its link. */
static void device_lost(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = device_assign(test, BELOW);

	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	KUNIT_EXPECT_EQ(test, error_detected(dev, FROZEN), NEED_RESET);
	fake_pci_set_dead(fn, true);
	KUNIT_EXPECT_EQ(test, slot_reset(dev), DISCONNECT);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], 0);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	fake_pci_set_dead(fn, false);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* pcie_flr() would wait a minute, and with it the recovery of all functions below the port. */
static void reset_hangs(struct kunit *test)
{
	unsigned int was = pciback_reset_wait_ms;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = device_assign(test, BELOW);
	unsigned int flr = fn->nr_flr;

	pciback_reset_wait_ms = 300;
	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), NEED_RESET);
	fake_pci_set_reset(fn, FAKE_RESET_HANGS, FAKE_RESET_OK);
	KUNIT_EXPECT_EQ(test, slot_reset(dev), DISCONNECT);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], 0);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	/* A function that does not respond is not reset. */
	KUNIT_EXPECT_EQ(test, slot_reset(dev), DISCONNECT);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	fake_pci_set_reset(fn, FAKE_RESET_OK, FAKE_RESET_OK);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr + 1);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
	pciback_reset_wait_ms = was;
}

struct other_reset_row {
	const char *name;
	int answer;		/* to each question */
	bool link_reset;	/* the core resets the link because of the other's vote */
	bool keeps;
};

static const struct other_reset_row other_reset_rows[] = {
	{ "nothing is reset", CAN_RECOVER, false, true },
	{ "nothing is reset, no handler", NONE, false, true },
	{ "nothing is reset, no frontend", -ENOTCONN, false, true },
	{ "the link is reset", CAN_RECOVER, true, true },
	{ "the link is reset, no handler", NONE, true, false },
	{ "the link is reset, no frontend", -ENOTCONN, true, false },
};

KUNIT_ARRAY_PARAM_DESC(other_reset, other_reset_rows, name);

/* An error after which the link works; the driver of another function wants a reset. */
static void other_wants_reset(struct kunit *test)
{
	const struct other_reset_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = device_assign(test, BELOW);
	u32 bar = fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4);
	unsigned int flr = fn->nr_flr;

	guest.answer[RECOVERY_DETECTED] = row->answer;
	guest.answer[RECOVERY_SLOT_RESET] = row->answer == CAN_RECOVER ? RECOVERED : row->answer;
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	if (row->link_reset)
		fn_lose_config(fn);
	KUNIT_EXPECT_EQ(test, slot_reset(dev), RECOVERED);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, flr, "this guest wants no reset");
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_EQ_MSG(test, bus_master(fn), row->link_reset ? 0 : PCI_COMMAND_MASTER,
			    "what was not reset works on");
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], 1);
	resume(dev);
	KUNIT_EXPECT_EQ(test, is_usable(dev, &f->guest), row->keeps);
	KUNIT_EXPECT_EQ(test, guest.isolated, !row->keeps);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* The guest's function has no driver that handles errors. */
static void no_handler(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = device_assign(test, BELOW);
	int i;

	for (i = 0; i < RECOVERY_NR_STEPS; i++)
		guest.answer[i] = NONE;
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ(test, mmio_enabled(dev), RECOVERED);
	resume(dev);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_MMIO], 1);
	KUNIT_EXPECT_EQ(test, guest.isolated, 0);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_EQ(test, bus_master(f->fn[BELOW]), PCI_COMMAND_MASTER);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* An owner without query_guest. */
static void no_query_guest(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = device_assign(test, BELOW);

	f->guest.ops.query_guest = NULL;
	f->guest.ops.notify_isolated = NULL;
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	KUNIT_EXPECT_EQ(test, mmio_enabled(dev), RECOVERED);
	resume(dev);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_EQ(test, error_detected(dev, FROZEN), NEED_RESET);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/**
 * struct page_guest - a guest with a shared page, whose frontend never answers
 * @aer: queries to it
 * @page: the shared page
 * @owner: the owner of @dev
 * @dev: the function of the query
 * @queried: there was a query
 *
 * Locking: set before the threads start; @aer has a lock of its own.
 */
static struct page_guest {
	struct pciback_aer aer;
	struct xen_pci_sharedinfo page;
	struct pciback_owner *owner;
	struct pcistub_device *dev;
	struct completion queried;
} page_guest;

static void page_guest_notify(struct pciback_aer *aer)
{
	complete(&page_guest.queried);
}

static int page_guest_query(struct pciback_owner *owner, struct pcistub_device *dev,
			    enum pciback_recovery_step step, pci_channel_state_t state)
{
	struct pciback_aer_query q = { .cancelled = &dev->detaching };

	return pciback_aer_query(&page_guest.aer, &q);
}

static int deassign_thread(void *data)
{
	struct pcistub_device *dev = page_guest.dev;

	wait_for_completion(&page_guest.queried);
	/* As backend/devices.c does. */
	pciback_device_set_detaching(dev, page_guest.owner);
	pciback_aer_wake(&page_guest.aer);
	pciback_device_deassign(dev, page_guest.owner);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

/*
 * The query holds device_lock(), which the deassign needs: it must end the query, and not
 * wait for its timeout of ten minutes.
 */
static void deassign_during_query(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = device_assign(test, BELOW);
	struct task_struct *task;

	pciback_aer_init(&page_guest.aer, page_guest_notify);
	page_guest.aer.timeout = 600 * HZ;
	page_guest.aer.budget = 600 * HZ;
	page_guest.page.flags = XEN_PCIB_AERHANDLER;
	page_guest.owner = &f->guest.owner;
	page_guest.dev = dev;
	init_completion(&page_guest.queried);
	pciback_aer_start(&page_guest.aer, (struct pciback_shared_page *)&page_guest.page);
	f->guest.ops.query_guest = page_guest_query;
	task = kthread_run(deassign_thread, NULL, "deassign");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));

	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	kthread_stop(task);
	KUNIT_EXPECT_EQ_MSG(test, guest.isolated, 0, "deassigned, not isolated");
	KUNIT_EXPECT_PTR_EQ(test, dev->owner, NULL);
	KUNIT_EXPECT_FALSE(test, dev->detaching);
	pciback_aer_stop(&page_guest.aer);
	pciback_device_put(dev);
}

static struct kunit_case recovery_cases[] = {
	KUNIT_CASE(idle),
	KUNIT_CASE(guest_recovers),
	KUNIT_CASE(guest_needs_reset),
	KUNIT_CASE_PARAM(isolated, isolated_gen_params),
	KUNIT_CASE(device_lost),
	KUNIT_CASE(reset_hangs),
	KUNIT_CASE_PARAM(other_wants_reset, other_reset_gen_params),
	KUNIT_CASE(no_handler),
	KUNIT_CASE(no_query_guest),
	KUNIT_CASE(deassign_during_query),
	{}
};

struct kunit_suite recovery_suite = {
	.name = "recovery",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = recovery_cases,
};
