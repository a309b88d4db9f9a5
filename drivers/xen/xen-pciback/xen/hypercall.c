// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Hypercalls of the driver and calls of the kernel's Xen support about PCI functions.
 * Except for gsi.c, no other file of the module makes such calls.
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

/*
 * Does Xen not have a hypercall? -ENOSYS: this version does not know it. -EOPNOTSUPP: it was
 * built without PCI passthrough, or is one for Arm.
 */
static bool xen_lacks_call(int err)
{
	return err == -ENOSYS || err == -EOPNOTSUPP;
}

/*
 * Does Xen intercept the host's accesses to configuration space (vPCI)? It does for
 * all hosts except PV: it forwards writes, and maps BARs into the host's memory
 * according to its own record of the function's state.
 */
static bool xen_intercepts_config(const struct pci_dev *pdev)
{
	/* Xen's segment numbers have 16 bits. */
	return xen_initial_domain() && !xen_pv_domain() &&
		pci_domain_nr(pdev->bus) <= U16_MAX;
}

static int physdev_msix_op(struct pci_dev *pdev, int cmd)
{
	struct physdev_pci_device ppdev = {
		.seg = pci_domain_nr(pdev->bus),
		.bus = pdev->bus->number,
		.devfn = pdev->devfn,
	};

	/* Xen's segment numbers have 16 bits. */
	if (!xen_initial_domain() || pci_domain_nr(pdev->bus) > U16_MAX || !pdev->msix_cap)
		return -ENOSYS;
	return HYPERVISOR_physdev_op(cmd, &ppdev);
}

/**
 * pciback_xen_prepare_msix() - let Xen map the MSI-X table before a guest can
 * @pdev: the function
 *
 * PHYSDEVOP_prepare_msix. A failure is only logged: enabling MSI-X then fails, with an
 * error for the guest. Xen up to 4.20 does not have the call for a PVH host.
 *
 * Context: may sleep.
 */
void pciback_xen_prepare_msix(struct pci_dev *pdev)
{
	int err = physdev_msix_op(pdev, PHYSDEVOP_prepare_msix);

	if (err && pdev->msix_cap && xen_lacks_call(err) && xen_intercepts_config(pdev))
		dev_info_once(&pdev->dev,
			      "Xen does not prepare MSI-X for guests of a PVH host; their devices need INTx or MSI (for Linux guests: pci=nomsi)\n");
	else if (err && !xen_lacks_call(err))
		pci_err(pdev, "Xen cannot prepare MSI-X (%d); guests may have to do without it\n",
			err);
}

/**
 * pciback_xen_release_msix() - undo pciback_xen_prepare_msix()
 * @pdev: the function
 *
 * PHYSDEVOP_release_msix. A failure is only logged.
 *
 * Context: may sleep.
 */
void pciback_xen_release_msix(struct pci_dev *pdev)
{
	int err = physdev_msix_op(pdev, PHYSDEVOP_release_msix);

	if (err && !xen_lacks_call(err))
		pci_warn(pdev, "Xen did not release MSI-X (%d); the host may have to do without it\n",
			 err);
}

/**
 * pciback_xen_reset_begins() - prepare Xen for the reset of a function
 * @pdev: the function, enabled or not
 *
 * Xen does not notice the reset: it still takes memory decoding for enabled and drops
 * writes to the BARs. So this function disables decoding before the reset, through
 * Xen. It is needed where Xen cannot be told of the reset afterwards. A reset of
 * several functions at once needs a call for each of them.
 *
 * Context: may sleep. Caller restores the function's configuration space after the
 * reset.
 */
void pciback_xen_reset_begins(struct pci_dev *pdev)
{
	u16 command;

	if (!xen_intercepts_config(pdev) || pci_read_config_word(pdev, PCI_COMMAND, &command))
		return;
	pci_write_config_word(pdev, PCI_COMMAND,
			      command & ~(PCI_COMMAND_IO | PCI_COMMAND_MEMORY));
}

/*
 * Adds the function to those that Xen knows, as the kernel did when it found it. Does nothing
 * for a function that Xen could set up then, otherwise Xen tries once more. It may succeed now:
 * a function that was plugged in had no addresses in its BARs yet.
 */
static int xen_add_again(struct pci_dev *pdev)
{
	struct pci_dev *physfn = pci_physfn(pdev);
	struct physdev_pci_device_add add = {
		.seg = pci_domain_nr(pdev->bus),
		.bus = pdev->bus->number,
		.devfn = pdev->devfn,
	};

	if (physfn != pdev) {
		add.flags = XEN_PCI_DEV_VIRTFN;
		add.physfn.bus = physfn->bus->number;
		add.physfn.devfn = physfn->devfn;
	} else if (pci_ari_enabled(pdev->bus) && PCI_SLOT(pdev->devfn)) {
		add.flags = XEN_PCI_DEV_EXTFN;
	}
	return HYPERVISOR_physdev_op(PHYSDEVOP_pci_device_add, &add);
}

