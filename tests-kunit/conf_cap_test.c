// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What a guest can read and write in the capabilities of a function: power
 * management, vital product data, MSI, MSI-X, PCI Express, Advanced Features;
 * and capability lists that are malformed, as some hardware has them.
 */
#include <kunit/test.h>
#include <pciback/conf.h>
#include "conf_fixture.h"
#include "suites.h"

#define PM	0x40
#define VPD	0x48
#define MSI	0x50
#define MSIX	0x68
#define EXP	0x74
#define VNDR	0xb0
#define AF	0xc0

#define DEVCTL		(EXP + PCI_EXP_DEVCTL)
#define PMCSR		(PM + PCI_PM_CTRL)
#define MSI_FLAGS	(MSI + PCI_MSI_FLAGS)
#define MSIX_FLAGS	(MSIX + PCI_MSIX_FLAGS)

static const struct conf_ident ident = { .vendor = 0x8086, .device = 0x10d3 };

static void cap_link(struct conf_fixture *f, unsigned int from, unsigned int pos, u8 id)
{
	conf_fixture_set(f, from, 1, pos);
	conf_fixture_set(f, pos, 1, id);
}

static void caps_add_of(struct kunit *test, struct conf_fixture *f, const struct conf_ident *id)
{
	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(f->cs, id), 0);
	KUNIT_ASSERT_EQ(test, pciback_conf_add_caps(f->cs), 0);
	f->nr_writes = 0;
}

static void caps_add(struct kunit *test, struct conf_fixture *f)
{
	caps_add_of(test, f, &ident);
}

/* A function with each capability that has rows, and a vendor's, which has none. */
static struct conf_fixture *fixture_new(struct kunit *test)
{
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);

	conf_fixture_set(f, PCI_STATUS, 2, PCI_STATUS_CAP_LIST);
	cap_link(f, PCI_CAPABILITY_LIST, PM, PCI_CAP_ID_PM);
	cap_link(f, PM + 1, VPD, PCI_CAP_ID_VPD);
	cap_link(f, VPD + 1, MSI, PCI_CAP_ID_MSI);
	cap_link(f, MSI + 1, MSIX, PCI_CAP_ID_MSIX);
	cap_link(f, MSIX + 1, EXP, PCI_CAP_ID_EXP);
	cap_link(f, EXP + 1, VNDR, PCI_CAP_ID_VNDR);
	cap_link(f, VNDR + 1, AF, PCI_CAP_ID_AF);
	conf_fixture_set(f, PM + PCI_PM_PMC, 2, 0xfe23);
	conf_fixture_set(f, PM + PCI_PM_PPB_EXTENSIONS, 2, 0x7dc0);
	f->w1c[PMCSR + 1] = 0x80;
	conf_fixture_set(f, MSI_FLAGS, 2, 0x0184);
	conf_fixture_set(f, MSIX_FLAGS, 2, 0x0004);
	conf_fixture_set(f, MSIX + PCI_MSIX_TABLE, 4, 0x00000003);
	conf_fixture_set(f, EXP + PCI_EXP_DEVCTL, 2, 0x2810);
	conf_fixture_set(f, EXP + PCI_EXP_DEVCAP, 4, PCI_EXP_DEVCAP_FLR);
	conf_fixture_set(f, AF + PCI_AF_LENGTH, 1, 6);
	conf_fixture_set(f, AF + PCI_AF_CAP, 1, PCI_AF_CAP_TP | PCI_AF_CAP_FLR);
	return f;
}

struct reg_row {
	const char *name;
	u8 off, size;
	u32 hw;
	u32 seen;
	u32 write;
	int err;
	u32 hw_after;
	unsigned int power_calls, power;
};

