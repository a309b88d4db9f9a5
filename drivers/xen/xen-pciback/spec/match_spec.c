// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Parses, prints and compares texts that select the functions to seize, for hide=,
 * new_slot and remove_slot. Documentation/hide.rst explains the grammar to
 * administrators.
 *
 *   text  := an address, wildcards allowed (slot_spec.c)
 *          | path | ids | class            blanks around the whole are fine
 *   path  := [DOM ":"] BUS ":" DEV "." FUNC { "/" DEV "." FUNC }
 *            with at least one "/"; the last FUNC may be "*"
 *   ids   := "pci:" VENDOR ":" ID [ ":" ID ":" ID ]
 *   ID    := a number, or "*" or 0 for any
 *   class := "class:" and 2, 4 or 6 hexadecimal digits
 *
 * Numbers are as in slot_spec.c. The kernel's own parameters accept the same forms
 * of paths and IDs (pci=disable_acs_redir= and others); in them 0 means any ID, so
 * both 0 and "*" do here.
 *
 * Freestanding: no locks, no allocation, no kernel state.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <pciback/cursor.h>
#include <pciback/match_spec.h>

#define BASE_CLASS_BRIDGE	0x06

/* Steps over @word if the text goes on with it. */
static bool spec_take_word(struct cursor *c, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(c->end - c->p) < len || memcmp(c->p, word, len))
		return false;
	c->p += len;
	return true;
}

static bool spec_at_end(struct cursor *c)
{
	cursor_skip_blanks(c);
	return c->p == c->end;
}

/* Not meaningful, but well-defined, for numbers out of range. */
static u8 path_devfn(u32 dev, u32 func)
{
	return dev << 3 | func;
}

/* The text begins at @s; @c is at the first "/". Returns as pciback_match_spec_parse(). */
static int path_parse(const char *s, struct cursor c, struct match_path *out)
{
	struct slot_spec base;
	bool in_range;

	if (pciback_slot_spec_parse(s, c.p - s, &base) ||
	    pciback_slot_spec_is_wild(&base) || isspace(c.p[-1]))
		return -EINVAL;
	in_range = pciback_slot_spec_in_range(&base);
	out->domain = base.domain;
	out->bus = base.bus;
	out->devfn[0] = path_devfn(base.dev, base.func);
	out->any_func = false;

	for (out->nr = 1; cursor_take(&c, '/'); out->nr++) {
		struct slot_spec element = { };
		u32 dev, func = 0;

		if (out->nr == MATCH_PATH_MAX || out->any_func)
			return -EINVAL;
		if (!cursor_take_hex(&c, &dev) || !cursor_take(&c, '.'))
			return -EINVAL;
		out->any_func = cursor_take(&c, '*');
		if (!out->any_func && !cursor_take_hex(&c, &func))
			return -EINVAL;
		element.dev = dev;
		element.func = func;
		in_range &= pciback_slot_spec_in_range(&element);
		out->devfn[out->nr] = path_devfn(dev, func);
	}
	if (!spec_at_end(&c))
		return -EINVAL;
	return in_range ? 0 : -ERANGE;
}

/* Parses an ID or a wildcard. A number too large for an ID is stored; the caller checks. */
static bool id_take(struct cursor *c, s32 *out)
{
	u32 v;

	if (cursor_take(c, '*')) {
		*out = MATCH_ANY;
		return true;
	}
	if (!cursor_take_hex(c, &v))
		return false;
	*out = v ?: MATCH_ANY;
	return true;
}

static int ids_parse(struct cursor c, struct match_ids *out)
{
	s32 vendor;

	out->subvendor = MATCH_ANY;
	out->subdevice = MATCH_ANY;
	if (!id_take(&c, &vendor) || !cursor_take(&c, ':') || !id_take(&c, &out->device))
		return -EINVAL;
	if (cursor_take(&c, ':') &&
	    (!id_take(&c, &out->subvendor) || !cursor_take(&c, ':') ||
	     !id_take(&c, &out->subdevice)))
		return -EINVAL;
	if (!spec_at_end(&c))
		return -EINVAL;
	if (vendor > 0xffff || out->device > 0xffff || out->subvendor > 0xffff ||
	    out->subdevice > 0xffff)
		return -ERANGE;
	out->vendor = vendor;
	return vendor == MATCH_ANY ? -EPERM : 0;
}

