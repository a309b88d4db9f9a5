/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Serving PV guests: one instance for each guest that has PCI functions.
 */
#ifndef PCIBACK_BACKEND_XENBUS_H
#define PCIBACK_BACKEND_XENBUS_H

#include <linux/types.h>

#ifdef PCIBACK_WITH_GUESTS
int pciback_backend_init(bool passthrough);
void pciback_backend_exit(void);
#else
/* The stub alone: functions are seized, reset and listed, guests are HVM. */
static inline int pciback_backend_init(bool passthrough)
{
	return 0;
}

static inline void pciback_backend_exit(void)
{
}
#endif

#endif /* PCIBACK_BACKEND_XENBUS_H */