static const struct reg_row reg_rows[] = {
	{ "PM: id and link", PM, 2, 0x4801, 0x4801, 0, 0, 0x4801 },
	{ "PM: PMC without PME support", PM + 2, 2, 0xfe23, 0x0623, 0xffff, 0, 0xfe23 },
	{ "PM: bridge extensions", PM + 6, 1, 0xc0, 0xc0, 0x00, 0, 0xc0 },
	{ "PM: data", PM + 7, 1, 0x7d, 0x7d, 0x00, 0, 0x7d },
	{ "PMCSR: same state", PMCSR, 2, 0x0008, 0x0008, 0x0008, 0, 0x0008 },
	{ "PMCSR: D0 to D3hot", PMCSR, 2, 0x0008, 0x0008, 0x000b, 0, 0x0008, 1, 3 },
	{ "PMCSR: D0 to D1", PMCSR, 2, 0x0008, 0x0008, 0x0001, 0, 0x0008, 1, 1 },
	{ "PMCSR: D3hot to D0", PMCSR, 2, 0x000b, 0x000b, 0x0008, 0, 0x000b, 1, 0 },
	{ "PMCSR: D3hot, byte write", PMCSR, 1, 0x08, 0x08, 0x03, 0, 0x08, 1, 3 },
	{ "PMCSR: enable PME", PMCSR, 2, 0x0008, 0x0008, 0x0108, 0, 0x0008 },
	{ "PMCSR: enable PME, byte write", PMCSR + 1, 1, 0x00, 0x00, 0x01, 0, 0x00 },
	{ "PMCSR: data select", PMCSR, 2, 0x0008, 0x0008, 0x1e08, 0, 0x1e08 },
	{ "PMCSR: data select off", PMCSR, 2, 0x1e08, 0x1e08, 0x0008, 0, 0x0008 },
	{ "PMCSR: clear PME status", PMCSR, 2, 0x8008, 0x8008, 0x8008, 0, 0x0008 },
	{ "PMCSR: keep PME status", PMCSR, 2, 0x8008, 0x8008, 0x0008, 0, 0x8008 },
	{ "PMCSR: keep PME status, data select", PMCSR, 2, 0x8008, 0x8008, 0x0208, 0, 0x8208 },
	{ "PMCSR: keep PME status, D3hot", PMCSR, 2, 0x8008, 0x8008, 0x000b, 0,
	  0x8008, 1, 3 },
	{ "PMCSR: scale and reserved bits", PMCSR, 2, 0x0008, 0x0008, 0x60f4, 0, 0x0008 },

	{ "VPD: id and link", VPD, 2, 0x5003, 0x5003, 0, 0, 0x5003 },
	{ "VPD: address with write flag", VPD + 2, 2, 0x0010, 0x0000, 0x8020,
	  PCIBIOS_SET_FAILED, 0x0010 },
	{ "VPD: write flag, byte write", VPD + 3, 1, 0x00, 0x00, 0x80, PCIBIOS_SET_FAILED, 0x00 },
	{ "VPD: data", VPD + 4, 4, 0x12345678, 0x00000000, 0xffffffff, 0, 0x12345678 },

	{ "MSI: id and link", MSI, 2, 0x6805, 0x6805, 0, 0, 0x6805 },
	{ "MSI: host's address is hidden", MSI + 4, 4, 0xfee00318, 0, 0xfee01000, 0, 0xfee00318 },
	{ "MSI: upper address", MSI + 8, 4, 0x00000001, 0, 0x5, 0, 0x00000001 },
	{ "MSI: data", MSI + 12, 2, 0x4123, 0, 0x0041, 0, 0x4123 },
	{ "MSI: mask", MSI + 16, 4, 0x00000001, 0, 0x0, 0, 0x00000001 },
	{ "MSI: pending", MSI + 20, 4, 0x00000001, 0x00000001, 0x0, 0, 0x00000001 },
	{ "MSI-X: id and link", MSIX, 2, 0x7411, 0x7411, 0, 0, 0x7411 },
	{ "MSI-X: table", MSIX + 4, 4, 0x00002003, 0x00002003, 0, 0, 0x00002003 },
	{ "MSI-X: pending bits", MSIX + 8, 4, 0x00003003, 0x00003003, 0, 0, 0x00003003 },
	{ "PCIe: flags", EXP + 2, 2, 0x0002, 0x0002, 0xffff, 0, 0x0002 },
	{ "PCIe: no phantom functions", EXP + 4, 4, 0x1000801b, 0x10008003, 0, 0, 0x1000801b },
	{ "DEVCTL: ordering and snooping", DEVCTL, 2, 0x2810, 0x2810, 0x2000, 0, 0x2000 },
	{ "DEVCTL: ordering on", DEVCTL, 2, 0x2000, 0x2000, 0x2810, 0, 0x2810 },
	{ "DEVCTL: larger read requests", DEVCTL, 2, 0x2810, 0x2810, 0x5810, 0, 0x2810 },
	{ "DEVCTL: smaller read requests", DEVCTL, 2, 0x2810, 0x2810, 0x1810, 0, 0x1810 },
	{ "DEVCTL: payload", DEVCTL, 2, 0x2810, 0x2810, 0x28f0, 0, 0x2810 },
	{ "DEVCTL: error reporting", DEVCTL, 2, 0x2810, 0x2810, 0x281f, 0, 0x2810 },
	{ "DEVCTL: error reporting off", DEVCTL, 2, 0x281f, 0x281f, 0x2810, 0, 0x281f },
	{ "DEVCTL: tags, phantom functions, AUX", DEVCTL, 2, 0x2810, 0x2810, 0x2f10, 0, 0x2810 },
	{ "DEVCTL: a change without FLR", DEVCTL, 2, 0x2810, 0x2810, 0x2000, 0, 0x2000 },
	{ "DEVCTL: low byte", DEVCTL, 1, 0x10, 0x10, 0xff, 0, 0x10 },
	{ "AF: length and capabilities", AF + 2, 2, 0x0306, 0x0306, 0, 0, 0x0306 },
	{ "AF: control reads as zero", AF + 4, 1, 0x01, 0x00, 0x00, 0, 0x01 },
	{ "AF: status", AF + 5, 1, 0x01, 0x01, 0x00, 0, 0x01 },
};

