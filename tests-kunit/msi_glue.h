/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* irq/msi.c on a machine whose interrupts have pirqs, for suites: see msi_glue.c. */
#ifndef PCIBACK_TESTS_MSI_GLUE_H
#define PCIBACK_TESTS_MSI_GLUE_H

#include <linux/types.h>
#include <xen/interface/io/pciif.h>
#include "record/record.h"

struct pcistub_device;

/* The pirq of an interrupt is its number plus this; 0: there are no pirqs. */
extern u32 glue_pirq_base;

u32 glue_msi_disable(struct pcistub_device *dev);
int glue_msi_enable(struct pcistub_device *dev, u32 nr, u32 *value);
u32 glue_msi_limit(struct pcistub_device *dev, u32 nr);
int glue_msix_enable(struct pcistub_device *dev, struct xen_msix_entry *entries, u32 nr);

#endif /* PCIBACK_TESTS_MSI_GLUE_H */
