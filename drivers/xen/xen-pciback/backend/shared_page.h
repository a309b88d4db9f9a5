/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The page shared with a frontend, which the guest may write at any time. Its layout is
 * known to shared_page.c only: all other files have a pointer to an incomplete type, so
 * the compiler rejects direct accesses, and work on copies (XSA-155).
 */
#ifndef PCIBACK_BACKEND_SHARED_PAGE_H
#define PCIBACK_BACKEND_SHARED_PAGE_H

#include <linux/types.h>
#include <xen/interface/io/pciif.h>

struct pciback_shared_page;
struct pciback_addr;

/**
 * struct pciback_request - what tells a request from another one
 * @cmd: as in struct xen_pci_op, and so are the others
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 * @offset: offset in configuration space
 * @size: size of the access
 * @value: the value
 * @info: more about the operation
 *
 * A copy; needs no lock.
 */
struct pciback_request {
	u32 cmd;
	u32 domain;
	u32 bus;
	u32 devfn;
	s32 offset;
	s32 size;
	u32 value;
	u32 info;
};

u32 pciback_shared_flags(const struct pciback_shared_page *page);
void pciback_shared_flags_change(struct pciback_shared_page *page, u32 clear, u32 set);
u32 pciback_shared_op_take(const struct pciback_shared_page *page, struct xen_pci_op *op);
struct pciback_request pciback_shared_request(const struct xen_pci_op *op);
bool pciback_shared_has_request(const struct pciback_shared_page *page,
				const struct pciback_request *request);
void pciback_shared_op_answer(struct pciback_shared_page *page, const struct xen_pci_op *op,
			      u32 nr_vectors);
void pciback_shared_aer_query(struct pciback_shared_page *page, u32 cmd, s32 state,
			      const struct pciback_addr *virt);
s32 pciback_shared_aer_answer(const struct pciback_shared_page *page);

#endif /* PCIBACK_BACKEND_SHARED_PAGE_H */
