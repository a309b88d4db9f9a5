// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Chooses addresses on one virtual bus, 0000:00, with 32 slots.
 *
 * A function keeps its function number, so that the functions of one device are one
 * device in the guest, too. A virtual function with function number 0 gets a slot of its
 * own: a guest expects the function 0 of a slot to belong to the others there, and this
 * one may be unrelated to them.
 *
 * Freestanding: no locks, no allocation, no kernel state.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/pci.h>
#include <pciback/vpci.h>

static bool vpci_same_device(const struct pciback_addr *a, const struct pciback_addr *b)
{
	return a->domain == b->domain && a->bus == b->bus &&
	       PCI_SLOT(a->devfn) == PCI_SLOT(b->devfn);
}

/**
 * pciback_vpci_place() - choose an address for a function and mark it as used
 * @vpci: the bus
 * @real: the function's address in the host
 * @virtfn: it is an SR-IOV virtual function
 * @devfn: set to its device and function number on the bus
 *
 * Context: any. Caller keeps others from changing @vpci.
 * Return: 0; -ENOSPC: no free slot; -EEXIST: the function is on the bus already.
 */
int pciback_vpci_place(struct vpci *vpci, const struct pciback_addr *real, bool virtfn, u8 *devfn)
{
	unsigned int func = PCI_FUNC(real->devfn);
	bool lone = virtfn && !func;
	struct vpci_slot *slot;
	int i, found = -1;

	for (i = VPCI_SLOTS - 1; i >= 0; i--) {
		slot = &vpci->slots[i];
		if (!slot->funcs)
			found = i;
		else if (slot->funcs & BIT(func) && vpci_same_device(&slot->real, real))
			return -EEXIST;
	}
	for (i = 0; i < VPCI_SLOTS; i++) {
		slot = &vpci->slots[i];
		if (slot->funcs && slot->lone_vf == lone && vpci_same_device(&slot->real, real)) {
			found = i;
			break;
		}
	}
	if (found < 0)
		return -ENOSPC;

	slot = &vpci->slots[found];
	if (!slot->funcs) {
		slot->real = *real;
		slot->lone_vf = lone;
	}
	slot->funcs |= BIT(func);
	*devfn = PCI_DEVFN(found, func);
	return 0;
}

/**
 * pciback_vpci_vacate() - mark an address as free
 * @vpci: the bus
 * @devfn: device and function number, chosen by pciback_vpci_place()
 *
 * Context: any. Caller keeps others from changing @vpci.
 */
void pciback_vpci_vacate(struct vpci *vpci, u8 devfn)
{
	vpci->slots[PCI_SLOT(devfn)].funcs &= ~BIT(PCI_FUNC(devfn));
}
