/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Saving a function's configuration space at seizure, and restoring it. */
#ifndef PCIBACK_RECORD_SAVED_CONFIG_H
#define PCIBACK_RECORD_SAVED_CONFIG_H

#include <linux/types.h>

struct pcistub_device;

void pciback_config_note(struct pcistub_device *dev);
int pciback_config_save(struct pcistub_device *dev);
void pciback_config_restore(struct pcistub_device *dev);
int pciback_config_check(struct pcistub_device *dev);
bool pciback_config_is_kept(struct pcistub_device *dev, bool msi_too);
void pciback_config_release(struct pcistub_device *dev, bool decode_too);

#endif /* PCIBACK_RECORD_SAVED_CONFIG_H */