/**
 * pciback_xen_reset_done() - tell Xen that a function was reset
 * @pdev: the function, its configuration space restored
 *
 * PHYSDEVOP_pci_device_reset. Xen reads all registers again. With BARs that the reset cleared it
 * would look for the MSI-X table in the host's memory, answer -EEXIST, and not intercept
 * accesses to the function any more. Xen before version 4.20 does not have the call, hence
 * pciback_xen_reset_begins(). Other failures are only logged.
 *
 * The call is not made for a function that Xen could not set up, for example a virtual
 * function: Xen 4.20 has no owner for it, follows the pointer, and takes the machine down.
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
		/* Xen treats all kinds of reset alike. */
		.flags = PCI_DEVICE_RESET_FLR,
	};
	int err;

	if (!xen_intercepts_config(pdev))
		return;
	err = xen_add_again(pdev);
	if (err) {
		if (!xen_lacks_call(err))
			dev_warn_ratelimited(&pdev->dev,
					     "Xen cannot set it up (%d), so it may not work in a guest; xl dmesg says why\n",
					     err);
		return;
	}
	err = HYPERVISOR_physdev_op(PHYSDEVOP_pci_device_reset, &reset);
	if (err && !xen_lacks_call(err))
		dev_warn_ratelimited(&pdev->dev,
				     "Xen did not take note of its reset (%d); guests may find it in a wrong state\n",
				     err);
}

/**
 * pciback_xen_set_owner() - register the domain that receives a function's interrupts
 * @pdev: the function
 * @domid: the guest
 *
 * The kernel's MSI setup maps the interrupts of the function to this domain. An owner
 * that is still registered is replaced, with an error message.
 *
 * Context: may sleep.
 * Return: 0, or -errno of xen_register_device_domain_owner().
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
 * pciback_xen_domain_exists() - can a domain with this number be running?
 * @domid: the domain
 *
 * Looks for the domain's directory in xenstore: the toolstack stops a domain for good
 * before it deletes the directory.
 *
 * Context: sleeps (xenstore).
 * Return: true if it can, also if the number has been reused; false without Xen.
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
 * xen_pirq_from_irq() requires an irq that is a pirq; with any other the kernel stops
 * with BUG(). Guests can cause such calls (a function without an interrupt, MSI in a
 * PVH host), so this function checks the irq chip first.
 *
 * Context: any.
 * Return: the pirq, or 0 if the irq is not a pirq.
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
 * pciback_xen_try_msix() - can Xen map these MSI-X entries to the guest?
 * @pdev: the function, MSI-X disabled
 * @domid: the guest
 * @entries: table indices, all within the table and without duplicates
 * @nr: number of @entries
 *
 * Maps all entries by PHYSDEVOP_map_pirq and removes the mappings again
 * (PHYSDEVOP_unmap_pirq). The PCI core should not be called if it would fail: Linux
 * 6.1 frees the interrupts of a partly failed attempt twice and the second time
 * dereferences a null pointer, and all kernels log each attempt.
 *
 * Context: may sleep. Caller has called pciback_op_begin().
 * Return: 0, also where no trial is needed; -EINVAL: the table's BAR is not usable;
 * -ENOMEM; or the error of Xen, -ENOSPC if no interrupts are left for the guest.
 */
int pciback_xen_try_msix(struct pci_dev *pdev, domid_t domid,
			 const struct xen_msix_entry *entries, u32 nr)
{
	struct physdev_unmap_pirq unmap = { .domid = domid };
	u32 offset = 0, bar, done;
	u64 table;
	int *pirqs;
	int err;

	/*
	 * If the first entry fails in the PCI core, there is nothing to free, so a single
	 * one needs no trial. Xen's segment numbers have 16 bits.
	 */
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
	/* -EINVAL has two possible reasons. Every table has the first entry. */
	if (err == -EINVAL && done)
		dev_warn_ratelimited(&pdev->dev,
				     "Xen maps its MSI-X entry %u to no interrupt: it has none left, or the table was smaller when Xen first saw the function; set the number of vectors of a virtual function before creating it\n",
				     entries[done].entry);
	while (done--) {
		int unmap_err;

		unmap.pirq = pirqs[done];
		unmap_err = HYPERVISOR_physdev_op(PHYSDEVOP_unmap_pirq, &unmap);
		/* -ESRCH: the domain has been destroyed, and its mappings with it. */
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
 * Context: any, including hard irq.
 * Return: true if it does; false without Xen.
 */
bool pciback_xen_line_shared(unsigned int irq)
{
	/* Despite its name, xen_test_irq_shared() returns nonzero if no other domain has it. */
	return xen_initial_domain() && pciback_xen_pirq(irq) && !xen_test_irq_shared(irq);
}
