/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Reads the bytes of an input in sequence; returns zeros at its end. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* @data: the next byte; @left: number of bytes left. */
struct input {
	const u8 *data;
	size_t left;
};

static inline u8 in_u8(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->data++;
}

static inline u16 in_u16(struct input *in)
{
	u16 low = in_u8(in);

	return low | in_u8(in) << 8;
}

static inline u32 in_u32(struct input *in)
{
	u32 low = in_u16(in);

	return low | (u32)in_u16(in) << 16;
}

/* fail.c: prints which invariant does not hold, and aborts. */
void fail(const char *fmt, ...) __printf(1, 2) __noreturn;

#define must(cond, ...)	do { if (!(cond)) fail(__VA_ARGS__); } while (0)

#endif /* FUZZ_INPUT_H */
