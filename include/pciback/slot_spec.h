/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The one grammar in which an administrator names PCI functions: the items of
 * hide= and every sysfs file of the driver. Freestanding: usable in the kernel, under
 * KUnit and in user space alike.
 */
#ifndef PCIBACK_SLOT_SPEC_H
#define PCIBACK_SLOT_SPEC_H

#include <linux/types.h>

/* A wildcard in struct slot_spec's @dev or @func. */
#define SLOT_SPEC_ANY	(-1)

/*
 * "DDDD:BB:DD.F" is 12 characters; the longest printed form has a domain of
 * 8 digits, as virtual host bridges use them above 0xffff.
 */
#define SLOT_SPEC_STRLEN	20

/**
 * struct slot_spec - one parsed name, wildcards included
 * @domain: PCI domain (segment)
 * @bus: bus number
 * @dev: device number, or SLOT_SPEC_ANY
 * @func: function number, or SLOT_SPEC_ANY
 *
 * A number too large for its field is kept as parsed (saturated), so that a
 * caller can tell "not a name" from "a name of nothing that can exist".
 */
struct slot_spec {
	u32 domain;
	u32 bus;
	s32 dev;
	s32 func;
};

/**
 * struct slot_hide_item - what pciback_slot_spec_next_hide() found
 * @spec: the name, valid when the call returned 0
 * @pos: offset of the item in the whole list
 * @len: length of the item's text
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
int pciback_slot_spec_next_hide(const char *list, unsigned int *cursor, struct slot_hide_item *item);

#endif /* PCIBACK_SLOT_SPEC_H */
