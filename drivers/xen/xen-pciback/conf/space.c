// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The configuration space engine: finds the registers an access touches, in
 * constant time by byte, and puts the answer together from them.
 *
 * Bytes that no row claims are read from the hardware and not written, unless
 * the space is permissive and the whole access lies on such bytes: an access
 * that touches a virtualised register never reaches its neighbours, so that a
 * guest writing COMMAND and Status as one dword cannot clear Status.
 *
 * Pure: no locks, no allocation. The caller serialises.
 */
#include <linux/string.h>
#include "rows.h"

/**
 * conf_space_bytes() - memory that a space needs
 * @size: bytes of configuration space
 * @max_regs: registers to make room for
 *
 * Return: number of bytes to allocate, zeroed, for conf_space_init().
 */
size_t conf_space_bytes(unsigned int size, unsigned int max_regs)
{
	return sizeof(struct conf_space) + max_regs * sizeof(struct conf_reg) +
	       size * sizeof(u16);
}

/**
 * conf_space_init() - set up an empty space
 * @cs: zeroed memory of conf_space_bytes() bytes
 * @size: bytes of configuration space
 * @max_regs: registers there is room for
 * @hw: how to reach the hardware
 * @ctx: argument for @hw
 */
void conf_space_init(struct conf_space *cs, unsigned int size, unsigned int max_regs,
		     const struct conf_hw *hw, void *ctx)
{
	cs->hw = hw;
	cs->ctx = ctx;
	cs->size = size;
	cs->max_regs = max_regs;
	cs->regs = (struct conf_reg *)(cs + 1);
	cs->map = (u16 *)(cs->regs + max_regs);
}

/**
 * conf_add_rows() - put the registers of a table into a space
 * @cs: the space
 * @base: where the header or capability starts
 * @rows: the table
 * @nr: rows in it
 *
 * Return: 0; -ENOSPC: more registers than conf_space_init() made room for;
 * -ERANGE: a register would lie outside the space, as when a broken function
 * links a capability at the very end; -EEXIST: two rows claim the same byte.
 */
int conf_add_rows(struct conf_space *cs, unsigned int base,
		  const struct conf_row *rows, unsigned int nr)
{
	unsigned int i, b;

	for (i = 0; i < nr; i++) {
		const struct conf_row *row = &rows[i];
		unsigned int pos = base + row->off;
		struct conf_reg *reg;

		if (pos + row->size > cs->size)
			return -ERANGE;
		if (cs->nr_regs == cs->max_regs)
			return -ENOSPC;
		for (b = pos; b < pos + row->size; b++)
			if (cs->map[b])
				return -EEXIST;

		reg = &cs->regs[cs->nr_regs++];
		reg->row = row;
		reg->pos = pos;
		for (b = pos; b < pos + row->size; b++)
			cs->map[b] = cs->nr_regs;
	}
	return 0;
}

/**
 * conf_reg_at() - the register that claims a byte
 * @cs: the space
 * @off: the byte, below @cs->size
 *
 * Return: the register, or NULL.
 */
struct conf_reg *conf_reg_at(struct conf_space *cs, unsigned int off)
{
	unsigned int index = cs->map[off];

	return index ? &cs->regs[index - 1] : NULL;
}

/* As conf_reg_at(), but NULL for bytes that are left to the hardware. */
static struct conf_reg *virtualised(struct conf_space *cs, unsigned int off)
{
	struct conf_reg *reg = conf_reg_at(cs, off);

	return reg && !reg->row->raw ? reg : NULL;
}

/**
 * conf_reset() - forget everything the last guest did
 * @cs: the space
 *
 * Virtual values only: the hardware is the caller's. The policy flags are the
 * administrator's and stay.
 */
void conf_reset(struct conf_space *cs)
{
	unsigned int i;

	for (i = 0; i < cs->nr_regs; i++) {
		cs->regs[i].virt = cs->regs[i].reset;
		cs->regs[i].sizing = false;
	}
	cs->enabled = false;
	cs->intx_wanted = false;
}

/* Natural sizes at natural alignment, wholly inside the space. */
static bool access_valid(const struct conf_space *cs, s32 off, s32 size)
{
	if (size != 1 && size != 2 && size != 4)
		return false;
	return off >= 0 && off % size == 0 && off <= (s32)cs->size - size;
}

/* Bytes at offset @from, as they appear in an access at offset @to. */
static u32 shifted(u32 val, int from, int to)
{
	return from >= to ? val << 8 * (from - to) : val >> 8 * (to - from);
}

