// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Part of names_fuzz.c: paths, ids and classes, and hide lists with them. Each text
 * is held against the other reading of the grammar, printed and read again, and
 * tried on a function made for it and on some that are off by a bit.
 */
#include <errno.h>
#include <string.h>
#include "input.h"
#include "match_fuzz.h"
#include "names_ref.h"

static bool same(const struct match_spec *a, const struct match_spec *b)
{
	const struct match_path *p = &a->path, *q = &b->path;

	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case MATCH_SLOT:
		return a->slot.domain == b->slot.domain && a->slot.bus == b->slot.bus &&
		       a->slot.dev == b->slot.dev && a->slot.func == b->slot.func;
	case MATCH_PATH:
		return p->domain == q->domain && p->bus == q->bus && p->nr == q->nr &&
		       p->any_func == q->any_func && !memcmp(p->devfn, q->devfn, p->nr);
	case MATCH_IDS:
		return a->ids.vendor == b->ids.vendor && a->ids.device == b->ids.device &&
		       a->ids.subvendor == b->ids.subvendor &&
		       a->ids.subdevice == b->ids.subdevice;
	default:
		return a->class.value == b->class.value && a->class.digits == b->class.digits;
	}
}

static void round_trip(const struct match_spec *spec)
{
	struct match_spec again;
	char text[MATCH_SPEC_STRLEN];
	int n = pciback_match_spec_print(spec, text, sizeof(text));

	must(n < (int)sizeof(text) && n == (int)strlen(text), "a text of %d", n);
	must(!pciback_match_spec_parse(text, n, &again) && same(spec, &again), "'%s' is not itself", text);
}

static void path_covers(const struct match_spec *spec)
{
	const struct match_path *path = &spec->path;
	struct match_target facts = { .domain = path->domain, .nr = path->nr };
	int i;

	for (i = 0; i < path->nr; i++)
		facts.chain[i] = (struct match_addr){ 0x55, path->devfn[path->nr - 1 - i] };
	facts.chain[path->nr - 1].bus = path->bus;
	must(pciback_match_spec_covers(spec, &facts), "the path does not lead to its end");
	facts.domain++;
	must(!pciback_match_spec_covers(spec, &facts), "the path is in two domains");
	facts.domain--;
	facts.chain[path->nr - 1].bus++;
	must(!pciback_match_spec_covers(spec, &facts), "the path begins on two buses");
	facts.chain[path->nr - 1].bus--;
	for (i = 0; i < path->nr; i++) {
		facts.chain[i].devfn ^= 8;
		must(!pciback_match_spec_covers(spec, &facts), "element %d does not count", i);
		facts.chain[i].devfn ^= 9;
		must(pciback_match_spec_covers(spec, &facts) == (!i && path->any_func),
		     "function of element %d", i);
		facts.chain[i].devfn ^= 1;
	}
	/* What is below the end. */
	memmove(facts.chain + 1, facts.chain, path->nr * sizeof(facts.chain[0]));
	facts.chain[0] = (struct match_addr){ 0x66, 0 };
	facts.nr++;
	must(pciback_match_spec_covers(spec, &facts), "the path leaves out what is below");
	facts.nr = path->nr - 1;
	must(!pciback_match_spec_covers(spec, &facts), "the path is too short");
}

static void ids_cover(const struct match_spec *spec)
{
	const struct match_ids *ids = &spec->ids;
	struct match_target f = { .nr = 1, .vendor = ids->vendor };

	f.device = ids->device == MATCH_ANY ? 0x1234 : ids->device;
	f.subvendor = ids->subvendor == MATCH_ANY ? 0 : ids->subvendor;
	f.subdevice = ids->subdevice == MATCH_ANY ? 0xffff : ids->subdevice;
	must(pciback_match_spec_covers(spec, &f), "ids do not cover their device");
	f.vendor ^= 0x8000;
	must(!pciback_match_spec_covers(spec, &f), "the vendor does not count");
	f.vendor ^= 0x8000;
	f.device ^= 1;
	must(pciback_match_spec_covers(spec, &f) == (ids->device == MATCH_ANY), "device");
	f.device ^= 1;
	f.subvendor ^= 1;
	must(pciback_match_spec_covers(spec, &f) == (ids->subvendor == MATCH_ANY), "subvendor");
	f.subvendor ^= 1;
	f.subdevice ^= 1;
	must(pciback_match_spec_covers(spec, &f) == (ids->subdevice == MATCH_ANY), "subdevice");
}

static void class_covers(const struct match_spec *spec)
{
	struct match_target f = { .nr = 1, .class = spec->class.value };
	int bit;

	must(f.class >> 16 != 6, "a class of bridges");
	must(pciback_match_spec_covers(spec, &f), "a class does not cover itself");
	for (bit = 0; bit < 24; bit++) {
		f.class = spec->class.value ^ 1U << bit;
		must(pciback_match_spec_covers(spec, &f) == bit < 24 - 4 * spec->class.digits,
		     "bit %d of the class", bit);
	}
}

static void understood(const struct match_spec *spec)
{
	must(pciback_match_spec_is_name(spec) == (spec->kind == MATCH_SLOT || spec->kind == MATCH_PATH),
	     "a name or not");
	if (spec->kind == MATCH_SLOT)
		return;
	round_trip(spec);
	if (spec->kind == MATCH_PATH)
		path_covers(spec);
	else if (spec->kind == MATCH_IDS)
		ids_cover(spec);
	else
		class_covers(spec);
}

void fuzz_match(const char *s, size_t len)
{
	struct match_spec spec, ref;
	int err = pciback_match_spec_parse(s, len, &spec), expected = ref_match(s, len, &ref);

	must(err == expected, "%d, should be %d", err, expected);
	if (err)
		return;
	must(same(&spec, &ref), "read as something else");
	understood(&spec);
}

void fuzz_match_hide(const char *list)
{
	unsigned int cursor = 0, end = 0, nr;
	struct match_hide_item item;
	size_t len = strlen(list);
	struct match_spec ref;
	int err;

	for (nr = 0;; nr++) {
		const char *s = list;

		must(nr <= len + 1, "a hide list without end");
		err = pciback_match_spec_next_hide(list, &cursor, &item);
		s += item.pos;
		must(item.pos >= end && item.pos + item.len <= len, "an item outside of the list");
		must(cursor <= len && cursor >= item.pos + item.len, "the cursor is lost");
		if (err == -ENOENT)
			break;
		must(item.len && cursor > end, "an item of nothing");
		end = cursor;
		if (err == -EINVAL)
			continue;
		must(*s == '(' && s[item.len - 1] == ')' && !memchr(s + 1, '(', item.len - 1),
		     "an item without parentheses");
		must(ref_match(s + 1, item.len - 2, &ref) == err, "an item: %d", err);
		if (err)
			continue;
		must(same(&ref, &item.spec), "an item read as something else");
		understood(&item.spec);
	}
	must(!list[cursor], "the list ends before its end");
}
