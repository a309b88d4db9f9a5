/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Addresses of PCI functions as an administrator writes them, in the items of hide=
 * and in every sysfs file of the driver.
 *
 * Freestanding (see Documentation/architecture.rst): no kernel state.
 */
#ifndef PCIBACK_SLOT_SPEC_H
#define PCIBACK_SLOT_SPEC_H

#include <linux/types.h>

/* A wildcard in struct slot_spec's @dev or @func. */
#define SLOT_SPEC_ANY	(-1)

/*
 * "DDDD:BB:DD.F" has 12 characters. The longest printed form has a domain of 8
 * digits, since virtual host bridges use domains above 0xffff.
 */
#define SLOT_SPEC_STRLEN	20

/**
 * struct slot_spec - one parsed address, wildcards included
 * @domain: PCI domain (segment)
 * @bus: bus number
 * @dev: device number, or SLOT_SPEC_ANY
 * @func: function number, or SLOT_SPEC_ANY
 *
 * A number too large for its field is stored as parsed (saturated), so that a caller
 * can tell an invalid text from the address of a function that cannot exist.
 *
 * Plain data; the caller serialises access.
 */
struct slot_spec {
	u32 domain;
	u32 bus;
	s32 dev;
	s32 func;
};

/**
 * struct slot_hide_item - one item of a hide list
 * @spec: the address, valid when pciback_slot_spec_next_hide() returned 0
 * @pos: offset of the item in the whole list
 * @len: length of the item's text
 *
 * Plain data; the caller serialises access.
 */
struct slot_hide_item {
	struct slot_spec spec;
	unsigned int pos;
	unsigned int len;
};

int pciback_slot_spec_parse(const char *s, size_t len, struct slot_spec *out);
bool pciback_slot_spec_in_range(const struct slot_spec *spec);
bool pciback_slot_spec_is_wild(const struct slot_spec *spec);
bool pciback_slot_spec_covers(const struct slot_spec *spec, u32 domain, u8 bus, u8 devfn);
int pciback_slot_spec_next_hide(const char *list, unsigned int *cursor,
				struct slot_hide_item *item);

#endif /* PCIBACK_SLOT_SPEC_H */
