// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What a guest can read and write in the header of a function, of type 0 and 1:
 * identity, COMMAND, base address registers, BIST, and registers without a row.
 */
#include <kunit/test.h>
#include <pciback/conf.h>
#include "conf_fixture.h"
#include "suites.h"

#define TYPE0	PCI_HEADER_TYPE_NORMAL
#define TYPE1	PCI_HEADER_TYPE_BRIDGE

static const struct conf_ident ident0 = {
	.vendor = 0x8086, .device = 0x10d3, .irq_line = 0x2b, .header_type = TYPE0,
	.bar = {
		{ 0xfe000000, 0xfffff000, 0xf },	/* 4 KiB of 32-bit memory */
		{ 0x0000e001, 0xffffffe1, 0x3 },	/* 32 I/O ports */
		{ 0x0000400c, 0xffffc00c, 0xf },	/* 16 KiB of 64-bit memory ... */
		{ 0x00000038, 0xffffffff, 0x0 },	/* ... and its upper half */
		{ 0, 0, 0xf },				/* absent */
		{ 0, 0, 0xf },
	},
	.rom = { 0xfd000000, 0xffff0000, 0x7ff },
};

static const struct conf_ident ident1 = {
	.vendor = 0x8086, .device = 0x3420, .irq_line = 0x10, .header_type = TYPE1,
	.bar = {
		{ 0xfb00000c, 0xffff000c, 0xf },
		{ 0x00000001, 0xffffffff, 0x0 },
	},
	.rom = { 0xfa000000, 0xfffff800, 0x7ff },
};

/* A header with @hw in the hardware at @off, and with the BARs of the host. */
static struct conf_fixture *header_new(struct kunit *test, u8 type, unsigned int off,
				       unsigned int size, u32 hw)
{
	const struct conf_ident *id = type == TYPE1 ? &ident1 : &ident0;
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);
	int i;

	for (i = 0; i < (type == TYPE1 ? 2 : CONF_NR_BARS); i++)
		conf_fixture_set(f, PCI_BASE_ADDRESS_0 + 4 * i, 4, id->bar[i].val);
	conf_fixture_set(f, type == TYPE1 ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS, 4, id->rom.val);
	conf_fixture_set(f, PCI_HEADER_TYPE, 1, type);
	conf_fixture_set(f, off, size, hw);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(f->cs, id), 0);
	f->nr_writes = 0;
	return f;
}

struct reg_row {
	const char *name;
	u8 type;
	u8 off, size;
	u32 hw;		/* before */
	u32 seen;
	u32 write;
	u32 hw_after;
	u32 seen_after;
};