static int class_parse(struct cursor c, struct match_class *out)
{
	out->value = 0;
	for (out->digits = 0; c.p < c.end && hex_digit(*c.p) >= 0; c.p++, out->digits++) {
		if (out->digits == 6)
			return -EINVAL;
		out->value = out->value << 4 | hex_digit(*c.p);
	}
	if (!out->digits || out->digits % 2 || !spec_at_end(&c))
		return -EINVAL;
	out->value <<= 4 * (6 - out->digits);
	return out->value >> 16 == BASE_CLASS_BRIDGE ? -EPERM : 0;
}

/**
 * pciback_match_spec_parse() - parse a text that selects functions
 * @s: text, need not be terminated
 * @len: its length
 * @out: the parsed text; undefined if the call fails
 *
 * The whole text must match the grammar.
 *
 * Context: any.
 * Return: 0; -EINVAL: the text does not match the grammar; -ERANGE: it does, but a
 * number is too large for its field, so no such function can exist; -EPERM: it would
 * select all devices of all vendors, or a class of bridges, which are seized by
 * address or path only.
 */
int pciback_match_spec_parse(const char *s, size_t len, struct match_spec *out)
{
	struct cursor c = { s, s + len };
	const char *slash;

	cursor_skip_blanks(&c);
	if (spec_take_word(&c, "pci:")) {
		out->kind = MATCH_IDS;
		return ids_parse(c, &out->ids);
	}
	if (spec_take_word(&c, "class:")) {
		out->kind = MATCH_CLASS;
		return class_parse(c, &out->class);
	}
	slash = memchr(c.p, '/', c.end - c.p);
	if (slash) {
		s = c.p;
		c.p = slash;
		out->kind = MATCH_PATH;
		return slash == s ? -EINVAL : path_parse(s, c, &out->path);
	}
	out->kind = MATCH_SLOT;
	if (pciback_slot_spec_parse(s, len, &out->slot))
		return -EINVAL;
	return pciback_slot_spec_in_range(&out->slot) ? 0 : -ERANGE;
}

/**
 * pciback_match_spec_next_hide() - parse the next item of a hide list
 * @list: the whole list, NUL-terminated
 * @cursor: offset of the unparsed rest; 0 before the first call; updated
 * @item: the item
 *
 * An invalid item is skipped: call again after every error except -ENOENT.
 *
 * Context: any.
 * Return: 0: @item->spec is valid; -ENOENT: end of the list; otherwise the error of
 * pciback_match_spec_parse() for the text at @item->pos.
 */
int pciback_match_spec_next_hide(const char *list, unsigned int *cursor,
				 struct match_hide_item *item)
{
	struct slot_hide_item slot;
	const char *s, *last;
	int err;

	err = pciback_slot_spec_next_hide(list, cursor, &slot);
	item->pos = slot.pos;
	item->len = slot.len;
	if (err != -EINVAL) {
		item->spec.kind = MATCH_SLOT;
		if (!err)
			item->spec.slot = slot.spec;
		return err;
	}

	/* Not an address. With correct parentheses it may be a path, IDs or a class. */
	s = list + slot.pos;
	last = s + slot.len - 1;
	if (*s != '(' || *last != ')' || isspace(last[-1]))
		return err;
	return pciback_match_spec_parse(s + 1, last - s - 1, &item->spec);
}

/* Prints "*" or four digits. */
static int id_print(char *buf, size_t size, s32 id)
{
	return id == MATCH_ANY ? snprintf(buf, size, ":*") : snprintf(buf, size, ":%04x", id);
}

static int ids_print(const struct match_ids *ids, char *buf, size_t size)
{
	int len = snprintf(buf, size, "pci:%04x", ids->vendor);

	len += id_print(buf + len, size - len, ids->device);
	if (ids->subvendor == MATCH_ANY && ids->subdevice == MATCH_ANY)
		return len;
	len += id_print(buf + len, size - len, ids->subvendor);
	return len + id_print(buf + len, size - len, ids->subdevice);
}

