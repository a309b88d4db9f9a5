// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Sets up the model of a function: walks the function's lists of capabilities as the
 * host does and places the registers.
 *
 * In a broken function registers may overlap. Then bytes belong to, in this order: the
 * header, the links of the lists, hidden capabilities, registers in the order of the
 * list. A register, unless raw, that cannot have all of its bytes is LOST: neither
 * readable nor writable, since the host may use it.
 */
#include <string.h>
#include "input.h"
#include "model.h"

static u8 byte_of(u32 val, unsigned int i)
{
	return val >> 8 * i;
}

/* Places one register; false if its bytes are not all free. */
static bool reg_place(struct model *m, unsigned int base, const struct expected_reg *reg,
		      unsigned int end)
{
	unsigned int pos = base + reg->off, i;
	bool free = pos + reg->size <= end;

	for (i = pos; free && i < pos + reg->size; i++)
		free = m->what[i] == FREE;
	if (!free) {
		for (i = pos; reg->kind != RAW && i < pos + reg->size && i < end; i++)
			if (m->what[i] == FREE)
				m->what[i] = LOST;
		return false;
	}

	must(m->nr < MAX_REGS, "the model has too few registers");
	m->regs[m->nr].expected = reg;
	m->regs[m->nr].pos = pos;
	m->nr++;
	for (i = 0; i < reg->size; i++) {
		m->what[pos + i] = reg->kind == RAW ? OPENABLE : REGISTER;
		m->see[pos + i] = byte_of(reg->see, i);
		m->own[pos + i] = byte_of(reg->own, i);
		m->keep[pos + i] = byte_of(reg->keep, i);
		m->set[pos + i] = byte_of(reg->set, i);
		m->w1c[pos + i] = byte_of(reg->w1c, i);
		m->at[pos + i] = m->nr;
	}
	return true;
}

static void regs_place(struct model *m, unsigned int base, const struct expected_reg *reg,
		       unsigned int end)
{
	for (; reg && reg->size; reg++)
		reg_place(m, base, reg, end);
}

static void copy_preset(struct model *m, unsigned int pos, unsigned int size, u32 val)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		m->fresh[pos + i] = byte_of(val, i) & m->own[pos + i];
}

static void bar_preset(struct model *m, unsigned int pos, const struct conf_bar *bar)
{
	struct mreg *r = model_at(m, pos);

	r->host_val = bar->val;
	r->len = bar->len;
	r->ignore = bar->ignore;
	copy_preset(m, pos, 4, bar->val);
}

static void header_layout(struct model *m, const struct fakehw *hw, const struct conf_ident *id)
{
	unsigned int i, bars = id->header_type ? 2 : 6;

	m->bridge = id->header_type;
	regs_place(m, 0, header_regs, m->size);
	regs_place(m, 0, id->header_type ? type1_regs : type0_regs, m->size);
	copy_preset(m, 0x00, 2, id->vendor);
	copy_preset(m, 0x02, 2, id->device);
	/* Parity, SERR and a bridge's Master as the host has set them; decoding disabled. */
	copy_preset(m, 0x04, 2, fake_get(hw, 0x04, 2) & 0x0144);
	copy_preset(m, 0x3c, 1, id->irq_line);
	for (i = 0; i < bars; i++)
		bar_preset(m, 0x10 + 4 * i, &id->bar[i]);
	bar_preset(m, id->header_type ? 0x38 : 0x30, &id->rom);
}

/* Hides a capability: from its start to the next capability, at most @len bytes. */
static void bytes_hide(struct model *m, unsigned int pos, unsigned int len, const u8 *starts,
		       unsigned int end)
{
	unsigned int i;

	for (i = pos; i < pos + len && i < end; i++) {
		if (i > pos && starts[i])
			break;
		if (m->what[i] == FREE)
			m->what[i] = HIDDEN;
	}
}

static const struct expected_reg *cap_regs(struct model *m, const struct fakehw *hw, u8 id,
					   unsigned int pos)
{
	u16 flags = fake_get(hw, pos + 2, 2);

	switch (id) {
	case 0x05:
		m->msi = pos;
		return msi_regs[!!(flags & 0x80)][!!(flags & 0x100)];
	case 0x07:
		return (fake_get(hw, 0x0e, 1) & 0x7f) == 1 ? pcix_bridge_regs : pcix_regs;
	case 0x11:
		m->msix = pos;
		break;
	}
	return std_cap(id) ? std_cap(id)->regs : NULL;
}

