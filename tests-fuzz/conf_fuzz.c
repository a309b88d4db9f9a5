// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Fuzzes the configuration space engine. An input is a function (image.h), followed by
 * the steps of guests, administrator and hardware: one byte for the kind of step, then
 * its arguments. mkseeds.py writes the same format.
 */
#include <string.h>
#include "conf_fixture.h"

enum step {
	WRITE, WRITE_LOW, WRITE_REG, READ, ODD_READ, ODD_WRITE, LEVEL, QUIRK, CLOSE, INTERRUPTS,
	LEAVE, FORGET, HARDWARE, ERRORS, FAULT, PRESENCE, SWEEP, PATTERN, NR_STEPS
};

/* Limit of steps that access the whole space; more of them only cost time. */
#define MAX_SWEEPS	4

static const unsigned int sizes[] = { 1, 2, 4, 4 };

static void step_quirk(struct fixture *fx, struct input *in)
{
	unsigned int size = sizes[in_u8(in) & 3], off = (in_u16(in) % SPACE) & ~(size - 1), i;
	u32 mask = in_u32(in) & (U32_MAX >> (32 - 8 * size));
	bool closed = false;
	int err;

	if (off >= fx->hw.size)
		return;
	err = pciback_conf_open(fx->cs, off, size, mask);
	if (fx->trust > SAFE)
		return;
	for (i = off; i < off + size; i++)
		closed |= fx->model.what[i] >= REGISTER;
	must(!err == !closed, "opening %#x: %d", off, err);
	for (i = 0; !err && i < size; i++)
		fx->model.open[off + i] |= mask >> 8 * i;
}

/* The hardware changes a byte by itself, except the headers of capabilities. */
static void step_hardware(struct fixture *fx, struct input *in)
{
	unsigned int off = in_u16(in) % fx->hw.size;
	u8 by = in_u8(in);

	if (fx->model.what[off] == REGISTER && fx->model.own[off & ~3U] != 0xff && off >= 0x40 &&
	    (model_at(&fx->model, off)->expected == std_link ||
	     model_at(&fx->model, off)->expected == ext_link))
		return;
	fx->hw.mem[off] ^= by;
}

static void step_errors(struct fixture *fx, struct input *in)
{
	u8 which = in_u8(in);

	fx->hw.enable_err = which & 1 ? -22 : 0;
	fx->hw.mwi_err = which & 2 ? -22 : 0;
	fx->hw.power_err = which & 4 ? -5 : 0;
	fx->hw.vpd_err = which & 8 ? -110 : 0;
}

static void step_pattern(struct fixture *fx, struct input *in)
{
	unsigned int size = sizes[in_u8(in) & 3], off;
	u32 val = in_u32(in);

	for (off = 0; off < fx->hw.size; off += size)
		guest_write(fx, off, size, val);
}

static void step_write(struct fixture *fx, struct input *in, unsigned int range)
{
	unsigned int size = sizes[in_u8(in) & 3];
	unsigned int off = (range > 0x100 ? in_u16(in) : in_u8(in)) % range & ~(size - 1);

	guest_write(fx, off, size, in_u32(in));
}

/* Writes the whole of one register. */
static void step_write_reg(struct fixture *fx, struct input *in)
{
	unsigned int nr = in_u16(in);
	u32 val = in_u32(in);

	if (fx->trust < TIGHT && fx->model.nr) {
		struct mreg *r = &fx->model.regs[nr % fx->model.nr];

		guest_write(fx, r->pos, r->expected->size, val);
	}
}

static void step_level(struct fixture *fx, u8 level)
{
	fx->cs->level = level % 3;
	fx->model.level = fx->cs->level;
}

static void run_step(struct fixture *fx, struct input *in, unsigned int *sweeps)
{
	enum step what = in_u8(in) % NR_STEPS;
	unsigned int off;

	switch (what) {
	case WRITE:
		step_write(fx, in, SPACE);
		break;
	case WRITE_LOW:
		step_write(fx, in, 0x100);
		break;
	case WRITE_REG:
		step_write_reg(fx, in);
		break;
	case READ:
		off = in_u16(in);
		guest_read(fx, off % SPACE, sizes[in_u8(in) & 3]);
		break;
	case ODD_READ:
		off = in_u32(in);
		guest_read(fx, off, in_u32(in));
		break;
	case ODD_WRITE:
		off = in_u32(in);
		guest_write(fx, off, in_u32(in), 0xffffffff);
		break;
	case LEVEL:
		step_level(fx, in_u8(in));
		break;
	case QUIRK:
		step_quirk(fx, in);
		break;
	case CLOSE:
		pciback_conf_close(fx->cs);
		memset(fx->model.open, 0, sizeof(fx->model.open));
		break;
	case INTERRUPTS:
		fx->cs->interrupt_control = true;
		fx->model.interrupts = true;
		break;
	case LEAVE:
		guest_leave(fx);
		break;
	case FORGET:
		pciback_conf_forget_drops(fx->cs);
		fx->hw.drops = 0;
		break;
	case HARDWARE:
		step_hardware(fx, in);
		break;
	case ERRORS:
		step_errors(fx, in);
		break;
	case FAULT:
		fx->hw.fail_in = in_u8(in) % 8;
		fx->hw.fail_with = in_u8(in);
		break;
	case PRESENCE:
		fx->hw.absent = in_u8(in) & 1;
		break;
	case SWEEP:
		if ((*sweeps)++ < MAX_SWEEPS) {
			guest_sweep(fx, sizes[in_u8(in) & 3]);
			guest_walk(fx);
		}
		break;
	case PATTERN:
		if ((*sweeps)++ < MAX_SWEEPS)
			step_pattern(fx, in);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	unsigned int sweeps = 0;
	static struct fixture fx;

	memset(&fx, 0, sizeof(fx));
	if (fixture_init(&fx, &in)) {
		guest_walk(&fx);
		while (in.left)
			run_step(&fx, &in, &sweeps);
		fx.hw.fail_in = 0;
		guest_leave(&fx);
		guest_sweep(&fx, 4);
		guest_walk(&fx);
	}
	fixture_free(&fx);
	return 0;
}
