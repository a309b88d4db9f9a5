// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Walks a function's capability list and gives its space the rows of every
 * capability that has a table. Capabilities without one are read from the
 * hardware and not written.
 *
 * Pure: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

static const struct conf_cap * const conf_caps[] = {
	&conf_cap_pm,
	&conf_cap_vpd,
	&conf_cap_msi,
	&conf_cap_msix,
};

/* More entries than 192 bytes can hold: the list runs in a circle. */
#define MAX_CAPS	48

/*
 * Registers of a capability that overlaps another or runs out of the space
 * stay without a row, that is, read-only: better than to refuse a function
 * that the host itself can live with.
 */
static int add_cap(struct conf_space *cs, u8 id, unsigned int pos)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(conf_caps); i++) {
		if (conf_caps[i]->id != id)
			continue;
		if (id == PCI_CAP_ID_MSI)
			cs->cap_msi = pos;
		if (id == PCI_CAP_ID_MSIX)
			cs->cap_msix = pos;
		err = conf_add_rows(cs, pos, conf_caps[i]->rows, conf_caps[i]->nr);
		return err == -ENOSPC ? err : 0;
	}
	return 0;
}

/**
 * conf_add_caps() - give a space the rows of its capabilities
 * @cs: a space with its header
 *
 * Takes the first instance of each capability, as PCI software does (PCIe
 * r6.0 7.5.3). A list that is broken ends where it breaks.
 *
 * Context: may sleep (reads the list).
 * Return: 0; -ENOSPC: no room for more registers; the hardware's error.
 */
int conf_add_caps(struct conf_space *cs)
{
	DECLARE_BITMAP(seen, 256) = { 0 };
	unsigned int left = MAX_CAPS;
	u32 status, pos, entry;
	int err;

	err = cs->hw->read(cs->ctx, PCI_STATUS, 2, &status);
	if (err || !(status & PCI_STATUS_CAP_LIST))
		return err;
	err = cs->hw->read(cs->ctx, PCI_CAPABILITY_LIST, 1, &pos);

	while (!err && left--) {
		pos &= ~3U;
		if (pos < PCI_STD_HEADER_SIZEOF)
			break;
		err = cs->hw->read(cs->ctx, pos, 2, &entry);
		if (err || (entry & 0xff) == 0xff)
			break;
		if (!__test_and_set_bit(entry & 0xff, seen))
			err = add_cap(cs, entry & 0xff, pos);
		pos = entry >> 8;
	}
	return err;
}
