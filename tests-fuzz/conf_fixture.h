/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Fixture of the conf fuzzer: one function, the engine's space, the model, and a guest. */
#ifndef FUZZ_CONF_FIXTURE_H
#define FUZZ_CONF_FIXTURE_H

#include "image.h"
#include "model.h"

/**
 * enum trust - which parts of the model are valid
 * @EXACT: all of it: every result and every bit is known
 * @SAFE: an access failed in between: only what must not happen is known
 * @TIGHT: the space has too few registers: only the hidden bytes are known
 * @NONE: nothing: the function changed while it was read; only sanitizers check
 */
enum trust { EXACT, SAFE, TIGHT, NONE };

/**
 * struct fixture - everything about one input
 * @hw: the function
 * @id: its properties, as the PCI core has them
 * @cs: the engine's space
 * @model: the model
 * @want: the function after the last write, according to the model
 * @trust: which parts of @model are valid
 * @regs: the engine's registers before the first guest
 * @blocks: memory blocks of @cs
 * @writing: the guest's write is being carried out; then the next three are valid
 * @off: offset of the guest's write
 * @size: its size in bytes
 * @val: its value
 */
struct fixture {
	struct fakehw hw;
	struct conf_ident id;
	struct conf_space *cs;
	struct model model;
	struct fakehw want;
	enum trust trust;
	struct conf_reg *regs;
	void *blocks[4];
	bool writing;
	unsigned int off, size;
	u32 val;
};

/* conf_fixture.c */
bool fixture_init(struct fixture *fx, struct input *in);
void fixture_free(struct fixture *fx);

/* conf_check.c */
void check_write(void *priv, unsigned int off, unsigned int size, u32 val);

/* conf_guest.c */
void guest_read(struct fixture *fx, s32 off, s32 size);
void guest_write(struct fixture *fx, s32 off, s32 size, u32 val);
void guest_sweep(struct fixture *fx, unsigned int size);
void guest_walk(struct fixture *fx);
void guest_leave(struct fixture *fx);

#endif /* FUZZ_CONF_FIXTURE_H */
