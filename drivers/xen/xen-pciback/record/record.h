/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The record of a seized function, from seize to release. What is done with the function
 * is in device/lifecycle.h.
 *
 * Lock order: struct pciback_backend's @lock > device_lock() of a function > struct
 * pciback_vbus' @lock > struct pcistub_device's @lock. The list of seized functions has a
 * spinlock, which is a leaf. Documentation/locking.rst lists all locks.
 */
#ifndef PCIBACK_RECORD_RECORD_H
#define PCIBACK_RECORD_RECORD_H

#include <linux/atomic.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
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

/*
 * Number of registers of the MSI capability that are saved: flags, address (lower and
 * upper half), data, mask.
 */
#define PCIBACK_MSI_REGS	5

/**
 * struct pciback_config - contents of a function's configuration space at seizure
 * @core: what the PCI core saves and restores
 * @bar: base address registers in @core
 * @decode: decoding bits of COMMAND in @core
 * @command: COMMAND, before the function was enabled
 * @pmcsr: PMCSR, 0 without the capability
 * @msi: registers of the MSI capability, which the core does not restore while
 *	MSI is off
 * @msix: Message Control of MSI-X, the same
 * @image: all registers before the first guest had it, see record/config_image.c; NULL until
 *	then
 *
 * Guarded by device_lock() of the function.
 */
struct pciback_config {
	struct pci_saved_state *core;
	u32 bar[CONF_NR_BARS];
	u16 decode;
	u16 command;
	u16 pmcsr;
	u32 msi[PCIBACK_MSI_REGS];
	u16 msix;
	u32 *image;
};

/**
 * struct pciback_owner_ops - operations of an owner, called for one of its functions
 * @release: free the owner; called when the last reference is dropped
 * @revoke: the function is being unbound although the owner has it. The owner must
 *	not use it any more. Called with the function's device_lock() held
 * @expect_detach: the toolstack seems to be about to detach a function
 * @request_detach: have the guest detach the functions whose @detach_wanted is set. Returns
 *	for how long to wait for that, in ms; 0: the guest cannot be asked
 * @query_guest: the function is being recovered from an error: ask the guest.
 *	Returns its answer, as pciback_vote_on_answer() takes it. Called with
 *	device_lock() held; ends within a limited time, and at once when the
 *	function is detaching. NULL: the guest cannot be asked
 * @notify_isolated: the guest was isolated from the function and still owns it.
 *	Called with device_lock() held. May be NULL
 *
 * Constant; needs no lock.
 */
struct pciback_owner_ops {
	void (*release)(struct kref *ref);
	void (*revoke)(struct pciback_owner *owner, struct pcistub_device *dev);
	void (*expect_detach)(struct pciback_owner *owner);
	unsigned int (*request_detach)(struct pciback_owner *owner);
	int (*query_guest)(struct pciback_owner *owner, struct pcistub_device *dev,
			   enum pciback_recovery_step step, pci_channel_state_t state);
	void (*notify_isolated)(struct pciback_owner *owner, struct pcistub_device *dev);
};

/* Long enough for "/vm/" and a UUID, as toolstacks name guests in xenstore. */
#define PCIBACK_VM_LEN	48

/**
 * struct pciback_owner - what can own a function: the backend of a guest
 * @ref: references; each function that it owns holds one
 * @domid: the guest's domain; set once
 * @vm: what names the guest over its reboots; empty: unknown; set once
 * @ops: its operations; set once
 * @stats: counters, see enum pciback_backend_stat; atomic
 * @stats_dir: folder of the counters in debugfs; written only while the backend
 *	is created and removed
 */
struct pciback_owner {
	struct kref ref;
	domid_t domid;
	char vm[PCIBACK_VM_LEN];
	const struct pciback_owner_ops *ops;
	atomic64_t stats[BACKEND_NR_STATS];
	struct dentry *stats_dir;
};

