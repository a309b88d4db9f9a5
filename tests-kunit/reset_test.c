// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Resets as they go wrong, and what else they hit: functions that do not come
 * back, come back late or as something else; neighbours that are the host's,
 * another guest's, or the same guest's.
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
/* Enough for a function that is late, and short for one that does not come. */
#define WAIT_MS		300
#define LATE_MS		150

static unsigned int was_wait_ms;

static int reset_init(struct kunit *test)
{
	was_wait_ms = pciback_reset_wait_ms;
	pciback_reset_wait_ms = WAIT_MS;
	return seize_fixture_init(test);
}

static void reset_exit(struct kunit *test)
{
	seize_fixture_exit(test);
	pciback_reset_wait_ms = was_wait_ms;
}

/* From here on nothing resets it but its bus. */
static void no_own_reset(struct kunit *test, struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	memset(pdev->reset_methods, 0, sizeof(pdev->reset_methods));
	pci_dev_put(pdev);
}

static ssize_t do_flr(struct fake_pci_fn *fn)
{
	return fixture_driver_write("do_flr", fixture_name(fn));
}

/* One of the function's own files. */
static const char *file_of(struct kunit *test, struct fake_pci_fn *fn, const char *file)
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
	KUNIT_EXPECT_STREQ(test, file_of(test, fn, "reset_state"), state);
}

static void expect_history(struct kunit *test, struct fake_pci_fn *fn, const char *part)
{
	const char *text = file_of(test, fn, "reset_history");

	KUNIT_EXPECT_TRUE_MSG(test, strstr(text, part), "no \"%s\" in:\n%s", part, text);
}

static void make_used(struct kunit *test, struct pcistub_device *dev, struct fixture_guest *guest)
{
	/* As if it had missed its reset: nobody but a guest makes it so. */
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &guest->owner), 0);
}

struct mood_row {
	const char *name;
	enum fake_pci_mood own, bus;
	bool neighbour;		/* is ours too */
	bool dead;		/* before anybody resets it */
	int err;		/* of the first do_flr after it */
	const char *state;	/* before */
	unsigned int nr_bus;
};

/* What a hand-back makes of a function with FLR below a port, with a neighbour. */
static const struct mood_row mood_rows[] = {
	{ "obeys", FAKE_OBEYS, FAKE_OBEYS, false, false, 0, "clean\n", 0 },
	{ "late", FAKE_LATE, FAKE_OBEYS, false, false, 0, "clean\n", 0 },
	{ "hangs, bus helps", FAKE_HANGS, FAKE_OBEYS, true, false, 0, "clean\n", 1 },
	{ "hangs, bus not ours", FAKE_HANGS, FAKE_OBEYS, false, false, -ENODEV,
	  "unusable -110\n", 0 },
	{ "hangs for good", FAKE_HANGS, FAKE_HANGS, true, false, -ETIMEDOUT,
	  "unusable -110\n", 1 },
	{ "hangs, late after the bus", FAKE_HANGS, FAKE_LATE, true, false, 0, "clean\n", 1 },
	{ "loses BARs, bus helps", FAKE_LOSES_BARS, FAKE_OBEYS, true, false, 0, "clean\n", 1 },
	{ "loses BARs for good", FAKE_LOSES_BARS, FAKE_LOSES_BARS, true, false, -EIO,
	  "unusable -5\n", 1 },
	{ "another device", FAKE_CHANGES, FAKE_OBEYS, true, false, 0, "clean\n", 1 },
	{ "another device, bus not ours", FAKE_CHANGES, FAKE_OBEYS, false, false, -ENXIO,
	  "unusable -6\n", 0 },
	{ "all ones before, bus helps", FAKE_OBEYS, FAKE_OBEYS, true, true, 0, "clean\n", 1 },
	{ "all ones before, bus not ours", FAKE_OBEYS, FAKE_OBEYS, false, true, -ENODEV,
	  "unusable -19\n", 0 },
};

KUNIT_ARRAY_PARAM_DESC(mood, mood_rows, name);

