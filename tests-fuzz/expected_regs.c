// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Tables of the expected behaviour of registers: see expected_regs.h. */
#include <linux/kernel.h>
#include "expected_regs.h"

#define ALL(s)	(0xffffffffU >> (32 - 8 * (s)))
/* Not writable at any level: read from the hardware, or from the virtual value. */
#define FIRM(o, s)	{ o, s, PLAIN, ALL(s), 0, 0, 0, 0 }
#define OURS(o, s)	{ o, s, PLAIN, 0, ALL(s), 0, 0, 0 }
/* Read from and written to the virtual value. */
#define COPY(o, s, bits)	{ o, s, PLAIN, 0, bits, bits, 0, 0 }
/* Raw registers. */
#define OPEN(o, s)	{ o, s, RAW, ALL(s), 0, 0, 0, 0 }
#define OPEN_W1C(o, s, bits)	{ o, s, RAW, ALL(s), 0, 0, 0, bits }
#define BAR_AT(o)	{ o, 4, BAR, 0, ALL(4), 0, 0, 0 }

const struct expected_reg header_regs[] = {
	OURS(0x00, 2), OURS(0x02, 2),
	OPEN_W1C(0x06, 2, 0xf900),
	OPEN(0x08, 4),
	{ 0x0c, 1, PLAIN, 0xff, 0, 0, 0xff, 0 },
	FIRM(0x0d, 1),
	OPEN(0x0e, 1),
	OURS(0x34, 1), OURS(0x3c, 1), FIRM(0x3d, 1),
	{ }
};

const struct expected_reg type0_regs[] = {
	/* From the hardware: Master, Special, MWI, VGA snoop, stepping, fast back-to-back. */
	{ 0x04, 2, COMMAND, 0x02bc, 0x0543, 0, 0, 0 },
	{ 0x0f, 1, BIST, 0xff, 0, 0, 0xff, 0 },
	BAR_AT(0x10), BAR_AT(0x14), BAR_AT(0x18), BAR_AT(0x1c), BAR_AT(0x20), BAR_AT(0x24),
	BAR_AT(0x30), { }
};

const struct expected_reg type1_regs[] = {
	/* Master is virtual: what is behind a bridge may be another guest's. */
	{ 0x04, 2, COMMAND, 0x02b8, 0x0547, 0, 0, 0 },
	/* A self-test would stop what is behind the bridge. */
	FIRM(0x0f, 1),
	BAR_AT(0x10), BAR_AT(0x14), BAR_AT(0x38), OPEN_W1C(0x1e, 2, 0xf900), { }
};

const struct expected_reg std_link[] = { { 0, 2, PLAIN, 0x00ff, 0xff00, 0, 0, 0 }, { } };
const struct expected_reg ext_link[] = { { 0, 4, PLAIN, 0x000fffff, 0xfff00000, 0, 0, 0 }, { } };
/* The first extended capability, if hidden: only its link is readable. */
const struct expected_reg ext_anchor[] = { { 0, 4, PLAIN, 0, 0xfff00000, 0, 0, 0 }, { } };

static const struct expected_reg pm[] = {
	{ 2, 2, PLAIN, 0x07ff, 0, 0, 0, 0 },
	{ 4, 2, PMCSR, 0xffff, 0, 0, 0x9e00, 0x8000 },
	FIRM(6, 1), FIRM(7, 1), { }
};

static const struct expected_reg vpd[] = {
	{ 2, 2, VPD_ADDR, 0, 0xffff, 0, 0, 0 }, OURS(4, 4), { }
};

#define MSI_FLAGS_AT	{ 2, 2, MSI_FLAGS, 0xffff, 0, 0, 0, 0 }
#define MSI_LOW		COPY(4, 4, 0xfffffffc)

/* Index: 64 bit address, per-vector masking. */
const struct expected_reg msi_regs[2][2][8] = {
	{
		{ MSI_FLAGS_AT, MSI_LOW, COPY(8, 2, 0xffff) },
		{ MSI_FLAGS_AT, MSI_LOW, COPY(8, 2, 0xffff), COPY(10, 2, 0xffff),
		  COPY(12, 4, ~0U), FIRM(16, 4) },
	}, {
		{ MSI_FLAGS_AT, MSI_LOW, COPY(8, 4, ~0U), COPY(12, 2, 0xffff) },
		{ MSI_FLAGS_AT, MSI_LOW, COPY(8, 4, ~0U), COPY(12, 2, 0xffff),
		  COPY(14, 2, 0xffff), COPY(16, 4, ~0U), FIRM(20, 4) },
	}
};

static const struct expected_reg msix[] = {
	{ 2, 2, MSIX_FLAGS, 0xffff, 0, 0, 0, 0 }, FIRM(4, 4), FIRM(8, 4), { }
};

const struct expected_reg pcix_regs[] = { OPEN(2, 2), OPEN_W1C(4, 4, 0x200c0000), { } };
const struct expected_reg pcix_bridge_regs[] = {
	OPEN_W1C(2, 2, 0x003c), OPEN_W1C(4, 4, 0x003c0000), { }
};