KUNIT_ARRAY_PARAM_DESC(reg, reg_rows, name);

static void registers(struct kunit *test)
{
	const struct reg_row *row = test->param_value;
	bool permissive[] = { false, true };
	int i;

	for (i = 0; i < ARRAY_SIZE(permissive); i++) {
		struct conf_fixture *f = fixture_new(test);

		caps_add(test, f);
		conf_fixture_set(f, row->off, row->size, row->hw);
		conf_fixture_permissive(f, permissive[i]);
		KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, row->size), row->seen);
		KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, row->off, row->size, row->write),
				row->err);
		KUNIT_EXPECT_EQ(test, conf_fixture_get(f, row->off, row->size), row->hw_after);
		KUNIT_EXPECT_EQ(test, f->nr_power, row->power_calls);
		KUNIT_EXPECT_EQ(test, f->power, row->power);
		KUNIT_EXPECT_EQ(test, f->nr_reset, 0);
	}
}

static void pme_status(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	caps_add(test, f);
	conf_fixture_set(f, PMCSR, 2, 0x8008);
	conf_fixture_write(test, PMCSR, 1, 0x0b);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_get(f, PMCSR, 2), 0x8008, "written: the other byte");
	KUNIT_EXPECT_EQ(test, f->power, 3);
	conf_fixture_write(test, PMCSR + 1, 1, 0x02);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_get(f, PMCSR, 2), 0x8208, "data select");
}

static void power_state_error(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	caps_add(test, f);
	f->power_err = -EIO;
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, PMCSR, 2, 0x0003), PCIBIOS_SET_FAILED);
	KUNIT_EXPECT_EQ(test, f->nr_power, 1);
}

struct bridge_row {
	const char *name;
	u8 off, size;
	u32 hw, write;
	int err;
	u32 hw_after;
	unsigned int power_calls;
	u32 dropped;
};

#define FAILED	PCIBIOS_SET_FAILED

