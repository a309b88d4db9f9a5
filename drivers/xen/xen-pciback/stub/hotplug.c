// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Functions that appear while the module is loaded, and are to be claimed: no
 * driver of the host may have them first, however early it was registered.
 *
 * The PCI core announces a function before any driver may look at it. Its
 * driver_override is set then, so that it matches no other driver; and taken
 * back when it is bound to ours, so that it can be given to any driver later.
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

/* A function whose driver_override is ours; reference held. */
struct reserved {
	struct list_head node;
	struct pci_dev *pdev;
};

/* Guards reserved_list and its members. Taken under device_lock(); a leaf. */
static DEFINE_MUTEX(reserved_lock);
static LIST_HEAD(reserved_list);

/* Takes it off the list; NULL if it is not there. */
static struct reserved *reserved_take(struct pci_dev *pdev)
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
 * A bridge keeps the host's port driver: without it nothing that is plugged
 * below would be noticed. What is below a bridge in the list is reserved.
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

/* Caller holds device_lock(). */
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
		/* Whoever it is bound to: a person may have changed the override. */
		entry = reserved_take(pdev);
		if (entry)
			function_unreserve(entry);
		break;
	case BUS_NOTIFY_REMOVED_DEVICE:
		entry = reserved_take(pdev);
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
 * pciback_hotplug_init() - begin to keep functions from the host's drivers
 *
 * Before the driver is registered: what appears in between waits for it.
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int pciback_hotplug_init(void)
{
	return bus_register_notifier(&pci_bus_type, &hotplug_notifier);
}

/**
 * pciback_hotplug_exit() - stop that, and let the host have what was kept
 *
 * Context: may sleep; the caller holds no device_lock().
 */
void pciback_hotplug_exit(void)
{
	struct reserved *entry;

	bus_unregister_notifier(&pci_bus_type, &hotplug_notifier);
	while ((entry = reserved_take(NULL))) {
		struct pci_dev *pdev = pci_dev_get(entry->pdev);

		device_lock(&pdev->dev);
		function_unreserve(entry);
		device_unlock(&pdev->dev);
		pci_dev_put(pdev);
	}
}
