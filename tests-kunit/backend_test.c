// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A function between two frontends of one guest, what its resets announce, and
 * its removal at every stage.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/kthread.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/policy.h"
#include "record/record.h"
#include "msi_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#define MSI_FLAGS	(0x50 + PCI_MSI_FLAGS)

static struct pcistub_device *assigned(struct kunit *test, enum fixture_fn which)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[which]);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return dev;
}

static void enable_msi(struct kunit *test, struct pcistub_device *dev)
{
	u32 value;

	glue_pirq_base = 1000;
	mutex_lock(&dev->lock);
	KUNIT_EXPECT_EQ(test, glue_msi_enable(dev, 1, &value), 0);
	mutex_unlock(&dev->lock);
	glue_pirq_base = 0;
}

/* The frontend has gone: no transfer and no interrupt, at once; the rest stays. */
static void quiet_without_frontend(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pcistub_device *dev = assigned(test, CARD);
	struct fixture_guest other;

	fixture_guest_init(&other, 8);
	enable_msi(test, dev);
	pciback_device_quiesce(dev, &other.owner);
	KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msi_enabled, "not another's");
	pciback_device_quiesce(dev, &b->guest.owner);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 1, "no reset: it could be asked for endlessly");
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), -EBUSY);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_quiesce(dev, &b->guest.owner);
	pciback_device_put(dev);
}

/* A bridge without frontend: who has a function behind it still needs it. */
static void bridge_goes_on_bridging(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[PORT];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	/* As enabling a function behind it does. */
	pci_set_master(dev->pdev);
	pciback_device_quiesce(dev, &b->guest.owner);
	KUNIT_EXPECT_NE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

/* The next frontend of the same guest finds nothing of the one before. */
static void new_for_the_next_frontend(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	u8 *idle = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	struct pcistub_device *dev;
	struct fixture_guest other;
	u32 bar;

	KUNIT_ASSERT_NOT_NULL(test, idle);
	fixture_guest_init(&other, 8);
	dev = fixture_seize(test, fn);
	fake_pci_snapshot(fn, idle);
	bar = (u32)pci_resource_start(dev->pdev, 0);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, pciback_policy_set_level(dev, CONF_PERMISSIVE), 0);
	KUNIT_EXPECT_EQ(test, pciback_policy_allow_interrupts(dev), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0407);
	fixture_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	fixture_write(dev, 0xd4, 4, 0);
	enable_msi(test, dev);

	pciback_device_reset_for_reconnect(dev, &other.owner);
	KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msi_enabled, "not another's");
	pciback_device_reset_for_reconnect(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	fixture_expect_same(test, fn, idle, "renewed");
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev->pdev));
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_EQ_MSG(test, pciback_device_assign(dev, &other.owner), -EBUSY,
			    "the guest has it still");
	KUNIT_EXPECT_TRUE_MSG(test, dev->conf->interrupt_control, "granted for the guest");
	KUNIT_EXPECT_EQ(test, dev->level, CONF_PERMISSIVE);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_TRUE(test, pci_is_enabled(dev->pdev));

	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 3);
	KUNIT_EXPECT_FALSE(test, dev->conf->interrupt_control);
	fixture_expect_same(test, fn, idle, "idle");
	pciback_device_put(dev);
}

/* A toolstack resets a function before it takes it; a guest may do so for itself. */
static void reset_announces_detach(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u32 devctl = 0x70 + PCI_EXP_DEVCTL;

	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset", "1"), 1);
	KUNIT_EXPECT_EQ_MSG(test, b->guest.ahead, 0, "idle");
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_EQ_MSG(test, b->guest.ahead, 0, "assigned");
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset", "1"), 1);
	KUNIT_EXPECT_EQ_MSG(test, b->guest.ahead, 1, "the toolstack's reset");
	fixture_write(dev, devctl, 2, fixture_read(dev, devctl, 2) | PCI_EXP_DEVCTL_BCR_FLR);
	pciback_device_guest_reset(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 4);
	KUNIT_EXPECT_EQ_MSG(test, b->guest.ahead, 1, "the guest's own reset");
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ_MSG(test, b->guest.ahead, 1, "ours");
	pciback_device_put(dev);
}

