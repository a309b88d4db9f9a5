// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the Vital Product Data capability (PCI Local Bus r3.0 6.4,
 * Appendix I): a guest reads the card's data and never writes it.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

/*
 * The whole handshake happens within the write, through the kernel's access to
 * the data, which bounds its time and knows the cards that hang when asked.
 * The flag then tells the guest that the data is there; if the card did not
 * answer, it never comes on and the guest gives up by itself.
 */
static int vpd_address_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	u32 data;

	/* The flag asks the card to store the data register. */
	if (val & PCI_VPD_ADDR_F) {
		pciback_conf_drop(cs, reg->pos, 2, val);
		return PCIBIOS_SET_FAILED;
	}
	reg->virt = val;
	/* Without room for the data register there is nowhere to put it. */
	if (cs->vpd_data && !cs->hw->read_vpd(cs->ctx, val & PCI_VPD_ADDR_MASK, &data)) {
		cs->vpd_data->virt = data;
		reg->virt |= PCI_VPD_ADDR_F;
	}
	return 0;
}

static const struct conf_row vpd_rows[] = {
	{ .off = PCI_VPD_ADDR, .size = 2, .virt = 0xffff, .write = vpd_address_write,
	  .why = "selects what is read; the write flag is refused" },
	{ .off = PCI_VPD_DATA, .size = 4, .virt = U32_MAX,
	  .why = "the card's data stays when the guest goes" },
};

static int vpd_setup(struct conf_space *cs, unsigned int pos)
{
	struct conf_reg *reg;

	if (pos + PCI_VPD_DATA >= cs->size)
		return 0;
	reg = pciback_conf_reg_at(cs, pos + PCI_VPD_DATA);
	/* Its place may be taken by a register of another capability. */
	if (reg && reg->row == &vpd_rows[1])
		cs->vpd_data = reg;
	return 0;
}

const struct conf_cap pciback_conf_cap_vpd = {
	.id = PCI_CAP_ID_VPD,
	.rows = CONF_ROWS(vpd_rows),
	.setup = vpd_setup,
};
