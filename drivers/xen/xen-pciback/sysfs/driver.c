// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Attributes of the driver, in /sys/bus/pci/drivers/pciback/. Input is parsed by
 * pciback_slot_spec_parse() and pciback_match_spec_parse(); output is one line for each
 * function. Documentation/ABI/testing/sysfs-driver-pciback describes them.
 */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <pciback/conf.h>
#include <pciback/match_spec.h>
#include <pciback/slot_spec.h>
#include "device/lifecycle.h"
#include "device/policy.h"
#include "device/write_quirks.h"
#include "irq/irq.h"
#include "record/record.h"
#include "stub/match_rules.h"
#include "stub/slots.h"
#include "sysfs/driver.h"

/*
 * The seized function with the address in @buf, to be dropped with pciback_device_put();
 * -EINVAL: no address; -ENODEV: no such function is seized.
 */
static struct pcistub_device *device_find_named(const char *buf, size_t count)
{
	struct pcistub_device *dev;
	struct slot_spec spec;

	if (pciback_slot_spec_parse(buf, count, &spec))
		return ERR_PTR(-EINVAL);
	if (!pciback_slot_spec_in_range(&spec) || pciback_slot_spec_is_wild(&spec))
		return ERR_PTR(-ENODEV);
	dev = pciback_device_find(spec.domain, spec.bus, PCI_DEVFN(spec.dev, spec.func));
	return dev ?: ERR_PTR(-ENODEV);
}

static ssize_t new_slot_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct match_spec spec;
	int err;

	err = pciback_match_spec_parse(buf, count, &spec);
	if (err == -ERANGE)
		err = -EINVAL;
	if (!err)
		err = pciback_slots_add_spec(&spec);
	return err ?: count;
}
static DRIVER_ATTR_WO(new_slot);

static ssize_t remove_slot_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct match_spec spec;
	int err;

	err = pciback_match_spec_parse(buf, count, &spec);
	/* An address that cannot exist and a rule that is not allowed are never in the list. */
	if (err == -ERANGE || err == -EPERM)
		err = -ENOENT;
	if (!err)
		err = pciback_slots_remove_spec(&spec);
	return err ?: count;
}
static DRIVER_ATTR_WO(remove_slot);

static ssize_t slots_show(struct device_driver *drv, char *buf)
{
	return pciback_slots_show(buf);
}
static DRIVER_ATTR_RO(slots);

static ssize_t rules_show(struct device_driver *drv, char *buf)
{
	return pciback_match_rules_show(buf);
}
static DRIVER_ATTR_RO(rules);

/* Prints the addresses of the seized functions for which @match is true, one a line. */
static ssize_t devices_print(char *buf, bool (*match)(struct pcistub_device *dev))
{
	struct pcistub_device *dev;
	int len = 0;

	for (dev = pciback_device_next(NULL); dev; dev = pciback_device_next(dev)) {
		const char *name = pci_name(dev->pdev);
		bool matches;

		spin_lock_irq(&dev->lock);
		matches = match(dev);
		spin_unlock_irq(&dev->lock);
		if (matches && len + strlen(name) + 1 < PAGE_SIZE)
			len += sysfs_emit_at(buf, len, "%s\n", name);
	}
	return len;
}

static bool device_is_permissive(struct pcistub_device *dev)
{
	return dev->level == CONF_PERMISSIVE;
}

static ssize_t permissive_show(struct device_driver *drv, char *buf)
{
	return devices_print(buf, device_is_permissive);
}

static ssize_t permissive_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct pcistub_device *dev = device_find_named(buf, count);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = pciback_policy_set_level(dev, CONF_PERMISSIVE);
	pciback_device_put(dev);
	return err ?: count;
}
static DRIVER_ATTR_RW(permissive);

static bool device_has_interrupt_control(struct pcistub_device *dev)
{
	return dev->conf->interrupt_control;
}

static ssize_t allow_interrupt_control_show(struct device_driver *drv, char *buf)
{
	return devices_print(buf, device_has_interrupt_control);
}

static ssize_t allow_interrupt_control_store(struct device_driver *drv, const char *buf,
					     size_t count)
{
	struct pcistub_device *dev = device_find_named(buf, count);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = pciback_policy_allow_interrupts(dev);
	pciback_device_put(dev);
	return err ?: count;
}
static DRIVER_ATTR_RW(allow_interrupt_control);

static ssize_t quirks_show(struct device_driver *drv, char *buf)
{
	return pciback_quirks_show(buf);
}

static ssize_t quirks_store(struct device_driver *drv, const char *buf, size_t count)
{
	int err = pciback_quirk_add(buf, count);

	return err ?: count;
}
static DRIVER_ATTR_RW(quirks);

static ssize_t irq_handlers_show(struct device_driver *drv, char *buf)
{
	struct pcistub_device *dev;
	int len = 0;

	for (dev = pciback_device_next(NULL); dev; dev = pciback_device_next(dev)) {
		char line[64];

		snprintf(line, sizeof(line), "%s:%s:%s:%d\n", pci_name(dev->pdev),
			 READ_ONCE(dev->irq.line) ? "on" : "off",
			 READ_ONCE(dev->irq.acking) ? "acking" : "not acking",
			 READ_ONCE(dev->irq.handled));
		if (len + strlen(line) < PAGE_SIZE)
			len += sysfs_emit_at(buf, len, "%s", line);
	}
	return len;
}
static DRIVER_ATTR_RO(irq_handlers);

static ssize_t irq_handler_state_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct pcistub_device *dev = device_find_named(buf, count);

	/* The in-tree driver has this error for this file alone; scripts may depend on it. */
	if (dev == ERR_PTR(-ENODEV))
		return -ENOENT;
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	pciback_intx_toggle(dev);
	pciback_device_put(dev);
	return count;
}
static DRIVER_ATTR_WO(irq_handler_state);

/* For the reset of a function xl first tries a file of this name with this input. */
static ssize_t do_flr_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct pcistub_device *dev = device_find_named(buf, count);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = pciback_device_request_reset(dev);
	if (err && err != -EBUSY && err != -ENOTTY)
		pci_warn(dev->pdev, "do_flr: not reset (%d)\n", err);
	pciback_device_put(dev);
	return err ?: count;
}
static DRIVER_ATTR_WO(do_flr);

static struct driver_attribute * const driver_attributes[] = {
	&driver_attr_new_slot,
	&driver_attr_remove_slot,
	&driver_attr_slots,
	&driver_attr_rules,
	&driver_attr_quirks,
	&driver_attr_permissive,
	&driver_attr_allow_interrupt_control,
	&driver_attr_irq_handlers,
	&driver_attr_irq_handler_state,
	&driver_attr_do_flr,
};

/**
 * pciback_sysfs_init() - create the driver's attributes
 * @drv: the registered driver
 *
 * Context: may sleep.
 * Return: 0 or -errno of the driver core; then none of them exists.
 */
int pciback_sysfs_init(struct device_driver *drv)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(driver_attributes); i++) {
		err = driver_create_file(drv, driver_attributes[i]);
		if (err) {
			while (i--)
				driver_remove_file(drv, driver_attributes[i]);
			return err;
		}
	}
	return 0;
}

/**
 * pciback_sysfs_exit() - remove the driver's attributes
 * @drv: the driver, still registered
 *
 * Context: may sleep; waits for readers and writers.
 */
void pciback_sysfs_exit(struct device_driver *drv)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(driver_attributes); i++)
		driver_remove_file(drv, driver_attributes[i]);
}
