/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Bitmaps: see kernel.h. */
#include <linux/kernel.h>
