/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The functions of the C library behave as those of the kernel. */
#include <string.h>
