/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Texts that select the functions to seize: addresses (slot_spec.h), paths, IDs and
 * classes.
 *
 * Freestanding (see Documentation/architecture.rst): no kernel state.
 */
#ifndef PCIBACK_MATCH_SPEC_H
#define PCIBACK_MATCH_SPEC_H

#include <linux/types.h>
#include <pciback/slot_spec.h>

/* Largest number of elements of a path. Six Thunderbolt devices in a chain need 14. */
#define MATCH_PATH_MAX	16
/* Largest number of elements in a function's chain of bridges, itself included. */
#define MATCH_CHAIN_MAX	32
/* A wildcard in struct match_ids. */
#define MATCH_ANY	(-1)
/* Size of a buffer for pciback_match_spec_print(): at most 12 + 15 * 5 characters. */
#define MATCH_SPEC_STRLEN	88

/**
 * enum match_kind - how a text selects functions
 * @MATCH_SLOT: address, wildcards allowed
 * @MATCH_PATH: device and function numbers on the way from a bus to the function
 * @MATCH_IDS: vendor and device ID, with or without subsystem IDs
 * @MATCH_CLASS: class code
 */
enum match_kind {
	MATCH_SLOT,
	MATCH_PATH,
	MATCH_IDS,
	MATCH_CLASS,
};

/**
 * struct match_path - the bridges on the way to a function, and the function
 * @domain: PCI domain
 * @bus: bus of the first element
 * @nr: number of elements, at least 2
 * @devfn: device and function of each bridge on the way, then of the function
 * @any_func: the last element means all functions of its device
 *
 * Plain data; the caller serialises access.
 */
struct match_path {
	u32 domain;
	u8 bus;
	u8 nr;
	u8 devfn[MATCH_PATH_MAX];
	bool any_func;
};

/**
 * struct match_ids - IDs of a function
 * @vendor: vendor ID, never a wildcard
 * @device: device ID or MATCH_ANY
 * @subvendor: subsystem vendor ID or MATCH_ANY
 * @subdevice: subsystem ID or MATCH_ANY
 *
 * Plain data; the caller serialises access.
 */
struct match_ids {
	u16 vendor;
	s32 device;
	s32 subvendor;
	s32 subdevice;
};

/**
 * struct match_class - class code, or its first digits
 * @value: base class, subclass, interface: 8 bits each, from the highest
 * @digits: number of the 6 hexadecimal digits to compare, from the highest: 2, 4 or 6
 *
 * Plain data; the caller serialises access.
 */
struct match_class {
	u32 value;
	u8 digits;
};

/**
 * struct match_spec - one parsed text
 * @kind: which of the following members is valid
 * @slot: an address
 * @path: a path
 * @ids: IDs
 * @class: a class
 *
 * Plain data; the caller serialises access.
 */
struct match_spec {
	enum match_kind kind;
	union {
		struct slot_spec slot;
		struct match_path path;
		struct match_ids ids;
		struct match_class class;
	};
};

/**
 * struct match_addr - address of a function within its PCI domain
 * @bus: bus number
 * @devfn: device and function number
 *
 * Plain data; the caller serialises access.
 */
struct match_addr {
	u8 bus;
	u8 devfn;
};

/**
 * struct match_target - properties of a function that texts are compared with
 * @domain: its PCI domain
 * @nr: number of valid elements of @chain
 * @chain: the function, the bridge above it, the one above that, ...
 * @vendor: vendor ID
 * @device: device ID
 * @subvendor: subsystem vendor ID
 * @subdevice: subsystem ID
 * @class: class code, 24 bits
 *
 * Plain data; the caller serialises access.
 */
struct match_target {
	u32 domain;
	unsigned int nr;
	struct match_addr chain[MATCH_CHAIN_MAX];
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	u32 class;
};

/**
 * struct match_hide_item - one item of a hide list
 * @spec: the parsed item, valid when pciback_match_spec_next_hide() returned 0
 * @pos: offset of the item in the whole list
 * @len: length of the item's text
 *
 * Plain data; the caller serialises access.
 */
struct match_hide_item {
	struct match_spec spec;
	unsigned int pos;
	unsigned int len;
};

int pciback_match_spec_parse(const char *s, size_t len, struct match_spec *out);
int pciback_match_spec_next_hide(const char *list, unsigned int *cursor,
				 struct match_hide_item *item);
int pciback_match_spec_print(const struct match_spec *spec, char *buf, size_t size);
bool pciback_match_spec_is_name(const struct match_spec *spec);
bool pciback_match_spec_covers(const struct match_spec *spec, const struct match_target *target);

#endif /* PCIBACK_MATCH_SPEC_H */
