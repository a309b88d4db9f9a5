// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the extended capabilities, 0x100 to 0xfff (PCIe r6.0 7.6.3), and the
 * walk along their list. Section numbers below are those of PCIe r6.0.
 *
 * A guest may not write any of them: they control errors, links, power budgets,
 * isolation and address translation, which concern the whole machine. Most are
 * readable. Hidden are those that a guest could only try to use in vain, and those
 * that describe functions which the guest does not have. Unknown capabilities are
 * read-only.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include <pciback/pci_numbers.h>
#include "rows.h"

#define ERRORS	"errors are reported to the host, which clears them"
#define LINK	"the link is shared with the port above"
#define POWER	"the host controls latency and power of the path above"

/* Advanced Error Reporting, 7.8.4 */
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

/* Device Serial Number, 7.9.3 */
static const struct conf_row dsn_rows[] = {
	CONF_RO(4, 4, "read-only in hardware"),
	CONF_RO(8, 4, "read-only in hardware"),
};

/* Virtual Channel, 7.9.1. Its tables have no fixed offset; without rows they are read-only. */
static const struct conf_row vc_rows[] = {
	CONF_RAW(PCI_VC_PORT_CAP1, 4, LINK),
	CONF_RAW(PCI_VC_PORT_CAP2, 4, LINK),
	CONF_RAW(PCI_VC_PORT_CTRL, 2, LINK),
	CONF_RAW(PCI_VC_PORT_STATUS, 2, LINK),
};

/* Power Budgeting, 7.8.1 */
static const struct conf_row pwr_rows[] = {
	CONF_RAW(PCI_PWR_DSR, 1, POWER),
	CONF_RAW(PCI_PWR_DATA, 4, POWER),
	CONF_RAW(PCI_PWR_CAP, 1, POWER),
};

/* Access Control Services, 7.7.11 */
static const struct conf_row acs_rows[] = {
	CONF_RO(PCI_ACS_CAP, 2, "identity"),
	CONF_RO(PCI_ACS_CTRL, 2, "the host controls isolation of functions, at every level"),
};

/* Alternative Routing-ID Interpretation, 7.8.8 */
static const struct conf_row ari_rows[] = {
	CONF_RO(PCI_ARI_CAP, 2, "identity"),
	CONF_RO(PCI_ARI_CTRL, 2, "the host controls function numbers, at every level"),
};

/* Latency Tolerance Reporting, 7.8.2 */
static const struct conf_row ltr_rows[] = {
	CONF_RAW(PCI_LTR_MAX_SNOOP_LAT, 2, POWER),
	CONF_RAW(PCI_LTR_MAX_NOSNOOP_LAT, 2, POWER),
};

/* L1 PM Substates, 7.8.3 */
static const struct conf_row l1ss_rows[] = {
	CONF_RAW(PCI_L1SS_CAP, 4, "identity"),
	CONF_RAW(PCI_L1SS_CTL1, 4, POWER),
	CONF_RAW(PCI_L1SS_CTL2, 4, POWER),
};

/* TLP Processing Hints Requester, 7.9.13 */
static const struct conf_row tph_rows[] = {
	CONF_RAW(PCI_TPH_CAP, 4, "identity"),
	CONF_RAW(8, 4, "the host controls the placement of data in its caches"),
};

/* Precision Time Measurement, 7.9.15 */
static const struct conf_row ptm_rows[] = {
	CONF_RAW(4, 4, "identity"),
	CONF_RAW(8, 4, "the ports above distribute the clock"),
};

