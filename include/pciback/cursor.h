/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* A window on text being parsed, for the grammars of names. Freestanding. */
#ifndef PCIBACK_CURSOR_H
#define PCIBACK_CURSOR_H

#include <linux/ctype.h>
#include <linux/limits.h>
#include <linux/types.h>

/**
 * struct cursor - what is left of a text
 * @p: next character
 * @end: behind the last one
 */
struct cursor {
	const char *p;
	const char *end;
};

static inline void skip_blanks(struct cursor *c)
{
	while (c->p < c->end && isspace(*c->p))
		c->p++;
}

static inline bool take(struct cursor *c, char ch)
{
	if (c->p == c->end || *c->p != ch)
		return false;
	c->p++;
	return true;
}

static inline int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 0x20;
	if (ch >= 'a' && ch <= 'f')
		return ch - 'a' + 10;
	return -1;
}

/*
 * Blanks, "0x" or not, any number of digits. Saturates at S32_MAX: far outside
 * every field's range, never a wildcard.
 */
static inline bool take_hex(struct cursor *c, u32 *out)
{
	unsigned int digits = 0;
	u32 v = 0;

	skip_blanks(c);
	if (c->end - c->p > 2 && c->p[0] == '0' && (c->p[1] | 0x20) == 'x' &&
	    hex_digit(c->p[2]) >= 0)
		c->p += 2;
	for (; c->p < c->end && hex_digit(*c->p) >= 0; c->p++, digits++)
		v = v > S32_MAX >> 4 ? S32_MAX : v << 4 | hex_digit(*c->p);
	*out = v;
	return digits;
}

#endif /* PCIBACK_CURSOR_H */
