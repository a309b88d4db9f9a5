// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Functions claimed by path, ids or class; and that one which appears later goes
 * to the driver even if another was there first.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include "stub/hotplug.h"
#include "stub/slots.h"
#include "seize_fixture.h"
#include "suites.h"

struct rule_row {
	const char *name;
	enum fixture_fn fn;
	const char *text;
	bool claimed;
	const char *shown;	/* the file "rules" afterwards */
};

static const struct rule_row rule_rows[] = {
	{ "path", BELOW, "1234:00:04.0/00.0", true, "1234:00:04.0/00.0\n" },
	{ "path to its neighbour", BELOW, "1234:00:04.0/00.1", false, "1234:00:04.0/00.1\n" },
	{ "path, any function", BELOW_1, "1234:00:04.0/00.*", true, "1234:00:04.0/00.*\n" },
	{ "path from another domain", BELOW, "00:04.0/00.0", false, "0000:00:04.0/00.0\n" },
	{ "path through another port", BELOW, "1234:00:05.0/00.0", false,
	  "1234:00:05.0/00.0\n" },
	{ "ids", CARD, "pci:fafa:10f0", true, "pci:fafa:10f0\n" },
	{ "ids of another", CARD, "pci:fafa:10f1", false, "pci:fafa:10f1\n" },
	{ "any device of the vendor", CARD_1, "pci:fafa:*\n", true, "pci:fafa:*\n" },
	{ "any device: not a bridge", PORT, "pci:fafa:*", false, "pci:fafa:*\n" },
	{ "ids: not a bridge", PORT, "pci:fafa:0001", false, "pci:fafa:0001\n" },
	{ "class", CARD, "class:02", true, "class:02\n" },
	{ "class and subclass", CARD, "class:0200", true, "class:0200\n" },
	{ "other class", CARD, "class:01", false, "class:01\n" },
};

KUNIT_ARRAY_PARAM_DESC(rule, rule_rows, name);

/* So that nothing of the host's is on it. */
static void leave_host(struct kunit *test, struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	device_release_driver(&pdev->dev);
	pci_dev_put(pdev);
}

static void claims(struct kunit *test)
{
	const struct rule_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[row->fn];
	char text[64] = "";

	leave_host(test, fn);
	KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", row->text), strlen(row->text));
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_write("new_slot", row->text), strlen(row->text),
			    "twice is no error");
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(fn), "entering binds nothing");
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), row->claimed ? 12 : -ENODEV);
	KUNIT_EXPECT_EQ(test, fixture_is_bound(fn), row->claimed);
	fixture_driver_read("rules", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, row->shown);
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_read("slots", text, sizeof(text)), 0,
			    "slots is for addresses");

	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", row->text), strlen(row->text));
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", row->text), -ENOENT);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("rules", text, sizeof(text)), 0);
	KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(fn), row->claimed, "what is bound stays so");
}

struct refused_row {
	const char *name;
	const char *file;
	const char *text;
	int err;
};

