/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The unparsed part of a text, for the parsers of spec/.
 *
 * Freestanding (see Documentation/architecture.rst): no kernel state.
 */
#ifndef PCIBACK_CURSOR_H
#define PCIBACK_CURSOR_H

#include <linux/ctype.h>
#include <linux/limits.h>
#include <linux/types.h>

/**
 * struct cursor - the part of a text that is not parsed yet
 * @p: next character
 * @end: position after the last character
 *
 * On the stack of a parser, so it needs no lock.
 */
struct cursor {
	const char *p;
	const char *end;
};

/* Steps over blanks. */
static inline void cursor_skip_blanks(struct cursor *c)
{
	while (c->p < c->end && isspace(*c->p))
		c->p++;
}

/* Steps over the next character if it is @ch. */
static inline bool cursor_take(struct cursor *c, char ch)
{
	if (c->p == c->end || *c->p != ch)
		return false;
	c->p++;
	return true;
}

/* Value of a hexadecimal digit, or -1. */
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
 * Parses a hexadecimal number: blanks, "0x" or not, any number of digits. False if
 * there is no digit. Saturates at S32_MAX, which is outside of the range of every
 * field and no wildcard.
 */
static inline bool cursor_take_hex(struct cursor *c, u32 *out)
{
	unsigned int digits = 0;
	u32 v = 0;

	cursor_skip_blanks(c);
	if (c->end - c->p > 2 && c->p[0] == '0' && (c->p[1] | 0x20) == 'x' &&
	    hex_digit(c->p[2]) >= 0)
		c->p += 2;
	for (; c->p < c->end && hex_digit(*c->p) >= 0; c->p++, digits++)
		v = v > S32_MAX >> 4 ? S32_MAX : v << 4 | hex_digit(*c->p);
	*out = v;
	return digits;
}

#endif /* PCIBACK_CURSOR_H */