/* Registers with a row: a write that is not allowed is dropped, and no error. */
static const struct reg_row reg_rows[] = {
	{ "vendor", TYPE0, 0x00, 2, 0xffff, 0x8086, 0x1234, 0xffff, 0x8086 },
	{ "device", TYPE0, 0x02, 2, 0xffff, 0x10d3, 0x1234, 0xffff, 0x10d3 },
	{ "vendor and device", TYPE0, 0x00, 4, ~0U, 0x10d38086, 0, ~0U, 0x10d38086 },
	{ "vendor of a bridge", TYPE1, 0x00, 4, ~0U, 0x34208086, 0, ~0U, 0x34208086 },
	{ "high byte of vendor", TYPE0, 0x01, 1, 0xff, 0x80, 0, 0xff, 0x80 },
	{ "cache line size", TYPE0, 0x0c, 1, 0x08, 0x08, 0x10, 0x10, 0x10 },
	{ "cache line size of a bridge", TYPE1, 0x0c, 1, 0x08, 0x08, 0x10, 0x10, 0x10 },
	{ "latency timer", TYPE0, 0x0d, 1, 0x20, 0x20, 0x40, 0x20, 0x20 },
	{ "cache line size and latency", TYPE0, 0x0c, 2, 0x2008, 0x2008, 0x4010, 0x2010, 0x2010 },
	{ "interrupt line", TYPE0, 0x3c, 1, 0xff, 0x2b, 0x05, 0xff, 0x2b },
	{ "interrupt line of a bridge", TYPE1, 0x3c, 1, 0xff, 0x10, 0x05, 0xff, 0x10 },
	{ "interrupt pin", TYPE0, 0x3d, 1, 0x02, 0x02, 0x01, 0x02, 0x02 },
	{ "line, pin, grant and latency", TYPE0, 0x3c, 4, 0x201002ff, 0x2010022b, 0xffffffff,
	  0x201002ff, 0x2010022b },
	{ "command and Status", TYPE0, 0x04, 4, 0xf9100000, 0xf9100000, 0xffff0000,
	  0xf9100000, 0xf9100000 },
	{ "capability pointer", TYPE0, 0x34, 1, 0x40, 0x00, 0x50, 0x40, 0x00 },
	{ "capability pointer of a bridge", TYPE1, 0x34, 1, 0x40, 0x00, 0x50, 0x40, 0x00 },
	{ "BIST, nothing changed", TYPE0, 0x0f, 1, 0x80, 0x80, 0x80, 0x80, 0x80 },
	{ "BIST, start", TYPE0, 0x0f, 1, 0x80, 0x80, 0xc0, 0xc0, 0xc0 },
	{ "BIST, start alone", TYPE0, 0x0f, 1, 0x80, 0x80, 0x40, 0x40, 0x40 },
	{ "BIST, other bits", TYPE0, 0x0f, 1, 0x80, 0x80, 0x8f, 0x80, 0x80 },
	{ "BIST, start and other bits", TYPE0, 0x0f, 1, 0x80, 0x80, 0xcf, 0x80, 0x80 },
	{ "BIST of a bridge, start", TYPE1, 0x0f, 1, 0x80, 0x80, 0xc0, 0x80, 0x80 },
	{ "BIST of a bridge, start alone", TYPE1, 0x0f, 1, 0x80, 0x80, 0x40, 0x80, 0x80 },
	{ "BIST, zero", TYPE0, 0x0f, 1, 0x80, 0x80, 0x00, 0x80, 0x80 },
	{ "BAR 0, another address", TYPE0, 0x10, 4, 0xfe000000, 0xfe000000, 0xc0000000,
	  0xfe000000, 0xfe000000 },
	{ "BAR 0, lost in a reset", TYPE0, 0x10, 4, 0x00000000, 0xfe000000, 0xfe000000,
	  0xfe000000, 0xfe000000 },
	{ "BAR 0, lost, another address", TYPE0, 0x10, 4, 0x00000000, 0xfe000000, 0xfd000000,
	  0x00000000, 0xfe000000 },
	{ "BAR 1, lost in a reset", TYPE0, 0x14, 4, 0x00000001, 0x0000e001, 0x0000e001,
	  0x0000e001, 0x0000e001 },
	{ "BAR 3, upper half lost", TYPE0, 0x1c, 4, 0x00000000, 0x00000038, 0x00000038,
	  0x00000038, 0x00000038 },
	{ "BAR 4, absent", TYPE0, 0x20, 4, 0x00000000, 0, 0xc0000000, 0, 0 },
	{ "ROM, enable", TYPE0, 0x30, 4, 0xfd000000, 0xfd000000, 0xfd000001,
	  0xfd000000, 0xfd000000 },
	{ "ROM, lost in a reset", TYPE0, 0x30, 4, 0x00000000, 0xfd000000, 0xfd000000,
	  0xfd000000, 0xfd000000 },
	{ "ROM of a bridge, lost", TYPE1, 0x38, 4, 0x00000000, 0xfa000000, 0xfa000000,
	  0xfa000000, 0xfa000000 },
	{ "BAR 1 of a bridge, upper half", TYPE1, 0x14, 4, 0x00000000, 0x00000001, 0x00000001,
	  0x00000001, 0x00000001 },
};

KUNIT_ARRAY_PARAM_DESC(reg, reg_rows, name);

/* Level permissive makes no difference for a register that has a row. */
static void registers(struct kunit *test)
{
	const struct reg_row *row = test->param_value;
	bool permissive[] = { false, true };
	int i;

	for (i = 0; i < ARRAY_SIZE(permissive); i++) {
		struct conf_fixture *f = header_new(test, row->type, row->off, row->size, row->hw);

		conf_fixture_permissive(f, permissive[i]);
		KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, row->size), row->seen);
		conf_fixture_write(test, row->off, row->size, row->write);
		KUNIT_EXPECT_EQ_MSG(test, conf_fixture_get(f, row->off, row->size), row->hw_after,
				    "hardware, permissive %d", i);
		KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, row->size),
				row->seen_after);
		KUNIT_EXPECT_EQ_MSG(test, !!f->cs->audit.total, row->seen_after != row->write,
				    "audit, permissive %d", i);
	}
}

struct raw_row {
	const char *name;
	u8 type;
	u8 off, size;
};