/* Secondary PCI Express, 7.7.3 */
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
	HIDDEN(PCI_EXT_CAP_ID_ATS, 8, "the hypervisor controls the IOMMU (10.5.1)"),
	HIDDEN(PCI_EXT_CAP_ID_SRIOV, 0x40,
	       "the host creates virtual functions and assigns them one by one (9.3.3)"),
	HIDDEN(PCI_EXT_CAP_ID_MRIOV, 0x40, "the host is the only root"),
	HIDDEN(PCI_EXT_CAP_ID_PRI, 0x10, "the hypervisor controls the IOMMU (10.5.2)"),
	HIDDEN(PCI_EXT_CAP_ID_REBAR, 0x34,
	       "the host sizes BARs: other BARs are placed after them (7.8.6)"),
	VISIBLE(PCI_EXT_CAP_ID_TPH, tph_rows),
	VISIBLE(PCI_EXT_CAP_ID_LTR, ltr_rows),
	VISIBLE(PCI_EXT_CAP_ID_SECPCI, secpci_rows),
	HIDDEN(PCI_EXT_CAP_ID_PASID, 8, "the hypervisor controls the IOMMU (7.8.9)"),
	HIDDEN(PCI_EXT_CAP_ID_DPC, 0x40, "the host controls containment at a port (7.9.14)"),
	VISIBLE(PCI_EXT_CAP_ID_L1SS, l1ss_rows),
	VISIBLE(PCI_EXT_CAP_ID_PTM, ptm_rows),
	HIDDEN(PCI_EXT_CAP_ID_VF_REBAR, 0x34, "the host sizes BARs (7.8.7)"),
	HIDDEN(PCI_EXT_CAP_ID_DOE, 0x18,
	       "mailbox of the whole component, not of the function (7.9.24)"),
	HIDDEN(PCI_EXT_CAP_ID_IDE, 0x200, "the host controls the keys of the link (7.9.26)"),
};

#define EXT_HEADER	"list of capabilities; the link skips hidden ones"

static const struct conf_row header_row[] = {
	{ .off = 0, .size = 4, .hw = 0x000fffff, .virt = 0xfff00000, .why = EXT_HEADER },
};

/* The list always starts at 0x100. A hidden capability there reads as ID 0, with a link. */
static const struct conf_row anchor_row[] = {
	{ .off = 0, .size = 4, .virt = 0xfff00000, .why = EXT_HEADER },
};

/* Entries of at least 8 bytes in the space. A list that goes on after these is a loop. */
#define MAX_CAPS	((PCI_CFG_SPACE_EXP_SIZE - PCI_CFG_SPACE_SIZE) / 8)

/* The first visible capability between @pos and @end, else @end: there a hidden one ends. */
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

/*
 * Reads the entry at @pos: its policy, NULL if unknown, and the position of the
 * next entry. False at the end of the list and after an error of the hardware.
 */
static bool ext_cap_read_entry(struct conf_space *cs, unsigned int pos,
			       const struct conf_cap **cap, unsigned int *next, int *err)
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

/* Links the list that the guest walks. Returns the number of entries of the real list. */
static unsigned int ext_caps_link(struct conf_space *cs, int *err)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE, next, nr;
	struct conf_reg *last = NULL;
	const struct conf_cap *cap;

	for (nr = 0; nr < MAX_CAPS; nr++, pos = next) {
		bool show;

		if (!ext_cap_read_entry(cs, pos, &cap, &next, err))
			break;
		show = !cap || !cap->hidden;

		if (!show && pos != PCI_CFG_SPACE_SIZE)
			continue;
		/*
		 * -EEXIST: the entry was visited before, so the list is a loop and
		 * ends here. -ENOSPC: no registers are left, so the guest's list ends
		 * here, but hidden capabilities further on must still be found.
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
 * pciback_conf_add_ext_caps() - add the rows of all extended capabilities to a space
 * @cs: a space with its header and capabilities
 *
 * As pciback_conf_add_caps(), for the list at 0x100. Every instance of a capability
 * gets its rows, as several instances of one capability are usual here.
 *
 * Context: may sleep (reads the list). Caller serialises calls on @cs.
 * Return: 0 or the hardware's error.
 */
int pciback_conf_add_ext_caps(struct conf_space *cs)
{
	unsigned int pos = PCI_CFG_SPACE_SIZE, next, nr, i;
	const struct conf_cap *cap;
	int err = 0;

	if (cs->size <= PCI_CFG_SPACE_SIZE)
		return 0;
	/* Headers first, then hidden bytes, so that no register claims their bytes. */
	nr = ext_caps_link(cs, &err);
	for (i = 0; !err && i < nr; i++, pos = next) {
		if (!ext_cap_read_entry(cs, pos, &cap, &next, &err))
			break;
		if (cap && cap->hidden)
			pciback_conf_hide(cs, pos, ext_cap_next_start(cs, pos, pos + cap->max_len));
	}
	pos = PCI_CFG_SPACE_SIZE;
	for (i = 0; !err && i < nr; i++, pos = next) {
		if (!ext_cap_read_entry(cs, pos, &cap, &next, &err))
			break;
		if (cap && !cap->hidden)
			err = pciback_conf_add_cap(cs, cap, pos);
	}
	return err;
}
