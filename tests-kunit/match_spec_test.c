// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The grammar of paths, ids and classes, which hide=, new_slot and remove_slot
 * accept besides addresses, and the functions that each of them matches.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include <pciback/match_spec.h>
#include <pciback/slot_spec.h>
#include "suites.h"

#define HOPS_15	"/1.1/2.1/3.1/4.1/5.1/6.1/7.1/8.1/9.1/a.1/b.1/c.1/d.1/e.1/f.1"
#define HOPS_15_PRINTED \
	"/01.1/02.1/03.1/04.1/05.1/06.1/07.1/08.1/09.1/0a.1/0b.1/0c.1/0d.1/0e.1/0f.1"

#define SAME_15	"/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1/2.1"

struct text_row {
	const char *name;
	const char *text;
	int err;
	const char *printed;	/* the line of the file "rules" */
};

static const struct text_row text_rows[] = {
	{ "path", "0000:00:1c.0/00.0", 0, "0000:00:1c.0/00.0" },
	{ "path, no domain", "00:1c.0/00.0", 0, "0000:00:1c.0/00.0" },
	{ "path, short numbers", "0:1c.0/0.0", 0, "0000:00:1c.0/00.0" },
	{ "path, newline behind", "0000:00:1c.0/00.0\n", 0, "0000:00:1c.0/00.0" },
	{ "path, blanks around", " 0000:00:1c.0/00.0 \t", 0, "0000:00:1c.0/00.0" },
	{ "path, 0x", "0x1:0x2:0x3.0x4/0x5.0x6", 0, "0001:02:03.4/05.6" },
	{ "path, upper case", "ABCD:EF:1A.7/1F.7", 0, "abcd:ef:1a.7/1f.7" },
	{ "path of three functions", "00:1c.0/00.0/02.3", 0, "0000:00:1c.0/00.0/02.3" },
	{ "path, any function", "00:1c.0/00.*", 0, "0000:00:1c.0/00.*" },
	{ "path, any function, newline", "00:1c.0/00.*\n", 0, "0000:00:1c.0/00.*" },
	{ "path, the longest", "0:0:0.0" HOPS_15, 0, "0000:00:00.0" HOPS_15_PRINTED },
	{ "path, too long", "0:0:0.0" HOPS_15 "/1.0", -EINVAL },

	{ "path, function 8", "00:1c.0/00.8", -ERANGE },
	{ "path, device 32", "00:1c.0/20.0", -ERANGE },
	{ "path, function of 33 bits", "00:1c.0/00.100000000", -ERANGE },
	{ "path, device of 32 bits", "00:1c.0/ffffffff.0", -ERANGE },
	{ "path, bus 256", "100:1c.0/00.0", -ERANGE },
	{ "path, domain 65536", "10000:00:1c.0/00.0", -ERANGE },
	{ "path, first device 32", "00:20.0/00.0", -ERANGE },

	{ "path, nothing behind the slash", "00:1c.0/", -EINVAL },
	{ "path, nothing before the slash", "/00.0", -EINVAL },
	{ "path, slash alone", "/", -EINVAL },
	{ "path, two slashes", "00:1c.0//00.0", -EINVAL },
	{ "path, slash at the end", "00:1c.0/00.0/", -EINVAL },
	{ "path, blank before the slash", "00:1c.0 /00.0", -EINVAL },
	{ "path, blank before the second slash", "00:1c.0/00.0 /00.0", -EINVAL },
	{ "path, bus in the second step", "00:1c.0/01:00.0", -EINVAL },
	{ "path, any function in the middle", "00:1c.0/00.*/00.0", -EINVAL },
	{ "path, any function in the first step", "00:1c.*/00.0", -EINVAL },
	{ "path, any device in the first step", "00:*.*/00.0", -EINVAL },
	{ "path, any device", "00:1c.0/*.*", -EINVAL },
	{ "path, no function", "00:1c.0/00", -EINVAL },
	{ "path, no function behind the dot", "00:1c.0/00.", -EINVAL },
	{ "path, no bus", "1c.0/00.0", -EINVAL },
	{ "path, letter behind", "00:1c.0/00.0x", -EINVAL },
	{ "path, digit behind any function", "00:1c.0/00.*0", -EINVAL },

	{ "ids", "pci:8086:10d3", 0, "pci:8086:10d3" },
	{ "ids, newline behind", "pci:8086:10d3\n", 0, "pci:8086:10d3" },
	{ "ids, blanks around", " pci:8086:10d3 ", 0, "pci:8086:10d3" },
	{ "ids, short", "pci:1:2", 0, "pci:0001:0002" },
	{ "ids, 0x", "pci:0x8086:0x10D3", 0, "pci:8086:10d3" },
	{ "ids with subsystem", "pci:8086:10d3:1af4:1100", 0, "pci:8086:10d3:1af4:1100" },
	{ "ids, any device", "pci:8086:*", 0, "pci:8086:*" },
	{ "ids, any device, as 0", "pci:8086:0", 0, "pci:8086:*" },
	{ "ids, any subsystem", "pci:8086:10d3:*:*", 0, "pci:8086:10d3" },
	{ "ids, any subsystem, as 0", "pci:8086:10d3:0:0", 0, "pci:8086:10d3" },
	{ "ids, any subsystem device", "pci:8086:10d3:1af4:*", 0, "pci:8086:10d3:1af4:*" },
	{ "ids, any subsystem vendor", "pci:8086:10d3:*:1100", 0, "pci:8086:10d3:*:1100" },
	{ "ids, any vendor", "pci:*:10d3", -EPERM },
	{ "ids, any vendor, as 0", "pci:0:10d3", -EPERM },
	{ "ids, any vendor and device", "pci:*:*", -EPERM },
	{ "ids, vendor of 17 bits", "pci:18086:10d3", -ERANGE },
	{ "ids, device of 17 bits", "pci:8086:110d3", -ERANGE },
	{ "ids, subsystem vendor of 17 bits", "pci:8086:10d3:10000:1", -ERANGE },
	{ "ids, subsystem of 33 bits", "pci:8086:10d3:1:100000000", -ERANGE },
	{ "ids, nothing", "pci:", -EINVAL },
	{ "ids, no device", "pci:8086", -EINVAL },
	{ "ids, no device behind the colon", "pci:8086:", -EINVAL },
	{ "ids, three", "pci:8086:10d3:1af4", -EINVAL },
	{ "ids, three and a colon", "pci:8086:10d3:1af4:", -EINVAL },
	{ "ids, five", "pci:8086:10d3:1af4:1100:1", -EINVAL },
	{ "ids, two stars", "pci:8086:**", -EINVAL },
	{ "ids, minus", "pci:8086:-1", -EINVAL },
	{ "ids, prefix cut short", "pc:8086:10d3", -EINVAL },
	{ "ids, prefix in upper case", "PCI:8086:10d3", -EINVAL },
	{ "ids, blank in the prefix", "pci :8086:10d3", -EINVAL },

	{ "class", "class:02", 0, "class:02" },
	{ "class and subclass", "class:0c03", 0, "class:0c03" },
	{ "class, subclass and interface", "class:0C0330\n", 0, "class:0c0330" },
	{ "class 0", "class:00", 0, "class:00" },
	{ "class, maximum", "class:ffffff", 0, "class:ffffff" },
	{ "class of bridges", "class:06", -EPERM },
	{ "class of PCI bridges", "class:0604", -EPERM },
	{ "class, one digit", "class:2", -EINVAL },
	{ "class, three digits", "class:020", -EINVAL },
	{ "class, five digits", "class:02000", -EINVAL },
	{ "class, eight digits", "class:02000000", -EINVAL },
	{ "class, nothing", "class:", -EINVAL },
	{ "class, blank in front", "class: 02", -EINVAL },
	{ "class, 0x", "class:0x02", -EINVAL },
	{ "class, star", "class:02*", -EINVAL },
	{ "class, by name", "class:network", -EINVAL },

	{ "nothing", "", -EINVAL },
	{ "blanks", "\n ", -EINVAL },
	{ "two classes", "class:02 class:03", -EINVAL },
	{ "parentheses", "(class:02)", -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(text, text_rows, name);

static void parse_print(struct kunit *test)
{
	const struct text_row *row = test->param_value;
	char printed[MATCH_SPEC_STRLEN];
	struct match_spec spec, again;

	KUNIT_ASSERT_EQ(test, pciback_match_spec_parse(row->text, strlen(row->text), &spec),
			row->err);
	if (row->err)
		return;
	KUNIT_ASSERT_NE(test, spec.kind, MATCH_SLOT);
	KUNIT_EXPECT_EQ(test, pciback_match_spec_print(&spec, printed, sizeof(printed)),
			strlen(row->printed));
	KUNIT_ASSERT_STREQ(test, printed, row->printed);
	KUNIT_ASSERT_EQ(test, pciback_match_spec_parse(printed, strlen(printed), &again), 0);
	pciback_match_spec_print(&again, printed, sizeof(printed));
	KUNIT_EXPECT_STREQ(test, printed, row->printed);
}

/* Addresses are parsed by pciback_slot_spec_parse(), with its ranges. */
static void addresses(struct kunit *test)
{
	struct match_spec spec;

	KUNIT_ASSERT_EQ(test, pciback_match_spec_parse("0001:03:*.*\n", 12, &spec), 0);
	KUNIT_EXPECT_EQ(test, spec.kind, MATCH_SLOT);
	KUNIT_EXPECT_EQ(test, spec.slot.domain, 1);
	KUNIT_EXPECT_EQ(test, spec.slot.bus, 3);
	KUNIT_EXPECT_EQ(test, spec.slot.dev, SLOT_SPEC_ANY);
	KUNIT_EXPECT_EQ(test, spec.slot.func, SLOT_SPEC_ANY);
	KUNIT_EXPECT_EQ(test, pciback_match_spec_parse("03:00.8", 7, &spec), -ERANGE);
	/* Only the first bytes count, as many as the length says. */
	KUNIT_EXPECT_EQ(test, pciback_match_spec_parse("03:00.0/00.0", 7, &spec), 0);
	KUNIT_EXPECT_EQ(test, spec.kind, MATCH_SLOT);
}

/* A network card behind a switch: 0000:00:1c.4, 02:00.0, 03:05.0, 07:00.1. */
#define NIC	{ .domain = 0, .nr = 4, \
		  .chain = { { 7, 0x01 }, { 3, 0x28 }, { 2, 0x00 }, { 0, 0xe4 } }, \
		  .vendor = 0x8086, .device = 0x10d3, .subvendor = 0x1af4, .subdevice = 0x1100, \
		  .class = 0x020000 }
/* A USB 3 controller on a root bus that is not bus 0. */
#define USB	{ .domain = 2, .nr = 1, .chain = { { 0x80, 0xa0 } }, \
		  .vendor = 0x1912, .device = 0x0014, .class = 0x0c0330 }
