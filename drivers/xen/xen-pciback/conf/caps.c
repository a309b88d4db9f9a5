// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Walks a function's capability list and gives its space the rows of every
 * capability that has a table. Those without one are read-only. Those a guest
 * must not have are hidden: the list goes around them, their bytes read as
 * zero. ext_caps.c does the same for the list at 0x100.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

static const struct conf_cap * const conf_caps[] = {
#define PCIBACK_CAP(name)	(&pciback_conf_cap_##name)
#include "cap_list.h"
#undef PCIBACK_CAP
};

static const struct conf_row header_row[] = { CONF_CAP_HEADER };

/* More entries than 192 bytes can hold: the list runs in a circle. */
#define MAX_CAPS	48

static const struct conf_cap *cap_find(u8 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(conf_caps); i++)
		if (conf_caps[i]->id == id)
			return conf_caps[i];
	return NULL;
}

/**
 * pciback_conf_add_cap() - give a space the registers of one visible capability
 * @cs: the space
 * @cap: what is done with it
 * @pos: where it starts
 *
 * A register that overlaps another capability, or runs out of the space, gets no
 * row: better than to refuse a function that the host itself can live with. If
 * it is one that must not be open at any level, its bytes are hidden instead,
 * since the host uses it where it is.
 *
 * Return: 0 or the hardware's error.
 */
int pciback_conf_add_cap(struct conf_space *cs, const struct conf_cap *cap, unsigned int pos)
{
	unsigned int end = pos < PCI_CFG_SPACE_SIZE ? PCI_CFG_SPACE_SIZE : cs->size;
	struct conf_rows rows = cap->rows;
	unsigned int i;
	int err;

	if (cap->layout) {
		err = cap->layout(cs, pos, &rows);
		if (err)
			return err;
	}
	for (i = 0; i < rows.nr; i++) {
		const struct conf_row *row = &rows.rows[i];
		unsigned int from = pos + row->off, to = from + row->size;

		/* No register lies across the start of extended space. */
		if ((to > end || pciback_conf_add_rows(cs, pos, row, 1)) && !row->raw)
			pciback_conf_hide(cs, from, min(to, end));
	}
	return cap->setup ? cap->setup(cs, pos) : 0;
}

/* One entry of the list. */
struct cap_entry {
	const struct conf_cap *cap;
	unsigned int pos;
	bool first;
};

/* Reads the list. */
static int caps_walk(struct conf_space *cs, struct cap_entry *cap_entry, int *nr_found)
{
	DECLARE_BITMAP(ids, 256) = { 0 };
	DECLARE_BITMAP(starts, PCI_CFG_SPACE_SIZE) = { 0 };
	u32 status, pos, entry;
	int nr, err;

	*nr_found = 0;
	err = cs->hw->read(cs->ctx, PCI_STATUS, 2, &status);
	if (err || !(status & PCI_STATUS_CAP_LIST))
		return err;
	err = cs->hw->read(cs->ctx, PCI_CAPABILITY_LIST, 1, &pos);
	if (err)
		return err;

	for (nr = 0; nr < MAX_CAPS; nr++, pos = entry >> 8) {
		pos &= ~3U;
		if (pos < PCI_STD_HEADER_SIZEOF || __test_and_set_bit(pos, starts))
			break;
		err = cs->hw->read(cs->ctx, pos, 2, &entry);
		if (err)
			return err;
		if ((entry & 0xff) == 0xff)
			break;
		cap_entry[nr].cap = cap_find(entry & 0xff);
		cap_entry[nr].pos = pos;
		cap_entry[nr].first = !__test_and_set_bit(entry & 0xff, ids);
	}
	*nr_found = nr;
	return 0;
}

/* The list as the guest walks it: from the header, around what is hidden. */
static void caps_link(struct conf_space *cs, const struct cap_entry *cap_entry, int nr)
{
	struct conf_reg *last = pciback_conf_reg_at(cs, PCI_CAPABILITY_LIST);
	unsigned int shift = 0;
	int i;

	for (i = 0; i < nr; i++) {
		if (cap_entry[i].cap && cap_entry[i].cap->hidden)
			continue;
		if (pciback_conf_add_rows(cs, cap_entry[i].pos, header_row, 1))
			continue;
		if (last) {
			last->reset = cap_entry[i].pos << shift;
			last->virt = last->reset;
		}
		last = pciback_conf_reg_at(cs, cap_entry[i].pos);
		shift = 8;
	}
}

/* Where what is hidden ends at the latest. */
static unsigned int cap_hidden_end(const struct cap_entry *cap_entry, int nr, int which)
{
	unsigned int end = cap_entry[which].pos + cap_entry[which].cap->max_len;
	int i;

	for (i = 0; i < nr; i++)
		if (cap_entry[i].pos > cap_entry[which].pos && cap_entry[i].pos < end)
			end = cap_entry[i].pos;
	return min_t(unsigned int, end, PCI_CFG_SPACE_SIZE);
}

/**
 * pciback_conf_add_caps() - give a space the rows of its capabilities
 * @cs: a space with its header
 *
 * Takes the first instance of each capability, as PCI software does (PCIe
 * r6.0 7.5.3); further ones are shown and read-only. A list that is broken
 * ends where it breaks.
 *
 * Context: may sleep (reads the list).
 * Return: 0 or the hardware's error.
 */
int pciback_conf_add_caps(struct conf_space *cs)
{
	struct cap_entry cap_entry[MAX_CAPS];
	int i, nr, err;

	err = caps_walk(cs, cap_entry, &nr);
	if (err)
		return err;
	/* First headers, then what is hidden: a register must not take their place. */
	caps_link(cs, cap_entry, nr);
	for (i = 0; i < nr; i++)
		if (cap_entry[i].cap && cap_entry[i].cap->hidden)
			pciback_conf_hide(cs, cap_entry[i].pos, cap_hidden_end(cap_entry, nr, i));
	for (i = 0; !err && i < nr; i++)
		if (cap_entry[i].cap && !cap_entry[i].cap->hidden && cap_entry[i].first)
			err = pciback_conf_add_cap(cs, cap_entry[i].cap, cap_entry[i].pos);
	return err;
}
