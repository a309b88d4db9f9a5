// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The hardware of struct conf_fixture: memory, masks and a note of each call. */
#include <pciback/conf.h>
#include "conf_fixture.h"

u32 conf_fixture_get(const struct conf_fixture *b, unsigned int off, unsigned int size)
{
	u32 val = 0;

	while (size--)
		val = val << 8 | b->hw[off + size];
	return val;
}

void conf_fixture_set(struct conf_fixture *b, unsigned int off, unsigned int size, u32 val)
{
	for (; size--; off++, val >>= 8)
		b->hw[off] = val;
}

/* The level that opens all, or the one that opens nothing. */
void conf_fixture_permissive(struct conf_fixture *b, bool on)
{
	b->cs->level = on ? CONF_PERMISSIVE : CONF_STRICT;
}

static int fixture_read(void *ctx, unsigned int off, unsigned int size, u32 *val)
{
	struct conf_fixture *b = ctx;

	b->nr_reads++;
	*val = b->read_err ? ~0U : conf_fixture_get(b, off, size);
	return b->read_err;
}

static int fixture_write(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct conf_fixture *b = ctx;
	unsigned int i;

	b->nr_writes++;
	if (b->write_err)
		return b->write_err;
	b->last_off = off;
	b->last_size = size;
	b->last_val = val;
	for (i = off; i < off + size; i++, val >>= 8) {
		u8 follow = b->writable[i] & ~b->w1c[i];

		b->hw[i] = (b->hw[i] & ~follow) | (val & follow);
		b->hw[i] &= ~(val & b->w1c[i]);
	}
	return 0;
}

static void set_command(struct conf_fixture *b, u16 bits, bool on)
{
	u16 val = conf_fixture_get(b, PCI_COMMAND, 2);

	conf_fixture_set(b, PCI_COMMAND, 2, on ? val | bits : val & ~bits);
}

static int fixture_enable(void *ctx)
{
	struct conf_fixture *b = ctx;

	b->nr_enable++;
	if (!b->enable_err)
		set_command(b, PCI_COMMAND_IO | PCI_COMMAND_MEMORY, true);
	return b->enable_err;
}

static void fixture_set_master(void *ctx, bool on)
{
	struct conf_fixture *b = ctx;

	b->nr_master++;
	b->master = on;
	set_command(b, PCI_COMMAND_MASTER, on);
}

static int fixture_set_mwi(void *ctx, bool on)
{
	struct conf_fixture *b = ctx;

	b->nr_mwi++;
	b->mwi = on;
	if (!b->mwi_err)
		set_command(b, PCI_COMMAND_INVALIDATE, on);
	return b->mwi_err;
}

static void fixture_set_intx(void *ctx, bool on)
{
	struct conf_fixture *b = ctx;

	b->nr_intx++;
	b->intx = on;
	set_command(b, PCI_COMMAND_INTX_DISABLE, !on);
}

static int fixture_set_power_state(void *ctx, unsigned int state)
{
	struct conf_fixture *b = ctx;

	b->nr_power++;
	b->power = state;
	return b->power_err;
}

static int fixture_read_vpd(void *ctx, unsigned int addr, u32 *val)
{
	struct conf_fixture *b = ctx;

	b->nr_vpd++;
	b->vpd_addr = addr;
	*val = b->vpd;
	return b->vpd_err;
}

static void fixture_request_reset(void *ctx)
{
	struct conf_fixture *b = ctx;

	b->nr_reset++;
}

static void fixture_dropped(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct conf_fixture *b = ctx;

	b->nr_dropped++;
	b->dropped_off = off;
	b->dropped_size = size;
	b->dropped_val = val;
}

static const struct conf_hw fixture_hw = {
	.read = fixture_read,
	.write = fixture_write,
	.enable = fixture_enable,
	.set_master = fixture_set_master,
	.set_mwi = fixture_set_mwi,
	.set_intx = fixture_set_intx,
	.set_power_state = fixture_set_power_state,
	.read_vpd = fixture_read_vpd,
	.request_reset = fixture_request_reset,
	.dropped = fixture_dropped,
};

/**
 * conf_fixture_new() - an empty space on the fixture
 * @test: ends its life; its @priv becomes the fixture
 * @size: bytes of configuration space
 * @max_regs: registers to make room for
 */
struct conf_fixture *conf_fixture_new(struct kunit *test, unsigned int size, unsigned int max_regs)
{
	struct conf_fixture *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->cs = kunit_kzalloc(test, pciback_conf_space_bytes(size, max_regs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b->cs);
	memset(b->writable, 0xff, sizeof(b->writable));
	pciback_conf_space_init(b->cs, size, max_regs, &fixture_hw, b);
	test->priv = b;
	return b;
}

u32 conf_fixture_read(struct kunit *test, unsigned int off, unsigned int size)
{
	struct conf_fixture *b = test->priv;
	u32 val = 0;

	KUNIT_EXPECT_EQ_MSG(test, pciback_conf_read(b->cs, off, size, &val), 0,
			    "read of %u at %#x", size, off);
	return val;
}

void conf_fixture_write(struct kunit *test, unsigned int off, unsigned int size, u32 val)
{
	struct conf_fixture *b = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, pciback_conf_write(b->cs, off, size, val), 0,
			    "write of %#x, size %u, at %#x", val, size, off);
}
