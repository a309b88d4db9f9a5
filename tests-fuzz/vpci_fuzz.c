// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Fuzzes placement on the virtual bus. Each step adds or removes a function and has
 * three bytes: an odd first byte removes; the second has bus and domain, with the highest
 * bit for a virtual function; the third has device and function. The result is compared
 * with a list of all functions and their addresses.
 */
#include <errno.h>
#include <string.h>
#include <linux/pci.h>
#include <pciback/vpci.h>
#include "input.h"

/*
 * The functions on the virtual bus. @placed and @where, the guest's devfn: by host address.
 * @guest: by the guest's devfn: 1 + host address; 0: free.
 */
struct placement {
	bool placed[0x10000];
	u8 where[0x10000];
	unsigned int guest[256];
};

static bool is_vf(unsigned int real)
{
	return real & 0x8000;
}

/* A virtual function with function number 0 shares its slot with no other function. */
static bool is_lone(unsigned int real)
{
	return is_vf(real) && !PCI_FUNC(real);
}

/* Number of functions in a slot. */
static unsigned int slot_count(const struct placement *placement, unsigned int slot)
{
	unsigned int nr = 0, func;

	for (func = 0; func < 8; func++)
		nr += !!placement->guest[PCI_DEVFN(slot, func)];
	return nr;
}

/* May this function be in this slot of the guest's bus? */
static bool slot_fits(const struct placement *placement, unsigned int real, unsigned int slot)
{
	unsigned int func;

	for (func = 0; func < 8; func++) {
		unsigned int other = placement->guest[PCI_DEVFN(slot, func)];

		if (!other)
			continue;
		other--;
		if (is_lone(real) || is_lone(other) || (other ^ real) & ~7U)
			return false;
	}
	return true;
}

/* The slot with other functions of the same device, or -1. The function must join them. */
static int device_slot(const struct placement *placement, unsigned int real)
{
	unsigned int slot;

	for (slot = 0; slot < VPCI_SLOTS; slot++)
		if (slot_count(placement, slot) && slot_fits(placement, real, slot))
			return slot;
	return -1;
}

static void function_place(struct placement *placement, struct vpci *vpci, unsigned int real)
{
	struct pciback_addr addr = {
		.domain = real >> 9 & 1,
		.bus = real >> 8 & 0x81,
		.devfn = real,
	};
	int own_slot = device_slot(placement, real), err;
	unsigned int slot, free = 0;
	u8 devfn = 0xaa;

	for (slot = 0; slot < VPCI_SLOTS; slot++)
		free += !slot_count(placement, slot);
	err = pciback_vpci_place(vpci, &addr, is_vf(real), &devfn);
	if (placement->placed[real]) {
		must(err == -EEXIST, "%04x placed twice: %d", real, err);
		return;
	}
	if (err) {
		must(err == -ENOSPC && !free && own_slot < 0, "%04x: %d, %u slots are free", real,
		     err, free);
		return;
	}
	must(PCI_FUNC(devfn) == PCI_FUNC(real), "function %u becomes %u", PCI_FUNC(real),
	     PCI_FUNC(devfn));
	must(!placement->guest[devfn], "%02x is used twice", devfn);
	must(slot_fits(placement, real, PCI_SLOT(devfn)), "%04x beside another device", real);
	must(own_slot < 0 || own_slot == PCI_SLOT(devfn), "%04x apart from its device", real);
	must(is_lone(real) == (bool)vpci->slots[PCI_SLOT(devfn)].lone_vf, "%04x: lone_vf is wrong",
	     real);
	placement->placed[real] = true;
	placement->where[real] = devfn;
	placement->guest[devfn] = real + 1;
}

static void function_vacate(struct placement *placement, struct vpci *vpci, unsigned int real)
{
	if (!placement->placed[real])
		return;
	pciback_vpci_vacate(vpci, placement->where[real]);
	placement->placed[real] = false;
	placement->guest[placement->where[real]] = 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct input in = { data, size };
	static struct placement placement;
	struct vpci vpci = { };
	unsigned int slot, func;

	memset(&placement, 0, sizeof(placement));
	while (in.left >= 3) {
		bool remove = in_u8(&in) & 1;
		unsigned int real = (in_u8(&in) & 0x83) << 8;

		real |= in_u8(&in);
		if (remove)
			function_vacate(&placement, &vpci, real);
		else
			function_place(&placement, &vpci, real);
	}
	for (slot = 0; slot < VPCI_SLOTS; slot++)
		for (func = 0; func < 8; func++)
			must(!placement.guest[PCI_DEVFN(slot, func)] ==
			     !(vpci.slots[slot].funcs & 1 << func), "%02x: in use or not",
			     PCI_DEVFN(slot, func));
	return 0;
}
