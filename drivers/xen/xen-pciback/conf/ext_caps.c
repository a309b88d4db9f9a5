// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the extended capabilities, 0x100 to 0xfff (PCIe r6.0 7.6.3), and the
 * walk along their list.
 *
 * Nothing here is the guest's to write: these capabilities concern errors,
 * links, power budgets, isolation and translation, all of them matters of the
 * machine. Most can be read. Those that a guest would only try to use, and
 * fail, or that would tell it of functions it does not have, are hidden.
 * Unknown ones are read-only.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include <pciback/pci_numbers.h>
#include "rows.h"

#define ERRORS	"errors are reported to the host and are the host's to clear"
#define LINK	"the link is shared with the port above"
#define POWER	"latency and power of the path above are the host's"

/* 7.8.4 */
static const struct conf_row err_rows[] = {
	CONF_RAW_W1C(PCI_ERR_UNCOR_STATUS, 4, U32_MAX, ERRORS),
	CONF_RAW(PCI_ERR_UNCOR_MASK, 4, ERRORS),
	CONF_RAW(PCI_ERR_UNCOR_SEVER, 4, ERRORS),
	CONF_RAW_W1C(PCI_ERR_COR_STATUS, 4, U32_MAX, ERRORS),
	CONF_RAW(PCI_ERR_COR_MASK, 4, ERRORS),
	CONF_RAW(PCI_ERR_CAP, 4, ERRORS),
	CONF_RO(PCI_ERR_HEADER_LOG, 4, "read-only in hardware"),
	CONF_RO(PCI_ERR_HEADER_LOG + 4, 4, "read-only in hardware"),
	CONF_RO(PCI_ERR_HEADER_LOG + 8, 4, "read-only in hardware"),
	CONF_RO(PCI_ERR_HEADER_LOG + 12, 4, "read-only in hardware"),
};

/* 7.9.3 */
static const struct conf_row dsn_rows[] = {
	CONF_RO(4, 4, "read-only in hardware"),
	CONF_RO(8, 4, "read-only in hardware"),
};

/* 7.9.1; the tables behind it have no fixed place and are read-only. */
static const struct conf_row vc_rows[] = {
	CONF_RAW(PCI_VC_PORT_CAP1, 4, LINK),
	CONF_RAW(PCI_VC_PORT_CAP2, 4, LINK),
	CONF_RAW(PCI_VC_PORT_CTRL, 2, LINK),
	CONF_RAW(PCI_VC_PORT_STATUS, 2, LINK),
};

/* 7.8.1 */
static const struct conf_row pwr_rows[] = {
	CONF_RAW(PCI_PWR_DSR, 1, POWER),
	CONF_RAW(PCI_PWR_DATA, 4, POWER),
	CONF_RAW(PCI_PWR_CAP, 1, POWER),
};

/* 7.7.11 */
static const struct conf_row acs_rows[] = {
	CONF_RO(PCI_ACS_CAP, 2, "identity"),
	CONF_RO(PCI_ACS_CTRL, 2, "isolation of functions is the host's, at every level"),
};

/* 7.8.8 */
static const struct conf_row ari_rows[] = {
	CONF_RO(PCI_ARI_CAP, 2, "identity"),
	CONF_RO(PCI_ARI_CTRL, 2, "numbering of functions is the host's, at every level"),
};

/* 7.8.2 */
static const struct conf_row ltr_rows[] = {
	CONF_RAW(PCI_LTR_MAX_SNOOP_LAT, 2, POWER),
	CONF_RAW(PCI_LTR_MAX_NOSNOOP_LAT, 2, POWER),
};

/* 7.8.3 */
static const struct conf_row l1ss_rows[] = {
	CONF_RAW(PCI_L1SS_CAP, 4, "identity"),
	CONF_RAW(PCI_L1SS_CTL1, 4, POWER),
	CONF_RAW(PCI_L1SS_CTL2, 4, POWER),
};

/* 7.9.13 */
static const struct conf_row tph_rows[] = {
	CONF_RAW(PCI_TPH_CAP, 4, "identity"),
	CONF_RAW(8, 4, "cache placement in the host is the host's"),
};

/* 7.9.15 */
static const struct conf_row ptm_rows[] = {
	CONF_RAW(4, 4, "identity"),
	CONF_RAW(8, 4, "the clock is distributed by the ports above"),
};

/* 7.7.3 */
static const struct conf_row secpci_rows[] = {
	CONF_RAW(4, 4, LINK),
	CONF_RAW_W1C(8, 4, U32_MAX, LINK),
};

#define VISIBLE(cap_id, table)	{ .id = (cap_id), .rows = CONF_ROWS(table) }
#define HIDDEN(cap_id, len, reason)	\
	{ .id = (cap_id), .hidden = true, .max_len = (len), .why = reason }

