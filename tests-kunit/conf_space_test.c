// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The configuration space engine: every way in which an access can overlap a
 * register, compared with a model that computes each byte by itself.
 */
#include <kunit/test.h>
#include <linux/limits.h>
#include <pciback/conf.h>
#include "conf_fixture.h"
#include "suites.h"

/* The accessed bytes; the tested register is inside, with other bytes around it. */
#define AREA		0x40
#define AREA_LEN	16
#define ROW_AT		(AREA + 4)

/* How a register treats each of its bytes. */
struct kind {
	const char *name;
	bool raw;
	u8 hw;		/* these bits are read from the hardware ... */
	u8 virt;	/* ... and these from the virtual value */
	u8 write_hw;
	u8 write_virt;
	u8 w1c;
};

static const struct kind kinds[] = {
	{ .name = "read-only", .hw = 0xff },
	{ .name = "virtual", .virt = 0xff, .write_virt = 0xff },
	{ .name = "through", .hw = 0xff, .write_hw = 0xff },
	{ .name = "mixed", .hw = 0x0f, .virt = 0xf0, .write_hw = 0x06, .write_virt = 0x60 },
	{ .name = "w1c", .hw = 0xff, .w1c = 0xff },
	{ .name = "half w1c", .hw = 0xff, .write_hw = 0x0f, .w1c = 0xf0 },
	{ .name = "hidden" },
	{ .name = "raw", .raw = true, .hw = 0xff },
};

/* One register: its kind, its size in bytes, and its distance from ROW_AT. */
struct geometry {
	const struct kind *kind;
	unsigned int size;
	unsigned int shift;
};

static const unsigned int sizes[] = { 1, 2, 4 };

#define NR_SHIFTS	8

static const void *geometry_gen_params(const void *prev, char *desc)
{
	static struct geometry g;
	/* Number of the geometry that is returned next. */
	static unsigned int next;
	unsigned int i;

	if (!prev)
		next = 0;
	i = next++;
	if (i >= ARRAY_SIZE(kinds) * ARRAY_SIZE(sizes) * NR_SHIFTS)
		return NULL;
	g.shift = i % NR_SHIFTS;
	g.size = sizes[i / NR_SHIFTS % ARRAY_SIZE(sizes)];
	g.kind = &kinds[i / NR_SHIFTS / ARRAY_SIZE(sizes)];
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s register of %u at +%u", g.kind->name,
		 g.size, g.shift);
	return &g;
}

/* What the bytes of the area should be. */
struct model {
	u8 hw[AREA_LEN];
	u8 virt[AREA_LEN];
};

struct setting {
	const struct kind *kind;
	struct conf_row row;
	struct conf_fixture *fixture;
	unsigned int from, to;		/* bytes of the register, within the area */
	struct model start;
};

/* A mask with the same byte for every byte of a register. */
static u32 mask_of(u8 byte, unsigned int size)
{
	return (byte * 0x01010101U) & (U32_MAX >> (32 - 8 * size));
}

static void setting_init(struct kunit *test, struct setting *s, const struct geometry *g)
{
	unsigned int i;

	s->kind = g->kind;
	s->fixture = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, 4);
	s->from = ROW_AT - AREA + g->shift;
	s->to = s->from + g->size;
	s->row = (struct conf_row){
		.off = ROW_AT + g->shift, .size = g->size, .raw = g->kind->raw,
		.hw = mask_of(g->kind->hw, g->size), .virt = mask_of(g->kind->virt, g->size),
		.write_hw = mask_of(g->kind->write_hw, g->size),
		.write_virt = mask_of(g->kind->write_virt, g->size),
		.w1c = mask_of(g->kind->w1c, g->size),
	};
	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(s->fixture->cs, 0, &s->row, 1), 0);
	for (i = 0; i < AREA_LEN; i++) {
		/* Every byte differs from the ones beside it and from what is written. */
		s->start.hw[i] = 0xa1 + 7 * i;
		s->start.virt[i] = 0x5e - 5 * i;
		if (i >= s->from && i < s->to)
			s->fixture->w1c[AREA + i] = g->kind->w1c;
	}
}

