// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the configuration space header, type 0 and type 1 (PCIe r6.0 7.5.1, PCI
 * Local Bus r3.0 6.1), and the functions of those registers that masks cannot
 * describe: COMMAND, BIST and the base address registers.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include <linux/string.h>
#include "rows.h"

/* Bits of COMMAND that the guest sees as the hardware has them. */
#define COMMAND_HW	(PCI_COMMAND_MASTER | PCI_COMMAND_SPECIAL | \
			 PCI_COMMAND_INVALIDATE | PCI_COMMAND_VGA_PALETTE | \
			 PCI_COMMAND_WAIT | PCI_COMMAND_FAST_BACK)
/*
 * Bits of COMMAND that exist only in the guest's virtual value. A guest's access to
 * a function that does not decode is answered with Unsupported Request, which many
 * machines turn into an NMI and so into a crash of the host (XSA-120); error
 * reporting bits can have the same effect. A guest's value of these bits is never
 * written to the hardware. A row's masks say which bits are which: for a bridge, bus
 * mastering is virtual, too.
 */
#define COMMAND_VIRT	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_PARITY | \
			 PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE)
/* Bits of COMMAND that a guest changes at the permissive level only. */
#define COMMAND_PERMISSIVE	(PCI_COMMAND_SPECIAL | PCI_COMMAND_VGA_PALETTE | \
				 PCI_COMMAND_WAIT | PCI_COMMAND_FAST_BACK)
#define COMMAND_DECODE	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY)
/* Bits of Status and Secondary Status that writing a one clears. */
#define STATUS_W1C	(PCI_STATUS_PARITY | PCI_STATUS_SIG_TARGET_ABORT | \
			 PCI_STATUS_REC_TARGET_ABORT | PCI_STATUS_REC_MASTER_ABORT | \
			 PCI_STATUS_SIG_SYSTEM_ERROR | PCI_STATUS_DETECTED_PARITY)

/*
 * The function is enabled once and stays enabled until it is deassigned. Every guest
 * that sizes BARs toggles decoding; the PCI core's enabling, with its messages, must
 * not run each time.
 */
static int command_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	const struct conf_row *row = reg->row;
	const struct conf_hw *hw = cs->hw;
	bool decode = val & COMMAND_DECODE;
	u32 now, changed;
	int err;

	/* Enabling sleeps, and so does what the caller does about INTx after a change. */
	if (cs->atomic && ((decode && !cs->enabled) || decode != cs->intx_wanted))
		return -EWOULDBLOCK;
	if (decode && !cs->enabled) {
		err = hw->enable(cs->ctx);
		if (err)
			return err;
		cs->enabled = true;
	}
	cs->intx_wanted = decode;

	err = conf_hw_read(cs, reg, &now);
	if (err)
		return err;
	changed = val ^ now;
	if (changed & row->hw & PCI_COMMAND_MASTER)
		hw->set_master(cs->ctx, val & PCI_COMMAND_MASTER);
	if (changed & PCI_COMMAND_INVALIDATE &&
	    hw->set_mwi(cs->ctx, val & PCI_COMMAND_INVALIDATE))
		val &= ~PCI_COMMAND_INVALIDATE;
	if (cs->interrupt_control && (val ^ reg->virt) & PCI_COMMAND_INTX_DISABLE)
		hw->set_intx(cs->ctx, !(val & PCI_COMMAND_INTX_DISABLE));

	reg->virt = val & row->virt;
	if (cs->level != CONF_PERMISSIVE) {
		if (changed & COMMAND_PERMISSIVE)
			pciback_conf_drop(cs, reg->pos, 2, val);
		return 0;
	}

	err = conf_hw_read(cs, reg, &now);
	if (err)
		return err;
	val = (val & row->hw) | (now & ~row->hw);
	return val == now ? 0 : conf_hw_write(cs, reg, val);
}

/* A guest may start the self-test or write back what it read; the rest is dropped. */
static int bist_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	u32 now;
	int err;

	err = conf_hw_read(cs, reg, &now);
	if (err)
		return err;
	if (((val ^ now) & ~PCI_BIST_START) && val != PCI_BIST_START) {
		pciback_conf_drop(cs, reg->pos, 1, val);
		return 0;
	}
	return conf_hw_write(cs, reg, val);
}

