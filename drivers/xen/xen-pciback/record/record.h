/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The record of a seized function: from the moment the driver takes it until
 * it is handed back to the host. What is done with it is in device.h.
 *
 * Lock order: a guest's state lock > the PCI function's device_lock() > a
 * guest's topology lock > struct pciback_device's @lock. The list of seized
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
struct pciback_device;

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
 * struct pciback_holder - whoever may hold a function: a guest's instance
 * @ref: keeps the holder while a function points at it
 * @domid: the guest's domain
 * @release: frees the holder
 * @revoke: the function is being taken away while held: forget it. Called
 *	with the function's device_lock() held.
 * @counts: what it did, see enum pciback_guest_count
 * @counters: where that is shown
 * @detach_ahead: the toolstack seems about to take a function. Likewise.
 * @ask: the function is being recovered from an error: the guest's answer, as
 *	pciback_recovery_judge() takes it. Called with device_lock() held; ends
 *	by itself, and early once the function is leaving. NULL: cannot be asked
 * @lost: the guest was cut off from the function, which it still holds.
 *	Called with device_lock() held. May be NULL
 */
struct pciback_holder {
	struct kref ref;
	domid_t domid;
	void (*release)(struct kref *ref);
	void (*revoke)(struct pciback_holder *holder, struct pciback_device *dev);
	atomic64_t counts[GUEST_NR_COUNTS];
	struct dentry *counters;
	void (*detach_ahead)(struct pciback_holder *holder);
	int (*ask)(struct pciback_holder *holder, struct pciback_device *dev,
		   enum pciback_step step, pci_channel_state_t state);
	void (*lost)(struct pciback_holder *holder, struct pciback_device *dev);
};

/**
 * struct pciback_device - a seized function
 * @ref: the list of seized functions holds one, every user of the record one
 * @node: in the list of seized functions; that list's lock
 * @pdev: the function; set once, reference held
 * @counts: what happened to it, see enum pciback_device_count; atomic
 * @counters: where that is shown; device_lock()
 * @lock: guards everything below
 * @holder: the guest that has it, NULL when idle
 * @leaving: its guest is going or the function is: no more operations
 * @cut_off: failed in a guest's hands: no more operations, no bus mastering;
 *	also written under device_lock()
 * @gone: handed back to the host; nobody may take it any more
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
 * @overdue: gives that recovery up
 * @link_reset: the error being recovered from has the whole link reset;
 *	device_lock()
 * @seizure: configuration space as it was at seizure; device_lock()
 */
struct pciback_device {
	struct kref ref;
	struct list_head node;
	struct pci_dev *pdev;
	atomic64_t counts[DEVICE_NR_COUNTS];
	struct dentry *counters;
	struct mutex lock;
	struct pciback_holder *holder;
	bool leaving;
	bool cut_off;
	bool gone;
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
	struct delayed_work overdue;
	struct pciback_config seizure;
};

/*
 * No bus mastering: it starts no access by itself. A bridge must go on passing
 * those of the functions behind it, whoever has them.
 */
static inline void pciback_quiet(struct pci_dev *pdev)
{
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		pci_clear_master(pdev);
}

void pciback_device_add(struct pciback_device *dev);
void pciback_device_del(struct pciback_device *dev);
struct pciback_device *pciback_device_find(u32 domain, u8 bus, u8 devfn);
struct pciback_device *pciback_device_next(struct pciback_device *prev);
void pciback_device_put(struct pciback_device *dev);
static inline void pciback_device_get(struct pciback_device *dev)
{
	kref_get(&dev->ref);
}

bool pciback_device_serves(struct pciback_device *dev, const struct pciback_holder *holder);
void pciback_device_reset_ahead(struct pciback_device *dev);

#endif /* PCIBACK_RECORD_RECORD_H */
