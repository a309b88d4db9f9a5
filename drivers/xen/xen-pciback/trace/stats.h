/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Files in debugfs with the counters of functions and backends. */
#ifndef PCIBACK_TRACE_STATS_H
#define PCIBACK_TRACE_STATS_H

struct pcistub_device;
struct pciback_owner;

void pciback_stat_init(void);
void pciback_stat_exit(void);
void pciback_stat_add_device(struct pcistub_device *dev);
void pciback_stat_remove_device(struct pcistub_device *dev);
void pciback_stat_add_backend(struct pciback_owner *owner, const char *devid);
void pciback_stat_remove_backend(struct pciback_owner *owner);

#endif /* PCIBACK_TRACE_STATS_H */
