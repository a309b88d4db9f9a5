/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Questions to a frontend: the half of the shared page that the backend asks
 * in. Knows how to ring, nothing of Xen.
 */
#ifndef PCIBACK_BACKEND_AER_H
#define PCIBACK_BACKEND_AER_H

#include <linux/mutex.h>
#include <linux/wait.h>
#include "backend/shared_page.h"
#include <pciback/vpci.h>
#include <xen/interface/io/pciif.h>

/**
 * struct aer - where one guest is asked about errors
 * @lock: one question at a time; also guards @page, @since and @spent
 * @page: the shared page, NULL while not connected
 * @stopping: the page is about to go; ends a wait
 * @asked: a question is out and waited for; read in hard irq context
 * @wake: whoever waits for the answer
 * @step: how long one answer is waited for, in jiffies
 * @total: how long all answers together in @window
 * @window: in jiffies
 * @since: when the window began
 * @spent: time waited in it
 * @ring: tell the frontend that there is a question
 */
struct aer {
	struct mutex lock;
	struct shared_page *page;
	bool stopping;
	bool asked;
	wait_queue_head_t wake;
	unsigned long step;
	unsigned long total;
	unsigned long window;
	unsigned long since;
	unsigned long spent;
	void (*ring)(struct aer *aer);
};

/**
 * struct aer_question - one question
 * @cmd: XEN_PCI_OP_aer_*
 * @state: state of the link, pci_channel_state_t
 * @virt: the function, as the guest knows it
 * @given_up: set by somebody else, who then calls aer_wake(): never mind
 */
struct aer_question {
	u32 cmd;
	s32 state;
	struct topo_addr virt;
	const bool *given_up;
};

void aer_init(struct aer *aer, void (*ring)(struct aer *aer));
void aer_start(struct aer *aer, struct shared_page *page);
void aer_stop(struct aer *aer);
bool aer_event(struct aer *aer, u32 flags);
void aer_wake(struct aer *aer);
int aer_ask(struct aer *aer, const struct aer_question *q);

#endif /* PCIBACK_BACKEND_AER_H */
