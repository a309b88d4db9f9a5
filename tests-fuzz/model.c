// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The expected result of a guest's access. model_write() applies the write to a copy of
 * the function, with the same memory and masks; the caller compares the copy with the
 * function that the engine has written to.
 */
#include <string.h>
#include <linux/pci.h>
#include "model.h"

#define SET_FAILED	PCIBIOS_SET_FAILED

/* All bits of a value of @size bytes. */
static u32 size_mask(unsigned int size)
{
	return 0xffffffffU >> (32 - 8 * size);
}

static u32 bytes_get(const u8 *bytes, unsigned int off, unsigned int size)
{
	u32 val = 0;

	while (size--)
		val = val << 8 | bytes[off + size];
	return val;
}

static void bytes_put(u8 *bytes, unsigned int off, unsigned int size, u32 val)
{
	for (; size--; off++, val >>= 8)
		bytes[off] = val;
}

/* The register of a byte, or NULL. */
struct mreg *model_at(struct model *m, unsigned int off)
{
	return off < m->size && m->at[off] ? &m->regs[m->at[off] - 1] : NULL;
}

/* What a guest's read must return. */
u32 model_read(const struct model *m, const struct fakehw *hw, unsigned int off, unsigned int size)
{
	u32 val = 0;

	while (size--) {
		unsigned int b = off + size;
		u8 is = fake_peek(hw, b, 1);

		if (m->what[b] == REGISTER)
			is = (is & m->see[b]) | (m->copy[b] & m->own[b]);
		else if (m->what[b] == HIDDEN || m->what[b] == LOST)
			is = 0;
		val = val << 8 | is;
	}
	return val;
}

static int command_write(struct model *m, struct fakehw *hw, const struct mreg *r, u32 val)
{
	u32 see = r->expected->see;
	u32 now, shadow = bytes_get(m->copy, 4, 2);

	if (val & 3 && !m->enabled) {
		if (hw->enable_err)
			return hw->enable_err;
		fake_bits(hw, 4, 3, true);
		m->enabled = true;
	}
	m->decoding = val & 3;
	now = fake_peek(hw, 4, 2);
	if ((now ^ val) & see & 0x04)
		fake_bits(hw, 4, 0x04, val & 0x04);
	if ((now ^ val) & 0x10) {
		if (val & 0x10 && hw->mwi_err)
			val &= ~0x10;
		else
			fake_bits(hw, 4, 0x10, val & 0x10);
	}
	if (m->interrupts && (shadow ^ val) & 0x400)
		fake_bits(hw, 4, 0x400, val & 0x400);
	bytes_put(m->copy, 4, 2, val & r->expected->own);
	if (m->level != CONF_PERMISSIVE)
		return 0;
	now = fake_peek(hw, 4, 2);
	val = (val & see) | (now & ~see);
	if (val != now)
		fake_poke(hw, 4, 2, val);
	return 0;
}

static int bar_write(struct model *m, struct fakehw *hw, const struct mreg *r, u32 val)
{
	if ((val | r->ignore) == ~0U) {
		bytes_put(m->copy, r->pos, 4, r->len);
		return 0;
	}
	bytes_put(m->copy, r->pos, 4, r->host_val);
	if (val == r->host_val)
		fake_poke(hw, r->pos, 4, val);
	return 0;
}

static int pmcsr_write(struct model *m, struct fakehw *hw, const struct mreg *r, u32 val, u32 mask)
{
	u32 now = fake_peek(hw, r->pos, 2);

	fake_poke(hw, r->pos, 2, (now & 0x61ff) | (val & 0x1e00) | (val & mask & 0x8000));
	if (!((now ^ val) & 3))
		return 0;
	/* A bridge stays in D0. */
	if (m->bridge && val & 3)
		return SET_FAILED;
	return hw->power_err ? SET_FAILED : 0;
}

static int devctl_write(struct model *m, struct fakehw *hw, const struct mreg *r, u32 val,
			u32 mask)
{
	u32 now = fake_peek(hw, r->pos, 2), want;
	bool flr = fake_peek(hw, r->pos - 4, 4) & 0x10000000;

	m->resets += val & mask & 0x8000 && flr;
	/* Without FLR, bit 15 is a bridge's retry enable, which must not change. */
	if (flr)
		now &= 0x7fff;
	want = (now & 0xf7ef) | (val & 0x0810);
	if ((val & 0x7000) <= r->host_val)
		want = (want & 0x8fff) | (val & 0x7000);
	if (want != now)
		fake_poke(hw, r->pos, 2, want);
	return 0;
}

static int vpd_write(struct model *m, struct fakehw *hw, const struct mreg *r, u32 val)
{
	if (val & 0x8000)
		return SET_FAILED;
	bytes_put(m->copy, r->pos, 2, val);
	if (!m->vpd_data || hw->vpd_err)
		return 0;
	bytes_put(m->copy, m->vpd_data, 4, fake_vpd(val & 0x7ffc));
	bytes_put(m->copy, r->pos, 2, val | 0x8000);
	return 0;
}