static void cap_place(struct model *m, const struct fakehw *hw, u8 id, unsigned int pos)
{
	const struct expected_reg *reg;
	struct mreg *r;

	if (id == 0x10) {
		unsigned int len = exp_length(fake_get(hw, pos + 2, 2));

		for (reg = exp_regs; reg->size && reg->off < len; reg++)
			reg_place(m, pos, reg, 0x100);
		r = model_at(m, pos + 8);
		if (r && r->expected->kind == DEVCTL)
			r->host_val = fake_get(hw, pos + 8, 2) & 0x7000;
		return;
	}
	regs_place(m, pos, cap_regs(m, hw, id, pos), 0x100);
	if (id == 0x03) {
		r = model_at(m, pos + 4);
		m->vpd_data = r && r->pos == pos + 4 && r->expected->off == 4 &&
			      r->expected->size == 4 && r->expected->own == ~0U &&
			      !r->expected->keep ? pos + 4 : 0;
	}
}

static void std_caps_layout(struct model *m, const struct fakehw *hw)
{
	unsigned int order[64], nr = 0, pos, link = 0x34, i;
	u8 starts[SPACE] = { 0 }, done[256] = { 0 };

	if (!(fake_get(hw, 0x06, 2) & 0x10))
		return;
	pos = hw->mem[0x34] & 0xfc;
	while (pos >= 0x40 && !starts[pos] && hw->mem[pos] != 0xff) {
		starts[pos] = 1;
		order[nr++] = pos;
		pos = hw->mem[pos + 1] & 0xfc;
	}
	for (i = 0; i < nr; i++) {
		const struct expected_cap *cap = std_cap(hw->mem[order[i]]);

		if (cap && cap->hide)
			continue;
		reg_place(m, order[i], std_link, 0x100);
		copy_preset(m, link, 1, order[i]);
		link = order[i] + 1;
	}
	for (i = 0; i < nr; i++) {
		const struct expected_cap *cap = std_cap(hw->mem[order[i]]);

		if (cap && cap->hide)
			bytes_hide(m, order[i], cap->hide, starts, 0x100);
	}
	for (i = 0; i < nr; i++) {
		u8 id = hw->mem[order[i]];
		const struct expected_cap *cap = std_cap(id);

		if (cap && !cap->hide && !done[id])
			cap_place(m, hw, id, order[i]);
		done[id] = 1;
	}
}

static void ext_caps_layout(struct model *m, const struct fakehw *hw)
{
	unsigned int order[480], nr = 0, pos = 0x100, last = 0, i;
	u8 shown[SPACE] = { 0 };

	while (pos >= 0x100 && nr < 480) {
		u32 entry = fake_get(hw, pos, 4);
		const struct expected_cap *cap = ext_cap(entry & 0xffff);
		bool hidden = cap && cap->hide;

		if (!entry || entry == ~0U)
			break;
		if (!hidden || pos == 0x100) {
			if (shown[pos])
				break;
			shown[pos] = 1;
			reg_place(m, pos, hidden ? ext_anchor : ext_link, m->size);
			if (last)
				copy_preset(m, last, 4, pos << 20);
			last = pos;
		}
		order[nr++] = pos;
		pos = entry >> 20 & 0xffc;
	}
	for (i = 0; i < nr; i++) {
		const struct expected_cap *cap = ext_cap(fake_get(hw, order[i], 2));

		if (cap && cap->hide)
			bytes_hide(m, order[i], cap->hide, shown, m->size);
	}
	for (i = 0; i < nr; i++) {
		const struct expected_cap *cap = ext_cap(fake_get(hw, order[i], 2));

		if (cap)
			regs_place(m, order[i], cap->regs, m->size);
	}
}

/**
 * model_init() - set up the model of a function
 * @m: the model, zeroed
 * @hw: the function; its mask of bits that a one clears is set
 * @id: properties of the function
 */
void model_init(struct model *m, struct fakehw *hw, const struct conf_ident *id)
{
	m->size = hw->size;
	header_layout(m, hw, id);
	std_caps_layout(m, hw);
	if (m->size > 0x100)
		ext_caps_layout(m, hw);
	memcpy(hw->w1c, m->w1c, SPACE);
	memcpy(m->copy, m->fresh, SPACE);
}
