/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The PCI driver "pciback". */
#ifndef PCIBACK_STUB_PCI_DRIVER_H
#define PCIBACK_STUB_PCI_DRIVER_H

#include <linux/pci.h>

extern struct pci_driver pciback_pci_driver;

int pciback_stub_register(const struct attribute_group **groups);
void pciback_stub_unregister(void);

#endif /* PCIBACK_STUB_PCI_DRIVER_H */
