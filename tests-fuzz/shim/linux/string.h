/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The C library's functions have the kernel's meaning. */
#include <string.h>