static const struct refused_row refused_rows[] = {
	{ "new_slot: path of nothing", "new_slot", "1234:00:04.0/", -EINVAL },
	{ "new_slot: path out of range", "new_slot", "1234:00:04.0/00.8", -EINVAL },
	{ "new_slot: half an id", "new_slot", "pci:8086", -EINVAL },
	{ "new_slot: id out of range", "new_slot", "pci:8086:10000", -EINVAL },
	{ "new_slot: every vendor", "new_slot", "pci:*:10f0", -EPERM },
	{ "new_slot: odd class", "new_slot", "class:020", -EINVAL },
	{ "new_slot: bridges", "new_slot", "class:0604", -EPERM },
	{ "new_slot: parentheses", "new_slot", "(class:02)", -EINVAL },
	{ "remove_slot: junk", "remove_slot", "class:", -EINVAL },
	{ "remove_slot: not entered", "remove_slot", "class:02", -ENOENT },
	{ "remove_slot: out of range", "remove_slot", "1234:00:04.0/00.8", -ENOENT },
	{ "remove_slot: bridges", "remove_slot", "class:06", -ENOENT },
	{ "permissive: a class is no function", "permissive", "class:02", -EINVAL },
	{ "permissive: nor is a path", "permissive", "1234:00:04.0/00.0", -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(refused, refused_rows, name);

static void refuses(struct kunit *test)
{
	const struct refused_row *row = test->param_value;
	char text[16];

	KUNIT_EXPECT_EQ(test, fixture_driver_write(row->file, row->text), row->err);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("rules", text, sizeof(text)), 0);
}

/* A list of more than a page loses whole lines, not half ones. */
static void shows_whole_lines(struct kunit *test)
{
	char *text = kunit_kzalloc(test, PAGE_SIZE + 1, GFP_KERNEL);
	char rule[16];
	int i, len;

	KUNIT_ASSERT_NOT_NULL(test, text);
	for (i = 1; i <= 300; i++) {
		snprintf(rule, sizeof(rule), "pci:fafa:%04x", i);
		KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", rule), 13);
	}
	len = fixture_driver_read("rules", text, PAGE_SIZE + 1);
	KUNIT_EXPECT_EQ(test, len, PAGE_SIZE / 14 * 14);
	KUNIT_EXPECT_EQ(test, text[len - 1], '\n');
}

static void hides_at_load(struct kunit *test)
{
	static const bool hidden[NR_FIXTURE_FNS] = { [CARD_1] = true, [BELOW] = true, [OLD] = true };
	struct seize_fixture *b = test->priv;
	char text[64];
	int i;

	fixture_driver_stop(b);
	KUNIT_EXPECT_EQ_MSG(test, pciback_slots_hide("(pci:fafa:10f1)(class:06)(pci:1)"), 0,
			    "bad items cost nothing but themselves");
	KUNIT_EXPECT_EQ(test, pciback_slots_hide("(1234:00:04.0/00.0)(1234:00:05.0)"), 0);
	KUNIT_ASSERT_EQ(test, fixture_driver_start(b), 0);
	for (i = 0; i < NR_FIXTURE_FNS; i++)
		KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(b->fn[i]), hidden[i], "%s",
				    fixture_name(b->fn[i]));
	fixture_driver_read("rules", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "pci:fafa:10f1\n1234:00:04.0/00.0\n");
	fixture_driver_read("slots", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "1234:00:05.0\n");
}

/* A driver of the host that takes whatever it is shown. */
static int rival_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return 0;
}

static const struct pci_device_id rival_ids[] = {
	{ PCI_DEVICE(FAKE_PCI_VENDOR, 0x10f5) },
	{ PCI_DEVICE(FAKE_PCI_VENDOR, 0x10f6) },
	{ }
};

static struct pci_driver rival = {
	.name = "rival",
	.id_table = rival_ids,
	.probe = rival_probe,
};

/* Our driver's folder may not be there. */
static ssize_t rival_write(struct fake_pci_fn *fn, const char *file)
{
	char path[32];

	snprintf(path, sizeof(path), "subsystem/drivers/rival/%s", file);
	return fixture_fn_write(fn, path, fixture_name(fn));
}

struct plug_row {
	const char *name;
	const char *text;
	bool ours[2];		/* BELOW, BELOW_1 */
};

static const struct plug_row plug_rows[] = {
	{ "by address", "1234:01:00.0", { true, false } },
	{ "by the bridge's address", "1234:00:04.0", { true, true } },
	{ "by path", "1234:00:04.0/00.1", { false, true } },
	{ "by ids", "pci:fafa:10f5", { true, false } },
	{ "by class", "class:0200", { true, true } },
	{ "not at all", "1234:01:01.0", { false, false } },
};

KUNIT_ARRAY_PARAM_DESC(plug, plug_rows, name);