const struct expected_reg exp_regs[] = {
	FIRM(0x02, 2),
	{ 0x04, 4, PLAIN, ~0x18U, 0, 0, 0, 0 },
	/* Relaxed ordering, no snoop, read request size. */
	{ 0x08, 2, DEVCTL, 0xffff, 0, 0, 0x7810, 0 },
	OPEN_W1C(0x0a, 2, 0x000f),
	OPEN(0x0c, 4), OPEN(0x10, 2), OPEN_W1C(0x12, 2, 0xc000),
	OPEN(0x14, 4), OPEN(0x18, 2), OPEN_W1C(0x1a, 2, 0x011f),
	OPEN(0x1c, 2), OPEN(0x1e, 2), OPEN_W1C(0x20, 4, 0x00010000),
	OPEN(0x24, 4), OPEN(0x28, 2), OPEN(0x2a, 2), OPEN(0x2c, 4), OPEN(0x30, 2),
	OPEN_W1C(0x32, 2, 0x0020), OPEN(0x34, 4), OPEN(0x38, 2), OPEN(0x3a, 2), { }
};

static const struct expected_reg af[] = {
	FIRM(2, 1), FIRM(3, 1), { 4, 1, AF_CTRL, 0, 0, 0, 0, 0 }, FIRM(5, 1), { }
};

static const struct expected_reg err[] = {
	OPEN_W1C(0x04, 4, ~0U), OPEN(0x08, 4), OPEN(0x0c, 4), OPEN_W1C(0x10, 4, ~0U),
	OPEN(0x14, 4), OPEN(0x18, 4),
	FIRM(0x1c, 4), FIRM(0x20, 4), FIRM(0x24, 4), FIRM(0x28, 4), { }
};

static const struct expected_reg two_firm[] = { FIRM(4, 4), FIRM(8, 4), { } };
static const struct expected_reg two_open[] = { OPEN(4, 4), OPEN(8, 4), { } };
static const struct expected_reg two_short_firm[] = { FIRM(4, 2), FIRM(6, 2), { } };
static const struct expected_reg two_short_open[] = { OPEN(4, 2), OPEN(6, 2), { } };
static const struct expected_reg vc[] = { OPEN(4, 4), OPEN(8, 4), OPEN(12, 2), OPEN(14, 2), { } };
static const struct expected_reg pwr[] = { OPEN(4, 1), OPEN(8, 4), OPEN(12, 1), { } };
static const struct expected_reg l1ss[] = { OPEN(4, 4), OPEN(8, 4), OPEN(12, 4), { } };
static const struct expected_reg secpci[] = { OPEN(4, 4), OPEN_W1C(8, 4, ~0U), { } };

static const struct expected_cap std_list[] = {
	{ 0x01, 0, pm }, { 0x03, 0, vpd }, { 0x05, 0, NULL }, { 0x07, 0, NULL },
	{ 0x10, 0, NULL }, { 0x11, 0, msix }, { 0x13, 0, af },
	/* AGP, SHPC, AGP 8x, Secure Device (IOMMU) */
	{ 0x02, 0x30, NULL }, { 0x0c, 0x08, NULL }, { 0x0e, 0x30, NULL }, { 0x0f, 0x18, NULL },
};

static const struct expected_cap ext_list[] = {
	{ 0x01, 0, err }, { 0x02, 0, vc }, { 0x03, 0, two_firm }, { 0x04, 0, pwr },
	{ 0x08, 0, vc }, { 0x09, 0, vc }, { 0x0d, 0, two_short_firm },
	{ 0x0e, 0, two_short_firm }, { 0x17, 0, two_open }, { 0x18, 0, two_short_open },
	{ 0x19, 0, secpci }, { 0x1e, 0, l1ss }, { 0x1f, 0, two_open },
	/* ATS, SR-IOV, MR-IOV, PRI, resizable BARs, PASID, DPC */
	{ 0x0f, 0x08, NULL }, { 0x10, 0x40, NULL }, { 0x11, 0x40, NULL }, { 0x13, 0x10, NULL },
	{ 0x15, 0x34, NULL }, { 0x1b, 0x08, NULL }, { 0x1d, 0x40, NULL },
	/* VF resizable BARs, DOE, IDE */
	{ 0x24, 0x34, NULL }, { 0x2e, 0x18, NULL }, { 0x30, 0x200, NULL },
};

/* The expected behaviour of a standard capability, NULL if it is unknown. */
const struct expected_cap *std_cap(u8 id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(std_list); i++)
		if (std_list[i].id == id)
			return &std_list[i];
	return NULL;
}

/* The same for an extended capability. */
const struct expected_cap *ext_cap(u16 id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ext_list); i++)
		if (ext_list[i].id == id)
			return &ext_list[i];
	return NULL;
}

/* Length in bytes of a PCI Express capability, by version and device/port type. */
unsigned int exp_length(u16 flags)
{
	unsigned int type = flags >> 4 & 0xf;

	if ((flags & 0xf) > 1)
		return 0x3c;
	if (type == 9 || type == 10)
		return 0x0c;
	return type < 2 ? 0x14 : 0x24;
}
