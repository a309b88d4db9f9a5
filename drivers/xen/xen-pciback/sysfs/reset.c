// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Attributes of each seized function that show its resets, in
 * /sys/bus/pci/devices/.../pciback/: the plan of a reset, the last resets, and the result.
 * Documentation/ABI/testing/sysfs-driver-pciback describes them.
 */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <pciback/reset_plan.h>
#include "record/record.h"
#include "record/reset_history.h"
#include "reset/history.h"
#include "reset/reset.h"
#include "sysfs/device.h"

/* The attributes exist between probe() and remove(), so the record does too. */
static struct pcistub_device *to_record(struct device *dev)
{
	return pci_get_drvdata(to_pci_dev(dev));
}

static ssize_t reset_plan_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return pciback_reset_show_plan(to_record(dev), buf);
}

struct device_attribute pciback_attr_reset_plan = __ATTR_RO(reset_plan);

static ssize_t reset_history_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pcistub_device *record = to_record(dev);
	struct reset_history history;

	/* A copy: interrupts are off under the lock. */
	spin_lock_irq(&record->lock);
	history = record->reset.history;
	spin_unlock_irq(&record->lock);
	return pciback_reset_history_print(&history, buf);
}

struct device_attribute pciback_attr_reset_history = __ATTR_RO(reset_history);

static ssize_t reset_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pcistub_device *record = to_record(dev);
	int err = READ_ONCE(record->reset.error);

	if (err)
		return sysfs_emit(buf, "unusable %d\n", err);
	if (READ_ONCE(record->owner) && READ_ONCE(record->detaching))
		return sysfs_emit(buf, "resetting\n");
	return sysfs_emit(buf, "%s\n", READ_ONCE(record->clean) ? "clean" : "used");
}

struct device_attribute pciback_attr_reset_state = __ATTR_RO(reset_state);