static const struct raw_row raw_rows[] = {
	{ "Status", TYPE0, 0x06, 2 },
	{ "revision", TYPE0, 0x08, 1 },
	{ "programming interface", TYPE0, 0x09, 1 },
	{ "class", TYPE0, 0x0a, 2 },
	{ "revision and class", TYPE0, 0x08, 4 },
	{ "header type", TYPE0, 0x0e, 1 },
	{ "CardBus CIS", TYPE0, 0x28, 4 },
	{ "subsystem vendor", TYPE0, 0x2c, 2 },
	{ "subsystem", TYPE0, 0x2e, 2 },
	{ "subsystem, both", TYPE0, 0x2c, 4 },
	{ "reserved at 35", TYPE0, 0x35, 1 },
	{ "reserved at 38", TYPE0, 0x38, 4 },
	{ "minimum grant", TYPE0, 0x3e, 1 },
	{ "maximum latency", TYPE0, 0x3f, 1 },
	{ "behind the header", TYPE0, 0x40, 4 },
	{ "the last dword", TYPE0, 0xfc, 4 },
	{ "Status of a bridge", TYPE1, 0x06, 2 },
	{ "bus numbers", TYPE1, 0x18, 4 },
	{ "secondary bus", TYPE1, 0x19, 1 },
	{ "I/O window", TYPE1, 0x1c, 2 },
	{ "secondary Status", TYPE1, 0x1e, 2 },
	{ "memory window", TYPE1, 0x20, 4 },
	{ "prefetchable window", TYPE1, 0x24, 4 },
	{ "prefetchable base, upper half", TYPE1, 0x28, 4 },
	{ "prefetchable limit, upper half", TYPE1, 0x2c, 4 },
	{ "I/O window, upper halves", TYPE1, 0x30, 4 },
	{ "bridge control", TYPE1, 0x3e, 2 },
};

KUNIT_ARRAY_PARAM_DESC(raw, raw_rows, name);

static void raw_registers(struct kunit *test)
{
	const struct raw_row *row = test->param_value;
	u32 all = U32_MAX >> (32 - 8 * row->size);
	u32 hw = 0x12345678 & all;
	struct conf_fixture *f = header_new(test, row->type, row->off, row->size, hw);

	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, row->size), hw);
	conf_fixture_write(test, row->off, row->size, ~hw);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
	KUNIT_EXPECT_EQ(test, f->nr_dropped, 1);
	KUNIT_EXPECT_EQ(test, f->dropped_off, row->off);
	conf_fixture_permissive(f, true);
	conf_fixture_write(test, row->off, row->size, ~hw);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, row->off, row->size), ~hw & all);
	KUNIT_EXPECT_EQ(test, f->nr_dropped, 1);
}

struct command_row {
	const char *name;
	bool permissive, interrupt_control;
	u16 hw;			/* before */
	u16 write;
	u16 hw_after;
	u16 seen_after;
	unsigned int enable, master, mwi, intx;	/* calls */
};

/*
 * Memory 2, I/O 1, Master 4, Special 8, MWI 10, VGA 20, Parity 40, Wait 80,
 * SERR 100, fast back-to-back 200, INTx disable 400.
 */
