/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Counters in debugfs. */
#ifndef PCIBACK_TRACE_STATS_H
#define PCIBACK_TRACE_STATS_H

struct pciback_device;
struct pciback_holder;

void pciback_counters_init(void);
void pciback_counters_exit(void);
void pciback_counters_add_device(struct pciback_device *dev);
void pciback_counters_remove_device(struct pciback_device *dev);
void pciback_counters_add_guest(struct pciback_holder *holder, const char *devid);
void pciback_counters_remove_guest(struct pciback_holder *holder);

#endif /* PCIBACK_TRACE_STATS_H */
