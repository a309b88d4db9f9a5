/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Comparing a function's configuration space with that after its first reset. */
#ifndef PCIBACK_RECORD_CONFIG_IMAGE_H
#define PCIBACK_RECORD_CONFIG_IMAGE_H

struct pcistub_device;

void pciback_image_note(struct pcistub_device *dev);
int pciback_image_check(struct pcistub_device *dev);

#endif /* PCIBACK_RECORD_CONFIG_IMAGE_H */
