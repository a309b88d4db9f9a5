/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* isspace() as in the kernel, which uses Latin-1: a no-break space is a blank. */
#ifndef SHIM_LINUX_CTYPE_H
#define SHIM_LINUX_CTYPE_H

static inline int isspace(int c)
{
	unsigned char u = c;

	return u == ' ' || (u >= '\t' && u <= '\r') || u == 0xa0;
}

#endif /* SHIM_LINUX_CTYPE_H */
