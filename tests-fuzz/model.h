/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A model of one function: what its guest may read and change, byte by byte. The
 * fuzzer compares the engine with it. The model is built differently on purpose: the
 * engine works with registers, the model with one set of masks for each byte.
 */
#ifndef FUZZ_MODEL_H
#define FUZZ_MODEL_H

#include "expected_regs.h"
#include "fakehw.h"

/**
 * enum what - what a byte belongs to
 * @FREE: nothing; read from the hardware, writable if the level allows it
 * @OPENABLE: a raw register, which behaves like @FREE
 * @REGISTER: a register whose policy decides
 * @HIDDEN: a hidden capability
 * @LOST: a register whose bytes are partly claimed by something else
 *
 * From @REGISTER on, a quirk cannot open the byte.
 */
enum what { FREE, OPENABLE, REGISTER, HIDDEN, LOST };

/**
 * struct mreg - one register of the modelled function
 * @expected: its expected behaviour
 * @pos: its offset in configuration space
 * @host_val: of a BAR: the host's value; of DEVCTL: the largest read request size
 * @len: of a BAR: the value that it returns after a sizing write
 * @ignore: of a BAR: bits that may be clear in a sizing write
 */
struct mreg {
	const struct expected_reg *expected;
	u16 pos;
	u32 host_val, len, ignore;
};

#define MAX_REGS	2048

/**
 * struct model - the function as its guest sees it
 * @what: for each byte: enum what
 * @see, @own, @keep, @set, @w1c: for each byte: as in struct expected_reg
 * @copy: for each byte: the virtual value
 * @fresh: for each byte: the virtual value for a new guest
 * @open: for each byte: bits that quirks open
 * @at: for each byte: 1 + index of its register, 0 if it has none
 * @regs: the registers
 * @nr: number of registers
 * @size: bytes of configuration space
 * @bridge: the header is of type 1
 * @msi, @msix: offsets of these capabilities, or 0
 * @vpd_data: offset of VPD's data register, or 0
 * @level: enum conf_level
 * @interrupts: a device model may enable and disable interrupts
 * @enabled: the guest has enabled the function once
 * @decoding: the guest has decoding enabled now
 * @resets: number of resets that the guest has requested
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
	bool bridge;
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
