/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The page shared with a frontend, which the guest may write at any time. Only
 * guest/shared_page.c knows what is in it: everybody else holds a pointer that the
 * compiler lets nobody follow, and works on copies (XSA-155).
 */
#ifndef PCIBACK_BACKEND_SHARED_PAGE_H
#define PCIBACK_BACKEND_SHARED_PAGE_H

#include <linux/types.h>
#include <xen/interface/io/pciif.h>

struct shared_page;
struct topo_addr;

u32 shared_flags(const struct shared_page *page);
void shared_flags_change(struct shared_page *page, u32 clear, u32 set);
u32 shared_op_take(const struct shared_page *page, struct xen_pci_op *op);
void shared_op_answer(struct shared_page *page, const struct xen_pci_op *op,
		      u32 nr_vectors);
void shared_aer_ask(struct shared_page *page, u32 cmd, s32 state,
		    const struct topo_addr *virt);
s32 shared_aer_answer(const struct shared_page *page);

#endif /* PCIBACK_BACKEND_SHARED_PAGE_H */
