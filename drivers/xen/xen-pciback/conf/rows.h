/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Shared by the files of conf/ and by nothing else: shorthands for rows, the
 * descriptions of capabilities, and hardware access at the offset of a register.
 *
 * Freestanding: reaches hardware through struct conf_hw only.
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

/* The guest reads the hardware's value; writes are dropped at every level. */
#define CONF_RO(o, s, reason)	\
	{ .off = (o), .size = (s), .hw = CONF_ALL(s), .why = reason }

/* Read from the hardware; a quirk or the permissive level may open it: @raw of struct conf_row. */
#define CONF_RAW(o, s, reason)	\
	{ .off = (o), .size = (s), .raw = true, .hw = CONF_ALL(s), .why = reason }

/*
 * The same for a register with bits that writing a one clears. A write that a
 * quirk opens for other bits of the access must not clear these.
 */
#define CONF_RAW_W1C(o, s, bits, reason)	\
	{ .off = (o), .size = (s), .raw = true, .hw = CONF_ALL(s), .w1c = (bits), \
	  .why = reason }

/* The guest reads back what it wrote; nothing reaches the hardware. */
#define CONF_VIRT(o, s, bits, reason)	\
	{ .off = (o), .size = (s), .virt = (bits), .write_virt = (bits), .why = reason }

/* Capability ID and next pointer; the pointer skips hidden capabilities. */
#define CONF_CAP_HEADER	\
	{ .off = PCI_CAP_LIST_ID, .size = 2, .hw = 0x00ff, .virt = 0xff00, \
	  .why = "list of capabilities (PCIe r6.0 7.5.3)" }

/* Both: 0 or the hardware's error; may sleep. */
static inline int conf_hw_read(struct conf_space *cs, const struct conf_reg *reg, u32 *val)
{
	return cs->hw->read(cs->ctx, reg->pos, reg->row->size, val);
}

static inline int conf_hw_write(struct conf_space *cs, const struct conf_reg *reg, u32 val)
{
	return cs->hw->write(cs->ctx, reg->pos, reg->row->size, val);
}

void pciback_conf_drop(struct conf_space *cs, unsigned int off, unsigned int size, u32 val);

/**
 * struct conf_rows - a table of registers
 * @rows: the registers
 * @nr: number of @rows
 *
 * Constant, so it needs no lock.
 */
struct conf_rows {
	const struct conf_row *rows;
	unsigned int nr;
};

#define CONF_ROWS(table)	{ (table), ARRAY_SIZE(table) }

/**
 * struct conf_cap - policy of one capability
 * @id: PCI_CAP_ID_* or PCI_EXT_CAP_ID_*
 * @hidden: unlinked from the list that the guest walks; its bytes read as zero
 * @max_len: largest length in bytes; used if @hidden
 * @rows: its registers, without the capability's header
 * @layout: if not NULL, chooses @rows by reading the capability, and the member
 *	@rows is not used; returns 0 or the hardware's error
 * @setup: if not NULL, called after the registers were added; returns 0 or the
 *	hardware's error
 * @why: the reason, if @hidden
 *
 * Constant, so it needs no lock. @layout and @setup run while the space is built,
 * before a guest can use it; both may sleep.
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

/* caps.c; also used by ext_caps.c */
int pciback_conf_add_cap(struct conf_space *cs, const struct conf_cap *cap, unsigned int pos);

#define PCIBACK_CAP(name)	pciback_conf_cap_##name
extern const struct conf_cap
#include "cap_list.h"
;
#undef PCIBACK_CAP

#endif /* PCIBACK_CONF_ROWS_H */
