/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The record of a seized function: from the moment the driver takes it until
 * it is handed back to the host. What is done with it is in device.h.
 *
 * Lock order: a guest's state lock > the PCI function's device_lock() > a
 * guest's topology lock > struct pcistub_device's @lock. The list of seized
 * functions has a spinlock of its own, a leaf.
 */
#ifndef PCIBACK_RECORD_RECORD_H
#define PCIBACK_RECORD_RECORD_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include <pciback/conf.h>
#include "record/irq_state.h"
#include "record/recovery_step.h"
#include "record/reset_history.h"
#include "record/stats.h"
#include <xen/interface/xen.h>

struct dentry;
struct pciback_owner;
struct pcistub_device;

/* The registers of the MSI capability: flags, address, data, mask. */
#define PCIBACK_MSI_REGS	5

/**
 * struct pciback_config - what a function's configuration space held
 * @core: what the PCI core saves and restores
 * @command: COMMAND
 * @pmcsr: PMCSR, 0 without the capability
 * @msi: registers of the MSI capability, which the core leaves as they are
 *	when MSI is off
 */
struct pciback_config {
	struct pci_saved_state *core;
	u16 command;
	u16 pmcsr;
	u32 msi[PCIBACK_MSI_REGS];
};

/**
 * struct pciback_owner_ops - what an owner does when its function needs it
 * @release: frees the owner
 * @revoke: the function is being unbound while the owner has it: forget it.
 *	Called with the function's device_lock() held.
 * @expect_detach: the toolstack seems about to detach a function. Called with
 *	device_lock() held.
 * @query_guest: the function is being recovered from an error: the guest's answer,
 *	as pciback_vote_on_answer() takes it. Called with device_lock() held; ends
 *	within a bounded time, and early once the function is detaching. NULL: the
 *	guest cannot be asked
 * @notify_isolated: the guest was isolated from the function, which it still has.
 *	Called with device_lock() held. May be NULL
 */
struct pciback_owner_ops {
	void (*release)(struct kref *ref);
	void (*revoke)(struct pciback_owner *owner, struct pcistub_device *dev);
	void (*expect_detach)(struct pciback_owner *owner);
	int (*query_guest)(struct pciback_owner *owner, struct pcistub_device *dev,
			   enum pciback_recovery_step step, pci_channel_state_t state);
	void (*notify_isolated)(struct pciback_owner *owner, struct pcistub_device *dev);
};

/**
 * struct pciback_owner - whoever may own a function: the backend of a guest
 * @ref: keeps the owner while a function points at it
 * @domid: the guest's domain
 * @ops: what it does; set once
 * @stats: what it did, see enum pciback_backend_stat; atomic
 * @stats_dir: where that is shown in debugfs
 */
struct pciback_owner {
	struct kref ref;
	domid_t domid;
	const struct pciback_owner_ops *ops;
	atomic64_t stats[BACKEND_NR_STATS];
	struct dentry *stats_dir;
};

/**
 * struct pcistub_device - a seized function
 * @ref: the list of seized functions holds one, every user of the record one
 * @node: in the list of seized functions; that list's lock
 * @pdev: the function; set once, reference held
 * @stats: what happened to it, see enum pciback_device_stat; atomic
 * @stats_dir: where that is shown; device_lock()
 * @lock: guards everything below
 * @owner: the guest that has it, NULL when idle
 * @detaching: its guest is going or the function is: no more operations
 * @isolated: failed in a guest's hands: no more operations, no bus mastering;
 *	also written under device_lock()
 * @removed: handed back to the host; nobody may take it any more
 * @reset_wanted: the guest asked for a function level reset
 * @last_domid: the guest that has it, or had it last
 * @level: what guests may write besides what rows allow
 * @quirks: what they may at level CONF_QUIRKS; struct pciback_quirk
 * @conf: configuration space as the guest sees it
 * @irq: interrupts
 * @reset: what is known of its resets
 * @clean: reset since it was last in a guest's hands; device_lock()
 * @used: some guest had it; device_lock()
 * @mapped: a domain that had it was still there when the next one came, or when
 *	it was unbound, and may have its registers mapped; device_lock()
 * @recovering: its guest was told of an error and not yet of the end of the
 *	recovery; device_lock()
 * @timeout_work: gives that recovery up
 * @link_reset: the error being recovered from has the whole link reset;
 *	device_lock()
 * @seizure: configuration space as it was at seizure; device_lock()
 */
struct pcistub_device {
	struct kref ref;
	struct list_head node;
	struct pci_dev *pdev;
	atomic64_t stats[DEVICE_NR_STATS];
	struct dentry *stats_dir;
	struct mutex lock;
	struct pciback_owner *owner;
	bool detaching;
	bool isolated;
	bool removed;
	bool reset_wanted;
	domid_t last_domid;
	enum conf_level level;
	struct list_head quirks;
	struct conf_space *conf;
	struct pciback_irq irq;
	struct reset_state reset;
	bool clean;
	bool used;
	bool mapped;
	bool recovering;
	bool link_reset;
	struct delayed_work timeout_work;
	struct pciback_config seizure;
};

/*
 * No bus mastering: it starts no access by itself. A bridge must go on passing
 * those of the functions behind it, whoever has them.
 */
static inline void pciback_disable_dma(struct pci_dev *pdev)
{
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		pci_clear_master(pdev);
}

void pciback_device_add(struct pcistub_device *dev);
void pciback_device_del(struct pcistub_device *dev);
struct pcistub_device *pciback_device_find(u32 domain, u8 bus, u8 devfn);
struct pcistub_device *pciback_device_next(struct pcistub_device *prev);
void pciback_device_put(struct pcistub_device *dev);
static inline void pciback_device_get(struct pcistub_device *dev)
{
	kref_get(&dev->ref);
}

bool pciback_device_is_usable_by(struct pcistub_device *dev, const struct pciback_owner *owner);
void pciback_device_expect_detach(struct pcistub_device *dev);

#endif /* PCIBACK_RECORD_RECORD_H */
