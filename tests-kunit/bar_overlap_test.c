// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What shares a page with a memory BAR: the report, and a function's sysfs file "bars". */
#include <kunit/test.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <pciback/bar_overlap.h>
#include "record/record.h"
#include "seize_fixture.h"
#include "suites.h"

#define PAGE	0x1000

struct problems_row {
	const char *name;
	u64 start;
	u64 size;
	u64 other_start;	/* one BAR of one other function */
	u64 other_size;		/* 0: there is none */
	const char *problems;
};

static const struct problems_row problems_rows[] = {
	{ "exactly one page", 0xfe001000, 0x1000, 0, 0, "none" },
	{ "many pages", 0xfe000000, 0x100000, 0, 0, "none" },
	{ "above 4 GiB", 0x380000000000, 0x4000000, 0, 0, "none" },
	{ "up to the last address", 0xfffffffffffff000, 0x1000, 0, 0, "none" },
	{ "small, at the start of a page", 0xfe001000, 0x800, 0, 0, "small" },
	{ "the smallest", 0xfe001000, 0x10, 0, 0, "small" },
	{ "small, inside a page", 0xfe001800, 0x800, 0, 0, "small,unaligned" },
	{ "size of a page, in two pages", 0xfe001800, 0x1000, 0, 0, "unaligned" },

	{ "neighbour in the next page", 0xfe001000, 0x1000, 0xfe002000, 0x1000, "none" },
	{ "small, neighbour in the next page", 0xfe001000, 0x800, 0xfe002000, 0x800, "small" },
	{ "small, neighbour in the page before", 0xfe001000, 0x800, 0xfe000800, 0x800, "small" },
	{ "neighbour just behind", 0xfe001000, 0x800, 0xfe001800, 0x800,
	  "small,shared with 0001:02:03.4" },
	{ "neighbour just before", 0xfe001800, 0x800, 0xfe001000, 0x800,
	  "small,unaligned,shared with 0001:02:03.4" },
	{ "the last byte of a page", 0xfe001000, 0x100, 0xfe001fff, 1,
	  "small,shared with 0001:02:03.4" },
	{ "the first byte of the next page", 0xfe001000, 0x100, 0xfe002000, 1, "small" },
	{ "neighbour has the whole page", 0xfe001400, 0x100, 0xfe001000, 0x1000,
	  "small,unaligned,shared with 0001:02:03.4" },
	{ "only the neighbour is small", 0xfe000000, 0x2000, 0xfe001000, 0x10,
	  "shared with 0001:02:03.4" },
	{ "at the last address", 0xfffffffffffff000, 0x800, 0xfffffffffffff800, 0x800,
	  "small,shared with 0001:02:03.4" },
	{ "at the last address and at the first", 0xfffffffffffff800, 0x800, 0, 0x800,
	  "small,unaligned" },
};

KUNIT_ARRAY_PARAM_DESC(problems, problems_rows, name);

static void problems_of_bar(struct kunit *test)
{
	const struct problems_row *row = test->param_value;
	const struct bar other = { .function = { 1, 2, PCI_DEVFN(3, 4) },
		.start = row->other_start, .size = row->other_size };
	const struct bar bar = { .nr = 2, .start = row->start, .size = row->size };
	char line[BAR_OVERLAP_STRLEN], expected[BAR_OVERLAP_STRLEN];
	struct bar_overlap report;

	pciback_bar_overlap_begin(&report, &bar, PAGE);
	pciback_bar_overlap_add(&report, &bar);
	if (row->other_size)
		pciback_bar_overlap_add(&report, &other);
	snprintf(expected, sizeof(expected), "bar 2 start 0x%llx size 0x%llx problems %s",
		 row->start, row->size, row->problems);
	KUNIT_EXPECT_EQ(test, pciback_bar_overlap_print(&report, line, sizeof(line)),
			strlen(expected));
	KUNIT_EXPECT_STREQ(test, line, expected);
}

/* With pages of 64 KiB, as some architectures have them. */
static void large_pages(struct kunit *test)
{
	const struct bar bar = { .start = 0xfe001000, .size = 0x1000 };
	struct bar_overlap report;

	pciback_bar_overlap_begin(&report, &bar, 0x10000);
	KUNIT_EXPECT_EQ(test, report.problems, BAR_SMALL | BAR_UNALIGNED);
}

