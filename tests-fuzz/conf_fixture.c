// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Sets up the fixture of one function: the engine's space and the model. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "conf_fixture.h"

static void *block_alloc(struct fixture *fx, unsigned int block, size_t bytes)
{
	fx->blocks[block] = calloc(1, bytes ?: 1);
	must(fx->blocks[block], "out of memory");
	return fx->blocks[block];
}

/*
 * One block, as the driver allocates it; or one for each array, so that the sanitizer
 * finds an access beyond the end of an array.
 */
static void space_alloc(struct fixture *fx, unsigned int max_regs, bool one_block)
{
	fx->cs = block_alloc(fx, 0, pciback_conf_space_bytes(fx->hw.size, max_regs));
	pciback_conf_space_init(fx->cs, fx->hw.size, max_regs, &fake_ops, &fx->hw);
	if (one_block)
		return;
	fx->cs->regs = block_alloc(fx, 1, max_regs * sizeof(*fx->cs->regs));
	fx->cs->map = block_alloc(fx, 2, fx->hw.size * sizeof(*fx->cs->map));
	fx->cs->quirks = block_alloc(fx, 3, fx->hw.size);
}

static int space_fill(struct fixture *fx)
{
	int err = pciback_conf_add_header(fx->cs, &fx->id);

	if (!err)
		err = pciback_conf_add_caps(fx->cs);
	if (!err)
		err = pciback_conf_add_ext_caps(fx->cs);
	return err;
}

/* Errors and changing registers while the space is set up. */
static void inject_faults(struct fixture *fx, struct input *in, u8 flags)
{
	if (flags & IMAGE_FAULTY) {
		fx->hw.fail_in = in_u8(in);
		fx->hw.fail_with = in_u8(in);
	}
	if (flags & IMAGE_FICKLE) {
		fx->hw.flip_in = in_u8(in);
		fx->hw.flip_at = in_u16(in) % SPACE;
		fx->hw.flip_by = in_u8(in);
		fx->trust = NONE;
	}
	/* With both flags, also a header type that does not exist. */
	if (flags & IMAGE_FAULTY && flags & IMAGE_FICKLE)
		fx->id.header_type = in_u8(in) % 4;
}

/**
 * fixture_init() - read a function from an input and set up its space
 * @fx: the fixture, zeroed
 * @in: the input; afterwards at the first step of the guest
 *
 * Return: true if the engine supports the function.
 */
bool fixture_init(struct fixture *fx, struct input *in)
{
	u8 flags = image_load(in, &fx->hw, &fx->id);
	unsigned int max_regs = MAX_REGS;
	int err, injected;

	if (flags & IMAGE_TIGHT) {
		max_regs = in_u8(in);
		fx->trust = TIGHT;
	}
	inject_faults(fx, in, flags);
	space_alloc(fx, max_regs, flags & IMAGE_ONE_BLOCK);
	fx->hw.priv = fx;
	fx->hw.may_write = check_write;
	if (fx->trust != NONE)
		model_init(&fx->model, &fx->hw, &fx->id);
	fx->want = fx->hw;
	injected = fx->hw.fail_with;

	err = space_fill(fx);
	if (err == -ENOSPC)
		must(flags & IMAGE_TIGHT, "too few registers for the header");
	else if (err == -EINVAL)
		must(fx->id.header_type > 1, "a valid header fails");
	else
		must(!err || (fx->hw.failed && err == injected), "setup fails with %d", err);
	if (fx->hw.failed)
		fx->trust = NONE;
	fx->hw.fail_in = 0;
	fx->hw.failed = false;
	fx->hw.flip_in = 0;
	if (err)
		return false;

	fx->regs = calloc(fx->cs->nr_regs ?: 1, sizeof(*fx->regs));
	must(fx->regs, "out of memory");
	memcpy(fx->regs, fx->cs->regs, fx->cs->nr_regs * sizeof(*fx->regs));
	return true;
}

void fixture_free(struct fixture *fx)
{
	unsigned int i;

	for (i = 0; i < 4; i++)
		free(fx->blocks[i]);
	free(fx->regs);
}
