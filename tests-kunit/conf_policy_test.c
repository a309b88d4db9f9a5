// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What guests may write beyond the rows: levels, quirks with their masks, and
 * the audit of what they could not.
 */
#include <kunit/test.h>
#include <pciback/conf.h>
#include "conf_fixture.h"
#include "suites.h"

/* Far from every row of policy_rows; two status bits in its last byte. */
#define FREE	0x60
#define FIRM	0x70
#define OPEN	0x74	/* a row that is raw */
#define HIDE	0x80

static const struct conf_row policy_rows[] = {
	{ .off = FIRM, .size = 4, .hw = U32_MAX },
	{ .off = OPEN, .size = 4, .raw = true, .hw = U32_MAX },
};

static struct conf_fixture *fixture(struct kunit *test)
{
	struct conf_fixture *b = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, 4);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(b->cs, 0, policy_rows, 2), 0);
	pciback_conf_hide(b->cs, HIDE, HIDE + 8);
	return b;
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
	{ "strict", CONF_STRICT, 0, 0, 0, FREE, 4, 0x11, 0x22, 0x11, 1 },
	{ "strict, same value", CONF_STRICT, 0, 0, 0, FREE, 4, 0x11, 0x11, 0x11, 0 },
	{ "strict, quirk asleep", CONF_STRICT, FREE, 4, ~0U, FREE, 4, 0x11, 0x22, 0x11, 1 },
	{ "quirk, whole", CONF_QUIRKS, FREE, 4, ~0U, FREE, 4, 0x11, 0x22, 0x22, 0 },
	{ "quirk, by a byte", CONF_QUIRKS, FREE, 4, ~0U, FREE + 1, 1, 0x11, 0x22, 0x22, 0 },
	{ "quirk, some bits", CONF_QUIRKS, FREE, 4, 0x0f0, FREE, 4, 0x111, 0x222, 0x121, 1 },
	{ "quirk, its bits only", CONF_QUIRKS, FREE, 4, 0x0f0, FREE, 4, 0x111, 0x121, 0x121, 0 },
	{ "quirk, upper half", CONF_QUIRKS, FREE + 2, 2, 0xffff, FREE, 4,
	  0x11112222, 0x33334444, 0x33332222, 1 },
	{ "quirk, one byte of four", CONF_QUIRKS, FREE + 1, 1, 0xff, FREE, 4,
	  0x11223344, 0x55665577, 0x11225544, 1 },
	{ "quirk beside the access", CONF_QUIRKS, FREE + 4, 4, ~0U, FREE, 4, 0x11, 0x22, 0x11, 1 },
	{ "quirk on a raw row", CONF_QUIRKS, OPEN, 4, ~0U, OPEN, 4, 0x11, 0x22, 0x22, 0 },
	{ "permissive", CONF_PERMISSIVE, 0, 0, 0, FREE, 4, 0x11, 0x22, 0x22, 0 },
	{ "permissive, raw row", CONF_PERMISSIVE, 0, 0, 0, OPEN, 4, 0x11, 0x22, 0x22, 0 },
	{ "permissive, firm row", CONF_PERMISSIVE, 0, 0, 0, FIRM, 4, 0x11, 0x22, 0x11, 1 },
	{ "permissive, hidden", CONF_PERMISSIVE, 0, 0, 0, HIDE, 4, 0x11, 0x22, 0x11, 1 },
	{ "permissive, hidden by a byte", CONF_PERMISSIVE, 0, 0, 0, HIDE + 3, 1,
	  0x11, 0x22, 0x11, 1 },
};

KUNIT_ARRAY_PARAM_DESC(level, level_rows, name);

static void follows_level(struct kunit *test)
{
	const struct level_row *row = test->param_value;
	struct conf_fixture *b = fixture(test);

	if (row->q_size)
		KUNIT_ASSERT_EQ(test, pciback_conf_open(b->cs, row->q_off, row->q_size, row->q_mask), 0);
	b->cs->level = row->level;
	conf_fixture_set(b, row->off, row->size, row->hw);
	conf_fixture_write(test, row->off, row->size, row->write);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(b, row->off, row->size), row->after);
	KUNIT_EXPECT_EQ(test, b->cs->audit.total, row->drops);
	KUNIT_EXPECT_EQ(test, b->nr_writes, row->after != row->hw);
}

/* A masked write must not write back the status bits it read beside the mask. */
static void quirk_spares_status_bits(struct kunit *test)
{
	struct conf_fixture *b = fixture(test);

	b->cs->level = CONF_QUIRKS;
	b->w1c[FREE + 3] = 0xc0;
	conf_fixture_set(b, FREE, 4, 0xc0000011);
	KUNIT_ASSERT_EQ(test, pciback_conf_open(b->cs, FREE, 2, 0x00ff), 0);
	conf_fixture_write(test, FREE, 4, 0x00000022);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(b, FREE, 4), 0xc0000022);
	KUNIT_EXPECT_EQ(test, b->last_size, 1);
}

struct refused_row {
	const char *name;
	u8 off, size;
};

static const struct refused_row refused_rows[] = {
	{ "firm", FIRM, 4 },
	{ "part of firm", FIRM + 2, 2 },
	{ "hidden", HIDE, 4 },
	{ "the last of hidden", HIDE + 7, 1 },
};

