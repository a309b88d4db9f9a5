// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the PCI-X capability (PCI-X Addendum r2.0 7.2, 8.6), of an endpoint and
 * of a bridge. Byte counts and split transactions affect arbitration on a shared
 * bus, so they stay as the host has set them.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

#define ERRORS	"only the host clears error bits"

static const struct conf_row function_rows[] = {
	CONF_RAW(PCI_X_CMD, 2, "the host controls arbitration on a shared bus"),
	CONF_RAW_W1C(PCI_X_STATUS, 4, PCI_X_STATUS_SPL_DISC | PCI_X_STATUS_UNX_SPL |
		     PCI_X_STATUS_SPL_ERR, ERRORS),
};

static const struct conf_row bridge_rows[] = {
	CONF_RAW_W1C(PCI_X_BRIDGE_SSTATUS, 2, GENMASK(5, 2), ERRORS),
	CONF_RAW_W1C(PCI_X_BRIDGE_STATUS, 4, GENMASK(21, 18), ERRORS),
};

static const struct conf_rows function_table = CONF_ROWS(function_rows);
static const struct conf_rows bridge_table = CONF_ROWS(bridge_rows);

static int pcix_layout(struct conf_space *cs, unsigned int pos, struct conf_rows *rows)
{
	u32 type;
	int err;

	err = cs->hw->read(cs->ctx, PCI_HEADER_TYPE, 1, &type);
	if (err)
		return err;
	*rows = (type & 0x7f) == PCI_HEADER_TYPE_BRIDGE ? bridge_table : function_table;
	return 0;
}

const struct conf_cap pciback_conf_cap_pcix = { .id = PCI_CAP_ID_PCIX, .layout = pcix_layout };