static int bar_read(struct conf_space *cs, struct conf_reg *reg, u32 *val)
{
	*val = reg->sizing ? reg->len : reg->virt;
	return 0;
}

/*
 * The guest uses the addresses that the host assigned. It may size a BAR, and it may
 * write the host's value, which restores a BAR that was lost in D3hot or in a reset.
 */
static int bar_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	u32 now;
	int err;

	reg->sizing = (val | reg->ignore) == U32_MAX;
	if (reg->sizing)
		return 0;
	if (val != reg->virt) {
		pciback_conf_drop(cs, reg->pos, 4, val);
		return 0;
	}
	err = conf_hw_read(cs, reg, &now);
	if (err)
		return err;
	return now == val ? 0 : conf_hw_write(cs, reg, val);
}

#define BAR_ROW(o)	\
	{ .off = (o), .size = 4, .virt = U32_MAX, .read = bar_read, .write = bar_write, \
	  .why = "the host assigns addresses; a guest sizes and restores BARs" }

static const struct conf_row header_rows[] = {
	{ .off = PCI_VENDOR_ID, .size = 2, .virt = 0xffff,
	  .why = "identity; a virtual function has none in hardware (PCIe r6.0 9.3.4.1.1)" },
	{ .off = PCI_DEVICE_ID, .size = 2, .virt = 0xffff,
	  .why = "identity; a virtual function has none in hardware (PCIe r6.0 9.3.4.1.2)" },
	CONF_RAW_W1C(PCI_STATUS, 2, STATUS_W1C, "only the host clears error bits"),
	CONF_RAW(PCI_CLASS_REVISION, 4, "identity"),
	{ .off = PCI_CACHE_LINE_SIZE, .size = 1, .hw = 0xff, .write_hw = 0xff,
	  .why = "a hint that concerns only the function" },
	CONF_RO(PCI_LATENCY_TIMER, 1, "the host controls arbitration on a shared bus"),
	CONF_RAW(PCI_HEADER_TYPE, 1, "layout of the header"),
	{ .off = PCI_CAPABILITY_LIST, .size = 1, .virt = 0xff,
	  .why = "list of capabilities; the link skips hidden ones" },
	{ .off = PCI_INTERRUPT_LINE, .size = 1, .virt = 0xff,
	  .why = "the host chooses the interrupt that a PV guest binds" },
	CONF_RO(PCI_INTERRUPT_PIN, 1, "wiring"),
};

static const struct conf_row type0_rows[] = {
	{ .off = PCI_COMMAND, .size = 2, .hw = COMMAND_HW, .virt = COMMAND_VIRT,
	  .write = command_write,
	  .why = "a guest never controls decoding and error reporting (XSA-120)" },
	{ .off = PCI_BIST, .size = 1, .hw = 0xff, .write = bist_write,
	  .why = "a self-test may be started, nothing else" },
	BAR_ROW(PCI_BASE_ADDRESS_0),
	BAR_ROW(PCI_BASE_ADDRESS_1),
	BAR_ROW(PCI_BASE_ADDRESS_2),
	BAR_ROW(PCI_BASE_ADDRESS_3),
	BAR_ROW(PCI_BASE_ADDRESS_4),
	BAR_ROW(PCI_BASE_ADDRESS_5),
	CONF_RAW(PCI_CARDBUS_CIS, 4, "identity"),
	CONF_RAW(PCI_SUBSYSTEM_VENDOR_ID, 2, "identity"),
	CONF_RAW(PCI_SUBSYSTEM_ID, 2, "identity"),
	BAR_ROW(PCI_ROM_ADDRESS),
	CONF_RAW(PCI_MIN_GNT, 1, "identity"),
	CONF_RAW(PCI_MAX_LAT, 1, "identity"),
};

