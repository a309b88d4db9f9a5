// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the Advanced Features capability (PCI ECN "Advanced Capabilities for
 * Conventional PCI"): function level reset of conventional PCI functions.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

/* A write of exactly the reset bit requests a reset; other values are dropped. */
static int af_ctrl_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	u32 capable;
	int err;

	err = cs->hw->read(cs->ctx, reg->pos - PCI_AF_CTRL + PCI_AF_CAP, 1, &capable);
	if (err)
		return err;
	if (val == PCI_AF_CTRL_FLR && capable & PCI_AF_CAP_FLR)
		cs->hw->request_reset(cs->ctx);
	else if (val)
		pciback_conf_drop(cs, reg->pos, 1, val);
	return 0;
}

static const struct conf_row af_rows[] = {
	CONF_RO(PCI_AF_LENGTH, 1, "identity"),
	CONF_RO(PCI_AF_CAP, 1, "identity"),
	{ .off = PCI_AF_CTRL, .size = 1, .write = af_ctrl_write,
	  .why = "the driver resets the function for the guest; reads as zero" },
	CONF_RO(PCI_AF_STATUS, 1, "read-only in hardware"),
};

const struct conf_cap pciback_conf_cap_af = { .id = PCI_CAP_ID_AF, .rows = CONF_ROWS(af_rows) };
