// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Files in debugfs with the counters of each seized function and of each backend:
 *
 *	xen-pciback/devices/DDDD:BB:SS.F/counters
 *	xen-pciback/guests/DOMID-DEVID/counters
 *
 * A file is removed before the counters it shows are freed: debugfs waits for readers,
 * and a file that is still open then reads as -EIO.
 */
#include <linux/debugfs.h>
#include <linux/seq_file.h>
#include "compat.h"
#include "record/record.h"
#include "record/stats.h"
#include "trace/stats.h"

/*
 * Set by pciback_stat_init(), before any function is seized and any backend exists, and
 * constant until pciback_stat_exit(); hence no lock. NULL: not available.
 */
static struct dentry *root, *devices, *guests;

static const char * const backend_stat_names[] = {
	[BACKEND_STAT_OPS + XEN_PCI_OP_conf_read] = "ops_conf_read",
	[BACKEND_STAT_OPS + XEN_PCI_OP_conf_write] = "ops_conf_write",
	[BACKEND_STAT_OPS + XEN_PCI_OP_enable_msi] = "ops_enable_msi",
	[BACKEND_STAT_OPS + XEN_PCI_OP_disable_msi] = "ops_disable_msi",
	[BACKEND_STAT_OPS + XEN_PCI_OP_enable_msix] = "ops_enable_msix",
	[BACKEND_STAT_OPS + XEN_PCI_OP_disable_msix] = "ops_disable_msix",
	[BACKEND_STAT_OPS_MULTI_MSI] = "ops_enable_multi_msi",
	[BACKEND_STAT_OPS_UNKNOWN] = "ops_unknown",
	[BACKEND_STAT_ERRORS + PCIBACK_RESULT_DEV_NOT_FOUND - 1] = "errors_dev_not_found",
	[BACKEND_STAT_ERRORS + PCIBACK_RESULT_INVALID_OFFSET - 1] = "errors_invalid_offset",
	[BACKEND_STAT_ERRORS + PCIBACK_RESULT_ACCESS_DENIED - 1] = "errors_access_denied",
	[BACKEND_STAT_ERRORS + PCIBACK_RESULT_NOT_IMPLEMENTED - 1] = "errors_not_implemented",
	[BACKEND_STAT_ERRORS + PCIBACK_RESULT_OP_FAILED - 1] = "errors_op_failed",
	[BACKEND_STAT_ERRORS + PCIBACK_RESULT_ERRNO - 1] = "errors_errno",
	[BACKEND_STAT_DROPPED_WRITES] = "dropped_writes",
	[BACKEND_STAT_RESETS] = "resets",
	[BACKEND_STAT_ASSIGNED] = "functions_assigned",
	[BACKEND_STAT_DEASSIGNED] = "functions_deassigned",
	[BACKEND_STAT_EVENTS] = "events",
	[BACKEND_STAT_EVENTS_SPURIOUS] = "events_spurious",
	[BACKEND_STAT_EOIS] = "eois",
	[BACKEND_STAT_OPS_ABANDONED] = "ops_abandoned",
};

static_assert(ARRAY_SIZE(backend_stat_names) == BACKEND_NR_STATS);

static const char * const device_stat_names[] = {
	[DEVICE_STAT_OPS] = "ops",
	[DEVICE_STAT_OP_ERRORS] = "op_errors",
	[DEVICE_STAT_DROPPED_WRITES] = "dropped_writes",
	[DEVICE_STAT_ASSIGNMENTS] = "assignments",
	[DEVICE_STAT_RESETS] = "resets",
	[DEVICE_STAT_RESETS_FAILED] = "resets_failed",
	[DEVICE_STAT_IRQ_ENABLES] = "irq_enables",
	[DEVICE_STAT_IRQ_ENABLES_FAILED] = "irq_enables_failed",
	[DEVICE_STAT_IRQ_DISABLES] = "irq_disables",
	[DEVICE_STAT_INTX_HANDLED] = "intx_handled",
	[DEVICE_STAT_CONFIG_DIFFERENCES] = "config_differences",
};

static_assert(ARRAY_SIZE(device_stat_names) == DEVICE_NR_STATS);

static void stats_show(struct seq_file *file, const atomic64_t *counts, const char * const *names,
		       unsigned int nr)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		seq_printf(file, "%s %llu\n", names[i], (u64)atomic64_read(&counts[i]));
}

static int backend_counters_show(struct seq_file *file, void *unused)
{
	const struct pciback_owner *owner = file->private;

	stats_show(file, owner->stats, backend_stat_names, BACKEND_NR_STATS);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(backend_counters);

static int device_counters_show(struct seq_file *file, void *unused)
{
	const struct pcistub_device *dev = file->private;

	stats_show(file, dev->stats, device_stat_names, DEVICE_NR_STATS);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(device_counters);

/* With NULL as its parent, debugfs would create the folder at its top; so none is created. */
static struct dentry *stats_folder(const char *name, struct dentry *parent)
{
	struct dentry *dir = parent ? debugfs_create_dir(name, parent) : NULL;

	return IS_ERR(dir) ? NULL : dir;
}

/**
 * pciback_stat_init() - create the folders for the counters
 *
 * Without debugfs there are no files, and everything else works as usual.
 *
 * Context: may sleep. No function is seized and no backend exists yet.
 */
void pciback_stat_init(void)
{
	struct dentry *dir = debugfs_create_dir("xen-pciback", NULL);

	root = IS_ERR(dir) ? NULL : dir;
	devices = stats_folder("devices", root);
	guests = stats_folder("guests", root);
}

/**
 * pciback_stat_exit() - undo pciback_stat_init()
 *
 * Context: may sleep. No function is seized and no backend exists any more.
 */
void pciback_stat_exit(void)
{
	debugfs_remove(root);
	root = NULL;
	devices = NULL;
	guests = NULL;
}

/**
 * pciback_stat_add_device() - create the file with a function's counters
 * @dev: the function, which is being seized
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_stat_add_device(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	dev->stats_dir = stats_folder(pci_name(dev->pdev), devices);
	if (dev->stats_dir)
		debugfs_create_file("counters", 0444, dev->stats_dir, dev, &device_counters_fops);
}

/**
 * pciback_stat_remove_device() - undo pciback_stat_add_device()
 * @dev: the function
 *
 * Context: sleeps until no reader is left. Caller holds device_lock().
 */
void pciback_stat_remove_device(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	debugfs_remove(dev->stats_dir);
	dev->stats_dir = NULL;
}

/**
 * pciback_stat_add_backend() - create the file with a backend's counters
 * @owner: the backend
 * @devid: number of the backend instance, the last part of its path in xenstore
 *
 * Context: may sleep. Not called at the same time as pciback_stat_remove_backend() for
 * the same backend.
 */
void pciback_stat_add_backend(struct pciback_owner *owner, const char *devid)
{
	char name[32];

	snprintf(name, sizeof(name), "%u-%s", owner->domid, devid);
	owner->stats_dir = stats_folder(name, guests);
	if (owner->stats_dir)
		debugfs_create_file("counters", 0444, owner->stats_dir, owner,
				    &backend_counters_fops);
}

/**
 * pciback_stat_remove_backend() - undo pciback_stat_add_backend()
 * @owner: the backend; nothing happens if pciback_stat_add_backend() was not called
 *
 * Context: sleeps until no reader is left.
 */
void pciback_stat_remove_backend(struct pciback_owner *owner)
{
	debugfs_remove(owner->stats_dir);
	owner->stats_dir = NULL;
}