static int irq_flags_write(struct model *m, struct fakehw *hw, const struct mreg *r, u32 val)
{
	bool msi = r->expected->kind == MSI_FLAGS;
	u32 now = fake_peek(hw, r->pos, 2);
	u32 may = m->interrupts ? (msi ? 0x0001 : 0xc000) : 0;
	bool msi_on = m->msi && fake_peek(hw, m->msi + 2, 2) & 1;
	bool msix_on = m->msix && fake_peek(hw, m->msix + 2, 2) & 0x8000;

	/*
	 * What brings no interrupts may be asked for at any time, and has no effect: less,
	 * or MSI-X with all of them masked.
	 */
	if (m->level != CONF_PERMISSIVE && !m->interrupts &&
	    !((now ^ val) & ~(msi ? 0x0001 : 0xc000)) &&
	    ((!msi && val & 0x4000) || !(val & ~now & (msi ? 0x0001 : 0x8000))))
		return 0;
	if (m->level != CONF_PERMISSIVE && now != val) {
		if ((now ^ val) & ~may)
			return SET_FAILED;
		/* Only one of MSI and MSI-X may be enabled at a time. */
		if (val & (msi ? 1 : 0x8000) && (msi ? msix_on : msi_on))
			return SET_FAILED;
	}
	if (m->level == CONF_PERMISSIVE || now != val)
		fake_poke(hw, r->pos, 2, val);
	return 0;
}

static int reg_write(struct model *m, struct fakehw *hw, const struct mreg *r, u32 val, u32 mask)
{
	const struct expected_reg *expected = r->expected;
	u32 now = model_read(m, hw, r->pos, expected->size), keep;

	val = (now & ~mask) | (val & mask);
	switch (expected->kind) {
	case COMMAND:
		return command_write(m, hw, r, val);
	case BIST:
		now = fake_peek(hw, r->pos, 1);
		if (!((val ^ now) & 0xbf) || val == 0x40)
			fake_poke(hw, r->pos, 1, val);
		return 0;
	case BAR:
		return bar_write(m, hw, r, val);
	case PMCSR:
		return pmcsr_write(m, hw, r, val, mask);
	case VPD_ADDR:
		return vpd_write(m, hw, r, val);
	case MSI_FLAGS:
	case MSIX_FLAGS:
		return irq_flags_write(m, hw, r, val);
	case DEVCTL:
		return devctl_write(m, hw, r, val, mask);
	case AF_CTRL:
		m->resets += val == 1 && fake_peek(hw, r->pos - 1, 1) & 2;
		return 0;
	default:
		break;
	}
	keep = expected->keep & mask;
	now = bytes_get(m->copy, r->pos, expected->size);
	bytes_put(m->copy, r->pos, expected->size, (now & ~keep) | (val & keep));
	now = fake_peek(hw, r->pos, expected->size);
	mask &= expected->set;
	fake_poke(hw, r->pos, expected->size, (now & ~mask) | (val & mask));
	return 0;
}

/* Writes bytes without a virtualised register. Bits that are not open keep their value. */
static void free_write(struct model *m, struct fakehw *hw, unsigned int off, unsigned int size,
		       u32 val)
{
	for (; size--; off++, val >>= 8) {
		u8 open = m->level == CONF_PERMISSIVE ? 0xff :
			  m->level == CONF_QUIRKS ? m->open[off] : 0;
		u8 now = fake_peek(hw, off, 1) & ~m->w1c[off];

		fake_poke(hw, off, 1, (now & ~open) | (val & open));
	}
}

/**
 * model_write() - apply a guest's write as expected
 * @m: the model; updated
 * @hw: a copy of the function; updated
 * @off: a valid offset
 * @size: a valid size in bytes
 * @val: the value
 *
 * Return: what pciback_conf_write() must return.
 */
int model_write(struct model *m, struct fakehw *hw, unsigned int off, unsigned int size, u32 val)
{
	unsigned int pos = off;
	bool decided = false;
	int err;

	for (pos = off; pos < off + size;) {
		struct mreg *r = model_at(m, pos);
		u32 mask, part;

		decided |= m->what[pos] >= REGISTER;
		if (!r || m->what[pos] != REGISTER) {
			pos++;
			continue;
		}
		/* The access starts within the register, or the register within the access. */
		if (off >= r->pos) {
			mask = size_mask(size) << 8 * (off - r->pos);
			part = val << 8 * (off - r->pos);
		} else {
			mask = size_mask(size) >> 8 * (r->pos - off);
			part = val >> 8 * (r->pos - off);
		}
		err = reg_write(m, hw, r, part, mask & size_mask(r->expected->size));
		if (err)
			return err;
		pos = r->pos + r->expected->size;
	}
	if (!decided)
		free_write(m, hw, off, size, val);
	return 0;
}

/* Undoes everything that the last guest did. */
void model_new_guest(struct model *m)
{
	memcpy(m->copy, m->fresh, SPACE);
	m->interrupts = false;
	m->enabled = false;
	m->decoding = false;
}
