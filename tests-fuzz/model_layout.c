// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Which bytes of a function are what: the model reads the function's lists as
 * the host does and gives every register its place.
 *
 * Where a broken function has two things in one place, the order is: header,
 * links of the lists, hidden capabilities, then registers as they come. A
 * register that is decided over but finds its place taken is lost: neither seen
 * nor written, since the host may well use it.
 */
#include <string.h>
#include "input.h"
#include "model.h"

static u8 byte_of(u32 val, unsigned int i)
{
	return val >> 8 * i;
}

static bool place(struct model *m, unsigned int base, const struct fact *f, unsigned int end)
{
	unsigned int pos = base + f->off, i;
	bool free = pos + f->size <= end;

	for (i = pos; free && i < pos + f->size; i++)
		free = m->what[i] == FREE;
	if (!free) {
		for (i = pos; f->kind != RAW && i < pos + f->size && i < end; i++)
			if (m->what[i] == FREE)
				m->what[i] = LOST;
		return false;
	}

	must(m->nr < MAX_REGS, "the model has too little room");
	m->regs[m->nr].fact = f;
	m->regs[m->nr].pos = pos;
	m->nr++;
	for (i = 0; i < f->size; i++) {
		m->what[pos + i] = f->kind == RAW ? OPENABLE : REGISTER;
		m->see[pos + i] = byte_of(f->see, i);
		m->own[pos + i] = byte_of(f->own, i);
		m->keep[pos + i] = byte_of(f->keep, i);
		m->set[pos + i] = byte_of(f->set, i);
		m->w1c[pos + i] = byte_of(f->w1c, i);
		m->at[pos + i] = m->nr;
	}
	return true;
}

static void place_all(struct model *m, unsigned int base, const struct fact *f, unsigned int end)
{
	for (; f && f->size; f++)
		place(m, base, f, end);
}

static void preset(struct model *m, unsigned int pos, unsigned int size, u32 val)
{
	unsigned int i;

	for (i = 0; i < size; i++)
		m->fresh[pos + i] = byte_of(val, i) & m->own[pos + i];
}

static void preset_bar(struct model *m, unsigned int pos, const struct conf_bar *bar)
{
	struct mreg *r = model_at(m, pos);

	r->genuine = bar->val;
	r->len = bar->len;
	r->ignore = bar->ignore;
	preset(m, pos, 4, bar->val);
}

static void header(struct model *m, const struct fakehw *hw, const struct conf_ident *id)
{
	unsigned int i, bars = id->header_type ? 2 : 6;

	place_all(m, 0, header_facts, m->size);
	place_all(m, 0, id->header_type ? bridge_facts : normal_facts, m->size);
	preset(m, 0x00, 2, id->vendor);
	preset(m, 0x02, 2, id->device);
	/* Parity and SERR as the host has them; decoding off. */
	preset(m, 0x04, 2, fake_get(hw, 0x04, 2) & 0x0140);
	preset(m, 0x3c, 1, id->irq_line);
	for (i = 0; i < bars; i++)
		preset_bar(m, 0x10 + 4 * i, &id->bar[i]);
	preset_bar(m, id->header_type ? 0x38 : 0x30, &id->rom);
}

/* From a hidden capability's start to the next that is shown. */
static void hide(struct model *m, unsigned int pos, unsigned int len, const u8 *starts,
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

static const struct fact *rows_of(struct model *m, const struct fakehw *hw, u8 id,
				  unsigned int pos)
{
	u16 flags = fake_get(hw, pos + 2, 2);

	switch (id) {
	case 0x05:
		m->msi = pos;
		return msi_facts[!!(flags & 0x80)][!!(flags & 0x100)];
	case 0x07:
		return (fake_get(hw, 0x0e, 1) & 0x7f) == 1 ? pcix_bridge_facts : pcix_facts;
	case 0x11:
		m->msix = pos;
		break;
	}
	return std_facts(id) ? std_facts(id)->facts : NULL;
}

static void place_cap(struct model *m, const struct fakehw *hw, u8 id, unsigned int pos)
{
	const struct fact *f;
	struct mreg *r;

	if (id == 0x10) {
		unsigned int len = exp_length(fake_get(hw, pos + 2, 2));

		for (f = exp_facts; f->size && f->off < len; f++)
			place(m, pos, f, 0x100);
		r = model_at(m, pos + 8);
		if (r && r->fact->kind == DEVCTL)
			r->genuine = fake_get(hw, pos + 8, 2) & 0x7000;
		return;
	}
	place_all(m, pos, rows_of(m, hw, id, pos), 0x100);
	if (id == 0x03) {
		r = model_at(m, pos + 4);
		m->vpd_data = r && r->pos == pos + 4 && r->fact->off == 4 && r->fact->size == 4 &&
			      r->fact->own == ~0U && !r->fact->keep ? pos + 4 : 0;
	}
}

static void std_caps(struct model *m, const struct fakehw *hw)
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
		const struct facts *cap = std_facts(hw->mem[order[i]]);

		if (cap && cap->hide)
			continue;
		place(m, order[i], std_link, 0x100);
		preset(m, link, 1, order[i]);
		link = order[i] + 1;
	}
	for (i = 0; i < nr; i++) {
		const struct facts *cap = std_facts(hw->mem[order[i]]);

		if (cap && cap->hide)
			hide(m, order[i], cap->hide, starts, 0x100);
	}
	for (i = 0; i < nr; i++) {
		u8 id = hw->mem[order[i]];
		const struct facts *cap = std_facts(id);

		if (cap && !cap->hide && !done[id])
			place_cap(m, hw, id, order[i]);
		done[id] = 1;
	}
}

static void ext_caps(struct model *m, const struct fakehw *hw)
{
	unsigned int order[480], nr = 0, pos = 0x100, last = 0, i;
	u8 shown[SPACE] = { 0 };

	while (pos >= 0x100 && nr < 480) {
		u32 entry = fake_get(hw, pos, 4);
		const struct facts *cap = ext_facts(entry & 0xffff);
		bool hidden = cap && cap->hide;

		if (!entry || entry == ~0U)
			break;
		if (!hidden || pos == 0x100) {
			if (shown[pos])
				break;
			shown[pos] = 1;
			place(m, pos, hidden ? ext_anchor : ext_link, m->size);
			if (last)
				preset(m, last, 4, pos << 20);
			last = pos;
		}
		order[nr++] = pos;
		pos = entry >> 20 & 0xffc;
	}
	for (i = 0; i < nr; i++) {
		const struct facts *cap = ext_facts(fake_get(hw, order[i], 2));

		if (cap && cap->hide)
			hide(m, order[i], cap->hide, shown, m->size);
	}
	for (i = 0; i < nr; i++) {
		const struct facts *cap = ext_facts(fake_get(hw, order[i], 2));

		if (cap)
			place_all(m, order[i], cap->facts, m->size);
	}
}

/**
 * model_init() - what is promised of a function
 * @m: zeroed
 * @hw: the function; told which bits a one clears
 * @id: what the PCI core knows of it
 */
void model_init(struct model *m, struct fakehw *hw, const struct conf_ident *id)
{
	m->size = hw->size;
	header(m, hw, id);
	std_caps(m, hw);
	if (m->size > 0x100)
		ext_caps(m, hw);
	memcpy(hw->w1c, m->w1c, SPACE);
	memcpy(m->copy, m->fresh, SPACE);
}
