/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Reserves functions that appear while the module is loaded and are to be seized. */
#ifndef PCIBACK_STUB_HOTPLUG_H
#define PCIBACK_STUB_HOTPLUG_H

int pciback_hotplug_init(void);
void pciback_hotplug_exit(void);

#endif /* PCIBACK_STUB_HOTPLUG_H */
