/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Several functions of one guest, side by side. */
#ifndef PCIBACK_DEVICE_BATCH_H
#define PCIBACK_DEVICE_BATCH_H

#include "record/record.h"

void pciback_devices_return(struct pciback_device **devs, unsigned int nr,
			    struct pciback_holder *holder);
void pciback_devices_renew(struct pciback_device **devs, unsigned int nr,
			   struct pciback_holder *holder);

#endif /* PCIBACK_DEVICE_BATCH_H */
