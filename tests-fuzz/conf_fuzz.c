// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Fuzzes the configuration space engine: an input is a function (image.h) and
 * then what guests, administrator and hardware do, one byte of what and its
 * arguments. mkseeds.py writes the same layout.
 */
#include <string.h>
#include "conf_fixture.h"

enum step {
	WRITE, WRITE_LOW, WRITE_REG, READ, ODD_READ, ODD_WRITE, LEVEL, QUIRK, CLOSE, INTERRUPTS,
	LEAVE, FORGET, HARDWARE, ERRORS, FAULT, PRESENCE, SWEEP, PATTERN, NR_STEPS
};

/* Steps that touch the whole space; more of them in one input only cost time. */
#define MAX_SWEEPS	4

static const unsigned int sizes[] = { 1, 2, 4, 4 };

static void quirk(struct fixture *b, struct input *in)
{
	unsigned int size = sizes[in_u8(in) & 3], off = (in_u16(in) % SPACE) & ~(size - 1), i;
	u32 mask = in_u32(in) & (U32_MAX >> (32 - 8 * size));
	bool closed = false;
	int err;

	if (off >= b->hw.size)
		return;
	err = pciback_conf_open(b->cs, off, size, mask);
	if (b->trust > SAFE)
		return;
	for (i = off; i < off + size; i++)
		closed |= b->model.what[i] >= REGISTER;
	must(!err == !closed, "a quirk for %#x: %d", off, err);
	for (i = 0; !err && i < size; i++)
		b->model.open[off + i] |= mask >> 8 * i;
}

/* The hardware changes by itself; not the names of its capabilities. */
static void hardware(struct fixture *b, struct input *in)
{
	unsigned int off = in_u16(in) % b->hw.size;
	u8 by = in_u8(in);

	if (b->model.what[off] == REGISTER && b->model.own[off & ~3U] != 0xff && off >= 0x40 &&
	    (model_at(&b->model, off)->fact == std_link ||
	     model_at(&b->model, off)->fact == ext_link))
		return;
	b->hw.mem[off] ^= by;
}

static void errors(struct fixture *b, struct input *in)
{
	u8 which = in_u8(in);

	b->hw.enable_err = which & 1 ? -22 : 0;
	b->hw.mwi_err = which & 2 ? -22 : 0;
	b->hw.power_err = which & 4 ? -5 : 0;
	b->hw.vpd_err = which & 8 ? -110 : 0;
}

static void pattern(struct fixture *b, struct input *in)
{
	unsigned int size = sizes[in_u8(in) & 3], off;
	u32 val = in_u32(in);

	for (off = 0; off < b->hw.size; off += size)
		guest_write(b, off, size, val);
}

static void do_write(struct fixture *b, struct input *in, unsigned int range)
{
	unsigned int size = sizes[in_u8(in) & 3];
	unsigned int off = (range > 0x100 ? in_u16(in) : in_u8(in)) % range & ~(size - 1);

	guest_write(b, off, size, in_u32(in));
}

/* Aimed at a register, where the whole of it is written. */
static void write_reg(struct fixture *b, struct input *in)
{
	unsigned int nr = in_u16(in);
	u32 val = in_u32(in);

	if (b->trust < TIGHT && b->model.nr) {
		struct mreg *r = &b->model.regs[nr % b->model.nr];

		guest_write(b, r->pos, r->fact->size, val);
	}
}

static void set_level(struct fixture *b, u8 level)
{
	b->cs->level = level % 3;
	b->model.level = b->cs->level;
}

static void step(struct fixture *b, struct input *in, unsigned int *sweeps)
{
	enum step what = in_u8(in) % NR_STEPS;
	unsigned int off;

	switch (what) {
	case WRITE:
		do_write(b, in, SPACE);
		break;
	case WRITE_LOW:
		do_write(b, in, 0x100);
		break;
	case WRITE_REG:
		write_reg(b, in);
		break;
	case READ:
		off = in_u16(in);
		guest_read(b, off % SPACE, sizes[in_u8(in) & 3]);
		break;
	case ODD_READ:
		off = in_u32(in);
		guest_read(b, off, in_u32(in));
		break;
	case ODD_WRITE:
		off = in_u32(in);
		guest_write(b, off, in_u32(in), 0xffffffff);
		break;
	case LEVEL:
		set_level(b, in_u8(in));
		break;
	case QUIRK:
		quirk(b, in);
		break;
	case CLOSE:
		pciback_conf_close(b->cs);
		memset(b->model.open, 0, sizeof(b->model.open));
		break;
	case INTERRUPTS:
		b->cs->interrupt_control = true;
		b->model.interrupts = true;
		break;
	case LEAVE:
		guest_leaves(b);
		break;
	case FORGET:
		pciback_conf_forget_drops(b->cs);
		b->hw.drops = 0;
		break;
	case HARDWARE:
		hardware(b, in);
		break;
	case ERRORS:
		errors(b, in);
		break;
	case FAULT:
		b->hw.fail_in = in_u8(in) % 8;
		b->hw.fail_with = in_u8(in);
		break;
	case PRESENCE:
		b->hw.absent = in_u8(in) & 1;
		break;
	case SWEEP:
		if ((*sweeps)++ < MAX_SWEEPS) {
			guest_sweep(b, sizes[in_u8(in) & 3]);
			guest_walk(b);
		}
		break;
	case PATTERN:
		if ((*sweeps)++ < MAX_SWEEPS)
			pattern(b, in);
		break;
	default:
		break;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	unsigned int sweeps = 0;
	static struct fixture b;

	memset(&b, 0, sizeof(b));
	if (fixture_init(&b, &in)) {
		guest_walk(&b);
		while (in.left)
			step(&b, &in, &sweeps);
		b.hw.fail_in = 0;
		guest_leaves(&b);
		guest_sweep(&b, 4);
		guest_walk(&b);
	}
	fixture_free(&b);
	return 0;
}
