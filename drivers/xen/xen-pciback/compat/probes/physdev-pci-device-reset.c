// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The numbers of the hypercall that tells Xen of a reset are in the kernel's headers
 * since "xen/pci: Add a function to reset device for xen", 6.12.
 */
#include <linux/types.h>
#include <xen/interface/xen.h>
#include <xen/interface/physdev.h>

u32 probe(const struct pci_device_reset *op);
u32 probe(const struct pci_device_reset *op)
{
	return op->dev.seg == PHYSDEVOP_pci_device_reset ? PCI_DEVICE_RESET_FLR : op->flags;
}
