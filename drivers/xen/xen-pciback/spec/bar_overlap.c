// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Finds out whether a memory BAR shares pages with other BARs, or may come to.
 *
 * Freestanding: no locks, no allocation, no kernel state.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <pciback/bar_overlap.h>

/**
 * pciback_bar_overlap_begin() - check a BAR by itself
 * @report: set to the problems that the BAR has by itself
 * @bar: the BAR
 * @page: page size in bytes, a power of 2
 *
 * Context: any.
 */
void pciback_bar_overlap_begin(struct bar_overlap *report, const struct bar *bar, u32 page)
{
	memset(report, 0, sizeof(*report));
	report->bar = *bar;
	report->page = page;
	if (bar->size < page)
		report->problems |= BAR_SMALL;
	if (bar->start & (page - 1))
		report->problems |= BAR_UNALIGNED;
}

static bool same_function(const struct bar_function *a, const struct bar_function *b)
{
	return a->domain == b->domain && a->bus == b->bus && a->devfn == b->devfn;
}

static u64 bar_first_page(const struct bar *bar, u32 page)
{
	return bar->start & ~(u64)(page - 1);
}

/* Address of the page with the last byte; the end of the BAR could overflow. */
static u64 bar_last_page(const struct bar *bar, u32 page)
{
	return (bar->start + bar->size - 1) & ~(u64)(page - 1);
}

/**
 * pciback_bar_overlap_add() - check a BAR against another one
 * @report: from pciback_bar_overlap_begin(); updated
 * @other: a BAR of any function. One of the same function is no problem, since the
 *	same guest has it
 *
 * Context: any.
 */
void pciback_bar_overlap_add(struct bar_overlap *report, const struct bar *other)
{
	const struct bar *bar = &report->bar;
	unsigned int i;

	if (same_function(&bar->function, &other->function))
		return;
	if (bar_first_page(bar, report->page) > bar_last_page(other, report->page) ||
	    bar_first_page(other, report->page) > bar_last_page(bar, report->page))
		return;
	report->problems |= BAR_SHARED;
	for (i = 0; i < report->nr_with && i < BAR_NEIGHBOURS; i++)
		if (same_function(&report->with[i], &other->function))
			return;
	if (i < BAR_NEIGHBOURS)
		report->with[i] = other->function;
	report->nr_with++;
}

static int function_print(const struct bar_function *fn, char *buf, size_t size)
{
	return snprintf(buf, size, "%04x:%02x:%02x.%d", fn->domain, fn->bus,
			fn->devfn >> 3, fn->devfn & 7);
}

/**
 * pciback_bar_overlap_print() - print the problems of a BAR as one line
 * @report: the BAR and its problems
 * @buf: buffer for the line
 * @size: size of @buf in bytes, at least BAR_OVERLAP_STRLEN
 *
 * The format, all in one line and without a newline, is
 *
 *   bar <0-5|rom> start <address> size <bytes> problems <none|word[,word...]>
 *   [with <function>[,<function>...][,...]]
 *
 * Context: any.
 * Return: length of the text.
 */
int pciback_bar_overlap_print(const struct bar_overlap *report, char *buf, size_t size)
{
	static const char * const words[] = { "small", "unaligned", "shared" };
	const struct bar *bar = &report->bar;
	const char *sep = " ";
	unsigned int i;
	int len;

	if (bar->nr == BAR_ROM)
		len = snprintf(buf, size, "bar rom");
	else
		len = snprintf(buf, size, "bar %u", bar->nr);
	len += snprintf(buf + len, size - len, " start 0x%llx size 0x%llx problems",
			(unsigned long long)bar->start, (unsigned long long)bar->size);
	if (!report->problems)
		return len + snprintf(buf + len, size - len, " none");
	for (i = 0; i < ARRAY_SIZE(words); i++) {
		if (!(report->problems & 1 << i))
			continue;
		len += snprintf(buf + len, size - len, "%s%s", sep, words[i]);
		sep = ",";
	}
	if (!report->nr_with)
		return len;

	len += snprintf(buf + len, size - len, " with");
	sep = " ";
	for (i = 0; i < report->nr_with && i < BAR_NEIGHBOURS; i++) {
		len += snprintf(buf + len, size - len, "%s", sep);
		len += function_print(&report->with[i], buf + len, size - len);
		sep = ",";
	}
	if (report->nr_with > BAR_NEIGHBOURS)
		len += snprintf(buf + len, size - len, ",...");
	return len;
}
