// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Part of names_fuzz.c: paths, IDs and classes, and hide lists that contain them. Each
 * text is parsed and compared with names_ref.c, printed and parsed again, and compared
 * with functions that match it and with functions that differ in one bit.
 */
#include <errno.h>
#include <string.h>
#include "input.h"
#include "match_fuzz.h"
#include "names_ref.h"

static bool spec_equal(const struct match_spec *a, const struct match_spec *b)
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

static void check_round_trip(const struct match_spec *spec)
{
	struct match_spec again;
	char text[MATCH_SPEC_STRLEN];
	int n = pciback_match_spec_print(spec, text, sizeof(text));

	must(n < (int)sizeof(text) && n == (int)strlen(text), "a text of %d", n);
	must(!pciback_match_spec_parse(text, n, &again) && spec_equal(spec, &again),
	     "'%s' is parsed as something else", text);
}

static void check_path(const struct match_spec *spec)
{
	const struct match_path *path = &spec->path;
	struct match_target target = { .domain = path->domain, .nr = path->nr };
	int i;

	for (i = 0; i < path->nr; i++)
		target.chain[i] = (struct match_addr){ 0x55, path->devfn[path->nr - 1 - i] };
	target.chain[path->nr - 1].bus = path->bus;
	must(pciback_match_spec_covers(spec, &target), "the path does not lead to its end");
	target.domain++;
	must(!pciback_match_spec_covers(spec, &target), "the path is in two domains");
	target.domain--;
	target.chain[path->nr - 1].bus++;
	must(!pciback_match_spec_covers(spec, &target), "the path begins on two buses");
	target.chain[path->nr - 1].bus--;
	for (i = 0; i < path->nr; i++) {
		target.chain[i].devfn ^= 8;
		must(!pciback_match_spec_covers(spec, &target), "element %d is not compared", i);
		target.chain[i].devfn ^= 9;
		must(pciback_match_spec_covers(spec, &target) == (!i && path->any_func),
		     "function of element %d", i);
		target.chain[i].devfn ^= 1;
	}
	/* A function below the end of the path. */
	memmove(target.chain + 1, target.chain, path->nr * sizeof(target.chain[0]));
	target.chain[0] = (struct match_addr){ 0x66, 0 };
	target.nr++;
	must(pciback_match_spec_covers(spec, &target), "the path does not cover what is below");
	target.nr = path->nr - 1;
	must(!pciback_match_spec_covers(spec, &target), "the path is too short");
}

static void check_ids(const struct match_spec *spec)
{
	const struct match_ids *ids = &spec->ids;
	struct match_target target = { .nr = 1, .vendor = ids->vendor };

	target.device = ids->device == MATCH_ANY ? 0x1234 : ids->device;
	target.subvendor = ids->subvendor == MATCH_ANY ? 0 : ids->subvendor;
	target.subdevice = ids->subdevice == MATCH_ANY ? 0xffff : ids->subdevice;
	must(pciback_match_spec_covers(spec, &target), "ids do not cover their device");
	target.vendor ^= 0x8000;
	must(!pciback_match_spec_covers(spec, &target), "the vendor is not compared");
	target.vendor ^= 0x8000;
	target.device ^= 1;
	must(pciback_match_spec_covers(spec, &target) == (ids->device == MATCH_ANY), "device");
	target.device ^= 1;
	target.subvendor ^= 1;
	must(pciback_match_spec_covers(spec, &target) == (ids->subvendor == MATCH_ANY),
	     "subvendor");
	target.subvendor ^= 1;
	target.subdevice ^= 1;
	must(pciback_match_spec_covers(spec, &target) == (ids->subdevice == MATCH_ANY),
	     "subdevice");
}

static void check_class(const struct match_spec *spec)
{
	struct match_target target = { .nr = 1, .class = spec->class.value };
	int bit;

	must(target.class >> 16 != 6, "a class of bridges");
	must(pciback_match_spec_covers(spec, &target), "a class does not cover itself");
	for (bit = 0; bit < 24; bit++) {
		target.class = spec->class.value ^ 1U << bit;
		must(pciback_match_spec_covers(spec, &target) == bit < 24 - 4 * spec->class.digits,
		     "bit %d of the class", bit);
	}
}

static void check_spec(const struct match_spec *spec)
{
	must(pciback_match_spec_is_name(spec) ==
	     (spec->kind == MATCH_SLOT || spec->kind == MATCH_PATH), "is a name or not");
	if (spec->kind == MATCH_SLOT)
		return;
	check_round_trip(spec);
	if (spec->kind == MATCH_PATH)
		check_path(spec);
	else if (spec->kind == MATCH_IDS)
		check_ids(spec);
	else
		check_class(spec);
}

void fuzz_match(const char *s, size_t len)
{
	struct match_spec spec, ref;
	int err = pciback_match_spec_parse(s, len, &spec), expected = ref_match(s, len, &ref);

	must(err == expected, "%d, should be %d", err, expected);
	if (err)
		return;
	must(spec_equal(&spec, &ref), "parsed as something else");
	check_spec(&spec);
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
		must(item.len && cursor > end, "an empty item");
		end = cursor;
		if (err == -EINVAL)
			continue;
		must(*s == '(' && s[item.len - 1] == ')' && !memchr(s + 1, '(', item.len - 1),
		     "an item without parentheses");
		must(ref_match(s + 1, item.len - 2, &ref) == err, "an item: %d", err);
		if (err)
			continue;
		must(spec_equal(&ref, &item.spec), "an item parsed as something else");
		check_spec(&item.spec);
	}
	must(!list[cursor], "the list ends before its end");
}
