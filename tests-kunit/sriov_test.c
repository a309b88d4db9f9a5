// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The driver of a physical function is unbound: which of the seized virtual
 * functions it can remove, and which are released. The fake bridge has no SR-IOV; the
 * test marks functions as virtual functions during the call.
 */
#include <kunit/test.h>
#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include "device/lifecycle.h"
#include "record/record.h"
#include "stub/sriov.h"
#include "seize_fixture.h"
#include "suites.h"

static void device_mark_vf(struct pcistub_device *dev, struct pci_dev *pf)
{
	dev->pdev->is_virtfn = !!pf;
	dev->pdev->physfn = pf;
}

/* The thread that released a function last. */
static struct task_struct *releaser;

static int note_releaser(struct notifier_block *nb, unsigned long action, void *data)
{
	if (action == BUS_NOTIFY_UNBIND_DRIVER)
		releaser = current;
	return NOTIFY_DONE;
}

static struct notifier_block releaser_notifier = {
	.notifier_call = note_releaser,
};

static void pf_unbind(struct kunit *test)
{
	/*
	 * The second is assigned, the third belongs to another physical function, the fourth
	 * is no virtual function.
	 */
	static const enum fixture_fn seized[] = { BELOW, BELOW_1, CARD_1, CONV_AF };
	struct seize_fixture *f = test->priv;
	struct pci_dev *pf = fake_pci_dev_get(f->fn[CARD]);
	struct pci_dev *other = fake_pci_dev_get(f->fn[CONV_PM_RESET]);
	struct pcistub_device *dev[ARRAY_SIZE(seized)];
	struct fixture_guest other_guest;
	int i;

	fixture_guest_init(&other_guest, 8);
	KUNIT_ASSERT_NOT_NULL(test, pf);
	KUNIT_ASSERT_NOT_NULL(test, other);
	for (i = 0; i < ARRAY_SIZE(seized); i++)
		dev[i] = fixture_seize(test, f->fn[seized[i]]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev[1], &f->guest.owner), 0);
	for (i = 0; i < ARRAY_SIZE(seized); i++)
		KUNIT_EXPECT_TRUE_MSG(test, pci_is_dev_assigned(dev[i]->pdev),
				      "its physical function's driver cannot remove %s",
				      fixture_name(f->fn[seized[i]]));
	KUNIT_ASSERT_EQ(test, pciback_sriov_init(), 0);
	KUNIT_ASSERT_EQ(test, bus_register_notifier(&pci_bus_type, &releaser_notifier), 0);
	releaser = NULL;
	device_mark_vf(dev[0], pf);
	device_mark_vf(dev[1], pf);
	device_mark_vf(dev[2], other);

	/* As in the notifier chain; the driver of the physical function is called after it. */
	device_lock(&pf->dev);
	pciback_sriov_pf_unbind(pf);
	for (i = 0; i < ARRAY_SIZE(seized); i++)
		KUNIT_EXPECT_EQ_MSG(test, pci_is_dev_assigned(dev[i]->pdev), i != 0,
				    "can the driver remove %s?", fixture_name(f->fn[seized[i]]));
	device_unlock(&pf->dev);
	KUNIT_EXPECT_EQ_MSG(test, pciback_device_assign(dev[0], &other_guest.owner), -ENODEV,
			    "no guest gets a function that may be removed");

	for (i = 0; i < ARRAY_SIZE(seized); i++)
		device_mark_vf(dev[i], NULL);
	pciback_sriov_exit();
	bus_unregister_notifier(&pci_bus_type, &releaser_notifier);
	KUNIT_EXPECT_NOT_NULL(test, releaser);
	KUNIT_EXPECT_PTR_NE_MSG(test, releaser, current, "released inside the notifier chain");
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(f->fn[BELOW]), "idle: released");
	KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(f->fn[BELOW_1]), "assigned: not released");
	KUNIT_EXPECT_PTR_EQ(test, dev[1]->owner, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, f->guest.revoked, 0);
	KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(f->fn[CARD_1]), "another physical function");
	KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(f->fn[CONV_AF]), "no virtual function");

	pciback_device_deassign(dev[1], &f->guest.owner);
	for (i = 0; i < ARRAY_SIZE(seized); i++)
		pciback_device_put(dev[i]);
	pci_dev_put(other);
	pci_dev_put(pf);
}

static struct kunit_case sriov_cases[] = {
	KUNIT_CASE(pf_unbind),
	{}
};

struct kunit_suite sriov_suite = {
	.name = "sriov",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = sriov_cases,
};
