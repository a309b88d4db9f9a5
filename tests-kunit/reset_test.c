// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Resets that fail, and resets that affect other functions. After its reset a
 * function may not respond, respond late or have another ID. The other functions
 * on the bus may belong to the host, to another guest or to the same guest.
 */
#include <kunit/test.h>
#include <linux/ktime.h>
#include <linux/string.h>
#include <linux/unaligned.h>
#include "device/batch.h"
#include "device/lifecycle.h"
#include "record/record.h"
#include "reset/reset.h"
#include "stub/slots.h"
#include "seize_fixture.h"
#include "suites.h"

#define TEXT_LEN	1024
/* Long enough for a function that is slow; the wait for one that never responds is short. */
#define WAIT_MS		300
#define READY_MS		150

static unsigned int old_wait_ms;

static int reset_init(struct kunit *test)
{
	old_wait_ms = pciback_reset_wait_ms;
	pciback_reset_wait_ms = WAIT_MS;
	return seize_fixture_init(test);
}

static void reset_exit(struct kunit *test)
{
	seize_fixture_exit(test);
	pciback_reset_wait_ms = old_wait_ms;
}

/* From now on only a reset of its bus resets the function. */
static void fn_no_own_reset(struct kunit *test, struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	memset(pdev->reset_methods, 0, sizeof(pdev->reset_methods));
	pci_dev_put(pdev);
}

static ssize_t write_do_flr(struct fake_pci_fn *fn)
{
	return fixture_driver_write("do_flr", fixture_name(fn));
}

/* The text of one of the function's files. */
static const char *fn_file_read(struct kunit *test, struct fake_pci_fn *fn, const char *file)
{
	char *text = kunit_kzalloc(test, TEXT_LEN, GFP_KERNEL);
	char path[64];

	KUNIT_ASSERT_NOT_NULL(test, text);
	snprintf(path, sizeof(path), "../../devices/%s/pciback/%s", fixture_name(fn), file);
	KUNIT_EXPECT_GE(test, fixture_driver_read(path, text, TEXT_LEN - 1), 0);
	return text;
}

static void expect_state(struct kunit *test, struct fake_pci_fn *fn, const char *state)
{
	KUNIT_EXPECT_STREQ(test, fn_file_read(test, fn, "reset_state"), state);
}

static void expect_history(struct kunit *test, struct fake_pci_fn *fn, const char *part)
{
	const char *text = fn_file_read(test, fn, "reset_history");

	KUNIT_EXPECT_TRUE_MSG(test, strstr(text, part), "no \"%s\" in:\n%s", part, text);
}

/* A function that was assigned needs a reset. */
static void device_use(struct kunit *test, struct pcistub_device *dev, struct fixture_guest *guest)
{
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &guest->owner), 0);
}

struct method_row {
	const char *name;
	enum fake_pci_reset own, bus;
	bool neighbour;		/* is seized */
	bool dead;		/* does not respond before the reset */
	int err;		/* of the first do_flr after the deassign */
	const char *state;	/* after the deassign */
	unsigned int nr_bus;	/* bus resets of the deassign */
};