static void setting_start(struct setting *s)
{
	struct conf_reg *reg = &s->fixture->cs->regs[0];
	unsigned int i;

	memcpy(s->fixture->hw + AREA, s->start.hw, AREA_LEN);
	reg->virt = 0;
	for (i = s->from; i < s->to; i++)
		reg->virt |= (u32)s->start.virt[i] << 8 * (i - s->from);
	s->fixture->nr_writes = 0;
	pciback_conf_forget_drops(s->fixture->cs);
}

static bool in_row(const struct setting *s, unsigned int i)
{
	return !s->kind->raw && i >= s->from && i < s->to;
}

static void check_read(struct kunit *test, struct setting *s, unsigned int at, unsigned int size)
{
	u32 want = 0, got = ~0;
	unsigned int i;

	setting_start(s);
	for (i = at; i < at + size; i++) {
		u8 byte = s->start.hw[i];

		if (in_row(s, i))
			byte = (byte & s->kind->hw) | (s->start.virt[i] & s->kind->virt);
		want |= (u32)byte << 8 * (i - at);
	}
	KUNIT_EXPECT_EQ_MSG(test, pciback_conf_read(s->fixture->cs, AREA + at, size, &got), 0,
			    "read of %u at +%d", size, (int)at - 4);
	KUNIT_EXPECT_EQ_MSG(test, got, want, "read of %u at +%d", size, (int)at - 4);
	KUNIT_EXPECT_EQ(test, s->fixture->nr_writes, 0);
}

/* Return true if a bit that the guest tried to change keeps the value that it reads. */
static bool model_write(struct setting *s, struct model *m, unsigned int at, unsigned int size,
			u32 val)
{
	bool permissive = s->fixture->cs->level == CONF_PERMISSIVE;
	bool touched = false, dropped = false;
	unsigned int i;

	for (i = at; i < at + size; i++)
		touched |= in_row(s, i);

	for (i = at; i < at + size; i++, val >>= 8) {
		const struct kind *k = s->kind;
		u8 byte = val;

		if (in_row(s, i)) {
			u8 seen = (m->hw[i] & k->hw) | (m->virt[i] & k->virt);

			dropped |= (byte ^ seen) & ~(k->write_hw | k->write_virt | k->w1c);
			m->virt[i] = (m->virt[i] & ~k->write_virt) | (byte & k->write_virt);
			m->hw[i] = (m->hw[i] & ~k->write_hw) | (byte & k->write_hw);
			m->hw[i] &= ~(byte & k->w1c);
		} else if (!touched && permissive) {
			m->hw[i] = byte;
		} else {
			dropped |= byte != m->hw[i];
		}
	}
	return dropped;
}

static void check_write(struct kunit *test, struct setting *s, unsigned int at, unsigned int size,
			u32 val)
{
	struct conf_fixture *f = s->fixture;
	struct model want = s->start;
	bool dropped;
	unsigned int i;

	setting_start(s);
	dropped = model_write(s, &want, at, size, val);
	KUNIT_EXPECT_EQ_MSG(test, pciback_conf_write(f->cs, AREA + at, size, val), 0,
			    "write of %#x, size %u, at +%d", val, size, (int)at - 4);
	for (i = 0; i < AREA_LEN; i++) {
		KUNIT_EXPECT_EQ_MSG(test, f->hw[AREA + i], want.hw[i],
				    "hardware byte +%d after write of %#x, size %u, at +%d",
				    (int)i - 4, val, size, (int)at - 4);
		if (!in_row(s, i))
			continue;
		KUNIT_EXPECT_EQ_MSG(test, (u8)(f->cs->regs[0].virt >> 8 * (i - s->from)),
				    want.virt[i],
				    "virtual byte +%d after write of %#x, size %u, at +%d",
				    (int)i - 4, val, size, (int)at - 4);
	}
	KUNIT_EXPECT_EQ_MSG(test, !!f->cs->audit.total, dropped,
			    "audit of a write of %#x, size %u, at +%d", val, size, (int)at - 4);
}

