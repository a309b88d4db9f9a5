// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Judges every write that is about to reach the function: no bit changes that
 * may not change at the present level, none outside of what the guest touched,
 * and none is cleared that the guest did not write a one to. It holds also
 * where accesses fail halfway.
 */
#include "conf_fixture.h"

/* The bits the guest itself sent for a byte. */
static bool sent(const struct fixture *b, unsigned int byte, u8 *val)
{
	if (byte < b->off || byte >= b->off + b->size)
		return false;
	*val = b->val >> 8 * (byte - b->off);
	return true;
}

static u8 byte_in(const struct mreg *r, unsigned int byte, u32 val)
{
	return val >> 8 * (byte - r->pos);
}

/* What may change in a byte of a register. */
static u8 register_allows(struct fixture *b, const struct mreg *r, unsigned int byte, u8 val)
{
	struct model *m = &b->model;
	bool permissive = m->level == CONF_PERMISSIVE;

	switch (r->fact->kind) {
	case COMMAND:
		/* XSA-120: decoding, error reporting and INTx are not here at any level. */
		return permissive ? byte_in(r, byte, 0x02bc) : 0;
	case MSI_FLAGS:
		return permissive ? 0xff : m->interrupts ? byte_in(r, byte, 0x0001) : 0;
	case MSIX_FLAGS:
		return permissive ? 0xff : m->interrupts ? byte_in(r, byte, 0xc000) : 0;
	case BAR:
		must(val == byte_in(r, byte, r->genuine), "BAR at %#x: %#x is not genuine",
		     r->pos, val);
		return 0xff;
	case DEVCTL:
		/* Without FLR in Device Capabilities the bit is a bridge's retry enable, which stays. */
		if (!(fake_get(&b->hw, r->pos - 4, 4) & 0x10000000))
			return m->set[byte];
		must(!(val & byte_in(r, byte, 0x8000)), "a reset behind the driver's back");
		return m->set[byte] | byte_in(r, byte, 0x8000);
	case VPD_ADDR:
	case AF_CTRL:
		fail("the register at %#x is written", r->pos);
	default:
		return m->set[byte];
	}
}

static void judge_byte(struct fixture *b, unsigned int byte, u8 val)
{
	struct model *m = &b->model;
	u8 now = b->hw.mem[byte], w1c = m->w1c[byte], cleared = now & w1c & val;
	/* Wherever a bit can be written: hardware differs in that. */
	u8 changed = ((now ^ val) & ~w1c) | cleared;
	struct mreg *r = model_at(m, byte);
	u8 allowed, guest = 0;
	bool inside = sent(b, byte, &guest);

	if (m->what[byte] == HIDDEN)
		fail("write of %#x to the hidden byte %#x", val, byte);
	if (b->trust == TIGHT)
		return;
	switch (m->what[byte]) {
	case REGISTER:
		must(b->off < r->pos + r->fact->size && r->pos < b->off + b->size,
		     "byte %#x is written, not what the guest wrote", byte);
		allowed = register_allows(b, r, byte, val);
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

/* What concerns several bytes or registers. */
static void judge_whole(struct fixture *b, unsigned int off, u32 val)
{
	struct model *m = &b->model;
	struct mreg *r = model_at(m, off);
	u32 now;

	if (!r || r->pos != off)
		return;
	now = fake_get(&b->hw, off, 2);
	if (r->fact->kind == DEVCTL)
		must((val & 0x7000) <= r->genuine || (val & 0x7000) == (now & 0x7000),
		     "read requests of %#x, the host set %#x", val & 0x7000, r->genuine);
	if (m->level == CONF_PERMISSIVE)
		return;
	if (r->fact->kind == MSI_FLAGS && val & ~now & 1 && m->msix)
		must(!(fake_get(&b->hw, m->msix + 2, 2) & 0x8000), "MSI on while MSI-X is");
	if (r->fact->kind == MSIX_FLAGS && val & ~now & 0x8000 && m->msi)
		must(!(fake_get(&b->hw, m->msi + 2, 2) & 1), "MSI-X on while MSI is");
}

void judge_write(void *priv, unsigned int off, unsigned int size, u32 val)
{
	struct fixture *b = priv;
	unsigned int i;

	must(b->writing, "a write at %#x that no guest asked for", off);
	/* A function that is not there is not harmed. */
	if (b->trust == NONE || b->hw.absent)
		return;
	for (i = 0; i < size; i++)
		judge_byte(b, off + i, val >> 8 * i);
	if (b->trust != TIGHT)
		judge_whole(b, off, val);
}