/* D0 is the only power state that a guest may put a bridge into. */
static const struct bridge_row bridge_rows[] = {
	{ "D0 to D3hot", PMCSR, 2, 0x0008, 0x000b, FAILED, 0x0008, 0, 1 },
	{ "D0 to D1", PMCSR, 2, 0x0008, 0x0009, FAILED, 0x0008, 0, 1 },
	{ "D3hot, byte write", PMCSR, 1, 0x08, 0x0b, FAILED, 0x08, 0, 1 },
	{ "D3hot and PME", PMCSR, 2, 0x0008, 0x010b, FAILED, 0x0008, 0, 1 },
	{ "D3hot to D2", PMCSR, 2, 0x000b, 0x000a, FAILED, 0x000b, 0, 1 },
	{ "D3hot to D0", PMCSR, 2, 0x000b, 0x0008, 0, 0x000b, 1, 0 },
	{ "the same state", PMCSR, 2, 0x000b, 0x000b, 0, 0x000b, 0, 0 },
	{ "data select", PMCSR, 2, 0x0008, 0x0208, 0, 0x0208, 0, 0 },
	{ "data select, byte write in D3hot", PMCSR + 1, 1, 0x00, 0x02, 0, 0x02, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(bridge, bridge_rows, name);

static void bridge_power_state(struct kunit *test)
{
	const struct bridge_row *row = test->param_value;
	const struct conf_ident id = { .header_type = PCI_HEADER_TYPE_BRIDGE };
	bool permissive[] = { false, true };
	int i;

	for (i = 0; i < ARRAY_SIZE(permissive); i++) {
		struct conf_fixture *f = fixture_new(test);

		caps_add_of(test, f, &id);
		conf_fixture_set(f, PMCSR, 1, 0x0b);
		conf_fixture_set(f, row->off, row->size, row->hw);
		conf_fixture_permissive(f, permissive[i]);
		KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, row->off, row->size, row->write),
				row->err);
		KUNIT_EXPECT_EQ(test, conf_fixture_get(f, row->off, row->size), row->hw_after);
		KUNIT_EXPECT_EQ(test, f->nr_power, row->power_calls);
		KUNIT_EXPECT_EQ(test, f->power, 0);
		KUNIT_EXPECT_EQ(test, f->cs->audit.total, row->dropped);
	}
}

struct flags_row {
	const char *name;
	bool permissive, interrupt_control;
	u16 command, msi, msix;		/* hardware before */
	bool to_msix;			/* the register written */
	u16 write;
	int err;
	u16 after;
	u32 dropped;
};

static const struct flags_row flags_rows[] = {
	{ "MSI on", 0, 0, 0, 0x0184, 0x0004, false, 0x0185, FAILED, 0x0184, 1 },
	{ "MSI off", 0, 0, 0, 0x0185, 0x0004, false, 0x0184, 0, 0x0185 },
	{ "MSI vectors", 0, 0, 0, 0x0184, 0x0004, false, 0x0194, FAILED, 0x0184, 1 },
	{ "MSI off and vectors", 0, 0, 0, 0x0185, 0x0004, false, 0x0194, FAILED, 0x0185, 1 },
	{ "MSI unchanged", 0, 0, 0, 0x0185, 0x0004, false, 0x0185, 0, 0x0185 },
	{ "MSI-X on", 0, 0, 0, 0x0184, 0x0004, true, 0x8004, FAILED, 0x0004, 1 },
	{ "MSI-X on, masked", 0, 0, 0, 0x0184, 0x0004, true, 0xc004, 0, 0x0004 },
	{ "MSI-X on, unmasked", 0, 0, 0, 0x0184, 0x4004, true, 0x8004, FAILED, 0x4004, 1 },
	{ "MSI-X off", 0, 0, 0, 0x0184, 0x8004, true, 0x0004, 0, 0x8004 },
	{ "MSI-X off, masked", 0, 0, 0, 0x0184, 0x8004, true, 0x4004, 0, 0x8004 },
	{ "MSI-X masked", 0, 0, 0, 0x0184, 0x8004, true, 0xc004, 0, 0x8004 },
	{ "MSI-X unmasked", 0, 0, 0, 0x0184, 0xc004, true, 0x8004, 0, 0xc004 },
	{ "MSI-X masked while off", 0, 0, 0, 0x0184, 0x0004, true, 0x4004, 0, 0x0004 },
	{ "MSI-X table size", 0, 0, 0, 0x0184, 0x8004, true, 0x8005, FAILED, 0x8004, 1 },
	{ "MSI-X off and table size", 0, 0, 0, 0x0184, 0x8004, true, 0x0005, FAILED, 0x8004, 1 },
	{ "MSI-X unchanged", 0, 0, 0, 0x0184, 0xc004, true, 0xc004, 0, 0xc004 },

	{ "control: MSI on", 0, 1, 0, 0x0184, 0x0004, false, 0x0185, 0, 0x0185 },
	{ "control: MSI on, INTx disabled", 0, 1, 0x400, 0x0184, 0x0004, false, 0x0185, 0, 0x0185 },
	{ "control: MSI off", 0, 1, 0, 0x0185, 0x0004, false, 0x0184, 0, 0x0184 },
	{ "control: MSI vectors", 0, 1, 0, 0x0184, 0x0004, false, 0x0194, FAILED, 0x0184, 1 },
	{ "control: MSI on and vectors", 0, 1, 0, 0x0184, 0x0004, false, 0x0195, FAILED, 0x0184,
	  1 },
	{ "control: MSI on, MSI-X is on", 0, 1, 0, 0x0184, 0x8004, false, 0x0185, FAILED, 0x0184 },
	{ "control: MSI off, MSI-X is on", 0, 1, 0, 0x0185, 0x8004, false, 0x0184, 0, 0x0184 },
	{ "control: MSI-X on", 0, 1, 0, 0x0184, 0x0004, true, 0x8004, 0, 0x8004 },
	{ "control: MSI-X on, masked", 0, 1, 0, 0x0184, 0x0004, true, 0xc004, 0, 0xc004 },
	{ "control: MSI-X unmasked", 0, 1, 0, 0x0184, 0xc004, true, 0x8004, 0, 0x8004 },
	{ "control: MSI-X masked, off", 0, 1, 0, 0x0184, 0x0004, true, 0x4004, 0, 0x4004 },
	{ "control: MSI-X off", 0, 1, 0, 0x0184, 0x8004, true, 0x0004, 0, 0x0004 },
	{ "control: MSI-X on, MSI is on", 0, 1, 0, 0x0185, 0x0004, true, 0x8004, FAILED, 0x0004 },
	{ "control: MSI-X table size", 0, 1, 0, 0x0184, 0x0004, true, 0x0005, FAILED, 0x0004, 1 },

	{ "permissive: MSI on", 1, 0, 0, 0x0184, 0x0004, false, 0x0185, 0, 0x0185 },
	{ "permissive: MSI on, MSI-X is on", 1, 0, 0, 0x0184, 0x8004, false, 0x0185, 0, 0x0185 },
	{ "permissive: MSI-X on", 1, 0, 0, 0x0184, 0x0004, true, 0x8004, 0, 0x8004 },
};

