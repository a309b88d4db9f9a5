// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Which functions the driver claims: the slot list, bridges above, the
 * driver_override of user space, and hide= at load.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include "record/record.h"
#include "stub/slots.h"
#include "seize_fixture.h"
#include "suites.h"

struct claim_row {
	const char *name;
	enum fixture_fn fn;
	const char *slot;		/* entered before */
	const char *override;		/* set before */
	bool claimed;
	const char *slots;		/* the list afterwards, one slot for all rows */
};

static const struct claim_row claim_rows[] = {
	{ "in no way asked for", CARD, NULL, NULL, false, "" },
	{ "listed", CARD, "1234:00:03.0", NULL, true, "1234:00:03.0\n" },
	{ "listed with a newline", CARD, "1234:00:03.0\n", NULL, true, "1234:00:03.0\n" },
	{ "second function listed", CARD_1, "1234:00:03.1", NULL, true, "1234:00:03.1\n" },
	{ "the other function listed", CARD, "1234:00:03.1", NULL, false, "1234:00:03.1\n" },
	{ "other device listed", CARD, "1234:00:05.0", NULL, false, "1234:00:05.0\n" },
	{ "other bus listed", CARD, "1234:01:03.0", NULL, false, "1234:01:03.0\n" },
	{ "other domain listed", CARD, "0000:00:03.0", NULL, false, "0000:00:03.0\n" },
	{ "domain left out is 0", CARD, "00:03.0", NULL, false, "0000:00:03.0\n" },
	{ "bridge above listed", BELOW, "1234:00:04.0", NULL, true, "1234:00:04.0\n" },
	{ "bridge above listed, second", BELOW_1, "1234:00:04.0", NULL, true, "1234:00:04.0\n" },
	{ "bridge listed, not above", CARD, "1234:00:04.0", NULL, false, "1234:00:04.0\n" },
	{ "function below listed", BELOW, "1234:01:00.0", NULL, true, "1234:01:00.0\n" },
	{ "its neighbour listed", BELOW_1, "1234:01:00.0", NULL, false, "1234:01:00.0\n" },
	{ "override", CARD, NULL, "pciback", true, "1234:00:03.0\n" },
	{ "override with a newline", CARD, NULL, "pciback\n", true, "1234:00:03.0\n" },
	{ "override and listed", CARD, "1234:00:03.0", "pciback", true, "1234:00:03.0\n" },
	{ "override and bridge listed", BELOW, "1234:00:04.0", "pciback", true, "1234:00:04.0\n" },
	{ "override of another driver", CARD, NULL, "vfio-pci", false, "" },
	{ "override of another, listed", CARD, "1234:00:03.0", "vfio-pci", false,
	  "1234:00:03.0\n" },
	{ "override that only begins so", CARD, NULL, "pcibac", false, "" },
};

KUNIT_ARRAY_PARAM_DESC(claim, claim_rows, name);

static void claims(struct kunit *test)
{
	const struct claim_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[row->fn];
	struct pcistub_device *dev;
	char slots[64] = "";

	if (row->slot)
		KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", row->slot), 0);
	if (row->override)
		KUNIT_ASSERT_GT(test, fixture_fn_write(fn, "driver_override", row->override), 0);
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(fn), "entering a slot binds nothing");

	KUNIT_EXPECT_EQ(test, fixture_bind(fn), row->claimed ? 12 : -ENODEV);
	KUNIT_EXPECT_EQ(test, fixture_is_bound(fn), row->claimed);
	dev = fixture_find(fn);
	KUNIT_EXPECT_EQ(test, !!dev, row->claimed);
	if (dev)
		pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", slots, sizeof(slots)),
			strlen(row->slots));
	KUNIT_EXPECT_STREQ(test, slots, row->slots);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, row->claimed);
}

/* Only headers of type 0 and 1 can be shown to a guest. */
static void declines_cardbus(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(b->fn[PLAIN]);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:06.0"), 0);
	pdev->hdr_type = PCI_HEADER_TYPE_CARDBUS;
	KUNIT_EXPECT_EQ(test, fixture_bind(b->fn[PLAIN]), -ENODEV);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(b->fn[PLAIN]));
	pdev->hdr_type = PCI_HEADER_TYPE_NORMAL;
	KUNIT_EXPECT_EQ(test, fixture_bind(b->fn[PLAIN]), 12);
	pci_dev_put(pdev);
}

/* hide= at load, with items that cannot be understood among the good ones. */
static void hides_at_load(struct kunit *test)
{
	static const bool hidden[NR_FIXTURE_FNS] = {
		[CARD] = true, [BELOW] = true, [BELOW_1] = true, [OLD] = true,
	};
	struct seize_fixture *b = test->priv;
	int i;

	fixture_driver_stop(b);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(1234:00:03.0),(junk)(1234:00:06.9)"), 0);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("1234:00:07.0 (1234:01:00.*)\n"), 0);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(1234:00:05.0(1234:00:05.0)"), 0);
	KUNIT_ASSERT_EQ(test, fixture_driver_start(b), 0);
	for (i = 0; i < NR_FIXTURE_FNS; i++)
		KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(b->fn[i]), hidden[i], "%s",
				    fixture_name(b->fn[i]));
}

static void hides_nothing(struct kunit *test)
{
	char slots[16] = "";

	KUNIT_EXPECT_EQ(test, pciback_slots_hide(NULL), 0);
	KUNIT_EXPECT_EQ(test, pciback_slots_hide(""), 0);
	KUNIT_EXPECT_EQ(test, pciback_slots_hide("junk"), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", slots, sizeof(slots)), 0);
}

static void drivers_probe_claims(struct kunit *test)
{
	struct seize_fixture *b = test->priv;

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:03.0"), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("../../drivers_probe", "1234:00:03.0"), 12);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(b->fn[CARD]));
}

static void hotplug_claims(struct kunit *test)
{
	struct seize_fixture *b = test->priv;

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:01:00.0"), 0);
	fake_pci_unplug(b->fn[BELOW]);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(b->fn[BELOW]));
	fake_pci_replug(b->fn[BELOW]);
	async_synchronize_full();
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(b->fn[BELOW]));
}

/* A slot and a binding have lives of their own. */
static void slot_and_binding(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	char slots[32];

	pciback_device_put(fixture_seize(test, b->fn[CARD]));
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", "1234:00:03.0"), 12);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(b->fn[CARD]));
	KUNIT_EXPECT_EQ(test, fixture_unbind(b->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_bind(b->fn[CARD]), -ENODEV);

	pciback_device_put(fixture_seize(test, b->fn[CARD]));
	KUNIT_EXPECT_EQ(test, fixture_unbind(b->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", slots, sizeof(slots)), 13);
	KUNIT_EXPECT_EQ(test, fixture_bind(b->fn[CARD]), 12);
}

static struct kunit_case slots_cases[] = {
	KUNIT_CASE_PARAM(claims, claim_gen_params),
	KUNIT_CASE(declines_cardbus),
	KUNIT_CASE(hides_at_load),
	KUNIT_CASE(hides_nothing),
	KUNIT_CASE(drivers_probe_claims),
	KUNIT_CASE(hotplug_claims),
	KUNIT_CASE(slot_and_binding),
	{}
};

struct kunit_suite slots_suite = {
	.name = "slots",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = slots_cases,
};
