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

u32 pciback_shared_flags(const struct pciback_shared_page *page);
void pciback_shared_flags_change(struct pciback_shared_page *page, u32 clear, u32 set);
u32 pciback_shared_op_take(const struct pciback_shared_page *page, struct xen_pci_op *op);
void pciback_shared_op_answer(struct pciback_shared_page *page, const struct xen_pci_op *op,
			      u32 nr_vectors);
void pciback_shared_aer_query(struct pciback_shared_page *page, u32 cmd, s32 state,
			      const struct pciback_addr *virt);
s32 pciback_shared_aer_answer(const struct pciback_shared_page *page);

#endif /* PCIBACK_BACKEND_SHARED_PAGE_H */
