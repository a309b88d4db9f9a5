// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Hypercalls and the kernel's Xen support, as far as the driver needs them.
 * Nothing else in the module calls the hypervisor about a PCI function.
 */
#include <linux/irq.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <xen/events.h>
#include <xen/interface/physdev.h>
#include <xen/pci.h>
#include <xen/xen.h>
#include <xen/xenbus.h>
#include <asm/xen/hypercall.h>
#include "compat.h"
#include "xen/hypercall.h"

static int physdev_msix_op(struct pci_dev *pdev, int cmd)
{
	struct physdev_pci_device ppdev = {
		.seg = pci_domain_nr(pdev->bus),
		.bus = pdev->bus->number,
		.devfn = pdev->devfn,
	};

	/* The hypervisor's segments have 16 bits. */
	if (!xen_initial_domain() || pci_domain_nr(pdev->bus) > U16_MAX || !pdev->msix_cap)
		return -ENOSYS;
	return HYPERVISOR_physdev_op(cmd, &ppdev);
}

/**
 * pciback_xen_prepare_msix() - have Xen map the MSI-X table before a guest may
 * @pdev: the function
 *
 * A failure is reported and otherwise ignored: it shows again, with an error
 * for the guest, when MSI-X is enabled. PHYSDEVOP_prepare_msix.
 *
 * Context: may sleep.
 */
void pciback_xen_prepare_msix(struct pci_dev *pdev)
{
	int err = physdev_msix_op(pdev, PHYSDEVOP_prepare_msix);

	if (err && err != -ENOSYS)
		pci_err(pdev, "Xen cannot prepare MSI-X (%d); guests may have to do without it\n",
			err);
}

/**
 * pciback_xen_release_msix() - undo pciback_xen_prepare_msix()
 * @pdev: the function
 *
 * Context: may sleep.
 */
void pciback_xen_release_msix(struct pci_dev *pdev)
{
	int err = physdev_msix_op(pdev, PHYSDEVOP_release_msix);

	if (err && err != -ENOSYS)
		pci_warn(pdev, "Xen did not release MSI-X (%d); the host may have to do without it\n",
			 err);
}

/*
 * Does Xen stand between this host and its functions? It does for all but PV
 * hosts: it passes on what the host writes to configuration space, and maps
 * BARs into the host's memory, by what it knows of the function.
 */
static bool xen_watches_config(const struct pci_dev *pdev)
{
	/* The hypervisor's segments have 16 bits. */
	return xen_initial_domain() && !xen_pv_domain() &&
		pci_domain_nr(pdev->bus) <= U16_MAX;
}

/**
 * pciback_xen_reset_begins() - prepare Xen for the reset of a function
 * @pdev: the function, enabled or not
 *
 * Xen does not see the reset, takes the function for one that decodes, and
 * drops what is then written to its BARs. So let Xen see decoding end first.
 * Needed where Xen cannot be told of the reset afterwards. Whoever resets
 * several functions at once calls it for each of them.
 *
 * Context: may sleep. The function's configuration space must be restored
 * after the reset.
 */