static int path_print(const struct match_path *path, char *buf, size_t size)
{
	int i, len;

	len = snprintf(buf, size, "%04x:%02x:%02x.%d", path->domain, path->bus,
		       path->devfn[0] >> 3, path->devfn[0] & 7);
	for (i = 1; i < path->nr; i++) {
		if (i == path->nr - 1 && path->any_func)
			len += snprintf(buf + len, size - len, "/%02x.*", path->devfn[i] >> 3);
		else
			len += snprintf(buf + len, size - len, "/%02x.%d", path->devfn[i] >> 3,
					path->devfn[i] & 7);
	}
	return len;
}

/**
 * pciback_match_spec_print() - print a path, IDs or a class in canonical form
 * @spec: from pciback_match_spec_parse(); not a MATCH_SLOT
 * @buf: buffer for the text
 * @size: size of @buf in bytes, at least MATCH_SPEC_STRLEN
 *
 * Parsing the text again gives the same @spec. Equal specifications print the same
 * text.
 *
 * Context: any.
 * Return: length of the text.
 */
int pciback_match_spec_print(const struct match_spec *spec, char *buf, size_t size)
{
	const struct match_class *class = &spec->class;

	if (spec->kind == MATCH_PATH)
		return path_print(&spec->path, buf, size);
	if (spec->kind == MATCH_IDS)
		return ids_print(&spec->ids, buf, size);
	return snprintf(buf, size, "class:%0*x", class->digits,
			class->value >> 4 * (6 - class->digits));
}

/**
 * pciback_match_spec_is_name() - does the text select functions by location?
 * @spec: from pciback_match_spec_parse()
 *
 * Context: any.
 * Return: true for an address or a path, false for IDs or a class.
 */
bool pciback_match_spec_is_name(const struct match_spec *spec)
{
	return spec->kind == MATCH_SLOT || spec->kind == MATCH_PATH;
}

/* Does the path lead to the element @from of the target's chain? */
static bool path_leads_to(const struct match_path *path, const struct match_target *target,
			  unsigned int from)
{
	unsigned int last = path->nr - 1, i;
	u8 mask = path->any_func ? 0xf8 : 0xff;

	if (target->nr - from < path->nr)
		return false;
	if ((target->chain[from].devfn ^ path->devfn[last]) & mask)
		return false;
	for (i = 1; i <= last; i++)
		if (target->chain[from + i].devfn != path->devfn[last - i])
			return false;
	return target->domain == path->domain && target->chain[from + last].bus == path->bus;
}

static bool path_covers(const struct match_path *path, const struct match_target *target)
{
	unsigned int i;

	for (i = 0; i < target->nr; i++)
		if (path_leads_to(path, target, i))
			return true;
	return false;
}

static bool id_matches(s32 wanted, u16 id)
{
	return wanted == MATCH_ANY || wanted == id;
}

/**
 * pciback_match_spec_covers() - does a path, an ID or a class select this function?
 * @spec: from pciback_match_spec_parse(); a MATCH_SLOT selects nothing here
 * @target: properties of the function
 *
 * A path selects the function that it leads to and, if that is a bridge, everything
 * below it, as an address does.
 *
 * Context: any.
 * Return: true if it does.
 */
bool pciback_match_spec_covers(const struct match_spec *spec, const struct match_target *target)
{
	const struct match_ids *ids = &spec->ids;

	switch (spec->kind) {
	case MATCH_PATH:
		return path_covers(&spec->path, target);
	case MATCH_IDS:
		return ids->vendor == target->vendor && id_matches(ids->device, target->device) &&
		       id_matches(ids->subvendor, target->subvendor) &&
		       id_matches(ids->subdevice, target->subdevice);
	case MATCH_CLASS:
		return !((spec->class.value ^ target->class) >> 4 * (6 - spec->class.digits));
	default:
		return false;
	}
}
