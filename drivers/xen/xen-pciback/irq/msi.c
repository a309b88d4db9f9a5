// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * MSI and MSI-X on behalf of a guest. The host's PCI core programs the
 * function; because the guest is registered as its owner, the interrupts are
 * mapped to the guest, and it gets their pirq numbers to bind.
 */
#include <linux/log2.h>
#include <linux/pci.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include "irq/backoff.h"
#include "irq/irq.h"
#include "record/irq_state.h"
#include "record/record.h"
#include "trace/events.h"
#include "xen/hypercall.h"

static void msi_report_failure(struct pcistub_device *dev, const char *what, int err)
{
	dev_warn_ratelimited(&dev->pdev->dev, "domain %d: cannot enable %s: %d\n",
			     dev->owner ? dev->owner->domid : DOMID_INVALID, what, err);
}

/**
 * pciback_msi_disable() - turn off whatever message signalled kind is on
 * @dev: the function
 *
 * Serves both disable operations: a Linux guest forgets which kind it had on
 * before it tears it down and then asks for the other one, so a backend that
 * insists on the right one leaves MSI-X on and refuses to enable it again.
 *
 * Context: may sleep. Caller holds @dev->lock.
 * Return: the pirq of the function's INTx line, 0 if it has none.
 */
u32 pciback_msi_disable(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;

	lockdep_assert_held(&dev->lock);
	if (pdev->msix_enabled || pdev->msi_enabled)
		pciback_trace_irq(dev, PCIBACK_IRQ_DISABLE, 0, 0);
	if (pdev->msix_enabled)
		pci_disable_msix(pdev);
	if (pdev->msi_enabled)
		pci_disable_msi(pdev);
	dev->irq.mode = PCIBACK_IRQ_INTX;
	if (dev->irq.line)
		WRITE_ONCE(dev->irq.acking, true);
	return pciback_xen_pirq(pdev->irq);
}

static void msi_note_enabled(struct pcistub_device *dev, enum pciback_irq_mode mode)
{
	dev->irq.mode = mode;
	/* The line is not ours to claim while the function does not use it. */
	WRITE_ONCE(dev->irq.acking, false);
}

/* Frontends count on from the first: the pirqs must follow each other, all of them. */
static u32 msi_consecutive_pirqs(struct pci_dev *pdev, u32 nr)
{
	u32 first = pciback_xen_pirq(pci_irq_vector(pdev, 0));
	u32 i;

	for (i = 1; first && i < nr; i++)
		if (pciback_xen_pirq(pci_irq_vector(pdev, i)) != first + i)
			return 0;
	return first;
}

/* How many the function has, or -errno. */
static int msi_check_count(struct pci_dev *pdev, u32 nr)
{
	int most = pci_msi_vec_count(pdev);

	if (most < 0)
		return most;
	if (!is_power_of_2(nr))
		return -EINVAL;
	return nr > most ? -ENOSPC : 0;
}

/**
 * pciback_msi_enable() - XEN_PCI_OP_enable_msi and XEN_PCI_OP_enable_multi_msi
 * @dev: the function
 * @nr: how many vectors, as the guest sent it; all of them or none
 * @value: the first pirq to bind, the others follow it; 0 if the call fails
 *
 * Context: may sleep. Caller holds @dev->lock.
 * Return: 0; -EALREADY: MSI is on; -ENXIO: MSI-X is on; -EINVAL: not a power of
 * two; -ENOSPC: more than the function has or the host can give; -EOPNOTSUPP:
 * this host has no pirqs to give to a PV guest; other -errno from the PCI core.
 * On failure nothing has changed.
 */
int pciback_msi_enable(struct pcistub_device *dev, u32 nr, u32 *value)
{
	struct pci_dev *pdev = dev->pdev;
	int err;

	lockdep_assert_held(&dev->lock);
	*value = 0;
	if (pdev->msi_enabled)
		err = -EALREADY;
	else if (pdev->msix_enabled)
		err = -ENXIO;
	else
		err = msi_check_count(pdev, nr);
	if (!err)
		err = pciback_backoff_error(&dev->irq.backoff, jiffies);
	if (!err) {
		err = pci_alloc_irq_vectors(pdev, nr, nr, PCI_IRQ_MSI);
		err = min(err, 0);
		if (err)
			pciback_backoff_add(&dev->irq.backoff, err, jiffies);
	}
	if (!err) {
		*value = msi_consecutive_pirqs(pdev, nr);
		if (*value) {
			msi_note_enabled(dev, PCIBACK_IRQ_MSI);
			pciback_trace_irq(dev, PCIBACK_IRQ_ENABLE_MSI, nr, 0);
			return 0;
		}
		pci_disable_msi(pdev);
		err = -EOPNOTSUPP;
	}
	pciback_trace_irq(dev, PCIBACK_IRQ_ENABLE_MSI, nr, err);
	msi_report_failure(dev, "MSI", err);
	return err;
}