static const struct command_row command_rows[] = {
	{ "nothing", 0, 0, 0x000, 0x000, 0x000, 0x000, 0, 0, 0, 0 },
	{ "memory", 0, 0, 0x000, 0x002, 0x003, 0x002, 1, 0, 0, 0 },
	{ "I/O", 0, 0, 0x000, 0x001, 0x003, 0x001, 1, 0, 0, 0 },
	{ "memory, I/O, master, INTx off", 0, 0, 0x000, 0x407, 0x007, 0x407, 1, 1, 0, 0 },
	{ "decoding off, but not in hardware", 0, 0, 0x003, 0x000, 0x003, 0x000, 0, 0, 0, 0 },
	{ "master off", 0, 0, 0x007, 0x000, 0x003, 0x000, 0, 1, 0, 0 },
	{ "master without decode", 0, 0, 0x000, 0x004, 0x004, 0x004, 0, 1, 0, 0 },
	{ "parity and SERR", 0, 0, 0x000, 0x140, 0x000, 0x140, 0, 0, 0, 0 },
	{ "parity and SERR off", 0, 0, 0x140, 0x000, 0x140, 0x000, 0, 0, 0, 0 },
	{ "MWI", 0, 0, 0x000, 0x010, 0x010, 0x010, 0, 0, 1, 0 },
	{ "MWI off", 0, 0, 0x010, 0x000, 0x000, 0x000, 0, 0, 1, 0 },
	{ "special, VGA, wait, back-to-back", 0, 0, 0x000, 0x2a8, 0x000, 0x000, 0, 0, 0, 0 },
	{ "the same bits, set by the host", 0, 0, 0x2a8, 0x000, 0x2a8, 0x2a8, 0, 0, 0, 0 },
	{ "INTx disable", 0, 0, 0x000, 0x400, 0x000, 0x400, 0, 0, 0, 0 },
	{ "INTx disable, set by the host", 0, 0, 0x400, 0x000, 0x400, 0x000, 0, 0, 0, 0 },
	{ "reserved bits", 0, 0, 0xf800, 0xf800, 0xf800, 0x000, 0, 0, 0, 0 },
	{ "everything", 0, 0, 0x000, 0xffff, 0x017, 0x557, 1, 1, 1, 0 },

	{ "permissive: decode", 1, 0, 0x000, 0x003, 0x003, 0x003, 1, 0, 0, 0 },
	{ "permissive: decode off", 1, 0, 0x003, 0x000, 0x003, 0x000, 0, 0, 0, 0 },
	{ "permissive: parity and SERR", 1, 0, 0x000, 0x140, 0x000, 0x140, 0, 0, 0, 0 },
	{ "permissive: INTx disable", 1, 0, 0x000, 0x400, 0x000, 0x400, 0, 0, 0, 0 },
	{ "permissive: the same bits on", 1, 0, 0x000, 0x2a8, 0x2a8, 0x2a8, 0, 0, 0, 0 },
	{ "permissive: the same bits off", 1, 0, 0x2a8, 0x000, 0x000, 0x000, 0, 0, 0, 0 },
	{ "permissive: everything", 1, 0, 0x000, 0xffff, 0x2bf, 0x7ff, 1, 1, 1, 0 },

	{ "interrupt control: INTx off", 0, 1, 0x000, 0x400, 0x400, 0x400, 0, 0, 0, 1 },
	{ "interrupt control: nothing", 0, 1, 0x000, 0x007, 0x007, 0x007, 1, 1, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(command, command_rows, name);

static void command(struct kunit *test)
{
	const struct command_row *row = test->param_value;
	struct conf_fixture *f = header_new(test, TYPE0, PCI_COMMAND, 2, row->hw);

	conf_fixture_permissive(f, row->permissive);
	f->cs->interrupt_control = row->interrupt_control;
	conf_fixture_write(test, PCI_COMMAND, 2, row->write);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, PCI_COMMAND, 2), row->hw_after);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), row->seen_after);
	KUNIT_EXPECT_EQ(test, f->nr_enable, row->enable);
	KUNIT_EXPECT_EQ(test, f->nr_master, row->master);
	KUNIT_EXPECT_EQ(test, f->nr_mwi, row->mwi);
	KUNIT_EXPECT_EQ(test, f->nr_intx, row->intx);
	KUNIT_EXPECT_EQ(test, f->cs->intx_wanted, !!(row->write & 3));
}

struct bridge_command_row {
	const char *name;
	bool permissive;
	u16 hw;			/* before */
	u16 write;
	u16 hw_after;
	u16 seen_after;
};

/* Bus mastering of a bridge stays as the host has it, at every level; the guest reads its own. */
static const struct bridge_command_row bridge_command_rows[] = {
	{ "master off", 0, 0x007, 0x003, 0x007, 0x003 },
	{ "master on", 0, 0x003, 0x007, 0x003, 0x007 },
	{ "everything off", 0, 0x147, 0x000, 0x147, 0x000 },
	{ "everything on", 0, 0x000, 0xffff, 0x013, 0x557 },
	{ "MWI", 0, 0x007, 0x017, 0x017, 0x017 },
	{ "permissive: master off", 1, 0x007, 0x003, 0x007, 0x003 },
	{ "permissive: master on", 1, 0x003, 0x007, 0x003, 0x007 },
	{ "permissive: special, VGA, wait, back-to-back", 1, 0x007, 0x2ab, 0x2af, 0x2ab },
};

KUNIT_ARRAY_PARAM_DESC(bridge_command, bridge_command_rows, name);

static void bridge_command(struct kunit *test)
{
	const struct bridge_command_row *row = test->param_value;
	struct conf_fixture *f = header_new(test, TYPE1, PCI_COMMAND, 2, row->hw);

	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
			    row->hw & PCI_COMMAND_MASTER, "a new guest reads what the host has");
	conf_fixture_permissive(f, row->permissive);
	conf_fixture_write(test, PCI_COMMAND, 2, row->write);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, PCI_COMMAND, 2), row->hw_after);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), row->seen_after);
	KUNIT_EXPECT_EQ(test, f->nr_master, 0);
	pciback_conf_reset(f->cs);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
			row->hw & PCI_COMMAND_MASTER);
}

