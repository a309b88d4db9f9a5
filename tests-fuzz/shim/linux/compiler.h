/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Function attributes of the kernel. */
#ifndef SHIM_LINUX_COMPILER_H
#define SHIM_LINUX_COMPILER_H

#define __printf(format, first)	__attribute__((__format__(printf, format, first)))
#define __noreturn		__attribute__((__noreturn__))

#endif /* SHIM_LINUX_COMPILER_H */
