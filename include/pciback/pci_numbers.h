/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Numbers of the PCI Express specification (r6.0) that older kernel headers lack.
 * Freestanding (see Documentation/architecture.rst).
 */
#ifndef PCIBACK_PCI_NUMBERS_H
#define PCIBACK_PCI_NUMBERS_H

#include <linux/pci_regs.h>

#ifndef PCI_EXT_CAP_ID_VF_REBAR
#define PCI_EXT_CAP_ID_VF_REBAR	0x24	/* VF Resizable BAR, r6.0 7.8.7 */
#endif
#ifndef PCI_EXT_CAP_ID_DOE
#define PCI_EXT_CAP_ID_DOE	0x2e	/* Data Object Exchange, r6.0 7.9.24 */
#endif
#ifndef PCI_EXT_CAP_ID_IDE
#define PCI_EXT_CAP_ID_IDE	0x30	/* Integrity and Data Encryption, r6.0 7.9.26 */
#endif

#endif /* PCIBACK_PCI_NUMBERS_H */
