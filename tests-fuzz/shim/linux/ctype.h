/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The kernel's idea of blanks, which is Latin-1's: a no-break space counts. */
#ifndef SHIM_LINUX_CTYPE_H
#define SHIM_LINUX_CTYPE_H

static inline int isspace(int c)
{
	unsigned char u = c;

	return u == ' ' || (u >= '\t' && u <= '\r') || u == 0xa0;
}

#endif /* SHIM_LINUX_CTYPE_H */