/**
 * pciback_msi_limit() - how many vectors to ask for after fewer were to be had
 * @dev: the function
 * @nr: how many were asked for in vain
 *
 * Context: may sleep. Caller holds @dev->lock.
 * Return: fewer than @nr; 1: one, by XEN_PCI_OP_enable_msi.
 */
u32 pciback_msi_limit(struct pcistub_device *dev, u32 nr)
{
	int most = pci_msi_vec_count(dev->pdev);

	return most > 0 && nr > most ? most : 1;
}

/* Decoding of a virtual function is switched by its physical function. */
static bool msix_memory_decoded(struct pci_dev *pdev)
{
	u16 command = 0;

	pci_read_config_word(pci_physfn(pdev), PCI_COMMAND, &command);
	return !PCI_POSSIBLE_ERROR(command) && command & PCI_COMMAND_MEMORY;
}

/* The core takes indices as they come; the table has an end, and each entry one vector. */
static int msix_check_entries(struct pci_dev *pdev, const struct xen_msix_entry *entries, u32 nr)
{
	int size = pci_msix_vec_count(pdev);
	u32 i, j;

	if (size < 0)
		return size;
	for (i = 0; i < nr; i++) {
		if (entries[i].entry >= size)
			return -EINVAL;
		for (j = 0; j < i; j++)
			if (entries[j].entry == entries[i].entry)
				return -EINVAL;
	}
	return 0;
}

/* All pirqs at once or none: 16 bits is what the protocol has for them. */
static int msix_collect_pirqs(const struct msix_entry *vectors, struct xen_msix_entry *entries, u32 nr)
{
	u32 i, pirq;

	for (i = 0; i < nr; i++) {
		pirq = pciback_xen_pirq(vectors[i].vector);
		if (!pirq)
			return -EOPNOTSUPP;
		if (pirq > U16_MAX)
			return -ERANGE;
		entries[i].vector = pirq;
	}
	return 0;
}

static int msix_enable_entries(struct pci_dev *pdev, struct xen_msix_entry *entries, u32 nr)
{
	struct msix_entry *vectors;
	u32 i;
	int err;

	vectors = kcalloc(nr, sizeof(*vectors), GFP_KERNEL);
	if (!vectors)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		vectors[i].entry = entries[i].entry;
	err = pci_enable_msix_exact(pdev, vectors, nr);
	if (!err) {
		err = msix_collect_pirqs(vectors, entries, nr);
		if (err)
			pci_disable_msix(pdev);
	}
	kfree(vectors);
	return err;
}

/**
 * pciback_msix_enable() - XEN_PCI_OP_enable_msix
 * @dev: the function
 * @entries: table indices, in the caller's own copy; their pirqs on success
 * @nr: how many, as the guest sent it
 *
 * Context: may sleep. Caller holds @dev->lock.
 * Return: 0; -EINVAL: no entries, too many, a duplicate or one outside the
 * table; -EALREADY: MSI-X is on; -ENXIO: MSI is on or memory decoding off;
 * -EOPNOTSUPP: this host has no pirqs to give to a PV guest; -ERANGE: a pirq
 * does not fit the protocol; other -errno from the PCI core. On failure
 * nothing has changed.
 */
int pciback_msix_enable(struct pcistub_device *dev, struct xen_msix_entry *entries, u32 nr)
{
	struct pci_dev *pdev = dev->pdev;
	int err;

	lockdep_assert_held(&dev->lock);
	if (!nr || nr > SH_INFO_MAX_VEC)
		err = -EINVAL;
	else if (pdev->msix_enabled)
		err = -EALREADY;
	else if (pdev->msi_enabled || !msix_memory_decoded(pdev))
		err = -ENXIO;
	else
		err = msix_check_entries(pdev, entries, nr);
	if (!err)
		err = pciback_backoff_error(&dev->irq.backoff, jiffies);
	if (!err) {
		err = pciback_xen_try_msix(pdev, dev->last_domid, entries, nr) ?:
		      msix_enable_entries(pdev, entries, nr);
		if (err)
			pciback_backoff_add(&dev->irq.backoff, err, jiffies);
	}
	pciback_trace_irq(dev, PCIBACK_IRQ_ENABLE_MSIX, nr, err);
	if (err)
		msi_report_failure(dev, "MSI-X", err);
	else
		msi_note_enabled(dev, PCIBACK_IRQ_MSIX);
	return err;
}