static void overlap(struct kunit *test)
{
	static const u32 vals[] = { 0, U32_MAX, 0x96c33c69 };
	struct setting s;
	unsigned int i, j, at;

	setting_init(test, &s, test->param_value);
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		for (at = 0; at < AREA_LEN; at += sizes[i]) {
			check_read(test, &s, at, sizes[i]);
			for (j = 0; j < ARRAY_SIZE(vals); j++) {
				conf_fixture_permissive(s.fixture, false);
				check_write(test, &s, at, sizes[i], vals[j]);
				conf_fixture_permissive(s.fixture, true);
				check_write(test, &s, at, sizes[i], vals[j]);
			}
		}
	}
}

struct access_row {
	const char *name;
	s32 off;
	s32 size;
	unsigned int cfg_size;
	int err;
};

#define BAD	PCIBIOS_BAD_REGISTER_NUMBER

static const struct access_row access_rows[] = {
	{ "first byte", 0, 1, 256, 0 },
	{ "first dword", 0, 4, 256, 0 },
	{ "last byte of 256", 255, 1, 256, 0 },
	{ "last word of 256", 254, 2, 256, 0 },
	{ "last dword of 256", 252, 4, 256, 0 },
	{ "byte behind 256", 256, 1, 256, BAD },
	{ "dword behind 256", 256, 4, 256, BAD },
	{ "far behind 256", 4092, 4, 256, BAD },
	{ "first extended dword", 256, 4, 4096, 0 },
	{ "last dword of 4096", 4092, 4, 4096, 0 },
	{ "last byte of 4096", 4095, 1, 4096, 0 },
	{ "byte behind 4096", 4096, 1, 4096, BAD },
	{ "dword behind 4096", 4096, 4, 4096, BAD },
	{ "maximum offset", S32_MAX, 1, 4096, BAD },
	{ "maximum aligned offset", S32_MAX - 3, 4, 4096, BAD },
	{ "offset -1", -1, 1, 4096, BAD },
	{ "offset -2, word", -2, 2, 4096, BAD },
	{ "offset -4, dword", -4, 4, 4096, BAD },
	{ "minimum offset", S32_MIN, 4, 4096, BAD },
	{ "size 0", 0, 0, 4096, BAD },
	{ "size 3", 0, 3, 4096, BAD },
	{ "size 3 at a multiple of it", 6, 3, 4096, BAD },
	{ "size 5", 0, 5, 4096, BAD },
	{ "size 8", 0, 8, 4096, BAD },
	{ "size -1", 0, -1, 4096, BAD },
	{ "size -4", 4, -4, 4096, BAD },
	{ "minimum size", 0, S32_MIN, 4096, BAD },
	{ "maximum size", 0, S32_MAX, 4096, BAD },
	{ "word at 1", 1, 2, 4096, BAD },
	{ "word at 3", 3, 2, 4096, BAD },
	{ "dword at 1", 1, 4, 4096, BAD },
	{ "dword at 2", 2, 4, 4096, BAD },
	{ "dword at 3", 3, 4, 4096, BAD },
	{ "dword across the end", 254, 4, 256, BAD },
};

KUNIT_ARRAY_PARAM_DESC(access, access_rows, name);

