/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Texts of quirks: registers of a device that guests may write although no row of
 * a table allows it.
 *
 * Freestanding (see Documentation/architecture.rst): no kernel state.
 */
#ifndef PCIBACK_QUIRK_SPEC_H
#define PCIBACK_QUIRK_SPEC_H

#include <linux/types.h>
#include <pciback/slot_spec.h>

/**
 * struct quirk_ids - devices by their IDs
 * @vendor: vendor ID
 * @device: device ID
 * @subvendor: subsystem vendor ID, if @subsystem
 * @subdevice: subsystem ID, if @subsystem
 * @subsystem: compare the subsystem IDs, too
 *
 * Plain data; the caller serialises access.
 */
struct quirk_ids {
	u16 vendor;
	u16 device;
	u16 subvendor;
	u16 subdevice;
	bool subsystem;
};

/**
 * struct quirk_field - a register, or some bits of it
 * @reg: offset in configuration space
 * @size: 1, 2 or 4 bytes
 * @mask: the bits; never 0
 *
 * Plain data; the caller serialises access.
 */
struct quirk_field {
	u16 reg;
	u8 size;
	u32 mask;
};

/**
 * struct quirk_spec - one parsed quirk
 * @by_ids: for all devices with certain IDs; if false, for one function
 * @ids: the IDs, valid if @by_ids
 * @slot: the function, valid if not @by_ids
 * @field: the register
 *
 * Plain data; the caller serialises access.
 */
struct quirk_spec {
	bool by_ids;
	struct quirk_ids ids;
	struct slot_spec slot;
	struct quirk_field field;
};

int pciback_quirk_spec_parse(const char *s, size_t len, struct quirk_spec *out);
bool pciback_quirk_ids_match(const struct quirk_ids *ids, u16 vendor, u16 device,
			     u16 subvendor, u16 subdevice);

#endif /* PCIBACK_QUIRK_SPEC_H */
