/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A frontend that attacks the backend. It replaces pcifront in a test guest. Lines
 * written to /proc/hostile order the attacks:
 *
 *	frontend.c	page, event channel, what it writes to xenstore
 *	attacks.c	the attacks
 *	commands.c	parsing of a line; /proc/hostile
 *	answer.c	the text that is read back
 *
 * Several processes may attack at the same time, without locks.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <linux/types.h>
#include <linux/wait.h>
#include <xen/interface/event_channel.h>
#include <xen/interface/grant_table.h>
#include <xen/interface/io/pciif.h>
#include <xen/xenbus.h>

/* In Xen's public io/pciif.h, not in Linux's copy. */
#ifndef XEN_PCI_OP_enable_multi_msi
#define XEN_PCI_OP_enable_multi_msi	10
#endif

/**
 * struct frontend - the one connection; never freed
 * @xdev: the device in xenstore
 * @page: the shared page
 * @gref: its grant
 * @port: event channel
 * @irq: @port as bound here
 * @answered: woken by the backend's events
 */
struct frontend {
	struct xenbus_device *xdev;
	struct xen_pci_sharedinfo *page;
	grant_ref_t gref;
	evtchn_port_t port;
	int irq;
	wait_queue_head_t answered;
};

extern struct frontend hostile_fe;

/**
 * struct order - one line, in parts; what it does not name is as in order_default
 * @op: the request, for attacks that make one
 * @first: first table index of an enable_msix
 * @step: from one index to the next
 * @count: how often
 * @ms: how long, in milliseconds
 * @wait: for how many milliseconds to wait for an answer
 * @seed: of the arbitrary numbers
 * @flip: change the page meanwhile
 * @backend: into the backend's directory, not the frontend's
 * @node: a node of xenstore
 * @text: what to write there
 */
struct order {
	struct xen_pci_op op;
	u32 first, step, count, ms, wait, seed, flip, backend;
	const char *node, *text;
};

/**
 * struct answer - text to be read back
 * @len: bytes in @text
 * @text: truncated if it is too long
 */
struct answer {
	size_t len;
	char text[4000];
};

/* answer.c */
__printf(2, 3) void say(struct answer *to, const char *fmt, ...);

/* frontend.c */
int hostile_connect(void);
int hostile_announce(const char *node, const char *text);
int hostile_new_page(void);

/* attacks.c */
struct attack {
	const char *name;
	int (*run)(const struct order *order, struct answer *to);
};

extern const struct attack hostile_attacks[];
int hostile_attack(const struct attack *attack, struct order *order, struct answer *to);

#endif /* HOSTILE_H */