KUNIT_ARRAY_PARAM_DESC(flags, flags_rows, name);

static void msi_flags(struct kunit *test)
{
	const struct flags_row *row = test->param_value;
	unsigned int off = row->to_msix ? MSIX_FLAGS : MSI_FLAGS;
	struct conf_fixture *f = fixture_new(test);

	caps_add(test, f);
	conf_fixture_set(f, PCI_COMMAND, 2, row->command);
	conf_fixture_set(f, MSI_FLAGS, 2, row->msi);
	conf_fixture_set(f, MSIX_FLAGS, 2, row->msix);
	conf_fixture_permissive(f, row->permissive);
	f->cs->interrupt_control = row->interrupt_control;
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, off, 2, row->write), row->err);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, off, 2), row->after);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, off, 2), row->after);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_get(f, row->to_msix ? MSI_FLAGS : MSIX_FLAGS, 2),
			    row->to_msix ? row->msi : row->msix, "the other capability");
	KUNIT_EXPECT_EQ_MSG(test, f->cs->audit.total, row->dropped, "recorded");
	KUNIT_EXPECT_EQ_MSG(test, f->nr_dropped, row->dropped, "reported to the administrator");
}

struct raw_row {
	const char *name;
	u8 off, size;
};

static const struct raw_row raw_rows[] = {
	{ "PCIe device status", EXP + PCI_EXP_DEVSTA, 2 },
	{ "PCIe link capabilities", EXP + PCI_EXP_LNKCAP, 4 },
	{ "PCIe link control", EXP + PCI_EXP_LNKCTL, 2 },
	{ "PCIe link status", EXP + PCI_EXP_LNKSTA, 2 },
	{ "behind a PCIe endpoint of version 1", EXP + PCI_EXP_SLTCAP, 4 },
	{ "vendor specific", VNDR + 2, 2 },
};

KUNIT_ARRAY_PARAM_DESC(raw, raw_rows, name);

