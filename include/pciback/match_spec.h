/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The grammar of everything that says which functions to claim: addresses
 * (slot_spec.h), paths, ids, classes. Freestanding, as slot_spec.h.
 */
#ifndef PCIBACK_MATCH_SPEC_H
#define PCIBACK_MATCH_SPEC_H

#include <linux/types.h>
#include <pciback/slot_spec.h>

/* Elements of a path. Six Thunderbolt devices in a row need 14. */
#define MATCH_PATH_MAX	16
/* How many bridges above a function are looked at, itself included. */
#define MATCH_CHAIN_MAX	32
/* A wildcard in struct match_ids. */
#define MATCH_ANY	(-1)
/* Room for the longest text of pciback_match_spec_print(): 12 + 15 * 5 characters. */
#define MATCH_SPEC_STRLEN	88

/**
 * enum match_kind - how a text says which functions it means
 * @MATCH_SLOT: address, wildcards allowed
 * @MATCH_PATH: devices on the way from a bus whose number is known
 * @MATCH_IDS: vendor and device, perhaps subsystem
 * @MATCH_CLASS: class code
 */
enum match_kind {
	MATCH_SLOT,
	MATCH_PATH,
	MATCH_IDS,
	MATCH_CLASS,
};

/**
 * struct match_path - the way to a function
 * @domain: PCI domain
 * @bus: bus of the first element
 * @nr: number of elements, at least 2
 * @devfn: device and function of each bridge on the way, then of the function
 * @any_func: the last one stands for all functions of its device
 */
struct match_path {
	u32 domain;
	u8 bus;
	u8 nr;
	u8 devfn[MATCH_PATH_MAX];
	bool any_func;
};

/**
 * struct match_ids - what a function says it is
 * @vendor: vendor ID, never a wildcard
 * @device: device ID or MATCH_ANY
 * @subvendor: subsystem vendor ID or MATCH_ANY
 * @subdevice: subsystem ID or MATCH_ANY
 */
struct match_ids {
	u16 vendor;
	s32 device;
	s32 subvendor;
	s32 subdevice;
};

/**
 * struct match_class - what a function is for
 * @value: base class, subclass, interface: 8 bits each, from the highest
 * @digits: how many of the 6 digits count, from the highest: 2, 4 or 6
 */
struct match_class {
	u32 value;
	u8 digits;
};

/**
 * struct match_spec - one parsed text
 * @kind: which of the following it is
 * @slot: an address
 * @path: a path
 * @ids: ids
 * @class: a class
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
 * struct match_addr - where a function is
 * @bus: bus number
 * @devfn: device and function number
 */
struct match_addr {
	u8 bus;
	u8 devfn;
};

/**
 * struct match_target - all that a path, ids or a class may ask of a function
 * @domain: its PCI domain
 * @nr: valid members of @chain
 * @chain: the function, the bridge above it, the one above that, ...
 * @vendor: vendor ID
 * @device: device ID
 * @subvendor: subsystem vendor ID
 * @subdevice: subsystem ID
 * @class: class code, 24 bits
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
 * struct match_hide_item - what pciback_match_spec_next_hide() found
 * @spec: what it says, valid when the call returned 0
 * @pos: offset of the item in the whole list
 * @len: length of the item's text
 */
struct match_hide_item {
	struct match_spec spec;
	unsigned int pos;
	unsigned int len;
};

int pciback_match_spec_parse(const char *s, size_t len, struct match_spec *out);
int pciback_match_spec_next_hide(const char *list, unsigned int *cursor, struct match_hide_item *item);
int pciback_match_spec_print(const struct match_spec *spec, char *buf, size_t size);
bool pciback_match_spec_is_name(const struct match_spec *spec);
bool pciback_match_spec_covers(const struct match_spec *spec, const struct match_target *facts);

#endif /* PCIBACK_MATCH_SPEC_H */
