// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A second implementation of the grammars in the head comments of slot_spec.c,
 * match_spec.c and quirk_spec.c, for comparison. It works differently on purpose: those
 * parse from left to right, this splits the text at its separators and parses the parts.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include "names_ref.h"

/* A text that is not terminated. */
struct text {
	const char *s;
	size_t len;
};

static bool is_blank(char ch)
{
	return (ch >= '\t' && ch <= '\r') || ch == ' ' || (unsigned char)ch == 0xa0;
}

static struct text text_strip_left(struct text t)
{
	while (t.len && is_blank(t.s[0])) {
		t.s++;
		t.len--;
	}
	return t;
}

static struct text text_strip_right(struct text t)
{
	while (t.len && is_blank(t.s[t.len - 1]))
		t.len--;
	return t;
}

/* Splits at separators. Returns the number of parts; 0 if there are more than @max. */
static int text_split(struct text t, char sep, struct text *parts, int max)
{
	int n = 0;

	for (;;) {
		const char *at = t.len ? memchr(t.s, sep, t.len) : NULL;

		if (n == max)
			return 0;
		parts[n].s = t.s;
		parts[n++].len = at ? (size_t)(at - t.s) : t.len;
		if (!at)
			return n;
		t.len -= at + 1 - t.s;
		t.s = at + 1;
	}
}

/* A number and nothing else; larger values become @limit. */
static bool text_number(struct text t, u64 limit, u64 *val)
{
	size_t i;

	if (t.len > 2 && t.s[0] == '0' && (t.s[1] == 'x' || t.s[1] == 'X')) {
		t.s += 2;
		t.len -= 2;
	}
	*val = 0;
	for (i = 0; i < t.len; i++) {
		unsigned char ch = t.s[i];

		if (ch >= 0x80 || !isxdigit(ch))
			return false;
		*val = *val * 16 + (isdigit(ch) ? ch - '0' : tolower(ch) - 'a' + 10);
		if (*val > limit)
			*val = limit;
	}
	return t.len;
}

static bool text_is_star(struct text t)
{
	return t.len == 1 && t.s[0] == '*';
}

bool ref_slot(const char *s, size_t len, struct slot_spec *out)
{
	struct text parts[3], last[2];
	u64 v[4] = { 0 };
	int i, n = text_split((struct text){ s, len }, ':', parts, 3);

	if (n < 2)
		return false;
	for (i = 0; i < n - 1; i++)
		if (!text_number(text_strip_left(parts[i]), 0x7fffffff, &v[i + 3 - n]))
			return false;
	if (text_split(text_strip_right(parts[n - 1]), '.', last, 2) != 2)
		return false;
	out->domain = v[0];
	out->bus = v[1];
	out->dev = SLOT_SPEC_ANY;
	out->func = SLOT_SPEC_ANY;
	if (!text_is_star(last[0])) {
		if (!text_number(text_strip_left(last[0]), 0x7fffffff, &v[2]))
			return false;
		out->dev = v[2];
	}
	if (text_is_star(last[1]))
		return true;
	if (out->dev == SLOT_SPEC_ANY || !text_number(text_strip_left(last[1]), 0x7fffffff, &v[3]))
		return false;
	out->func = v[3];
	return true;
}

static int text_numbers(struct text t, u64 *v, int max)
{
	struct text parts[4];
	int i, n = text_split(t, ':', parts, max);

	for (i = 0; i < n; i++)
		if (!text_number(parts[i], 1ULL << 32, &v[i]) || v[i] >> 32)
			return 0;
	return n;
}

bool ref_quirk(const char *s, size_t len, struct quirk_spec *out)
{
	struct text all = text_strip_right(text_strip_left((struct text){ s, len }));
	const char *dash = all.len ? memchr(all.s, '-', all.len) : NULL;
	struct text target, field;
	u64 v[4] = { 0 }, f[3];
	int n;

	if (!dash)
		return false;
	target = (struct text){ all.s, dash - all.s };
	field = (struct text){ dash + 1, all.len - target.len - 1 };
	if (text_numbers(field, f, 3) != 3)
		return false;
	if ((f[1] != 1 && f[1] != 2 && f[1] != 4) || f[0] >= 4096 || f[0] & (f[1] - 1) ||
	    f[2] >> 8 * f[1])
		return false;
	out->field.reg = f[0];
	out->field.size = f[1];
	out->field.mask = f[2] ? f[2] : (1ULL << 8 * f[1]) - 1;
	out->by_ids = !target.len || !memchr(target.s, '.', target.len);
	if (!out->by_ids)
		return ref_slot(target.s, target.len, &out->slot) &&
		       out->slot.dev != SLOT_SPEC_ANY && out->slot.func != SLOT_SPEC_ANY;
	n = text_numbers(target, v, 4);
	if ((n != 2 && n != 4) || (v[0] | v[1] | v[2] | v[3]) >> 16)
		return false;
	out->ids = (struct quirk_ids){ v[0], v[1], v[2], v[3], n == 4 };
	return true;
}

