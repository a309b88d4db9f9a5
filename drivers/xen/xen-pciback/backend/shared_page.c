// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * All reads and writes of the page shared with a frontend (Xen's public io/pciif.h).
 * The guest may write the page at any time: each field is read once, into a copy, and
 * what was written here is never read back (XSA-155).
 *
 * Knows the layout of the page and the order of its accesses, nothing else. No locks:
 * the callers make sure that the page is mapped.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <asm/barrier.h>
#include <pciback/vpci.h>
#include "backend/shared_page.h"
#include "compat.h"
#include "irq/irq.h"

/**
 * struct pciback_shared_page - a page that a guest shares; no lock, the guest writes it
 * @info: the layout of Xen's public io/pciif.h
 */
struct pciback_shared_page {
	struct xen_pci_sharedinfo info;
};

/**
 * pciback_shared_flags() - read the flags
 * @page: shared with a frontend
 *
 * Context: any, also hard interrupt.
 * Return: XEN_PCIF_*, XEN_PCIB_* and any other bits that the guest set.
 */
u32 pciback_shared_flags(const struct pciback_shared_page *page)
{
	return READ_ONCE(page->info.flags);
}

/**
 * pciback_shared_flags_change() - change some flags, the guest may be changing others
 * @page: shared with a frontend
 * @clear: flags to clear
 * @set: flags to set
 *
 * Neither set_bit() nor atomic_t will do. The former works on an unsigned long and
 * would write the next field, too. The latter has no bus lock on a host with one CPU,
 * while the guest may run on another CPU of the machine. After 16 tries against a guest
 * that keeps changing the flags, the guest's last change is overwritten.
 *
 * Context: any. Earlier writes to the page are visible before the flags change.
 */
void pciback_shared_flags_change(struct pciback_shared_page *page, u32 clear, u32 set)
{
	u32 *flags = &page->info.flags;
	unsigned int tries;
	u32 old;

	/* Pairs with the guest reading the flags first, then what they announce. */
	virt_wmb();
	for (tries = 0; tries < 16; tries++) {
		old = READ_ONCE(*flags);
		if (sync_cmpxchg(flags, old, (old & ~clear) | set) == old)
			return;
	}
	WRITE_ONCE(*flags, (old & ~clear) | set);
}

/**
 * pciback_shared_op_take() - copy the request that XEN_PCIF_active announced
 * @page: shared with a frontend
 * @op: the copy; of its MSI-X vectors only as many as the request says are copied
 *
 * Context: any.
 * Return: the number of vectors that the request asks for, any value.
 */
u32 pciback_shared_op_take(const struct pciback_shared_page *page, struct xen_pci_op *op)
{
	const struct xen_pci_op *from = &page->info.op;
	unsigned int i;

	/* The flag was read before; now what it announces. */
	virt_rmb();
	/* Not memcpy(): it may read a byte more than once. */
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
	/* Only these: copying the whole array would slow every request. */
	for (i = 0; i < op->value && i < ARRAY_SIZE(op->msix_entries); i++) {
		op->msix_entries[i].vector = READ_ONCE(from->msix_entries[i].vector);
		op->msix_entries[i].entry = READ_ONCE(from->msix_entries[i].entry);
	}
	return op->value;
}

/**
 * pciback_shared_request() - what tells a request from another one
 * @op: a copy of the request, without its answer
 *
 * Context: any.
 * Return: that part of it.
 */
struct pciback_request pciback_shared_request(const struct xen_pci_op *op)
{
	return (struct pciback_request) {
		.cmd = op->cmd,
		.domain = op->domain,
		.bus = op->bus,
		.devfn = op->devfn,
		.offset = op->offset,
		.size = op->size,
		.value = op->value,
		.info = op->info,
	};
}

/**
 * pciback_shared_has_request() - is a request still the one that the page holds?
 * @page: shared with a frontend
 * @request: the request, taken from the page earlier
 *
 * The protocol does not number requests. A frontend that gave this one up and sent the same
 * again cannot be told from one that still waits; to it the answer is right as well.
 *
 * Context: any.
 * Return: false if the page holds another request.
 */
bool pciback_shared_has_request(const struct pciback_shared_page *page,
				const struct pciback_request *request)
{
	const struct xen_pci_op *op = &page->info.op;

	return READ_ONCE(op->cmd) == request->cmd &&
	       READ_ONCE(op->domain) == request->domain &&
	       READ_ONCE(op->bus) == request->bus &&
	       READ_ONCE(op->devfn) == request->devfn &&
	       READ_ONCE(op->offset) == request->offset &&
	       READ_ONCE(op->size) == request->size &&
	       READ_ONCE(op->value) == request->value &&
	       READ_ONCE(op->info) == request->info;
}

/**
 * pciback_shared_op_answer() - write the fields of an answer, and no others
 * @page: shared with a frontend
 * @op: the request with its answer
 * @nr_vectors: how many of @op->msix_entries belong to the answer
 *
 * pciback_shared_flags_change() then announces the answer.
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
 * @state: state of the link, pci_channel_state_t
 * @virt: the function's address in the guest
 *
 * pciback_shared_flags_change() then announces the question.
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
 * pciback_shared_aer_answer() - read the answer to a question about an error
 * @page: shared with a frontend, which has cleared XEN_PCIB_active
 *
 * Context: any.
 * Return: any value; a correct frontend writes one of enum pci_ers_result.
 */
s32 pciback_shared_aer_answer(const struct pciback_shared_page *page)
{
	/* The flag was read before; now the answer that it announces. */
	virt_rmb();
	return READ_ONCE(page->info.aer_op.err);
}