static void access_bounds(struct kunit *test)
{
	const struct access_row *row = test->param_value;
	struct conf_fixture *f = conf_fixture_new(test, row->cfg_size, 1);
	u32 val = 0xdeadbeef;

	memset(f->hw, 0x77, sizeof(f->hw));
	conf_fixture_permissive(f, true);
	KUNIT_EXPECT_EQ(test, pciback_conf_read(f->cs, row->off, row->size, &val), row->err);
	if (row->err) {
		KUNIT_EXPECT_EQ_MSG(test, val, 0, "a read with an error returns 0");
		KUNIT_EXPECT_EQ(test, f->nr_reads, 0);
	} else {
		KUNIT_EXPECT_EQ(test, val, 0x77777777U >> (32 - 8 * row->size));
	}
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, row->off, row->size, 0), row->err);
	KUNIT_EXPECT_EQ(test, f->nr_writes, !row->err);
	KUNIT_EXPECT_EQ_MSG(test, f->nr_dropped, 0, "an error is not a dropped write");
}

/* Bits of the value above the size of the access are ignored. */
static void excess_bits(struct kunit *test)
{
	static const struct conf_row row = {
		.off = 0x40, .size = 4, .virt = U32_MAX, .write_virt = U32_MAX,
	};
	struct conf_fixture *f = conf_fixture_new(test, 256, 1);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(f->cs, 0, &row, 1), 0);
	conf_fixture_write(test, 0x41, 1, 0xffffff12);
	KUNIT_EXPECT_EQ(test, f->cs->regs[0].virt, 0x1200);
	conf_fixture_permissive(f, true);
	conf_fixture_write(test, 0x50, 1, 0xffffff34);
	KUNIT_EXPECT_EQ(test, f->last_val, 0x34);
	conf_fixture_permissive(f, false);
	conf_fixture_write(test, 0x50, 2, 0xffff5678);
	KUNIT_EXPECT_EQ(test, f->dropped_off, 0x50);
	KUNIT_EXPECT_EQ(test, f->dropped_size, 2);
	KUNIT_EXPECT_EQ(test, f->dropped_val, 0x5678);
}

/* One access covers four registers, as a dword does that covers COMMAND and Status. */
static void spanning_access(struct kunit *test)
{
	static const struct conf_row rows[] = {
		{ .off = 0, .size = 1, .virt = 0xff, .write_virt = 0xff },
		{ .off = 1, .size = 1, .hw = 0xff },
		{ .off = 2, .size = 1, .hw = 0xff, .write_hw = 0xff },
		{ .off = 3, .size = 1, .hw = 0xff, .w1c = 0xff },
	};
	struct conf_fixture *f = conf_fixture_new(test, 256, 4);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(f->cs, 0x80, rows, 4), 0);
	f->w1c[0x83] = 0xff;
	conf_fixture_set(f, 0x80, 4, 0x44332211);
	conf_fixture_write(test, 0x80, 4, 0x04abcdef);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, 0x80, 4), 0x40ab2211);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, 0x80, 4), 0x40ab22efU);
}

static int recording_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	reg->reset = mask;	/* for the test to read */
	reg->virt = val;
	return 0;
}

static int constant_read(struct conf_space *cs, struct conf_reg *reg, u32 *val)
{
	*val = 0x44332211;
	return 0;
}

struct handler_row {
	const char *name;
	unsigned int off, size;
	u32 val;
	u32 merged;
	u32 mask;
};

static const struct handler_row handler_rows[] = {
	{ "all bytes", 0x40, 4, 0xaabbccdd, 0xaabbccdd, 0xffffffff },
	{ "low half", 0x40, 2, 0xaabb, 0x4433aabb, 0x0000ffff },
	{ "high half", 0x42, 2, 0xaabb, 0xaabb2211, 0xffff0000 },
	{ "second byte", 0x41, 1, 0xaa, 0x4433aa11, 0x0000ff00 },
	{ "last byte", 0x43, 1, 0xaa, 0xaa332211, 0xff000000 },
};

KUNIT_ARRAY_PARAM_DESC(handler, handler_rows, name);

