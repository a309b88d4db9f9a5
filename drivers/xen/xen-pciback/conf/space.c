// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The configuration space engine: finds the registers an access touches, in
 * constant time by byte, and puts the answer together from them.
 *
 * Bytes that no row claims are read from the hardware and not written, unless
 * a quirk or the permissive level opens them and the whole access lies on such
 * bytes: an access that touches a virtualised register never reaches its
 * neighbours, so that a guest writing COMMAND and Status as one dword cannot
 * clear Status. Hidden bytes read as zero and are not written at any level.
 *
 * Freestanding: no locks, no allocation. The caller serialises.
 */
#include <linux/string.h>
#include "rows.h"

/**
 * pciback_conf_space_bytes() - memory that a space needs
 * @size: bytes of configuration space
 * @max_regs: registers to make room for
 *
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
 * @max_regs: registers there is room for
 * @hw: how to reach the hardware
 * @ctx: argument for @hw
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
 * pciback_conf_add_rows() - put the registers of a table into a space
 * @cs: the space
 * @base: where the header or capability starts
 * @rows: the table
 * @nr: rows in it
 *
 * Return: 0; -ENOSPC: more registers than pciback_conf_space_init() made room for;
 * -ERANGE: a register would lie outside the space, as when a broken function
 * links a capability at the very end; -EEXIST: two rows claim the same byte.
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
 * pciback_conf_reg_at() - the register that claims a byte
 * @cs: the space
 * @off: the byte, below @cs->size
 *
 * Return: the register, or NULL.
 */
struct conf_reg *pciback_conf_reg_at(struct conf_space *cs, unsigned int off)
{
	unsigned int index = cs->map[off];

	return index == CONF_MAP_FREE || index == CONF_MAP_HIDDEN ? NULL : &cs->regs[index - 1];
}

/**
 * pciback_conf_hide() - hide the bytes of a capability
 * @cs: the space
 * @from: first byte
 * @to: byte after the last
 *
 * Bytes that a register claims stay as they are.
 */
void pciback_conf_hide(struct conf_space *cs, unsigned int from, unsigned int to)
{
	for (; from < to && from < cs->size; from++)
		if (cs->map[from] == CONF_MAP_FREE)
			cs->map[from] = CONF_MAP_HIDDEN;
}

/**
 * pciback_conf_open() - let guests write bits that no row decides
 * @cs: the space
 * @off: offset, below @cs->size
 * @size: bytes; @off and @size inside the space
 * @mask: the bits
 *
 * Works at level CONF_QUIRKS and above.
 *
 * Return: 0; -EPERM: a row decides over one of the bytes, or it is hidden.
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
 */
void pciback_conf_close(struct conf_space *cs)
{
	memset(cs->quirks, 0, cs->size);
}

/* As pciback_conf_reg_at(), but NULL for bytes that are left to the hardware. */
static struct conf_reg *virtual_reg_at(struct conf_space *cs, unsigned int off)
{
	struct conf_reg *reg = pciback_conf_reg_at(cs, off);

	return reg && !reg->row->raw ? reg : NULL;
}

/**
 * pciback_conf_reset() - forget everything the last guest did
 * @cs: the space
 *
 * Virtual values and the interrupt control that was granted for it. The
 * hardware is the caller's; the level and the quirks are the administrator's
 * and stay; the audit stays to be read until the next guest comes.
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
 * pciback_conf_forget_drops() - start the audit of a new guest
 * @cs: the space
 */
void pciback_conf_forget_drops(struct conf_space *cs)
{
	memset(&cs->audit, 0, sizeof(cs->audit));
}

/**
 * pciback_conf_drop() - note that a write changed nothing, or not all it should
 * @cs: the space
 * @off: offset of the register or access
 * @size: its size
 * @val: what the guest wrote
 */
void pciback_conf_drop(struct conf_space *cs, unsigned int off, unsigned int size, u32 val)
{
	struct conf_audit *audit = &cs->audit;
	struct conf_drop *drop;
	unsigned int i;

	cs->dropped = true;
	if (!audit->total)
		cs->hw->dropped(cs->ctx, off, size, val);
	/* Counters stop at their end rather than start over. */
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

/* Natural sizes at natural alignment, wholly inside the space. */
static bool access_valid(const struct conf_space *cs, s32 off, s32 size)
{
	if (size != 1 && size != 2 && size != 4)
		return false;
	return off >= 0 && off % size == 0 && off <= (s32)cs->size - size;
}

/* Bytes at offset @from, as they appear in an access at offset @to. */
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
	/* A one written back to a w1c bit would clear it: only the guest's. */
	hw &= ~row->w1c;
	now = (hw & ~set) | (val & set) | clear;
	return now == hw ? 0 : conf_hw_write(cs, reg, now);
}

/**
 * pciback_conf_read() - a guest reads
 * @cs: the space
 * @off: offset, as the guest sent it
 * @size: bytes to read, as the guest sent it
 * @val: the answer; 0 for a request that is refused
 *
 * Context: whatever @cs->hw needs; may sleep.
 * Return: 0; PCIBIOS_BAD_REGISTER_NUMBER: no such offset, or not a natural
 * size and alignment; else the hardware's error.
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

/* Bits of an access that quirks open. */
static u32 quirk_mask(const struct conf_space *cs, unsigned int off, unsigned int size)
{
	unsigned int i;
	u32 mask = 0;

	for (i = 0; i < size; i++)
		mask |= (u32)cs->quirks[off + i] << 8 * i;
	return mask;
}

/* Bits of an access that a one clears: written back as read, they would go. */
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
 * Writes some bits and keeps the others, in the smallest access that holds
 * them: what is written back outside of the mask may clear a status bit.
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

/* An access none of whose bytes is virtualised or hidden. */
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

/* What an access that touches a register leaves out: unclaimed and hidden bytes. */
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
 * pciback_conf_write() - a guest writes
 * @cs: the space
 * @off: offset, as the guest sent it
 * @size: bytes to write, as the guest sent it
 * @val: the value; bits above @size are ignored
 *
 * A write that may not happen is dropped with success, as hardware does with
 * read-only registers; guests rely on it. The audit has it.
 *
 * Context: whatever @cs->hw needs; may sleep.
 * Return: 0; PCIBIOS_BAD_REGISTER_NUMBER as pciback_conf_read();
 * PCIBIOS_SET_FAILED: a register that must not be silently ignored refused;
 * else the hardware's error. The first error ends the write.
 */
int pciback_conf_write(struct conf_space *cs, s32 off, s32 size, u32 val)
{
	u32 free = 0;
	int pos, err;

	if (!access_valid(cs, off, size))
		return PCIBIOS_BAD_REGISTER_NUMBER;
	val &= CONF_ALL(size);

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
