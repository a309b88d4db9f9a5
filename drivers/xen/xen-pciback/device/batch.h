/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Deassigning or resetting several functions of one guest in parallel. */
#ifndef PCIBACK_DEVICE_BATCH_H
#define PCIBACK_DEVICE_BATCH_H

#include "record/record.h"

void pciback_batch_deassign(struct pcistub_device **devs, unsigned int nr,
			    struct pciback_owner *owner);
void pciback_batch_reset_for_reconnect(struct pcistub_device **devs, unsigned int nr,
				       struct pciback_owner *owner);

#endif /* PCIBACK_DEVICE_BATCH_H */
