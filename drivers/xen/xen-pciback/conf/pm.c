// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the Power Management capability (PCI Bus Power Management r1.2 3.2).
 *
 * A guest may put its function into D0 to D3hot and read its data register. It may
 * not enable PME, because PME would wake up the host, and not take a bridge out of D0:
 * what is behind the bridge could not be reached, and may be another guest's.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

/*
 * Writes Data Select and PME_Status (a one clears it), then the power state. A power state
 * that is refused is an error, like one that the function does not take: Linux reads the
 * state back in either case and goes on in D0, and other guests learn of it from the error.
 */
static int pmcsr_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	u32 clear = val & mask & PCI_PM_CTRL_PME_STATUS;
	u32 state = val & PCI_PM_CTRL_STATE_MASK;
	bool refused;
	u32 now, want;
	int err;

	err = conf_hw_read(cs, reg, &now);
	if (err)
		return err;
	if (cs->atomic && (now ^ val) & PCI_PM_CTRL_STATE_MASK)
		return -EWOULDBLOCK;
	refused = cs->header_type == PCI_HEADER_TYPE_BRIDGE && state &&
		  state != (now & PCI_PM_CTRL_STATE_MASK);
	if (refused || (val ^ now) & mask & PCI_PM_CTRL_PME_ENABLE)
		pciback_conf_drop(cs, reg->pos, 2, val);
	now &= ~PCI_PM_CTRL_PME_STATUS;
	want = (now & ~PCI_PM_CTRL_DATA_SEL_MASK) | (val & PCI_PM_CTRL_DATA_SEL_MASK) | clear;
	if (want != now) {
		err = conf_hw_write(cs, reg, want);
		if (err)
			return err;
	}
	if (state == (now & PCI_PM_CTRL_STATE_MASK))
		return 0;
	/* Through the PCI core, which tracks the state and waits as long as required. */
	if (refused || cs->hw->set_power_state(cs->ctx, state))
		return PCIBIOS_SET_FAILED;
	return 0;
}

static const struct conf_row pm_rows[] = {
	{ .off = PCI_PM_PMC, .size = 2, .hw = 0xffff & ~PCI_PM_CAP_PME_MASK,
	  .why = "no PME for a guest: it would wake up the host" },
	{ .off = PCI_PM_CTRL, .size = 2, .hw = 0xffff, .write = pmcsr_write,
	  .why = "power state and data select; PME_En and the state of a bridge are the host's" },
	CONF_RO(PCI_PM_PPB_EXTENSIONS, 1, "the host controls power of the bus below"),
	CONF_RO(PCI_PM_DATA_REGISTER, 1, "read-only in hardware"),
};

const struct conf_cap pciback_conf_cap_pm = { .id = PCI_CAP_ID_PM, .rows = CONF_ROWS(pm_rows) };