KUNIT_ARRAY_PARAM_DESC(refused, refused_rows, name);

static void refuses_quirk(struct kunit *test)
{
	const struct refused_row *row = test->param_value;
	struct conf_fixture *b = fixture(test);

	KUNIT_EXPECT_EQ(test, pciback_conf_open(b->cs, row->off, row->size, ~0U), -EPERM);
	b->cs->level = CONF_QUIRKS;
	conf_fixture_write(test, row->off, row->size, ~0U);
	KUNIT_EXPECT_EQ(test, b->nr_writes, 0);
}

static void closes_quirks(struct kunit *test)
{
	struct conf_fixture *b = fixture(test);

	b->cs->level = CONF_QUIRKS;
	KUNIT_ASSERT_EQ(test, pciback_conf_open(b->cs, FREE, 4, ~0U), 0);
	pciback_conf_close(b->cs);
	conf_fixture_write(test, FREE, 4, ~0U);
	KUNIT_EXPECT_EQ(test, b->nr_writes, 0);
}

static void hidden_reads_as_zero(struct kunit *test)
{
	struct conf_fixture *b = fixture(test);

	memset(b->hw, 0x5a, sizeof(b->hw));
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, HIDE, 4), 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, HIDE + 4, 1), 0);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, HIDE + 8, 4), 0x5a5a5a5a, "behind it");
}

static void audits(struct kunit *test)
{
	struct conf_fixture *b = fixture(test);
	struct conf_audit *audit = &b->cs->audit;

	conf_fixture_write(test, FREE, 4, 0x1);
	conf_fixture_write(test, FREE, 4, 0x2);
	conf_fixture_write(test, FREE, 2, 0x3);
	conf_fixture_write(test, FIRM, 1, 0x4);
	KUNIT_EXPECT_EQ(test, audit->total, 4);
	KUNIT_ASSERT_EQ(test, audit->nr, 3);
	KUNIT_EXPECT_EQ(test, audit->drops[0].off, FREE);
	KUNIT_EXPECT_EQ(test, audit->drops[0].size, 4);
	KUNIT_EXPECT_EQ(test, audit->drops[0].count, 2);
	KUNIT_EXPECT_EQ(test, audit->drops[0].value, 2);
	KUNIT_EXPECT_EQ(test, audit->drops[1].size, 2);
	KUNIT_EXPECT_EQ_MSG(test, audit->drops[2].off, FIRM, "the register, not the byte");
	KUNIT_EXPECT_EQ_MSG(test, b->nr_dropped, 1, "told once");
	KUNIT_EXPECT_EQ(test, b->dropped_off, FREE);

	pciback_conf_reset(b->cs);
	KUNIT_EXPECT_EQ_MSG(test, audit->total, 4, "readable after the guest is gone");
	pciback_conf_forget_drops(b->cs);
	KUNIT_EXPECT_EQ(test, audit->total, 0);
	KUNIT_EXPECT_EQ(test, audit->nr, 0);
	conf_fixture_write(test, FREE, 4, 0x1);
	KUNIT_EXPECT_EQ_MSG(test, b->nr_dropped, 2, "and the next guest's again");
}

static void audit_is_bounded(struct kunit *test)
{
	struct conf_fixture *b = conf_fixture_new(test, PCI_CFG_SPACE_EXP_SIZE, 1);
	struct conf_audit *audit = &b->cs->audit;
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
	KUNIT_EXPECT_EQ_MSG(test, audit->total, U32_MAX, "counters stop at their end");
	KUNIT_EXPECT_EQ(test, audit->unlisted, U32_MAX);
	KUNIT_EXPECT_EQ(test, audit->drops[0].count, U32_MAX);
}

/* All ones is what a function that is gone reads: writes go nowhere, no error grows. */
static void dead_function(struct kunit *test)
{
	struct conf_fixture *b = fixture(test);
	u32 val;

	memset(b->hw, 0xff, sizeof(b->hw));
	memset(b->writable, 0, sizeof(b->writable));
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, FREE, 4), ~0U);
	conf_fixture_write(test, FREE, 4, 0);
	b->read_err = PCIBIOS_DEVICE_NOT_FOUND;
	b->write_err = PCIBIOS_DEVICE_NOT_FOUND;
	KUNIT_EXPECT_EQ(test, pciback_conf_read(b->cs, FREE, 4, &val), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(b->cs, FREE, 4, 0), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(b->cs, FIRM, 4, 0), PCIBIOS_DEVICE_NOT_FOUND);
}

static struct kunit_case conf_policy_cases[] = {
	KUNIT_CASE_PARAM(follows_level, level_gen_params),
	KUNIT_CASE(quirk_spares_status_bits),
	KUNIT_CASE_PARAM(refuses_quirk, refused_gen_params),
	KUNIT_CASE(closes_quirks),
	KUNIT_CASE(hidden_reads_as_zero),
	KUNIT_CASE(audits),
	KUNIT_CASE(audit_is_bounded),
	KUNIT_CASE(dead_function),
	{}
};

struct kunit_suite conf_policy_suite = {
	.name = "conf_policy",
	.test_cases = conf_policy_cases,
};