static void takes_the_next_method(struct kunit *test)
{
	const struct mood_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	struct fixture_guest other;

	KUNIT_ASSERT_NOT_NULL(test, was);
	if (row->neighbour)
		pciback_device_put(fixture_seize(test, b->fn[BELOW_1]));
	fake_pci_snapshot(fn, was);
	fixture_guest_init(&other, 8);

	make_used(test, dev, &b->guest);
	fn->late_ms = LATE_MS;
	fake_pci_set_mood(fn, row->own, row->bus);
	/* Whose link is down says so until somebody resets it, and its bus is up. */
	if (row->dead)
		WRITE_ONCE(fn->mood, FAKE_HANGS);
	pciback_device_deassign(dev, &b->guest.owner);

	expect_state(test, fn, row->state);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, row->nr_bus);
	KUNIT_EXPECT_EQ(test, b->fn[BELOW_1]->nr_bus_reset, row->nr_bus);
	KUNIT_EXPECT_EQ_MSG(test, do_flr(fn), row->err ?: 12, "again, or clean already");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), row->err ? -EIO : 0);
	KUNIT_EXPECT_PTR_EQ(test, dev->owner, row->err ? NULL : &other.owner);
	if (!row->err) {
		fake_pci_set_mood(fn, FAKE_OBEYS, FAKE_OBEYS);
		pciback_device_deassign(dev, &other.owner);
	}

	/* Whatever it was, once it is over a new try puts it right. */
	fake_pci_set_mood(fn, FAKE_OBEYS, FAKE_OBEYS);
	KUNIT_EXPECT_EQ(test, do_flr(fn), 12);
	expect_state(test, fn, "clean\n");
	fixture_expect_same(test, fn, was, "after all");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), 0);
	pciback_device_deassign(dev, &other.owner);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);
	pciback_device_put(dev);
}

/* What is known to be clean is left alone; who asks in vain is told why. */
static void does_not_repeat_itself(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	KUNIT_EXPECT_EQ(test, do_flr(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 1, "clean");
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	expect_state(test, fn, "used\n");
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	KUNIT_EXPECT_EQ(test, do_flr(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 2, "a guest has it");
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & 0x0006, 0x0006,
			    "and finds it as it was");
	expect_state(test, fn, "used\n");
	expect_history(test, fn, "method flr reason seize domain - ");
	expect_history(test, fn, "method flr reason request domain 7 ");
	pciback_device_deassign(dev, &b->guest.owner);
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

static void do_flr_takes_addresses(struct kunit *test)
{
	const struct input_row *row = test->param_value;
	struct seize_fixture *b = test->priv;

	KUNIT_EXPECT_EQ(test, fixture_driver_mode("do_flr") & 0777, 0200);
	pciback_device_put(fixture_seize(test, b->fn[CARD]));
	pciback_device_put(fixture_seize(test, b->fn[PLAIN]));
	KUNIT_EXPECT_EQ(test, fixture_driver_write("do_flr", row->text), row->ret);
}

/* Two functions that only their bus can reset, and whose the second one is. */
enum whose { THE_HOSTS, IDLE, SAME_GUESTS, ANOTHER_GUESTS };

struct bus_row {
	const char *name;
	enum whose second;
	ssize_t ret;
};

static const struct bus_row bus_rows[] = {
	{ "host", THE_HOSTS, -EBUSY },
	{ "idle", IDLE, 12 },
	{ "same guest", SAME_GUESTS, 12 },
	{ "another guest", ANOTHER_GUESTS, -EBUSY },
};

KUNIT_ARRAY_PARAM_DESC(bus, bus_rows, name);

static void asks_before_it_resets_a_bus(struct kunit *test)
{
	const struct bus_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW], *fn_1 = b->fn[BELOW_1];
	struct pcistub_device *dev, *dev_1 = NULL;
	u8 *was = kunit_kzalloc(test, 2 * PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	u8 *was_1 = was + PCI_CFG_SPACE_EXP_SIZE;
	struct fixture_guest other;
	unsigned int before;

	KUNIT_ASSERT_NOT_NULL(test, was);
	fixture_guest_init(&other, 8);
	no_own_reset(test, fn);
	no_own_reset(test, fn_1);
	dev = fixture_seize(test, fn);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_bus_reset, 0, "its neighbour is the host's");
	if (row->second != THE_HOSTS) {
		dev_1 = fixture_seize(test, fn_1);
		KUNIT_EXPECT_EQ_MSG(test, fn_1->nr_bus_reset, 1, "now both are ours");
		expect_state(test, fn, "clean\n");
	}
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	if (row->second == SAME_GUESTS)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev_1, &b->guest.owner), 0);
	if (row->second == ANOTHER_GUESTS)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev_1, &other.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	if (dev_1 && dev_1->owner)
		fixture_write(dev_1, PCI_COMMAND, 2, 0x0007);
	fake_pci_snapshot(fn, was);
	fake_pci_snapshot(fn_1, was_1);

	before = fn->nr_bus_reset;
	KUNIT_EXPECT_EQ(test, do_flr(fn), row->ret);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset - before, row->ret > 0);
	KUNIT_EXPECT_EQ(test, fn_1->nr_bus_reset, fn->nr_bus_reset);
	fixture_expect_same(test, fn, was, "the one");
	fixture_expect_same(test, fn_1, was_1, "its neighbour");
	if (row->ret < 0)
		expect_history(test, fn,
			       "method none reason request domain 7 ms 0 count 1 result -16\n");
	if (row->second == SAME_GUESTS)
		expect_history(test, fn_1, "method bus reason neighbour domain 7 ");

	if (dev_1) {
		pciback_device_deassign(dev_1, row->second == SAME_GUESTS ? &b->guest.owner :
								  &other.owner);
		pciback_device_put(dev_1);
	}
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);
	pciback_device_put(dev);
}

