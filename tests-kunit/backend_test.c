// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A function from one frontend of its guest to the next, what the backend expects
 * after a reset, and removal of a function at every stage.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/kthread.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/policy.h"
#include "record/guest_op.h"
#include "record/record.h"
#include "msi_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#define MSI_FLAGS	(0x50 + PCI_MSI_FLAGS)

static struct pcistub_device *device_assigned(struct kunit *test, enum fixture_fn which)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[which]);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return dev;
}

static void enable_msi(struct kunit *test, struct pcistub_device *dev)
{
	u32 value;

	glue_pirq_base = 1000;
	KUNIT_EXPECT_EQ(test, glue_msi_enable(dev, 1, &value), 0);
	glue_pirq_base = 0;
}

/* At the frontend's disconnect: no bus mastering and no MSI; no reset, no deassign. */
static void quiesce(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = device_assigned(test, CARD);
	struct fixture_guest other;

	fixture_guest_init(&other, 8);
	enable_msi(test, dev);
	pciback_device_quiesce(dev, &other.owner);
	KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msi_enabled, "not assigned to this owner");
	pciback_device_quiesce(dev, &f->guest.owner);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 1, "no reset: a guest could cause any number");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), -EBUSY);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_quiesce(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* A bridge keeps bus mastering: the functions behind it may be in use. */
static void quiesce_bridge(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[PORT];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	/* As pci_enable_device() of a function behind it does. */
	pci_set_master(dev->pdev);
	pciback_device_quiesce(dev, &f->guest.owner);
	KUNIT_EXPECT_NE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* The next frontend of the same guest gets the function as after a deassign. */
static void reset_for_reconnect(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	u8 *idle = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	struct pcistub_device *dev;
	struct fixture_guest other;
	u32 bar;

	KUNIT_ASSERT_NOT_NULL(test, idle);
	fixture_guest_init(&other, 8);
	dev = fixture_seize(test, fn);
	fake_pci_snapshot(fn, idle);
	bar = (u32)pci_resource_start(dev->pdev, 0);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, pciback_policy_set_level(dev, CONF_PERMISSIVE), 0);
	KUNIT_EXPECT_EQ(test, pciback_policy_allow_interrupts(dev), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0407);
	fixture_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	fixture_write(dev, 0xd4, 4, 0);
	enable_msi(test, dev);

	pciback_device_reset_for_reconnect(dev, &other.owner);
	KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msi_enabled, "not assigned to this owner");
	pciback_device_reset_for_reconnect(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	fixture_expect_same(test, fn, idle, "reset for reconnect");
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev->pdev));
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_EQ_MSG(test, pciback_device_assign(dev, &other.owner), -EBUSY,
			    "it is still assigned");
	KUNIT_EXPECT_TRUE_MSG(test, dev->conf->interrupt_control, "granted for the guest");
	KUNIT_EXPECT_EQ(test, dev->level, CONF_PERMISSIVE);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_TRUE(test, pci_is_enabled(dev->pdev));

	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 3);
	KUNIT_EXPECT_FALSE(test, dev->conf->interrupt_control);
	fixture_expect_same(test, fn, idle, "idle");
	pciback_device_put(dev);
}

/* A toolstack resets a function before it detaches it; a guest's own reset says nothing. */
static void reset_expects_detach(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u32 devctl = 0x70 + PCI_EXP_DEVCTL;

	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset", "1"), 1);
	KUNIT_EXPECT_EQ_MSG(test, f->guest.detaches_expected, 0, "idle");
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ_MSG(test, f->guest.detaches_expected, 0, "assigned");
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset", "1"), 1);
	KUNIT_EXPECT_EQ_MSG(test, f->guest.detaches_expected, 1, "the toolstack's reset");
	fixture_write(dev, devctl, 2, fixture_read(dev, devctl, 2) | PCI_EXP_DEVCTL_BCR_FLR);
	flush_work(&dev->guest_reset_work);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 4);
	KUNIT_EXPECT_EQ_MSG(test, f->guest.detaches_expected, 1, "the guest's own reset");
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ_MSG(test, f->guest.detaches_expected, 1, "the reset of the deassign");
	pciback_device_put(dev);
}

