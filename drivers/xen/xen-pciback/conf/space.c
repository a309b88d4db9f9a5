// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The configuration space engine: finds the registers that an access touches, in
 * constant time for each byte, and reads or writes each of them by its row.
 *
 * Bytes without a row, or with a raw row, are read from the hardware. They are
 * written only if a quirk or the permissive level opens them and the whole access
 * consists of such bytes: an access that touches a virtualised register never
 * writes the bytes beside it, so a guest that writes COMMAND and Status as one
 * dword cannot clear Status. Hidden bytes read as zero and are not written at any
 * level.
 *
 * Freestanding: no locks, no allocation. The caller serialises all calls on a space.
 */
#include <linux/string.h>
#include "rows.h"

/**
 * pciback_conf_space_bytes() - size of the memory of a space
 * @size: bytes of configuration space
 * @max_regs: largest number of registers
 *
 * Context: any.
 * Return: number of bytes to allocate, zeroed, for pciback_conf_space_init().
 */
size_t pciback_conf_space_bytes(unsigned int size, unsigned int max_regs)
{
	return sizeof(struct conf_space) + max_regs * sizeof(struct conf_reg) +
	       size * (sizeof(u16) + sizeof(u8));
}

/**
 * pciback_conf_space_init() - set up an empty space
 * @cs: zeroed memory of pciback_conf_space_bytes() bytes
 * @size: bytes of configuration space
 * @max_regs: largest number of registers, as given to pciback_conf_space_bytes()
 * @hw: operations on the hardware
 * @ctx: argument of every call to @hw
 *
 * Context: any.
 */
void pciback_conf_space_init(struct conf_space *cs, unsigned int size, unsigned int max_regs,
			     const struct conf_hw *hw, void *ctx)
{
	cs->hw = hw;
	cs->ctx = ctx;
	cs->size = size;
	cs->max_regs = max_regs;
	cs->regs = (struct conf_reg *)(cs + 1);
	cs->map = (u16 *)(cs->regs + max_regs);
	cs->quirks = (u8 *)(cs->map + size);
}

/**
 * pciback_conf_add_rows() - add the registers of a table to a space
 * @cs: the space
 * @base: offset of the header or capability
 * @rows: the table
 * @nr: number of rows
 *
 * Rows before the one that fails stay in the space.
 *
 * Context: any. Caller serialises calls on @cs.
 * Return: 0; -ENOSPC: more than the largest number of registers; -ERANGE: a register
 * would lie beyond the end of the space, as when a broken function has a capability
 * at the very end; -EEXIST: another register or a hidden capability has the byte.
 */
