// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What guests may write besides what rows allow: levels, quirks with their masks,
 * and the audit of dropped writes.
 */
#include <kunit/test.h>
#include <pciback/conf.h>
#include "conf_fixture.h"
#include "suites.h"

#define NO_ROW	0x60	/* a test has two status bits in its last byte */
#define ROW	0x70	/* a read-only row */
#define RAW	0x74	/* a row that is raw */
#define HIDDEN	0x80

static const struct conf_row policy_rows[] = {
	{ .off = ROW, .size = 4, .hw = U32_MAX },
	{ .off = RAW, .size = 4, .raw = true, .hw = U32_MAX },
};

static struct conf_fixture *fixture_new(struct kunit *test)
{
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, 4);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(f->cs, 0, policy_rows, 2), 0);
	pciback_conf_hide(f->cs, HIDDEN, HIDDEN + 8);
	return f;
}

struct level_row {
	const char *name;
	enum conf_level level;
	u8 q_off, q_size;	/* the quirk; size 0: none */
	u32 q_mask;
	u8 off, size;		/* the access */
	u32 hw, write, after;
	u32 drops;
};

static const struct level_row level_rows[] = {
	{ "strict", CONF_STRICT, 0, 0, 0, NO_ROW, 4, 0x11, 0x22, 0x11, 1 },
	{ "strict, same value", CONF_STRICT, 0, 0, 0, NO_ROW, 4, 0x11, 0x11, 0x11, 0 },
	{ "strict, with a quirk", CONF_STRICT, NO_ROW, 4, ~0U, NO_ROW, 4, 0x11, 0x22, 0x11, 1 },
	{ "quirk, all bits", CONF_QUIRKS, NO_ROW, 4, ~0U, NO_ROW, 4, 0x11, 0x22, 0x22, 0 },
	{ "quirk, byte write", CONF_QUIRKS, NO_ROW, 4, ~0U, NO_ROW + 1, 1, 0x11, 0x22, 0x22, 0 },
	{ "quirk, more bits", CONF_QUIRKS, NO_ROW, 4, 0x0f0, NO_ROW, 4, 0x111, 0x222, 0x121, 1 },
	{ "quirk, bits of it", CONF_QUIRKS, NO_ROW, 4, 0x0f0, NO_ROW, 4, 0x111, 0x121, 0x121, 0 },
	{ "quirk, upper half", CONF_QUIRKS, NO_ROW + 2, 2, 0xffff, NO_ROW, 4,
	  0x11112222, 0x33334444, 0x33332222, 1 },
	{ "quirk, one byte of four", CONF_QUIRKS, NO_ROW + 1, 1, 0xff, NO_ROW, 4,
	  0x11223344, 0x55665577, 0x11225544, 1 },
	{ "quirk on next dword", CONF_QUIRKS, NO_ROW + 4, 4, ~0U, NO_ROW, 4, 0x11, 0x22, 0x11, 1 },
	{ "quirk on a raw row", CONF_QUIRKS, RAW, 4, ~0U, RAW, 4, 0x11, 0x22, 0x22, 0 },
	{ "permissive", CONF_PERMISSIVE, 0, 0, 0, NO_ROW, 4, 0x11, 0x22, 0x22, 0 },
	{ "permissive, raw row", CONF_PERMISSIVE, 0, 0, 0, RAW, 4, 0x11, 0x22, 0x22, 0 },
	{ "permissive, read-only row", CONF_PERMISSIVE, 0, 0, 0, ROW, 4, 0x11, 0x22, 0x11, 1 },
	{ "permissive, hidden", CONF_PERMISSIVE, 0, 0, 0, HIDDEN, 4, 0x11, 0x22, 0x11, 1 },
	{ "permissive, hidden, byte write", CONF_PERMISSIVE, 0, 0, 0, HIDDEN + 3, 1,
	  0x11, 0x22, 0x11, 1 },
};

KUNIT_ARRAY_PARAM_DESC(level, level_rows, name);

static void levels(struct kunit *test)
{
	const struct level_row *row = test->param_value;
	struct conf_fixture *f = fixture_new(test);

	if (row->q_size)
		KUNIT_ASSERT_EQ(test, pciback_conf_open(f->cs, row->q_off, row->q_size,
							row->q_mask), 0);
	f->cs->level = row->level;
	conf_fixture_set(f, row->off, row->size, row->hw);
	conf_fixture_write(test, row->off, row->size, row->write);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, row->off, row->size), row->after);
	KUNIT_EXPECT_EQ(test, f->cs->audit.total, row->drops);
	KUNIT_EXPECT_EQ(test, f->nr_writes, row->after != row->hw);
}

/* A masked write must not write a 1 that it read from a status bit outside the mask. */
static void quirk_status_bits(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	f->cs->level = CONF_QUIRKS;
	f->w1c[NO_ROW + 3] = 0xc0;
	conf_fixture_set(f, NO_ROW, 4, 0xc0000011);
	KUNIT_ASSERT_EQ(test, pciback_conf_open(f->cs, NO_ROW, 2, 0x00ff), 0);
	conf_fixture_write(test, NO_ROW, 4, 0x00000022);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, NO_ROW, 4), 0xc0000022);
	KUNIT_EXPECT_EQ(test, f->last_size, 1);
}

struct refused_row {
	const char *name;
	u8 off, size;
};

static const struct refused_row refused_rows[] = {
	{ "read-only row", ROW, 4 },
	{ "part of a read-only row", ROW + 2, 2 },
	{ "hidden", HIDDEN, 4 },
	{ "last hidden byte", HIDDEN + 7, 1 },
};