static void raw_registers(struct kunit *test)
{
	const struct raw_row *row = test->param_value;
	u32 all = U32_MAX >> (32 - 8 * row->size);
	struct conf_fixture *f = fixture_new(test);
	u32 hw;

	caps_add(test, f);
	hw = conf_fixture_get(f, row->off, row->size);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, row->off, row->size), hw);
	conf_fixture_write(test, row->off, row->size, ~hw);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, row->off, row->size), hw);
	KUNIT_EXPECT_EQ(test, f->cs->audit.total, 1);
	conf_fixture_permissive(f, true);
	conf_fixture_write(test, row->off, row->size, ~hw);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, row->off, row->size), ~hw & all);
}

/* One element of the hardware's list. */
struct list_cap {
	u8 pos;
	u8 id;
	u8 next;
};

struct list_row {
	const char *name;
	u16 status;
	u8 first;
	struct list_cap caps[4];
	u8 msi, msix;		/* offsets that are found */
	u8 with, without;	/* bytes with and without a row */
};

static const struct list_row list_rows[] = {
	{ "one capability", 0x10, 0x50, { { 0x50, 0x05, 0 } }, 0x50, 0, 0x52, 0x5c },
	{ "no list, by Status", 0x00, 0x50, { { 0x50, 0x05, 0 } }, 0, 0, 0, 0x52 },
	{ "pointer 0", 0x10, 0x00, { { 0x50, 0x05, 0 } }, 0, 0, 0, 0x52 },
	{ "pointer into the header", 0x10, 0x3c, { { 0x50, 0x05, 0 } }, 0, 0, 0, 0x52 },
	{ "low bits of a pointer", 0x10, 0x53, { { 0x50, 0x05, 0x72 }, { 0x70, 0x11, 3 } },
	  0x50, 0x70, 0x72, 0x7c },
	{ "loop of one", 0x10, 0x50, { { 0x50, 0x05, 0x50 } }, 0x50, 0, 0x52, 0x5c },
	{ "loop of two", 0x10, 0x50, { { 0x50, 0x05, 0x70 }, { 0x70, 0x11, 0x50 } },
	  0x50, 0x70, 0x72, 0x5c },
	{ "all ones end the list", 0x10, 0x50, { { 0x50, 0xff, 0x70 }, { 0x70, 0x11, 0 } },
	  0, 0, 0, 0x72 },
	{ "two with the same id", 0x10, 0x50, { { 0x50, 0x05, 0x70 }, { 0x70, 0x05, 0 } },
	  0x50, 0, 0x52, 0x72 },
	{ "link back into the header", 0x10, 0x50, { { 0x50, 0x05, 0x04 } }, 0x50, 0, 0x52, 0x5c },
	{ "registers across the end", 0x10, 0xfc, { { 0xfc, 0x01, 0x50 }, { 0x50, 0x05, 0 } },
	  0x50, 0, 0xfe, 0x5c },
	{ "overlapping registers", 0x10, 0x50, { { 0x50, 0x01, 0x54 }, { 0x54, 0x05, 0 } },
	  0x54, 0, 0x52, 0x60 },
};

KUNIT_ARRAY_PARAM_DESC(list, list_rows, name);

/* The walk ends, and a capability that it does not find has no writable row. */
static void cap_list(struct kunit *test)
{
	const struct list_row *row = test->param_value;
	struct conf_fixture *f = conf_fixture_new(test, PCI_CFG_SPACE_SIZE, CONF_MAX_REGS);
	int i;

	conf_fixture_set(f, PCI_STATUS, 2, row->status);
	conf_fixture_set(f, PCI_CAPABILITY_LIST, 1, row->first);
	for (i = 0; i < ARRAY_SIZE(row->caps) && row->caps[i].pos; i++) {
		conf_fixture_set(f, row->caps[i].pos, 1, row->caps[i].id);
		conf_fixture_set(f, row->caps[i].pos + 1, 1, row->caps[i].next);
	}
	caps_add(test, f);
	KUNIT_EXPECT_EQ(test, f->cs->cap_msi, row->msi);
	KUNIT_EXPECT_EQ(test, f->cs->cap_msix, row->msix);
	if (row->with)
		KUNIT_EXPECT_NOT_NULL(test, pciback_conf_reg_at(f->cs, row->with));
	KUNIT_EXPECT_NULL(test, pciback_conf_reg_at(f->cs, row->without));
}

