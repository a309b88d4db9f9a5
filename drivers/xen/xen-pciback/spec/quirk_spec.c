// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Parses quirks.
 *
 *   quirk  := target "-" REG ":" SIZE ":" MASK
 *   target := the address of a function, no wildcards (slot_spec.c)
 *           | VENDOR ":" DEVICE [ ":" SUBVENDOR ":" SUBDEVICE ]
 *
 * All numbers are hexadecimal; blanks around the whole text are allowed.
 * REG:SIZE:MASK is the form of xend's quirk files. Published instructions use a mask
 * of zero for the whole register, so that is what zero means.
 *
 * Freestanding: no locks, no allocation, no kernel state.
 */
#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <pciback/quirk_spec.h>

#define MAX_NUMBERS	4

/* Value of a hexadecimal digit, or -1. */
static int hex_digit(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch |= 0x20;
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

/* Parses hexadecimal numbers separated by colons. Returns their number, or -EINVAL. */
static int quirk_parse_numbers(const char *s, size_t len, u32 *out)
{
	const char *end = s + len;
	int n = 0;

	for (;; s++) {
		unsigned int digits = 0;
		u32 v = 0;

		if (end - s > 2 && s[0] == '0' && (s[1] | 0x20) == 'x' && hex_digit(s[2]) >= 0)
			s += 2;
		for (; s < end && hex_digit(*s) >= 0; s++, digits++) {
			if (v >> 28)
				return -EINVAL;
			v = v << 4 | hex_digit(*s);
		}
		if (!digits || n == MAX_NUMBERS)
			return -EINVAL;
		out[n++] = v;
		if (s == end)
			return n;
		if (*s != ':')
			return -EINVAL;
	}
}

static int quirk_parse_ids(const char *s, size_t len, struct quirk_ids *ids)
{
	u32 v[MAX_NUMBERS] = { };
	int i, n;

	n = quirk_parse_numbers(s, len, v);
	if (n != 2 && n != 4)
		return -EINVAL;
	for (i = 0; i < n; i++)
		if (v[i] > 0xffff)
			return -EINVAL;
	ids->vendor = v[0];
	ids->device = v[1];
	ids->subvendor = v[2];
	ids->subdevice = v[3];
	ids->subsystem = n == 4;
	return 0;
}

static int quirk_parse_field(const char *s, size_t len, struct quirk_field *field)
{
	u32 v[MAX_NUMBERS], all;

	if (quirk_parse_numbers(s, len, v) != 3)
		return -EINVAL;
	if (v[1] != 1 && v[1] != 2 && v[1] != 4)
		return -EINVAL;
	all = U32_MAX >> (32 - 8 * v[1]);
	/* Guests can make aligned accesses only. */
	if (v[0] > 0xfff || v[0] % v[1] || v[2] & ~all)
		return -EINVAL;
	field->reg = v[0];
	field->size = v[1];
	field->mask = v[2] ?: all;
	return 0;
}

/**
 * pciback_quirk_spec_parse() - parse one quirk
 * @s: text, need not be terminated
 * @len: its length
 * @out: the quirk; undefined if the call fails
 *
 * Context: any.
 * Return: 0; -EINVAL: the text does not match the grammar, the register is outside
 * of configuration space or not aligned, or the mask is wider than the register.
 */
int pciback_quirk_spec_parse(const char *s, size_t len, struct quirk_spec *out)
{
	const char *dash;
	size_t target;

	while (len && isspace(*s)) {
		s++;
		len--;
	}
	while (len && isspace(s[len - 1]))
		len--;
	dash = memchr(s, '-', len);
	if (!dash)
		return -EINVAL;
	target = dash - s;
	if (quirk_parse_field(dash + 1, len - target - 1, &out->field))
		return -EINVAL;

	/* Only the address of a function contains a dot. */
	out->by_ids = !memchr(s, '.', target);
	if (out->by_ids)
		return quirk_parse_ids(s, target, &out->ids);
	if (pciback_slot_spec_parse(s, target, &out->slot) || pciback_slot_spec_is_wild(&out->slot))
		return -EINVAL;
	return 0;
}

/**
 * pciback_quirk_ids_match() - does a quirk apply to this device?
 * @ids: the quirk's IDs
 * @vendor: the device's vendor ID
 * @device: its device ID
 * @subvendor: its subsystem vendor ID
 * @subdevice: its subsystem ID
 *
 * Context: any.
 * Return: true if it does.
 */
bool pciback_quirk_ids_match(const struct quirk_ids *ids, u16 vendor, u16 device,
			     u16 subvendor, u16 subdevice)
{
	return ids->vendor == vendor && ids->device == device &&
	       (!ids->subsystem ||
		(ids->subvendor == subvendor && ids->subdevice == subdevice));
}