/**
 * struct user_thread - a thread that uses a function
 * @task: the thread
 * @step: what it does in a loop
 * @dev: the function
 * @owner: the owner of the function
 * @rounds: how often it did @step
 *
 * Locking: @rounds is written by the thread and read by the test, without a lock;
 * the other members do not change while the thread runs.
 */
struct user_thread {
	struct task_struct *task;
	void (*step)(struct user_thread *user);
	struct pcistub_device *dev;
	struct pciback_owner *owner;
	unsigned int rounds;
};

static void use_msix(struct user_thread *user)
{
	struct xen_msix_entry entries[2] = { { .entry = 0 }, { .entry = 3 } };

	if (pciback_op_begin(user->dev, user->owner))
		return;
	glue_msix_enable(user->dev, entries, ARRAY_SIZE(entries));
	glue_msi_disable(user->dev);
	pciback_op_end(user->dev);
}

static void use_msi(struct user_thread *user)
{
	u32 value;

	if (pciback_op_begin(user->dev, user->owner))
		return;
	glue_msi_enable(user->dev, 1, &value);
	pciback_op_end(user->dev);
}

static void use_deassign(struct user_thread *user)
{
	pciback_device_deassign(user->dev, user->owner);
	pciback_device_assign(user->dev, user->owner);
}

static void use_reconnect(struct user_thread *user)
{
	pciback_device_reset_for_reconnect(user->dev, user->owner);
}

static int user_thread_fn(void *data)
{
	struct user_thread *user = data;

	while (!kthread_should_stop()) {
		user->step(user);
		WRITE_ONCE(user->rounds, user->rounds + 1);
		cond_resched();
	}
	return 0;
}

struct removal_row {
	const char *name;
	enum fixture_fn fn;
	void (*step)(struct user_thread *user);
	unsigned int rounds;
};

static const struct removal_row removal_rows[] = {
	{ "enable_msix", CARD, use_msix, 20 },
	{ "enable_msix, below a port", BELOW, use_msix, 20 },
	{ "MSI enabled", CARD, use_msi, 2 },
	{ "MSI enabled, conventional", CONV_AF, use_msi, 2 },
	{ "deassign", CONV, use_deassign, 20 },
	{ "deassign with FLR", CARD, use_deassign, 1 },
	{ "reset for reconnect", CONV, use_reconnect, 20 },
	{ "reset for reconnect with FLR", BELOW, use_reconnect, 1 },
};

KUNIT_ARRAY_PARAM_DESC(removal, removal_rows, name);

static void hot_removal(struct kunit *test)
{
	const struct removal_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[row->fn];
	struct pcistub_device *dev, *again;
	struct user_thread user;
	int round;

	for (round = 0; round < 3; round++) {
		dev = round ? fixture_find(fn) : fixture_seize(test, fn);
		KUNIT_ASSERT_NOT_NULL(test, dev);
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
		fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
		glue_pirq_base = 1000;
		user = (struct user_thread){
			.step = row->step, .dev = dev, .owner = &f->guest.owner,
		};
		user.task = kthread_run(user_thread_fn, &user, "user");
		KUNIT_ASSERT_FALSE(test, IS_ERR(user.task));
		while (READ_ONCE(user.rounds) < row->rounds)
			schedule_timeout_uninterruptible(1);
		fake_pci_unplug(fn);
		kthread_stop(user.task);
		glue_pirq_base = 0;

		KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
		KUNIT_EXPECT_NULL(test, fixture_find(fn));
		KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
		KUNIT_EXPECT_FALSE(test, dev->pdev->msix_enabled);
		KUNIT_EXPECT_EQ(test, dev->irq.line, 0);
		KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), -ENODEV);
		pciback_device_put(dev);

		/* Its slot is in the list: a new device in its place is seized. */
		fake_pci_replug(fn);
		async_synchronize_full();
		again = fixture_find(fn);
		KUNIT_EXPECT_NOT_NULL(test, again);
		if (again)
			pciback_device_put(again);
	}
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
}

static struct kunit_case backend_cases[] = {
	KUNIT_CASE(quiesce),
	KUNIT_CASE(quiesce_bridge),
	KUNIT_CASE(reset_for_reconnect),
	KUNIT_CASE(reset_expects_detach),
	KUNIT_CASE_PARAM(hot_removal, removal_gen_params),
	{}
};

struct kunit_suite backend_suite = {
	.name = "backend",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = backend_cases,
};