static const struct conf_row type1_rows[] = {
	{ .off = PCI_COMMAND, .size = 2, .hw = COMMAND_HW & ~PCI_COMMAND_MASTER,
	  .virt = COMMAND_VIRT | PCI_COMMAND_MASTER, .write = command_write,
	  .why = "as type 0; and what is behind a bridge may be another guest's" },
	CONF_RO(PCI_BIST, 1, "a self-test would stop what is behind the bridge"),
	BAR_ROW(PCI_BASE_ADDRESS_0),
	BAR_ROW(PCI_BASE_ADDRESS_1),
	CONF_RAW(PCI_PRIMARY_BUS, 1, "the host assigns bus numbers"),
	CONF_RAW(PCI_SECONDARY_BUS, 1, "the host assigns bus numbers"),
	CONF_RAW(PCI_SUBORDINATE_BUS, 1, "the host assigns bus numbers"),
	CONF_RAW(PCI_SEC_LATENCY_TIMER, 1, "the host controls arbitration on a shared bus"),
	CONF_RAW(PCI_IO_BASE, 1, "the host assigns windows"),
	CONF_RAW(PCI_IO_LIMIT, 1, "the host assigns windows"),
	CONF_RAW_W1C(PCI_SEC_STATUS, 2, STATUS_W1C, "only the host clears error bits"),
	CONF_RAW(PCI_MEMORY_BASE, 2, "the host assigns windows"),
	CONF_RAW(PCI_MEMORY_LIMIT, 2, "the host assigns windows"),
	CONF_RAW(PCI_PREF_MEMORY_BASE, 2, "the host assigns windows"),
	CONF_RAW(PCI_PREF_MEMORY_LIMIT, 2, "the host assigns windows"),
	CONF_RAW(PCI_PREF_BASE_UPPER32, 4, "the host assigns windows"),
	CONF_RAW(PCI_PREF_LIMIT_UPPER32, 4, "the host assigns windows"),
	CONF_RAW(PCI_IO_BASE_UPPER16, 2, "the host assigns windows"),
	CONF_RAW(PCI_IO_LIMIT_UPPER16, 2, "the host assigns windows"),
	BAR_ROW(PCI_ROM_ADDRESS1),
	CONF_RAW(PCI_BRIDGE_CONTROL, 2, "the host controls resets and error forwarding"),
};

/* Sets the virtual value that each new guest finds. */
static void reg_preset(struct conf_space *cs, unsigned int off, u32 val)
{
	struct conf_reg *reg = pciback_conf_reg_at(cs, off);

	reg->reset = val;
	reg->virt = val;
}

static void bar_preset(struct conf_space *cs, unsigned int off, const struct conf_bar *bar)
{
	struct conf_reg *reg = pciback_conf_reg_at(cs, off);

	reg_preset(cs, off, bar->val);
	reg->len = bar->len;
	reg->ignore = bar->ignore;
}

/**
 * pciback_conf_add_header() - add the header's rows to a space
 * @cs: an empty space
 * @id: properties of the function
 *
 * A new guest reads decoding as off, as after a reset of the function, and must
 * enable it; error reporting, and bus mastering of a bridge, read as the host has set
 * them.
 *
 * Context: may sleep (reads COMMAND). Caller serialises calls on @cs.
 * Return: 0; -EINVAL: a header type other than 0 and 1; -ENOSPC: too few registers
 * in the space; or the hardware's error.
 */
int pciback_conf_add_header(struct conf_space *cs, const struct conf_ident *id)
{
	bool bridge = id->header_type == PCI_HEADER_TYPE_BRIDGE;
	u32 command, keep;
	unsigned int i;
	int err;

	if (id->header_type != PCI_HEADER_TYPE_NORMAL && !bridge)
		return -EINVAL;

	err = pciback_conf_add_rows(cs, 0, header_rows, ARRAY_SIZE(header_rows));
	if (!err)
		err = bridge ? pciback_conf_add_rows(cs, 0, type1_rows, ARRAY_SIZE(type1_rows)) :
			       pciback_conf_add_rows(cs, 0, type0_rows, ARRAY_SIZE(type0_rows));
	if (!err)
		err = cs->hw->read(cs->ctx, PCI_COMMAND, 2, &command);
	if (err)
		return err;

	reg_preset(cs, PCI_VENDOR_ID, id->vendor);
	reg_preset(cs, PCI_DEVICE_ID, id->device);
	cs->header_type = id->header_type;
	keep = PCI_COMMAND_PARITY | PCI_COMMAND_SERR | (bridge ? PCI_COMMAND_MASTER : 0);
	reg_preset(cs, PCI_COMMAND, command & keep);
	reg_preset(cs, PCI_INTERRUPT_LINE, id->irq_line);
	for (i = 0; i < (bridge ? 2 : CONF_NR_BARS); i++)
		bar_preset(cs, PCI_BASE_ADDRESS_0 + 4 * i, &id->bar[i]);
	bar_preset(cs, bridge ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS, &id->rom);
	return 0;
}
