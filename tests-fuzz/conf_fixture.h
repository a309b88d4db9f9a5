/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* One function, the engine's space of it, the model of it, and a guest. */
#ifndef FUZZ_CONF_FIXTURE_H
#define FUZZ_CONF_FIXTURE_H

#include "image.h"
#include "model.h"

/**
 * enum trust - how much of the model holds
 * @EXACT: every answer and every bit is known
 * @SAFE: something failed halfway: what may not happen is known
 * @TIGHT: registers found no room: what is hidden is known
 * @NONE: the function changed while it was read: only memory is checked
 */
enum trust { EXACT, SAFE, TIGHT, NONE };

/**
 * struct fixture - the whole of it
 * @hw: the function
 * @id: what the PCI core knows of it
 * @cs: the engine's space
 * @model: the model
 * @want: the function as the model leaves it
 * @trust: how much of @model holds
 * @regs: the engine's registers as they were when no guest had come yet
 * @blocks: memory of @cs
 * @writing: the guest is writing: @off, @size, @val
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
bool fixture_init(struct fixture *b, struct input *in);
void fixture_free(struct fixture *b);

/* conf_check.c */
void judge_write(void *priv, unsigned int off, unsigned int size, u32 val);

/* conf_guest.c */
void guest_read(struct fixture *b, s32 off, s32 size);
void guest_write(struct fixture *b, s32 off, s32 size, u32 val);
void guest_sweep(struct fixture *b, unsigned int size);
void guest_walk(struct fixture *b);
void guest_leaves(struct fixture *b);

#endif /* FUZZ_CONF_FIXTURE_H */
