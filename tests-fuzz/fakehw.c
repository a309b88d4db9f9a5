// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The operations of struct conf_hw on a simulated function. */
#include <linux/errno.h>
#include <linux/pci.h>
#include "fakehw.h"
#include "input.h"

/* The value of registers, also of an absent function. */
u32 fake_get(const struct fakehw *hw, unsigned int off, unsigned int size)
{
	u32 val = 0;

	while (size--)
		val = val << 8 | hw->mem[off + size];
	return val;
}

void fake_set(struct fakehw *hw, unsigned int off, unsigned int size, u32 val)
{
	for (; size--; off++, val >>= 8)
		hw->mem[off] = val;
}

/* The value that a read returns. */
u32 fake_peek(const struct fakehw *hw, unsigned int off, unsigned int size)
{
	return hw->absent ? U32_MAX >> (32 - 8 * size) : fake_get(hw, off, size);
}

/* The value of a byte after a write. */
u8 fake_after(const struct fakehw *hw, unsigned int off, u8 val)
{
	u8 follow = hw->writable[off] & ~hw->w1c[off];

	return ((hw->mem[off] & ~follow) | (val & follow)) & ~(val & hw->w1c[off]);
}

/* A write without any check. */
void fake_poke(struct fakehw *hw, unsigned int off, unsigned int size, u32 val)
{
	for (; !hw->absent && size--; off++, val >>= 8)
		hw->mem[off] = fake_after(hw, off, val);
}

/* Sets or clears bits as the PCI core does for the engine, regardless of masks. */
void fake_bits(struct fakehw *hw, unsigned int off, u16 bits, bool on)
{
	u16 val = fake_get(hw, off, 2);

	if (!hw->absent)
		fake_set(hw, off, 2, on ? val | bits : val & ~bits);
}

/* The error of this access; an error of 0 may also make the function absent. */
static int access_fails(struct fakehw *hw)
{
	if (!hw->fail_in || --hw->fail_in)
		return 0;
	hw->failed = true;
	if (!hw->fail_with)
		hw->absent = true;
	return hw->fail_with;
}

static void access_check(const struct fakehw *hw, unsigned int off, unsigned int size)
{
	must(size == 1 || size == 2 || size == 4, "hardware access of %u bytes", size);
	must(!(off % size), "hardware access of %u bytes at %#x", size, off);
	must(off < hw->size, "hardware access at %#x of %#x", off, hw->size);
}

static int fake_read(void *ctx, unsigned int off, unsigned int size, u32 *val)
{
	struct fakehw *hw = ctx;
	int err = access_fails(hw);

	access_check(hw, off, size);
	hw->reads++;
	*val = err ? U32_MAX >> (32 - 8 * size) : fake_peek(hw, off, size);
	if (hw->flip_in && !--hw->flip_in)
		hw->mem[hw->flip_at] ^= hw->flip_by;
	return err;
}

static int fake_write(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct fakehw *hw = ctx;
	int err = access_fails(hw);

	access_check(hw, off, size);
	must(!(val & ~(U32_MAX >> (32 - 8 * size))), "write of %#x in %u bytes", val, size);
	hw->writes++;
	if (hw->may_write)
		hw->may_write(hw->priv, off, size, val);
	if (!err)
		fake_poke(hw, off, size, val);
	return err;
}

static int fake_enable(void *ctx)
{
	struct fakehw *hw = ctx;

	hw->enables++;
	if (!hw->enable_err)
		fake_bits(hw, PCI_COMMAND, PCI_COMMAND_IO | PCI_COMMAND_MEMORY, true);
	return hw->enable_err;
}

static void fake_set_master(void *ctx, bool on)
{
	fake_bits(ctx, PCI_COMMAND, PCI_COMMAND_MASTER, on);
}

static int fake_set_mwi(void *ctx, bool on)
{
	struct fakehw *hw = ctx;

	if (on && hw->mwi_err)
		return hw->mwi_err;
	fake_bits(hw, PCI_COMMAND, PCI_COMMAND_INVALIDATE, on);
	return 0;
}

static void fake_set_intx(void *ctx, bool on)
{
	fake_bits(ctx, PCI_COMMAND, PCI_COMMAND_INTX_DISABLE, !on);
}

/* Checks the state only: PMCSR does not change. */
static int fake_set_power_state(void *ctx, unsigned int state)
{
	struct fakehw *hw = ctx;

	must(state <= 3, "power state %u", state);
	return hw->power_err;
}

u32 fake_vpd(unsigned int addr)
{
	return addr * 0x9e3779b1U;
}

static int fake_read_vpd(void *ctx, unsigned int addr, u32 *val)
{
	struct fakehw *hw = ctx;

	must(addr <= 0x7ffc && !(addr & 3), "VPD address %#x", addr);
	if (!hw->vpd_err)
		*val = fake_vpd(addr);
	return hw->vpd_err;
}

static void fake_request_reset(void *ctx)
{
	struct fakehw *hw = ctx;

	hw->resets++;
}

static void fake_dropped(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct fakehw *hw = ctx;

	hw->drops++;
}

const struct conf_hw fake_ops = {
	.read = fake_read,
	.write = fake_write,
	.enable = fake_enable,
	.set_master = fake_set_master,
	.set_mwi = fake_set_mwi,
	.set_intx = fake_set_intx,
	.set_power_state = fake_set_power_state,
	.read_vpd = fake_read_vpd,
	.request_reset = fake_request_reset,
	.dropped = fake_dropped,
};
