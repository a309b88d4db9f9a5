// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Parsing the addresses of PCI functions. What else stands for functions (paths,
 * ids, classes) is in match_spec.c.
 *
 *   hide := { "(" spec ")" }        blanks around the parentheses
 *   spec := [DOM ":"] BUS ":" DEV "." FUNC
 *         | [DOM ":"] BUS ":" DEV ".*"
 *         | [DOM ":"] BUS ":*.*"
 *   DOM, BUS, DEV, FUNC := hexadecimal digits, "0x" allowed, blanks allowed
 *                          before the number, any number of digits
 *
 * The blanks and the free number of digits come from the scanf() conversions
 * that the in-tree driver has always accepted these names with; scripts depend
 * on them ("3:0.0", "04:00.0\n").
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

/* "DEV.FUNC", "DEV.*" or "*.*" and then nothing but blanks. */
static bool slot_take_dev_func(struct cursor *c, struct slot_spec *out)
{
	u32 v;

	if (take(c, '*'))
		out->dev = SLOT_SPEC_ANY;
	else if (take_hex(c, &v))
		out->dev = v;
	else
		return false;
	if (!take(c, '.'))
		return false;
	if (take(c, '*'))
		out->func = SLOT_SPEC_ANY;
	else if (out->dev != SLOT_SPEC_ANY && take_hex(c, &v))
		out->func = v;
	else
		return false;
	skip_blanks(c);
	return c->p == c->end;
}

/**
 * pciback_slot_spec_parse() - read one name
 * @s: text, need not be terminated
 * @len: its length
 * @out: the name; undefined when the call fails
 *
 * Takes the whole text or nothing. Does not check ranges: see
 * pciback_slot_spec_in_range().
 *
 * Context: any.
 * Return: 0, or -EINVAL if the text is not a name.
 */
int pciback_slot_spec_parse(const char *s, size_t len, struct slot_spec *out)
{
	struct cursor start = { s, s + len };
	struct cursor c = start;

	if (take_hex(&c, &out->domain) && take(&c, ':') &&
	    take_hex(&c, &out->bus) && take(&c, ':') &&
	    slot_take_dev_func(&c, out))
		return 0;

	c = start;
	out->domain = 0;
	if (take_hex(&c, &out->bus) && take(&c, ':') && slot_take_dev_func(&c, out))
		return 0;
	return -EINVAL;
}

/**
 * pciback_slot_spec_in_range() - could a function of this name exist?
 * @spec: a parsed name
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
 * pciback_slot_spec_is_wild() - does the name stand for several functions?
 * @spec: a parsed name
 *
 * Context: any.
 */
bool pciback_slot_spec_is_wild(const struct slot_spec *spec)
{
	return spec->dev == SLOT_SPEC_ANY || spec->func == SLOT_SPEC_ANY;
}

/**
 * pciback_slot_spec_covers() - does a name stand for this function?
 * @spec: a parsed name, wildcards allowed
 * @domain: PCI domain of the function
 * @bus: its bus number
 * @devfn: its device and function number
 *
 * Context: any.
 */
bool pciback_slot_spec_covers(const struct slot_spec *spec, u32 domain, u8 bus, u8 devfn)
{
	return spec->domain == domain && spec->bus == bus &&
	       (spec->dev == SLOT_SPEC_ANY || spec->dev == devfn >> 3) &&
	       (spec->func == SLOT_SPEC_ANY || spec->func == (devfn & 7));
}

/* An item that is no "(...)" ends where the next one may begin. */
static unsigned int slot_junk_len(const char *s)
{
	unsigned int n = 0;

	while (s[n] && s[n] != '(')
		n++;
	while (n && isspace(s[n - 1]))
		n--;
	return n;
}

/**
 * pciback_slot_spec_next_hide() - read the next item of a hide list
 * @list: the whole list, NUL-terminated
 * @cursor: where to go on; 0 before the first call
 * @item: what was found
 *
 * A bad item is stepped over, so that one typing error does not take the rest
 * of the list with it: call again after -EINVAL or -ERANGE.
 *
 * Context: any.
 * Return: 0: @item holds a name. -ENOENT: end of the list. -EINVAL: the text
 * at @item->pos is not an item. -ERANGE: it is, but no function can have that
 * name.
 */
int pciback_slot_spec_next_hide(const char *list, unsigned int *cursor, struct slot_hide_item *item)
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
		item->len = close ?: slot_junk_len(p);
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