/* Without space for the rows of a capability it is read-only; this is no error. */
static void too_few_rows(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(f->cs, &ident), 0);
	f->cs->max_regs = f->cs->nr_regs + 9;
	KUNIT_EXPECT_EQ(test, pciback_conf_add_caps(f->cs), 0);
	conf_fixture_write(test, DEVCTL, 2, 0);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, DEVCTL, 2), 0x2810);
	/* The address has a row, the data has none. */
	f->cs->max_regs = 0;
	conf_fixture_write(test, VPD + PCI_VPD_ADDR, 2, 0x0010);
}

static void cap_list_unreadable(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	KUNIT_ASSERT_EQ(test, pciback_conf_add_header(f->cs, &ident), 0);
	f->read_err = PCIBIOS_DEVICE_NOT_FOUND;
	KUNIT_EXPECT_EQ(test, pciback_conf_add_caps(f->cs), PCIBIOS_DEVICE_NOT_FOUND);
}

struct vpd_row {
	const char *name;
	u16 write;
	u16 read_at;
	u16 seen;
};

static const struct vpd_row vpd_rows[] = {
	{ "zero", 0x0000, 0x0000, 0x8000 },
	{ "a dword", 0x0104, 0x0104, 0x8104 },
	{ "its second byte", 0x0105, 0x0104, 0x8105 },
	{ "its last byte", 0x0107, 0x0104, 0x8107 },
	{ "the last address", 0x7fff, 0x7ffc, 0xffff },
};

KUNIT_ARRAY_PARAM_DESC(vpd, vpd_rows, name);

/* One read of a dword for each write; the core would need two for another address. */
static void vpd_address(struct kunit *test)
{
	const struct vpd_row *row = test->param_value;
	struct conf_fixture *f = fixture_new(test);

	caps_add(test, f);
	f->vpd = 0x44332211;
	conf_fixture_write(test, VPD + PCI_VPD_ADDR, 2, row->write);
	KUNIT_EXPECT_EQ(test, f->nr_vpd, 1);
	KUNIT_EXPECT_EQ(test, f->vpd_addr, row->read_at);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, VPD + PCI_VPD_ADDR, 2), row->seen);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, VPD + PCI_VPD_DATA, 4), 0x44332211);
}

/* The write of the address does the whole transfer: flag and data are valid after it. */
static void vpd(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	caps_add(test, f);
	f->vpd = 0x44332211;
	conf_fixture_write(test, VPD + PCI_VPD_ADDR, 2, 0x0104);
	KUNIT_EXPECT_EQ(test, f->vpd_addr, 0x0104);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, VPD + PCI_VPD_ADDR, 2), 0x8104);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, VPD + PCI_VPD_DATA, 4), 0x44332211);
	f->vpd_err = -ETIMEDOUT;
	f->vpd = 0;
	conf_fixture_write(test, VPD + PCI_VPD_ADDR, 2, 0x0108);
	KUNIT_EXPECT_EQ_MSG(test, conf_fixture_read(test, VPD + PCI_VPD_ADDR, 2), 0x0108,
			    "the device does not respond");
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, VPD + PCI_VPD_DATA, 4), 0x44332211);
	KUNIT_EXPECT_EQ(test, pciback_conf_write(f->cs, VPD + PCI_VPD_ADDR, 2, 0x8108), FAILED);
	KUNIT_EXPECT_EQ(test, f->nr_vpd, 2);
	KUNIT_EXPECT_EQ_MSG(test, f->nr_writes, 0, "only the core writes to the hardware");
}

struct reset_row {
	const char *name;
	u8 off, size;
	u32 write;
	u8 cap_off, cap_size;	/* changed first */
	u32 cap;
	unsigned int resets;
	u32 dropped;
};

