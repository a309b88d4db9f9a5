// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Extended capabilities, and capabilities that are hidden in either list: the
 * guest's own walk must reach all that is visible and nothing else.
 */
#include <kunit/test.h>
#include <pciback/conf.h>
#include <pciback/pci_numbers.h>
#include "conf_fixture.h"
#include "suites.h"

static const struct conf_ident ident = { .vendor = 0x8086, .device = 0x10d3 };

#define MAX_STEPS	8

struct ext_row {
	const char *name;
	/* As the function has it: offset, id, link. */
	struct { u16 pos, id, next; } has[MAX_STEPS];
	/* As the guest finds it, offset and id; the first is at 0x100 always. */
	struct { u16 pos, id; } finds[MAX_STEPS];
	u16 zero[2];	/* bytes that read as zero */
	u16 shown[2];	/* bytes that read as the hardware has them */
};

#define AER	PCI_EXT_CAP_ID_ERR
#define DSN	PCI_EXT_CAP_ID_DSN
#define SRIOV	PCI_EXT_CAP_ID_SRIOV
#define ATS	PCI_EXT_CAP_ID_ATS
#define REBAR	PCI_EXT_CAP_ID_REBAR
#define LTR	PCI_EXT_CAP_ID_LTR

static const struct ext_row ext_rows[] = {
	{ "none", { }, { { 0x100, 0 } }, { }, { 0x104, 0x200 } },
	{ "all visible", { { 0x100, AER, 0x148 }, { 0x148, DSN, 0x160 }, { 0x160, LTR, 0 } },
	  { { 0x100, AER }, { 0x148, DSN }, { 0x160, LTR } }, { }, { 0x104, 0x14c } },
	{ "one hidden in the middle",
	  { { 0x100, AER, 0x148 }, { 0x148, SRIOV, 0x1a0 }, { 0x1a0, DSN, 0 } },
	  { { 0x100, AER }, { 0x1a0, DSN } }, { 0x148, 0x187 }, { 0x188, 0x19f } },
	{ "hidden at the end", { { 0x100, AER, 0x148 }, { 0x148, ATS, 0 } },
	  { { 0x100, AER } }, { 0x148, 0x14f }, { 0x150, 0x104 } },
	{ "hidden at the start", { { 0x100, ATS, 0x148 }, { 0x148, DSN, 0 } },
	  { { 0x100, 0 }, { 0x148, DSN } }, { 0x104, 0x107 }, { 0x108, 0x14c } },
	{ "only hidden ones", { { 0x100, SRIOV, 0x148 }, { 0x148, REBAR, 0 } },
	  { { 0x100, 0 } }, { 0x104, 0x150 }, { 0x200, 0x201 } },
	{ "two hidden in a row",
	  { { 0x100, AER, 0x150 }, { 0x150, ATS, 0x160 }, { 0x160, PCI_EXT_CAP_ID_PRI, 0x180 },
	    { 0x180, PCI_EXT_CAP_ID_PASID, 0x190 }, { 0x190, LTR, 0 } },
	  { { 0x100, AER }, { 0x190, LTR } }, { 0x150, 0x187 }, { 0x18c, 0x194 } },
	{ "hidden up to the next", { { 0x100, SRIOV, 0x110 }, { 0x110, DSN, 0 } },
	  { { 0x100, 0 }, { 0x110, DSN } }, { 0x104, 0x10f }, { 0x114, 0x118 } },
	{ "unknown id", { { 0x100, 0x7ff, 0x180 }, { 0x180, DSN, 0 } },
	  { { 0x100, 0x7ff }, { 0x180, DSN } }, { }, { 0x104, 0x17f } },
	{ "a circle", { { 0x100, AER, 0x148 }, { 0x148, DSN, 0x100 } },
	  { { 0x100, AER }, { 0x148, DSN } }, { }, { 0x104, 0x14c } },
	{ "a circle of hidden ones", { { 0x100, ATS, 0x148 }, { 0x148, SRIOV, 0x148 } },
	  { { 0x100, 0 } }, { 0x104, 0x180 }, { 0x188, 0x189 } },
	{ "link into the first 256 bytes", { { 0x100, AER, 0x040 } },
	  { { 0x100, AER } }, { }, { 0x104, 0x040 } },
	{ "at the very end", { { 0x100, AER, 0xffc }, { 0xffc, DSN, 0 } },
	  { { 0x100, AER }, { 0xffc, DSN } }, { }, { 0x104, 0x108 } },
	{ "hidden at the very end", { { 0x100, AER, 0xffc }, { 0xffc, SRIOV, 0 } },
	  { { 0x100, AER } }, { 0xffc, 0xfff }, { 0x104, 0x108 } },
};

