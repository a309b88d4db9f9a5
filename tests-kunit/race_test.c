// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Everything at once: binding against unbinding, guests against unbinding,
 * readers of sysfs against unloading, removal and a dying link in the middle of
 * accesses. Nothing is asserted of who wins, only of what is left. What goes
 * wrong on the way shows on a kernel with KASAN and lockdep: see debug/.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "record/record.h"
#include "main_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#define CARD_NAME	"1234:00:03.0"
#define PLAIN_NAME	"1234:00:06.0"

/**
 * struct racer - somebody who does one thing over and over
 * @task: his thread
 * @step: the thing
 * @b: what he does it to
 * @dev: the function he does it to, or NULL
 * @rounds: how often he did it
 */
struct racer {
	struct task_struct *task;
	void (*step)(struct racer *racer);
	struct seize_fixture *b;
	struct pcistub_device *dev;
	unsigned int rounds;
};

static int racer_thread(void *data)
{
	struct racer *racer = data;

	while (!kthread_should_stop()) {
		racer->step(racer);
		racer->rounds++;
		cond_resched();
	}
	return 0;
}

static void race_start(struct kunit *test, struct racer *racer, void (*step)(struct racer *racer))
{
	racer->b = test->priv;
	racer->step = step;
	racer->task = kthread_run(racer_thread, racer, "race");
	/* No assertion: others may be running, and must be stopped. */
	KUNIT_EXPECT_FALSE(test, IS_ERR(racer->task));
}

static void race_wait(struct racer *racer, unsigned int rounds)
{
	while (!IS_ERR(racer->task) && READ_ONCE(racer->rounds) < rounds)
		schedule_timeout_uninterruptible(1);
}

/* Each has to have had his turns, or there was no race. */
static void race_end(struct racer *racers, int nr, unsigned int rounds)
{
	int i;

	for (i = 0; i < nr; i++)
		race_wait(&racers[i], rounds);
	for (i = 0; i < nr; i++)
		if (!IS_ERR(racers[i].task))
			kthread_stop(racers[i].task);
}

static void bind_plain(struct racer *racer)
{
	fixture_driver_write("bind", PLAIN_NAME);
}

static void unbind_plain(struct racer *racer)
{
	fixture_driver_write("unbind", PLAIN_NAME);
}

static void relist_plain(struct racer *racer)
{
	fixture_driver_write("remove_slot", PLAIN_NAME);
	fixture_driver_write("new_slot", PLAIN_NAME);
}

static void read_and_write_files(struct racer *racer)
{
	char text[512];

	fixture_debug_read("/sys/kernel/debug/xen-pciback/devices/" PLAIN_NAME "/counters", text,
			   sizeof(text));
	fixture_driver_read("slots", text, sizeof(text));
	fixture_driver_read("permissive", text, sizeof(text));
	fixture_driver_read("quirks", text, sizeof(text));
	fixture_driver_read("allow_interrupt_control", text, sizeof(text));
	fixture_driver_write("permissive", PLAIN_NAME);
	fixture_driver_write("allow_interrupt_control", PLAIN_NAME);
	fixture_driver_write("quirks", PLAIN_NAME "-e0:4:0");
	fixture_driver_read("../../devices/" PLAIN_NAME "/pciback/dropped_writes", text,
			    sizeof(text));
	fixture_driver_write("../../devices/" PLAIN_NAME "/pciback/write_level", "strict");
}

static void access_dev(struct pcistub_device *dev, struct fixture_guest *guest)
{
	u32 val;

	mutex_lock(&dev->lock);
	if (pciback_device_is_usable_by(dev, &guest->owner)) {
		pciback_device_conf_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
		pciback_device_conf_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
		pciback_device_conf_read(dev, PCI_BASE_ADDRESS_0, 4, &val);
		pciback_device_conf_read(dev, PCI_VENDOR_ID, 4, &val);
		pciback_device_conf_write(dev, PCI_SUBSYSTEM_VENDOR_ID, 4, val);
		pciback_device_conf_write(dev, PCI_COMMAND, 2, 0);
	}
	mutex_unlock(&dev->lock);
}

/* A guest that takes what it finds, uses it and gives it back. */
static void come_and_go_as_guest(struct racer *racer)
{
	struct pcistub_device *dev = fixture_find(racer->b->fn[PLAIN]);

	if (!dev)
		return;
	if (!pciback_device_assign(dev, &racer->b->guest.owner)) {
		access_dev(dev, &racer->b->guest);
		pciback_device_deassign(dev, &racer->b->guest.owner);
	}
	pciback_device_put(dev);
}

