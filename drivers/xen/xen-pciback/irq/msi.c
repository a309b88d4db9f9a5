// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * MSI and MSI-X on behalf of a guest. The host's PCI core programs the function.
 * Because the guest is registered as the owner of the function
 * (pciback_xen_set_owner()), the interrupts are mapped to the guest, which receives
 * their pirq numbers and binds them.
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
 * pciback_msi_disable() - XEN_PCI_OP_disable_msi and XEN_PCI_OP_disable_msix
 * @dev: the function
 *
 * Both operations disable whatever is enabled, MSI or MSI-X: a Linux guest no longer
 * knows which of them it had enabled when it sends the operation, and may send the
 * wrong one. A backend that requires the right one would leave MSI-X enabled, and
 * enabling it again would fail.
 *
 * Context: may sleep. Caller has called pciback_op_begin(), or no operation runs.
 * Return: the pirq of the function's INTx line, 0 if it has none.
 */
u32 pciback_msi_disable(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;

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

static void msi_set_enabled(struct pcistub_device *dev, enum pciback_irq_mode mode)
{
	dev->irq.mode = mode;
	/* The function does not use its INTx line now, so its interrupts are not claimed. */
	WRITE_ONCE(dev->irq.acking, false);
}

/*
 * The first pirq of multi-MSI. Frontends derive the others by counting up from it, so
 * returns 0 if the pirqs are not consecutive, or if there are none.
 */
static u32 msi_consecutive_pirqs(struct pci_dev *pdev, u32 nr)
{
	u32 first = pciback_xen_pirq(pci_irq_vector(pdev, 0));
	u32 i;

	for (i = 1; first && i < nr; i++)
		if (pciback_xen_pirq(pci_irq_vector(pdev, i)) != first + i)
			return 0;
	return first;
}

/* Can the function have @nr MSI vectors? 0 or -errno. */
static int msi_check_count(struct pci_dev *pdev, u32 nr)
{
	int count = pci_msi_vec_count(pdev);

	if (count < 0)
		return count;
	if (!is_power_of_2(nr))
		return -EINVAL;
	return nr > count ? -ENOSPC : 0;
}

/**
 * pciback_msi_enable() - XEN_PCI_OP_enable_msi and XEN_PCI_OP_enable_multi_msi
 * @dev: the function
 * @nr: number of vectors, unchecked; either all of them are enabled or none
 * @value: the first pirq; the others are consecutive; 0 if the call fails
 *
 * Context: may sleep. Caller has called pciback_op_begin(), or no operation runs.
 * Return: 0; -EALREADY: MSI is enabled; -ENXIO: MSI-X is enabled; -EINVAL: not a
 * power of two, or no MSI capability; -ENOSPC: more than the function has or the host
 * can allocate; -EOPNOTSUPP: this host has no pirqs for a PV guest; other -errno from
 * the PCI core; or the last error again, see irq/backoff.c. On failure nothing has
 * changed.
 */
int pciback_msi_enable(struct pcistub_device *dev, u32 nr, u32 *value)
{
	struct pci_dev *pdev = dev->pdev;
	int err;

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
			msi_set_enabled(dev, PCIBACK_IRQ_MSI);
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
 * pciback_msi_limit() - number of vectors to try after @nr could not be enabled
 * @dev: the function
 * @nr: number of vectors that could not be enabled
 *
 * Context: may sleep. Caller has called pciback_op_begin(), or no operation runs.
 * Return: a number below @nr; 1 means one vector, by XEN_PCI_OP_enable_msi.
 */
u32 pciback_msi_limit(struct pcistub_device *dev, u32 nr)
{
	int count = pci_msi_vec_count(dev->pdev);

	return count > 0 && nr > count ? count : 1;
}

/* The physical function controls memory decoding of its virtual functions. */
static bool msix_memory_decoded(struct pci_dev *pdev)
{
	u16 command = 0;

	pci_read_config_word(pci_physfn(pdev), PCI_COMMAND, &command);
	return !PCI_POSSIBLE_ERROR(command) && command & PCI_COMMAND_MEMORY;
}

/* The PCI core does not check for an index beyond the table or for duplicates. */
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

/* Stores the pirq of each vector in @entries. The protocol has 16 bits for a pirq. */
static int msix_collect_pirqs(const struct msix_entry *vectors,
			      struct xen_msix_entry *entries, u32 nr)
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
 * @entries: table indices, unchecked, in the caller's own copy; on success their
 *	members vector are set to the pirqs
 * @nr: number of @entries, unchecked
 *
 * Context: may sleep. Caller has called pciback_op_begin(), or no operation runs.
 * Return: 0; -EINVAL: no entries, too many, a duplicate or one beyond the table;
 * -EALREADY: MSI-X is enabled; -ENXIO: MSI is enabled or memory decoding is disabled;
 * -EOPNOTSUPP: this host has no pirqs for a PV guest; -ERANGE: a pirq has more than
 * 16 bits; other -errno from pciback_xen_try_msix() or the PCI core; or the last error
 * again, see irq/backoff.c. On failure nothing has changed.
 */
int pciback_msix_enable(struct pcistub_device *dev, struct xen_msix_entry *entries, u32 nr)
{
	struct pci_dev *pdev = dev->pdev;
	int err;

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
		msi_set_enabled(dev, PCIBACK_IRQ_MSIX);
	return err;
}
