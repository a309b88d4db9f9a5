// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Which functions the driver claims: by the slot list, by a bridge above that is in
 * the list, by driver_override, and by hide= at load.
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
	const char *slots;		/* the file "slots" afterwards */
};

static const struct claim_row claim_rows[] = {
	{ "not listed", CARD, NULL, NULL, false, "" },
	{ "listed", CARD, "1234:00:03.0", NULL, true, "1234:00:03.0\n" },
	{ "listed with a newline", CARD, "1234:00:03.0\n", NULL, true, "1234:00:03.0\n" },
	{ "second function listed", CARD_1, "1234:00:03.1", NULL, true, "1234:00:03.1\n" },
	{ "the other function listed", CARD, "1234:00:03.1", NULL, false, "1234:00:03.1\n" },
	{ "other device listed", CARD, "1234:00:05.0", NULL, false, "1234:00:05.0\n" },
	{ "other bus listed", CARD, "1234:01:03.0", NULL, false, "1234:01:03.0\n" },
	{ "other domain listed", CARD, "0000:00:03.0", NULL, false, "0000:00:03.0\n" },
	{ "domain left out is 0", CARD, "00:03.0", NULL, false, "0000:00:03.0\n" },
	{ "bridge above listed", BELOW, "1234:00:04.0", NULL, true, "1234:00:04.0\n" },
	{ "bridge above listed, second function", BELOW_1, "1234:00:04.0", NULL, true,
	  "1234:00:04.0\n" },
	{ "bridge listed, not above", CARD, "1234:00:04.0", NULL, false, "1234:00:04.0\n" },
	{ "function below listed", BELOW, "1234:01:00.0", NULL, true, "1234:01:00.0\n" },
	{ "neighbour listed", BELOW_1, "1234:01:00.0", NULL, false, "1234:01:00.0\n" },
	{ "override", CARD, NULL, "pciback", true, "1234:00:03.0\n" },
	{ "override with a newline", CARD, NULL, "pciback\n", true, "1234:00:03.0\n" },
	{ "override and listed", CARD, "1234:00:03.0", "pciback", true, "1234:00:03.0\n" },
	{ "override and bridge listed", BELOW, "1234:00:04.0", "pciback", true, "1234:00:04.0\n" },
	{ "override of another driver", CARD, NULL, "vfio-pci", false, "" },
	{ "override of another, listed", CARD, "1234:00:03.0", "vfio-pci", false,
	  "1234:00:03.0\n" },
	{ "override that is a prefix of the name", CARD, NULL, "pcibac", false, "" },
};

KUNIT_ARRAY_PARAM_DESC(claim, claim_rows, name);

static void claim(struct kunit *test)
{
	const struct claim_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[row->fn];
	struct pcistub_device *dev;
	char slots[64] = "";

	if (row->slot)
		KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", row->slot), 0);
	if (row->override)
		KUNIT_ASSERT_GT(test, fixture_fn_write(fn, "driver_override", row->override), 0);
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(fn), "a new slot binds nothing");

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

/* Only functions with a header of type 0 or 1 are supported. */
static void cardbus(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(f->fn[CONV]);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:06.0"), 0);
	pdev->hdr_type = PCI_HEADER_TYPE_CARDBUS;
	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[CONV]), -ENODEV);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(f->fn[CONV]));
	pdev->hdr_type = PCI_HEADER_TYPE_NORMAL;
	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[CONV]), 12);
	pci_dev_put(pdev);
}

/* hide= at load, with valid and invalid items. */
static void hide_at_load(struct kunit *test)
{
	static const bool hidden[NR_FIXTURE_FNS] = {
		[CARD] = true, [BELOW] = true, [BELOW_1] = true, [CONV_AF] = true,
	};
	struct seize_fixture *f = test->priv;
	int i;

	fixture_driver_stop(f);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(1234:00:03.0),(junk)(1234:00:06.9)"), 0);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("1234:00:07.0 (1234:01:00.*)\n"), 0);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(1234:00:05.0(1234:00:05.0)"), 0);
	KUNIT_ASSERT_EQ(test, fixture_driver_start(f), 0);
	for (i = 0; i < NR_FIXTURE_FNS; i++)
		KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(f->fn[i]), hidden[i], "%s",
				    fixture_name(f->fn[i]));
}

