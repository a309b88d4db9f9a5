// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reads the function from the first part of an input: see image.h. */
#include <string.h>
#include <linux/pci.h>
#include "image.h"

static void mem_put(struct fakehw *hw, unsigned int off, u8 val)
{
	hw->mem[off % SPACE] = val;
}

/* Writes the header of an extended capability, and the link of the previous one. */
static void ext_cap_put(struct fakehw *hw, unsigned int *last, unsigned int off, u8 id, u8 version)
{
	off = PCI_CFG_SPACE_SIZE + off % (SPACE - PCI_CFG_SPACE_SIZE);
	off &= ~3U;
	if (*last) {
		mem_put(hw, *last + 2, (fake_get(hw, *last + 2, 1) & 0xf) | (off & 0xf) << 4);
		mem_put(hw, *last + 3, off >> 4);
	}
	mem_put(hw, off, id);
	mem_put(hw, off + 1, 0);
	mem_put(hw, off + 2, version & 0xf);
	*last = off;
}

static void load_records(struct input *in, struct fakehw *hw)
{
	unsigned int std = PCI_CAPABILITY_LIST, ext = 0, nr = in_u8(in), off, n, step;
	u8 id;

	while (nr-- && in->left) {
		switch (in_u8(in) % 4) {
		case 0:
			off = in_u16(in);
			for (n = in_u8(in); n && in->left; n--)
				mem_put(hw, off++, in_u8(in));
			break;
		case 1:
			off = in_u8(in) & ~3U;
			mem_put(hw, std, off);
			mem_put(hw, off, in_u8(in));
			std = off + 1;
			hw->mem[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
			break;
		case 2:
			off = in_u16(in);
			id = in_u8(in);
			ext_cap_put(hw, &ext, off, id, in_u8(in));
			break;
		case 3:
			off = in_u16(in);
			n = in_u8(in);
			step = in_u8(in);
			for (id = in_u8(in); n--; off += 4 + (step & 0x3c))
				ext_cap_put(hw, &ext, off, id, 1);
			break;
		}
	}
}

/* A BAR whose size follows from @log. @high: this is the upper half of a 64 bit BAR; updated. */
static struct conf_bar bar_describe(const struct fakehw *hw, unsigned int off, unsigned int log,
				    bool *high)
{
	struct conf_bar bar = { .val = fake_get(hw, off, 4) };
	u32 type = bar.val & PCI_BASE_ADDRESS_SPACE ? 3 : 0xf;

	if (*high) {
		*high = false;
		bar.len = log & 0x20 ? ~0U << (log & 0x1f) : U32_MAX;
		return bar;
	}
	bar.ignore = type;
	if (!bar.val)
		return bar;
	*high = type == 0xf && (bar.val & PCI_BASE_ADDRESS_MEM_TYPE_MASK) ==
			       PCI_BASE_ADDRESS_MEM_TYPE_64;
	bar.len = (~0U << (4 + log % 28)) | (bar.val & type);
	return bar;
}

static void load_ident(struct input *in, struct fakehw *hw, struct conf_ident *id, u8 flags,
		       u8 log, u8 line)
{
	bool high = false;
	unsigned int i;

	memset(id, 0, sizeof(*id));
	id->header_type = !!(flags & IMAGE_BRIDGE);
	id->vendor = fake_get(hw, PCI_VENDOR_ID, 2);
	id->device = fake_get(hw, PCI_DEVICE_ID, 2);
	id->irq_line = line;
	mem_put(hw, PCI_HEADER_TYPE, (fake_get(hw, PCI_HEADER_TYPE, 1) & 0x80) | id->header_type);
	for (i = 0; i < (id->header_type ? 2 : CONF_NR_BARS); i++)
		id->bar[i] = bar_describe(hw, PCI_BASE_ADDRESS_0 + 4 * i, log + i, &high);
	id->rom.val = fake_get(hw, id->header_type ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS, 4);
	id->rom.len = ~0U << (11 + log % 16);
	id->rom.ignore = 0x7ff;
}

static void load_masks(struct fakehw *hw, u8 kind, u32 seed)
{
	unsigned int i;

	for (i = 0; i < SPACE; i++) {
		seed = seed * 1664525 + 1013904223;
		hw->writable[i] = kind == 0x20 ? 0 : kind == 0x40 ? seed >> 24 : 0xff;
	}
}

/**
 * image_load() - read the function from an input
 * @in: the input; afterwards at the byte after the function
 * @hw: the function, zeroed
 * @id: set to its properties as the PCI core has them
 *
 * Return: the flags, IMAGE_*.
 */
u8 image_load(struct input *in, struct fakehw *hw, struct conf_ident *id)
{
	u8 flags = in_u8(in), log = in_u8(in), line = in_u8(in);

	hw->size = flags & IMAGE_4K ? PCI_CFG_SPACE_EXP_SIZE : PCI_CFG_SPACE_SIZE;
	load_records(in, hw);
	load_ident(in, hw, id, flags, log, line);
	load_masks(hw, flags & IMAGE_MASKS, log << 8 | line);
	return flags;
}
