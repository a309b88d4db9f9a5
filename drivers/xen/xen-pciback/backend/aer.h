/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Questions to a frontend about errors of its functions: the part of the shared page
 * in which the backend asks. Makes no Xen call.
 */
#ifndef PCIBACK_BACKEND_AER_H
#define PCIBACK_BACKEND_AER_H

#include <linux/mutex.h>
#include <linux/wait.h>
#include "backend/shared_page.h"
#include <pciback/vpci.h>
#include <xen/interface/io/pciif.h>

struct pcistub_device;

/**
 * struct pciback_aer - questions to one frontend
 * @lock: one question at a time, held while its answer is waited for; guards @page,
 *	@window_start and @waited. Taken under device_lock(); above the channel's lock.
 * @page: the shared page, NULL while not connected
 * @stopping: the frontend is being disconnected: ends a wait; read without @lock
 * @waiting: an answer is waited for; written under @lock, read in hard interrupt
 * @wake: the waiter for the answer
 * @timeout: time for one answer, in jiffies; set once
 * @budget: time for all answers together within @window, in jiffies; set once
 * @window: in jiffies; set once
 * @window_start: when the window began, in jiffies
 * @waited: time waited in it, in jiffies
 * @notify: notifies the frontend that there is a question; set once
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
 * struct pciback_aer_query - one question; on the stack of its caller, no lock
 * @cmd: XEN_PCI_OP_aer_*
 * @state: state of the link, pci_channel_state_t
 * @virt: the function's address in the guest
 * @cancelled: becomes true when the answer is not needed any more; its writer then
 *	calls pciback_aer_wake(). Read without a lock.
 * @meanwhile: called again and again while the answer is waited for; may sleep; the
 *	frontend gets additional time for it once. May be NULL
 * @dev: its argument
 */
struct pciback_aer_query {
	u32 cmd;
	s32 state;
	struct pciback_addr virt;
	const bool *cancelled;
	void (*meanwhile)(struct pcistub_device *dev);
	struct pcistub_device *dev;
};

void pciback_aer_init(struct pciback_aer *aer, void (*notify)(struct pciback_aer *aer));
void pciback_aer_start(struct pciback_aer *aer, struct pciback_shared_page *page);
void pciback_aer_stop(struct pciback_aer *aer);
bool pciback_aer_event(struct pciback_aer *aer, u32 flags);
void pciback_aer_wake(struct pciback_aer *aer);
int pciback_aer_query(struct pciback_aer *aer, const struct pciback_aer_query *q);

#endif /* PCIBACK_BACKEND_AER_H */