int pciback_conf_add_rows(struct conf_space *cs, unsigned int base,
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
			if (cs->map[b] != CONF_MAP_FREE)
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
 * pciback_conf_reg_at() - find the register of a byte
 * @cs: the space
 * @off: offset of the byte, below @cs->size
 *
 * Context: any. Caller serialises calls on @cs.
 * Return: the register, or NULL if the byte has none or is hidden.
 */
struct conf_reg *pciback_conf_reg_at(struct conf_space *cs, unsigned int off)
{
	unsigned int index = cs->map[off];

	return index == CONF_MAP_FREE || index == CONF_MAP_HIDDEN ? NULL : &cs->regs[index - 1];
}

/**
 * pciback_conf_hide() - hide the bytes of a capability
 * @cs: the space
 * @from: offset of the first byte
 * @to: offset after the last byte; may lie beyond the end of the space
 *
 * Bytes that have a register stay as they are.
 *
 * Context: any. Caller serialises calls on @cs.
 */
void pciback_conf_hide(struct conf_space *cs, unsigned int from, unsigned int to)
{
	for (; from < to && from < cs->size; from++)
		if (cs->map[from] == CONF_MAP_FREE)
			cs->map[from] = CONF_MAP_HIDDEN;
}

/**
 * pciback_conf_open() - make bits writable that have no row or a raw row
 * @cs: the space
 * @off: offset of the first byte
 * @size: number of bytes, 1 to 4; all must lie inside the space
 * @mask: the bits
 *
 * Has an effect at level CONF_QUIRKS; at CONF_PERMISSIVE these bits are writable
 * anyway.
 *
 * Context: any. Caller serialises calls on @cs.
 * Return: 0; -EPERM: one of the bytes has a row that is not raw, or is hidden.
 */
int pciback_conf_open(struct conf_space *cs, unsigned int off, unsigned int size, u32 mask)
{
	struct conf_reg *reg;
	unsigned int i;

	for (i = 0; i < size; i++) {
		reg = pciback_conf_reg_at(cs, off + i);
		if (cs->map[off + i] == CONF_MAP_HIDDEN || (reg && !reg->row->raw))
			return -EPERM;
	}
	for (i = 0; i < size; i++)
		cs->quirks[off + i] |= mask >> 8 * i;
	return 0;
}

/**
 * pciback_conf_close() - undo every pciback_conf_open()
 * @cs: the space
 *
 * Context: any. Caller serialises calls on @cs.
 */
void pciback_conf_close(struct conf_space *cs)
{
	memset(cs->quirks, 0, cs->size);
}

/* As pciback_conf_reg_at(), but NULL for raw rows. */
static struct conf_reg *virtual_reg_at(struct conf_space *cs, unsigned int off)
{
	struct conf_reg *reg = pciback_conf_reg_at(cs, off);

	return reg && !reg->row->raw ? reg : NULL;
}

/**
 * pciback_conf_reset() - undo everything that the last guest did to the space
 * @cs: the space
 *
 * Resets the virtual values and the interrupt control that was allowed for this
 * guest. Does not touch the hardware: that is the caller's task. The administrator's
 * level and quirks stay. The audit stays readable until the function is assigned
 * again, see pciback_conf_forget_drops().
 *
 * Context: any. Caller serialises calls on @cs.
 */
void pciback_conf_reset(struct conf_space *cs)
{
	unsigned int i;

	for (i = 0; i < cs->nr_regs; i++) {
		cs->regs[i].virt = cs->regs[i].reset;
		cs->regs[i].sizing = false;
	}
	cs->enabled = false;
	cs->intx_wanted = false;
	cs->interrupt_control = false;
}

/**
 * pciback_conf_forget_drops() - empty the audit for a new guest
 * @cs: the space
 *
 * Context: any. Caller serialises calls on @cs.
 */
void pciback_conf_forget_drops(struct conf_space *cs)
{
	memset(&cs->audit, 0, sizeof(cs->audit));
}

/**
 * pciback_conf_drop() - record that a write was dropped, wholly or in part
 * @cs: the space
 * @off: offset of the register or access
 * @size: its size in bytes
 * @val: the value that the guest wrote
 *
 * Sets @cs->dropped. Calls the operation dropped() of @cs->hw at the first dropped
 * write since pciback_conf_forget_drops().
 *
 * Context: any; does not sleep. Caller serialises calls on @cs.
 */
void pciback_conf_drop(struct conf_space *cs, unsigned int off, unsigned int size, u32 val)
{
	struct conf_audit *audit = &cs->audit;
	struct conf_drop *drop;
	unsigned int i;

	cs->dropped = true;
	if (!audit->total)
		cs->hw->dropped(cs->ctx, off, size, val);
	/* Counters stop at their maximum and do not wrap. */
	audit->total += audit->total != U32_MAX;

	for (i = 0; i < audit->nr; i++)
		if (audit->drops[i].off == off && audit->drops[i].size == size)
			break;
	if (i == CONF_MAX_DROPS) {
		audit->unlisted += audit->unlisted != U32_MAX;
		return;
	}
	drop = &audit->drops[i];
	if (i == audit->nr) {
		audit->nr++;
		drop->off = off;
		drop->size = size;
		drop->count = 0;
	}
	drop->count += drop->count != U32_MAX;
	drop->value = val;
}

/* A size of 1, 2 or 4 bytes, naturally aligned, wholly inside the space. */
static bool access_valid(const struct conf_space *cs, s32 off, s32 size)
{
	if (size != 1 && size != 2 && size != 4)
		return false;
	return off >= 0 && off % size == 0 && off <= (s32)cs->size - size;
}

/* Moves bytes that were accessed at offset @from to their place in an access at @to. */
static u32 bytes_shift(u32 val, int from, int to)
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
	u32 set = row->write_hw & mask;
	u32 clear = row->w1c & mask & val;
	u32 virt = row->write_virt & mask;
	u32 now, hw = 0;
	int err;

	if (row->write) {
		now = 0;
		if (mask != CONF_ALL(row->size)) {
			err = reg_read(cs, reg, &now);
			if (err)
				return err;
		}
		return row->write(cs, reg, (now & ~mask) | (val & mask), mask);
	}

	if (row->hw) {
		err = conf_hw_read(cs, reg, &hw);
		if (err)
			return err;
	}
	now = (hw & row->hw) | (reg->virt & row->virt);
	if ((val ^ now) & mask & ~(row->write_hw | row->write_virt | row->w1c))
		pciback_conf_drop(cs, reg->pos, row->size, (now & ~mask) | (val & mask));

	reg->virt = (reg->virt & ~virt) | (val & virt);
	if (!set && !clear)
		return 0;
	/* Writing back a one would clear the bit, so write ones from the guest only. */
	hw &= ~row->w1c;
	now = (hw & ~set) | (val & set) | clear;
	return now == hw ? 0 : conf_hw_write(cs, reg, now);
}