static const struct conf_cap ext_caps[] = {
	VISIBLE(PCI_EXT_CAP_ID_ERR, err_rows),
	VISIBLE(PCI_EXT_CAP_ID_VC, vc_rows),
	VISIBLE(PCI_EXT_CAP_ID_DSN, dsn_rows),
	VISIBLE(PCI_EXT_CAP_ID_PWR, pwr_rows),
	VISIBLE(PCI_EXT_CAP_ID_MFVC, vc_rows),
	VISIBLE(PCI_EXT_CAP_ID_VC9, vc_rows),
	VISIBLE(PCI_EXT_CAP_ID_ACS, acs_rows),
	VISIBLE(PCI_EXT_CAP_ID_ARI, ari_rows),
	HIDDEN(PCI_EXT_CAP_ID_ATS, 8, "the IOMMU is the hypervisor's (10.5.1)"),
	HIDDEN(PCI_EXT_CAP_ID_SRIOV, 0x40,
	       "virtual functions are made by the host and assigned on their own (9.3.3)"),
	HIDDEN(PCI_EXT_CAP_ID_MRIOV, 0x40, "there is one root: the host"),
	HIDDEN(PCI_EXT_CAP_ID_PRI, 0x10, "the IOMMU is the hypervisor's (10.5.2)"),
	HIDDEN(PCI_EXT_CAP_ID_REBAR, 0x34,
	       "sizes of BARs are the host's: their neighbours follow (7.8.6)"),
	VISIBLE(PCI_EXT_CAP_ID_TPH, tph_rows),
	VISIBLE(PCI_EXT_CAP_ID_LTR, ltr_rows),
	VISIBLE(PCI_EXT_CAP_ID_SECPCI, secpci_rows),
	HIDDEN(PCI_EXT_CAP_ID_PASID, 8, "the IOMMU is the hypervisor's (7.8.9)"),
	HIDDEN(PCI_EXT_CAP_ID_DPC, 0x40, "containment at a port is the host's (7.9.14)"),
	VISIBLE(PCI_EXT_CAP_ID_L1SS, l1ss_rows),
	VISIBLE(PCI_EXT_CAP_ID_PTM, ptm_rows),
	HIDDEN(PCI_EXT_CAP_ID_VF_REBAR, 0x34, "sizes of BARs are the host's (7.8.7)"),
	HIDDEN(PCI_EXT_CAP_ID_DOE, 0x18, "mailbox to the component, not the function (7.9.24)"),
	HIDDEN(PCI_EXT_CAP_ID_IDE, 0x200, "keys of the link are the host's (7.9.26)"),
};

#define EXT_HEADER	"which capabilities there are; the link skips what is hidden"

static const struct conf_row header_row[] = {
	{ .off = 0, .size = 4, .hw = 0x000fffff, .virt = 0xfff00000, .why = EXT_HEADER },
};

/* The list starts at a fixed place: hidden there means "no such capability". */
static const struct conf_row anchor_row[] = {
	{ .off = 0, .size = 4, .virt = 0xfff00000, .why = EXT_HEADER },
};

/* More entries than the space can hold: the list runs in a circle. */
#define MAX_CAPS	((PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 8)

/* Where the capability after @pos starts: what is hidden ends there at the latest. */
static unsigned int ext_cap_next_start(struct conf_space *cs, unsigned int pos, unsigned int end)
{
	unsigned int next;

	for (next = pos + 4; next < end && next < cs->size; next += 4) {
		struct conf_reg *reg = pciback_conf_reg_at(cs, next);

		if (reg && reg->pos == next && (reg->row == header_row || reg->row == anchor_row))
			return next;
	}
	return end;
}

/* The list's entry at @pos, and where it goes on; false at the end of the list. */
static bool ext_cap_read_entry(struct conf_space *cs, unsigned int pos, const struct conf_cap **cap,
			       unsigned int *next, int *err)
{
	u32 entry;
	unsigned int i;

	if (pos < PCI_CFG_SPACE_SIZE)
		return false;
	*err = cs->hw->read(cs->ctx, pos, 4, &entry);
	if (*err || !entry || entry == U32_MAX)
		return false;
	*next = PCI_EXT_CAP_NEXT(entry);
	*cap = NULL;
	for (i = 0; i < ARRAY_SIZE(ext_caps); i++)
		if (ext_caps[i].id == PCI_EXT_CAP_ID(entry))
			*cap = &ext_caps[i];
	return true;
}

/* The list as the guest walks it. Returns how many entries the function's own has. */
static unsigned int ext_caps_link(struct conf_space *cs, int *err)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE, next, nr;
	struct conf_reg *last = NULL;
	const struct conf_cap *cap;

	for (nr = 0; nr < MAX_CAPS && ext_cap_read_entry(cs, pos, &cap, &next, err); nr++, pos = next) {
		bool show = !cap || !cap->hidden;

		if (!show && pos != PCI_CFG_SPACE_SIZE)
			continue;
		/*
		 * A list that bites its own tail ends here. One with more entries
		 * than there is room for ends here for the guest, but what is
		 * hidden further on has to be found.
		 */
		switch (pciback_conf_add_rows(cs, pos, show ? header_row : anchor_row, 1)) {
		case 0:
			break;
		case -ENOSPC:
			continue;
		default:
			return nr;
		}
		if (last) {
			last->reset = pos << 20;
			last->virt = last->reset;
		}
		last = pciback_conf_reg_at(cs, pos);
	}
	return nr;
}

/**
 * pciback_conf_add_ext_caps() - give a space the rows of its extended capabilities
 * @cs: a space with its header and capabilities
 *
 * As pciback_conf_add_caps(), for the list at 0x100. Every instance of a capability
 * gets its rows: several of the same kind are usual here.
 *
 * Context: may sleep (reads the list).
 * Return: 0 or the hardware's error.
 */
int pciback_conf_add_ext_caps(struct conf_space *cs)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE, next, nr, i;
	const struct conf_cap *cap;
	int err = 0;

	if (cs->size <= PCI_CFG_SPACE_SIZE)
		return 0;
	/* First headers, then what is hidden: a register must not take their place. */
	nr = ext_caps_link(cs, &err);
	for (i = 0; !err && i < nr && ext_cap_read_entry(cs, pos, &cap, &next, &err); i++, pos = next)
		if (cap && cap->hidden)
			pciback_conf_hide(cs, pos, ext_cap_next_start(cs, pos, pos + cap->max_len));
	pos = PCI_CFG_SPACE_SIZE;
	for (i = 0; !err && i < nr && ext_cap_read_entry(cs, pos, &cap, &next, &err); i++, pos = next)
		if (cap && !cap->hidden)
			err = pciback_conf_add_cap(cs, cap, pos);
	return err;
}
