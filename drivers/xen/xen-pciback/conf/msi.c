// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Rows of the MSI and MSI-X capabilities (PCIe r6.0 7.7.1, 7.7.2).
 *
 * The host controls addresses, data and vectors. The guest reads back what it
 * wrote there; its value is not used, and it never reads the host's values.
 *
 * A PV guest enables and disables message signalled interrupts by operations on
 * the shared page. A device model in a stub domain does it by writing these
 * registers, if the administrator has allowed it (interrupt control), one kind of
 * interrupt at a time.
 *
 * Linux as a PV guest writes Message Control besides. It clears Enable before the
 * operation that disables; that succeeds without an effect, because the operation has
 * it, and so does a change of Function Mask alone. It sets Enable, with Function Mask,
 * before the operation that enables; that is refused and recorded, since interrupts are
 * enabled by the operation alone. The guest reads the hardware's value at any time, and
 * makes from it the next one that it writes.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
 */
#include "rows.h"

enum irq_kind { KIND_NONE, KIND_INTX, KIND_MSI, KIND_MSIX, KIND_CLASH };

/*
 * The kind of interrupt that is enabled. Read from the hardware, not from the PCI
 * core's flags: the core does not know of a device model's writes. A function with
 * MSI or MSI-X enabled does not use INTx (PCIe r6.0 6.1.4).
 */
static int msi_current_kind(struct conf_space *cs, enum irq_kind *kind)
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

/*
 * Message Control of MSI or MSI-X. @own: the kind that @enable turns on; @allowed:
 * the bits that a device model may change. Others may ask for a change of them, which has
 * no effect, unless they expect interrupts from then on. Linux sets Enable of MSI-X together
 * with Function Mask before it asks the backend to enable MSI-X.
 */
static int irq_flags_write(struct conf_space *cs, struct conf_reg *reg, u32 val,
			   enum irq_kind own, u32 enable, u32 allowed)
{
	bool masked = own == KIND_MSIX && val & PCI_MSIX_FLAGS_MASKALL;
	enum irq_kind kind;
	u32 now;
	int err;

	if (cs->level == CONF_PERMISSIVE)
		return conf_hw_write(cs, reg, val);
	err = conf_hw_read(cs, reg, &now);
	if (err || val == now)
		return err;
	if (!cs->interrupt_control && !((val ^ now) & ~allowed) &&
	    (masked || !(val & ~now & enable)))
		return 0;
	if (!cs->interrupt_control || (val ^ now) & ~allowed) {
		pciback_conf_drop(cs, reg->pos, 2, val);
		return PCIBIOS_SET_FAILED;
	}
	if (val & enable) {
		err = msi_current_kind(cs, &kind);
		if (err)
			return err;
		if (kind != KIND_NONE && kind != KIND_INTX && kind != own)
			return PCIBIOS_SET_FAILED;
	}
	return conf_hw_write(cs, reg, val);
}

static int msi_flags_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	return irq_flags_write(cs, reg, val, KIND_MSI, PCI_MSI_FLAGS_ENABLE, PCI_MSI_FLAGS_ENABLE);
}

static int msix_flags_write(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask)
{
	return irq_flags_write(cs, reg, val, KIND_MSIX, PCI_MSIX_FLAGS_ENABLE,
			       PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
}

#define MSI_FLAGS_ROW	\
	{ .off = PCI_MSI_FLAGS, .size = 2, .hw = 0xffff, .write = msi_flags_write, \
	  .why = "guests enable MSI by an operation, device models by interrupt control" }
#define MSI_HOST	"the host controls interrupt routing; the guest has its own copy"

/* PCIe r6.0 7.7.1: four layouts, by address width and per-vector masking. */
static const struct conf_row msi32_rows[] = {
	MSI_FLAGS_ROW,
	CONF_VIRT(PCI_MSI_ADDRESS_LO, 4, 0xfffffffc, MSI_HOST),
	CONF_VIRT(PCI_MSI_DATA_32, 2, 0xffff, MSI_HOST),
};

static const struct conf_row msi32_mask_rows[] = {
	MSI_FLAGS_ROW,
	CONF_VIRT(PCI_MSI_ADDRESS_LO, 4, 0xfffffffc, MSI_HOST),
	CONF_VIRT(PCI_MSI_DATA_32, 2, 0xffff, MSI_HOST),
	CONF_VIRT(PCI_MSI_DATA_32 + 2, 2, 0xffff, MSI_HOST),
	CONF_VIRT(PCI_MSI_MASK_32, 4, U32_MAX, MSI_HOST),
	CONF_RO(PCI_MSI_PENDING_32, 4, "read-only in hardware"),
};

static const struct conf_row msi64_rows[] = {
	MSI_FLAGS_ROW,
	CONF_VIRT(PCI_MSI_ADDRESS_LO, 4, 0xfffffffc, MSI_HOST),
	CONF_VIRT(PCI_MSI_ADDRESS_HI, 4, U32_MAX, MSI_HOST),
	CONF_VIRT(PCI_MSI_DATA_64, 2, 0xffff, MSI_HOST),
};

static const struct conf_row msi64_mask_rows[] = {
	MSI_FLAGS_ROW,
	CONF_VIRT(PCI_MSI_ADDRESS_LO, 4, 0xfffffffc, MSI_HOST),
	CONF_VIRT(PCI_MSI_ADDRESS_HI, 4, U32_MAX, MSI_HOST),
	CONF_VIRT(PCI_MSI_DATA_64, 2, 0xffff, MSI_HOST),
	CONF_VIRT(PCI_MSI_DATA_64 + 2, 2, 0xffff, MSI_HOST),
	CONF_VIRT(PCI_MSI_MASK_64, 4, U32_MAX, MSI_HOST),
	CONF_RO(PCI_MSI_PENDING_64, 4, "read-only in hardware"),
};

static const struct conf_rows msi_layouts[2][2] = {
	{ CONF_ROWS(msi32_rows), CONF_ROWS(msi32_mask_rows) },
	{ CONF_ROWS(msi64_rows), CONF_ROWS(msi64_mask_rows) },
};

static int msi_layout(struct conf_space *cs, unsigned int pos, struct conf_rows *rows)
{
	u32 flags;
	int err;

	err = cs->hw->read(cs->ctx, pos + PCI_MSI_FLAGS, 2, &flags);
	if (err)
		return err;
	cs->cap_msi = pos;
	*rows = msi_layouts[!!(flags & PCI_MSI_FLAGS_64BIT)][!!(flags & PCI_MSI_FLAGS_MASKBIT)];
	return 0;
}

static const struct conf_row msix_rows[] = {
	{ .off = PCI_MSIX_FLAGS, .size = 2, .hw = 0xffff, .write = msix_flags_write,
	  .why = "guests enable MSI-X by an operation, device models by interrupt control" },
	CONF_RO(PCI_MSIX_TABLE, 4, "read-only in hardware"),
	CONF_RO(PCI_MSIX_PBA, 4, "read-only in hardware"),
};

static int msix_layout(struct conf_space *cs, unsigned int pos, struct conf_rows *rows)
{
	cs->cap_msix = pos;
	*rows = (struct conf_rows)CONF_ROWS(msix_rows);
	return 0;
}

const struct conf_cap pciback_conf_cap_msi = { .id = PCI_CAP_ID_MSI, .layout = msi_layout };
const struct conf_cap pciback_conf_cap_msix = { .id = PCI_CAP_ID_MSIX, .layout = msix_layout };