/* A deassign of a function that has FLR and is below a port with another function. */
static const struct method_row method_rows[] = {
	{ "works", FAKE_RESET_OK, FAKE_RESET_OK, false, false, 0, "clean\n", 0 },
	{ "slow", FAKE_RESET_SLOW, FAKE_RESET_OK, false, false, 0, "clean\n", 0 },
	{ "hangs, bus reset works", FAKE_RESET_HANGS, FAKE_RESET_OK, true, false, 0, "clean\n", 1 },
	{ "hangs, neighbour not seized", FAKE_RESET_HANGS, FAKE_RESET_OK, false, false, -ENODEV,
	  "unusable -110\n", 0 },
	{ "hangs, bus reset too", FAKE_RESET_HANGS, FAKE_RESET_HANGS, true, false, -ETIMEDOUT,
	  "unusable -110\n", 1 },
	{ "hangs, bus reset slow", FAKE_RESET_HANGS, FAKE_RESET_SLOW, true, false, 0,
	  "clean\n", 1 },
	{ "BARs stuck, bus reset works", FAKE_RESET_BARS_STUCK, FAKE_RESET_OK, true, false, 0,
	  "clean\n", 1 },
	{ "BARs stuck, bus reset too", FAKE_RESET_BARS_STUCK, FAKE_RESET_BARS_STUCK, true, false,
	  -EIO, "unusable -5\n", 1 },
	{ "new ID, bus reset works", FAKE_RESET_NEW_ID, FAKE_RESET_OK, true, false, 0,
	  "clean\n", 1 },
	{ "new ID, neighbour not seized", FAKE_RESET_NEW_ID, FAKE_RESET_OK, false, false, -ENXIO,
	  "unusable -6\n", 0 },
	{ "all ones before, bus reset works", FAKE_RESET_OK, FAKE_RESET_OK, true, true, 0,
	  "clean\n", 1 },
	{ "all ones before, neighbour not seized", FAKE_RESET_OK, FAKE_RESET_OK, false, true,
	  -ENODEV, "unusable -19\n", 0 },
};

KUNIT_ARRAY_PARAM_DESC(method, method_rows, name);

static void next_method(struct kunit *test)
{
	const struct method_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	struct fixture_guest other;

	KUNIT_ASSERT_NOT_NULL(test, was);
	if (row->neighbour)
		pciback_device_put(fixture_seize(test, f->fn[BELOW_1]));
	fake_pci_snapshot(fn, was);
	fixture_guest_init(&other, 8);

	device_use(test, dev, &f->guest);
	fn->ready_ms = READY_MS;
	fake_pci_set_reset(fn, row->own, row->bus);
	/* As with a link that is down: reads give all ones until a reset. */
	if (row->dead)
		WRITE_ONCE(fn->last_reset, FAKE_RESET_HANGS);
	pciback_device_deassign(dev, &f->guest.owner);

	expect_state(test, fn, row->state);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, row->nr_bus);
	KUNIT_EXPECT_EQ(test, f->fn[BELOW_1]->nr_bus_reset, row->nr_bus);
	KUNIT_EXPECT_EQ_MSG(test, write_do_flr(fn), row->err ?: 12, "tried again");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), row->err ? -EIO : 0);
	KUNIT_EXPECT_PTR_EQ(test, dev->owner, row->err ? NULL : &other.owner);
	if (!row->err) {
		fake_pci_set_reset(fn, FAKE_RESET_OK, FAKE_RESET_OK);
		pciback_device_deassign(dev, &other.owner);
	}

	/* Once resets work, do_flr makes the function usable. */
	fake_pci_set_reset(fn, FAKE_RESET_OK, FAKE_RESET_OK);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	expect_state(test, fn, "clean\n");
	fixture_expect_same(test, fn, was, "after do_flr");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), 0);
	pciback_device_deassign(dev, &other.owner);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);
	pciback_device_put(dev);
}

/*
 * do_flr resets a function, clean or assigned: a guest without a backend may have had it.
 * The history has each reset.
 */
static void clean(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 2, "clean");
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	expect_state(test, fn, "used\n");
	fixture_write(dev, PCI_COMMAND, 2, 0x0002);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 2, "no driver uses it: when it is deassigned");
	KUNIT_EXPECT_EQ_MSG(test, f->guest.detaches_expected, 1, "that is expected");
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 3, "a driver uses it");
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & 0x0006, 0x0006,
			    "registers are restored");
	expect_state(test, fn, "used\n");
	expect_history(test, fn, "method flr reason seize domain - ");
	pciback_device_deassign(dev, &f->guest.owner);
	expect_history(test, fn, "method flr reason deassign domain 7 ");
	pciback_device_put(dev);
}

struct input_row {
	const char *name;
	const char *text;
	int ret;
};

static const struct input_row input_rows[] = {
	{ "as xl writes it", "1234:00:03.0", 12 },
	{ "with a newline", "1234:00:03.0\n", 13 },
	{ "not seized", "1234:00:03.1", -ENODEV },
	{ "no such function", "1234:77:03.0", -ENODEV },
	{ "wildcard", "1234:00:03.*", -ENODEV },
	{ "no address", "reset", -EINVAL },
	{ "without any reset", "1234:00:06.0", -ENOTTY },
};