#define LONGEST	{ .nr = MATCH_CHAIN_MAX, .chain = { [0 ... 31] = { 9, 0x11 } } }

struct cover_row {
	const char *name;
	const char *text;
	struct match_target target;
	bool covers;
};

static const struct cover_row cover_rows[] = {
	{ "path from the root bus", "00:1c.4/00.0/05.0/00.1", NIC, true },
	{ "other function", "00:1c.4/00.0/05.0/00.0", NIC, false },
	{ "any function", "00:1c.4/00.0/05.0/00.*", NIC, true },
	{ "any function, other device", "00:1c.4/00.0/05.0/01.*", NIC, false },
	{ "other port of the switch", "00:1c.4/00.0/04.0/00.1", NIC, false },
	{ "other root port", "00:1c.5/00.0/05.0/00.1", NIC, false },
	{ "other root bus", "01:1c.4/00.0/05.0/00.1", NIC, false },
	{ "other domain", "1:00:1c.4/00.0/05.0/00.1", NIC, false },
	{ "path from a bus in the middle", "02:00.0/05.0/00.1", NIC, true },
	{ "path from the last bus but one", "03:05.0/00.1", NIC, true },
	{ "path that ends above it", "00:1c.4/00.0", NIC, true },
	{ "path that ends just above it", "00:1c.4/00.0/05.0", NIC, true },
	{ "path that ends above, any function", "00:1c.4/00.*", NIC, true },
	{ "path from another bus", "00:00.0/05.0/00.1", NIC, false },
	{ "path to a function below it", "00:1c.4/00.0/05.0/00.1/00.0", NIC, false },
	{ "path to a function on a root bus", "2:80:14.0/00.0", USB, false },
	{ "path of 16 in a chain of 32", "0:9:2.1" SAME_15, LONGEST, true },

	{ "ids", "pci:8086:10d3", NIC, true },
	{ "ids and subsystem", "pci:8086:10d3:1af4:1100", NIC, true },
	{ "other subsystem", "pci:8086:10d3:1af4:1101", NIC, false },
	{ "other subsystem vendor", "pci:8086:10d3:1af5:1100", NIC, false },
	{ "subsystem vendor alone", "pci:8086:10d3:1af4:*", NIC, true },
	{ "subsystem alone", "pci:8086:10d3:*:1100", NIC, true },
	{ "any device of the vendor", "pci:8086:*", NIC, true },
	{ "any device with the subsystem", "pci:8086:*:1af4:1100", NIC, true },
	{ "any device of another vendor", "pci:8087:*", NIC, false },
	{ "other device", "pci:8086:10d4", NIC, false },
	{ "function without subsystem", "pci:1912:14", USB, true },
	{ "subsystem, function without subsystem", "pci:1912:14:1:1", USB, false },

	{ "base class", "class:02", NIC, true },
	{ "class", "class:0200", NIC, true },
	{ "class and interface", "class:020000", NIC, true },
	{ "other interface", "class:020001", NIC, false },
	{ "other subclass", "class:0280", NIC, false },
	{ "other base class", "class:0c", NIC, false },
	{ "base class 0", "class:00", NIC, false },
	{ "USB", "class:0c03", USB, true },
	{ "USB of another interface", "class:0c0320", USB, false },

	{ "address, which match_spec does not compare", "02:80:14.0", USB, false },
};

