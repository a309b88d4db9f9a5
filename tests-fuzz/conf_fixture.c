// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Puts a function on the fixture: the engine's space and the model of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "conf_fixture.h"

static void *zeroed(struct fixture *b, unsigned int block, size_t bytes)
{
	b->blocks[block] = calloc(1, bytes ?: 1);
	must(b->blocks[block], "out of memory");
	return b->blocks[block];
}

/*
 * One block, as the driver allocates it; or one for each array, so that the
 * sanitizer sees a step from one into the next.
 */
static void allocate(struct fixture *b, unsigned int max_regs, bool one_block)
{
	b->cs = zeroed(b, 0, pciback_conf_space_bytes(b->hw.size, max_regs));
	pciback_conf_space_init(b->cs, b->hw.size, max_regs, &fake_ops, &b->hw);
	if (one_block)
		return;
	b->cs->regs = zeroed(b, 1, max_regs * sizeof(*b->cs->regs));
	b->cs->map = zeroed(b, 2, b->hw.size * sizeof(*b->cs->map));
	b->cs->quirks = zeroed(b, 3, b->hw.size);
}

static int fill(struct fixture *b)
{
	int err = pciback_conf_add_header(b->cs, &b->id);

	if (!err)
		err = pciback_conf_add_caps(b->cs);
	if (!err)
		err = pciback_conf_add_ext_caps(b->cs);
	return err;
}

/* How the function misbehaves while its space is being set up. */
static void trouble(struct fixture *b, struct input *in, u8 flags)
{
	if (flags & IMAGE_FAULTY) {
		b->hw.fail_in = in_u8(in);
		b->hw.fail_with = in_u8(in);
	}
	if (flags & IMAGE_FICKLE) {
		b->hw.flip_in = in_u8(in);
		b->hw.flip_at = in_u16(in) % SPACE;
		b->hw.flip_by = in_u8(in);
		b->trust = NONE;
	}
	/* Both together: a type of header that does not exist, too. */
	if (flags & IMAGE_FAULTY && flags & IMAGE_FICKLE)
		b->id.header_type = in_u8(in) % 4;
}

/**
 * fixture_init() - take a function from an input and set up its space
 * @b: zeroed
 * @in: the input; what the guest does follows
 *
 * Return: true if the engine takes it.
 */
bool fixture_init(struct fixture *b, struct input *in)
{
	u8 flags = image_load(in, &b->hw, &b->id);
	unsigned int max_regs = MAX_REGS;
	int err, injected;

	if (flags & IMAGE_TIGHT) {
		max_regs = in_u8(in);
		b->trust = TIGHT;
	}
	trouble(b, in, flags);
	allocate(b, max_regs, flags & IMAGE_ONE_BLOCK);
	b->hw.priv = b;
	b->hw.may_write = judge_write;
	if (b->trust != NONE)
		model_init(&b->model, &b->hw, &b->id);
	b->want = b->hw;
	injected = b->hw.fail_with;

	err = fill(b);
	if (err == -ENOSPC)
		must(flags & IMAGE_TIGHT, "no room for the header");
	else if (err == -EINVAL)
		must(b->id.header_type > 1, "a sound header is refused");
	else
		must(!err || (b->hw.failed && err == injected), "setup fails with %d", err);
	if (b->hw.failed)
		b->trust = NONE;
	b->hw.fail_in = 0;
	b->hw.failed = false;
	b->hw.flip_in = 0;
	if (err)
		return false;

	b->regs = calloc(b->cs->nr_regs ?: 1, sizeof(*b->regs));
	must(b->regs, "out of memory");
	memcpy(b->regs, b->cs->regs, b->cs->nr_regs * sizeof(*b->regs));
	return true;
}

void fixture_free(struct fixture *b)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		free(b->blocks[i]);
	free(b->regs);
}
