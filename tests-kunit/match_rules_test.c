// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Functions that rules claim by path, ids or class. A claimed function that is
 * plugged in later is bound to this driver, also if another driver matches it and
 * was registered before.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include "stub/hotplug.h"
#include "stub/pci_driver.h"
#include "stub/slots.h"
#include "sysfs/device.h"
#include "seize_fixture.h"
#include "suites.h"

struct rule_row {
	const char *name;
	enum fixture_fn fn;
	const char *text;
	bool claimed;
	const char *rules;	/* the file "rules" afterwards */
};

static const struct rule_row rule_rows[] = {
	{ "path", BELOW, "1234:00:04.0/00.0", true, "1234:00:04.0/00.0\n" },
	{ "path to its neighbour", BELOW, "1234:00:04.0/00.1", false, "1234:00:04.0/00.1\n" },
	{ "path, any function", BELOW_1, "1234:00:04.0/00.*", true, "1234:00:04.0/00.*\n" },
	{ "path in another domain", BELOW, "00:04.0/00.0", false, "0000:00:04.0/00.0\n" },
	{ "path through another port", BELOW, "1234:00:05.0/00.0", false,
	  "1234:00:05.0/00.0\n" },
	{ "ids", CARD, "pci:fafa:10f0", true, "pci:fafa:10f0\n" },
	{ "other ids", CARD, "pci:fafa:10f1", false, "pci:fafa:10f1\n" },
	{ "any device of the vendor", CARD_1, "pci:fafa:*\n", true, "pci:fafa:*\n" },
	{ "any device: not a bridge", PORT, "pci:fafa:*", false, "pci:fafa:*\n" },
	{ "ids: not a bridge", PORT, "pci:fafa:0001", false, "pci:fafa:0001\n" },
	{ "class", CARD, "class:02", true, "class:02\n" },
	{ "class and subclass", CARD, "class:0200", true, "class:0200\n" },
	{ "other class", CARD, "class:01", false, "class:01\n" },
};

KUNIT_ARRAY_PARAM_DESC(rule, rule_rows, name);

struct except_row {
	const char *name;
	const char *rule;
	const char *address;		/* written to remove_slot */
	int result;
	bool unbound_before;		/* as xenopsd does it, else after */
	bool claimed[2];		/* BELOW, BELOW_1 afterwards */
};

static const struct except_row except_rows[] = {
	{ "while bound, by class", "class:02", "1234:01:00.0", 12, false, { false, true } },
	{ "after the unbind, by class", "class:02", "1234:01:00.0", 12, true, { false, true } },
	{ "by path", "1234:00:04.0/00.0", "1234:01:00.0", 12, true, { false, false } },
	{ "by ids", "pci:fafa:10f5", "1234:01:00.0", 12, true, { false, false } },
	{ "both functions", "class:02", "1234:01:00.*", 12, true, { false, false } },
	{ "a function that no rule claims", "pci:fafa:10f5", "1234:01:00.1", -ENOENT, true,
	  { true, false } },
	{ "a bridge that the rule does not claim", "pci:fafa:*", "1234:00:04.0", -ENOENT, true,
	  { true, true } },
	{ "no function there", "class:02", "1234:01:00.7", -ENOENT, true, { true, true } },
};

KUNIT_ARRAY_PARAM_DESC(except, except_rows, name);

static void expect_claims(struct kunit *test, const bool *claimed, const char *when)
{
	struct seize_fixture *f = test->priv;
	int i;

	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ_MSG(test, fixture_bind(f->fn[BELOW + i]),
				    claimed[i] ? 12 : -ENODEV, "%s, function %d", when, i);
		if (claimed[i])
			fixture_unbind(f->fn[BELOW + i]);
	}
}

