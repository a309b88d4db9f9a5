// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Accesses of a guest, and the comparison of each result with the model. */
#include <string.h>
#include <linux/pci.h>
#include "conf_fixture.h"

static bool access_valid(const struct fixture *fx, s32 off, s32 size)
{
	return (size == 1 || size == 2 || size == 4) && off >= 0 && !(off & (size - 1)) &&
	       (u32)off < fx->hw.size;
}

/* Bits of a read that may be nonzero at all. */
static u32 visible_bits(const struct fixture *fx, unsigned int off, unsigned int size)
{
	u32 mask = 0;

	while (size--) {
		const struct model *m = &fx->model;
		unsigned int byte = off + size;
		u8 bits = 0xff;

		if (m->what[byte] == HIDDEN)
			bits = 0;
		else if (fx->trust != TIGHT && m->what[byte] == REGISTER)
			bits = m->see[byte] | m->own[byte];
		else if (fx->trust != TIGHT && m->what[byte] == LOST)
			bits = 0;
		mask = mask << 8 | bits;
	}
	return mask;
}

static void check_audit_list(const struct fixture *fx)
{
	const struct conf_audit *a = &fx->cs->audit;
	u32 sum = a->unlisted;
	unsigned int i, j;

	must(!a->unlisted || a->nr == CONF_MAX_DROPS, "unlisted drops while the list is not full");
	for (i = 0; i < a->nr; i++) {
		const struct conf_drop *d = &a->drops[i];

		must(d->count && (d->size == 1 || d->size == 2 || d->size == 4) &&
		     d->off + d->size <= fx->hw.size, "audit: entry %u is invalid", i);
		for (j = 0; j < i; j++)
			must(d->off != a->drops[j].off || d->size != a->drops[j].size,
			     "audit: %#x twice", d->off);
		sum += d->count;
	}
	must(sum == a->total, "audit: %u drops are listed, %u were counted", a->total, sum);
}

static void check_audit(const struct fixture *fx)
{
	const struct conf_audit *a = &fx->cs->audit;

	/* The whole list, but not each time: it is the most expensive check. */
	if (!(fx->hw.reads % 32))
		check_audit_list(fx);
	must(a->nr <= CONF_MAX_DROPS, "audit of %u registers", a->nr);
	must(fx->hw.drops == !!a->total, "dropped() called %u times, %u drops", fx->hw.drops,
	     a->total);
}

void guest_read(struct fixture *fx, s32 off, s32 size)
{
	unsigned int before = fx->hw.reads;
	u32 val = 0xdeadbeef;
	int err = pciback_conf_read(fx->cs, off, size, &val);

	if (!access_valid(fx, off, size)) {
		must(err == PCIBIOS_BAD_REGISTER_NUMBER && !val && fx->hw.reads == before,
		     "read of %d at %#x: %d, value %#x", size, off, err, val);
		return;
	}
	must(!err || fx->hw.failed, "read of %d at %#x fails with %d", size, off, err);
	must(!err || !val, "a read that failed returns %#x", val);
	must(!(val & ~(U32_MAX >> (32 - 8 * size))), "read of %d returns %#x", size, val);
	if (fx->trust != NONE)
		must(!(val & ~visible_bits(fx, off, size)),
		     "read of %d at %#x shows %#x, not %#x", size, off, val,
		     visible_bits(fx, off, size));
	if (fx->trust == EXACT && !fx->hw.failed) {
		u32 want = model_read(&fx->model, &fx->hw, off, size);

		must(val == want, "read of %d at %#x: %#x, should be %#x", size, off, val, want);
	}
	fx->hw.failed = false;
}

/*
 * Must the audit record this write? 1: yes; 0: no; -1: unknown, the access touches a
 * register with a write function of its own.
 */
static int drop_expected(struct fixture *fx, unsigned int off, unsigned int size, u32 val)
{
	struct model *m = &fx->model;
	bool decided = false, expected_drop = false;
	unsigned int i;

	for (i = off; i < off + size; i++)
		decided |= m->what[i] >= REGISTER;
	for (i = off; i < off + size; i++, val >>= 8) {
		u8 differs = (val ^ model_read(m, &fx->hw, i, 1)) & 0xff;

		if (m->what[i] == REGISTER) {
			if (model_at(m, i)->expected->kind != PLAIN)
				return -1;
			expected_drop |= differs & ~(m->keep[i] | m->set[i]);
		} else if (m->what[i] >= REGISTER || decided || m->level == CONF_STRICT) {
			expected_drop |= differs;
		} else if (m->level == CONF_QUIRKS) {
			expected_drop |= differs & ~m->open[i];
		}
	}
	return expected_drop;
}

static void compare_state(struct fixture *fx, const struct fakehw *want, unsigned int off,
			  unsigned int size, u32 val)
{
	unsigned int i;

	for (i = 0; i < fx->hw.size; i++)
		must(fx->hw.mem[i] == want->mem[i],
		     "write of %#x, size %u, at %#x: byte %#x is %#x, should be %#x", val, size,
		     off, i, fx->hw.mem[i], want->mem[i]);
	must(fx->cs->enabled == fx->model.enabled, "enabled: %d", fx->cs->enabled);
	must(fx->cs->intx_wanted == fx->model.decoding, "wants INTx: %d", fx->cs->intx_wanted);
	must(fx->hw.resets == fx->model.resets, "%u resets, should be %u", fx->hw.resets,
	     fx->model.resets);
}

/* Copies what can change between two writes; masks are constant. */
static void sync_hw(struct fakehw *want, const struct fakehw *hw)
{
	memcpy(want->mem, hw->mem, hw->size);
	want->absent = hw->absent;
	want->enable_err = hw->enable_err;
	want->mwi_err = hw->mwi_err;
	want->power_err = hw->power_err;
	want->vpd_err = hw->vpd_err;
}