/* Hidden together, two functions are seized side by side, and each is in the other's way. */
static void seizes_neighbours_side_by_side(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	int round;

	no_own_reset(test, b->fn[BELOW]);
	no_own_reset(test, b->fn[BELOW_1]);
	for (round = 0; round < 5; round++) {
		unsigned int before = b->fn[BELOW]->nr_bus_reset;

		fixture_driver_stop(b);
		KUNIT_ASSERT_EQ(test, pciback_slots_hide("(1234:01:00.*)"), 0);
		KUNIT_ASSERT_EQ(test, fixture_driver_start(b), 0);
		expect_state(test, b->fn[BELOW], "clean\n");
		expect_state(test, b->fn[BELOW_1], "clean\n");
		KUNIT_EXPECT_EQ(test, b->fn[BELOW]->nr_bus_reset, before + 1);
		KUNIT_EXPECT_EQ(test, b->fn[BELOW_1]->nr_bus_reset, before + 1);
	}
}

/* Given back together, two functions need one reset of their bus. */
static void returns_several_at_once(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev[4];
	static const enum fixture_fn fns[] = { BELOW, BELOW_1, CARD, OLD };
	int i;

	no_own_reset(test, b->fn[BELOW]);
	no_own_reset(test, b->fn[BELOW_1]);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		dev[i] = fixture_seize(test, b->fn[fns[i]]);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev[i], &b->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, b->fn[BELOW]->nr_bus_reset, 1);
	pciback_batch_deassign(dev, ARRAY_SIZE(dev), &b->guest.owner);
	KUNIT_EXPECT_EQ(test, b->fn[BELOW]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, b->fn[BELOW_1]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, b->fn[CARD]->nr_flr, 2);
	KUNIT_EXPECT_EQ(test, b->fn[OLD]->nr_flr, 2);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		KUNIT_EXPECT_NULL(test, dev[i]->owner);
		expect_state(test, b->fn[fns[i]], "clean\n");
		pciback_device_put(dev[i]);
	}
	KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
}

/* So do two that are made new for another frontend, and the guest keeps them. */
static void renews_several_at_once(struct kunit *test)
{
	static const enum fixture_fn fns[] = { BELOW, BELOW_1, CARD };
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev[ARRAY_SIZE(fns)];
	int i;

	no_own_reset(test, b->fn[BELOW]);
	no_own_reset(test, b->fn[BELOW_1]);
	for (i = 0; i < ARRAY_SIZE(fns); i++)
		dev[i] = fixture_seize(test, b->fn[fns[i]]);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev[i], &b->guest.owner), 0);
		fixture_write(dev[i], PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	}
	pciback_batch_reset_for_reconnect(dev, ARRAY_SIZE(dev), &b->guest.owner);
	KUNIT_EXPECT_EQ(test, b->fn[BELOW]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, b->fn[BELOW_1]->nr_bus_reset, 2);
	KUNIT_EXPECT_EQ(test, b->fn[CARD]->nr_flr, 2);
	for (i = 0; i < ARRAY_SIZE(fns); i++) {
		KUNIT_EXPECT_PTR_EQ(test, dev[i]->owner, &b->guest.owner);
		KUNIT_EXPECT_FALSE(test, dev[i]->detaching);
		KUNIT_EXPECT_EQ(test, fixture_read(dev[i], PCI_COMMAND, 2), 0);
		expect_state(test, b->fn[fns[i]], "used\n");
		pciback_device_deassign(dev[i], &b->guest.owner);
		pciback_device_put(dev[i]);
	}
	KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
}

/* The longest that a write to a file takes; a figure for the reader, not a claim. */
static void tells_its_longest_wait(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];
	struct pcistub_device *dev = fixture_seize(test, fn);
	ktime_t start;

	pciback_device_put(fixture_seize(test, b->fn[BELOW_1]));
	make_used(test, dev, &b->guest);
	fake_pci_set_mood(fn, FAKE_HANGS, FAKE_HANGS);
	pciback_reset_wait_ms = was_wait_ms;
	start = ktime_get();
	KUNIT_EXPECT_EQ(test, do_flr(fn), -ETIMEDOUT);
	kunit_info(test, "do_flr, FLR and the reset of its bus hang: %lld ms\n",
		   ktime_ms_delta(ktime_get(), start));
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, 1);

	pciback_reset_wait_ms = WAIT_MS;
	fake_pci_set_mood(fn, FAKE_OBEYS, FAKE_OBEYS);
	pciback_device_deassign(dev, &b->guest.owner);
	expect_state(test, fn, "clean\n");
	pciback_device_put(dev);
}

