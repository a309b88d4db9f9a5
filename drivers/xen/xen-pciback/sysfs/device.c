// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Attributes of each seized function, in /sys/bus/pci/devices/.../pciback/. They exist while
 * the function is bound. Each parses its input, calls the function that does the work, and
 * prints the result. Documentation/ABI/testing/sysfs-driver-pciback describes them.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <pciback/conf.h>
#include "device/policy.h"
#include "record/record.h"
#include "stub/bars.h"
#include "sysfs/device.h"

/* The attributes exist between probe() and remove(), so the record does too. */
static struct pcistub_device *to_record(struct device *dev)
{
	return pci_get_drvdata(to_pci_dev(dev));
}

static const char * const level_names[] = {
	[CONF_STRICT] = "strict",
	[CONF_QUIRKS] = "quirks",
	[CONF_PERMISSIVE] = "permissive",
};

static ssize_t write_level_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", level_names[READ_ONCE(to_record(dev)->level)]);
}

static ssize_t write_level_store(struct device *dev, struct device_attribute *attr,
				 const char *buf, size_t count)
{
	int level, err;

	level = sysfs_match_string(level_names, buf);
	if (level < 0)
		return level;
	err = pciback_policy_set_level(to_record(dev), level);
	return err ?: count;
}
static DEVICE_ATTR_RW(write_level);

/* For root alone: it shows what a guest wrote. */
static ssize_t dropped_writes_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct pcistub_device *record = to_record(dev);
	struct conf_audit audit;
	domid_t domid;
	unsigned int i;
	int len;

	/* A copy: interrupts are off under the lock. */
	spin_lock_irq(&record->lock);
	audit = record->conf->audit;
	domid = record->last_domid;
	spin_unlock_irq(&record->lock);

	len = sysfs_emit(buf, "total %u unlisted %u\n", audit.total, audit.unlisted);
	for (i = 0; i < audit.nr; i++) {
		const struct conf_drop *drop = &audit.drops[i];

		len += sysfs_emit_at(buf, len,
				     "offset 0x%03x size %u count %u last 0x%0*x domain %u\n",
				     drop->off, drop->size, drop->count, 2 * drop->size,
				     drop->value, domid);
	}
	return len;
}
static DEVICE_ATTR_ADMIN_RO(dropped_writes);

static ssize_t bars_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return pciback_bars_show(to_pci_dev(dev), buf);
}
static DEVICE_ATTR_RO(bars);

static ssize_t assign_without_reset_show(struct device *dev, struct device_attribute *attr,
					 char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(to_record(dev)->assign_without_reset));
}

static ssize_t assign_without_reset_store(struct device *dev, struct device_attribute *attr,
					  const char *buf, size_t count)
{
	bool allow;
	int err = kstrtobool(buf, &allow);

	if (err)
		return err;
	WRITE_ONCE(to_record(dev)->assign_without_reset, allow);
	return count;
}
static DEVICE_ATTR_ADMIN_RW(assign_without_reset);

static struct attribute *device_attributes[] = {
	&dev_attr_write_level.attr,
	&dev_attr_dropped_writes.attr,
	&dev_attr_bars.attr,
	&dev_attr_assign_without_reset.attr,
	&pciback_attr_reset_plan.attr,
	&pciback_attr_reset_history.attr,
	&pciback_attr_reset_state.attr,
	NULL
};

static const struct attribute_group device_group = {
	.name = "pciback",
	.attrs = device_attributes,
};

const struct attribute_group *pciback_device_groups[] = {
	&device_group,
	NULL
};