static void hide_nothing(struct kunit *test)
{
	char slots[16] = "";

	KUNIT_EXPECT_EQ(test, pciback_slots_hide(NULL), 0);
	KUNIT_EXPECT_EQ(test, pciback_slots_hide(""), 0);
	KUNIT_EXPECT_EQ(test, pciback_slots_hide("junk"), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", slots, sizeof(slots)), 0);
}

static void drivers_probe_file(struct kunit *test)
{
	struct seize_fixture *f = test->priv;

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:03.0"), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("../../drivers_probe", "1234:00:03.0"), 12);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(f->fn[CARD]));
}

static void hotplug(struct kunit *test)
{
	struct seize_fixture *f = test->priv;

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:01:00.0"), 0);
	fake_pci_unplug(f->fn[BELOW]);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(f->fn[BELOW]));
	fake_pci_replug(f->fn[BELOW]);
	async_synchronize_full();
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(f->fn[BELOW]));
}

/* A removed slot does not unbind, and an unbind does not remove the slot. */
static void slot_and_binding(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	char slots[32];

	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", "1234:00:03.0"), 12);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(f->fn[CARD]));
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[CARD]), -ENODEV);

	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", slots, sizeof(slots)), 13);
	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[CARD]), 12);
}

struct override_row {
	const char *name;
	const char *before, *meanwhile;	/* written to new_slot before it is bound, and then */
	bool replug;			/* unplugged, not unbound */
	const char *slots;		/* the file "slots" afterwards */
};

static const struct override_row override_rows[] = {
	{ "by driver_override alone", NULL, NULL, false, "" },
	{ "listed before", "1234:00:03.0", NULL, false, "1234:00:03.0\n" },
	{ "listed meanwhile", NULL, "1234:00:03.0", false, "1234:00:03.0\n" },
	{ "listed meanwhile, another", NULL, "1234:00:05.0", false, "1234:00:05.0\n" },
	{ "unplugged", NULL, NULL, true, "" },
};

KUNIT_ARRAY_PARAM_DESC(override, override_rows, name);

/*
 * As libvirt and driverctl do it: bind by driver_override, unbind, driver_override is cleared.
 * The host must be able to get the function back.
 */
static void override_unbind(struct kunit *test)
{
	const struct override_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	char slots[32] = "";
	int i;

	if (row->before)
		KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", row->before), 12);
	for (i = 0; i < 2; i++) {
		KUNIT_ASSERT_GT(test, fixture_fn_write(fn, "driver_override", "pciback"), 0);
		KUNIT_ASSERT_EQ(test, fixture_bind(fn), 12);
		fixture_driver_read("slots", slots, sizeof(slots));
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(slots, "1234:00:03.0\n"), "while bound");
		if (row->meanwhile)
			KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", row->meanwhile), 12);
		if (row->replug) {
			fake_pci_unplug(fn);
			fake_pci_replug(fn);
			async_synchronize_full();
		} else {
			KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
			KUNIT_ASSERT_GT(test, fixture_fn_write(fn, "driver_override", "\n"), 0);
		}
		fixture_driver_read("slots", slots, sizeof(slots));
		KUNIT_EXPECT_STREQ(test, slots, row->slots);
	}
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), strstr(row->slots, "03.0") ? 12 : -ENODEV);
}

static struct kunit_case slots_cases[] = {
	KUNIT_CASE_PARAM(claim, claim_gen_params),
	KUNIT_CASE(cardbus),
	KUNIT_CASE(hide_at_load),
	KUNIT_CASE(hide_nothing),
	KUNIT_CASE(drivers_probe_file),
	KUNIT_CASE(hotplug),
	KUNIT_CASE(slot_and_binding),
	KUNIT_CASE_PARAM(override_unbind, override_gen_params),
	{}
};

struct kunit_suite slots_suite = {
	.name = "slots",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = slots_cases,
};
