// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Functions that appear while the module is loaded and are to be seized: no other driver
 * of the host may bind one of them first, however early it was registered.
 *
 * The PCI core announces a function before it looks for a driver. The function's
 * driver_override is set then, so that it matches no other driver. It is cleared when a
 * driver has been bound, so that the function can be bound to any driver later.
 *
 * Touches driver_override and reserved_list, nothing else.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include "compat.h"
#include "stub/hotplug.h"
#include "stub/pci_driver.h"
#include "stub/slots.h"

/**
 * struct reserved - a function whose driver_override was set here
 * @node: in reserved_list; guarded by reserved_lock
 * @pdev: the function, reference held; set once
 */
struct reserved {
	struct list_head node;
	struct pci_dev *pdev;
};

/* Guards reserved_list. Taken under device_lock(); a leaf. */
static DEFINE_MUTEX(reserved_lock);
static LIST_HEAD(reserved_list);

/* Removes and returns the entry of @pdev, or of any function if NULL; NULL: there is none. */
static struct reserved *reserved_remove(struct pci_dev *pdev)
{
	struct reserved *entry;

	guard(mutex)(&reserved_lock);
	list_for_each_entry(entry, &reserved_list, node) {
		if (!pdev || entry->pdev == pdev) {
			list_del(&entry->node);
			return entry;
		}
	}
	return NULL;
}

static void reserved_free(struct reserved *entry)
{
	pci_dev_put(entry->pdev);
	kfree(entry);
}

/*
 * Not for a bridge: without the host's port driver no hotplug event below it would be
 * noticed. Functions below a bridge that is in the slot list are reserved themselves.
 */
static void function_reserve(struct pci_dev *pdev)
{
	struct reserved *entry;
	int err;

	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL || !pciback_slots_cover(pdev))
		return;

	entry = kmalloc(sizeof(*entry), GFP_KERNEL);
	err = entry ? compat_driver_override_set(pdev, &pciback_pci_driver.driver) : -ENOMEM;
	if (err) {
		kfree(entry);
		pci_err(pdev, "not kept from the host's drivers: error %d; unbind it from the one it has and bind it to pciback\n",
			err);
		return;
	}
	entry->pdev = pci_dev_get(pdev);
	scoped_guard(mutex, &reserved_lock)
		list_add_tail(&entry->node, &reserved_list);
	pci_info(pdev, "appeared; kept from the host's drivers\n");
}

/* Clears driver_override, unless user space has changed it, and frees the entry. */
static void function_unreserve(struct reserved *entry)
{
	device_lock_assert(&entry->pdev->dev);
	if (compat_driver_override_is(entry->pdev, &pciback_pci_driver.driver))
		compat_driver_override_clear(entry->pdev);
	reserved_free(entry);
}

static int hotplug_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);
	struct reserved *entry;

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		function_reserve(pdev);
		break;
	case BUS_NOTIFY_BOUND_DRIVER:
		/* To any driver: user space may have changed driver_override. */
		entry = reserved_remove(pdev);
		if (entry)
			function_unreserve(entry);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		entry = reserved_remove(pdev);
		if (entry)
			reserved_free(entry);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block hotplug_notifier = {
	.notifier_call = hotplug_event,
};

/**
 * pciback_hotplug_init() - start reserving functions that appear and are to be seized
 *
 * Call it before the driver is registered: functions that appear in between then wait for
 * the driver.
 *
 * Context: may sleep.
 * Return: 0 or -errno of the notifier chain.
 */
int pciback_hotplug_init(void)
{
	return bus_register_notifier(&pci_bus_type, &hotplug_notifier);
}

/**
 * pciback_hotplug_exit() - stop reserving, and clear every driver_override that was set
 *
 * Context: may sleep; takes device_lock() of functions. Caller holds none.
 */
void pciback_hotplug_exit(void)
{
	struct reserved *entry;

	bus_unregister_notifier(&pci_bus_type, &hotplug_notifier);
	while ((entry = reserved_remove(NULL))) {
		struct pci_dev *pdev = pci_dev_get(entry->pdev);

		device_lock(&pdev->dev);
		function_unreserve(entry);
		device_unlock(&pdev->dev);
		pci_dev_put(pdev);
	}
}