static void access_as_guest(struct racer *racer)
{
	access_dev(racer->dev, &racer->b->guest);
}

static void expect_quiet(struct kunit *test, enum fixture_fn i, const u8 *was)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[i];
	u8 *now = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	int off;

	KUNIT_ASSERT_NOT_NULL(test, now);
	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(fn));
	KUNIT_EXPECT_NULL(test, fixture_find(fn));
	KUNIT_EXPECT_NULL(test, pci_get_drvdata(pdev));
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(pdev));
	KUNIT_EXPECT_FALSE(test, pci_is_dev_assigned(pdev));
	KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
	fake_pci_snapshot(fn, now);
	/* But for COMMAND: whoever had a guest goes on decoding. */
	for (off = 0; off < fn->size; off++)
		if (off != PCI_COMMAND)
			KUNIT_EXPECT_EQ_MSG(test, now[off], was[off], "byte %#x", off);
	KUNIT_EXPECT_EQ(test, now[PCI_COMMAND] & PCI_COMMAND_MASTER, 0);
	pci_dev_put(pdev);
}

static u8 *snapshot(struct kunit *test, enum fixture_fn i)
{
	struct seize_fixture *b = test->priv;
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, was);
	fake_pci_snapshot(b->fn[i], was);
	return was;
}

struct race_row {
	void (*step[4])(struct racer *racer);
	const char *name;
};

static const struct race_row race_rows[] = {
	{ { bind_plain, bind_plain, unbind_plain, unbind_plain }, "two bind, two unbind" },
	{ { bind_plain, unbind_plain, relist_plain }, "bind, unbind, remove_slot" },
	{ { bind_plain, unbind_plain, read_and_write_files }, "bind, unbind, every file" },
	{ { bind_plain, unbind_plain, come_and_go_as_guest }, "bind, unbind, a guest" },
	{ { bind_plain, unbind_plain, come_and_go_as_guest, read_and_write_files },
	  "bind, unbind, a guest, every file" },
};

KUNIT_ARRAY_PARAM_DESC(race, race_rows, name);

static void leaves_nothing_behind(struct kunit *test)
{
	const struct race_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct racer racers[ARRAY_SIZE(row->step)] = { };
	u8 *was = snapshot(test, PLAIN);
	int nr;

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", PLAIN_NAME), 0);
	for (nr = 0; nr < ARRAY_SIZE(row->step) && row->step[nr]; nr++)
		race_start(test, &racers[nr], row->step[nr]);
	race_end(racers, nr, 20);

	fixture_driver_write("new_slot", PLAIN_NAME);
	fixture_bind(b->fn[PLAIN]);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(b->fn[PLAIN]));
	KUNIT_EXPECT_EQ(test, fixture_unbind(b->fn[PLAIN]), 12);
	expect_quiet(test, PLAIN, was);
}

/* The module goes while its files are read and written and a guest is busy. */
static void module_goes_amid_it(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct racer racers[3] = { };
	u8 *was = snapshot(test, PLAIN);
	int round;

	fixture_driver_stop(b);
	race_start(test, &racers[0], read_and_write_files);
	race_start(test, &racers[1], come_and_go_as_guest);
	race_start(test, &racers[2], bind_plain);
	for (round = 0; round < 5; round++) {
		KUNIT_EXPECT_EQ(test, glue_module_init(true, "(" PLAIN_NAME ")", NULL), 0);
		glue_module_exit();
	}
	race_end(racers, ARRAY_SIZE(racers), 1);
	expect_quiet(test, PLAIN, was);
}

struct loss_row {
	const char *name;
	bool dead;		/* the link dies some time before the removal is noticed */
};

static const struct loss_row loss_rows[] = {
	{ "unplugged", false },
	{ "all ones, then unplugged", true },
};

KUNIT_ARRAY_PARAM_DESC(loss, loss_rows, name);

/* Of a function that is gone a guest hears no more than that it is gone. */
static void removal_mid_access(struct kunit *test)
{
	const struct loss_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct racer racers[2] = { };
	struct pcistub_device *dev;
	int i, round;

	for (round = 0; round < 3; round++) {
		dev = round ? fixture_find(fn) : fixture_seize(test, fn);
		KUNIT_ASSERT_NOT_NULL(test, dev);
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
		for (i = 0; i < ARRAY_SIZE(racers); i++) {
			racers[i] = (struct racer){ .dev = dev };
			race_start(test, &racers[i], access_as_guest);
		}
		race_wait(&racers[0], 20);
		if (row->dead) {
			fake_pci_set_dead(fn, true);
			schedule_timeout_uninterruptible(2);
		}
		fake_pci_unplug(fn);
		race_end(racers, ARRAY_SIZE(racers), 20);

		KUNIT_EXPECT_EQ(test, b->guest.revoked, round + 1);
		KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
		KUNIT_EXPECT_NULL(test, fixture_find(fn));
		pciback_device_put(dev);
		/* Its slot is still in the list: the new one is seized. */
		fake_pci_replug(fn);
		async_synchronize_full();
	}
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
}

