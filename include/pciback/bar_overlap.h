/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Which memory BARs share pages with BARs of other functions. A guest gets whole
 * pages mapped, so it can also access everything else in the pages of its BARs.
 *
 * Freestanding (see Documentation/architecture.rst): no kernel state.
 */
#ifndef PCIBACK_BAR_OVERLAP_H
#define PCIBACK_BAR_OVERLAP_H

#include <linux/types.h>

/* Number that stands for the expansion ROM's BAR. */
#define BAR_ROM		6
/* Functions that share pages with a BAR: so many are listed, more are printed as "...". */
#define BAR_NEIGHBOURS	8
/* Size of a buffer for the longest line of pciback_bar_overlap_print(). */
#define BAR_OVERLAP_STRLEN	256

/* Problems of a BAR. */
#define BAR_SMALL	0x1	/* smaller than a page: other BARs may be placed in the page */
#define BAR_UNALIGNED	0x2	/* does not begin at the start of a page */
#define BAR_SHARED	0x4	/* a BAR of another function is in its pages */

/**
 * struct bar_function - address of the function that has a BAR
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 *
 * Plain data; the caller serialises access.
 */
struct bar_function {
	u32 domain;
	u8 bus;
	u8 devfn;
};

/**
 * struct bar - a memory BAR with an address
 * @function: the function that has it
 * @nr: 0 to 5, or BAR_ROM
 * @start: address
 * @size: bytes, not 0
 *
 * Plain data; the caller serialises access.
 */
struct bar {
	struct bar_function function;
	u8 nr;
	u64 start;
	u64 size;
};

/**
 * struct bar_overlap - the problems of one BAR
 * @bar: the BAR
 * @page: page size in bytes
 * @problems: BAR_SMALL and others
 * @nr_with: number of other functions that share pages with the BAR; a function
 *	beyond BAR_NEIGHBOURS counts once for each of its BARs
 * @with: the first BAR_NEIGHBOURS of them
 *
 * Plain data; the caller serialises access.
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

#endif /* PCIBACK_BAR_OVERLAP_H */