KUNIT_ARRAY_PARAM_DESC(refused, refused_rows, name);

static void quirk_refused(struct kunit *test)
{
	const struct refused_row *row = test->param_value;
	struct conf_fixture *f = fixture_new(test);

	KUNIT_EXPECT_EQ(test, pciback_conf_open(f->cs, row->off, row->size, ~0U), -EPERM);
	f->cs->level = CONF_QUIRKS;
	conf_fixture_write(test, row->off, row->size, ~0U);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
}

static void quirks_close(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	f->cs->level = CONF_QUIRKS;
	KUNIT_ASSERT_EQ(test, pciback_conf_open(f->cs, NO_ROW, 4, ~0U), 0);
	pciback_conf_close(f->cs);
	conf_fixture_write(test, NO_ROW, 4, ~0U);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
}

static void hidden_reads_zero(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	memset(f->hw, 0x5a, sizeof(f->hw));
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, HIDDEN, 4), 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, HIDDEN + 4, 1), 0);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, HIDDEN + 8, 4), 0x5a5a5a5a, "behind it");
}

static void audit_drops(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);
	struct conf_audit *audit = &f->cs->audit;

	conf_fixture_write(test, NO_ROW, 4, 0x1);
	conf_fixture_write(test, NO_ROW, 4, 0x2);
	conf_fixture_write(test, NO_ROW, 2, 0x3);
	conf_fixture_write(test, ROW, 1, 0x4);
	KUNIT_EXPECT_EQ(test, audit->total, 4);
	KUNIT_ASSERT_EQ(test, audit->nr, 3);
	KUNIT_EXPECT_EQ(test, audit->drops[0].off, NO_ROW);
	KUNIT_EXPECT_EQ(test, audit->drops[0].size, 4);
	KUNIT_EXPECT_EQ(test, audit->drops[0].count, 2);
	KUNIT_EXPECT_EQ(test, audit->drops[0].value, 2);
	KUNIT_EXPECT_EQ(test, audit->drops[1].size, 2);
	KUNIT_EXPECT_EQ_MSG(test, audit->drops[2].off, ROW, "the register, not the byte");
	KUNIT_EXPECT_EQ_MSG(test, f->nr_dropped, 1, "reported once");
	KUNIT_EXPECT_EQ(test, f->dropped_off, NO_ROW);

	pciback_conf_reset(f->cs);
	KUNIT_EXPECT_EQ_MSG(test, audit->total, 4, "the audit stays after the reset");
	pciback_conf_forget_drops(f->cs);
	KUNIT_EXPECT_EQ(test, audit->total, 0);
	KUNIT_EXPECT_EQ(test, audit->nr, 0);
	conf_fixture_write(test, NO_ROW, 4, 0x1);
	KUNIT_EXPECT_EQ_MSG(test, f->nr_dropped, 2, "reported again for the next guest");
}

static void audit_bounded(struct kunit *test)
{
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_EXP_SIZE, 1);
	struct conf_audit *audit = &f->cs->audit;
	int i;

	for (i = 0; i < CONF_MAX_DROPS + 5; i++)
		conf_fixture_write(test, 0x100 + 4 * i, 4, ~0U);
	KUNIT_EXPECT_EQ(test, audit->nr, CONF_MAX_DROPS);
	KUNIT_EXPECT_EQ(test, audit->unlisted, 5);
	KUNIT_EXPECT_EQ(test, audit->total, CONF_MAX_DROPS + 5);
	audit->total = U32_MAX;
	audit->unlisted = U32_MAX;
	audit->drops[0].count = U32_MAX;
	conf_fixture_write(test, 0x100, 4, ~0U);
	conf_fixture_write(test, 0x800, 4, ~0U);
	KUNIT_EXPECT_EQ_MSG(test, audit->total, U32_MAX, "counters do not wrap");
	KUNIT_EXPECT_EQ(test, audit->unlisted, U32_MAX);
	KUNIT_EXPECT_EQ(test, audit->drops[0].count, U32_MAX);
}

/* Reads of a function that does not respond give all ones; writes are lost, errors are returned. */
static void dead_function(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);
	u32 val;

	memset(f->hw, 0xff, sizeof(f->hw));
	memset(f->writable, 0, sizeof(f->writable));
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, NO_ROW, 4), ~0U);
	conf_fixture_write(test, NO_ROW, 4, 0);
	f->read_err = PCIBIOS_DEVICE_NOT_FOUND;
	f->write_err = PCIBIOS_DEVICE_NOT_FOUND;
	KUNIT_EXPECT_EQ(test, pciback_conf_read(f->cs, NO_ROW, 4, &val), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, NO_ROW, 4, 0), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, ROW, 4, 0), PCIBIOS_DEVICE_NOT_FOUND);
}

static struct kunit_case conf_policy_cases[] = {
	KUNIT_CASE_PARAM(levels, level_gen_params),
	KUNIT_CASE(quirk_status_bits),
	KUNIT_CASE_PARAM(quirk_refused, refused_gen_params),
	KUNIT_CASE(quirks_close),
	KUNIT_CASE(hidden_reads_zero),
	KUNIT_CASE(audit_drops),
	KUNIT_CASE(audit_bounded),
	KUNIT_CASE(dead_function),
	{}
};

struct kunit_suite conf_policy_suite = {
	.name = "conf_policy",
	.test_cases = conf_policy_cases,
};
