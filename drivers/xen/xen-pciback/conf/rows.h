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

/* The same with bits that a one clears: a quirk for its neighbours spares them. */
#define CONF_RAW_W1C(o, s, bits, reason)	\
	{ .off = (o), .size = (s), .raw = true, .hw = CONF_ALL(s), .w1c = (bits), \
	  .why = reason }

/* What the guest writes it reads back; the hardware never learns of it. */
#define CONF_VIRT(o, s, bits, reason)	\
	{ .off = (o), .size = (s), .virt = (bits), .write_virt = (bits), .why = reason }

/* Identity and link of a capability; the link skips what is hidden. */
#define CONF_CAP_HEADER	\
	{ .off = PCI_CAP_LIST_ID, .size = 2, .hw = 0x00ff, .virt = 0xff00, \
	  .why = "which capabilities there are (PCIe r6.0 7.5.3)" }

static inline int conf_hw_read(struct conf_space *cs, const struct conf_reg *reg, u32 *val)
{
	return cs->hw->read(cs->ctx, reg->pos, reg->row->size, val);
}

static inline int conf_hw_write(struct conf_space *cs, const struct conf_reg *reg, u32 val)
{
	return cs->hw->write(cs->ctx, reg->pos, reg->row->size, val);
}

/* A guest tried to change bits it may not change. */
void pciback_conf_drop(struct conf_space *cs, unsigned int off, unsigned int size, u32 val);

/**
 * struct conf_rows - a table of registers
 * @rows: the registers
 * @nr: how many
 */
struct conf_rows {
	const struct conf_row *rows;
	unsigned int nr;
};

#define CONF_ROWS(table)	{ (table), ARRAY_SIZE(table) }

/**
 * struct conf_cap - what is done with a capability
 * @id: PCI_CAP_ID_* or PCI_EXT_CAP_ID_*
 * @hidden: unlinked from the list the guest walks, its bytes read as zero
 * @max_len: of a hidden one: bytes it has at most
 * @rows: its registers, header excluded
 * @layout: chooses the registers by what the capability says of itself; then
 *	@rows is not used. 0 or the hardware's error
 * @setup: called once its registers are there; 0 or the hardware's error; may
 *	be NULL
 * @why: of a hidden one: the reason
 */
struct conf_cap {
	u16 id;
	bool hidden;
	u16 max_len;
	struct conf_rows rows;
	int (*layout)(struct conf_space *cs, unsigned int pos, struct conf_rows *rows);
	int (*setup)(struct conf_space *cs, unsigned int pos);
	const char *why;
};

/* caps.c: what both lists of capabilities are built with. */
int pciback_conf_add_cap(struct conf_space *cs, const struct conf_cap *cap, unsigned int pos);

#define PCIBACK_CAP(name)	pciback_conf_cap_##name
extern const struct conf_cap
#include "cap_list.h"
;
#undef PCIBACK_CAP

#endif /* PCIBACK_CONF_ROWS_H */
