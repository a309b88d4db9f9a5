// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Capabilities of the standard list that a guest must not have. Each is unlinked
 * from the list that the guest walks, and its bytes read as zero. max_len is the
 * length that the capability's specification gives it.
 *
 * Freestanding: constant tables only.
 */
#include "rows.h"

#define CHIPSET	"programs the chipset's address translation"

const struct conf_cap pciback_conf_cap_agp = {
	.id = PCI_CAP_ID_AGP, .hidden = true, .max_len = 0x30, .why = CHIPSET,
};

const struct conf_cap pciback_conf_cap_agp3 = {
	.id = PCI_CAP_ID_AGP3, .hidden = true, .max_len = 0x30, .why = CHIPSET,
};

const struct conf_cap pciback_conf_cap_secdev = {
	.id = PCI_CAP_ID_SECDEV, .hidden = true, .max_len = 0x18,
	.why = "the hypervisor controls the IOMMU",
};

const struct conf_cap pciback_conf_cap_shpc = {
	.id = PCI_CAP_ID_SHPC, .hidden = true, .max_len = 0x08,
	.why = "the host controls the slots below",
};