KUNIT_ARRAY_PARAM_DESC(cover, cover_rows, name);

static void covers(struct kunit *test)
{
	const struct cover_row *row = test->param_value;
	struct match_spec spec;

	KUNIT_ASSERT_EQ(test, pciback_match_spec_parse(row->text, strlen(row->text), &spec), 0);
	KUNIT_EXPECT_EQ(test, pciback_match_spec_covers(&spec, &row->target), row->covers);
	KUNIT_EXPECT_EQ(test, pciback_match_spec_is_name(&spec),
			spec.kind == MATCH_SLOT || spec.kind == MATCH_PATH);
}

struct item {
	int err;
	const char *text;
	enum match_kind kind;
};

/* Items of all kinds, some in error; each is reported with its position. */
static void hide_list(struct kunit *test)
{
	static const struct item items[] = {
		{ 0, "(03:00.*)", MATCH_SLOT },
		{ 0, "(00:1c.0/00.0)", MATCH_PATH },
		{ 0, "(pci:8086:10d3)", MATCH_IDS },
		{ -EPERM, "(class:06)" },
		{ -EINVAL, "," },
		{ 0, "(class:0c03)", MATCH_CLASS },
		{ -EINVAL, "(class:02 )" },
		{ -ERANGE, "(pci:18086:1)" },
		{ -EINVAL, "(class:c" },
		{ -ERANGE, "(03:00.8)" },
		{ 0, "(pci:8086:*)", MATCH_IDS },
		{ -EINVAL, "()" },
		{ -EINVAL, "class:02" },
	};
	struct match_hide_item item;
	unsigned int cursor = 0;
	char list[256] = " ";
	const char *next = list;
	int i;

	/* The list: some items have blanks between them. */
	for (i = 0; i < ARRAY_SIZE(items); i++) {
		strcat(list, items[i].text);
		if (i % 5 == 1)
			strcat(list, "\t\n");
	}
	for (i = 0; i < ARRAY_SIZE(items); i++) {
		const char *at = strstr(next, items[i].text);

		KUNIT_ASSERT_NOT_NULL(test, at);
		KUNIT_ASSERT_EQ_MSG(test, pciback_match_spec_next_hide(list, &cursor, &item),
				    items[i].err, "%s", items[i].text);
		KUNIT_EXPECT_EQ_MSG(test, item.pos, at - list, "%s", items[i].text);
		KUNIT_EXPECT_EQ_MSG(test, item.len, strlen(items[i].text), "%s", items[i].text);
		if (!items[i].err)
			KUNIT_EXPECT_EQ_MSG(test, item.spec.kind, items[i].kind, "%s",
					    items[i].text);
		next = at + item.len;
	}
	KUNIT_EXPECT_EQ(test, pciback_match_spec_next_hide(list, &cursor, &item), -ENOENT);
}

static struct kunit_case match_spec_cases[] = {
	KUNIT_CASE_PARAM(parse_print, text_gen_params),
	KUNIT_CASE(addresses),
	KUNIT_CASE_PARAM(covers, cover_gen_params),
	KUNIT_CASE(hide_list),
	{}
};

struct kunit_suite match_spec_suite = {
	.name = "match_spec",
	.test_cases = match_spec_cases,
};
