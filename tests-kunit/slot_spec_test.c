// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The grammar of slots: what hide= and the sysfs files accept and what they refuse. */
#include <kunit/test.h>
#include <linux/limits.h>
#include <linux/string.h>
#include <pciback/slot_spec.h>
#include "suites.h"

#define ANY	SLOT_SPEC_ANY

struct parse_row {
	const char *name;
	const char *text;
	int err;
	struct slot_spec spec;
	bool out_of_range;
};

static const struct parse_row parse_rows[] = {
	/* Accepted: existing scripts write all of these. */
	{ "full", "0000:03:00.0", 0, { 0, 3, 0, 0 } },
	{ "newline behind", "0000:03:00.0\n", 0, { 0, 3, 0, 0 } },
	{ "blanks around", " \t0000:03:00.0 \t\n", 0, { 0, 3, 0, 0 } },
	{ "blanks before each number", "0000: 03: 00. 0", 0, { 0, 3, 0, 0 } },
	{ "no domain", "03:00.0", 0, { 0, 3, 0, 0 } },
	{ "no domain, newline behind", "04:00.0\n", 0, { 0, 4, 0, 0 } },
	{ "single digits", "3:0.0", 0, { 0, 3, 0, 0 } },
	{ "0x prefixes", "0x0:0x3:0x0.0x1", 0, { 0, 3, 0, 1 } },
	{ "0X prefixes", "0X1:0X3:0X0.0X1", 0, { 1, 3, 0, 1 } },
	{ "function of two digits", "0000:03:00.00", 0, { 0, 3, 0, 0 } },
	{ "many leading zeroes", "00000000000000000000:0003:0000.0007", 0, { 0, 3, 0, 7 } },
	{ "upper case", "ABCD:EF:1A.7", 0, { 0xabcd, 0xef, 0x1a, 7 } },
	{ "lower case", "abcd:ef:1a.7", 0, { 0xabcd, 0xef, 0x1a, 7 } },
	{ "maximum", "ffff:ff:1f.7", 0, { 0xffff, 0xff, 0x1f, 7 } },
	{ "any function", "0000:03:00.*", 0, { 0, 3, 0, ANY } },
	{ "any function, no domain", "03:00.*", 0, { 0, 3, 0, ANY } },
	{ "any function, newline behind", "03:00.*\n", 0, { 0, 3, 0, ANY } },
	{ "any device", "0000:03:*.*", 0, { 0, 3, ANY, ANY } },
	{ "any device, no domain", "03:*.*", 0, { 0, 3, ANY, ANY } },

	/* Valid syntax, but out of range. */
	{ "function 8", "0000:03:00.8", 0, { 0, 3, 0, 8 }, true },
	{ "device 32", "0000:03:20.0", 0, { 0, 3, 0x20, 0 }, true },
	{ "bus 256", "0000:100:00.0", 0, { 0, 0x100, 0, 0 }, true },
	{ "domain 65536", "10000:03:00.0", 0, { 0x10000, 3, 0, 0 }, true },
	{ "any function of device 32", "0000:03:20.*", 0, { 0, 3, 0x20, ANY }, true },
	{ "any device of bus 256", "0000:100:*.*", 0, { 0, 0x100, ANY, ANY }, true },

	/* Large numbers saturate: they must not wrap into the range or to a wildcard. */
	{ "domain of 33 bits", "1ffffffff:03:00.0", 0, { S32_MAX, 3, 0, 0 }, true },
	{ "domain that could wrap to 0", "100000000:03:00.0", 0, { S32_MAX, 3, 0, 0 }, true },
	{ "bus that could wrap to 3", "0:100000003:00.0", 0, { 0, S32_MAX, 0, 0 }, true },
	{ "device that could wrap to any", "0:03:ffffffff.0", 0, { 0, 3, S32_MAX, 0 }, true },
	{ "function that could wrap to any", "0:03:00.ffffffff", 0, { 0, 3, 0, S32_MAX }, true },
	{ "function of 20 digits", "0:03:00.10000000000000000000", 0, { 0, 3, 0, S32_MAX }, true },

	/* Invalid syntax. */
	{ "nothing", "", -EINVAL },
	{ "newline only", "\n", -EINVAL },
	{ "blanks only", "  \t ", -EINVAL },
	{ "no function", "0000:03:00", -EINVAL },
	{ "no function behind the dot", "0000:03:00.", -EINVAL },
	{ "no device", "0000:03:.0", -EINVAL },
	{ "no bus", "0000::00.0", -EINVAL },
	{ "no number at all", ":.", -EINVAL },
	{ "any bus", "0000:*:*.*", -EINVAL },
	{ "any bus of a device", "0000:*:00.0", -EINVAL },
	{ "any domain", "*:03:00.0", -EINVAL },
	{ "any device of one function", "0000:03:*.0", -EINVAL },
	{ "any device of one function, no domain", "03:*.0", -EINVAL },
	{ "any device, no function", "03:*", -EINVAL },
	{ "dots for colons", "0000:82.0.0", -EINVAL },
	{ "colon for the dot", "0000:03:00:0", -EINVAL },
	{ "negative", "-1:03:00.0", -EINVAL },
	{ "plus sign", "+1:03:00.0", -EINVAL },
	{ "two slots", "0000:03:00.0 0000:04:00.0", -EINVAL },
	{ "two slots on two lines", "0000:03:00.0\n0000:04:00.0\n", -EINVAL },
	{ "letter behind", "0000:03:00.0x", -EINVAL },
	{ "comma behind", "0000:03:00.0,", -EINVAL },
	{ "letter before", "x0000:03:00.0", -EINVAL },
	{ "parentheses", "(0000:03:00.0)", -EINVAL },
	{ "not hexadecimal", "0000:0g:00.0", -EINVAL },
	{ "0x and no digit", "0x:03:00.0", -EINVAL },
	{ "blank before a colon", "0000 :03:00.0", -EINVAL },
	{ "blank before the dot", "0000:03:00 .0", -EINVAL },
	{ "two stars", "0000:03:00.**", -EINVAL },
	{ "digit behind a star", "0000:03:00.*0", -EINVAL },
	{ "three colons", "0000:00:03:00.0", -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(parse, parse_rows, name);

static void expect_spec(struct kunit *test, const struct slot_spec *got,
			const struct slot_spec *want)
{
	KUNIT_EXPECT_EQ(test, got->domain, want->domain);
	KUNIT_EXPECT_EQ(test, got->bus, want->bus);
	KUNIT_EXPECT_EQ(test, got->dev, want->dev);
	KUNIT_EXPECT_EQ(test, got->func, want->func);
}

static void parse(struct kunit *test)
{
	const struct parse_row *row = test->param_value;
	struct slot_spec spec = { };

	KUNIT_ASSERT_EQ(test, pciback_slot_spec_parse(row->text, strlen(row->text), &spec),
			row->err);
	if (row->err)
		return;
	expect_spec(test, &spec, &row->spec);
	KUNIT_EXPECT_EQ(test, pciback_slot_spec_in_range(&spec), !row->out_of_range);
	KUNIT_EXPECT_EQ(test, pciback_slot_spec_is_wild(&spec),
			row->spec.dev == ANY || row->spec.func == ANY);
}

/* The text may continue behind the slot, as in a list. */
static void length(struct kunit *test)
{
	struct slot_spec spec = { };

	KUNIT_EXPECT_EQ(test, pciback_slot_spec_parse("03:00.07", 7, &spec), 0);
	KUNIT_EXPECT_EQ(test, spec.func, 0);
	KUNIT_EXPECT_EQ(test, pciback_slot_spec_parse("03:00.0 junk", 8, &spec), 0);
	KUNIT_EXPECT_EQ(test, pciback_slot_spec_parse("03:00.0", 6, &spec), -EINVAL);
	KUNIT_EXPECT_EQ(test, pciback_slot_spec_parse("03:00.0", 0, &spec), -EINVAL);
	KUNIT_EXPECT_EQ_MSG(test, pciback_slot_spec_parse("03:00.0\0", 8, &spec), -EINVAL,
			    "NUL is not a blank");
}

struct cover_row {
	const char *name;
	struct slot_spec spec;
	u32 domain;
	u8 bus;
	u8 devfn;
	bool covers;
};

static const struct cover_row cover_rows[] = {
	{ "the function", { 1, 3, 4, 5 }, 1, 3, 4 << 3 | 5, true },
	{ "other domain", { 1, 3, 4, 5 }, 0, 3, 4 << 3 | 5, false },
	{ "other bus", { 1, 3, 4, 5 }, 1, 4, 4 << 3 | 5, false },
	{ "other device", { 1, 3, 4, 5 }, 1, 3, 5 << 3 | 5, false },
	{ "other function", { 1, 3, 4, 5 }, 1, 3, 4 << 3 | 6, false },
	{ "any function, the first", { 0, 3, 4, ANY }, 0, 3, 4 << 3, true },
	{ "any function, the last", { 0, 3, 4, ANY }, 0, 3, 4 << 3 | 7, true },
	{ "any function, other device", { 0, 3, 4, ANY }, 0, 3, 5 << 3, false },
	{ "any device, the first", { 0, 3, ANY, ANY }, 0, 3, 0x00, true },
	{ "any device, the last", { 0, 3, ANY, ANY }, 0, 3, 0xff, true },
	{ "any device, other bus", { 0, 3, ANY, ANY }, 0, 2, 0x00, false },
	{ "any device, other domain", { 0, 3, ANY, ANY }, 1, 3, 0x00, false },
};

KUNIT_ARRAY_PARAM_DESC(cover, cover_rows, name);

static void covers(struct kunit *test)
{
	const struct cover_row *row = test->param_value;

	KUNIT_EXPECT_EQ(test, pciback_slot_spec_covers(&row->spec, row->domain, row->bus,
						       row->devfn), row->covers);
}

struct hide_item {
	int err;
	const char *text;	/* that is reported */
	struct slot_spec spec;
};

struct hide_row {
	const char *name;
	const char *list;
	struct hide_item items[5];	/* the last one has no text */
};

static const struct hide_row hide_rows[] = {
	{ "nothing", "", { } },
	{ "blanks", "\t\n ", { } },
	{ "one", "(0000:03:00.0)", { { 0, "(0000:03:00.0)", { 0, 3, 0, 0 } } } },
	{ "two, nothing between", "(03:00.0)(04:00.0)",
	  { { 0, "(03:00.0)", { 0, 3, 0, 0 } }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "two, blanks between", " (03:00.0) \t(04:00.0)\n",
	  { { 0, "(03:00.0)", { 0, 3, 0, 0 } }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "newline behind", "(0:03:00.0)\n", { { 0, "(0:03:00.0)", { 0, 3, 0, 0 } } } },
	{ "blank behind the parenthesis", "( 03:00.0)", { { 0, "( 03:00.0)", { 0, 3, 0, 0 } } } },
	{ "wildcards", "(03:00.*)(0001:04:*.*)",
	  { { 0, "(03:00.*)", { 0, 3, 0, ANY } },
	    { 0, "(0001:04:*.*)", { 1, 4, ANY, ANY } } } },

	{ "blank before the parenthesis", "(03:00.0 )(04:00.0)",
	  { { -EINVAL, "(03:00.0 )" }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "comma between", "(03:00.0),(04:00.0)",
	  { { 0, "(03:00.0)", { 0, 3, 0, 0 } }, { -EINVAL, "," },
	    { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "no parentheses", "03:00.0", { { -EINVAL, "03:00.0" } } },
	{ "no parentheses, then a valid item", "03:00.0 (04:00.0)",
	  { { -EINVAL, "03:00.0" }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "text behind", "(03:00.0) and more\n",
	  { { 0, "(03:00.0)", { 0, 3, 0, 0 } }, { -EINVAL, "and more" } } },
	{ "invalid item in the middle", "(03:00.0)(junk)(04:00.0)",
	  { { 0, "(03:00.0)", { 0, 3, 0, 0 } }, { -EINVAL, "(junk)" },
	    { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "empty item", "()(04:00.0)",
	  { { -EINVAL, "()" }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "any device of one function", "(03:*.0)(04:00.0)",
	  { { -EINVAL, "(03:*.0)" }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "out of range", "(03:00.8)(04:00.0)",
	  { { -ERANGE, "(03:00.8)" }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "two slots in one item", "(03:00.0 04:00.0)(05:00.0)",
	  { { -EINVAL, "(03:00.0 04:00.0)" }, { 0, "(05:00.0)", { 0, 5, 0, 0 } } } },
	{ "not closed", "(03:00.0", { { -EINVAL, "(03:00.0" } } },
	{ "not closed, then a valid item", "(03:00.0(04:00.0)",
	  { { -EINVAL, "(03:00.0" }, { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "opening parenthesis alone", "(", { { -EINVAL, "(" } } },
	{ "closing parenthesis alone", ")", { { -EINVAL, ")" } } },
	{ "closed twice", "(03:00.0))(04:00.0)",
	  { { 0, "(03:00.0)", { 0, 3, 0, 0 } }, { -EINVAL, ")" },
	    { 0, "(04:00.0)", { 0, 4, 0, 0 } } } },
	{ "opened twice", "((03:00.0)",
	  { { -EINVAL, "(" }, { 0, "(03:00.0)", { 0, 3, 0, 0 } } } },
};

KUNIT_ARRAY_PARAM_DESC(hide, hide_rows, name);

/* An invalid item is reported with its text and position, and the others are still found. */
static void hide_list(struct kunit *test)
{
	const struct hide_row *row = test->param_value;
	const char *next = row->list;
	unsigned int cursor = 0;
	struct slot_hide_item item;
	int i;

	for (i = 0; i < ARRAY_SIZE(row->items) && row->items[i].text; i++) {
		const struct hide_item *want = &row->items[i];
		const char *at = strstr(next, want->text);

		KUNIT_ASSERT_NOT_NULL_MSG(test, at, "item %d of the row is not in its list", i);
		KUNIT_ASSERT_EQ_MSG(test, pciback_slot_spec_next_hide(row->list, &cursor, &item),
				    want->err, "item %d", i);
		KUNIT_EXPECT_EQ_MSG(test, item.pos, at - row->list, "item %d", i);
		KUNIT_EXPECT_EQ_MSG(test, item.len, strlen(want->text), "item %d", i);
		if (!want->err)
			expect_spec(test, &item.spec, &want->spec);
		next = at + strlen(want->text);
	}
	KUNIT_EXPECT_EQ(test, pciback_slot_spec_next_hide(row->list, &cursor, &item), -ENOENT);
	KUNIT_EXPECT_EQ_MSG(test, pciback_slot_spec_next_hide(row->list, &cursor, &item), -ENOENT,
			    "the same at the next call");
}

static struct kunit_case slot_spec_cases[] = {
	KUNIT_CASE_PARAM(parse, parse_gen_params),
	KUNIT_CASE(length),
	KUNIT_CASE_PARAM(covers, cover_gen_params),
	KUNIT_CASE_PARAM(hide_list, hide_gen_params),
	{}
};

struct kunit_suite slot_spec_suite = {
	.name = "slot_spec",
	.test_cases = slot_spec_cases,
};
