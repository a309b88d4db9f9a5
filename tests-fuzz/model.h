/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What a guest may see and change of one function, byte by byte, kept beside
 * the engine and compared with it. Where the engine has registers found by
 * byte, this has bytes with masks: the two share no idea.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include "expected_regs.h"
#include "fakehw.h"

enum what { FREE, OPENABLE, REGISTER, HIDDEN, LOST };

/**
 * struct mreg - a register that was given a place
 * @fact: what is promised of it
 * @pos: the place
 * @genuine: of a BAR: its value; of DEVCTL: the largest read request
 * @len: of a BAR: the answer to sizing
 * @ignore: of a BAR: bits that do not count in a sizing write
 */
struct mreg {
	const struct fact *fact;
	u16 pos;
	u32 genuine, len, ignore;
};

#define MAX_REGS	2048

/**
 * struct model - the function as its guest knows it
 * @what: per byte: nobody's, nobody's by name, a register's, a hidden
 *	capability's, or that of a register that found no place
 * @see, @own, @keep, @set, @w1c: per byte, as in struct fact
 * @copy: per byte: what is in the guest's own copy
 * @fresh: what a new guest finds there
 * @open: bits that quirks open
 * @at: per byte: 1 + index of its register
 * @regs: the registers
 * @nr: how many
 * @size: bytes of configuration space
 * @msi, @msix: where these capabilities are, or 0
 * @vpd_data: where VPD's data is, or 0
 * @level, @interrupts, @enabled, @decoding: what the guest may do and has done
 * @resets: resets it has asked for
 */
struct model {
	u8 what[SPACE];
	u8 see[SPACE], own[SPACE], keep[SPACE], set[SPACE], w1c[SPACE];
	u8 copy[SPACE], fresh[SPACE];
	u8 open[SPACE];
	u16 at[SPACE];
	struct mreg regs[MAX_REGS];
	unsigned int nr;
	unsigned int size;
	unsigned int msi, msix, vpd_data;
	enum conf_level level;
	bool interrupts, enabled, decoding;
	unsigned int resets;
};

/* model_layout.c */
void model_init(struct model *m, struct fakehw *hw, const struct conf_ident *id);

/* model.c */
u32 model_read(const struct model *m, const struct fakehw *hw, unsigned int off, unsigned int size);
int model_write(struct model *m, struct fakehw *hw, unsigned int off, unsigned int size, u32 val);
void model_new_guest(struct model *m);
struct mreg *model_at(struct model *m, unsigned int off);

#endif /* FUZZ_MODEL_H */
