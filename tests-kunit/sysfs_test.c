// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The driver's files in sysfs: what is read, what a write accepts and returns, and
 * that a write that fails changes nothing.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include "device/lifecycle.h"
#include "record/record.h"
#include "seize_fixture.h"
#include "suites.h"

struct mode_row {
	const char *name;
	int mode;
};

static const struct mode_row mode_rows[] = {
	{ "new_slot", 0200 }, { "remove_slot", 0200 }, { "slots", 0444 }, { "permissive", 0644 },
};

KUNIT_ARRAY_PARAM_DESC(mode, mode_rows, name);

static void file_mode(struct kunit *test)
{
	const struct mode_row *row = test->param_value;

	KUNIT_EXPECT_EQ(test, fixture_driver_mode(row->name), row->mode);
}

struct input_row {
	const char *name;
	const char *file;
	const char *text;
	int err;		/* 0: the whole text is taken */
};

/* 1234:00:06.0 is listed and seized, 1234:00:05.0 neither. */
static const struct input_row input_rows[] = {
	{ "new_slot: nothing", "new_slot", "", 0 },
	{ "new_slot: newline", "new_slot", "\n", -EINVAL },
	{ "new_slot: blanks", "new_slot", "   ", -EINVAL },
	{ "new_slot: no function", "new_slot", "1234:00:05", -EINVAL },
	{ "new_slot: any bus", "new_slot", "1234:*:*.*", -EINVAL },
	{ "new_slot: any device of one function", "new_slot", "1234:00:*.0", -EINVAL },
	{ "new_slot: dots for colons", "new_slot", "0000:82.0.0", -EINVAL },
	{ "new_slot: negative", "new_slot", "-1:03:00.0", -EINVAL },
	{ "new_slot: two", "new_slot", "1234:00:05.0 1234:00:07.0", -EINVAL },
	{ "new_slot: comma behind", "new_slot", "1234:00:05.0,", -EINVAL },
	{ "new_slot: parentheses", "new_slot", "(1234:00:05.0)", -EINVAL },
	{ "new_slot: function 8", "new_slot", "1234:00:05.8", -EINVAL },
	{ "new_slot: device 32", "new_slot", "1234:00:20.0", -EINVAL },
	{ "new_slot: bus 256", "new_slot", "1234:100:00.0", -EINVAL },
	{ "new_slot: domain 65536", "new_slot", "10000:00:05.0", -EINVAL },
	{ "new_slot: domain of 33 bits", "new_slot", "1ffffffff:00:05.0", -EINVAL },
	{ "new_slot: any function of device 32", "new_slot", "1234:00:20.*", -EINVAL },
	{ "new_slot: listed already", "new_slot", "1234:00:06.0", 0 },

	{ "remove_slot: nothing", "remove_slot", "", 0 },
	{ "remove_slot: newline", "remove_slot", "\n", -EINVAL },
	{ "remove_slot: no slot", "remove_slot", "junk", -EINVAL },
	{ "remove_slot: text behind", "remove_slot", "1234:00:06.0 x", -EINVAL },
	{ "remove_slot: not listed", "remove_slot", "1234:00:05.0", -ENOENT },
	{ "remove_slot: other domain", "remove_slot", "00:06.0", -ENOENT },
	{ "remove_slot: wildcard, none listed", "remove_slot", "1234:00:05.*", -ENOENT },
	{ "remove_slot: bus, none listed", "remove_slot", "1234:01:*.*", -ENOENT },
	{ "remove_slot: out of range", "remove_slot", "1234:00:06.8", -ENOENT },

	{ "permissive: nothing", "permissive", "", 0 },
	{ "permissive: newline", "permissive", "\n", -EINVAL },
	{ "permissive: no slot", "permissive", "1", -EINVAL },
	{ "permissive: not seized", "permissive", "1234:00:05.0", -ENODEV },
	{ "permissive: no such function", "permissive", "1234:00:1f.7", -ENODEV },
	{ "permissive: any function", "permissive", "1234:00:06.*", -ENODEV },
	{ "permissive: any device", "permissive", "1234:00:*.*", -ENODEV },
	{ "permissive: out of range", "permissive", "1234:00:06.8", -ENODEV },

	{ "bind: not listed", "bind", "1234:00:05.0", -ENODEV },
	{ "bind: no such function", "bind", "1234:00:1f.7", -ENODEV },
	{ "unbind: not seized", "unbind", "1234:00:05.0", -ENODEV },
	{ "slots: read-only", "slots", "1234:00:05.0", -EACCES },
};

KUNIT_ARRAY_PARAM_DESC(input, input_rows, name);

static void file_write(struct kunit *test)
{
	const struct input_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	char text[64] = "";

	pciback_device_put(fixture_seize(test, f->fn[CONV]));
	KUNIT_EXPECT_EQ(test, fixture_driver_write(row->file, row->text),
			row->err ?: (int)strlen(row->text));

	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, sizeof(text)), 13);
	KUNIT_EXPECT_STREQ(test, text, "1234:00:06.0\n");
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 0);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(f->fn[CONV]));
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(f->fn[CONV_AF]));
}