/* Files are for programs too: their exact form. */
static void shows_the_plan(struct kunit *test)
{
	struct seize_fixture *b = test->priv;

	pciback_device_put(fixture_seize(test, b->fn[BELOW]));
	KUNIT_EXPECT_STREQ(test, file_of(test, b->fn[BELOW], "reset_plan"),
			   "method flr verdict allowed bridge - blocker - functions 1234:01:00.0\n"
			   "method bus verdict not-seized bridge 1234:00:04.0 blocker 1234:01:00.1 functions 1234:01:00.0 1234:01:00.1\n");
	pciback_device_put(fixture_seize(test, b->fn[BELOW_1]));
	KUNIT_EXPECT_STREQ(test, file_of(test, b->fn[BELOW], "reset_plan"),
			   "method flr verdict allowed bridge - blocker - functions 1234:01:00.0\n"
			   "method bus verdict allowed bridge 1234:00:04.0 blocker - functions 1234:01:00.0 1234:01:00.1\n");
	pciback_device_put(fixture_seize(test, b->fn[SOFT]));
	KUNIT_EXPECT_STREQ(test, file_of(test, b->fn[SOFT], "reset_plan"),
			   "method pm verdict allowed bridge - blocker - functions 1234:00:07.0\n"
			   "method bus verdict root-bus bridge - blocker - functions 1234:00:07.0\n");
}

/* An Intel network controller hides its Advanced Features behind the list's end. */
static void knows_who_lies(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(b->fn[PLAIN]);
	struct pci_dev *card = fake_pci_dev_get(b->fn[CARD]);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_NOT_NULL(test, card);
	pdev->vendor = PCI_VENDOR_ID_INTEL;
	b->fn[PLAIN]->af = 0xe0;
	put_unaligned_le32(0x03060013, b->fn[PLAIN]->cfg + 0xe0);
	put_unaligned_le32(0x03060013, b->fn[PLAIN]->reset + 0xe0);
	pciback_device_put(fixture_seize(test, b->fn[PLAIN]));
	KUNIT_EXPECT_EQ(test, b->fn[PLAIN]->nr_flr, 1);
	expect_history(test, b->fn[PLAIN], "method af_flr reason seize ");

	card->vendor = 0x14c3;
	card->device = 0x0616;
	pciback_device_put(fixture_seize(test, b->fn[CARD]));
	KUNIT_EXPECT_EQ_MSG(test, b->fn[CARD]->nr_flr, 0, "its FLR would hang");
	pci_dev_put(card);
	pci_dev_put(pdev);
}

/* A guest may reset its function as often as it likes: one line of history. */
static void guest_resets_take_one_line(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[CARD]);
	int i;

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	for (i = 0; i < 3; i++) {
		fixture_write(dev, 0x70 + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
		pciback_device_guest_reset(dev, &b->guest.owner);
	}
	KUNIT_EXPECT_EQ(test, b->fn[CARD]->nr_flr, 4);
	KUNIT_EXPECT_EQ(test, dev->reset.history.nr, 2);
	expect_history(test, b->fn[CARD], " count 3 result 0\n");
	/* One that hangs is the guest's own affair, until it leaves. */
	fake_pci_set_mood(b->fn[CARD], FAKE_HANGS, FAKE_OBEYS);
	fixture_write(dev, 0x70 + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
	pciback_device_guest_reset(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, dev->reset.error, 0);
	pciback_device_deassign(dev, &b->guest.owner);
	expect_state(test, b->fn[CARD], "unusable -19\n");
	fake_pci_set_mood(b->fn[CARD], FAKE_OBEYS, FAKE_OBEYS);
	KUNIT_EXPECT_EQ(test, do_flr(b->fn[CARD]), 12);
	pciback_device_put(dev);
}

static struct kunit_case reset_cases[] = {
	KUNIT_CASE_PARAM(takes_the_next_method, mood_gen_params),
	KUNIT_CASE(does_not_repeat_itself),
	KUNIT_CASE_PARAM(do_flr_takes_addresses, input_gen_params),
	KUNIT_CASE_PARAM(asks_before_it_resets_a_bus, bus_gen_params),
	KUNIT_CASE(seizes_neighbours_side_by_side),
	KUNIT_CASE(returns_several_at_once),
	KUNIT_CASE(renews_several_at_once),
	KUNIT_CASE(tells_its_longest_wait),
	KUNIT_CASE(shows_the_plan),
	KUNIT_CASE(knows_who_lies),
	KUNIT_CASE(guest_resets_take_one_line),
	{}
};

struct kunit_suite reset_suite = {
	.name = "reset",
	.init = reset_init,
	.exit = reset_exit,
	.test_cases = reset_cases,
};
