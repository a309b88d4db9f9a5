/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the files of conf/ share: shorthands for rows, the tables of the
 * capabilities, and access to hardware at a register's place.
 */
#ifndef PCIBACK_CONF_ROWS_H
#define PCIBACK_CONF_ROWS_H

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <pciback/conf.h>

/* All bits of a register of @size bytes. */
#define CONF_ALL(size)	(U32_MAX >> (32 - 8 * (size)))

/* Shown as the hardware has it, never written. */
#define CONF_RO(o, s, reason)	\
	{ .off = (o), .size = (s), .hw = CONF_ALL(s), .why = reason }

/* Left to the hardware: see struct conf_row's @raw. */
#define CONF_RAW(o, s, reason)	\
	{ .off = (o), .size = (s), .raw = true, .hw = CONF_ALL(s), .why = reason }

/* Identity and link of a capability: both are the hardware's. */
#define CONF_CAP_HEADER	\
	CONF_RO(PCI_CAP_LIST_ID, 2, "capability list belongs to the function (PCIe r6.0 7.5.3)")

static inline int conf_hw_read(struct conf_space *cs, const struct conf_reg *reg, u32 *val)
{
	return cs->hw->read(cs->ctx, reg->pos, reg->row->size, val);
}

static inline int conf_hw_write(struct conf_space *cs, const struct conf_reg *reg, u32 val)
{
	return cs->hw->write(cs->ctx, reg->pos, reg->row->size, val);
}

/**
 * struct conf_cap - a capability that has rows
 * @id: PCI_CAP_ID_*
 * @rows: its registers
 * @nr: how many
 */
struct conf_cap {
	u8 id;
	const struct conf_row *rows;
	unsigned int nr;
};

extern const struct conf_cap conf_cap_pm;
extern const struct conf_cap conf_cap_vpd;
extern const struct conf_cap conf_cap_msi;
extern const struct conf_cap conf_cap_msix;

#endif /* PCIBACK_CONF_ROWS_H */