/**
 * pciback_conf_read() - carry out a guest's read
 * @cs: the space
 * @off: offset, unchecked
 * @size: number of bytes, unchecked
 * @val: the value read; 0 if the call fails
 *
 * Context: any; does not sleep. Caller serialises calls on @cs.
 * Return: 0; PCIBIOS_BAD_REGISTER_NUMBER: @off is outside of the space, @size is not
 * 1, 2 or 4, or @off is not a multiple of @size; or the hardware's error.
 */
int pciback_conf_read(struct conf_space *cs, s32 off, s32 size, u32 *val)
{
	u32 covered = 0, out = 0, v;
	int pos, err;

	*val = 0;
	if (!access_valid(cs, off, size))
		return PCIBIOS_BAD_REGISTER_NUMBER;

	for (pos = off; pos < off + size;) {
		struct conf_reg *reg = virtual_reg_at(cs, pos);

		if (!reg) {
			if (cs->map[pos] == CONF_MAP_HIDDEN)
				covered |= bytes_shift(0xff, pos, off);
			pos++;
			continue;
		}
		err = reg_read(cs, reg, &v);
		if (err)
			return err;
		out |= bytes_shift(v, reg->pos, off);
		covered |= bytes_shift(CONF_ALL(reg->row->size), reg->pos, off);
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

/* Bits of an access that quirks make writable. */
static u32 quirk_mask(const struct conf_space *cs, unsigned int off, unsigned int size)
{
	unsigned int i;
	u32 mask = 0;

	for (i = 0; i < size; i++)
		mask |= (u32)cs->quirks[off + i] << 8 * i;
	return mask;
}

/* Bits of an access that a one clears. Writing them back as read would clear them. */
static u32 w1c_mask(struct conf_space *cs, unsigned int off, unsigned int size)
{
	u32 mask = 0;
	unsigned int i;

	for (i = off; i < off + size; i++) {
		struct conf_reg *reg = pciback_conf_reg_at(cs, i);

		if (reg)
			mask |= (reg->row->w1c >> 8 * (i - reg->pos) & 0xff) << 8 * (i - off);
	}
	return mask;
}

/*
 * Writes the bits of @mask and keeps the others, in the smallest access that holds
 * @mask: writing back other bytes may clear a status bit in them.
 */
static int hw_write_masked(struct conf_space *cs, unsigned int off, unsigned int size,
			   u32 now, u32 val, u32 mask)
{
	while (size > 1) {
		unsigned int half = size / 2;

		if (!(mask >> 8 * half)) {
			size = half;
		} else if (!(mask & CONF_ALL(half))) {
			off += half;
			size = half;
			now >>= 8 * half;
			val >>= 8 * half;
			mask >>= 8 * half;
		} else {
			break;
		}
	}
	return cs->hw->write(cs->ctx, off, size,
			     ((now & ~mask) | (val & mask)) & CONF_ALL(size));
}

/* Writes an access that has no virtualised and no hidden byte. */
static int raw_write(struct conf_space *cs, unsigned int off, unsigned int size, u32 val)
{
	u32 mask = cs->level == CONF_QUIRKS ? quirk_mask(cs, off, size) : 0;
	u32 now;
	int err;

	if (cs->level == CONF_PERMISSIVE || mask == CONF_ALL(size))
		return cs->hw->write(cs->ctx, off, size, val);
	err = cs->hw->read(cs->ctx, off, size, &now);
	if (err)
		return err;
	if ((val ^ now) & ~mask)
		pciback_conf_drop(cs, off, size, val);
	if (!mask)
		return 0;
	now &= ~w1c_mask(cs, off, size);
	return hw_write_masked(cs, off, size, now, val, mask);
}

/*
 * Records an access that touches a virtualised register or hidden bytes if it would
 * change other bytes: those in @free, or hidden ones. None of them is written.
 */
static int drop_rest(struct conf_space *cs, unsigned int off, unsigned int size, u32 val,
		     u32 free)
{
	u32 hidden = 0, now = 0;
	unsigned int i;
	int err;

	for (i = 0; i < size; i++)
		if (cs->map[off + i] == CONF_MAP_HIDDEN)
			hidden |= 0xffU << 8 * i;
	if (free) {
		err = cs->hw->read(cs->ctx, off, size, &now);
		if (err)
			return err;
	}
	if (((val ^ now) & free) || (val & hidden))
		pciback_conf_drop(cs, off, size, val);
	return 0;
}

/**
 * pciback_conf_write() - carry out a guest's write
 * @cs: the space
 * @off: offset, unchecked
 * @size: number of bytes, unchecked
 * @val: the value; bits beyond @size bytes are ignored
 *
 * A write that is not allowed is dropped and succeeds, as hardware does with
 * read-only registers; guests rely on it. The audit records it.
 *
 * Context: may sleep (@cs->hw), unless @cs->atomic. Caller serialises calls on @cs.
 * Return: 0; PCIBIOS_BAD_REGISTER_NUMBER: as pciback_conf_read(); PCIBIOS_SET_FAILED:
 * a register whose writes must not be dropped with success did not take the value
 * (Message Control, VPD address, power state); or the hardware's error. The first
 * error ends the write; registers at lower offsets stay written. -EWOULDBLOCK, only if
 * @cs->atomic: the write may have to sleep, or touches several registers; nothing was done.
 */
int pciback_conf_write(struct conf_space *cs, s32 off, s32 size, u32 val)
{
	struct conf_reg *only = NULL;
	u32 free = 0;
	int pos, err;

	if (!access_valid(cs, off, size))
		return PCIBIOS_BAD_REGISTER_NUMBER;
	val &= CONF_ALL(size);
	/* A register that would sleep must be the first one: nothing may have been done. */
	for (pos = off; cs->atomic && pos < off + size; pos++) {
		struct conf_reg *reg = virtual_reg_at(cs, pos);

		if (only && reg && reg != only)
			return -EWOULDBLOCK;
		only = reg ?: only;
	}

	for (pos = off; pos < off + size;) {
		struct conf_reg *reg = virtual_reg_at(cs, pos);
		u32 mask;

		if (!reg) {
			if (cs->map[pos] != CONF_MAP_HIDDEN)
				free |= bytes_shift(0xff, pos, off);
			pos++;
			continue;
		}
		mask = bytes_shift(CONF_ALL(size), off, reg->pos) & CONF_ALL(reg->row->size);
		err = reg_write(cs, reg, bytes_shift(val, off, reg->pos), mask);
		if (err)
			return err;
		pos = reg->pos + reg->row->size;
	}

	if (free == CONF_ALL(size))
		return raw_write(cs, off, size, val);
	return drop_rest(cs, off, size, val, free);
}