/* For a new guest decoding is off, as after a reset; error reporting is as the host has it. */
static void command_reset(struct kunit *test)
{
	struct conf_fixture *f = header_new(test, TYPE0, PCI_COMMAND, 2, 0x0147);

	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), 0x0144);
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0407);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), 0x0407);
	pciback_conf_reset(f->cs);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), 0x0144);
}

/* Guests switch decoding off and on to size a BAR; the core enables the function once. */
static void enable_once(struct kunit *test)
{
	struct conf_fixture *f = header_new(test, TYPE0, PCI_COMMAND, 2, 0);
	int i;

	for (i = 0; i < 3; i++) {
		conf_fixture_write(test, PCI_COMMAND, 2, 0x0002);
		KUNIT_EXPECT_TRUE(test, f->cs->intx_wanted);
		conf_fixture_write(test, PCI_COMMAND, 2, 0x0000);
		KUNIT_EXPECT_FALSE(test, f->cs->intx_wanted);
	}
	KUNIT_EXPECT_EQ(test, f->nr_enable, 1);
	pciback_conf_reset(f->cs);
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0002);
	KUNIT_EXPECT_EQ(test, f->nr_enable, 2);
}

static void enable_error(struct kunit *test)
{
	struct conf_fixture *f = header_new(test, TYPE0, PCI_COMMAND, 2, 0);

	f->enable_err = -EINVAL;
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, PCI_COMMAND, 2, 0x0417), -EINVAL);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, PCI_COMMAND, 2), 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), 0);
	KUNIT_EXPECT_EQ(test, f->nr_master + f->nr_mwi, 0);
	KUNIT_EXPECT_FALSE(test, f->cs->intx_wanted);
	f->enable_err = 0;
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0407);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), 0x0407);
}

static void mwi_error(struct kunit *test)
{
	struct conf_fixture *f = header_new(test, TYPE0, PCI_COMMAND, 2, 0);

	f->mwi_err = -EINVAL;
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0014);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), 0x0004);
	conf_fixture_permissive(f, true);
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0014);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, PCI_COMMAND, 2), 0x0004);
}

static void command_bytes(struct kunit *test)
{
	struct conf_fixture *f = header_new(test, TYPE0, PCI_COMMAND, 2, 0);

	conf_fixture_write(test, PCI_COMMAND, 1, 0x07);
	conf_fixture_write(test, PCI_COMMAND + 1, 1, 0x04);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND, 2), 0x0407);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, PCI_COMMAND, 2), 0x0007);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, PCI_COMMAND + 1, 1), 0x04);
}

static void intx_disable(struct kunit *test)
{
	struct conf_fixture *f = header_new(test, TYPE0, PCI_COMMAND, 2, 0);

	f->cs->interrupt_control = true;
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0400);
	KUNIT_EXPECT_FALSE(test, f->intx);
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0400);
	KUNIT_EXPECT_EQ_MSG(test, f->nr_intx, 1, "only when it changes");
	conf_fixture_write(test, PCI_COMMAND, 2, 0x0000);
	KUNIT_EXPECT_TRUE(test, f->intx);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, PCI_COMMAND, 2), 0);
}

struct bar_row {
	const char *name;
	u8 type;
	u8 off;
	u32 val;
	u32 len;
	u32 short_pattern;	/* all ones except ignored bits: sizes too */
	u32 near_miss;		/* one more bit clear: does not */
};

static const struct bar_row bar_rows[] = {
	{ "32-bit memory", TYPE0, 0x10, 0xfe000000, 0xfffff000, 0xfffffff0, 0xffffffe0 },
	{ "I/O ports", TYPE0, 0x14, 0x0000e001, 0xffffffe1, 0xfffffffc, 0xfffffff8 },
	{ "64-bit memory", TYPE0, 0x18, 0x0000400c, 0xffffc00c, 0xfffffff0, 0x7fffffff },
	{ "upper half", TYPE0, 0x1c, 0x00000038, 0xffffffff, 0xffffffff, 0xfffffffe },
	{ "absent", TYPE0, 0x20, 0, 0, 0xfffffff0, 0xffffffe0 },
	{ "ROM", TYPE0, 0x30, 0xfd000000, 0xffff0000, 0xfffff800, 0xfffff000 },
	{ "memory of a bridge", TYPE1, 0x10, 0xfb00000c, 0xffff000c, 0xfffffff0, 0xffffffe0 },
	{ "upper half of a bridge", TYPE1, 0x14, 0x00000001, 0xffffffff, 0xffffffff, 0xfffffffe },
	{ "ROM of a bridge", TYPE1, 0x38, 0xfa000000, 0xfffff800, 0xfffff800, 0xfffff000 },
};

