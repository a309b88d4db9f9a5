// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reports that an invariant does not hold, and aborts, so that libFuzzer keeps the input. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include "input.h"

void fail(const char *fmt, ...)
{
	va_list args;

	fputs("INVARIANT: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}
