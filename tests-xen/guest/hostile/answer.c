// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* The result of an attack, as text. */
#include <linux/kernel.h>
#include "hostile.h"

/**
 * say() - add to an answer
 * @to: the answer
 * @fmt: as in printk()
 */
void say(struct answer *to, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	to->len += vscnprintf(to->text + to->len, sizeof(to->text) - to->len, fmt, args);
	va_end(args);
}