KUNIT_ARRAY_PARAM_DESC(input, input_rows, name);

static void do_flr(struct kunit *test)
{
	const struct input_row *row = test->param_value;
	struct seize_fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, fixture_driver_mode("do_flr") & 0777, 0200);
	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	pciback_device_put(fixture_seize(test, f->fn[CONV]));
	KUNIT_EXPECT_EQ(test, fixture_driver_write("do_flr", row->text), row->ret);
}

/* Two functions that only a bus reset can reset, and the owner of the second. */
enum bus_owner { OWNER_HOST, OWNER_NONE, OWNER_SAME, OWNER_OTHER };

struct bus_row {
	const char *name;
	enum bus_owner second;
	bool allowed;
};

static const struct bus_row bus_rows[] = {
	{ "host", OWNER_HOST, false },
	{ "idle", OWNER_NONE, true },
	{ "same guest", OWNER_SAME, true },
	{ "another guest", OWNER_OTHER, false },
};

KUNIT_ARRAY_PARAM_DESC(bus, bus_rows, name);

static void bus_reset(struct kunit *test)
{
	const struct bus_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW], *fn_1 = f->fn[BELOW_1];
	struct pcistub_device *dev, *dev_1 = NULL;
	u8 *was = kunit_kzalloc(test, 2 * PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	u8 *was_1 = was + PCI_CFG_SPACE_EXP_SIZE;
	struct fixture_guest other;
	unsigned int before;

	KUNIT_ASSERT_NOT_NULL(test, was);
	fixture_guest_init(&other, 8);
	fn_no_own_reset(test, fn);
	fn_no_own_reset(test, fn_1);
	dev = fixture_seize(test, fn);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_bus_reset, 0, "the neighbour is not seized");
	if (row->second != OWNER_HOST) {
		dev_1 = fixture_seize(test, fn_1);
		KUNIT_EXPECT_EQ_MSG(test, fn_1->nr_bus_reset, 1, "both are seized");
		expect_state(test, fn, "clean\n");
	}
	fake_pci_snapshot(fn, was);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	if (row->second == OWNER_SAME)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev_1, &f->guest.owner), 0);
	if (row->second == OWNER_OTHER)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev_1, &other.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	if (dev_1 && dev_1->owner)
		fixture_write(dev_1, PCI_COMMAND, 2, 0x0007);
	fake_pci_snapshot(fn_1, was_1);

	before = fn->nr_bus_reset;
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset - before, row->allowed);
	KUNIT_EXPECT_EQ(test, fn_1->nr_bus_reset, fn->nr_bus_reset);
	fixture_expect_same(test, fn, was, "the function");
	fixture_expect_same(test, fn_1, was_1, "the neighbour");
	if (!row->allowed)
		expect_history(test, fn,
			       "method none reason deassign domain 7 ms 0 count 1 result -16\n");
	if (row->second == OWNER_SAME)
		expect_history(test, fn_1, "method bus reason neighbour domain 7 ");

	if (dev_1) {
		pciback_device_deassign(dev_1, row->second == OWNER_SAME ? &f->guest.owner :
								  &other.owner);
		pciback_device_put(dev_1);
	}
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);
	pciback_device_put(dev);
}

/* Two hidden functions on one bus are seized at the same time, and get one bus reset. */
static void seize_neighbours(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	int round;

	fn_no_own_reset(test, f->fn[BELOW]);
	fn_no_own_reset(test, f->fn[BELOW_1]);
	for (round = 0; round < 5; round++) {
		unsigned int before = f->fn[BELOW]->nr_bus_reset;

		fixture_driver_stop(f);
		KUNIT_ASSERT_EQ(test, pciback_slots_hide("(1234:01:00.*)"), 0);
		KUNIT_ASSERT_EQ(test, fixture_driver_start(f), 0);
		expect_state(test, f->fn[BELOW], "clean\n");
		expect_state(test, f->fn[BELOW_1], "clean\n");
		KUNIT_EXPECT_EQ(test, f->fn[BELOW]->nr_bus_reset, before + 1);
		KUNIT_EXPECT_EQ(test, f->fn[BELOW_1]->nr_bus_reset, before + 1);
	}
}

