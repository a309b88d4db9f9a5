// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Fuzzes the grammars of names: addresses, lists of them, quirks; everything that
 * hide= takes, and lists of that (match_fuzz.c). The first byte says which; what
 * follows is the text. Another reading of the grammar (names_ref.c) must come to
 * the same result.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "input.h"
#include "match_fuzz.h"
#include "names_ref.h"

static bool same(const struct slot_spec *a, const struct slot_spec *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->dev == b->dev &&
	       a->func == b->func;
}

/* A name that is printed and read again is the same name. */
static void round_trip(const struct slot_spec *spec)
{
	char text[64], dev[16] = "*", func[16] = "*";
	struct slot_spec again;
	int n;

	if (spec->dev != SLOT_SPEC_ANY)
		snprintf(dev, sizeof(dev), "%02x", spec->dev);
	if (spec->func != SLOT_SPEC_ANY)
		snprintf(func, sizeof(func), "%x", spec->func);
	n = snprintf(text, sizeof(text), "%04x:%02x:%s.%s", spec->domain, spec->bus, dev, func);
	must(!pciback_slot_spec_parse(text, n, &again) && same(spec, &again), "'%s' is not itself", text);
	if (pciback_slot_spec_in_range(spec))
		must(n < SLOT_SPEC_STRLEN, "'%s' is too long", text);
}

static void covers(const struct slot_spec *spec)
{
	unsigned int devfn, nr = 0, expected = 1;

	for (devfn = 0; devfn < 256; devfn++)
		nr += pciback_slot_spec_covers(spec, spec->domain, spec->bus, devfn);
	expected *= spec->dev == SLOT_SPEC_ANY ? 32 : spec->dev < 32;
	expected *= spec->func == SLOT_SPEC_ANY ? 8 : spec->func < 8;
	/* A bus that does not fit into its field is nobody's. */
	if (spec->bus > 0xff)
		expected = 0;
	must(nr == expected, "covers %u functions, should be %u", nr, expected);
	must(!pciback_slot_spec_covers(spec, spec->domain + 1, spec->bus, 0), "covers another domain");
	must(!pciback_slot_spec_covers(spec, spec->domain, spec->bus + 1, 0) || spec->bus > 0xfe,
	     "covers another bus");
	must(pciback_slot_spec_is_wild(spec) == (spec->dev == SLOT_SPEC_ANY ||
						 spec->func == SLOT_SPEC_ANY), "wild or not");
}

static void one_name(const char *s, size_t len)
{
	struct slot_spec spec, ref;
	int err = pciback_slot_spec_parse(s, len, &spec);

	must(err == (ref_slot(s, len, &ref) ? 0 : -EINVAL), "a name: %d", err);
	if (err)
		return;
	must(same(&spec, &ref), "%x:%x:%x.%x, should be %x:%x:%x.%x", spec.domain, spec.bus,
	     spec.dev, spec.func, ref.domain, ref.bus, ref.dev, ref.func);
	must(pciback_slot_spec_in_range(&spec) == (spec.domain <= 0xffff && spec.bus <= 0xff &&
						   spec.dev < 32 && spec.func < 8), "in range or not");
	round_trip(&spec);
	covers(&spec);
}

/* Every item is inside the list, behind the one before, and what it says. */
static void hide_list(const char *list)
{
	struct slot_hide_item item;
	unsigned int cursor = 0, end = 0, nr;
	size_t len = strlen(list);
	struct slot_spec ref;
	int err;

	for (nr = 0;; nr++) {
		const char *s = list;

		must(nr <= len + 1, "a hide list without end");
		err = pciback_slot_spec_next_hide(list, &cursor, &item);
		s += item.pos;
		must(item.pos >= end && item.pos + item.len <= len, "an item outside of the list");
		must(cursor <= len && cursor >= item.pos + item.len, "the cursor is lost");
		if (err == -ENOENT)
			break;
		must(item.len && cursor > end, "an item of nothing");
		end = cursor;
		if (err == -EINVAL)
			continue;
		must(!err || err == -ERANGE, "a hide item: %d", err);
		must(*s == '(' && s[item.len - 1] == ')' && !memchr(s + 1, '(', item.len - 1),
		     "an item without parentheses");
		must(ref_slot(s + 1, item.len - 2, &ref) && same(&ref, &item.spec),
		     "an item that is no name");
		must(!err == pciback_slot_spec_in_range(&item.spec), "in range or not");
	}
	must(!list[cursor], "the list ends before its end");
}

static void one_quirk(const char *s, size_t len)
{
	struct quirk_spec quirk, ref;
	int err = pciback_quirk_spec_parse(s, len, &quirk);
	const struct quirk_ids *a = &quirk.ids, *b = &ref.ids;

	must(err == (ref_quirk(s, len, &ref) ? 0 : -EINVAL), "a quirk: %d", err);
	if (err)
		return;
	must(quirk.by_ids == ref.by_ids && quirk.field.reg == ref.field.reg &&
	     quirk.field.size == ref.field.size && quirk.field.mask == ref.field.mask &&
	     quirk.field.mask, "another quirk");
	if (!quirk.by_ids) {
		must(same(&quirk.slot, &ref.slot), "a quirk of another function");
		return;
	}
	must(a->vendor == b->vendor && a->device == b->device && a->subsystem == b->subsystem &&
	     (!a->subsystem || (a->subvendor == b->subvendor && a->subdevice == b->subdevice)),
	     "a quirk of another device");
	must(pciback_quirk_ids_match(a, b->vendor, b->device, b->subvendor, b->subdevice) &&
	     !pciback_quirk_ids_match(a, b->vendor ^ 1, b->device, b->subvendor, b->subdevice) &&
	     !pciback_quirk_ids_match(a, b->vendor, b->device ^ 1, b->subvendor, b->subdevice) &&
	     pciback_quirk_ids_match(a, b->vendor, b->device, b->subvendor ^ 1, b->subdevice) ==
		!a->subsystem &&
	     pciback_quirk_ids_match(a, b->vendor, b->device, b->subvendor, b->subdevice ^ 1) ==
		!a->subsystem, "the wrong devices match");
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	char *text;
	bool list;
	u8 what;

	if (!size)
		return 0;
	what = *data % 5;
	list = what == 1 || what == 4;
	/* To the byte, so that a step beyond the end is seen. */
	size -= 1;
	text = malloc(size + list);
	must(text || !size, "out of memory");
	if (size)
		memcpy(text, data + 1, size);
	if (list)
		text[size] = 0;
	if (what == 1)
		hide_list(text);
	else if (what == 2)
		one_quirk(text, size);
	else if (what == 3)
		fuzz_match(text, size);
	else if (what == 4)
		fuzz_match_hide(text);
	else
		one_name(text, size);
	free(text);
	return 0;
}
