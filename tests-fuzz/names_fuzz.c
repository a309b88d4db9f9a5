// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Fuzzes the parsers of spec/: addresses, lists of them, quirks; all forms that hide=
 * accepts, and lists of these (match_fuzz.c). The first byte of an input selects the
 * parser; the rest is the text. A second implementation of the grammar (names_ref.c)
 * must have the same result.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "input.h"
#include "match_fuzz.h"
#include "names_ref.h"

static bool slot_equal(const struct slot_spec *a, const struct slot_spec *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->dev == b->dev &&
	       a->func == b->func;
}

/* An address that is printed and parsed again is the same address. */
static void check_round_trip(const struct slot_spec *spec)
{
	char text[64], dev[16] = "*", func[16] = "*";
	struct slot_spec again;
	int n;

	if (spec->dev != SLOT_SPEC_ANY)
		snprintf(dev, sizeof(dev), "%02x", spec->dev);
	if (spec->func != SLOT_SPEC_ANY)
		snprintf(func, sizeof(func), "%x", spec->func);
	n = snprintf(text, sizeof(text), "%04x:%02x:%s.%s", spec->domain, spec->bus, dev, func);
	must(!pciback_slot_spec_parse(text, n, &again) && slot_equal(spec, &again),
	     "'%s' is parsed as something else", text);
	if (pciback_slot_spec_in_range(spec))
		must(n < SLOT_SPEC_STRLEN, "'%s' is too long", text);
}

static void check_covers(const struct slot_spec *spec)
{
	unsigned int devfn, nr = 0, expected = 1;

	for (devfn = 0; devfn < 256; devfn++)
		nr += pciback_slot_spec_covers(spec, spec->domain, spec->bus, devfn);
	expected *= spec->dev == SLOT_SPEC_ANY ? 32 : spec->dev < 32;
	expected *= spec->func == SLOT_SPEC_ANY ? 8 : spec->func < 8;
	/* A number too large for a bus covers no function. */
	if (spec->bus > 0xff)
		expected = 0;
	must(nr == expected, "%u functions match, should be %u", nr, expected);
	must(!pciback_slot_spec_covers(spec, spec->domain + 1, spec->bus, 0),
	     "another domain matches");
	must(!pciback_slot_spec_covers(spec, spec->domain, spec->bus + 1, 0) || spec->bus > 0xfe,
	     "another bus matches");
	must(pciback_slot_spec_is_wild(spec) == (spec->dev == SLOT_SPEC_ANY ||
						 spec->func == SLOT_SPEC_ANY), "wild or not");
}

static void fuzz_slot(const char *s, size_t len)
{
	struct slot_spec spec, ref;
	int err = pciback_slot_spec_parse(s, len, &spec);

	must(err == (ref_slot(s, len, &ref) ? 0 : -EINVAL), "an address: %d", err);
	if (err)
		return;
	must(slot_equal(&spec, &ref), "%x:%x:%x.%x, should be %x:%x:%x.%x", spec.domain, spec.bus,
	     spec.dev, spec.func, ref.domain, ref.bus, ref.dev, ref.func);
	must(pciback_slot_spec_in_range(&spec) == (spec.domain <= 0xffff && spec.bus <= 0xff &&
						   spec.dev < 32 && spec.func < 8),
	     "in range or not");
	check_round_trip(&spec);
	check_covers(&spec);
}

/* Each item lies within the list and after the previous one, and is parsed correctly. */
static void fuzz_hide_list(const char *list)
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
		must(item.len && cursor > end, "an empty item");
		end = cursor;
		if (err == -EINVAL)
			continue;
		must(!err || err == -ERANGE, "a hide item: %d", err);
		must(*s == '(' && s[item.len - 1] == ')' && !memchr(s + 1, '(', item.len - 1),
		     "an item without parentheses");
		must(ref_slot(s + 1, item.len - 2, &ref) && slot_equal(&ref, &item.spec),
		     "an item that is no address");
		must(!err == pciback_slot_spec_in_range(&item.spec), "in range or not");
	}
	must(!list[cursor], "the list ends before its end");
}

static void fuzz_quirk(const char *s, size_t len)
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
		must(slot_equal(&quirk.slot, &ref.slot), "a quirk of another function");
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
	/* Exactly the size of the text, so that the sanitizer finds reads beyond its end. */
	size -= 1;
	text = malloc(size + list);
	must(text || !size, "out of memory");
	if (size)
		memcpy(text, data + 1, size);
	if (list)
		text[size] = 0;
	if (what == 1)
		fuzz_hide_list(text);
	else if (what == 2)
		fuzz_quirk(text, size);
	else if (what == 3)
		fuzz_match(text, size);
	else if (what == 4)
		fuzz_match_hide(text);
	else
		fuzz_slot(text, size);
	free(text);
	return 0;
}
