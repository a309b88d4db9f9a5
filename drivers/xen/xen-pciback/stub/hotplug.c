// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Functions that are to be seized and have no driver yet: no other driver of the host may bind
 * one of them first, however early it was registered.
 *
 * The driver_override of such a function is set, so that it matches no other driver: for those
 * that exist, before this driver is registered; for those that appear later, when the PCI
 * core announces them, which is before it looks for a driver. It is cleared when a driver has
 * been bound, so that the function can be bound to any driver later.
 *
 * If this driver is built in, the first happens in an fs_initcall (main.c). On x86 the PCI core
 * has added the host's functions in a subsys_initcall, and drivers of PCI devices, this one
 * too, are registered in device_initcalls and later. Elsewhere host bridges are probed in
 * device_initcalls, and their functions are announced. So hide= holds in whatever order drivers
 * are registered, and although this driver's probes run asynchronously, beside those of others.
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

/* True if the function's driver_override is this driver now. */
static bool function_reserve(struct pci_dev *pdev)
{
	struct reserved *entry;
	int err;

	entry = kmalloc(sizeof(*entry), GFP_KERNEL);
	err = entry ? compat_driver_override_set(pdev, &pciback_pci_driver.driver) : -ENOMEM;
	if (err) {
		kfree(entry);
		pci_err(pdev, "not kept from the host's drivers: error %d; unbind it from the one it has and bind it to pciback\n",
			err);
		return false;
	}
	entry->pdev = pci_dev_get(pdev);
	scoped_guard(mutex, &reserved_lock)
		list_add_tail(&entry->node, &reserved_list);
	return true;
}

/* Clears driver_override, unless user space has changed it, and frees the entry. */
static void function_unreserve(struct reserved *entry)
{
	device_lock_assert(&entry->pdev->dev);
	if (compat_driver_override_is(entry->pdev, &pciback_pci_driver.driver))
		compat_driver_override_clear(entry->pdev);
	reserved_free(entry);
}

/*
 * Not for a bridge: without the host's port driver no hotplug event below it would be
 * noticed. Functions below a bridge that is in the slot list are reserved themselves.
 */
static void function_appeared(struct pci_dev *pdev)
{
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL && pciback_slots_cover(pdev) &&
	    function_reserve(pdev))
		pci_info(pdev, "appeared; kept from the host's drivers\n");
}

/*
 * For a bridge as well: one without a driver is seized when this driver is registered. A
 * driver_override that user space has set is not changed.
 */
static void function_present(struct pci_dev *pdev)
{
	struct reserved *entry;

	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL && pdev->hdr_type != PCI_HEADER_TYPE_BRIDGE)
		return;
	if (READ_ONCE(pdev->dev.driver) || compat_driver_override_exists(pdev) ||
	    !pciback_slots_cover(pdev) || !function_reserve(pdev))
		return;
	/* If a driver was bound meanwhile it was announced when there was no entry. */
	device_lock(&pdev->dev);
	entry = pdev->dev.driver ? reserved_remove(pdev) : NULL;
	if (entry)
		function_unreserve(entry);
	device_unlock(&pdev->dev);
}

static int hotplug_event(struct notifier_block *nb, unsigned long event, void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);
	struct reserved *entry;

	switch (event) {
	case BUS_NOTIFY_ADD_DEVICE:
		function_appeared(pdev);
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
 * pciback_hotplug_init() - reserve functions that are to be seized, and those that appear
 *
 * Call it before the driver is registered, which then seizes those that exist.
 *
 * Context: may sleep; takes device_lock() of functions. Caller holds none.
 * Return: 0 or -errno of the notifier chain.
 */
int pciback_hotplug_init(void)
{
	struct pci_dev *pdev = NULL;
	int err = bus_register_notifier(&pci_bus_type, &hotplug_notifier);

	if (err)
		return err;
	for_each_pci_dev(pdev)
		function_present(pdev);
	return 0;
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
