// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The end of recoveries that the PCI core gave up without telling the drivers: whether a guest
 * keeps its function then, and that no other recovery is taken for such a one.
 */
#include <kunit/test.h>
#include "recovery_fixture.h"
#include "suites.h"

/* The core gives the recovery up: no handler is called any more, and the time passes. */
static void no_end(struct pcistub_device *dev)
{
	unsigned long was = pciback_recovery_timeout;

	pciback_recovery_timeout = 0;
	flush_delayed_work(&dev->timeout_work);
	pciback_recovery_timeout = was;
}

static bool is_isolated(struct pcistub_device *dev)
{
	guard(spinlock_irq)(&dev->lock);
	return dev->isolated;
}

enum after_error {
	NOTHING, RESET, RESTORED, BARS_WRITTEN, DECODE_ON, MSIX_LOST, DEAD, COPY_LOST,
};

struct no_resume_row {
	const char *name;
	int state;
	int error_detected;	/* answer to the error */
	enum after_error after;
	bool keeps;
};

static const struct no_resume_row no_resume_rows[] = {
	{ "nothing was reset", NORMAL, CAN_RECOVER, NOTHING, true },
	{ "the guest recovered it already", NORMAL, RECOVERED, NOTHING, true },
	{ "the guest cannot be asked", NORMAL, -ENOTCONN, NOTHING, true },
	{ "no driver in the guest", NORMAL, NONE, NOTHING, true },
	{ "the core's copy is not that of the seizure", NORMAL, CAN_RECOVER, COPY_LOST, true },
	{ "frozen, but not reset", FROZEN, CAN_RECOVER, NOTHING, true },
	{ "reset and restored", FROZEN, NEED_RESET, RESTORED, true },
	{ "reset, not restored", FROZEN, NEED_RESET, RESET, false },
	{ "reset, the guest wrote the BARs", FROZEN, NEED_RESET, BARS_WRITTEN, false },
	{ "reset, BARs lost, decoding on", FROZEN, NEED_RESET, DECODE_ON, false },
	{ "reset, only MSI-X shows it", FROZEN, NEED_RESET, MSIX_LOST, false },
	{ "does not answer", NORMAL, CAN_RECOVER, DEAD, false },
	{ "does not answer, link frozen", FROZEN, NEED_RESET, DEAD, false },
};

KUNIT_ARRAY_PARAM_DESC(no_resume, no_resume_rows, name);

static void fn_after_error(struct kunit *test, struct pcistub_device *dev, struct fake_pci_fn *fn,
			   enum after_error after)
{
	int bar;

	switch (after) {
	case NOTHING:
		break;
	case RESET:
	case RESTORED:
	case BARS_WRITTEN:
		fn_lose_config(fn);
		if (after == RESTORED)
			KUNIT_EXPECT_EQ(test, slot_reset(dev), RECOVERED);
		for (bar = PCI_BASE_ADDRESS_0; after == BARS_WRITTEN &&
		     bar <= PCI_BASE_ADDRESS_5; bar += 4)
			fixture_write(dev, bar, 4, fixture_read(dev, bar, 4));
		break;
	case DECODE_ON:
		fake_pci_poke(fn, PCI_BASE_ADDRESS_0, 4, 0);
		break;
	case MSIX_LOST:
		/* The test has no pirqs, so the core is only made to believe that MSI-X is on. */
		dev->pdev->msix_enabled = 1;
		break;
	case DEAD:
		fake_pci_set_dead(fn, true);
		break;
	case COPY_LOST:
		dev->pdev->saved_config_space[PCI_BASE_ADDRESS_0 / 4] = ~0;
		break;
	}
}

/*
 * The core gives a recovery up when another function has no handler, and calls resume() for
 * none. A guest whose function works keeps it and is told that the recovery has ended.
 */
