// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Extended capabilities, and hidden capabilities in both lists: a guest that walks
 * a list must find all visible capabilities and nothing else.
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
	/* The list of the hardware: offset, id, link. */
	struct { u16 pos, id, next; } hw[MAX_STEPS];
	/* The list of the guest: offset and id; the first offset is always 0x100. */
	struct { u16 pos, id; } seen[MAX_STEPS];
	u16 zero[2];	/* bytes that read as zero */
	u16 raw[2];	/* bytes that read as in the hardware */
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
	{ "hidden, in the middle",
	  { { 0x100, AER, 0x148 }, { 0x148, SRIOV, 0x1a0 }, { 0x1a0, DSN, 0 } },
	  { { 0x100, AER }, { 0x1a0, DSN } }, { 0x148, 0x187 }, { 0x188, 0x19f } },
	{ "hidden, last", { { 0x100, AER, 0x148 }, { 0x148, ATS, 0 } },
	  { { 0x100, AER } }, { 0x148, 0x14f }, { 0x150, 0x104 } },
	{ "hidden, first", { { 0x100, ATS, 0x148 }, { 0x148, DSN, 0 } },
	  { { 0x100, 0 }, { 0x148, DSN } }, { 0x104, 0x107 }, { 0x108, 0x14c } },
	{ "only hidden ones", { { 0x100, SRIOV, 0x148 }, { 0x148, REBAR, 0 } },
	  { { 0x100, 0 } }, { 0x104, 0x150 }, { 0x200, 0x201 } },
	{ "two hidden in a row",
	  { { 0x100, AER, 0x150 }, { 0x150, ATS, 0x160 }, { 0x160, PCI_EXT_CAP_ID_PRI, 0x180 },
	    { 0x180, PCI_EXT_CAP_ID_PASID, 0x190 }, { 0x190, LTR, 0 } },
	  { { 0x100, AER }, { 0x190, LTR } }, { 0x150, 0x187 }, { 0x18c, 0x194 } },
	{ "hidden, shortened by the next", { { 0x100, SRIOV, 0x110 }, { 0x110, DSN, 0 } },
	  { { 0x100, 0 }, { 0x110, DSN } }, { 0x104, 0x10f }, { 0x114, 0x118 } },
	{ "unknown id", { { 0x100, 0x7ff, 0x180 }, { 0x180, DSN, 0 } },
	  { { 0x100, 0x7ff }, { 0x180, DSN } }, { }, { 0x104, 0x17f } },
	{ "a loop", { { 0x100, AER, 0x148 }, { 0x148, DSN, 0x100 } },
	  { { 0x100, AER }, { 0x148, DSN } }, { }, { 0x104, 0x14c } },
	{ "a loop of hidden ones", { { 0x100, ATS, 0x148 }, { 0x148, SRIOV, 0x148 } },
	  { { 0x100, 0 } }, { 0x104, 0x180 }, { 0x188, 0x189 } },
	{ "link into the first 256 bytes", { { 0x100, AER, 0x040 } },
	  { { 0x100, AER } }, { }, { 0x104, 0x040 } },
	{ "at the end of the space", { { 0x100, AER, 0xffc }, { 0xffc, DSN, 0 } },
	  { { 0x100, AER }, { 0xffc, DSN } }, { }, { 0x104, 0x108 } },
	{ "hidden, at the end of the space", { { 0x100, AER, 0xffc }, { 0xffc, SRIOV, 0 } },
	  { { 0x100, AER } }, { 0xffc, 0xfff }, { 0x104, 0x108 } },
};

KUNIT_ARRAY_PARAM_DESC(ext, ext_rows, name);

static struct conf_fixture *fixture_new(struct kunit *test, const struct ext_row *row)
{
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_EXP_SIZE, CONF_MAX_REGS);
	int i;

	memset(f->hw + 0x40, 0x5a, sizeof(f->hw) - 0x40);
	conf_fixture_set(f, 0x100, 4, 0);
	for (i = 0; i < MAX_STEPS && row->hw[i].pos; i++)
		conf_fixture_set(f, row->hw[i].pos, 4,
				 row->hw[i].id | 1 << 16 | row->hw[i].next << 20);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(f->cs, &ident), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_caps(f->cs), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_ext_caps(f->cs), 0);
	return f;
}

static void ext_cap_list(struct kunit *test)
{
	const struct ext_row *row = test->param_value;
	struct conf_fixture *f = fixture_new(test, row);
	u32 pos = 0x100, entry;
	int i;

	for (i = 0; i < MAX_STEPS; i++) {
		entry = conf_fixture_read(test, pos, 4);
		KUNIT_EXPECT_EQ_MSG(test, pos, row->seen[i].pos, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, PCI_EXT_CAP_ID(entry), row->seen[i].id, "step %d", i);
		pos = PCI_EXT_CAP_NEXT(entry);
		if (!pos)
			break;
	}
	KUNIT_EXPECT_TRUE_MSG(test, i + 1 == MAX_STEPS || !row->seen[i + 1].pos,
			      "the list ends too early, after step %d", i);
	for (i = 0; i < 2; i++) {
		if (row->zero[i])
			KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, row->zero[i], 1), 0,
					    "byte %#x", row->zero[i]);
		if (row->raw[i])
			KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, row->raw[i], 1),
					    f->hw[row->raw[i]], "byte %#x", row->raw[i]);
	}
}

/* At level strict no guest can write to an extended capability. */
static void read_only(struct kunit *test)
{
	const struct ext_row *row = test->param_value;
	struct conf_fixture *f = fixture_new(test, row);
	unsigned int size, off;

	for (size = 1; size <= 4; size *= 2)
		for (off = PCI_CFG_SPACE_SIZE; off < PCI_CFG_SPACE_EXP_SIZE; off += size) {
			conf_fixture_write(test, off, size, ~0U);
			conf_fixture_write(test, off, size, 0);
		}
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
}