static bool text_begins(struct text t, const char *word)
{
	return t.len >= strlen(word) && !memcmp(t.s, word, strlen(word));
}

static struct text text_after(struct text t, const char *word)
{
	return (struct text){ t.s + strlen(word), t.len - strlen(word) };
}

static int ref_ids(struct text t, struct match_ids *out)
{
	s32 v[4] = { MATCH_ANY, MATCH_ANY, MATCH_ANY, MATCH_ANY };
	struct text parts[4];
	int i, n = text_split(t, ':', parts, 4), err = 0;
	u64 x;

	if (n != 2 && n != 4)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		if (text_is_star(parts[i]))
			continue;
		if (!text_number(text_strip_left(parts[i]), 1 << 16, &x))
			return -EINVAL;
		if (x >> 16)
			err = -ERANGE;
		if (x)
			v[i] = x;
	}
	*out = (struct match_ids){ v[0], v[1], v[2], v[3] };
	return err ? err : v[0] == MATCH_ANY ? -EPERM : 0;
}

static int ref_class(struct text t, struct match_class *out)
{
	u64 v;

	if ((t.len != 2 && t.len != 4 && t.len != 6) || t.s[1] == 'x' || t.s[1] == 'X' ||
	    !text_number(t, ~0U, &v))
		return -EINVAL;
	out->digits = t.len;
	out->value = v << (24 - 4 * t.len);
	return out->value >> 16 == 6 ? -EPERM : 0;
}

static int ref_path(struct text t, struct match_path *out)
{
	struct text parts[MATCH_PATH_MAX], df[2];
	int i, n = text_split(t, '/', parts, MATCH_PATH_MAX), err = 0;
	struct slot_spec base;
	u64 dev, func;

	if (n < 2 || !parts[0].len || text_strip_right(parts[0]).len != parts[0].len ||
	    !ref_slot(parts[0].s, parts[0].len, &base) || base.dev == SLOT_SPEC_ANY ||
	    base.func == SLOT_SPEC_ANY)
		return -EINVAL;
	if (base.domain > 0xffff || base.bus > 0xff || base.dev > 31 || base.func > 7)
		err = -ERANGE;
	memset(out, 0, sizeof(*out));
	out->domain = base.domain;
	out->bus = base.bus;
	out->nr = n;
	out->devfn[0] = base.dev * 8u + base.func;
	for (i = 1; i < n; i++) {
		if (text_split(parts[i], '.', df, 2) != 2 ||
		    !text_number(text_strip_left(df[0]), 32, &dev))
			return -EINVAL;
		func = 0;
		if (i == n - 1 && text_is_star(df[1]))
			out->any_func = true;
		else if (!text_number(text_strip_left(df[1]), 8, &func))
			return -EINVAL;
		if (dev > 31 || func > 7)
			err = -ERANGE;
		out->devfn[i] = dev * 8 + func;
	}
	return err;
}

int ref_match(const char *s, size_t len, struct match_spec *out)
{
	struct text t = text_strip_right(text_strip_left((struct text){ s, len }));

	if (text_begins(t, "pci:")) {
		out->kind = MATCH_IDS;
		return ref_ids(text_after(t, "pci:"), &out->ids);
	}
	if (text_begins(t, "class:")) {
		out->kind = MATCH_CLASS;
		return ref_class(text_after(t, "class:"), &out->class);
	}
	if (t.len && memchr(t.s, '/', t.len)) {
		out->kind = MATCH_PATH;
		return ref_path(t, &out->path);
	}
	out->kind = MATCH_SLOT;
	if (!ref_slot(s, len, &out->slot))
		return -EINVAL;
	return out->slot.domain <= 0xffff && out->slot.bus <= 0xff && out->slot.dev < 32 &&
	       out->slot.func < 8 ? 0 : -ERANGE;
}
