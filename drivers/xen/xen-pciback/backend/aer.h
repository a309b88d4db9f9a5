/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Questions to a frontend: the half of the shared page that the backend asks
 * in. Knows how to channel, nothing of Xen.
 */
#ifndef PCIBACK_BACKEND_AER_H
#define PCIBACK_BACKEND_AER_H

#include <linux/mutex.h>
#include <linux/wait.h>
#include "backend/shared_page.h"
#include <pciback/vpci.h>
#include <xen/interface/io/pciif.h>

/**
 * struct pciback_aer - where one guest is asked about errors
 * @lock: one question at a time; also guards @page, @window_start and @waited
 * @page: the shared page, NULL while not connected
 * @stopping: the page is about to go; ends a wait
 * @waiting: a question is out and waited for; read in hard irq context
 * @wake: whoever waits for the answer
 * @timeout: how long one answer is waited for, in jiffies
 * @budget: how long all answers together in @window
 * @window: in jiffies
 * @window_start: when the window began
 * @waited: time waited in it
 * @notify: tell the frontend that there is a question
 */
struct pciback_aer {
	struct mutex lock;
	struct pciback_shared_page *page;
	bool stopping;
	bool waiting;
	wait_queue_head_t wake;
	unsigned long timeout;
	unsigned long budget;
	unsigned long window;
	unsigned long window_start;
	unsigned long waited;
	void (*notify)(struct pciback_aer *aer);
};

/**
 * struct pciback_aer_query - one question
 * @cmd: XEN_PCI_OP_aer_*
 * @state: state of the link, pci_channel_state_t
 * @virt: the function, as the guest knows it
 * @cancelled: set by somebody else, who then calls pciback_aer_wake(): never mind
 */
struct pciback_aer_query {
	u32 cmd;
	s32 state;
	struct pciback_addr virt;
	const bool *cancelled;
};

void pciback_aer_init(struct pciback_aer *aer, void (*notify)(struct pciback_aer *aer));
void pciback_aer_start(struct pciback_aer *aer, struct pciback_shared_page *page);
void pciback_aer_stop(struct pciback_aer *aer);
bool pciback_aer_event(struct pciback_aer *aer, u32 flags);
void pciback_aer_wake(struct pciback_aer *aer);
int pciback_aer_query(struct pciback_aer *aer, const struct pciback_aer_query *q);

#endif /* PCIBACK_BACKEND_AER_H */
