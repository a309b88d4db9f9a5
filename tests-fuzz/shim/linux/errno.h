/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* User space has the same numbers. */
#include_next <linux/errno.h>