static const char *driver_of(struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	const char *name = pdev && pdev->dev.driver ? pdev->dev.driver->name : "";

	pci_dev_put(pdev);
	return name;
}

static void plug_in(struct fake_pci_fn *fn)
{
	fake_pci_unplug(fn);
	fake_pci_replug(fn);
	async_synchronize_full();
}

/* The rival was registered first, so it is asked first. */
static void appears(struct kunit *test)
{
	const struct plug_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	int i;

	fixture_driver_stop(b);
	KUNIT_ASSERT_EQ(test, pci_register_driver(&rival), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_start(b), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", row->text), strlen(row->text));
	for (i = 0; i < 2; i++) {
		struct fake_pci_fn *fn = b->fn[BELOW + i];

		KUNIT_EXPECT_STREQ_MSG(test, driver_of(fn), "rival",
				       "nothing is taken from a driver");
		plug_in(fn);
		KUNIT_EXPECT_STREQ(test, driver_of(fn), row->ours[i] ? "pciback" : "rival");
		if (!row->ours[i])
			continue;
		/* Nothing stays that would keep it from another driver. */
		KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
		KUNIT_EXPECT_EQ(test, rival_write(fn, "bind"), 12);
		KUNIT_EXPECT_STREQ(test, driver_of(fn), "rival");
	}
	pci_unregister_driver(&rival);
}

/*
 * What is kept and has not come to our driver (it is not there yet, or could not
 * seize it) is nobody's until the module goes, and anybody's then.
 */
static void kept_until_unload(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];

	fixture_driver_stop(b);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(class:0200)"), 0);
	KUNIT_ASSERT_EQ(test, pci_register_driver(&rival), 0);
	KUNIT_EXPECT_EQ(test, pciback_hotplug_init(), 0);
	plug_in(fn);
	KUNIT_EXPECT_STREQ(test, driver_of(fn), "");
	KUNIT_EXPECT_EQ(test, rival_write(fn, "bind"), -ENODEV);
	/* Gone while it is kept, and there again. */
	plug_in(fn);
	KUNIT_EXPECT_STREQ(test, driver_of(fn), "");
	pciback_hotplug_exit();
	KUNIT_EXPECT_EQ(test, rival_write(fn, "bind"), 12);
	KUNIT_EXPECT_STREQ(test, driver_of(fn), "rival");
	pci_unregister_driver(&rival);
	pciback_slots_clear();
}

/* A person's own choice of driver is not touched. */
static void leaves_other_overrides(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[BELOW];

	fixture_driver_stop(b);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(class:0200)"), 0);
	KUNIT_ASSERT_EQ(test, pci_register_driver(&rival), 0);
	KUNIT_EXPECT_EQ(test, pciback_hotplug_init(), 0);
	plug_in(fn);
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "driver_override", "rival"), 5);
	KUNIT_EXPECT_EQ(test, rival_write(fn, "bind"), 12);
	KUNIT_EXPECT_EQ(test, rival_write(fn, "unbind"), 12);
	pciback_hotplug_exit();
	/* Still tied to the rival: ours is refused, although it is listed. */
	KUNIT_EXPECT_EQ(test, fixture_driver_start(b), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), -ENODEV);
	KUNIT_EXPECT_EQ(test, rival_write(fn, "bind"), 12);
	pci_unregister_driver(&rival);
}

static struct kunit_case match_rules_cases[] = {
	KUNIT_CASE_PARAM(claims, rule_gen_params),
	KUNIT_CASE_PARAM(refuses, refused_gen_params),
	KUNIT_CASE(shows_whole_lines),
	KUNIT_CASE(hides_at_load),
	KUNIT_CASE_PARAM(appears, plug_gen_params),
	KUNIT_CASE(kept_until_unload),
	KUNIT_CASE(leaves_other_overrides),
	{}
};

struct kunit_suite match_rules_suite = {
	.name = "match_rules",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = match_rules_cases,
};