/* Toolstacks write the address of what they release to remove_slot, whatever claimed it. */
static void remove_address(struct kunit *test)
{
	static const bool listed[2] = { true, false };
	const struct except_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	char text[32] = "";

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", row->rule), 0);
	KUNIT_ASSERT_EQ(test, fixture_bind(f->fn[BELOW]), 12);
	if (row->unbound_before)
		KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[BELOW]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", row->address), row->result);
	if (!row->unbound_before) {
		KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(f->fn[BELOW]), "it stays bound");
		KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[BELOW]), 12);
	}
	expect_claims(test, row->claimed, "after remove_slot");
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_write("remove_slot", row->address), row->result,
			    "a second time");
	fixture_driver_read("rules", text, sizeof(text));
	KUNIT_EXPECT_EQ_MSG(test, strlen(text), strlen(row->rule) + 1, "the rule stays");
	if (row->result < 0)
		return;

	/* The next guest: the toolstack enters the address, and deletes it afterwards. */
	KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", "1234:01:00.0"), 12);
	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[BELOW]), 12);
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[BELOW]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", "1234:01:00.0"), 12);
	KUNIT_EXPECT_EQ_MSG(test, fixture_bind(f->fn[BELOW]), -ENODEV, "left alone again");

	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", row->rule), 0);
	KUNIT_EXPECT_EQ_MSG(test, fixture_bind(f->fn[BELOW]), 12, "the rule was entered again");
	KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", "1234:01:00.0"), 12);
	KUNIT_EXPECT_GT(test, fixture_driver_write("remove_slot", row->rule), 0);
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[BELOW]), 12);
	expect_claims(test, listed, "listed, without the rule");
}

/* No other driver may be bound to it. */
static void fn_unbind(struct kunit *test, struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	device_release_driver(&pdev->dev);
	pci_dev_put(pdev);
}

static void claim(struct kunit *test)
{
	const struct rule_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[row->fn];
	char text[64] = "";

	fn_unbind(test, fn);
	KUNIT_ASSERT_EQ(test, fixture_driver_write("new_slot", row->text), strlen(row->text));
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_write("new_slot", row->text), strlen(row->text),
			    "a second time is no error");
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(fn), "a new rule binds nothing");
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), row->claimed ? 12 : -ENODEV);
	KUNIT_EXPECT_EQ(test, fixture_is_bound(fn), row->claimed);
	fixture_driver_read("rules", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, row->rules);
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_read("slots", text, sizeof(text)), 0,
			    "a rule is not in slots");

	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", row->text), strlen(row->text));
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", row->text), -ENOENT);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("rules", text, sizeof(text)), 0);
	KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(fn), row->claimed, "it stays bound");
}

struct refused_row {
	const char *name;
	const char *file;
	const char *text;
	int err;
};

static const struct refused_row refused_rows[] = {
	{ "new_slot: path without a function", "new_slot", "1234:00:04.0/", -EINVAL },
	{ "new_slot: path out of range", "new_slot", "1234:00:04.0/00.8", -EINVAL },
	{ "new_slot: vendor alone", "new_slot", "pci:8086", -EINVAL },
	{ "new_slot: id out of range", "new_slot", "pci:8086:10000", -EINVAL },
	{ "new_slot: every vendor", "new_slot", "pci:*:10f0", -EPERM },
	{ "new_slot: class of three digits", "new_slot", "class:020", -EINVAL },
	{ "new_slot: bridges", "new_slot", "class:0604", -EPERM },
	{ "new_slot: parentheses", "new_slot", "(class:02)", -EINVAL },
	{ "remove_slot: no class", "remove_slot", "class:", -EINVAL },
	{ "remove_slot: no such rule", "remove_slot", "class:02", -ENOENT },
	{ "remove_slot: out of range", "remove_slot", "1234:00:04.0/00.8", -ENOENT },
	{ "remove_slot: bridges", "remove_slot", "class:06", -ENOENT },
	{ "permissive: class", "permissive", "class:02", -EINVAL },
	{ "permissive: path", "permissive", "1234:00:04.0/00.0", -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(refused, refused_rows, name);

static void refused(struct kunit *test)
{
	const struct refused_row *row = test->param_value;
	char text[16];

	KUNIT_EXPECT_EQ(test, fixture_driver_write(row->file, row->text), row->err);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("rules", text, sizeof(text)), 0);
}

/* The file is one page; it ends with a whole line. */
static void whole_lines(struct kunit *test)
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

static void hide_at_load(struct kunit *test)
{
	static const bool hidden[NR_FIXTURE_FNS] = {
		[CARD_1] = true, [BELOW] = true, [CONV_AF] = true,
	};
	struct seize_fixture *f = test->priv;
	char text[64];
	int i;

	fixture_driver_stop(f);
	KUNIT_EXPECT_EQ_MSG(test, pciback_slots_hide("(pci:fafa:10f1)(class:06)(pci:1)"), 0,
			    "items in error do not affect the others");
	KUNIT_EXPECT_EQ(test, pciback_slots_hide("(1234:00:04.0/00.0)(1234:00:05.0)"), 0);
	KUNIT_ASSERT_EQ(test, fixture_driver_start(f), 0);
	for (i = 0; i < NR_FIXTURE_FNS; i++)
		KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(f->fn[i]), hidden[i], "%s",
				    fixture_name(f->fn[i]));
	fixture_driver_read("rules", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "pci:fafa:10f1\n1234:00:04.0/00.0\n");
	fixture_driver_read("slots", text, sizeof(text));
	KUNIT_EXPECT_STREQ(test, text, "1234:00:05.0\n");
}

