// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the Vital Product Data capability (PCI Local Bus r3.0 6.4,
 * Appendix I): a guest reads the card's data and never writes it.
 *
 * Pure: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

static int vpd_address_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	/* The flag asks the card to store the data register. */
	if (val & PCI_VPD_ADDR_F)
		return PCIBIOS_SET_FAILED;
	return conf_hw_write(cs, reg, val);
}

static const struct conf_row vpd_rows[] = {
	CONF_CAP_HEADER,
	{ .off = PCI_VPD_ADDR, .size = 2, .hw = 0xffff, .write = vpd_address_write,
	  .why = "selects what is read; the write flag is refused" },
	CONF_RO(PCI_VPD_DATA, 4, "the card's data stays when the guest goes"),
};

const struct conf_cap conf_cap_vpd = { PCI_CAP_ID_VPD, vpd_rows, ARRAY_SIZE(vpd_rows) };
