// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Errors of a guest's functions: passes the questions of error recovery to the guest's
 * frontend, and tells the toolstack about functions that the guest was isolated from.
 * Implements two members of struct pciback_owner_ops.
 */
#include <linux/pci.h>
#include <xen/events.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/vbus.h"
#include "record/record.h"
#include "record/recovery_step.h"
#include "recovery/recovery.h"

static struct pciback_backend *backend_of(struct pciback_owner *owner)
{
	return container_of(owner, struct pciback_backend, owner);
}

/* The question for each step of the recovery. */
static const u32 aer_ops[RECOVERY_NR_STEPS] = {
	[RECOVERY_DETECTED] = XEN_PCI_OP_aer_detected,
	[RECOVERY_MMIO] = XEN_PCI_OP_aer_mmio,
	[RECOVERY_SLOT_RESET] = XEN_PCI_OP_aer_slotreset,
	[RECOVERY_RESUME] = XEN_PCI_OP_aer_resume,
};

/**
 * pciback_backend_query_guest() - ask the guest's driver about an error of its function
 * @owner: the owner that the function points to, part of a backend
 * @dev: the function
 * @step: the step of the recovery
 * @state: state of the link
 *
 * &struct pciback_owner_ops.query_guest.
 *
 * Context: sleeps, for a bounded time: see pciback_aer_query(). Caller holds
 * device_lock(). Takes the virtual bus's lock, then struct pciback_aer's.
 * Return: as pciback_aer_query(); -ENOTCONN also if the function is not on the virtual
 * bus, because it is just being assigned or deassigned.
 */
int pciback_backend_query_guest(struct pciback_owner *owner, struct pcistub_device *dev,
				enum pciback_recovery_step step, pci_channel_state_t state)
{
	struct pciback_backend *backend = backend_of(owner);
	struct pciback_aer_query q = {
		.cmd = aer_ops[step],
		.state = (__force s32)state,
		.cancelled = &dev->detaching,
		.meanwhile = pciback_recovery_guest_reset,
		.dev = dev,
	};

	if (!pciback_vbus_find(&backend->vbus, dev, &q.virt))
		return -ENOTCONN;
	return pciback_aer_query(&backend->aer, &q);
}

static void backend_aer_notify(struct pciback_aer *aer)
{
	struct pciback_backend *backend = container_of(aer, struct pciback_backend, aer);

	guard(mutex)(&backend->channel.lock);
	if (backend->channel.irq)
		notify_remote_via_irq(backend->channel.irq);
}

/**
 * pciback_backend_notify_isolated() - have the toolstack told about an isolated function
 * @owner: the owner that the function points to, part of a backend
 * @dev: the function
 *
 * &struct pciback_owner_ops.notify_isolated. The function keeps its address on the virtual
 * bus: no other function may be placed there, and the toolstack still has to deassign
 * this one. No operation is served for it.
 *
 * Context: does not sleep. Caller holds device_lock().
 */
void pciback_backend_notify_isolated(struct pciback_owner *owner, struct pcistub_device *dev)
{
	struct pciback_backend *backend = backend_of(owner);

	/*
	 * In a work item: xenstore may take long to answer, and device_lock() is held. It may
	 * run when the backend has been removed, and then finds nothing to report.
	 */
	kref_get(&owner->ref);
	if (!queue_work(pciback_device_wq, &backend->report))
		kref_put(&owner->ref, owner->ops->release);
}

/* True if the guest is isolated from the function of this index; @name: the function. */
static bool index_is_isolated(struct pciback_backend *backend, int index, char *name,
			      size_t size)
{
	struct pcistub_device *dev = pciback_nodes_device(backend, index);
	bool isolated;

	if (!dev)
		return false;
	spin_lock_irq(&dev->lock);
	isolated = dev->owner == &backend->owner && dev->isolated;
	spin_unlock_irq(&dev->lock);
	strscpy(name, pci_name(dev->pdev), size);
	pciback_device_put(dev);
	return isolated;
}

/*
 * Marks an index as Closed. False if it is not Initialised: it was marked before, or the
 * toolstack detaches it already.
 */
static bool index_mark_closed(struct pciback_backend *backend, int index)
{
	const char *dir = backend->xdev->nodename;
	struct xenbus_transaction xbt;
	char node[20];
	int state, err;
	bool marked;

	snprintf(node, sizeof(node), "state-%d", index);
	do {
		if (xenbus_transaction_start(&xbt))
			return false;
		marked = xenbus_scanf(xbt, dir, node, "%d", &state) == 1 &&
			 state == XenbusStateInitialised &&
			 !xenbus_printf(xbt, dir, node, "%d", XenbusStateClosed) &&
			 !xenbus_printf(xbt, dir, "aerState", "aerfail");
		err = xenbus_transaction_end(xbt, !marked);
	} while (err == -EAGAIN);
	return marked && !err;
}

/* Once for each function, since index_mark_closed() succeeds once. */
static void backend_report_isolated(struct work_struct *work)
{
	struct pciback_backend *backend = container_of(work, struct pciback_backend, report);
	char name[24];
	int i, nr;

	mutex_lock(&backend->lock);
	nr = READ_ONCE(backend->dead) ? 0 : pciback_nodes_num_devs(backend);
	for (i = 0; i < nr; i++)
		if (index_is_isolated(backend, i, name, sizeof(name)) &&
		    index_mark_closed(backend, i))
			xenbus_dev_error(backend->xdev, -EIO,
					 "dev-%d: %s had an error that its guest did not recover from; detach it or destroy the guest",
					 i, name);
	mutex_unlock(&backend->lock);
	kref_put(&backend->owner.ref, backend->owner.ops->release);
}

/**
 * pciback_aer_notify_init() - prepare a new backend
 * @backend: the backend
 *
 * Context: any; nothing else uses the backend yet.
 */
void pciback_aer_notify_init(struct pciback_backend *backend)
{
	INIT_WORK(&backend->report, backend_report_isolated);
	pciback_aer_init(&backend->aer, backend_aer_notify);
}