static void no_resume(struct kunit *test)
{
	const struct no_resume_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = device_assign(test, BELOW);
	u32 master = row->after == RESTORED ? 0 : PCI_COMMAND_MASTER;

	guest.answer[RECOVERY_DETECTED] = row->error_detected;
	guest.answer[RECOVERY_SLOT_RESET] = RECOVERED;
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, error_detected(dev, row->state),
			row->state == FROZEN ? NEED_RESET :
			row->error_detected == RECOVERED ? RECOVERED : CAN_RECOVER);
	fn_after_error(test, dev, fn, row->after);
	no_end(dev);
	dev->pdev->msix_enabled = 0;
	fake_pci_set_dead(fn, false);

	KUNIT_EXPECT_EQ(test, is_usable(dev, &f->guest), row->keeps);
	KUNIT_EXPECT_EQ(test, guest.isolated, !row->keeps);
	KUNIT_EXPECT_EQ_MSG(test, guest.queries[RECOVERY_RESUME], row->keeps, "told of the end");
	if (row->keeps)
		KUNIT_EXPECT_EQ(test, bus_master(fn), master);
	KUNIT_EXPECT_FALSE(test, dev->recovering);
	/* Once for each recovery. */
	no_end(dev);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_RESUME], row->keeps);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* A function that was lost with no handler called: the guest is isolated after a time limit. */
static void recovery_timeout(struct kunit *test)
{
	unsigned long was = pciback_recovery_timeout, ticks;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pcistub_device *dev = device_assign(test, BELOW);

	guest.answer[RECOVERY_DETECTED] = CAN_RECOVER;
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	fake_pci_poke(fn, PCI_BASE_ADDRESS_0, 4, 0);
	pciback_recovery_timeout = 1;
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	/* The test ends after 60 s at most. */
	for (ticks = 0; ticks < 60 * HZ && !is_isolated(dev); ticks++)
		schedule_timeout_uninterruptible(1);
	pciback_recovery_timeout = 600 * HZ;
	no_end(dev);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_EQ(test, bus_master(fn), 0);
	pciback_device_deassign(dev, &f->guest.owner);

	/* No effect on a recovery that ended, and on the next owner of the function. */
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	resume(dev);
	no_end(dev);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	no_end(dev);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));

	/* Released during a recovery: its work is cancelled. */
	KUNIT_EXPECT_EQ(test, error_detected(dev, NORMAL), CAN_RECOVER);
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	pciback_recovery_timeout = was;
}

/* Others are asked meanwhile: the recovery is not over, however long it takes. */
static void others_recover(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *other = device_assign(test, BELOW_1);
	struct pcistub_device *dev = fixture_seize(test, f->fn[BELOW]);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	guest.answer[RECOVERY_DETECTED] = NEED_RESET;
	KUNIT_EXPECT_EQ(test, error_detected(dev, FROZEN), NEED_RESET);
	KUNIT_EXPECT_EQ(test, error_detected(other, FROZEN), NEED_RESET);
	/* Its time has passed. */
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_TRUE(test, dev->recovering);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_RESUME], 0);
	/* However often that happens: the limit is a number of timeouts. */
	dev->recovery_start = jiffies - 10 * pciback_recovery_timeout;
	flush_delayed_work(&dev->timeout_work);
	KUNIT_EXPECT_FALSE(test, dev->recovering);
	KUNIT_EXPECT_EQ(test, guest.queries[RECOVERY_RESUME], 1);
	KUNIT_EXPECT_EQ(test, guest.isolated, 0);

	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
	pciback_device_deassign(other, &f->guest.owner);
	pciback_device_put(other);
}

/* What error_detected() did to the channel ends also if the core gives the recovery up. */
static void channel(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = device_assign(test, BELOW);
	struct pci_dev *pdev = dev->pdev;

	guest.answer[RECOVERY_DETECTED] = CAN_RECOVER;
	pdev->error_state = pci_channel_io_frozen;
	KUNIT_EXPECT_EQ(test, error_detected(dev, FROZEN), NEED_RESET);
	no_end(dev);
	KUNIT_EXPECT_EQ(test, (__force int)pdev->error_state, NORMAL);

	/* Its registers are lost, so it goes on with the reset when it is deassigned. */
	pdev->error_state = pci_channel_io_frozen;
	KUNIT_EXPECT_EQ(test, error_detected(dev, FROZEN), NEED_RESET);
	fn_lose_config(f->fn[BELOW]);
	no_end(dev);
	KUNIT_EXPECT_EQ(test, (__force int)pdev->error_state, FROZEN);
	KUNIT_EXPECT_EQ(test, guest.isolated, 1);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, (__force int)pdev->error_state, NORMAL);
	pciback_device_put(dev);
}

static struct kunit_case recovery_end_cases[] = {
	KUNIT_CASE_PARAM(no_resume, no_resume_gen_params),
	KUNIT_CASE(recovery_timeout),
	KUNIT_CASE(others_recover),
	KUNIT_CASE(channel),
	{}
};

struct kunit_suite recovery_end_suite = {
	.name = "recovery_end",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = recovery_end_cases,
};
