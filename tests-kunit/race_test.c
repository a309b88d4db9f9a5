// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Concurrent operations: bind and unbind, assign and unbind, reads of sysfs and
 * unload, removal and a broken link during accesses. The tests check the state
 * afterwards, not the order. Errors on the way are found by KASAN and lockdep of
 * the debug kernel: see debug/.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "record/guest_op.h"
#include "record/record.h"
#include "main_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#define CARD_NAME	"1234:00:03.0"
#define CONV_NAME	"1234:00:06.0"

/**
 * struct racer - a thread that does one thing in a loop
 * @task: the thread
 * @step: what it does
 * @f: the fixture
 * @dev: the function, or NULL if @step needs none
 * @rounds: how often it did @step
 *
 * Locking: @rounds is written by the thread and read by the test, without a lock;
 * the other members do not change while the thread runs.
 */
struct racer {
	struct task_struct *task;
	void (*step)(struct racer *racer);
	struct seize_fixture *f;
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
	racer->f = test->priv;
	racer->step = step;
	racer->task = kthread_run(racer_thread, racer, "race");
	/* No assertion, which would end the test with other threads running. */
	KUNIT_EXPECT_FALSE(test, IS_ERR(racer->task));
}

static void race_wait(struct racer *racer, unsigned int rounds)
{
	while (!IS_ERR(racer->task) && READ_ONCE(racer->rounds) < rounds)
		schedule_timeout_uninterruptible(1);
}

/* Wait until each thread did its step @rounds times, and stop them. */
static void race_end(struct racer *racers, int nr, unsigned int rounds)
{
	int i;

	for (i = 0; i < nr; i++)
		race_wait(&racers[i], rounds);
	for (i = 0; i < nr; i++)
		if (!IS_ERR(racers[i].task))
			kthread_stop(racers[i].task);
}

static void bind_conv(struct racer *racer)
{
	fixture_driver_write("bind", CONV_NAME);
}

static void unbind_conv(struct racer *racer)
{
	fixture_driver_write("unbind", CONV_NAME);
}

static void relist_conv(struct racer *racer)
{
	fixture_driver_write("remove_slot", CONV_NAME);
	fixture_driver_write("new_slot", CONV_NAME);
}

static void use_files(struct racer *racer)
{
	char text[512];

	fixture_debug_read("/sys/kernel/debug/xen-pciback/devices/" CONV_NAME "/counters", text,
			   sizeof(text));
	fixture_driver_read("slots", text, sizeof(text));
	fixture_driver_read("permissive", text, sizeof(text));
	fixture_driver_read("quirks", text, sizeof(text));
	fixture_driver_read("allow_interrupt_control", text, sizeof(text));
	fixture_driver_write("permissive", CONV_NAME);
	fixture_driver_write("allow_interrupt_control", CONV_NAME);
	fixture_driver_write("quirks", CONV_NAME "-e0:4:0");
	fixture_driver_read("../../devices/" CONV_NAME "/pciback/dropped_writes", text,
			    sizeof(text));
	fixture_driver_write("../../devices/" CONV_NAME "/pciback/write_level", "strict");
}

static void device_access(struct pcistub_device *dev, struct fixture_guest *guest)
{
	u32 val;

	/* As the handler of the guest's events does. */
	pciback_device_conf_try(dev, &guest->owner, false, PCI_VENDOR_ID, 4, &val);
	if (pciback_op_begin(dev, &guest->owner))
		return;
	pciback_device_conf_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pciback_device_conf_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	pciback_device_conf_read(dev, PCI_BASE_ADDRESS_0, 4, &val);
	pciback_device_conf_read(dev, PCI_VENDOR_ID, 4, &val);
	pciback_device_conf_write(dev, PCI_SUBSYSTEM_VENDOR_ID, 4, val);
	pciback_device_conf_write(dev, PCI_COMMAND, 2, 0);
	pciback_op_end(dev);
}

/* Assign the function, access it, deassign it. */
static void assign_and_deassign(struct racer *racer)
{
	struct pcistub_device *dev = fixture_find(racer->f->fn[CONV]);

	if (!dev)
		return;
	if (!pciback_device_assign(dev, &racer->f->guest.owner)) {
		device_access(dev, &racer->f->guest);
		pciback_device_deassign(dev, &racer->f->guest.owner);
	}
	pciback_device_put(dev);
}

static void access_as_guest(struct racer *racer)
{
	device_access(racer->dev, &racer->f->guest);
}

static void expect_released(struct kunit *test, enum fixture_fn i, const u8 *was)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[i];
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
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
	fake_pci_snapshot(fn, now);
	/* Except COMMAND: after a guest a function keeps on decoding. */
	for (off = 0; off < fn->size; off++)
		if (off != PCI_COMMAND)
			KUNIT_EXPECT_EQ_MSG(test, now[off], was[off], "byte %#x", off);
	KUNIT_EXPECT_EQ(test, now[PCI_COMMAND] & PCI_COMMAND_MASTER, 0);
	pci_dev_put(pdev);
}

static u8 *fn_snapshot(struct kunit *test, enum fixture_fn i)
{
	struct seize_fixture *f = test->priv;
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, was);
	fake_pci_snapshot(f->fn[i], was);
	return was;
}

struct race_row {
	void (*step[4])(struct racer *racer);
	const char *name;
};

static const struct race_row race_rows[] = {
	{ { bind_conv, bind_conv, unbind_conv, unbind_conv }, "two bind, two unbind" },
	{ { bind_conv, unbind_conv, relist_conv }, "bind, unbind, remove_slot" },
	{ { bind_conv, unbind_conv, use_files }, "bind, unbind, every file" },
	{ { bind_conv, unbind_conv, assign_and_deassign }, "bind, unbind, a guest" },
	{ { bind_conv, unbind_conv, assign_and_deassign, use_files },
	  "bind, unbind, a guest, every file" },
};