KUNIT_ARRAY_PARAM_DESC(ext, ext_rows, name);

static struct conf_fixture *ext_fixture(struct kunit *test, const struct ext_row *row)
{
	struct conf_fixture *b = conf_fixture_new(test, PCI_CFG_SPACE_EXP_SIZE, CONF_MAX_REGS);
	int i;

	memset(b->hw + 0x40, 0x5a, sizeof(b->hw) - 0x40);
	conf_fixture_set(b, 0x100, 4, 0);
	for (i = 0; i < MAX_STEPS && row->has[i].pos; i++)
		conf_fixture_set(b, row->has[i].pos, 4,
				 row->has[i].id | 1 << 16 | row->has[i].next << 20);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(b->cs, &ident), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_caps(b->cs), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_ext_caps(b->cs), 0);
	return b;
}

static void guest_walks(struct kunit *test)
{
	const struct ext_row *row = test->param_value;
	struct conf_fixture *b = ext_fixture(test, row);
	u32 pos = 0x100, entry;
	int i;

	for (i = 0; i < MAX_STEPS; i++) {
		entry = conf_fixture_read(test, pos, 4);
		KUNIT_EXPECT_EQ_MSG(test, pos, row->finds[i].pos, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, PCI_EXT_CAP_ID(entry), row->finds[i].id, "step %d", i);
		pos = PCI_EXT_CAP_NEXT(entry);
		if (!pos)
			break;
	}
	KUNIT_EXPECT_TRUE_MSG(test, i + 1 == MAX_STEPS || !row->finds[i + 1].pos,
			      "the walk ends too early, after step %d", i);
	for (i = 0; i < 2; i++) {
		if (row->zero[i])
			KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, row->zero[i], 1), 0,
					    "byte %#x", row->zero[i]);
		if (row->shown[i])
			KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, row->shown[i], 1),
					    b->hw[row->shown[i]], "byte %#x", row->shown[i]);
	}
}

/* Whatever the list looks like, a strict guest writes nothing of it. */
static void writes_nothing(struct kunit *test)
{
	const struct ext_row *row = test->param_value;
	struct conf_fixture *b = ext_fixture(test, row);
	unsigned int size, off;

	for (size = 1; size <= 4; size *= 2)
		for (off = PCI_CFG_SPACE_SIZE; off < PCI_CFG_SPACE_EXP_SIZE; off += size) {
			conf_fixture_write(test, off, size, ~0U);
			conf_fixture_write(test, off, size, 0);
		}
	KUNIT_EXPECT_EQ(test, b->nr_writes, 0);
}

/* Hidden and firm at every level, by id. */
static const u16 hidden_ids[] = {
	PCI_EXT_CAP_ID_ATS, PCI_EXT_CAP_ID_SRIOV, PCI_EXT_CAP_ID_MRIOV, PCI_EXT_CAP_ID_PRI,
	PCI_EXT_CAP_ID_REBAR, PCI_EXT_CAP_ID_PASID, PCI_EXT_CAP_ID_DPC,
	PCI_EXT_CAP_ID_VF_REBAR, PCI_EXT_CAP_ID_DOE, PCI_EXT_CAP_ID_IDE,
};

static void hidden_at_every_level(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(hidden_ids); i++) {
		u16 id = hidden_ids[i];
		struct ext_row row = { .has = { { 0x100, AER, 0x200 }, { 0x200, id, 0 } } };
		struct conf_fixture *b = ext_fixture(test, &row);

		conf_fixture_permissive(b, true);
		KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, 0x200, 4), 0, "id %#x", id);
		KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, 0x204, 4), 0, "id %#x", id);
		conf_fixture_write(test, 0x204, 4, ~0U);
		KUNIT_EXPECT_EQ_MSG(test, b->nr_writes, 0, "id %#x", id);
	}
}

struct cap_step {
	u8 pos, id, next;
};

