/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The grammar of quirks: registers of a device that guests may write although
 * no row of a table allows it. Freestanding, as slot_spec.h.
 */
#ifndef PCIBACK_QUIRK_SPEC_H
#define PCIBACK_QUIRK_SPEC_H

#include <linux/types.h>
#include <pciback/slot_spec.h>

/**
 * struct quirk_ids - devices by what they are
 * @vendor: vendor ID
 * @device: device ID
 * @subvendor: subsystem vendor ID, if @subsystem
 * @subdevice: subsystem ID, if @subsystem
 * @subsystem: the subsystem counts too
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
 */
struct quirk_field {
	u16 reg;
	u8 size;
	u32 mask;
};

/**
 * struct quirk_spec - one parsed quirk
 * @by_ids: for all devices of these ids, else for one function
 * @ids: if @by_ids
 * @slot: if not
 * @field: the register
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