/* A write of two pages, more than sysfs passes to the driver. */
static void overlong_write(struct kunit *test)
{
	static const char * const files[] = { "new_slot", "remove_slot", "permissive" };
	char *text = kunit_kmalloc(test, 2 * PAGE_SIZE, GFP_KERNEL);
	char slots[16];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, text);
	memset(text, '0', 2 * PAGE_SIZE);
	strscpy(text + 2 * PAGE_SIZE - 16, "1234:00:05.0", 16);
	for (i = 0; i < ARRAY_SIZE(files); i++)
		KUNIT_EXPECT_EQ_MSG(test, fixture_driver_write(files[i], text), -EINVAL, "%s",
				    files[i]);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", slots, sizeof(slots)), 0);
}

static int count_lines(const char *text)
{
	int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void slots_order(struct kunit *test)
{
	char text[128];

	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "0003:02:1f.7"), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "04:00.0"), 7);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "ABCD:EF:0A.1\n"), 13);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "4:0.0"), 5);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, sizeof(text)), 39);
	KUNIT_EXPECT_STREQ(test, text, "0003:02:1f.7\n0000:04:00.0\nabcd:ef:0a.1\n");
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", "4:0.0"), 5);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, sizeof(text)), 26);
	KUNIT_EXPECT_STREQ(test, text, "0003:02:1f.7\nabcd:ef:0a.1\n");
}

static void wildcard_functions(struct kunit *test)
{
	char text[256];

	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "03:00.2"), 7);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "03:00.*"), 7);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "03:00.*"), 7);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, sizeof(text)), 8 * 13);
	KUNIT_EXPECT_TRUE(test, strstarts(text, "0000:03:00.2\n0000:03:00.0\n"));
	KUNIT_EXPECT_EQ(test, count_lines(text), 8);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", "03:00.*"), 7);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, sizeof(text)), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", "03:00.*"), -ENOENT);
}

/* 512 slots are more than a page: the file ends with a whole line. */
static void wildcard_devices(struct kunit *test)
{
	char *text = kunit_kzalloc(test, 2 * PAGE_SIZE, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, text);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "03:*.*"), 6);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, 2 * PAGE_SIZE), 256 * 13);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "0000:03:1f.7\n"));
	KUNIT_EXPECT_EQ(test, fixture_driver_write("new_slot", "04:*.*"), 6);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, 2 * PAGE_SIZE), 315 * 13);
	KUNIT_EXPECT_EQ(test, count_lines(text), 315);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("remove_slot", "03:*.*"), 6);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", text, 2 * PAGE_SIZE), 256 * 13);
	KUNIT_EXPECT_TRUE(test, strstarts(text, "0000:04:00.0\n"));
}

static void permissive(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *card = fixture_seize(test, f->fn[CARD]);
	char text[64] = "";

	pciback_device_put(fixture_seize(test, f->fn[CONV_AF]));
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("permissive", "1234:00:03.0\n"), 13);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 13);
	KUNIT_EXPECT_STREQ(test, text, "1234:00:03.0\n");
	KUNIT_EXPECT_EQ(test, fixture_driver_write("permissive", "1234:0:3.0"), 10);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("permissive", "1234:00:05.0"), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 26);

	/* The setting stays when the function is assigned and deassigned, until the unbind. */
	KUNIT_ASSERT_EQ(test, pciback_device_assign(card, &f->guest.owner), 0);
	pciback_device_deassign(card, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 26);
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 13);
	KUNIT_EXPECT_STREQ(test, text, "1234:00:05.0\n");
	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 13);
	pciback_device_put(card);
}

#define FN_FILE(file) "../../devices/1234:00:03.0/pciback/" file

/* A function has its files while it is seized. */
static void function_files(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	char text[64];

	KUNIT_EXPECT_EQ(test, fixture_driver_read(FN_FILE("write_level"), text, sizeof(text)),
			-ENOENT);
	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	KUNIT_EXPECT_GT(test, fixture_driver_read(FN_FILE("write_level"), text, sizeof(text)), 0);
	KUNIT_EXPECT_STREQ(test, text, "strict\n");
	KUNIT_EXPECT_EQ(test, fixture_driver_write(FN_FILE("write_level"), "permissive\n"), 11);
	KUNIT_EXPECT_GT(test, fixture_driver_read("permissive", text, sizeof(text)), 0);
	KUNIT_EXPECT_STREQ(test, text, "1234:00:03.0\n");
	KUNIT_EXPECT_EQ(test, fixture_driver_write(FN_FILE("write_level"), "strict"), 6);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("permissive", text, sizeof(text)), 0);
	KUNIT_EXPECT_EQ(test, fixture_driver_write(FN_FILE("write_level"), "lax"), -EINVAL);
	KUNIT_EXPECT_GT(test, fixture_driver_read(FN_FILE("dropped_writes"), text, sizeof(text)),
			0);
	KUNIT_EXPECT_STREQ(test, text, "total 0 unlisted 0\n");
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_mode(FN_FILE("dropped_writes")), 0400,
			    "values of a guest");
	KUNIT_EXPECT_EQ(test, fixture_driver_mode(FN_FILE("reset_plan")), 0444);
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_read(FN_FILE("write_level"), text, sizeof(text)),
			-ENOENT);
}

static struct kunit_case sysfs_cases[] = {
	KUNIT_CASE_PARAM(file_mode, mode_gen_params),
	KUNIT_CASE_PARAM(file_write, input_gen_params),
	KUNIT_CASE(overlong_write),
	KUNIT_CASE(slots_order),
	KUNIT_CASE(wildcard_functions),
	KUNIT_CASE(wildcard_devices),
	KUNIT_CASE(permissive),
	KUNIT_CASE(function_files),
	{}
};

struct kunit_suite sysfs_suite = {
	.name = "sysfs",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = sysfs_cases,
};
