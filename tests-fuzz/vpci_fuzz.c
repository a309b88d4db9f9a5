// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Fuzzes placement on the virtual bus: functions come and go, three bytes each:
 * odd: leaves; bus and domain, the highest bit makes it a virtual function; the
 * device and function. A list of who is where is kept beside.
 */
#include <errno.h>
#include <string.h>
#include <linux/pci.h>
#include <pciback/vpci.h>
#include "input.h"

/* By host address; and by the guest's address: 1 + host address, 0: free. */
struct book {
	bool placed[0x10000];
	u8 where[0x10000];
	unsigned int guest[256];
};

static bool is_vf(unsigned int real)
{
	return real & 0x8000;
}

/* Virtual functions with number 0 stand alone. */
static bool is_lone(unsigned int real)
{
	return is_vf(real) && !PCI_FUNC(real);
}

static unsigned int in_slot(const struct book *book, unsigned int slot)
{
	unsigned int nr = 0, func;

	for (func = 0; func < 8; func++)
		nr += !!book->guest[PCI_DEVFN(slot, func)];
	return nr;
}

/* May this function live in this slot of the guest's bus? */
static bool fits(const struct book *book, unsigned int real, unsigned int slot)
{
	unsigned int func;

	for (func = 0; func < 8; func++) {
		unsigned int other = book->guest[PCI_DEVFN(slot, func)];

		if (!other)
			continue;
		other--;
		if (is_lone(real) || is_lone(other) || (other ^ real) & ~7U)
			return false;
	}
	return true;
}

/* Is a function of the same device there already, which it has to join? */
static int device_slot(const struct book *book, unsigned int real)
{
	unsigned int slot;

	for (slot = 0; slot < VPCI_SLOTS; slot++)
		if (in_slot(book, slot) && fits(book, real, slot))
			return slot;
	return -1;
}

static void place(struct book *book, struct vpci *vpci, unsigned int real)
{
	struct pciback_addr addr = {
		.domain = real >> 9 & 1,
		.bus = real >> 8 & 0x81,
		.devfn = real,
	};
	int mates = device_slot(book, real), err;
	unsigned int slot, free = 0;
	u8 devfn = 0xaa;

	for (slot = 0; slot < VPCI_SLOTS; slot++)
		free += !in_slot(book, slot);
	err = pciback_vpci_place(vpci, &addr, is_vf(real), &devfn);
	if (book->placed[real]) {
		must(err == -EEXIST, "%04x placed twice: %d", real, err);
		return;
	}
	if (err) {
		must(err == -ENOSPC && !free && mates < 0, "%04x: %d, %u slots are free", real,
		     err, free);
		return;
	}
	must(PCI_FUNC(devfn) == PCI_FUNC(real), "function %u becomes %u", PCI_FUNC(real),
	     PCI_FUNC(devfn));
	must(!book->guest[devfn], "%02x is given twice", devfn);
	must(fits(book, real, PCI_SLOT(devfn)), "%04x among strangers", real);
	must(mates < 0 || mates == PCI_SLOT(devfn), "%04x away from its device", real);
	must(is_lone(real) == (bool)vpci->slots[PCI_SLOT(devfn)].lone_vf, "%04x: alone or not",
	     real);
	book->placed[real] = true;
	book->where[real] = devfn;
	book->guest[devfn] = real + 1;
}

static void vacate(struct book *book, struct vpci *vpci, unsigned int real)
{
	if (!book->placed[real])
		return;
	pciback_vpci_vacate(vpci, book->where[real]);
	book->placed[real] = false;
	book->guest[book->where[real]] = 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	static struct book book;
	struct vpci vpci = { };
	unsigned int slot, func;

	memset(&book, 0, sizeof(book));
	while (in.left >= 3) {
		bool leaves = in_u8(&in) & 1;
		unsigned int real = (in_u8(&in) & 0x83) << 8;

		real |= in_u8(&in);
		if (leaves)
			vacate(&book, &vpci, real);
		else
			place(&book, &vpci, real);
	}
	for (slot = 0; slot < VPCI_SLOTS; slot++)
		for (func = 0; func < 8; func++)
			must(!book.guest[PCI_DEVFN(slot, func)] ==
			     !(vpci.slots[slot].funcs & 1 << func), "%02x: taken or not",
			     PCI_DEVFN(slot, func));
	return 0;
}
