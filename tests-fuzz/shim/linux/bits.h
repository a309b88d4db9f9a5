/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Single bits and masks of consecutive bits. */
#ifndef SHIM_LINUX_BITS_H
#define SHIM_LINUX_BITS_H

#define BIT(nr)	(1UL << (nr))
#define GENMASK(high, low)	((~0UL >> (63 - (high))) & (~0UL << (low)))

#endif /* SHIM_LINUX_BITS_H */