KUNIT_ARRAY_PARAM_DESC(race, race_rows, name);

static void bind_unbind(struct kunit *test)
{
	const struct race_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct racer racers[ARRAY_SIZE(row->step)] = { };
	u8 *was = fn_snapshot(test, CONV);
	int nr;

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", CONV_NAME), 0);
	for (nr = 0; nr < ARRAY_SIZE(row->step) && row->step[nr]; nr++)
		race_start(test, &racers[nr], row->step[nr]);
	race_end(racers, nr, 20);

	fixture_driver_write("new_slot", CONV_NAME);
	fixture_bind(f->fn[CONV]);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(f->fn[CONV]));
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CONV]), 12);
	expect_released(test, CONV, was);
}

/* The module is unloaded while its files are read and written and a guest uses a function. */
static void unload(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct racer racers[3] = { };
	u8 *was = fn_snapshot(test, CONV);
	int round;

	fixture_driver_stop(f);
	race_start(test, &racers[0], use_files);
	race_start(test, &racers[1], assign_and_deassign);
	race_start(test, &racers[2], bind_conv);
	for (round = 0; round < 5; round++) {
		KUNIT_EXPECT_EQ(test, glue_module_init(true, "(" CONV_NAME ")", NULL), 0);
		glue_module_exit();
	}
	race_end(racers, ARRAY_SIZE(racers), 1);
	expect_released(test, CONV, was);
}

struct loss_row {
	const char *name;
	bool dead;		/* the link breaks some time before the core is told */
};

static const struct loss_row loss_rows[] = {
	{ "unplugged", false },
	{ "all ones, then unplugged", true },
};

KUNIT_ARRAY_PARAM_DESC(loss, loss_rows, name);

/* The function is revoked once, and no reference is left. */
static void removal(struct kunit *test)
{
	const struct loss_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct racer racers[2] = { };
	struct pcistub_device *dev;
	int i, round;

	for (round = 0; round < 3; round++) {
		dev = round ? fixture_find(fn) : fixture_seize(test, fn);
		KUNIT_ASSERT_NOT_NULL(test, dev);
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
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

		KUNIT_EXPECT_EQ(test, f->guest.revoked, round + 1);
		KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
		KUNIT_EXPECT_NULL(test, fixture_find(fn));
		pciback_device_put(dev);
		/* Its slot is in the list: a new device in its place is seized. */
		fake_pci_replug(fn);
		async_synchronize_full();
	}
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
}

/* A link that breaks and is not removed: accesses and deassign still end. */
static void broken_link(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CONV_AF];
	struct pcistub_device *dev = fixture_seize(test, fn);
	struct racer racer = { .dev = dev };

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	race_start(test, &racer, access_as_guest);
	race_wait(&racer, 20);
	fake_pci_set_dead(fn, true);
	race_end(&racer, 1, racer.rounds + 20);
	/* It responds again, or the reset of the deassign would fail. */
	fake_pci_set_dead(fn, false);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
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
	fake_pci_unplug(racer->f->fn[BELOW_1]);
	fake_pci_replug(racer->f->fn[BELOW_1]);
}

static void assign_below(struct racer *racer)
{
	struct pcistub_device *dev = fixture_find(racer->f->fn[BELOW]);

	if (!dev)
		return;
	if (!pciback_device_assign(dev, &racer->f->guest.owner)) {
		device_access(dev, &racer->f->guest);
		schedule_timeout_uninterruptible(2);
		pciback_device_deassign(dev, &racer->f->guest.owner);
	}
	pciback_device_put(dev);
}

static const struct race_row neighbour_rows[] = {
	{ { flr_below, flr_below_1, assign_below }, "both reset their bus" },
	{ { flr_below, assign_below, rebind_below_1 }, "neighbour is bound and unbound" },
	{ { flr_below, assign_below, replug_below_1 }, "neighbour is unplugged and plugged in" },
};

KUNIT_ARRAY_PARAM_DESC(neighbour, neighbour_rows, name);

/* Resets of a bus while the other function on it changes. */
static void bus_reset(struct kunit *test)
{
	const struct race_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct racer racers[ARRAY_SIZE(row->step)] = { };
	u8 *was = fn_snapshot(test, BELOW);
	struct pcistub_device *dev;
	int nr;

	dev = fixture_seize(test, f->fn[BELOW]);
	memset(dev->pdev->reset_methods, 0, sizeof(dev->pdev->reset_methods));
	pciback_device_put(fixture_seize(test, f->fn[BELOW_1]));
	for (nr = 0; nr < ARRAY_SIZE(row->step) && row->step[nr]; nr++)
		race_start(test, &racers[nr], row->step[nr]);
	race_end(racers, nr, 4);

	KUNIT_EXPECT_NULL(test, dev->owner);
	KUNIT_EXPECT_EQ(test, dev->reset.error, 0);
	pciback_device_put(dev);
	fixture_bind(f->fn[BELOW_1]);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("do_flr", BELOW_NAME), 12);
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[BELOW_1]), 12);
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[BELOW]), 12);
	expect_released(test, BELOW, was);
}

static struct kunit_case race_cases[] = {
	KUNIT_CASE_PARAM(bind_unbind, race_gen_params),
	KUNIT_CASE(unload),
	KUNIT_CASE_PARAM(removal, loss_gen_params),
	KUNIT_CASE(broken_link),
	KUNIT_CASE_PARAM(bus_reset, neighbour_gen_params),
	{}
};

struct kunit_suite race_suite = {
	.name = "race",
	.init = seize_fixture_init,
	.exit = glue_fixture_exit,
	.test_cases = race_cases,
};
