// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A physical function's driver goes: which of the seized virtual functions are
 * handed back. The fake bridge has no SR-IOV; functions are told that they are
 * virtual while the driver looks at them.
 */
#include <kunit/test.h>
#include "device/lifecycle.h"
#include "record/record.h"
#include "stub/sriov.h"
#include "seize_fixture.h"
#include "suites.h"

static void mark_vf(struct pcistub_device *dev, struct pci_dev *pf)
{
	dev->pdev->is_virtfn = !!pf;
	dev->pdev->physfn = pf;
}

static void driver_leaves(struct kunit *test)
{
	/* The guest has the second; the third is of another function; the fourth of none. */
	static const enum fixture_fn seized[] = { BELOW, BELOW_1, CARD_1, OLD };
	struct seize_fixture *b = test->priv;
	struct pci_dev *pf = fake_pci_dev_get(b->fn[CARD]);
	struct pci_dev *other = fake_pci_dev_get(b->fn[SOFT]);
	struct pcistub_device *dev[ARRAY_SIZE(seized)];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, pf);
	KUNIT_ASSERT_NOT_NULL(test, other);
	for (i = 0; i < ARRAY_SIZE(seized); i++)
		dev[i] = fixture_seize(test, b->fn[seized[i]]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev[1], &b->guest.owner), 0);
	mark_vf(dev[0], pf);
	mark_vf(dev[1], pf);
	mark_vf(dev[2], other);

	device_lock(&pf->dev);
	pciback_sriov_pf_unbind(pf);
	device_unlock(&pf->dev);

	for (i = 0; i < ARRAY_SIZE(seized); i++)
		mark_vf(dev[i], NULL);
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(b->fn[BELOW]), "idle: handed back");
	KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(b->fn[BELOW_1]), "a guest has it: stays");
	KUNIT_EXPECT_PTR_EQ(test, dev[1]->owner, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, b->guest.revoked, 0);
	KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(b->fn[CARD_1]), "of another function: stays");
	KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(b->fn[OLD]), "no virtual function: stays");

	pciback_device_deassign(dev[1], &b->guest.owner);
	for (i = 0; i < ARRAY_SIZE(seized); i++)
		pciback_device_put(dev[i]);
	pci_dev_put(other);
	pci_dev_put(pf);
}

static struct kunit_case sriov_cases[] = {
	KUNIT_CASE(driver_leaves),
	{}
};

struct kunit_suite sriov_suite = {
	.name = "sriov",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = sriov_cases,
};
