/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Register numbers are in the system's linux/pci_regs.h; the rest is as in the kernel. */
#ifndef SHIM_LINUX_PCI_H
#define SHIM_LINUX_PCI_H

#include_next <linux/pci.h>
#include <linux/pci_regs.h>

/* PCI Firmware Specification. */
#define PCIBIOS_SUCCESSFUL		0x00
#define PCIBIOS_FUNC_NOT_SUPPORTED	0x81
#define PCIBIOS_BAD_VENDOR_ID		0x83
#define PCIBIOS_DEVICE_NOT_FOUND	0x86
#define PCIBIOS_BAD_REGISTER_NUMBER	0x87
#define PCIBIOS_SET_FAILED		0x88
#define PCIBIOS_BUFFER_TOO_SMALL	0x89

#endif /* SHIM_LINUX_PCI_H */