/* A write handler gets the register's present value in the bytes that are not written. */
static void handler_merge(struct kunit *test)
{
	static const struct conf_row reg = {
		.off = 0x40, .size = 4, .read = constant_read, .write = recording_write,
	};
	const struct handler_row *row = test->param_value;
	struct conf_fixture *f = conf_fixture_new(test, 256, 1);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(f->cs, 0, &reg, 1), 0);
	conf_fixture_write(test, row->off, row->size, row->val);
	KUNIT_EXPECT_EQ(test, f->cs->regs[0].virt, row->merged);
	KUNIT_EXPECT_EQ(test, f->cs->regs[0].reset, row->mask);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, 0x42, 1), 0x33);
}

static int failing_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	return PCIBIOS_SET_FAILED;
}

static int failing_read(struct conf_space *cs, struct conf_reg *reg, u32 *val)
{
	return PCIBIOS_DEVICE_NOT_FOUND;
}

static void first_error(struct kunit *test)
{
	static const struct conf_row rows[] = {
		{ .off = 0, .size = 1, .virt = 0xff, .write_virt = 0xff },
		{ .off = 1, .size = 1, .read = failing_read, .write = failing_write },
		{ .off = 2, .size = 1, .virt = 0xff, .write_virt = 0xff },
	};
	struct conf_fixture *f = conf_fixture_new(test, 256, 3);
	u32 val = 0xdeadbeef;

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(f->cs, 0x40, rows, 3), 0);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, 0x40, 4, 0x00332211), PCIBIOS_SET_FAILED);
	KUNIT_EXPECT_EQ(test, f->cs->regs[0].virt, 0x11);
	KUNIT_EXPECT_EQ(test, f->cs->regs[2].virt, 0);
	KUNIT_EXPECT_EQ(test, pciback_conf_read(f->cs, 0x40, 4, &val), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ_MSG(test, val, 0, "a read with an error returns 0");
}

static void hardware_errors(struct kunit *test)
{
	static const struct conf_row row = { .off = 0x40, .size = 4, .hw = ~0U, .write_hw = ~0U };
	struct conf_fixture *f = conf_fixture_new(test, 256, 1);
	u32 val = 0xdeadbeef;

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(f->cs, 0, &row, 1), 0);
	f->read_err = PCIBIOS_DEVICE_NOT_FOUND;
	KUNIT_EXPECT_EQ(test, pciback_conf_read(f->cs, 0x40, 4, &val), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, val, 0);
	KUNIT_EXPECT_EQ(test, pciback_conf_read(f->cs, 0x50, 4, &val), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, 0x40, 2, 1), PCIBIOS_DEVICE_NOT_FOUND);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
	f->read_err = 0;
	f->write_err = PCIBIOS_SET_FAILED;
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, 0x40, 4, 1), PCIBIOS_SET_FAILED);
	conf_fixture_permissive(f, true);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, 0x50, 4, 1), PCIBIOS_SET_FAILED);
}

/* An unchanged value is not written: some registers act on any write. */
static void unchanged(struct kunit *test)
{
	static const struct conf_row row = {
		.off = 0x40, .size = 2, .hw = 0xffff, .write_hw = 0x00ff, .w1c = 0xf000,
	};
	struct conf_fixture *f = conf_fixture_new(test, 256, 1);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(f->cs, 0, &row, 1), 0);
	f->w1c[0x41] = 0xf0;
	conf_fixture_set(f, 0x40, 2, 0xf812);
	conf_fixture_write(test, 0x40, 2, 0x0012);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
	conf_fixture_write(test, 0x40, 2, 0x0013);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 1);
	KUNIT_EXPECT_EQ_MSG(test, f->last_val, 0x0813, "no 1 in a w1c bit");
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, 0x40, 2), 0xf813);
	conf_fixture_write(test, 0x40, 2, 0x8013);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, 0x40, 2), 0x7813);
}

