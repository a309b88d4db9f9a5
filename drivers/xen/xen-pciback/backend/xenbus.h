/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The backend for PV guests: one instance for each guest that has PCI functions. */
#ifndef PCIBACK_BACKEND_XENBUS_H
#define PCIBACK_BACKEND_XENBUS_H

#include <linux/types.h>

#ifdef PCIBACK_WITH_GUESTS
int pciback_backend_init(bool passthrough);
void pciback_backend_exit(void);
#else
/*
 * Without a backend functions are seized, reset and listed. That is enough for HVM and PVH
 * guests.
 */
static inline int pciback_backend_init(bool passthrough)
{
	return 0;
}

static inline void pciback_backend_exit(void)
{
}
#endif

#endif /* PCIBACK_BACKEND_XENBUS_H */
