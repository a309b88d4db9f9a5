// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Sleep of the host, as the PM core asks for it: an idle function that loses its registers has
 * them back, one that does not come back is unusable, and a guest is asked to bring its function
 * up again.
 */
#include <kunit/test.h>
#include <linux/suspend.h>
#include <linux/workqueue.h>
#include "stub/sleep.h"
#include "recovery_fixture.h"
#include "suites.h"

static int sleep_init(struct kunit *test)
{
	if (!IS_ENABLED(CONFIG_PM_SLEEP))
		kunit_skip(test, "this kernel does not sleep");
	return seize_fixture_init(test);
}

static void sleep_exit(struct kunit *test)
{
	pm_suspend_clear_flags();
	seize_fixture_exit(test);
}

static void fall_asleep(struct kunit *test, struct pcistub_device *dev)
{
	device_lock(&dev->pdev->dev);
	KUNIT_EXPECT_EQ(test, pciback_pm_ops.suspend(&dev->pdev->dev), 0);
	device_unlock(&dev->pdev->dev);
}

static void wake_up_again(struct kunit *test, struct pcistub_device *dev)
{
	bool slept;

	device_lock(&dev->pdev->dev);
	KUNIT_EXPECT_EQ(test, pciback_pm_ops.resume(&dev->pdev->dev), 0);
	device_unlock(&dev->pdev->dev);
	/* A guest is asked in a work item, which comes again while the function is locked. */
	do {
		flush_delayed_work(&dev->timeout_work);
		device_lock(&dev->pdev->dev);
		slept = dev->slept;
		device_unlock(&dev->pdev->dev);
	} while (slept);
}

struct idle_row {
	const char *name;
	bool lost;		/* the registers are lost */
	bool dead;		/* it does not answer afterwards */
	int error;		/* what it is unusable for then */
};

static const struct idle_row idle_rows[] = {
	{ "keeps its registers", false, false, 0 },
	{ "loses its registers", true, false, 0 },
	{ "does not come back", true, true, -ENODEV },
};

KUNIT_ARRAY_PARAM_DESC(idle, idle_rows, name);

static void idle(struct kunit *test)
{
	const struct idle_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, was);
	fake_pci_snapshot(fn, was);
	fall_asleep(test, dev);
	if (row->lost)
		fn_lose_config(fn);
	fake_pci_set_dead(fn, row->dead);
	pm_set_resume_via_firmware();
	wake_up_again(test, dev);
	KUNIT_EXPECT_EQ(test, dev->reset.error, row->error);
	KUNIT_EXPECT_EQ_MSG(test, dev->resets, 0, "operations are not held any more");
	fake_pci_set_dead(fn, false);
	if (row->error) {
		KUNIT_EXPECT_LT_MSG(test, pciback_device_assign(dev, &f->guest.owner), 0,
				    "no guest gets it");
	} else {
		fixture_expect_same(test, fn, was, "after the sleep");
		KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
		pciback_device_deassign(dev, &f->guest.owner);
	}
	pciback_device_put(dev);
}

struct guest_row {
	const char *name;
	bool firmware;		/* the firmware took part: registers are lost */
	bool drives;		/* a driver in the guest uses the function */
	int answer;		/* to the error, and to the reset */
	int detected, reset;	/* how often it is asked */
	int isolated;
};