/* A link that dies and stays: everything goes on, without an end to wait for. */
static void dead_link_mid_access(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[OLD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	struct racer racer = { .dev = dev };

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	race_start(test, &racer, access_as_guest);
	race_wait(&racer, 20);
	fake_pci_set_dead(fn, true);
	race_end(&racer, 1, racer.rounds + 20);
	/* It comes back, or it would be unusable for the rest of the suite. */
	fake_pci_set_dead(fn, false);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
}

#define BELOW_NAME	"1234:01:00.0"
#define BELOW_1_NAME	"1234:01:00.1"

static void flr_below(struct racer *racer)
{
	char text[256];

	fixture_driver_write("do_flr", BELOW_NAME);
	fixture_driver_read("../../devices/" BELOW_NAME "/pciback/reset_plan", text, sizeof(text));
}

static void flr_below_1(struct racer *racer)
{
	fixture_driver_write("do_flr", BELOW_1_NAME);
}

static void rebind_below_1(struct racer *racer)
{
	fixture_driver_write("unbind", BELOW_1_NAME);
	fixture_driver_write("bind", BELOW_1_NAME);
}

static void replug_below_1(struct racer *racer)
{
	fake_pci_unplug(racer->b->fn[BELOW_1]);
	fake_pci_replug(racer->b->fn[BELOW_1]);
}

static void hold_below(struct racer *racer)
{
	struct pcistub_device *dev = fixture_find(racer->b->fn[BELOW]);

	if (!dev)
		return;
	if (!pciback_device_assign(dev, &racer->b->guest.owner)) {
		access_dev(dev, &racer->b->guest);
		schedule_timeout_uninterruptible(2);
		pciback_device_deassign(dev, &racer->b->guest.owner);
	}
	pciback_device_put(dev);
}

static const struct race_row neighbour_rows[] = {
	{ { flr_below, flr_below_1, hold_below }, "both reset their bus" },
	{ { flr_below, hold_below, rebind_below_1 }, "the neighbour is bound and unbound" },
	{ { flr_below, hold_below, replug_below_1 }, "the neighbour is pulled and plugged in" },
};

KUNIT_ARRAY_PARAM_DESC(neighbour, neighbour_rows, name);

/* A function that only its bus can reset, whose neighbour does not keep still. */
static void neighbours_come_and_go(struct kunit *test)
{
	const struct race_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct racer racers[ARRAY_SIZE(row->step)] = { };
	u8 *was = snapshot(test, BELOW);
	struct pcistub_device *dev;
	int nr;

	dev = fixture_seize(test, b->fn[BELOW]);
	memset(dev->pdev->reset_methods, 0, sizeof(dev->pdev->reset_methods));
	pciback_device_put(fixture_seize(test, b->fn[BELOW_1]));
	for (nr = 0; nr < ARRAY_SIZE(row->step) && row->step[nr]; nr++)
		race_start(test, &racers[nr], row->step[nr]);
	race_end(racers, nr, 4);

	KUNIT_EXPECT_NULL(test, dev->owner);
	KUNIT_EXPECT_EQ(test, dev->reset.error, 0);
	pciback_device_put(dev);
	fixture_bind(b->fn[BELOW_1]);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("do_flr", BELOW_NAME), 12);
	KUNIT_EXPECT_EQ(test, fixture_unbind(b->fn[BELOW_1]), 12);
	KUNIT_EXPECT_EQ(test, fixture_unbind(b->fn[BELOW]), 12);
	expect_quiet(test, BELOW, was);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE_PARAM(leaves_nothing_behind, race_gen_params),
	KUNIT_CASE(module_goes_amid_it),
	KUNIT_CASE_PARAM(removal_mid_access, loss_gen_params),
	KUNIT_CASE(dead_link_mid_access),
	KUNIT_CASE_PARAM(neighbours_come_and_go, neighbour_gen_params),
	{}
};

struct kunit_suite race_suite = {
	.name = "race",
	.init = seize_fixture_init,
	.exit = glue_fixture_exit,
	.test_cases = race_cases,
};