void pciback_xen_reset_begins(struct pci_dev *pdev)
{
	u16 command;

	if (!xen_watches_config(pdev) || pci_read_config_word(pdev, PCI_COMMAND, &command))
		return;
	pci_write_config_word(pdev, PCI_COMMAND,
			      command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
}

/**
 * pciback_xen_reset_done() - tell Xen that a function was reset
 * @pdev: the function, before its configuration space is restored
 *
 * Xen before version 4.20 cannot be told, which is why there is
 * pciback_xen_reset_begins(). PHYSDEVOP_pci_device_reset.
 *
 * Context: may sleep.
 */
void pciback_xen_reset_done(struct pci_dev *pdev)
{
	struct pci_device_reset reset = {
		.dev = {
			.seg = pci_domain_nr(pdev->bus),
			.bus = pdev->bus->number,
			.devfn = pdev->devfn,
		},
		/* Xen treats all kinds alike. */
		.flags = PCI_DEVICE_RESET_FLR,
	};
	int err;

	if (!xen_watches_config(pdev))
		return;
	err = HYPERVISOR_physdev_op(PHYSDEVOP_pci_device_reset, &reset);
	if (err && err != -ENOSYS && err != -EOPNOTSUPP)
		dev_warn_ratelimited(&pdev->dev,
				     "Xen did not take note of its reset (%d); guests may find it in a wrong state\n",
				     err);
}

/**
 * pciback_xen_set_owner() - tell the kernel whose interrupts a function's are
 * @pdev: the function
 * @domid: the guest
 *
 * The host's MSI setup maps the interrupts to this domain.
 *
 * Context: may sleep.
 * Return: 0, or -errno.
 */
int pciback_xen_set_owner(struct pci_dev *pdev, domid_t domid)
{
	int err;

	if (!xen_initial_domain())
		return 0;
	err = xen_register_device_domain_owner(pdev, domid);
	if (err != -EEXIST)
		return err;
	pci_err(pdev, "still owned by domain %d; now owned by domain %d\n",
		xen_find_device_domain_owner(pdev), domid);
	xen_unregister_device_domain_owner(pdev);
	return xen_register_device_domain_owner(pdev, domid);
}

/**
 * pciback_xen_clear_owner() - undo pciback_xen_set_owner()
 * @pdev: the function
 *
 * Context: may sleep.
 */
void pciback_xen_clear_owner(struct pci_dev *pdev)
{
	if (xen_initial_domain())
		xen_unregister_device_domain_owner(pdev);
}

/**
 * pciback_xen_domain_exists() - may a domain run still, or another of its number?
 * @domid: the domain
 *
 * The toolstack stops a domain for good before it deletes its directory.
 *
 * Context: sleeps.
 */
bool pciback_xen_domain_exists(domid_t domid)
{
	char id[8];

	if (!xen_initial_domain())
		return false;
	snprintf(id, sizeof(id), "%u", domid);
	return xenbus_exists(XBT_NIL, "/local/domain", id);
}

/**
 * pciback_xen_pirq() - the physical interrupt behind a Linux irq
 * @irq: Linux irq number, any value
 *
 * xen_pirq_from_irq() takes its caller's word that the irq is a pirq and stops
 * the machine if it is not; guests can bring about the one case or the other
 * (a function without an interrupt, MSI in a PVH host). So look who drives it.
 *
 * Context: any.
 * Return: the pirq, or 0 if the irq is none.
 */
u32 pciback_xen_pirq(unsigned int irq)
{
	struct irq_data *data = irq ? irq_get_irq_data(irq) : NULL;
	struct irq_chip *chip = data ? irq_data_get_irq_chip(data) : NULL;

	if (!chip || !chip->name || strcmp(chip->name, "xen-pirq"))
		return 0;
	return xen_pirq_from_irq(irq);
}

static int msix_map_entry(struct pci_dev *pdev, domid_t domid, u64 table, u16 entry, int *pirq)
{
	struct physdev_map_pirq map = {
		.domid = domid,
		.type = MAP_PIRQ_TYPE_MSI_SEG,
		.index = -1,
		.pirq = -1,
		.bus = pdev->bus->number | pci_domain_nr(pdev->bus) << 16,
		.devfn = pdev->devfn,
		.entry_nr = entry,
		.table_base = table,
	};
	int err = HYPERVISOR_physdev_op(PHYSDEVOP_map_pirq, &map);

	*pirq = map.pirq;
	return err;
}

/**
 * pciback_xen_try_msix() - would Xen map these MSI-X entries to the guest?
 * @pdev: the function, MSI-X off
 * @domid: the guest
 * @entries: table indices, all inside the table and no two the same
 * @nr: how many
 *
 * Maps them and takes the mappings back. For when the PCI core had better not be
 * asked in vain: Linux 6.1 frees the interrupts of an attempt that fails half way
 * twice, and the second time follows a null pointer; all kernels log each attempt.
 *
 * Context: may sleep.
 * Return: 0 or -errno, -ENOSPC if there are no interrupts left for the guest.
 */
int pciback_xen_try_msix(struct pci_dev *pdev, domid_t domid,
			 const struct xen_msix_entry *entries, u32 nr)
{
	struct physdev_unmap_pirq unmap = { .domid = domid };
	u32 offset = 0, bar, done;
	u64 table;
	int *pirqs;
	int err;

	/* The first one may fail: then nothing is half way. Xen's segments have 16 bits. */
	if (nr < 2 || !xen_pv_domain() || !xen_initial_domain() ||
	    pci_domain_nr(pdev->bus) > U16_MAX)
		return 0;
	err = pci_read_config_dword(pdev, pdev->msix_cap + PCI_MSIX_TABLE, &offset);
	bar = offset & PCI_MSIX_TABLE_BIR;
	if (err || bar >= PCI_STD_NUM_BARS || !pci_resource_start(pdev, bar) ||
	    pci_resource_flags(pdev, bar) & IORESOURCE_UNSET)
		return -EINVAL;
	table = pci_resource_start(pdev, bar);
	pirqs = kcalloc(nr, sizeof(*pirqs), GFP_KERNEL);
	if (!pirqs)
		return -ENOMEM;
	for (done = 0; done < nr; done++) {
		err = msix_map_entry(pdev, domid, table, entries[done].entry, &pirqs[done]);
		if (err)
			break;
	}
	/* One answer for two reasons. The first entry is in every table. */
	if (err == -EINVAL && done)
		dev_warn_ratelimited(&pdev->dev,
				     "Xen maps its MSI-X entry %u to no interrupt: it has none left, or the table was smaller when Xen first saw the function; give a virtual function its vectors before it is made\n",
				     entries[done].entry);
	while (done--) {
		int unmap_err;

		unmap.pirq = pirqs[done];
		unmap_err = HYPERVISOR_physdev_op(PHYSDEVOP_unmap_pirq, &unmap);
		/* A guest that has gone took its mappings along. */
		if (unmap_err && unmap_err != -ESRCH)
			dev_warn_ratelimited(&pdev->dev, "Xen keeps pirq %d of domain %d\n",
					     unmap.pirq, domid);
	}
	kfree(pirqs);
	return err;
}

/**
 * pciback_xen_line_shared() - does another domain use this interrupt line?
 * @irq: Linux irq of the line
 *
 * Context: any.
 */
bool pciback_xen_line_shared(unsigned int irq)
{
	/* The name reads the other way round: nonzero is "only ours". */
	return xen_initial_domain() && pciback_xen_pirq(irq) && !xen_test_irq_shared(irq);
}