KUNIT_ARRAY_PARAM_DESC(bar, bar_rows, name);

static void bar_sizing(struct kunit *test)
{
	const struct bar_row *row = test->param_value;
	struct conf_fixture *f = header_new(test, row->type, PCI_COMMAND, 2, 0);

	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, 4), row->val);
	conf_fixture_write(test, row->off, 4, 0xffffffff);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, 4), row->len);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, row->off, 4), row->len, "again");
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off + 1, 1), row->len >> 8 & 0xff);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off + 2, 2), row->len >> 16);
	conf_fixture_write(test, row->off, 4, 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, 4), row->val);

	conf_fixture_write(test, row->off, 4, row->short_pattern);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, 4), row->len);
	conf_fixture_write(test, row->off, 4, row->val);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, 4), row->val);

	conf_fixture_write(test, row->off, 4, row->near_miss);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, 4), row->val);
	KUNIT_EXPECT_EQ_MSG(test, f->nr_writes, 0, "the hardware is not written");
	KUNIT_EXPECT_EQ_MSG(test, f->cs->audit.total,
			    (row->val != 0) + (row->val != row->near_miss),
			    "writes of other addresses");

	conf_fixture_write(test, row->off, 4, 0xffffffff);
	pciback_conf_reset(f->cs);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, row->off, 4), row->val,
			    "sizing ends at the reset");
}

/* A BAR is restored by one write of four bytes, and only if it was lost. */
static void bar_restore(struct kunit *test)
{
	struct conf_fixture *f = header_new(test, TYPE0, PCI_BASE_ADDRESS_0, 4, 0);

	conf_fixture_write(test, PCI_BASE_ADDRESS_0, 4, 0xfe000000);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 1);
	KUNIT_EXPECT_EQ(test, f->last_off, PCI_BASE_ADDRESS_0);
	KUNIT_EXPECT_EQ(test, f->last_size, 4);
	conf_fixture_write(test, PCI_BASE_ADDRESS_0, 4, 0xfe000000);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 1);
}

struct type_row {
	const char *name;
	u8 type;
	int err;
};

static const struct type_row type_rows[] = {
	{ "type 0", 0, 0 }, { "type 1", 1, 0 }, { "CardBus", 2, -EINVAL },
	{ "type 3", 3, -EINVAL }, { "type 127", 0x7f, -EINVAL },
	{ "type 0 with the multi-function bit", 0x80, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(type, type_rows, name);

static void header_type(struct kunit *test)
{
	const struct type_row *row = test->param_value;
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);
	struct conf_ident id = ident0;

	id.header_type = row->type;
	KUNIT_EXPECT_EQ(test, pciback_conf_add_header(f->cs, &id), row->err);
}

static void unreadable(struct kunit *test)
{
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);

	f->read_err = PCIBIOS_DEVICE_NOT_FOUND;
	KUNIT_EXPECT_EQ(test, pciback_conf_add_header(f->cs, &ident0), PCIBIOS_DEVICE_NOT_FOUND);
}

static struct kunit_case conf_header_cases[] = {
	KUNIT_CASE_PARAM(registers, reg_gen_params),
	KUNIT_CASE_PARAM(raw_registers, raw_gen_params),
	KUNIT_CASE_PARAM(command, command_gen_params),
	KUNIT_CASE_PARAM(bridge_command, bridge_command_gen_params),
	KUNIT_CASE(command_reset),
	KUNIT_CASE(enable_once),
	KUNIT_CASE(enable_error),
	KUNIT_CASE(mwi_error),
	KUNIT_CASE(command_bytes),
	KUNIT_CASE(intx_disable),
	KUNIT_CASE_PARAM(bar_sizing, bar_gen_params),
	KUNIT_CASE(bar_restore),
	KUNIT_CASE_PARAM(header_type, type_gen_params),
	KUNIT_CASE(unreadable),
	{}
};

struct kunit_suite conf_header_suite = {
	.name = "conf_header",
	.test_cases = conf_header_cases,
};
