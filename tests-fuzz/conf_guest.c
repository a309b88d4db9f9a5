// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* What a guest does, and the comparison of every answer with the model's. */
#include <string.h>
#include <linux/pci.h>
#include "conf_fixture.h"

static bool valid(const struct fixture *b, s32 off, s32 size)
{
	return (size == 1 || size == 2 || size == 4) && off >= 0 && !(off & (size - 1)) &&
	       (u32)off < b->hw.size;
}

/* Bits of an access that may be seen at all. */
static u32 visible(const struct fixture *b, unsigned int off, unsigned int size)
{
	u32 mask = 0;

	while (size--) {
		const struct model *m = &b->model;
		unsigned int byte = off + size;
		u8 bits = 0xff;

		if (m->what[byte] == HIDDEN)
			bits = 0;
		else if (b->trust != TIGHT && m->what[byte] == REGISTER)
			bits = m->see[byte] | m->own[byte];
		else if (b->trust != TIGHT && m->what[byte] == LOST)
			bits = 0;
		mask = mask << 8 | bits;
	}
	return mask;
}

static void check_list(const struct fixture *b)
{
	const struct conf_audit *a = &b->cs->audit;
	u32 sum = a->unlisted;
	unsigned int i, j;

	must(!a->unlisted || a->nr == CONF_MAX_DROPS, "audit leaves out what it has room for");
	for (i = 0; i < a->nr; i++) {
		const struct conf_drop *d = &a->drops[i];

		must(d->count && (d->size == 1 || d->size == 2 || d->size == 4) &&
		     d->off + d->size <= b->hw.size, "audit: entry %u is nonsense", i);
		for (j = 0; j < i; j++)
			must(d->off != a->drops[j].off || d->size != a->drops[j].size,
			     "audit: %#x twice", d->off);
		sum += d->count;
	}
	must(sum == a->total, "audit: %u drops, %u are known", a->total, sum);
}

static void check_audit(const struct fixture *b)
{
	const struct conf_audit *a = &b->cs->audit;

	/* All of it, but not each time: that would cost more than the rest. */
	if (!(b->hw.reads % 32))
		check_list(b);
	must(a->nr <= CONF_MAX_DROPS, "audit of %u registers", a->nr);
	must(b->hw.drops == !!a->total, "told of drops %u times, there are %u", b->hw.drops,
	     a->total);
}

void guest_read(struct fixture *b, s32 off, s32 size)
{
	unsigned int before = b->hw.reads;
	u32 val = 0xdeadbeef;
	int err = pciback_conf_read(b->cs, off, size, &val);

	if (!valid(b, off, size)) {
		must(err == PCIBIOS_BAD_REGISTER_NUMBER && !val && b->hw.reads == before,
		     "read of %d at %#x: %d, value %#x", size, off, err, val);
		return;
	}
	must(!err || b->hw.failed, "read of %d at %#x fails with %d", size, off, err);
	must(!err || !val, "a read that failed returns %#x", val);
	must(!(val & ~(U32_MAX >> (32 - 8 * size))), "read of %d returns %#x", size, val);
	if (b->trust != NONE)
		must(!(val & ~visible(b, off, size)), "read of %d at %#x shows %#x, not %#x", size,
		     off, val, visible(b, off, size));
	if (b->trust == EXACT && !b->hw.failed) {
		u32 want = model_read(&b->model, &b->hw, off, size);

		must(val == want, "read of %d at %#x: %#x, should be %#x", size, off, val, want);
	}
	b->hw.failed = false;
}

/*
 * Does the audit have to note this write? 1 yes, 0 no, -1 a register with a
 * mind of its own is touched.
 */
static int worth_noting(struct fixture *b, unsigned int off, unsigned int size, u32 val)
{
	struct model *m = &b->model;
	bool decided = false, note = false;
	unsigned int i;

	for (i = off; i < off + size; i++)
		decided |= m->what[i] >= REGISTER;
	for (i = off; i < off + size; i++, val >>= 8) {
		u8 differs = (val ^ model_read(m, &b->hw, i, 1)) & 0xff;

		if (m->what[i] == REGISTER) {
			if (model_at(m, i)->fact->kind != PLAIN)
				return -1;
			note |= differs & ~(m->keep[i] | m->set[i]);
		} else if (m->what[i] >= REGISTER || decided || m->level == CONF_STRICT) {
			note |= differs;
		} else if (m->level == CONF_QUIRKS) {
			note |= differs & ~m->open[i];
		}
	}
	return note;
}

static void compare(struct fixture *b, const struct fakehw *want, unsigned int off,
		    unsigned int size, u32 val)
{
	unsigned int i;

	for (i = 0; i < b->hw.size; i++)
		must(b->hw.mem[i] == want->mem[i],
		     "write of %#x, size %u, at %#x: byte %#x is %#x, should be %#x", val, size,
		     off, i, b->hw.mem[i], want->mem[i]);
	must(b->cs->enabled == b->model.enabled, "enabled: %d", b->cs->enabled);
	must(b->cs->intx_wanted == b->model.decoding, "wants INTx: %d", b->cs->intx_wanted);
	must(b->hw.resets == b->model.resets, "%u resets, should be %u", b->hw.resets,
	     b->model.resets);
}

