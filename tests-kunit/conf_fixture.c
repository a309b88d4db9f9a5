// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The hardware of struct conf_fixture: memory, masks, and a counter for each operation. */
#include <pciback/conf.h>
#include "conf_fixture.h"

/**
 * conf_fixture_get() - a register of the hardware
 * @f: the fixture
 * @off: offset
 * @size: in bytes, up to 4
 *
 * Return: its value, little endian. The read is not counted.
 */
u32 conf_fixture_get(const struct conf_fixture *f, unsigned int off, unsigned int size)
{
	u32 val = 0;

	while (size--)
		val = val << 8 | f->hw[off + size];
	return val;
}

/**
 * conf_fixture_set() - change a register of the hardware
 * @f: the fixture
 * @off: offset
 * @size: in bytes, up to 4
 * @val: its new value, little endian; masks do not apply and nothing is counted
 */
void conf_fixture_set(struct conf_fixture *f, unsigned int off, unsigned int size, u32 val)
{
	for (; size--; off++, val >>= 8)
		f->hw[off] = val;
}

/**
 * conf_fixture_permissive() - set the level of a space
 * @f: the fixture
 * @on: CONF_PERMISSIVE; else CONF_STRICT
 */
void conf_fixture_permissive(struct conf_fixture *f, bool on)
{
	f->cs->level = on ? CONF_PERMISSIVE : CONF_STRICT;
}

static int hw_read(void *ctx, unsigned int off, unsigned int size, u32 *val)
{
	struct conf_fixture *f = ctx;

	f->nr_reads++;
	*val = f->read_err ? ~0U : conf_fixture_get(f, off, size);
	return f->read_err;
}

static int hw_write(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct conf_fixture *f = ctx;
	unsigned int i;

	f->nr_writes++;
	if (f->write_err)
		return f->write_err;
	f->last_off = off;
	f->last_size = size;
	f->last_val = val;
	for (i = off; i < off + size; i++, val >>= 8) {
		u8 writable = f->writable[i] & ~f->w1c[i];

		f->hw[i] = (f->hw[i] & ~writable) | (val & writable);
		f->hw[i] &= ~(val & f->w1c[i]);
	}
	return 0;
}

static void command_set(struct conf_fixture *f, u16 bits, bool on)
{
	u16 val = conf_fixture_get(f, PCI_COMMAND, 2);

	conf_fixture_set(f, PCI_COMMAND, 2, on ? val | bits : val & ~bits);
}

static int hw_enable(void *ctx)
{
	struct conf_fixture *f = ctx;

	f->nr_enable++;
	if (!f->enable_err)
		command_set(f, PCI_COMMAND_IO | PCI_COMMAND_MEMORY, true);
	return f->enable_err;
}

static void hw_set_master(void *ctx, bool on)
{
	struct conf_fixture *f = ctx;

	f->nr_master++;
	f->master = on;
	command_set(f, PCI_COMMAND_MASTER, on);
}

static int hw_set_mwi(void *ctx, bool on)
{
	struct conf_fixture *f = ctx;

	f->nr_mwi++;
	f->mwi = on;
	if (!f->mwi_err)
		command_set(f, PCI_COMMAND_INVALIDATE, on);
	return f->mwi_err;
}

static void hw_set_intx(void *ctx, bool on)
{
	struct conf_fixture *f = ctx;

	f->nr_intx++;
	f->intx = on;
	command_set(f, PCI_COMMAND_INTX_DISABLE, !on);
}

static int hw_set_power_state(void *ctx, unsigned int state)
{
	struct conf_fixture *f = ctx;

	f->nr_power++;
	f->power = state;
	return f->power_err;
}

static int hw_read_vpd(void *ctx, unsigned int addr, u32 *val)
{
	struct conf_fixture *f = ctx;

	f->nr_vpd++;
	f->vpd_addr = addr;
	*val = f->vpd;
	return f->vpd_err;
}

static void hw_request_reset(void *ctx)
{
	struct conf_fixture *f = ctx;

	f->nr_reset++;
}

static void hw_dropped(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct conf_fixture *f = ctx;

	f->nr_dropped++;
	f->dropped_off = off;
	f->dropped_size = size;
	f->dropped_val = val;
}

static const struct conf_hw conf_fixture_hw = {
	.read = hw_read,
	.write = hw_write,
	.enable = hw_enable,
	.set_master = hw_set_master,
	.set_mwi = hw_set_mwi,
	.set_intx = hw_set_intx,
	.set_power_state = hw_set_power_state,
	.read_vpd = hw_read_vpd,
	.request_reset = hw_request_reset,
	.dropped = hw_dropped,
};

/**
 * conf_fixture_new() - a configuration space without rows, and hardware for it
 * @test: its priv becomes the fixture, which is freed with it
 * @size: of the configuration space, in bytes
 * @max_regs: how many registers the space can have
 *
 * Context: may sleep.
 * Return: the fixture.
 */
struct conf_fixture *conf_fixture_new(struct kunit *test, unsigned int size, unsigned int max_regs)
{
	struct conf_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	f->cs = kunit_kzalloc(test, pciback_conf_space_bytes(size, max_regs), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->cs);
	memset(f->writable, 0xff, sizeof(f->writable));
	pciback_conf_space_init(f->cs, size, max_regs, &conf_fixture_hw, f);
	test->priv = f;
	return f;
}

/**
 * conf_fixture_read() - read the space as a guest does
 * @test: has the fixture; fails if the read fails
 * @off: offset
 * @size: in bytes
 *
 * Return: the value.
 */
u32 conf_fixture_read(struct kunit *test, unsigned int off, unsigned int size)
{
	struct conf_fixture *f = test->priv;
	u32 val = 0;

	KUNIT_EXPECT_EQ_MSG(test, pciback_conf_read(f->cs, off, size, &val), 0,
			    "read of %u at %#x", size, off);
	return val;
}

/**
 * conf_fixture_write() - write the space as a guest does
 * @test: has the fixture; fails if the write fails
 * @off: offset
 * @size: in bytes
 * @val: the value
 */
void conf_fixture_write(struct kunit *test, unsigned int off, unsigned int size, u32 val)
{
	struct conf_fixture *f = test->priv;

	KUNIT_EXPECT_EQ_MSG(test, pciback_conf_write(f->cs, off, size, val), 0,
			    "write of %#x, size %u, at %#x", val, size, off);
}