static int reg_read(struct conf_space *cs, struct conf_reg *reg, u32 *val)
{
	const struct conf_row *row = reg->row;
	u32 hw = 0;
	int err;

	if (row->read)
		return row->read(cs, reg, val);
	if (row->hw) {
		err = conf_hw_read(cs, reg, &hw);
		if (err)
			return err;
	}
	*val = (hw & row->hw) | (reg->virt & row->virt);
	return 0;
}

static int reg_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	const struct conf_row *row = reg->row;
	u32 virt = row->write_virt & mask;
	u32 set = row->write_hw & mask;
	u32 clear = row->w1c & mask & val;
	u32 old, new;
	int err;

	if (row->write) {
		u32 now = 0;

		if (mask != CONF_ALL(row->size)) {
			err = reg_read(cs, reg, &now);
			if (err)
				return err;
		}
		return row->write(cs, reg, (now & ~mask) | (val & mask), mask);
	}

	reg->virt = (reg->virt & ~virt) | (val & virt);
	if (!set && !clear)
		return 0;
	err = conf_hw_read(cs, reg, &old);
	if (err)
		return err;
	/* A one written back to a w1c bit would clear it: only the guest's. */
	old &= ~row->w1c;
	new = (old & ~set) | (val & set) | clear;
	return new == old ? 0 : conf_hw_write(cs, reg, new);
}

/**
 * conf_read() - a guest reads
 * @cs: the space
 * @off: offset, as the guest sent it
 * @size: bytes to read, as the guest sent it
 * @val: the answer; 0 for a request that is refused
 *
 * Context: whatever @cs->hw needs; may sleep.
 * Return: 0; PCIBIOS_BAD_REGISTER_NUMBER: no such offset, or not a natural
 * size and alignment; else the hardware's error.
 */
int conf_read(struct conf_space *cs, s32 off, s32 size, u32 *val)
{
	u32 covered = 0, out = 0, v;
	int pos, err;

	*val = 0;
	if (!access_valid(cs, off, size))
		return PCIBIOS_BAD_REGISTER_NUMBER;

	for (pos = off; pos < off + size;) {
		struct conf_reg *reg = virtualised(cs, pos);

		if (!reg) {
			pos++;
			continue;
		}
		err = reg_read(cs, reg, &v);
		if (err)
			return err;
		out |= shifted(v, reg->pos, off);
		covered |= shifted(CONF_ALL(reg->row->size), reg->pos, off);
		pos = reg->pos + reg->row->size;
	}

	covered &= CONF_ALL(size);
	if (covered != CONF_ALL(size)) {
		err = cs->hw->read(cs->ctx, off, size, &v);
		if (err)
			return err;
		out = (out & covered) | (v & ~covered);
	}
	*val = out & CONF_ALL(size);
	return 0;
}

/**
 * conf_write() - a guest writes
 * @cs: the space
 * @off: offset, as the guest sent it
 * @size: bytes to write, as the guest sent it
 * @val: the value; bits above @size are ignored
 *
 * A write that may not happen is dropped with success, as hardware does with
 * read-only registers; guests rely on it.
 *
 * Context: whatever @cs->hw needs; may sleep.
 * Return: 0; PCIBIOS_BAD_REGISTER_NUMBER as conf_read();
 * PCIBIOS_SET_FAILED: a register that must not be silently ignored refused;
 * else the hardware's error. The first error ends the write.
 */
int conf_write(struct conf_space *cs, s32 off, s32 size, u32 val)
{
	bool touched = false;
	int pos, err;

	if (!access_valid(cs, off, size))
		return PCIBIOS_BAD_REGISTER_NUMBER;
	val &= CONF_ALL(size);

	for (pos = off; pos < off + size;) {
		struct conf_reg *reg = virtualised(cs, pos);
		u32 mask;

		if (!reg) {
			pos++;
			continue;
		}
		touched = true;
		mask = shifted(CONF_ALL(size), off, reg->pos) & CONF_ALL(reg->row->size);
		err = reg_write(cs, reg, shifted(val, off, reg->pos), mask);
		if (err)
			return err;
		pos = reg->pos + reg->row->size;
	}

	if (touched)
		return 0;
	if (cs->permissive)
		return cs->hw->write(cs->ctx, off, size, val);
	cs->hw->dropped(cs->ctx, off, size, val);
	return 0;
}
