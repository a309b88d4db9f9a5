// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Checks every write before it reaches the function: it changes only bits that may
 * change at the current level, changes nothing outside of the guest's access, and
 * clears only bits that the guest wrote a one to. These checks also hold when an
 * access has failed in between.
 */
#include "conf_fixture.h"

/* The value that the guest wrote to a byte; false if it did not write to it. */
static bool guest_byte(const struct fixture *fx, unsigned int byte, u8 *val)
{
	if (byte < fx->off || byte >= fx->off + fx->size)
		return false;
	*val = fx->val >> 8 * (byte - fx->off);
	return true;
}

/* The part of a register's value that belongs to a byte. */
static u8 reg_byte(const struct mreg *r, unsigned int byte, u32 val)
{
	return val >> 8 * (byte - r->pos);
}

/* The bits of a register's byte that may change. */
static u8 reg_allowed_bits(struct fixture *fx, const struct mreg *r, unsigned int byte, u8 val)
{
	struct model *m = &fx->model;
	bool permissive = m->level == CONF_PERMISSIVE;

	switch (r->expected->kind) {
	case COMMAND:
		/* XSA-120: decoding, error reporting and INTx may not change at any level. */
		return permissive ? reg_byte(r, byte, r->expected->see) : 0;
	case MSI_FLAGS:
		return permissive ? 0xff : m->interrupts ? reg_byte(r, byte, 0x0001) : 0;
	case MSIX_FLAGS:
		return permissive ? 0xff : m->interrupts ? reg_byte(r, byte, 0xc000) : 0;
	case BAR:
		must(val == reg_byte(r, byte, r->host_val),
		     "BAR at %#x: %#x is not the host's value", r->pos, val);
		return 0xff;
	case DEVCTL:
		/*
		 * Without FLR in Device Capabilities the bit is a bridge's retry enable,
		 * which must not change.
		 */
		if (!(fake_get(&fx->hw, r->pos - 4, 4) & 0x10000000))
			return m->set[byte];
		must(!(val & reg_byte(r, byte, 0x8000)), "the reset bit reaches the hardware");
		return m->set[byte] | reg_byte(r, byte, 0x8000);
	case VPD_ADDR:
	case AF_CTRL:
		fail("the register at %#x is written", r->pos);
	default:
		return m->set[byte];
	}
}

static void check_byte(struct fixture *fx, unsigned int byte, u8 val)
{
	struct model *m = &fx->model;
	u8 now = fx->hw.mem[byte], w1c = m->w1c[byte], cleared = now & w1c & val;
	/* Regardless of which bits are writable in the hardware: that differs. */
	u8 changed = ((now ^ val) & ~w1c) | cleared;
	struct mreg *r = model_at(m, byte);
	u8 allowed, guest = 0;
	bool inside = guest_byte(fx, byte, &guest);

	if (m->what[byte] == HIDDEN)
		fail("write of %#x to the hidden byte %#x", val, byte);
	if (fx->trust == TIGHT)
		return;
	switch (m->what[byte]) {
	case REGISTER:
		must(fx->off < r->pos + r->expected->size && r->pos < fx->off + fx->size,
		     "byte %#x is written, not what the guest wrote", byte);
		allowed = reg_allowed_bits(fx, r, byte, val);
		break;
	case LOST:
		allowed = 0;
		break;
	default:
		must(inside, "byte %#x is written, not what the guest wrote", byte);
		allowed = m->level == CONF_PERMISSIVE ? 0xff :
			  m->level == CONF_QUIRKS ? m->open[byte] : 0;
		break;
	}
	must(!(changed & ~allowed), "level %d: byte %#x changes from %#x to %#x, allowed %#x",
	     m->level, byte, now, val, allowed);
	must(!(cleared & ~guest), "byte %#x: clears %#x, the guest wrote %#x", byte, cleared,
	     guest);
}

/* Checks of whole registers, and of several ones. */
static void check_access(struct fixture *fx, unsigned int off, u32 val)
{
	struct model *m = &fx->model;
	struct mreg *r = model_at(m, off);
	u32 now;

	if (!r || r->pos != off)
		return;
	now = fake_get(&fx->hw, off, 2);
	if (r->expected->kind == DEVCTL)
		must((val & 0x7000) <= r->host_val || (val & 0x7000) == (now & 0x7000),
		     "read requests of %#x, the host set %#x", val & 0x7000, r->host_val);
	if (m->level == CONF_PERMISSIVE)
		return;
	if (r->expected->kind == MSI_FLAGS && val & ~now & 1 && m->msix)
		must(!(fake_get(&fx->hw, m->msix + 2, 2) & 0x8000), "MSI enabled while MSI-X is");
	if (r->expected->kind == MSIX_FLAGS && val & ~now & 0x8000 && m->msi)
		must(!(fake_get(&fx->hw, m->msi + 2, 2) & 1), "MSI-X enabled while MSI is");
}

/* Called by fakehw.c before each write; @priv is the fixture. */
void check_write(void *priv, unsigned int off, unsigned int size, u32 val)
{
	struct fixture *fx = priv;
	unsigned int i;

	must(fx->writing, "a write at %#x without a guest's write", off);
	/* Writes to a removed function have no effect. */
	if (fx->trust == NONE || fx->hw.absent)
		return;
	for (i = 0; i < size; i++)
		check_byte(fx, off + i, val >> 8 * i);
	if (fx->trust != TIGHT)
		check_access(fx, off, val);
}