/* A driver of the host that accepts every function with its ids. */
static int host_driver_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	return 0;
}

static const struct pci_device_id host_driver_ids[] = {
	{ PCI_DEVICE(FAKE_PCI_VENDOR, 0x10f5) },
	{ PCI_DEVICE(FAKE_PCI_VENDOR, 0x10f6) },
	{ }
};

static struct pci_driver host_driver = {
	.name = "other",
	.id_table = host_driver_ids,
	.probe = host_driver_probe,
};

/* By way of the function's folder: that of the pciback driver may not exist. */
static ssize_t host_driver_write(struct fake_pci_fn *fn, const char *file)
{
	char path[32];

	snprintf(path, sizeof(path), "subsystem/drivers/other/%s", file);
	return fixture_fn_write(fn, path, fixture_name(fn));
}

struct plug_row {
	const char *name;
	const char *text;
	bool claimed[2];		/* BELOW, BELOW_1 */
};

static const struct plug_row plug_rows[] = {
	{ "by address", "1234:01:00.0", { true, false } },
	{ "by the bridge's address", "1234:00:04.0", { true, true } },
	{ "by path", "1234:00:04.0/00.1", { false, true } },
	{ "by ids", "pci:fafa:10f5", { true, false } },
	{ "by class", "class:0200", { true, true } },
	{ "another address", "1234:01:01.0", { false, false } },
};

KUNIT_ARRAY_PARAM_DESC(plug, plug_rows, name);

static const char *fn_driver(struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	const char *name = pdev && pdev->dev.driver ? pdev->dev.driver->name : "";

	pci_dev_put(pdev);
	return name;
}

static void fn_replug(struct fake_pci_fn *fn)
{
	fake_pci_unplug(fn);
	fake_pci_replug(fn);
	async_synchronize_full();
}

/* The other driver was registered before, so the core probes it first. */
static void hotplug(struct kunit *test)
{
	const struct plug_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	int i;

	fixture_driver_stop(f);
	KUNIT_ASSERT_EQ(test, pci_register_driver(&host_driver), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_start(f), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", row->text), strlen(row->text));
	for (i = 0; i < 2; i++) {
		struct fake_pci_fn *fn = f->fn[BELOW + i];

		KUNIT_EXPECT_STREQ_MSG(test, fn_driver(fn), "other",
				       "a bound function stays bound");
		fn_replug(fn);
		KUNIT_EXPECT_STREQ(test, fn_driver(fn), row->claimed[i] ? "pciback" : "other");
		if (!row->claimed[i])
			continue;
		/* After the unbind another driver can be bound: driver_override is not ours. */
		KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
		KUNIT_EXPECT_EQ(test, host_driver_write(fn, "bind"), 12);
		KUNIT_EXPECT_STREQ(test, fn_driver(fn), "other");
	}
	pci_unregister_driver(&host_driver);
}

/*
 * A reserved function that the driver is not bound to (it is not registered yet, or
 * it could not seize the function) stays without driver until the module is
 * unloaded. Then any driver can be bound to it.
 */
static void reserved(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];

	fixture_driver_stop(f);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(class:0200)"), 0);
	KUNIT_ASSERT_EQ(test, pci_register_driver(&host_driver), 0);
	KUNIT_EXPECT_EQ(test, pciback_hotplug_init(), 0);
	fn_replug(fn);
	KUNIT_EXPECT_STREQ(test, fn_driver(fn), "");
	KUNIT_EXPECT_EQ(test, host_driver_write(fn, "bind"), -ENODEV);
	/* Unplugged while it is reserved, and plugged in again. */
	fn_replug(fn);
	KUNIT_EXPECT_STREQ(test, fn_driver(fn), "");
	pciback_hotplug_exit();
	KUNIT_EXPECT_EQ(test, host_driver_write(fn, "bind"), 12);
	KUNIT_EXPECT_STREQ(test, fn_driver(fn), "other");
	pci_unregister_driver(&host_driver);
	pciback_slots_clear();
}

/*
 * As if built in: hide= is read early, other drivers are registered before this one, and
 * this one's probes run beside theirs. No hidden function is lost to another driver.
 */
