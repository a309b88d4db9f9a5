// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The driver's attributes, /sys/bus/pci/drivers/pciback/...: input through
 * slot_spec_parse(), output one line per function.
 * Documentation/ABI/sysfs-driver-pciback describes each.
 */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/sysfs.h>
#include <pciback/claim.h>
#include <pciback/device.h>

/* The seized function that a name stands for. */
static struct pciback_device *find_named(const char *buf, size_t count)
{
	struct pciback_device *dev;
	struct slot_spec spec;

	if (slot_spec_parse(buf, count, &spec))
		return ERR_PTR(-EINVAL);
	if (!slot_spec_in_range(&spec) || slot_spec_is_wild(&spec))
		return ERR_PTR(-ENODEV);
	dev = pciback_device_find(spec.domain, spec.bus, PCI_DEVFN(spec.dev, spec.func));
	return dev ?: ERR_PTR(-ENODEV);
}

static ssize_t new_slot_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct slot_spec spec;
	int err;

	err = slot_spec_parse(buf, count, &spec);
	if (!err)
		err = pciback_slots_add(&spec);
	return err ?: count;
}
static DRIVER_ATTR_WO(new_slot);

static ssize_t remove_slot_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct slot_spec spec;
	int err;

	err = slot_spec_parse(buf, count, &spec);
	if (!err)
		err = pciback_slots_remove(&spec);
	return err ?: count;
}
static DRIVER_ATTR_WO(remove_slot);

static ssize_t slots_show(struct device_driver *drv, char *buf)
{
	return pciback_slots_show(buf);
}
static DRIVER_ATTR_RO(slots);

struct listing {
	char *buf;
	int len;
};

static bool list_permissive(struct pciback_device *dev, void *arg)
{
	const char *name = pci_name(dev->pdev);
	struct listing *list = arg;

	/* A flag that is set once: no need of the lock, which sleeps. */
	if (!READ_ONCE(dev->permissive))
		return true;
	if (list->len + strlen(name) + 1 >= PAGE_SIZE)
		return false;
	list->len += sysfs_emit_at(list->buf, list->len, "%s\n", name);
	return true;
}

static ssize_t permissive_show(struct device_driver *drv, char *buf)
{
	struct listing list = { buf };

	pciback_device_for_each(list_permissive, &list);
	return list.len;
}

static ssize_t permissive_store(struct device_driver *drv, const char *buf, size_t count)
{
	struct pciback_device *dev = find_named(buf, count);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = pciback_device_set_permissive(dev);
	pciback_device_put(dev);
	return err ?: count;
}
static DRIVER_ATTR_RW(permissive);

static struct driver_attribute * const attributes[] = {
	&driver_attr_new_slot,
	&driver_attr_remove_slot,
	&driver_attr_slots,
	&driver_attr_permissive,
};

/**
 * pciback_sysfs_init() - create the driver's attributes
 * @drv: the registered driver
 *
 * Context: may sleep.
 * Return: 0 or -errno; then none of them exists.
 */
int pciback_sysfs_init(struct device_driver *drv)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(attributes); i++) {
		err = driver_create_file(drv, attributes[i]);
		if (err) {
			while (i--)
				driver_remove_file(drv, attributes[i]);
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

	for (i = 0; i < ARRAY_SIZE(attributes); i++)
		driver_remove_file(drv, attributes[i]);
}
