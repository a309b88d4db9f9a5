/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How often a guest may have the host refuse it an interrupt (XSA-43).
 */
#ifndef PCIBACK_REFUSAL_H
#define PCIBACK_REFUSAL_H

#include <linux/jiffies.h>

/* As often as the kernel's own rate limit lets a message through. */
#define REFUSALS_MOST	10
#define REFUSALS_WHILE	(5 * HZ)

/**
 * struct refusals - those of one function, to one guest
 * @since: when the first one was, in jiffies
 * @count: how many since then
 * @err: the last one
 */
struct refusals {
	unsigned long since;
	unsigned int count;
	int err;
};

int refusal_standing(const struct refusals *seen, unsigned long now);
void refusal_add(struct refusals *seen, int err, unsigned long now);

#endif /* PCIBACK_REFUSAL_H */