static void reset(struct kunit *test)
{
	static const struct conf_row row = {
		.off = 0x40, .size = 2, .virt = 0xffff, .write_virt = 0xffff,
	};
	struct conf_fixture *f = conf_fixture_new(test, 256, 1);
	struct conf_space *cs = f->cs;

	KUNIT_ASSERT_EQ(test, pciback_conf_add_rows(cs, 0, &row, 1), 0);
	cs->regs[0].reset = 0x1234;
	conf_fixture_write(test, 0x40, 2, 0x5678);
	cs->regs[0].sizing = true;
	conf_fixture_permissive(f, true);
	cs->enabled = true;
	cs->intx_wanted = true;
	pciback_conf_reset(cs);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, 0x40, 2), 0x1234);
	KUNIT_EXPECT_FALSE(test, cs->regs[0].sizing);
	KUNIT_EXPECT_FALSE(test, cs->enabled);
	KUNIT_EXPECT_FALSE(test, cs->intx_wanted);
	KUNIT_EXPECT_EQ_MSG(test, cs->level, CONF_PERMISSIVE,
			    "the level belongs to the administrator");
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
}

struct table_row {
	const char *name;
	unsigned int base;
	struct conf_row rows[3];
	unsigned int nr;
	int err;
};

static const struct table_row table_rows[] = {
	{ "side by side", 0x40, { { .off = 0, .size = 2 }, { .off = 2, .size = 2 } }, 2, 0 },
	{ "at the end", 0xfc, { { .off = 0, .size = 4 } }, 1, 0 },
	{ "across the end", 0xfc, { { .off = 2, .size = 4 } }, 1, -ERANGE },
	{ "behind the end", 0x100, { { .off = 0, .size = 1 } }, 1, -ERANGE },
	{ "same byte", 0x40, { { .off = 0, .size = 1 }, { .off = 0, .size = 1 } }, 2, -EEXIST },
	{ "the last byte", 0x40,
	  { { .off = 3, .size = 1 }, { .off = 0, .size = 4 } }, 2, -EEXIST },
	{ "inside another", 0x40,
	  { { .off = 0, .size = 4 }, { .off = 1, .size = 2 } }, 2, -EEXIST },
	{ "more than there is space for", 0x40,
	  { { .off = 0, .size = 1 }, { .off = 1, .size = 1 }, { .off = 2, .size = 1 } }, 3,
	  -ENOSPC },
};

KUNIT_ARRAY_PARAM_DESC(table, table_rows, name);

static void add_rows(struct kunit *test)
{
	const struct table_row *row = test->param_value;
	struct conf_fixture *f = conf_fixture_new(test, 256, 2);

	KUNIT_EXPECT_EQ(test, pciback_conf_add_rows(f->cs, row->base, row->rows, row->nr),
			row->err);
	KUNIT_EXPECT_EQ(test, f->cs->nr_regs, row->err == -ERANGE ? 0 :
			row->err == -EEXIST ? 1 : row->err == -ENOSPC ? 2 : row->nr);
	if (!row->err) {
		struct conf_reg *reg = pciback_conf_reg_at(f->cs,
							   row->base + row->rows[0].size - 1);

		KUNIT_ASSERT_NOT_NULL(test, reg);
		KUNIT_EXPECT_EQ(test, reg->pos, row->base);
		KUNIT_EXPECT_NULL(test, pciback_conf_reg_at(f->cs, row->base - 1));
	}
}

static struct kunit_case conf_space_cases[] = {
	KUNIT_CASE_PARAM(overlap, geometry_gen_params),
	KUNIT_CASE_PARAM(access_bounds, access_gen_params),
	KUNIT_CASE(excess_bits),
	KUNIT_CASE(spanning_access),
	KUNIT_CASE_PARAM(handler_merge, handler_gen_params),
	KUNIT_CASE(first_error),
	KUNIT_CASE(hardware_errors),
	KUNIT_CASE(unchanged),
	KUNIT_CASE(reset),
	KUNIT_CASE_PARAM(add_rows, table_gen_params),
	{}
};

struct kunit_suite conf_space_suite = {
	.name = "conf_space",
	.test_cases = conf_space_cases,
};