static const struct guest_row guest_rows[] = {
	{ "its driver recovers", true, true, RECOVERED, 1, 1, 0 },
	{ "has no driver that handles errors", true, true, NONE, 1, 0, 1 },
	{ "has a device model", true, true, -ENOTCONN, 1, 0, 0 },
	{ "loses it just now", true, true, -ECANCELED, 1, 0, 0 },
	{ "has suspended its driver", true, false, RECOVERED, 0, 0, 0 },
	{ "nothing was lost", false, true, RECOVERED, 0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(guest, guest_rows, name);

static void with_guest(struct kunit *test)
{
	const struct guest_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	/* Without MSI: that would need Xen. */
	struct fake_pci_fn *fn = f->fn[CONV_PM_RESET];
	struct pcistub_device *dev = device_assign(test, CONV_PM_RESET);
	u32 bar = fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4);
	unsigned int flr = fn->nr_flr;

	guest.answer[RECOVERY_DETECTED] = row->answer;
	guest.answer[RECOVERY_SLOT_RESET] = row->answer;
	KUNIT_ASSERT_EQ(test, dev->pdev->msi_cap + dev->pdev->msix_cap, 0);
	if (row->drives)
		fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	fall_asleep(test, dev);
	KUNIT_EXPECT_EQ_MSG(test, guest.queries[RECOVERY_DETECTED], 0, "not before the sleep");
	if (row->firmware) {
		fn_lose_config(fn);
		/* As the PCI core does. */
		pci_restore_state(dev->pdev);
		pm_set_resume_via_firmware();
	}
	/* The debug kernel cannot sleep by its firmware, and does not know if that took part. */
	if (!IS_ENABLED(CONFIG_SUSPEND) && row->firmware && row->drives) {
		device_lock(&dev->pdev->dev);
		pciback_recovery_slept(dev);
		device_unlock(&dev->pdev->dev);
	}
	wake_up_again(test, dev);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_DETECTED], row->detected);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], row->reset);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_RESUME], row->reset);
	KUNIT_EXPECT_EQ(test, guest.isolated, row->isolated);
	KUNIT_EXPECT_EQ(test, is_usable(dev, &f->guest), !row->isolated);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, flr, "its state is lost, a reset is not needed");
	KUNIT_EXPECT_EQ(test, dev->resets, 0);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, dev->reset.error, 0);
	pciback_device_put(dev);
}

/* A guest that is paused or suspended is asked until it runs. */
static void not_running(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = device_assign(test, BELOW);
	unsigned long retry = pciback_recovery_retry;
	unsigned int asked;

	guest.answer[RECOVERY_SLOT_RESET] = RECOVERED;
	/* Long enough that the test decides when. */
	pciback_recovery_retry = 600 * HZ;
	guest.answer[RECOVERY_DETECTED] = -ETIMEDOUT;
	device_lock(&dev->pdev->dev);
	pciback_recovery_slept(dev);
	device_unlock(&dev->pdev->dev);
	while (!READ_ONCE(guest.queries[RECOVERY_DETECTED]))
		flush_delayed_work(&dev->timeout_work);
	flush_work(&dev->timeout_work.work);
	asked = guest.queries[RECOVERY_DETECTED];
	guest.answer[RECOVERY_DETECTED] = -EBUSY;
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_DETECTED], asked + 1);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], 0);
	KUNIT_EXPECT_TRUE_MSG(test, is_usable(dev, &f->guest), "it is not isolated");
	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_DETECTED], asked + 2);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_SLOT_RESET], 1);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_RESUME], 1);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));

	/* It is destroyed before it answers; the next guest knows nothing of a sleep. */
	guest.answer[RECOVERY_DETECTED] = -ETIMEDOUT;
	device_lock(&dev->pdev->dev);
	dev->slept = true;
	device_unlock(&dev->pdev->dev);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	asked = guest.queries[RECOVERY_DETECTED];
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_DETECTED], asked);
	pciback_recovery_retry = retry;
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* The guest loses the function while the host sleeps: nobody is asked. */
static void detached_meanwhile(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = device_assign(test, CONV_PM_RESET);

	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	WRITE_ONCE(dev->detaching, true);
	device_lock(&dev->pdev->dev);
	pm_set_resume_via_firmware();
	KUNIT_EXPECT_EQ(test, pciback_pm_ops.suspend(&dev->pdev->dev), 0);
	KUNIT_EXPECT_EQ(test, pciback_pm_ops.resume(&dev->pdev->dev), 0);
	device_unlock(&dev->pdev->dev);
	pciback_device_deassign(dev, &f->guest.owner);
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_DETECTED], 0);
	KUNIT_EXPECT_EQ(test, guest.isolated, 0);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

static struct kunit_case sleep_cases[] = {
	KUNIT_CASE_PARAM(idle, idle_gen_params),
	KUNIT_CASE_PARAM(with_guest, guest_gen_params),
	KUNIT_CASE(not_running),
	KUNIT_CASE(detached_meanwhile),
	{}
};

struct kunit_suite sleep_suite = {
	.name = "sleep",
	.init = sleep_init,
	.exit = sleep_exit,
	.test_cases = sleep_cases,
};
