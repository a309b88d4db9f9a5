// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The only code that reads and writes the page shared with a frontend (Xen's
 * io/pciif.h). The guest may write it at any time, so what is read here is read
 * once, into a copy, and nothing that was written is read back (XSA-155).
 * Knows the layout of the page and the order of its accesses, nothing else.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <asm/barrier.h>
#include <pciback/vpci.h>
#include "backend/shared_page.h"
#include "compat.h"
#include "irq/irq.h"

/**
 * struct pciback_shared_page - a page that a guest shares
 * @info: as Xen's io/pciif.h has it
 */
struct pciback_shared_page {
	struct xen_pci_sharedinfo info;
};

/**
 * pciback_shared_flags() - the flags as they are now
 * @page: shared with a frontend
 *
 * Context: any, also hard interrupt.
 * Return: XEN_PCIF_* and XEN_PCIB_*, and whatever else the guest put there.
 */
u32 pciback_shared_flags(const struct pciback_shared_page *page)
{
	return READ_ONCE(page->info.flags);
}

/**
 * pciback_shared_flags_change() - change some of the flags, while the guest changes others
 * @page: shared with a frontend
 * @clear: flags to clear
 * @set: flags to set
 *
 * A bit operation would be as wide as a long and touch the neighbouring field,
 * and an atomic_t loses its bus lock on a host with one CPU, while the guest
 * runs on another. A guest that keeps changing the flags to make this fail
 * gets its flags overwritten.
 */
void pciback_shared_flags_change(struct pciback_shared_page *page, u32 clear, u32 set)
{
	u32 *flags = &page->info.flags;
	unsigned int tries;
	u32 old;

	/* What was written before is there when the flags announce it. */
	virt_wmb();
	for (tries = 0; tries < 16; tries++) {
		old = READ_ONCE(*flags);
		if (sync_cmpxchg(flags, old, (old & ~clear) | set) == old)
			return;
	}
	WRITE_ONCE(*flags, (old & ~clear) | set);
}

/**
 * pciback_shared_op_take() - copy the request that a flag announced
 * @page: shared with a frontend
 * @op: the copy; of its vectors only those that the request says it has
 *
 * Context: any.
 * Return: how many vectors it asks for, any value.
 */
u32 pciback_shared_op_take(const struct pciback_shared_page *page, struct xen_pci_op *op)
{
	const struct xen_pci_op *from = &page->info.op;
	unsigned int i;

	/* The flag before what it announces. */
	virt_rmb();
	/* Not memcpy(), which may read a byte more than once. */
	op->cmd = READ_ONCE(from->cmd);
	op->err = READ_ONCE(from->err);
	op->domain = READ_ONCE(from->domain);
	op->bus = READ_ONCE(from->bus);
	op->devfn = READ_ONCE(from->devfn);
	op->offset = READ_ONCE(from->offset);
	op->size = READ_ONCE(from->size);
	op->value = READ_ONCE(from->value);
	op->info = READ_ONCE(from->info);
	if (op->cmd != XEN_PCI_OP_enable_msix)
		return 0;
	/* As many as it says, and no more than there are; few requests have any. */
	for (i = 0; i < op->value && i < ARRAY_SIZE(op->msix_entries); i++) {
		op->msix_entries[i].vector = READ_ONCE(from->msix_entries[i].vector);
		op->msix_entries[i].entry = READ_ONCE(from->msix_entries[i].entry);
	}
	return op->value;
}

/**
 * pciback_shared_op_answer() - write what an answer consists of; the rest stays the guest's
 * @page: shared with a frontend
 * @op: the request as it was answered
 * @nr_vectors: so many of its vectors belong to the answer
 *
 * Context: any.
 */
void pciback_shared_op_answer(struct pciback_shared_page *page, const struct xen_pci_op *op,
			      u32 nr_vectors)
{
	struct xen_pci_op *to = &page->info.op;
	u32 i;

	WRITE_ONCE(to->err, op->err);
	WRITE_ONCE(to->value, op->value);
	if (op->cmd == XEN_PCI_OP_enable_multi_msi)
		WRITE_ONCE(to->info, op->info);
	for (i = 0; i < nr_vectors && i < ARRAY_SIZE(to->msix_entries); i++)
		WRITE_ONCE(to->msix_entries[i].vector, op->msix_entries[i].vector);
}

/**
 * pciback_shared_aer_query() - write a question about an error
 * @page: shared with a frontend
 * @cmd: XEN_PCI_OP_aer_*
 * @state: of the link, pci_channel_state_t
 * @virt: the function, as the guest knows it
 *
 * Context: any.
 */
void pciback_shared_aer_query(struct pciback_shared_page *page, u32 cmd, s32 state,
			      const struct pciback_addr *virt)
{
	struct xen_pcie_aer_op *to = &page->info.aer_op;

	WRITE_ONCE(to->cmd, cmd);
	WRITE_ONCE(to->err, state);
	WRITE_ONCE(to->domain, virt->domain);
	WRITE_ONCE(to->bus, virt->bus);
	WRITE_ONCE(to->devfn, virt->devfn);
}

/**
 * pciback_shared_aer_answer() - what the frontend says that its flag announced
 * @page: shared with a frontend
 *
 * Context: any.
 * Return: any value; of enum pci_ers_result if the frontend is honest.
 */
s32 pciback_shared_aer_answer(const struct pciback_shared_page *page)
{
	/* The flag before the answer that it announces. */
	virt_rmb();
	return READ_ONCE(page->info.aer_op.err);
}
