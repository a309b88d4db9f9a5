// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the PCI Express capability (PCIe r6.0 7.5.3).
 *
 * A guest may change how its own requests are made (ordering, snooping, request
 * size) and may request a reset of its function, which the driver carries out.
 * Link, slot, errors and payload size also concern the port above, so the host
 * controls them.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

/* Bits of Device Control that affect only the function's own requests. */
#define DEVCTL_GUEST	(PCI_EXP_DEVCTL_RELAX_EN | PCI_EXP_DEVCTL_NOSNOOP_EN)

/* Bits that writing a one clears: slot events; link equalization request. */
#define SLTSTA_W1C	(PCI_EXP_SLTSTA_ABP | PCI_EXP_SLTSTA_PFD | PCI_EXP_SLTSTA_MRLSC | \
			 PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_CC | PCI_EXP_SLTSTA_DLLSC)
#define LNKSTA2_W1C	BIT(5)

#define LINK	"the link is shared with the port above"
#define SLOT	"the host controls the slot"
#define ERRORS	"errors are reported to the host, which clears them"

/*
 * A guest may not set a larger Max_Read_Request_Size than the host did: large
 * reads occupy the path to memory at the expense of other functions. A smaller
 * one is harmless.
 */
static int devctl_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	u32 now, want, capable = 0;
	int err;

	err = conf_hw_read(cs, reg, &now);
	if (!err && (now | val) & PCI_EXP_DEVCTL_BCR_FLR)
		err = cs->hw->read(cs->ctx, reg->pos - PCI_EXP_DEVCTL + PCI_EXP_DEVCAP, 4,
				   &capable);
	if (err)
		return err;

	want = (now & ~DEVCTL_GUEST) | (val & DEVCTL_GUEST);
	if ((val & PCI_EXP_DEVCTL_READRQ) <= reg->reset)
		want = (want & ~PCI_EXP_DEVCTL_READRQ) | (val & PCI_EXP_DEVCTL_READRQ);
	/*
	 * In a PCIe to PCI bridge, which has no FLR, this bit is Bridge Configuration
	 * Retry Enable; it then keeps its value.
	 */
	if (capable & PCI_EXP_DEVCAP_FLR) {
		now &= ~PCI_EXP_DEVCTL_BCR_FLR;
		want &= ~PCI_EXP_DEVCTL_BCR_FLR;
		if (val & mask & PCI_EXP_DEVCTL_BCR_FLR)
			cs->hw->request_reset(cs->ctx);
		val &= ~PCI_EXP_DEVCTL_BCR_FLR;
	}
	if ((val ^ want) & mask)
		pciback_conf_drop(cs, reg->pos, 2, val);
	return want == now ? 0 : conf_hw_write(cs, reg, want);
}

/*
 * In the order of their offsets. A smaller layout of the capability is the first
 * NR_... rows of the largest one.
 */
static const struct conf_row exp_rows[] = {
	CONF_RO(PCI_EXP_FLAGS, 2, "identity"),
	{ .off = PCI_EXP_DEVCAP, .size = 4, .hw = ~PCI_EXP_DEVCAP_PHANTOM,
	  .why = "identity; phantom functions would need requester IDs of their own" },
	{ .off = PCI_EXP_DEVCTL, .size = 2, .hw = 0xffff, .write = devctl_write,
	  .why = "a guest controls own requests and FLR, not payload and errors" },
	CONF_RAW_W1C(PCI_EXP_DEVSTA, 2, PCI_EXP_DEVSTA_CED | PCI_EXP_DEVSTA_NFED |
		     PCI_EXP_DEVSTA_FED | PCI_EXP_DEVSTA_URD, ERRORS),
#define NR_INTEGRATED	4
	CONF_RAW(PCI_EXP_LNKCAP, 4, "identity"),
	CONF_RAW(PCI_EXP_LNKCTL, 2, LINK),
	CONF_RAW_W1C(PCI_EXP_LNKSTA, 2, PCI_EXP_LNKSTA_LBMS | PCI_EXP_LNKSTA_LABS, LINK),
#define NR_ENDPOINT	7
	CONF_RAW(PCI_EXP_SLTCAP, 4, "identity"),
	CONF_RAW(PCI_EXP_SLTCTL, 2, SLOT),
	CONF_RAW_W1C(PCI_EXP_SLTSTA, 2, SLTSTA_W1C, SLOT),
	CONF_RAW(PCI_EXP_RTCTL, 2, ERRORS),
	CONF_RAW(PCI_EXP_RTCAP, 2, "identity"),
	CONF_RAW_W1C(PCI_EXP_RTSTA, 4, PCI_EXP_RTSTA_PME, ERRORS),
#define NR_PORT		13
	CONF_RAW(PCI_EXP_DEVCAP2, 4, "identity"),
	CONF_RAW(PCI_EXP_DEVCTL2, 2, "timeouts, routing and latency concern the path above"),
	CONF_RAW(PCI_EXP_DEVSTA2, 2, "reserved"),
	CONF_RAW(PCI_EXP_LNKCAP2, 4, "identity"),
	CONF_RAW(PCI_EXP_LNKCTL2, 2, LINK),
	CONF_RAW_W1C(PCI_EXP_LNKSTA2, 2, LNKSTA2_W1C, LINK),
	CONF_RAW(PCI_EXP_SLTCAP2, 4, "reserved"),
	CONF_RAW(PCI_EXP_SLTCTL2, 2, SLOT),
	CONF_RAW(PCI_EXP_SLTSTA2, 2, SLOT),
};

/* Layouts by capability version and device/port type (PCIe r6.0 7.5.3.2). */
static int exp_layout(struct conf_space *cs, unsigned int pos, struct conf_rows *rows)
{
	u32 flags;
	int err;

	err = cs->hw->read(cs->ctx, pos + PCI_EXP_FLAGS, 2, &flags);
	if (err)
		return err;
	rows->rows = exp_rows;
	/* From version 2 on all registers exist; those that do not apply read as zero. */
	rows->nr = ARRAY_SIZE(exp_rows);
	if ((flags & PCI_EXP_FLAGS_VERS) > 1)
		return 0;
	switch ((flags & PCI_EXP_FLAGS_TYPE) >> 4) {
	case PCI_EXP_TYPE_RC_END:
	case PCI_EXP_TYPE_RC_EC:
		rows->nr = NR_INTEGRATED;
		break;
	case PCI_EXP_TYPE_ENDPOINT:
	case PCI_EXP_TYPE_LEG_END:
		rows->nr = NR_ENDPOINT;
		break;
	default:
		rows->nr = NR_PORT;
		break;
	}
	return 0;
}

/* Stores the largest read request, the one the host set, as the reset value. */
static int exp_setup(struct conf_space *cs, unsigned int pos)
{
	struct conf_reg *reg;
	u32 now;
	int err;

	if (pos + PCI_EXP_DEVCTL >= cs->size)
		return 0;
	reg = pciback_conf_reg_at(cs, pos + PCI_EXP_DEVCTL);
	if (!reg || reg->row->write != devctl_write)
		return 0;
	err = conf_hw_read(cs, reg, &now);
	reg->reset = now & PCI_EXP_DEVCTL_READRQ;
	return err;
}

const struct conf_cap pciback_conf_cap_exp = {
	.id = PCI_CAP_ID_EXP,
	.layout = exp_layout,
	.setup = exp_setup,
};