static const struct reset_row reset_rows[] = {
	{ "FLR", DEVCTL, 2, 0xa810, 0, 0, 0, 1, 0 },
	{ "FLR, byte write", DEVCTL + 1, 1, 0xa8, 0, 0, 0, 1, 0 },
	{ "FLR in the byte not written", DEVCTL, 1, 0x10, 0, 0, 0, 0, 0 },
	{ "FLR without the capability", DEVCTL, 2, 0xa810, EXP + 4, 4, 0, 0, 1 },
	{ "AF FLR", AF + 4, 1, 0x01, 0, 0, 0, 1, 0 },
	{ "AF FLR and a reserved bit", AF + 4, 1, 0x03, 0, 0, 0, 0, 1 },
	{ "AF FLR without the capability", AF + 4, 1, 0x01, AF + 3, 1, 0x01, 0, 1 },
};

KUNIT_ARRAY_PARAM_DESC(reset, reset_rows, name);

/* The bit is not written to the hardware: the driver resets the function. */
static void reset_request(struct kunit *test)
{
	const struct reset_row *row = test->param_value;
	bool permissive[] = { false, true };
	int i;

	for (i = 0; i < ARRAY_SIZE(permissive); i++) {
		struct conf_fixture *f = fixture_new(test);

		caps_add(test, f);
		if (row->cap_size)
			conf_fixture_set(f, row->cap_off, row->cap_size, row->cap);
		conf_fixture_permissive(f, permissive[i]);
		conf_fixture_write(test, row->off, row->size, row->write);
		KUNIT_EXPECT_EQ(test, f->nr_reset, row->resets);
		KUNIT_EXPECT_EQ(test, f->cs->audit.total, row->dropped);
		KUNIT_EXPECT_EQ(test, conf_fixture_get(f, DEVCTL, 2), 0x2810);
		KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
	}
}

/* In a PCIe-to-PCI bridge this bit is Bridge Configuration Retry Enable: read-only. */
static void bridge_retry_enable(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	conf_fixture_set(f, EXP + PCI_EXP_DEVCAP, 4, 0);
	conf_fixture_set(f, DEVCTL, 2, 0xa810);
	caps_add(test, f);
	conf_fixture_write(test, DEVCTL, 2, 0x2000);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, DEVCTL, 2), 0xa000);
	KUNIT_EXPECT_EQ(test, f->cs->audit.total, 1);
	KUNIT_EXPECT_EQ(test, f->nr_reset, 0);
}

static void msi_virtual(struct kunit *test)
{
	struct conf_fixture *f = fixture_new(test);

	caps_add(test, f);
	conf_fixture_set(f, MSI + PCI_MSI_ADDRESS_LO, 4, 0xfee00318);
	conf_fixture_permissive(f, true);
	conf_fixture_write(test, MSI + PCI_MSI_ADDRESS_LO, 4, 0xfee01003);
	conf_fixture_write(test, MSI + PCI_MSI_DATA_64, 2, 0x4041);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, MSI + PCI_MSI_ADDRESS_LO, 4), 0xfee01000);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, MSI + PCI_MSI_DATA_64, 2), 0x4041);
	KUNIT_EXPECT_EQ(test, conf_fixture_get(f, MSI + PCI_MSI_ADDRESS_LO, 4), 0xfee00318);
	KUNIT_EXPECT_EQ(test, f->nr_writes, 0);
	pciback_conf_reset(f->cs);
	KUNIT_EXPECT_EQ(test, conf_fixture_read(test, MSI + PCI_MSI_ADDRESS_LO, 4), 0);
}

static struct kunit_case conf_cap_cases[] = {
	KUNIT_CASE_PARAM(registers, reg_gen_params),
	KUNIT_CASE(pme_status),
	KUNIT_CASE(power_state_error),
	KUNIT_CASE_PARAM(bridge_power_state, bridge_gen_params),
	KUNIT_CASE_PARAM(msi_flags, flags_gen_params),
	KUNIT_CASE_PARAM(raw_registers, raw_gen_params),
	KUNIT_CASE_PARAM(cap_list, list_gen_params),
	KUNIT_CASE(too_few_rows),
	KUNIT_CASE(vpd),
	KUNIT_CASE_PARAM(vpd_address, vpd_gen_params),
	KUNIT_CASE_PARAM(reset_request, reset_gen_params),
	KUNIT_CASE(bridge_retry_enable),
	KUNIT_CASE(msi_virtual),
	KUNIT_CASE(cap_list_unreadable),
	{}
};

struct kunit_suite conf_cap_suite = {
	.name = "conf_cap",
	.test_cases = conf_cap_cases,
};
