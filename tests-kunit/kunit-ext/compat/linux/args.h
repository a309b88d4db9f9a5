/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Before <linux/args.h> existed, COUNT_ARGS() and CONCATENATE() were here. */
#include <linux/kernel.h>