/* Two functions on one bus that are deassigned together get one bus reset. */
static void batch_deassign(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev[4];
	static const enum fixture_fn fns[] = { BELOW, BELOW_1, CARD, CONV_AF };
	int i;

	fn_no_own_reset(test, f->fn[BELOW]);
	fn_no_own_reset(test, f->fn[BELOW_1]);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		dev[i] = fixture_seize(test, f->fn[fns[i]]);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev[i], &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, f->fn[BELOW]->nr_bus_reset, 1);
	pciback_batch_deassign(dev, ARRAY_SIZE(dev), &f->guest.owner);
	flush_workqueue(pciback_device_wq);
	KUNIT_EXPECT_EQ(test, f->fn[BELOW]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, f->fn[BELOW_1]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, f->fn[CARD]->nr_flr, 2);
	KUNIT_EXPECT_EQ(test, f->fn[CONV_AF]->nr_flr, 2);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		KUNIT_EXPECT_NULL(test, dev[i]->owner);
		expect_state(test, f->fn[fns[i]], "clean\n");
		pciback_device_put(dev[i]);
	}
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
}

/* The same for two functions that are reset for reconnect; they stay assigned. */
static void batch_reconnect(struct kunit *test)
{
	static const enum fixture_fn fns[] = { BELOW, BELOW_1, CARD };
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev[ARRAY_SIZE(fns)];
	int i;

	fn_no_own_reset(test, f->fn[BELOW]);
	fn_no_own_reset(test, f->fn[BELOW_1]);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		dev[i] = fixture_seize(test, f->fn[fns[i]]);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev[i], &f->guest.owner), 0);
		fixture_write(dev[i], PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
	pciback_batch_reset_for_reconnect(dev, ARRAY_SIZE(dev), &f->guest.owner);
	KUNIT_EXPECT_EQ(test, f->fn[BELOW]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, f->fn[BELOW_1]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, f->fn[CARD]->nr_flr, 2);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		KUNIT_EXPECT_PTR_EQ(test, dev[i]->owner, &f->guest.owner);
		KUNIT_EXPECT_FALSE(test, dev[i]->detaching);
		KUNIT_EXPECT_EQ(test, fixture_read(dev[i], PCI_COMMAND, 2), 0);
		expect_state(test, f->fn[fns[i]], "used\n");
		pciback_device_deassign(dev[i], &f->guest.owner);
		pciback_device_put(dev[i]);
	}
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
}

/* Print the longest time that a deassign takes. The time is not checked. */
static void longest_wait(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = fixture_seize(test, fn);
	ktime_t start;

	pciback_device_put(fixture_seize(test, f->fn[BELOW_1]));
	device_use(test, dev, &f->guest);
	fake_pci_set_reset(fn, FAKE_RESET_HANGS, FAKE_RESET_HANGS);
	pciback_reset_wait_ms = old_wait_ms;
	start = ktime_get();
	pciback_device_deassign(dev, &f->guest.owner);
	kunit_info(test, "deassigned, FLR and the reset of its bus hang: %lld ms\n",
		   ktime_ms_delta(ktime_get(), start));
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, 1);
	expect_state(test, fn, "unusable -110\n");

	pciback_reset_wait_ms = WAIT_MS;
	fake_pci_set_reset(fn, FAKE_RESET_OK, FAKE_RESET_OK);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	expect_state(test, fn, "clean\n");
	pciback_device_put(dev);
}

