// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The grammar of quirks, for one function and for all with certain ids. */
#include <kunit/test.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <pciback/quirk_spec.h>
#include "suites.h"

struct quirk_row {
	const char *text;
	int err;
	bool by_ids;
	u32 a, b, c, d;		/* ids, or domain, bus, device, function */
	u16 reg;
	u8 size;
	u32 mask;
};

static const struct quirk_row quirk_rows[] = {
	{ "0000:03:00.0-40:4:ffffffff", 0, false, 0, 3, 0, 0, 0x40, 4, 0xffffffff },
	{ "03:00.1-4c:2:ff00", 0, false, 0, 3, 0, 1, 0x4c, 2, 0xff00 },
	{ " 0001:03:1f.7-fff:1:80\n", 0, false, 1, 3, 0x1f, 7, 0xfff, 1, 0x80 },
	{ "03:00.0-0x40:0x4:0x0", 0, false, 0, 3, 0, 0, 0x40, 4, 0xffffffff },
	{ "03:00.0-40:2:0", 0, false, 0, 3, 0, 0, 0x40, 2, 0xffff },
	{ "03:00.0-40:1:00000000", 0, false, 0, 3, 0, 0, 0x40, 1, 0xff },
	{ "14e4:1677-4c:4:0", 0, true, 0x14e4, 0x1677, 0, 0, 0x4c, 4, 0xffffffff },
	{ "14e4:4727:1028:0010-80:4:0", 0, true, 0x14e4, 0x4727, 0x1028, 0x10, 0x80, 4,
	  0xffffffff },
	{ "", -EINVAL },
	{ "\n", -EINVAL },
	{ "-", -EINVAL },
	{ "03:00.0", -EINVAL },
	{ "03:00.0-", -EINVAL },
	{ "03:00.0-40", -EINVAL },
	{ "03:00.0-40:4", -EINVAL },
	{ "03:00.0-40:4:", -EINVAL },
	{ "03:00.0-40:4:0:0", -EINVAL },
	{ "03:00.0-40:3:0", -EINVAL },
	{ "03:00.0-40:8:0", -EINVAL },
	{ "03:00.0-40:0:0", -EINVAL },
	{ "03:00.0-1000:4:0", -EINVAL },
	{ "03:00.0-ffffffff:1:0", -EINVAL },
	{ "03:00.0-100000040:4:0", -EINVAL },
	{ "03:00.0-41:2:0", -EINVAL },
	{ "03:00.0-42:4:0", -EINVAL },
	{ "03:00.0-40:1:100", -EINVAL },
	{ "03:00.0-40:2:10000", -EINVAL },
	{ "03:00.0-40:4:100000000", -EINVAL },
	{ "03:00.0-40:4:0 junk", -EINVAL },
	{ "03:00.0-40:4:-1", -EINVAL },
	{ "03:00.*-40:4:0", -EINVAL },
	{ "03:*.*-40:4:0", -EINVAL },
	{ "14e4-40:4:0", -EINVAL },
	{ "14e4:1677:1028-40:4:0", -EINVAL },
	{ "14e4:1677:1028:10:1-40:4:0", -EINVAL },
	{ "14e41:1677-40:4:0", -EINVAL },
	{ "14e4:*-40:4:0", -EINVAL },
};

static void quirk_desc(const struct quirk_row *row, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "\"%s\"", row->text);
	strreplace(desc, '\n', ' ');
	strreplace(desc, '#', ' ');
}

KUNIT_ARRAY_PARAM(quirk, quirk_rows, quirk_desc);

static void parse(struct kunit *test)
{
	const struct quirk_row *row = test->param_value;
	struct quirk_spec spec;

	KUNIT_ASSERT_EQ(test, pciback_quirk_spec_parse(row->text, strlen(row->text), &spec),
			row->err);
	if (row->err)
		return;
	KUNIT_EXPECT_EQ(test, spec.by_ids, row->by_ids);
	KUNIT_EXPECT_EQ(test, spec.field.reg, row->reg);
	KUNIT_EXPECT_EQ(test, spec.field.size, row->size);
	KUNIT_EXPECT_EQ(test, spec.field.mask, row->mask);
	if (row->by_ids) {
		KUNIT_EXPECT_EQ(test, spec.ids.vendor, row->a);
		KUNIT_EXPECT_EQ(test, spec.ids.device, row->b);
		KUNIT_EXPECT_EQ(test, spec.ids.subvendor, row->c);
		KUNIT_EXPECT_EQ(test, spec.ids.subdevice, row->d);
		KUNIT_EXPECT_EQ(test, spec.ids.subsystem, row->c || row->d);
	} else {
		KUNIT_EXPECT_EQ(test, spec.slot.domain, row->a);
		KUNIT_EXPECT_EQ(test, spec.slot.bus, row->b);
		KUNIT_EXPECT_EQ(test, spec.slot.dev, row->c);
		KUNIT_EXPECT_EQ(test, spec.slot.func, row->d);
	}
}

static void match_ids(struct kunit *test)
{
	struct quirk_ids ids = { 0x14e4, 0x1677, 0x1028, 0x0010, true };

	KUNIT_EXPECT_TRUE(test, pciback_quirk_ids_match(&ids, 0x14e4, 0x1677, 0x1028, 0x0010));
	KUNIT_EXPECT_FALSE(test, pciback_quirk_ids_match(&ids, 0x14e5, 0x1677, 0x1028, 0x0010));
	KUNIT_EXPECT_FALSE(test, pciback_quirk_ids_match(&ids, 0x14e4, 0x1676, 0x1028, 0x0010));
	KUNIT_EXPECT_FALSE(test, pciback_quirk_ids_match(&ids, 0x14e4, 0x1677, 0x1029, 0x0010));
	KUNIT_EXPECT_FALSE(test, pciback_quirk_ids_match(&ids, 0x14e4, 0x1677, 0x1028, 0x0011));
	ids.subsystem = false;
	KUNIT_EXPECT_TRUE(test, pciback_quirk_ids_match(&ids, 0x14e4, 0x1677, 0x1029, 0x0011));
}

static struct kunit_case quirk_spec_cases[] = {
	KUNIT_CASE_PARAM(parse, quirk_gen_params),
	KUNIT_CASE(match_ids),
	{}
};

struct kunit_suite quirk_spec_suite = {
	.name = "quirk_spec",
	.test_cases = quirk_spec_cases,
};
