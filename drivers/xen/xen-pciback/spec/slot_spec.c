// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Parses addresses of PCI functions. Other texts that select functions (paths, IDs,
 * classes) are in match_spec.c.
 *
 *   hide := { "(" spec ")" }        blanks around the parentheses
 *   spec := [DOM ":"] BUS ":" DEV "." FUNC
 *         | [DOM ":"] BUS ":" DEV ".*"
 *         | [DOM ":"] BUS ":*.*"
 *   DOM, BUS, DEV, FUNC := hexadecimal digits, "0x" allowed, blanks allowed
 *                          before the number, any number of digits
 *
 * The in-tree driver parses addresses with scanf() conversions, which allow these
 * blanks and any number of digits; scripts depend on both ("3:0.0", "04:00.0\n").
 *
 * Freestanding: no locks, no allocation, no kernel state.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <pciback/cursor.h>
#include <pciback/slot_spec.h>

#define MAX_DOMAIN	0xffff
#define MAX_BUS		0xff
#define MAX_DEV		0x1f
#define MAX_FUNC	0x7

/* Parses "DEV.FUNC", "DEV.*" or "*.*", followed by nothing but blanks. */
static bool slot_take_dev_func(struct cursor *c, struct slot_spec *out)
{
	u32 v;

	if (cursor_take(c, '*'))
		out->dev = SLOT_SPEC_ANY;
	else if (cursor_take_hex(c, &v))
		out->dev = v;
	else
		return false;
	if (!cursor_take(c, '.'))
		return false;
	if (cursor_take(c, '*'))
		out->func = SLOT_SPEC_ANY;
	else if (out->dev != SLOT_SPEC_ANY && cursor_take_hex(c, &v))
		out->func = v;
	else
		return false;
	cursor_skip_blanks(c);
	return c->p == c->end;
}

/**
 * pciback_slot_spec_parse() - parse one address
 * @s: text, need not be terminated
 * @len: its length
 * @out: the address; undefined if the call fails
 *
 * The whole text must match the grammar. Does not check ranges: see
 * pciback_slot_spec_in_range().
 *
 * Context: any.
 * Return: 0; -EINVAL: the text is not an address.
 */
int pciback_slot_spec_parse(const char *s, size_t len, struct slot_spec *out)
{
	struct cursor start = { s, s + len };
	struct cursor c = start;

	if (cursor_take_hex(&c, &out->domain) && cursor_take(&c, ':') &&
	    cursor_take_hex(&c, &out->bus) && cursor_take(&c, ':') &&
	    slot_take_dev_func(&c, out))
		return 0;

	c = start;
	out->domain = 0;
	if (cursor_take_hex(&c, &out->bus) && cursor_take(&c, ':') && slot_take_dev_func(&c, out))
		return 0;
	return -EINVAL;
}

/**
 * pciback_slot_spec_in_range() - can a function with this address exist?
 * @spec: a parsed address
 *
 * Context: any.
 * Return: true if every number fits its field.
 */
bool pciback_slot_spec_in_range(const struct slot_spec *spec)
{
	return spec->domain <= MAX_DOMAIN && spec->bus <= MAX_BUS &&
	       spec->dev <= MAX_DEV && spec->func <= MAX_FUNC;
}

/**
 * pciback_slot_spec_is_wild() - does the address have a wildcard?
 * @spec: a parsed address
 *
 * Context: any.
 * Return: true if it means several functions.
 */
bool pciback_slot_spec_is_wild(const struct slot_spec *spec)
{
	return spec->dev == SLOT_SPEC_ANY || spec->func == SLOT_SPEC_ANY;
}

/**
 * pciback_slot_spec_covers() - does an address mean this function?
 * @spec: a parsed address, wildcards allowed
 * @domain: PCI domain of the function
 * @bus: its bus number
 * @devfn: its device and function number
 *
 * Context: any.
 * Return: true if it does.
 */
bool pciback_slot_spec_covers(const struct slot_spec *spec, u32 domain, u8 bus, u8 devfn)
{
	return spec->domain == domain && spec->bus == bus &&
	       (spec->dev == SLOT_SPEC_ANY || spec->dev == devfn >> 3) &&
	       (spec->func == SLOT_SPEC_ANY || spec->func == (devfn & 7));
}

/* Length of a text that is not "(...)": it ends at the next "(" or at the end. */
static unsigned int slot_invalid_len(const char *s)
{
	unsigned int n = 0;

	while (s[n] && s[n] != '(')
		n++;
	while (n && isspace(s[n - 1]))
		n--;
	return n;
}

/**
 * pciback_slot_spec_next_hide() - parse the next item of a hide list
 * @list: the whole list, NUL-terminated
 * @cursor: offset of the unparsed rest; 0 before the first call; updated
 * @item: the item
 *
 * An invalid item is skipped, so that one typing error does not make the rest of the
 * list ineffective: call again after -EINVAL or -ERANGE.
 *
 * Context: any.
 * Return: 0: @item->spec is valid; -ENOENT: end of the list; -EINVAL: the text at
 * @item->pos is not an address in parentheses; -ERANGE: it is, but no function can
 * have that address.
 */
int pciback_slot_spec_next_hide(const char *list, unsigned int *cursor,
				struct slot_hide_item *item)
{
	const char *p = list + *cursor;
	unsigned int close;

	while (isspace(*p))
		p++;
	item->pos = p - list;
	item->len = 0;
	if (!*p) {
		*cursor = item->pos;
		return -ENOENT;
	}

	close = *p == '(' ? strcspn(p + 1, "()") + 1 : 0;
	if (!close || p[close] != ')') {
		item->len = close ?: slot_invalid_len(p);
		*cursor = item->pos + item->len;
		return -EINVAL;
	}
	item->len = close + 1;
	*cursor = item->pos + item->len;
	/* No blank is allowed before the closing parenthesis. */
	if (isspace(p[close - 1]) || pciback_slot_spec_parse(p + 1, close - 1, &item->spec))
		return -EINVAL;
	return pciback_slot_spec_in_range(&item->spec) ? 0 : -ERANGE;
}
