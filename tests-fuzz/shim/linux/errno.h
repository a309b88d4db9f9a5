/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The system's numbers are the kernel's. */
#include_next <linux/errno.h>
