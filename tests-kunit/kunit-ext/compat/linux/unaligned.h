/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Before <linux/unaligned.h> existed, its accessors were here. */
#include <asm/unaligned.h>
