// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Finds what else is in the pages of a seized function's memory BARs, for the function's
 * attribute "bars" and a warning when it is seized. Reads the PCI core's resources of all
 * functions; the comparison is in spec/bar_overlap.c.
 */
#include <linux/bits.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <xen/page.h>
#include <pciback/bar_overlap.h>
#include "stub/bars.h"

/* False: there is no such BAR, it is no memory BAR, or it has no address. */
static bool bar_get(struct pci_dev *pdev, int nr, struct bar *bar)
{
	const struct resource *res = &pdev->resource[nr];

	if (!(res->flags & IORESOURCE_MEM) || (res->flags & IORESOURCE_UNSET) ||
	    !pci_resource_len(pdev, nr) || !res->start)
		return false;
	bar->function.domain = pci_domain_nr(pdev->bus);
	bar->function.bus = pdev->bus->number;
	bar->function.devfn = pdev->devfn;
	bar->nr = nr;
	/* An address of the host's, not of the bus: the guest maps pages of these. */
	bar->start = res->start;
	bar->size = pci_resource_len(pdev, nr);
	return true;
}

static_assert(BAR_ROM == PCI_ROM_RESOURCE);

/* Compares one BAR with those of all functions of the host. False: as bar_get(). */
static bool bar_check(struct pci_dev *pdev, int nr, struct bar_overlap *report)
{
	struct pci_dev *other = NULL;
	struct bar bar;
	int i;

	if (!bar_get(pdev, nr, &bar))
		return false;
	/* A guest gets access to whole pages of Xen's size, whatever the host's is. */
	pciback_bar_overlap_begin(report, &bar, XEN_PAGE_SIZE);
	for_each_pci_dev(other)
		for (i = 0; i <= BAR_ROM; i++)
			if (bar_get(other, i, &bar))
				pciback_bar_overlap_add(report, &bar);
	return true;
}

/**
 * pciback_bars_show() - print a line for each memory BAR of a function
 * @pdev: the function
 * @buf: a page
 *
 * Context: may sleep.
 * Return: length of the text, in bytes.
 */
int pciback_bars_show(struct pci_dev *pdev, char *buf)
{
	char line[BAR_OVERLAP_STRLEN];
	struct bar_overlap report;
	int nr, len = 0;

	for (nr = 0; nr <= BAR_ROM; nr++) {
		if (!bar_check(pdev, nr, &report))
			continue;
		pciback_bar_overlap_print(&report, line, sizeof(line));
		len += sysfs_emit_at(buf, len, "%s\n", line);
	}
	return len;
}

/**
 * pciback_bars_warn() - log what else a guest could access with a function's BARs
 * @pdev: the function, seized
 *
 * Context: may sleep.
 */
void pciback_bars_warn(struct pci_dev *pdev)
{
	char line[BAR_OVERLAP_STRLEN];
	struct bar_overlap report;
	int nr;

	for (nr = 0; nr <= BAR_ROM; nr++) {
		if (!bar_check(pdev, nr, &report) || !report.problems)
			continue;
		pciback_bar_overlap_print(&report, line, sizeof(line));
		pci_warn(pdev, "%s: a guest can map the whole page and reach what else is in it; boot the host with pci=resource_alignment=%d@%s\n",
			 line, XEN_PAGE_SHIFT, pci_name(pdev));
	}
}