/* Each neighbour is listed once, only the first ones are, and the line fits into its buffer. */
static void neighbours(struct kunit *test)
{
	struct bar bar = { .function = { 0xffffffff, 0xff, 0xff }, .nr = BAR_ROM,
		.start = 0xfffffffffffff801, .size = 0x7ff };
	char line[BAR_OVERLAP_STRLEN], with[BAR_OVERLAP_STRLEN];
	struct bar_overlap report;
	unsigned int i;
	int len = 0;

	pciback_bar_overlap_begin(&report, &bar, PAGE);
	for (i = 0; i < BAR_NEIGHBOURS; i++) {
		bar.function.devfn = i;
		pciback_bar_overlap_add(&report, &bar);
		pciback_bar_overlap_add(&report, &bar);
		len += sprintf(with + len, "%sffffffff:ff:00.%u", i ? "," : " with ", i);
	}
	KUNIT_EXPECT_EQ(test, report.nr_with, BAR_NEIGHBOURS);
	pciback_bar_overlap_print(&report, line, sizeof(line));
	KUNIT_EXPECT_STREQ(test, strstr(line, " with"), with);
	bar.function.devfn = i;
	pciback_bar_overlap_add(&report, &bar);
	KUNIT_EXPECT_LT(test, pciback_bar_overlap_print(&report, line, sizeof(line)), sizeof(line));
	KUNIT_EXPECT_STREQ(test, strstr(line, ":00.7"), ":00.7,...");
	KUNIT_EXPECT_EQ(test, strncmp(line, "bar rom start 0xfffffffffffff801 size 0x7ff ", 44), 0);
}

static u64 bar_start(struct kunit *test, struct fake_pci_fn *fn, int nr)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	u64 start;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	start = pdev->resource[nr].start;
	pci_dev_put(pdev);
	return start;
}

static void bars_read(struct kunit *test, struct fake_pci_fn *fn, char *buf, size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "../../devices/%s/pciback/bars", fixture_name(fn));
	KUNIT_ASSERT_GT(test, fixture_driver_read(path, buf, size), 0);
}

/* The core assigns addresses in one page to the three BARs of 256 bytes. */
static void small_bars(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	u64 start = bar_start(test, f->fn[CONV_AF], 0);
	char *seen = kunit_kzalloc(test, 1024, GFP_KERNEL);
	char *expected = kunit_kzalloc(test, 1024, GFP_KERNEL);

	KUNIT_ASSERT_TRUE(test, seen && expected);
	KUNIT_ASSERT_EQ(test, start / PAGE, bar_start(test, f->fn[CONV], 0) / PAGE);
	KUNIT_ASSERT_EQ(test, start / PAGE, bar_start(test, f->fn[CONV_PM_RESET], 0) / PAGE);
	pciback_device_put(fixture_seize(test, f->fn[CONV_AF]));
	bars_read(test, f->fn[CONV_AF], seen, 1024);
	snprintf(expected, 1024,
		 "bar 0 start 0x%llx size 0x100 problems small,%sshared with 1234:00:06.0,1234:00:07.0\n",
		 start, start % PAGE ? "unaligned," : "");
	KUNIT_EXPECT_STREQ(test, seen, expected);
}

/* One line for each memory BAR, none for I/O ports. */
static void all_bars(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	char *seen = kunit_kzalloc(test, 1024, GFP_KERNEL);
	char *expected = kunit_kzalloc(test, 1024, GFP_KERNEL);
	char *rom;

	KUNIT_ASSERT_TRUE(test, seen && expected);
	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	bars_read(test, f->fn[CARD], seen, 1024);
	snprintf(expected, 1024,
		 "bar 0 start 0x%llx size 0x1000 problems none\n"
		 "bar 2 start 0x%llx size 0x4000 problems none\n",
		 bar_start(test, f->fn[CARD], 0), bar_start(test, f->fn[CARD], 2));
	rom = strstr(seen, "bar rom");
	KUNIT_ASSERT_NOT_NULL(test, rom);
	KUNIT_EXPECT_NOT_NULL(test, strstr(rom, " size 0x800 problems small"));
	*rom = '\0';
	KUNIT_EXPECT_STREQ(test, seen, expected);
}

static struct kunit_case bar_overlap_cases[] = {
	KUNIT_CASE_PARAM(problems_of_bar, problems_gen_params),
	KUNIT_CASE(large_pages),
	KUNIT_CASE(neighbours),
	KUNIT_CASE(small_bars),
	KUNIT_CASE(all_bars),
	{}
};

struct kunit_suite bar_overlap_suite = {
	.name = "bar_overlap",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = bar_overlap_cases,
};
