// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * irq/msi.c once more, included here with a pciback_xen_pirq() that returns pirqs
 * without Xen. The interrupts are real ones of the PCI core. The functions have
 * other names, because irq/msi.c itself is linked into this module too.
 */
#include <linux/pci.h>
#include "device/lifecycle.h"
#include "irq/irq.h"
#include "xen/hypercall.h"
#include "msi_glue.h"

u32 glue_pirq_base;

static u32 glue_pirq(unsigned int irq)
{
	return irq && glue_pirq_base ? glue_pirq_base + irq : 0;
}

#define pciback_xen_pirq(irq)	glue_pirq(irq)
#define pciback_msi_disable	glue_msi_disable
#define pciback_msi_enable	glue_msi_enable
#define pciback_msi_limit	glue_msi_limit
#define pciback_msix_enable	glue_msix_enable
#include "../irq/msi.c"
