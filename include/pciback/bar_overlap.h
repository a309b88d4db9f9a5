/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Can a guest that has a memory BAR of a function reach something else? It is
 * given whole pages: what lies in the same page comes with it. Freestanding.
 */
#ifndef PCIBACK_BAR_REPORT_H
#define PCIBACK_BAR_REPORT_H

#include <linux/types.h>

/* Number of the expansion ROM's BAR. */
#define BAR_ROM		6
/* Neighbours of a BAR that are named; more are an ellipsis. */
#define BAR_NEIGHBOURS	8
/* Room for the longest line of pciback_bar_overlap_print(). */
#define BAR_OVERLAP_STRLEN	256

/* Problems, from what is always so to what is so today. */
#define BAR_SMALL	0x1	/* less than a page: others may be placed beside it */
#define BAR_UNALIGNED	0x2	/* does not begin with a page */
#define BAR_SHARED	0x4	/* another function's BAR is in its pages */

/**
 * struct bar_function - the function a BAR belongs to
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 */
struct bar_function {
	u32 domain;
	u8 bus;
	u8 devfn;
};

/**
 * struct bar - a memory BAR with an address
 * @function: whose it is
 * @nr: 0 to 5, or BAR_ROM
 * @start: address
 * @size: bytes, not 0
 */
struct bar {
	struct bar_function function;
	u8 nr;
	u64 start;
	u64 size;
};

/**
 * struct bar_overlap - the judgement of one BAR
 * @bar: the BAR
 * @page: bytes of a page
 * @problems: BAR_SMALL and others
 * @nr_with: functions that share pages with it
 * @with: the first of them
 */
struct bar_overlap {
	struct bar bar;
	u32 page;
	unsigned int problems;
	unsigned int nr_with;
	struct bar_function with[BAR_NEIGHBOURS];
};

void pciback_bar_overlap_begin(struct bar_overlap *report, const struct bar *bar, u32 page);
void pciback_bar_overlap_add(struct bar_overlap *report, const struct bar *other);
int pciback_bar_overlap_print(const struct bar_overlap *report, char *buf, size_t size);

#endif /* PCIBACK_BAR_REPORT_H */
