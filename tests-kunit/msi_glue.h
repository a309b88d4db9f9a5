/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* irq/msi.c on a machine whose interrupts are pirqs, for suites. */
#ifndef PCIBACK_TESTS_MSI_GLUE_H
#define PCIBACK_TESTS_MSI_GLUE_H

#include <linux/types.h>
#include <xen/interface/io/pciif.h>
#include "record/record.h"

struct pcistub_device;

/* What is added to an irq's number to make its pirq; 0: there are no pirqs. */
extern u32 glue_pirq_base;

u32 glue_msi_disable(struct pcistub_device *dev);
int glue_msi_enable(struct pcistub_device *dev, u32 nr, u32 *value);
u32 glue_msi_limit(struct pcistub_device *dev, u32 nr);
int glue_msix_enable(struct pcistub_device *dev, struct xen_msix_entry *entries, u32 nr);

#endif /* PCIBACK_TESTS_MSI_GLUE_H */
