// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the flag registers of MSI and MSI-X (PCIe r6.0 7.7.1, 7.7.2).
 *
 * A PV guest switches message signalled interrupts by operations on the
 * shared page, never here. A device model in a stub domain does it here, if
 * the administrator let it (interrupt control), one kind at a time.
 *
 * Pure: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

enum irq_kind { KIND_NONE, KIND_INTX, KIND_MSI, KIND_MSIX, KIND_CLASH };

/*
 * From the hardware, not from the core's flags: a device model may have
 * written these registers behind the core's back. INTx counts only when no
 * message signalled kind is on, as the specification has it.
 */
static int current_kind(struct conf_space *cs, enum irq_kind *kind)
{
	u32 command, msi = 0, msix = 0;
	int err;

	err = cs->hw->read(cs->ctx, PCI_COMMAND, 2, &command);
	if (!err && cs->cap_msi)
		err = cs->hw->read(cs->ctx, cs->cap_msi + PCI_MSI_FLAGS, 2, &msi);
	if (!err && cs->cap_msix)
		err = cs->hw->read(cs->ctx, cs->cap_msix + PCI_MSIX_FLAGS, 2, &msix);
	if (err)
		return err;

	msi &= PCI_MSI_FLAGS_ENABLE;
	msix &= PCI_MSIX_FLAGS_ENABLE;
	if (msi && msix)
		*kind = KIND_CLASH;
	else if (msi)
		*kind = KIND_MSI;
	else if (msix)
		*kind = KIND_MSIX;
	else
		*kind = command & PCI_COMMAND_INTX_DISABLE ? KIND_NONE : KIND_INTX;
	return 0;
}

static int flags_write(struct conf_space *cs, struct conf_reg *reg, u32 val,
		       enum irq_kind own, u32 enable, u32 allowed)
{
	enum irq_kind kind;
	u32 now;
	int err;

	if (cs->permissive)
		return conf_hw_write(cs, reg, val);
	err = conf_hw_read(cs, reg, &now);
	if (err || val == now)
		return err;
	if (!cs->interrupt_control || (val ^ now) & ~allowed)
		return PCIBIOS_SET_FAILED;
	if (val & enable) {
		err = current_kind(cs, &kind);
		if (err)
			return err;
		if (kind != KIND_NONE && kind != KIND_INTX && kind != own)
			return PCIBIOS_SET_FAILED;
	}
	return conf_hw_write(cs, reg, val);
}

static int msi_flags_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	return flags_write(cs, reg, val, KIND_MSI, PCI_MSI_FLAGS_ENABLE, PCI_MSI_FLAGS_ENABLE);
}

static int msix_flags_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	return flags_write(cs, reg, val, KIND_MSIX, PCI_MSIX_FLAGS_ENABLE,
			   PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
}

static const struct conf_row msi_rows[] = {
	CONF_CAP_HEADER,
	{ .off = PCI_MSI_FLAGS, .size = 2, .hw = 0xffff, .write = msi_flags_write,
	  .why = "guests enable MSI by an operation, device models by interrupt control" },
};

static const struct conf_row msix_rows[] = {
	CONF_CAP_HEADER,
	{ .off = PCI_MSIX_FLAGS, .size = 2, .hw = 0xffff, .write = msix_flags_write,
	  .why = "guests enable MSI-X by an operation, device models by interrupt control" },
};

const struct conf_cap conf_cap_msi = { PCI_CAP_ID_MSI, msi_rows, ARRAY_SIZE(msi_rows) };
const struct conf_cap conf_cap_msix = { PCI_CAP_ID_MSIX, msix_rows, ARRAY_SIZE(msix_rows) };
