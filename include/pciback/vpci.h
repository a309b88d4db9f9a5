/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Placement of functions on a guest's virtual PCI bus.
 *
 * Freestanding (see Documentation/architecture.rst): no kernel state.
 */
#ifndef PCIBACK_VPCI_H
#define PCIBACK_VPCI_H

#include <linux/types.h>

/**
 * struct pciback_addr - address of a function
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 *
 * Plain data; the caller serialises access.
 */
struct pciback_addr {
	u32 domain;
	u8 bus;
	u8 devfn;
};

/* Device numbers of a PCI bus. */
#define VPCI_SLOTS	32

/**
 * struct vpci_slot - one device number of the virtual bus
 * @real: the host's address of the functions in it; the function number is not used
 * @funcs: bit mask of function numbers in use; 0: the slot is free
 * @lone_vf: has a virtual function with function number 0, which no other function
 *	may join
 *
 * Protected like its struct vpci.
 */
struct vpci_slot {
	struct pciback_addr real;
	u8 funcs;
	bool lone_vf;
};

/**
 * struct vpci - the virtual bus
 * @slots: by device number
 *
 * Has no lock: the caller serialises. In the module that is the lock of the struct
 * pciback_vbus that contains it.
 */
struct vpci {
	struct vpci_slot slots[VPCI_SLOTS];
};

int pciback_vpci_place(struct vpci *vpci, const struct pciback_addr *real, bool virtfn, u8 *devfn);
void pciback_vpci_vacate(struct vpci *vpci, u8 devfn);

#endif /* PCIBACK_VPCI_H */
