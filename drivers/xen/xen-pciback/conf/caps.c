// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Walks the capability list of a function and adds the rows of each capability
 * in cap_list.h to its space. Capabilities that are not in cap_list.h are
 * read-only. Hidden ones are unlinked from the list that the guest sees, and their
 * bytes read as zero. ext_caps.c does the same for the list at 0x100.
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

/* Entries of 4 bytes in 192 bytes. A list that goes on after these is a loop. */
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
 * pciback_conf_add_cap() - add the registers of one visible capability to a space
 * @cs: the space
 * @cap: policy of the capability
 * @pos: offset of the capability in configuration space
 *
 * A register that overlaps another capability, or that lies beyond the end of the
 * space, gets no row. The function stays usable, as it is for the host. Unless the
 * row is raw, the remaining bytes of such a register are hidden: they must not be
 * writable at any level, because the host uses the register where it is.
 *
 * Context: may sleep (reads the capability). Caller serialises calls on @cs.
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

		/* No register crosses from the first 256 bytes into extended space. */
		if ((to > end || pciback_conf_add_rows(cs, pos, row, 1)) && !row->raw)
			pciback_conf_hide(cs, from, min(to, end));
	}
	return cap->setup ? cap->setup(cs, pos) : 0;
}

/*
 * One entry of the list. @cap: its policy, NULL if unknown. @first: first entry
 * with this ID. On the stack of one call, so it needs no lock.
 */
struct cap_entry {
	const struct conf_cap *cap;
	unsigned int pos;
	bool first;
};

/* Reads the list; *@nr_found entries, at most MAX_CAPS. 0 or the hardware's error. */
static int caps_walk(struct conf_space *cs, struct cap_entry *entries, int *nr_found)
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
		entries[nr].cap = cap_find(entry & 0xff);
		entries[nr].pos = pos;
		entries[nr].first = !__test_and_set_bit(entry & 0xff, ids);
	}
	*nr_found = nr;
	return 0;
}

/* Links the list that the guest walks: from the header on, without hidden entries. */
static void caps_link(struct conf_space *cs, const struct cap_entry *entries, int nr)
{
	struct conf_reg *last = pciback_conf_reg_at(cs, PCI_CAPABILITY_LIST);
	unsigned int shift = 0;
	int i;

	for (i = 0; i < nr; i++) {
		if (entries[i].cap && entries[i].cap->hidden)
			continue;
		if (pciback_conf_add_rows(cs, entries[i].pos, header_row, 1))
			continue;
		if (last) {
			last->reset = entries[i].pos << shift;
			last->virt = last->reset;
		}
		last = pciback_conf_reg_at(cs, entries[i].pos);
		shift = 8;
	}
}

/* The end of a hidden capability: its largest length, or the next capability. */
static unsigned int cap_hidden_end(const struct cap_entry *entries, int nr, int which)
{
	unsigned int end = entries[which].pos + entries[which].cap->max_len;
	int i;

	for (i = 0; i < nr; i++)
		if (entries[i].pos > entries[which].pos && entries[i].pos < end)
			end = entries[i].pos;
	return min_t(unsigned int, end, PCI_CFG_SPACE_SIZE);
}

/**
 * pciback_conf_add_caps() - add the rows of all capabilities to a space
 * @cs: a space with its header
 *
 * Uses the first instance of each capability, as PCI software does (PCIe r6.0
 * 7.5.3); further ones are visible and read-only. A broken list ends at its first
 * invalid entry.
 *
 * Context: may sleep (reads the list). Caller serialises calls on @cs.
 * Return: 0 or the hardware's error.
 */
int pciback_conf_add_caps(struct conf_space *cs)
{
	struct cap_entry entries[MAX_CAPS];
	int i, nr, err;

	err = caps_walk(cs, entries, &nr);
	if (err)
		return err;
	/* Headers first, then hidden bytes, so that no register claims their bytes. */
	caps_link(cs, entries, nr);
	for (i = 0; i < nr; i++)
		if (entries[i].cap && entries[i].cap->hidden)
			pciback_conf_hide(cs, entries[i].pos, cap_hidden_end(entries, nr, i));
	for (i = 0; !err && i < nr; i++)
		if (entries[i].cap && !entries[i].cap->hidden && entries[i].first)
			err = pciback_conf_add_cap(cs, entries[i].cap, entries[i].pos);
	return err;
}