static void hidden_before_drivers(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];

	fixture_driver_stop(f);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(pci:fafa:10f5)(1234:00:03.0)(1234:00:08.0)"), 0);
	KUNIT_ASSERT_EQ(test, fixture_fn_write(f->fn[CONV_PM], "driver_override", "other"), 5);
	KUNIT_ASSERT_EQ(test, pciback_hotplug_init(), 0);
	KUNIT_ASSERT_EQ(test, pci_register_driver(&host_driver), 0);
	KUNIT_EXPECT_STREQ_MSG(test, fn_driver(fn), "", "hidden");
	KUNIT_EXPECT_EQ(test, host_driver_write(fn, "bind"), -ENODEV);
	KUNIT_EXPECT_STREQ_MSG(test, fn_driver(f->fn[BELOW_1]), "other", "not hidden");

	KUNIT_ASSERT_EQ(test, pciback_stub_register(pciback_device_groups), 0);
	async_synchronize_full();
	KUNIT_EXPECT_STREQ(test, fn_driver(fn), "pciback");
	KUNIT_EXPECT_STREQ(test, fn_driver(f->fn[CARD]), "pciback");
	KUNIT_EXPECT_STREQ(test, fn_driver(f->fn[BELOW_1]), "other");
	KUNIT_EXPECT_STREQ_MSG(test, fn_driver(f->fn[CONV_PM]), "other",
			       "user space gave it to another driver");
	/* The driver_override is gone: the host can have the function back. */
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, host_driver_write(fn, "bind"), 12);

	pciback_hotplug_exit();
	pciback_stub_unregister();
	pci_unregister_driver(&host_driver);
	pciback_slots_clear();
}

/* A hidden bridge, too: built in, this comes before the port driver. */
static void hidden_bridge(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *port = f->fn[PORT];

	fn_unbind(test, port);
	fixture_driver_stop(f);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(1234:00:04.0)"), 0);
	KUNIT_ASSERT_EQ(test, pciback_hotplug_init(), 0);
	KUNIT_EXPECT_EQ(test, fixture_fn_write(port, "subsystem/drivers_probe",
					       fixture_name(port)), 12);
	KUNIT_EXPECT_STREQ_MSG(test, fn_driver(port), "", "not bound to the port driver");
	KUNIT_ASSERT_EQ(test, pciback_stub_register(pciback_device_groups), 0);
	async_synchronize_full();
	KUNIT_EXPECT_STREQ(test, fn_driver(port), "pciback");
	KUNIT_EXPECT_STREQ_MSG(test, fn_driver(f->fn[BELOW]), "pciback", "below it");
	pciback_hotplug_exit();
	pciback_stub_unregister();
	pciback_slots_clear();
}

/* A driver_override that an administrator wrote is not changed. */
static void other_override(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];

	fixture_driver_stop(f);
	KUNIT_ASSERT_EQ(test, pciback_slots_hide("(class:0200)"), 0);
	KUNIT_ASSERT_EQ(test, pci_register_driver(&host_driver), 0);
	KUNIT_EXPECT_EQ(test, pciback_hotplug_init(), 0);
	fn_replug(fn);
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "driver_override", "other"), 5);
	KUNIT_EXPECT_EQ(test, host_driver_write(fn, "bind"), 12);
	KUNIT_EXPECT_EQ(test, host_driver_write(fn, "unbind"), 12);
	pciback_hotplug_exit();
	/* The driver_override is still "other": no bind to pciback, although a rule claims it. */
	KUNIT_EXPECT_EQ(test, fixture_driver_start(f), 0);
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), -ENODEV);
	KUNIT_EXPECT_EQ(test, host_driver_write(fn, "bind"), 12);
	pci_unregister_driver(&host_driver);
}

static struct kunit_case match_rules_cases[] = {
	KUNIT_CASE_PARAM(claim, rule_gen_params),
	KUNIT_CASE_PARAM(refused, refused_gen_params),
	KUNIT_CASE_PARAM(remove_address, except_gen_params),
	KUNIT_CASE(whole_lines),
	KUNIT_CASE(hide_at_load),
	KUNIT_CASE_PARAM(hotplug, plug_gen_params),
	KUNIT_CASE(reserved),
	KUNIT_CASE(hidden_before_drivers),
	KUNIT_CASE(hidden_bridge),
	KUNIT_CASE(other_override),
	{}
};

struct kunit_suite match_rules_suite = {
	.name = "match_rules",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = match_rules_cases,
};