struct std_row {
	const char *name;
	u8 first;
	struct cap_step has[4];
	struct { u8 pos, id; } finds[4];
	u8 zero, shown;
};

#define AGP	PCI_CAP_ID_AGP
#define SHPC	PCI_CAP_ID_SHPC
#define VNDR	PCI_CAP_ID_VNDR

static const struct std_row std_rows[] = {
	{ "hidden first", 0x50, { { 0x50, AGP, 0x90 }, { 0x90, VNDR, 0 } },
	  { { 0x90, VNDR } }, 0x52, 0x92 },
	{ "hidden last", 0x90, { { 0x90, VNDR, 0x50 }, { 0x50, SHPC, 0 } },
	  { { 0x90, VNDR } }, 0x57, 0x58 },
	{ "hidden between", 0x50,
	  { { 0x50, VNDR, 0x60 }, { 0x60, PCI_CAP_ID_SECDEV, 0x90 }, { 0x90, VNDR, 0 } },
	  { { 0x50, VNDR }, { 0x90, VNDR } }, 0x62, 0x92 },
	{ "two hidden of a kind", 0x50,
	  { { 0x50, SHPC, 0x60 }, { 0x60, SHPC, 0x90 }, { 0x90, VNDR, 0 } },
	  { { 0x90, VNDR } }, 0x64, 0x68 },
	{ "nothing left", 0x50, { { 0x50, PCI_CAP_ID_AGP3, 0 } }, { }, 0x54, 0x90 },
	{ "hidden up to the next", 0x50, { { 0x50, AGP, 0x58 }, { 0x58, VNDR, 0 } },
	  { { 0x58, VNDR } }, 0x57, 0x5a },
};

KUNIT_ARRAY_PARAM_DESC(std, std_rows, name);

static void guest_walks_first_list(struct kunit *test)
{
	const struct std_row *row = test->param_value;
	struct conf_fixture *b = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);
	u32 pos;
	int i;

	memset(b->hw + 0x40, 0x5a, PCI_CFG_SPACE_SIZE - 0x40);
	conf_fixture_set(b, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	conf_fixture_set(b, PCI_CAPABILITY_LIST, 1, row->first);
	for (i = 0; i < 4 && row->has[i].pos; i++)
		conf_fixture_set(b, row->has[i].pos, 2, row->has[i].id | row->has[i].next << 8);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(b->cs, &ident), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_caps(b->cs), 0);

	pos = conf_fixture_read(test, PCI_CAPABILITY_LIST, 1);
	for (i = 0; i < 4 && pos; i++) {
		KUNIT_EXPECT_EQ_MSG(test, pos, row->finds[i].pos, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, pos, 1), row->finds[i].id,
				    "step %d", i);
		pos = conf_fixture_read(test, pos + 1, 1);
	}
	KUNIT_EXPECT_TRUE_MSG(test, i == 4 || !row->finds[i].pos,
			      "the walk ends too early, after step %d", i);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->zero, 1), 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->shown, 1), b->hw[row->shown]);
}

/* A register of a capability must not take the place of the next one's header. */
static void overlapping_capabilities_stay_visible(struct kunit *test)
{
	struct conf_fixture *b = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);

	conf_fixture_set(b, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	conf_fixture_set(b, PCI_CAPABILITY_LIST, 1, 0x50);
	conf_fixture_set(b, 0x50, 4, PCI_CAP_ID_EXP | 0x80 << 8 | 2 << 16);
	conf_fixture_set(b, 0x80, 2, PCI_CAP_ID_MSIX);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(b->cs, &ident), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_caps(b->cs), 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, 0x51, 1), 0x80);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, 0x80, 1), PCI_CAP_ID_MSIX);
	KUNIT_EXPECT_EQ(test, b->cs->cap_msix, 0x80);
}

static struct kunit_case conf_ext_cases[] = {
	KUNIT_CASE_PARAM(guest_walks, ext_gen_params),
	KUNIT_CASE_PARAM(writes_nothing, ext_gen_params),
	KUNIT_CASE(hidden_at_every_level),
	KUNIT_CASE_PARAM(guest_walks_first_list, std_gen_params),
	KUNIT_CASE(overlapping_capabilities_stay_visible),
	{}
};

struct kunit_suite conf_ext_suite = {
	.name = "conf_ext",
	.test_cases = conf_ext_cases,
};