static void write_valid(struct fixture *fx, unsigned int off, unsigned int size, u32 val)
{
	struct fakehw *want = &fx->want;
	u32 drops = fx->cs->audit.total;
	int err, expected = 0, expected_drop = -1;

	if (fx->trust == EXACT) {
		val &= U32_MAX >> (32 - 8 * size);
		expected_drop = drop_expected(fx, off, size, val);
		sync_hw(want, &fx->hw);
		expected = model_write(&fx->model, want, off, size, val);
	}
	fx->off = off;
	fx->size = size;
	fx->val = val;
	fx->writing = true;
	err = pciback_conf_write(fx->cs, off, size, val);
	fx->writing = false;
	check_audit(fx);
	if (fx->hw.failed) {
		/* Carried out in part: virtual values are unknown until the guest leaves. */
		if (fx->trust == EXACT)
			fx->trust = SAFE;
		fx->hw.failed = false;
		return;
	}
	if (fx->trust != EXACT)
		return;
	must(err == expected, "write of %#x, size %u, at %#x: %d, should be %d", val, size, off,
	     err, expected);
	if (memcmp(fx->hw.mem, want->mem, fx->hw.size) || fx->cs->enabled != fx->model.enabled ||
	    fx->cs->intx_wanted != fx->model.decoding || fx->hw.resets != fx->model.resets)
		compare_state(fx, want, off, size, val);
	/* A write may be recorded several times, once for each register. */
	if (expected_drop >= 0)
		must((fx->cs->audit.total > drops) == expected_drop,
		     "write of %#x, size %u, at %#x: noted %u times", val, size, off,
		     fx->cs->audit.total - drops);
}

void guest_write(struct fixture *fx, s32 off, s32 size, u32 val)
{
	unsigned int reads = fx->hw.reads, writes = fx->hw.writes;
	u32 drops = fx->cs->audit.total;
	int err;

	if (access_valid(fx, off, size)) {
		write_valid(fx, off, size, val);
		return;
	}
	err = pciback_conf_write(fx->cs, off, size, val);
	must(err == PCIBIOS_BAD_REGISTER_NUMBER && fx->hw.reads == reads &&
	     fx->hw.writes == writes && fx->cs->audit.total == drops,
	     "write of size %d at %#x: %d", size, off, err);
}

/* Reads the whole space. */
void guest_sweep(struct fixture *fx, unsigned int size)
{
	unsigned int off;

	for (off = 0; off < fx->hw.size; off += size)
		guest_read(fx, off, size);
}

static u32 guest_value(struct fixture *fx, unsigned int off, unsigned int size)
{
	u32 val = 0;

	must(!pciback_conf_read(fx->cs, off, size, &val), "read of %u at %#x fails", size, off);
	return val;
}

static void walk_std(struct fixture *fx)
{
	unsigned int pos = guest_value(fx, 0x34, 1), nr;

	for (nr = 0; pos; nr++, pos = guest_value(fx, pos + 1, 1)) {
		const struct expected_cap *cap = std_cap(guest_value(fx, pos, 1));

		must(nr < 48, "the list of capabilities has no end");
		must(pos >= 0x40 && !(pos & 3), "a capability at %#x", pos);
		must(!cap || !cap->hide, "the list leads to the hidden capability at %#x", pos);
		must(fx->model.what[pos] != HIDDEN, "the list leads to the hidden byte %#x", pos);
	}
}

static void walk_ext(struct fixture *fx)
{
	unsigned int pos = 0x100, nr, next;

	for (nr = 0; pos && fx->hw.size > 0x100; nr++, pos = next) {
		u32 entry = guest_value(fx, pos, 4);
		const struct expected_cap *cap = ext_cap(entry);

		/* The function has no list: the bytes are read from the hardware. */
		if (nr == 0 && fx->model.what[pos] != REGISTER)
			return;
		must(nr <= 480, "the list of extended capabilities has no end");
		must(!cap || !cap->hide, "the list leads to the hidden capability at %#x", pos);
		must(fx->model.what[pos] != HIDDEN, "the list leads to the hidden byte %#x", pos);
		next = entry >> 20;
		must(!next || (next >= 0x100 && !(next & 3)), "a link to %#x", next);
	}
}

/* Follows the lists as a guest's PCI core does. */
void guest_walk(struct fixture *fx)
{
	if (fx->trust > SAFE || fx->hw.absent || fx->hw.fail_in)
		return;
	walk_std(fx);
	walk_ext(fx);
}

/* The guest leaves. The next one must find the same as the first one. */
void guest_leave(struct fixture *fx)
{
	struct conf_space *cs = fx->cs;
	unsigned int i;

	pciback_conf_reset(cs);
	must(!cs->enabled && !cs->intx_wanted && !cs->interrupt_control,
	     "a guest's permissions are not reset");
	for (i = 0; i < cs->nr_regs; i++)
		must(cs->regs[i].virt == fx->regs[i].reset && !cs->regs[i].sizing &&
		     cs->regs[i].row == fx->regs[i].row && cs->regs[i].pos == fx->regs[i].pos &&
		     cs->regs[i].reset == fx->regs[i].reset,
		     "the value %#x of the register at %#x is not reset", cs->regs[i].virt,
		     cs->regs[i].pos);
	check_audit_list(fx);
	if (fx->trust > SAFE)
		return;
	model_new_guest(&fx->model);
	fx->model.resets = fx->hw.resets;
	fx->trust = EXACT;
}