/* Ids that are hidden and read-only at every level. */
static const u16 hidden_ids[] = {
	PCI_EXT_CAP_ID_ATS, PCI_EXT_CAP_ID_SRIOV, PCI_EXT_CAP_ID_MRIOV, PCI_EXT_CAP_ID_PRI,
	PCI_EXT_CAP_ID_REBAR, PCI_EXT_CAP_ID_PASID, PCI_EXT_CAP_ID_DPC,
	PCI_EXT_CAP_ID_VF_REBAR, PCI_EXT_CAP_ID_DOE, PCI_EXT_CAP_ID_IDE,
};

static void hidden_caps(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(hidden_ids); i++) {
		u16 id = hidden_ids[i];
		struct ext_row row = { .hw = { { 0x100, AER, 0x200 }, { 0x200, id, 0 } } };
		struct conf_fixture *f = fixture_new(test, &row);

		conf_fixture_permissive(f, true);
		KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, 0x200, 4), 0, "id %#x", id);
		KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, 0x204, 4), 0, "id %#x", id);
		conf_fixture_write(test, 0x204, 4, ~0U);
		KUNIT_EXPECT_EQ_MSG(test, f->nr_writes, 0, "id %#x", id);
	}
}

struct list_cap {
	u8 pos, id, next;
};

struct std_row {
	const char *name;
	u8 first;
	struct list_cap hw[4];
	struct { u8 pos, id; } seen[4];
	u8 zero, raw;
};

#define AGP	PCI_CAP_ID_AGP
#define SHPC	PCI_CAP_ID_SHPC
#define VNDR	PCI_CAP_ID_VNDR

static const struct std_row std_rows[] = {
	{ "hidden, first", 0x50, { { 0x50, AGP, 0x90 }, { 0x90, VNDR, 0 } },
	  { { 0x90, VNDR } }, 0x52, 0x92 },
	{ "hidden, last", 0x90, { { 0x90, VNDR, 0x50 }, { 0x50, SHPC, 0 } },
	  { { 0x90, VNDR } }, 0x57, 0x58 },
	{ "hidden, in the middle", 0x50,
	  { { 0x50, VNDR, 0x60 }, { 0x60, PCI_CAP_ID_SECDEV, 0x90 }, { 0x90, VNDR, 0 } },
	  { { 0x50, VNDR }, { 0x90, VNDR } }, 0x62, 0x92 },
	{ "two hidden with the same id", 0x50,
	  { { 0x50, SHPC, 0x60 }, { 0x60, SHPC, 0x90 }, { 0x90, VNDR, 0 } },
	  { { 0x90, VNDR } }, 0x64, 0x68 },
	{ "only a hidden one", 0x50, { { 0x50, PCI_CAP_ID_AGP3, 0 } }, { }, 0x54, 0x90 },
	{ "hidden, shortened by the next", 0x50, { { 0x50, AGP, 0x58 }, { 0x58, VNDR, 0 } },
	  { { 0x58, VNDR } }, 0x57, 0x5a },
};

KUNIT_ARRAY_PARAM_DESC(std, std_rows, name);

static void cap_list(struct kunit *test)
{
	const struct std_row *row = test->param_value;
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);
	u32 pos;
	int i;

	memset(f->hw + 0x40, 0x5a, PCI_CFG_SPACE_SIZE - 0x40);
	conf_fixture_set(f, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	conf_fixture_set(f, PCI_CAPABILITY_LIST, 1, row->first);
	for (i = 0; i < 4 && row->hw[i].pos; i++)
		conf_fixture_set(f, row->hw[i].pos, 2, row->hw[i].id | row->hw[i].next << 8);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(f->cs, &ident), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_caps(f->cs), 0);

	pos = conf_fixture_read(test, PCI_CAPABILITY_LIST, 1);
	for (i = 0; i < 4 && pos; i++) {
		KUNIT_EXPECT_EQ_MSG(test, pos, row->seen[i].pos, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, pos, 1), row->seen[i].id,
				    "step %d", i);
		pos = conf_fixture_read(test, pos + 1, 1);
	}
	KUNIT_EXPECT_TRUE_MSG(test, i == 4 || !row->seen[i].pos,
			      "the list ends too early, after step %d", i);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->zero, 1), 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->raw, 1), f->hw[row->raw]);
}

/* A register of a capability must not cover the header of another one. */
static void overlapping_caps(struct kunit *test)
{
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);

	conf_fixture_set(f, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	conf_fixture_set(f, PCI_CAPABILITY_LIST, 1, 0x50);
	conf_fixture_set(f, 0x50, 4, PCI_CAP_ID_EXP | 0x80 << 8 | 2 << 16);
	conf_fixture_set(f, 0x80, 2, PCI_CAP_ID_MSIX);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(f->cs, &ident), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_caps(f->cs), 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, 0x51, 1), 0x80);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, 0x80, 1), PCI_CAP_ID_MSIX);
	KUNIT_EXPECT_EQ(test, f->cs->cap_msix, 0x80);
}

static struct kunit_case conf_ext_cases[] = {
	KUNIT_CASE_PARAM(ext_cap_list, ext_gen_params),
	KUNIT_CASE_PARAM(read_only, ext_gen_params),
	KUNIT_CASE(hidden_caps),
	KUNIT_CASE_PARAM(cap_list, std_gen_params),
	KUNIT_CASE(overlapping_caps),
	{}
};

struct kunit_suite conf_ext_suite = {
	.name = "conf_ext",
	.test_cases = conf_ext_cases,
};