/**
 * struct pcistub_device - a seized function
 * @ref: references; the list of seized functions holds one, every user one
 * @node: in the list of seized functions; guarded by that list's lock
 * @seq: greater than that of every record that was added to the list before; set
 *	when it is added
 * @pdev: the function; set once, reference held
 * @stats: counters, see enum pciback_device_stat; atomic
 * @stats_dir: folder of the counters in debugfs; device_lock()
 * @lock: guards all fields below that do not name another lock. Also taken in hard
 *	interrupt. While it is held, registers may be accessed, but no function of the PCI
 *	core is called that takes a lock of its own or sleeps
 * @wait: woken when @op_running, @resets or @resetting ends, and when @detaching, @resetting
 *	or @isolated is set
 * @op_running: an operation of the guest is being carried out that may sleep, without
 *	@lock; see record/guest_op.c
 * @resets: number of resets that are wanted or under way while a guest keeps the
 *	function: its operations wait
 * @owner: the guest that has it, NULL when idle; written with device_lock() and
 *	@lock held, so either is enough for reading
 * @detaching: it is being detached or unbound: no operation of its guest starts
 * @resetting: its guest has lost it, and @deassign_work resets it and makes it idle
 * @detach_wanted: its guest is to detach it, because it is to be reset
 * @vpd_failed: vital product data could not be read for this guest; not before @vpd_retry
 *	again, in jiffies
 * @vpd_retry: see @vpd_failed
 * @deassign_work: that work item; holds a reference while it is queued or runs
 * @isolated: its guest did not recover it from an error: no operation runs and
 *	bus mastering is off; written with device_lock() and @lock held, so
 *	either is enough for reading
 * @removed: it is being released and cannot be assigned
 * @release_wanted: a virtual function that stub/sriov.c releases
 * @reset_wanted: the guest asked for a function level reset, which @guest_reset_work
 *	carries out
 * @reset_seq: number of resets that the guest asked for
 * @guest_reset_work: that work item; holds a reference while it is queued or runs
 * @last_domid: the guest that has it, or that had it last
 * @last_vm: @vm of the same; device_lock()
 * @level: what guests may write besides what table rows allow
 * @quirks: what they may write at level CONF_QUIRKS; struct pciback_quirk
 * @conf: configuration space as the guest sees it; pointer set once
 * @irq: interrupts; see there
 * @reset: history and result of its resets; see there
 * @clean: reset since a guest last used it, and since the last error;
 *	device_lock()
 * @used: a guest had it since it was seized; device_lock()
 * @mapped: a domain that had it may still have its registers mapped: that domain
 *	still existed when the next one got it or when it was released, or it
 *	was unbound while a guest had it; device_lock()
 * @assign_without_reset: the administrator lets any guest have it although it could
 *	not be reset; READ_ONCE() and WRITE_ONCE(), no lock
 * @recovering: its guest was told of an error and not yet of the end of the
 *	recovery; device_lock()
 * @slept: the host slept, and the guest has not been asked to bring it up again;
 *	device_lock()
 * @link_reset: the error that it is being recovered from leads to a reset of the
 *	link; device_lock()
 * @reset_voted: this driver's vote in that recovery was to reset; device_lock()
 * @recovery_start: when that recovery began, in jiffies; device_lock()
 * @timeout_work: ends that recovery when the PCI core does not; asks the guest after the
 *	host's sleep
 * @seizure: configuration space as it was at seizure; device_lock()
 */
struct pcistub_device {
	struct kref ref;
	struct list_head node;
	u64 seq;
	struct pci_dev *pdev;
	atomic64_t stats[DEVICE_NR_STATS];
	struct dentry *stats_dir;
	spinlock_t lock;
	wait_queue_head_t wait;
	bool op_running;
	unsigned int resets;
	struct pciback_owner *owner;
	bool detaching;
	bool resetting;
	bool detach_wanted;
	bool vpd_failed;
	unsigned long vpd_retry;
	struct work_struct deassign_work;
	bool isolated;
	bool removed;
	bool release_wanted;
	bool reset_wanted;
	unsigned int reset_seq;
	struct work_struct guest_reset_work;
	domid_t last_domid;
	char last_vm[PCIBACK_VM_LEN];
	enum conf_level level;
	struct list_head quirks;
	struct conf_space *conf;
	struct pciback_irq irq;
	struct reset_state reset;
	bool clean;
	bool used;
	bool mapped;
	bool assign_without_reset;
	bool recovering;
	bool slept;
	bool link_reset;
	bool reset_voted;
	unsigned long recovery_start;
	struct delayed_work timeout_work;
	struct pciback_config seizure;
};

/*
 * Turns off bus mastering, so that the function starts no access by itself. Not for a
 * bridge, which must continue to forward accesses of the functions behind it.
 */
static inline void pciback_disable_dma(struct pci_dev *pdev)
{
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		pci_clear_master(pdev);
}

/*
 * Ends what error_detected() began, for a function that works again: drivers of the host take
 * a frozen channel for a device that does not answer. The PCI core does it only when a recovery
 * is a success. A channel that failed for good stays so.
 */
static inline void pciback_channel_set_normal(struct pci_dev *pdev)
{
	cmpxchg(&pdev->error_state, pci_channel_io_frozen, pci_channel_io_normal);
}

extern struct workqueue_struct *pciback_device_wq;
int pciback_device_wq_init(void);
void pciback_device_wq_exit(void);
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
