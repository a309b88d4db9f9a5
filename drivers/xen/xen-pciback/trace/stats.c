// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Counters in debugfs, one file for each seized function and each guest:
 *
 *	xen-pciback/devices/DDDD:BB:SS.F/counters
 *	xen-pciback/guests/DOMID-DEVID/counters
 *
 * A file goes before what it shows does: debugfs waits for whoever is reading
 * it, and answers -EIO to whoever still has it open.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include "compat.h"
#include "record/record.h"
#include "record/stats.h"
#include "trace/stats.h"

/* Set by init, before anything is seized or served; NULL: not to be had. */
static struct dentry *root, *devices, *guests;

static const char * const guest_names[] = {
	[GUEST_OPS + XEN_PCI_OP_conf_read] = "ops_conf_read",
	[GUEST_OPS + XEN_PCI_OP_conf_write] = "ops_conf_write",
	[GUEST_OPS + XEN_PCI_OP_enable_msi] = "ops_enable_msi",
	[GUEST_OPS + XEN_PCI_OP_disable_msi] = "ops_disable_msi",
	[GUEST_OPS + XEN_PCI_OP_enable_msix] = "ops_enable_msix",
	[GUEST_OPS + XEN_PCI_OP_disable_msix] = "ops_disable_msix",
	[GUEST_OPS_MULTI_MSI] = "ops_enable_multi_msi",
	[GUEST_OPS_UNKNOWN] = "ops_unknown",
	[GUEST_ERRORS + PCIBACK_NOT_FOUND - 1] = "errors_dev_not_found",
	[GUEST_ERRORS + PCIBACK_BAD_OFFSET - 1] = "errors_invalid_offset",
	[GUEST_ERRORS + PCIBACK_ACCESS_DENIED - 1] = "errors_access_denied",
	[GUEST_ERRORS + PCIBACK_NOT_IMPLEMENTED - 1] = "errors_not_implemented",
	[GUEST_ERRORS + PCIBACK_OP_FAILED - 1] = "errors_op_failed",
	[GUEST_ERRORS + PCIBACK_ERRNO - 1] = "errors_errno",
	[GUEST_DENIED_WRITES] = "denied_writes",
	[GUEST_RESETS] = "resets",
	[GUEST_GIVEN] = "functions_given",
	[GUEST_TAKEN] = "functions_taken",
	[GUEST_EVENTS] = "events",
	[GUEST_EVENTS_SPURIOUS] = "events_spurious",
	[GUEST_EOIS] = "eois",
	[GUEST_UNANSWERED] = "unanswered",
};

static_assert(ARRAY_SIZE(guest_names) == GUEST_NR_COUNTS);

static const char * const device_names[] = {
	[DEVICE_OPS] = "ops",
	[DEVICE_OP_ERRORS] = "op_errors",
	[DEVICE_DENIED_WRITES] = "denied_writes",
	[DEVICE_GUESTS] = "guests",
	[DEVICE_RESETS] = "resets",
	[DEVICE_RESETS_FAILED] = "resets_failed",
	[DEVICE_IRQ_ENABLES] = "irq_enables",
	[DEVICE_IRQ_ENABLES_FAILED] = "irq_enables_failed",
	[DEVICE_IRQ_DISABLES] = "irq_disables",
	[DEVICE_INTX_HANDLED] = "intx_handled",
};

static_assert(ARRAY_SIZE(device_names) == DEVICE_NR_COUNTS);

static void show(struct seq_file *file, const atomic64_t *counts, const char * const *names,
		 unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		seq_printf(file, "%s %llu\n", names[i], (u64)atomic64_read(&counts[i]));
}

static int guest_counters_show(struct seq_file *file, void *unused)
{
	const struct pciback_holder *holder = file->private;

	show(file, holder->counts, guest_names, GUEST_NR_COUNTS);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(guest_counters);

static int device_counters_show(struct seq_file *file, void *unused)
{
	const struct pciback_device *dev = file->private;

	show(file, dev->counts, device_names, DEVICE_NR_COUNTS);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(device_counters);

/* Without the folder above, the one below would land in that of somebody else. */
static struct dentry *folder(const char *name, struct dentry *above)
{
	struct dentry *made = above ? debugfs_create_dir(name, above) : NULL;

	return IS_ERR(made) ? NULL : made;
}

/**
 * pciback_counters_init() - make the folders that files will appear in
 *
 * Where debugfs is not to be had there are none, and nothing else changes.
 *
 * Context: may sleep. Nothing is seized yet.
 */
void pciback_counters_init(void)
{
	struct dentry *made = debugfs_create_dir("xen-pciback", NULL);

	root = IS_ERR(made) ? NULL : made;
	devices = folder("devices", root);
	guests = folder("guests", root);
}

/**
 * pciback_counters_exit() - the opposite of pciback_counters_init()
 *
 * Context: may sleep. Nothing is seized any more.
 */
void pciback_counters_exit(void)
{
	debugfs_remove(root);
	root = NULL;
	devices = NULL;
	guests = NULL;
}

/**
 * pciback_counters_add_device() - show a function's counters
 * @dev: the function, about to be seized or just seized
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_counters_add_device(struct pciback_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	dev->counters = folder(pci_name(dev->pdev), devices);
	if (dev->counters)
		debugfs_create_file("counters", 0444, dev->counters, dev, &device_counters_fops);
}

/**
 * pciback_counters_remove_device() - the opposite of pciback_counters_add_device()
 * @dev: the function
 *
 * Context: may sleep, until nobody reads them. Caller holds device_lock().
 */
void pciback_counters_remove_device(struct pciback_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	debugfs_remove(dev->counters);
	dev->counters = NULL;
}

/**
 * pciback_counters_add_guest() - show a guest's counters
 * @holder: the guest
 * @devid: number of its backend instance
 *
 * Context: may sleep. Not called at the same time as
 * pciback_counters_remove_guest() for the same guest.
 */
void pciback_counters_add_guest(struct pciback_holder *holder, const char *devid)
{
	char name[32];

	snprintf(name, sizeof(name), "%u-%s", holder->domid, devid);
	holder->counters = folder(name, guests);
	if (holder->counters)
		debugfs_create_file("counters", 0444, holder->counters, holder,
				    &guest_counters_fops);
}

/**
 * pciback_counters_remove_guest() - the opposite of pciback_counters_add_guest()
 * @holder: the guest, whose counters are shown or not
 *
 * Context: may sleep, until nobody reads them.
 */
void pciback_counters_remove_guest(struct pciback_holder *holder)
{
	debugfs_remove(holder->counters);
	holder->counters = NULL;
}