/* The exact text: programs read this file. */
static void plan_file(struct kunit *test)
{
	struct seize_fixture *f = test->priv;

	pciback_device_put(fixture_seize(test, f->fn[BELOW]));
	KUNIT_EXPECT_STREQ(test, fn_file_read(test, f->fn[BELOW], "reset_plan"),
			   "method flr verdict allowed bridge - blocker - functions 1234:01:00.0\n"
			   "method bus verdict not-seized bridge 1234:00:04.0 blocker 1234:01:00.1 functions 1234:01:00.0 1234:01:00.1\n");
	pciback_device_put(fixture_seize(test, f->fn[BELOW_1]));
	KUNIT_EXPECT_STREQ(test, fn_file_read(test, f->fn[BELOW], "reset_plan"),
			   "method flr verdict allowed bridge - blocker - functions 1234:01:00.0\n"
			   "method bus verdict allowed bridge 1234:00:04.0 blocker - functions 1234:01:00.0 1234:01:00.1\n");
	pciback_device_put(fixture_seize(test, f->fn[CONV_PM_RESET]));
	KUNIT_EXPECT_STREQ(test, fn_file_read(test, f->fn[CONV_PM_RESET], "reset_plan"),
			   "method pm verdict allowed bridge - blocker - functions 1234:00:07.0\n"
			   "method bus verdict root-bus bridge - blocker - functions 1234:00:07.0\n");
}

/*
 * Some Intel network controllers have an Advanced Features capability that is not in the
 * list; a MediaTek device has FLR that hangs.
 */
static void device_quirks(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(f->fn[CONV]);
	struct pci_dev *card = fake_pci_dev_get(f->fn[CARD]);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_NOT_NULL(test, card);
	pdev->vendor = PCI_VENDOR_ID_INTEL;
	f->fn[CONV]->af = 0xe0;
	put_unaligned_le32(0x03060013, f->fn[CONV]->cfg + 0xe0);
	put_unaligned_le32(0x03060013, f->fn[CONV]->reset + 0xe0);
	pciback_device_put(fixture_seize(test, f->fn[CONV]));
	KUNIT_EXPECT_EQ(test, f->fn[CONV]->nr_flr, 1);
	expect_history(test, f->fn[CONV], "method af_flr reason seize ");

	card->vendor = 0x14c3;
	card->device = 0x0616;
	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	KUNIT_EXPECT_EQ_MSG(test, f->fn[CARD]->nr_flr, 0, "its FLR hangs");
	pci_dev_put(card);
	pci_dev_put(pdev);
}

/* Repeated resets by a guest take one line of the history. */
static void guest_resets(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);
	int i;

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	for (i = 0; i < 3; i++) {
		fixture_write(dev, 0x70 + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
		flush_work(&dev->guest_reset_work);
	}
	KUNIT_EXPECT_EQ(test, f->fn[CARD]->nr_flr, 4);
	KUNIT_EXPECT_EQ(test, dev->reset.history.nr, 2);
	expect_history(test, f->fn[CARD], " count 3 result 0\n");
	/* If such a reset hangs, the function is not marked unusable before the deassign. */
	fake_pci_set_reset(f->fn[CARD], FAKE_RESET_HANGS, FAKE_RESET_OK);
	fixture_write(dev, 0x70 + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
	flush_work(&dev->guest_reset_work);
	KUNIT_EXPECT_EQ(test, dev->reset.error, 0);
	pciback_device_deassign(dev, &f->guest.owner);
	expect_state(test, f->fn[CARD], "unusable -19\n");
	fake_pci_set_reset(f->fn[CARD], FAKE_RESET_OK, FAKE_RESET_OK);
	KUNIT_EXPECT_EQ(test, write_do_flr(f->fn[CARD]), 12);
	pciback_device_put(dev);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE_PARAM(next_method, method_gen_params),
	KUNIT_CASE(clean),
	KUNIT_CASE_PARAM(do_flr, input_gen_params),
	KUNIT_CASE_PARAM(bus_reset, bus_gen_params),
	KUNIT_CASE(seize_neighbours),
	KUNIT_CASE(batch_deassign),
	KUNIT_CASE(batch_reconnect),
	KUNIT_CASE(longest_wait),
	KUNIT_CASE(plan_file),
	KUNIT_CASE(device_quirks),
	KUNIT_CASE(guest_resets),
	{}
};

struct kunit_suite reset_suite = {
	.name = "reset",
	.init = reset_init,
	.exit = reset_exit,
	.test_cases = reset_cases,
};
