// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the Vital Product Data capability (PCI Local Bus r3.0 6.4,
 * Appendix I): a guest reads the device's data and never writes it.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

#define VPD_ADDR_DWORD	(PCI_VPD_ADDR_MASK & ~3)

/*
 * The whole handshake is done during this write, as one read through the PCI core, which
 * waits for the device up to 125 ms and knows the devices that hang on VPD reads. It
 * lets all 32 KiB of addresses be read, not only as many as the device has data for. The
 * flag then tells the guest that the data is valid. If the device did not answer, the
 * flag stays clear and the guest times out.
 *
 * The address is that of a dword; the core would make two reads of any other one.
 */
static int vpd_address_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	u32 data;

	/* With the flag set the device would store the data register: a VPD write. */
	if (val & PCI_VPD_ADDR_F) {
		pciback_conf_drop(cs, reg->pos, 2, val);
		return PCIBIOS_SET_FAILED;
	}
	if (cs->atomic)
		return -EWOULDBLOCK;
	reg->virt = val;
	/* The data register may be missing: see vpd_setup(). */
	if (cs->vpd_data && !cs->hw->read_vpd(cs->ctx, val & VPD_ADDR_DWORD, &data)) {
		cs->vpd_data->virt = data;
		reg->virt |= PCI_VPD_ADDR_F;
	}
	return 0;
}

static const struct conf_row vpd_rows[] = {
	{ .off = PCI_VPD_ADDR, .size = 2, .virt = 0xffff, .write = vpd_address_write,
	  .why = "selects what is read; a set write flag is an error" },
	{ .off = PCI_VPD_DATA, .size = 4, .virt = U32_MAX,
	  .why = "the data outlives the guest, so it must not change it" },
};

static int vpd_setup(struct conf_space *cs, unsigned int pos)
{
	struct conf_reg *reg;

	if (pos + PCI_VPD_DATA >= cs->size)
		return 0;
	reg = pciback_conf_reg_at(cs, pos + PCI_VPD_DATA);
	/* A register of another capability may have claimed these bytes. */
	if (reg && reg->row == &vpd_rows[1])
		cs->vpd_data = reg;
	return 0;
}

const struct conf_cap pciback_conf_cap_vpd = {
	.id = PCI_CAP_ID_VPD,
	.rows = CONF_ROWS(vpd_rows),
	.setup = vpd_setup,
};
