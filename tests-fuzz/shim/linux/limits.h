/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Largest values of the kernel's types. */
#ifndef SHIM_LINUX_LIMITS_H
#define SHIM_LINUX_LIMITS_H

#include_next <linux/limits.h>
#include <linux/types.h>

#define U8_MAX	((u8)~0U)
#define U16_MAX	((u16)~0U)
#define U32_MAX	((u32)~0U)
#define S32_MAX	((s32)(U32_MAX >> 1))

#endif /* SHIM_LINUX_LIMITS_H */