/**
 * struct worker - somebody at work with a function
 * @task: his thread
 * @step: what he does over and over
 * @dev: the function
 * @owner: the guest he works for
 * @rounds: how often he did it
 */
struct worker {
	struct task_struct *task;
	void (*step)(struct worker *worker);
	struct pcistub_device *dev;
	struct pciback_owner *owner;
	unsigned int rounds;
};

static void use_msix(struct worker *worker)
{
	struct xen_msix_entry entries[2] = { { .entry = 0 }, { .entry = 3 } };

	mutex_lock(&worker->dev->lock);
	if (pciback_device_is_usable_by(worker->dev, worker->owner)) {
		glue_msix_enable(worker->dev, entries, ARRAY_SIZE(entries));
		glue_msi_disable(worker->dev);
	}
	mutex_unlock(&worker->dev->lock);
}

static void use_msi(struct worker *worker)
{
	u32 value;

	mutex_lock(&worker->dev->lock);
	if (pciback_device_is_usable_by(worker->dev, worker->owner))
		glue_msi_enable(worker->dev, 1, &value);
	mutex_unlock(&worker->dev->lock);
}

static void use_and_hand_back(struct worker *worker)
{
	pciback_device_deassign(worker->dev, worker->owner);
	pciback_device_assign(worker->dev, worker->owner);
}

static void use_and_renew(struct worker *worker)
{
	pciback_device_reset_for_reconnect(worker->dev, worker->owner);
}

static int run_worker(void *data)
{
	struct worker *worker = data;

	while (!kthread_should_stop()) {
		worker->step(worker);
		WRITE_ONCE(worker->rounds, worker->rounds + 1);
		cond_resched();
	}
	return 0;
}

struct removal_row {
	const char *name;
	enum fixture_fn fn;
	void (*step)(struct worker *worker);
	unsigned int rounds;
};

static const struct removal_row removal_rows[] = {
	{ "amid enable_msix", CARD, use_msix, 20 },
	{ "amid enable_msix, below a port", BELOW, use_msix, 20 },
	{ "MSI left on", CARD, use_msi, 2 },
	{ "MSI left on, conventional", OLD, use_msi, 2 },
	{ "amid hand-back", PLAIN, use_and_hand_back, 20 },
	{ "amid hand-back with FLR", CARD, use_and_hand_back, 1 },
	{ "amid the change of frontends", PLAIN, use_and_renew, 20 },
	{ "amid the change of frontends with FLR", BELOW, use_and_renew, 1 },
};

KUNIT_ARRAY_PARAM_DESC(removal, removal_rows, name);

static void survives_removal(struct kunit *test)
{
	const struct removal_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[row->fn];
	struct pcistub_device *dev, *again;
	struct worker worker;
	int round;

	for (round = 0; round < 3; round++) {
		dev = round ? fixture_find(fn) : fixture_seize(test, fn);
		KUNIT_ASSERT_NOT_NULL(test, dev);
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
		fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
		glue_pirq_base = 1000;
		worker = (struct worker){
			.step = row->step, .dev = dev, .owner = &b->guest.owner,
		};
		worker.task = kthread_run(run_worker, &worker, "user");
		KUNIT_ASSERT_FALSE(test, IS_ERR(worker.task));
		while (READ_ONCE(worker.rounds) < row->rounds)
			schedule_timeout_uninterruptible(1);
		fake_pci_unplug(fn);
		kthread_stop(worker.task);
		glue_pirq_base = 0;

		KUNIT_EXPECT_EQ(test, kref_read(&b->guest.owner.ref), 1);
		KUNIT_EXPECT_NULL(test, fixture_find(fn));
		KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
		KUNIT_EXPECT_FALSE(test, dev->pdev->msix_enabled);
		KUNIT_EXPECT_EQ(test, dev->irq.line, 0);
		KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &b->guest.owner), -ENODEV);
		pciback_device_put(dev);

		/* Its slot is in the list: a new one in its place is seized, and new. */
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
	KUNIT_CASE(quiet_without_frontend),
	KUNIT_CASE(bridge_goes_on_bridging),
	KUNIT_CASE(new_for_the_next_frontend),
	KUNIT_CASE(reset_announces_detach),
	KUNIT_CASE_PARAM(survives_removal, removal_gen_params),
	{}
};

struct kunit_suite backend_suite = {
	.name = "backend",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = backend_cases,
};