/* What can change between two writes; the masks stay. */
static void follow(struct fakehw *want, const struct fakehw *hw)
{
	memcpy(want->mem, hw->mem, hw->size);
	want->absent = hw->absent;
	want->enable_err = hw->enable_err;
	want->mwi_err = hw->mwi_err;
	want->power_err = hw->power_err;
	want->vpd_err = hw->vpd_err;
}

static void valid_write(struct fixture *b, unsigned int off, unsigned int size, u32 val)
{
	struct fakehw *want = &b->want;
	u32 drops = b->cs->audit.total;
	int err, expected = 0, note = -1;

	if (b->trust == EXACT) {
		val &= U32_MAX >> (32 - 8 * size);
		note = worth_noting(b, off, size, val);
		follow(want, &b->hw);
		expected = model_write(&b->model, want, off, size, val);
	}
	b->off = off;
	b->size = size;
	b->val = val;
	b->writing = true;
	err = pciback_conf_write(b->cs, off, size, val);
	b->writing = false;
	check_audit(b);
	if (b->hw.failed) {
		/* Half done: the guest's own copies are known again when it leaves. */
		if (b->trust == EXACT)
			b->trust = SAFE;
		b->hw.failed = false;
		return;
	}
	if (b->trust != EXACT)
		return;
	must(err == expected, "write of %#x, size %u, at %#x: %d, should be %d", val, size, off,
	     err, expected);
	if (memcmp(b->hw.mem, want->mem, b->hw.size) || b->cs->enabled != b->model.enabled ||
	    b->cs->intx_wanted != b->model.decoding || b->hw.resets != b->model.resets)
		compare(b, want, off, size, val);
	/* Once for each register that it touches, so maybe more than once. */
	if (note >= 0)
		must((b->cs->audit.total > drops) == note,
		     "write of %#x, size %u, at %#x: noted %u times", val, size, off,
		     b->cs->audit.total - drops);
}

void guest_write(struct fixture *b, s32 off, s32 size, u32 val)
{
	unsigned int reads = b->hw.reads, writes = b->hw.writes;
	u32 drops = b->cs->audit.total;
	int err;

	if (valid(b, off, size)) {
		valid_write(b, off, size, val);
		return;
	}
	err = pciback_conf_write(b->cs, off, size, val);
	must(err == PCIBIOS_BAD_REGISTER_NUMBER && b->hw.reads == reads &&
	     b->hw.writes == writes && b->cs->audit.total == drops,
	     "write of size %d at %#x: %d", size, off, err);
}

/* Reads everything there is. */
void guest_sweep(struct fixture *b, unsigned int size)
{
	unsigned int off;

	for (off = 0; off < b->hw.size; off += size)
		guest_read(b, off, size);
}

static u32 ask(struct fixture *b, unsigned int off, unsigned int size)
{
	u32 val = 0;

	must(!pciback_conf_read(b->cs, off, size, &val), "read of %u at %#x fails", size, off);
	return val;
}

static void walk_std(struct fixture *b)
{
	unsigned int pos = ask(b, 0x34, 1), nr;

	for (nr = 0; pos; nr++, pos = ask(b, pos + 1, 1)) {
		const struct facts *cap = std_facts(ask(b, pos, 1));

		must(nr < 48, "the list of capabilities has no end");
		must(pos >= 0x40 && !(pos & 3), "a capability at %#x", pos);
		must(!cap || !cap->hide, "the list leads to the hidden capability at %#x", pos);
		must(b->model.what[pos] != HIDDEN, "the list leads to the hidden byte %#x", pos);
	}
}

static void walk_ext(struct fixture *b)
{
	unsigned int pos = 0x100, nr, next;

	for (nr = 0; pos && b->hw.size > 0x100; nr++, pos = next) {
		u32 entry = ask(b, pos, 4);
		const struct facts *cap = ext_facts(entry);

		/* Where the function has no list, the bytes are what they are. */
		if (nr == 0 && b->model.what[pos] != REGISTER)
			return;
		must(nr <= 480, "the list of extended capabilities has no end");
		must(!cap || !cap->hide, "the list leads to the hidden capability at %#x", pos);
		must(b->model.what[pos] != HIDDEN, "the list leads to the hidden byte %#x", pos);
		next = entry >> 20;
		must(!next || (next >= 0x100 && !(next & 3)), "a link to %#x", next);
	}
}

/* Follows the lists as a guest's PCI core does. */
void guest_walk(struct fixture *b)
{
	if (b->trust > SAFE || b->hw.absent || b->hw.fail_in)
		return;
	walk_std(b);
	walk_ext(b);
}

/* After this the next guest must find what the first one found. */
void guest_leaves(struct fixture *b)
{
	struct conf_space *cs = b->cs;
	unsigned int i;

	pciback_conf_reset(cs);
	must(!cs->enabled && !cs->intx_wanted && !cs->interrupt_control,
	     "a guest leaves permissions behind");
	for (i = 0; i < cs->nr_regs; i++)
		must(cs->regs[i].virt == b->regs[i].reset && !cs->regs[i].sizing &&
		     cs->regs[i].row == b->regs[i].row && cs->regs[i].pos == b->regs[i].pos &&
		     cs->regs[i].reset == b->regs[i].reset,
		     "a guest leaves %#x behind in the register at %#x", cs->regs[i].virt,
		     cs->regs[i].pos);
	check_list(b);
	if (b->trust > SAFE)
		return;
	model_new_guest(&b->model);
	b->model.resets = b->hw.resets;
	b->trust = EXACT;
}
