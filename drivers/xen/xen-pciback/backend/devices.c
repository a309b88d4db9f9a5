// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Assigns functions to a guest and deassigns them, by index of the toolstack's list (dev-N,
 * state-N and vdev-N in xenstore). The toolstack renumbers its list when it deletes an
 * index, so no index is stored here.
 *
 * Everything is done under the backend's lock. Nodes are accessed in nodes.c, functions
 * change their owner in device/lifecycle.c.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/slot_spec.h>
#include <pciback/vpci.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/vbus.h"
#include "device/batch.h"
#include "device/lifecycle.h"
#include "record/record.h"

/* Functions that are reset side by side; few guests have more. */
#define BATCH_MAX	32

/* With the index and the function's name as arguments. */
static const char *assign_error_format(int err)
{
	switch (err) {
	case -EBUSY:
		return "dev-%d: %s is in use already, by another guest or listed twice";
	case -EAGAIN:
		return "dev-%d: %s is still being reset after its last guest; try again later";
	case -EIO:
		return "dev-%d: %s: its reset failed; write its address to pciback's do_flr";
	case -EPERM:
		return "dev-%d: %s: not reset since another guest; do_flr or assign_without_reset";
	default:
		return "dev-%d: %s cannot be assigned; the kernel log may say why";
	}
}

/* The address of a function, unique in the host. */
static unsigned long device_key(const struct pcistub_device *dev)
{
	const struct pci_dev *pdev = dev->pdev;

	return (unsigned long)pci_domain_nr(pdev->bus) << 16 |
	       PCI_DEVID(pdev->bus->number, pdev->devfn);
}

static bool device_is_owned(struct pcistub_device *dev, const struct pciback_owner *owner)
{
	bool owned;

	spin_lock_irq(&dev->lock);
	owned = dev->owner == owner && !dev->removed;
	spin_unlock_irq(&dev->lock);
	return owned;
}

/* 0, or -errno and an error node; then the guest does not have the function. */
static int backend_assign_device(struct pciback_backend *backend, struct pcistub_device *dev,
				 int index)
{
	struct xenbus_device *xdev = backend->xdev;
	const char *name = pci_name(dev->pdev);
	struct pciback_addr virt;
	int err;

	err = pciback_device_assign(dev, &backend->owner);
	if (err) {
		xenbus_dev_error(xdev, err, assign_error_format(err), index, name);
		return err;
	}
	err = pciback_vbus_add(&backend->vbus, dev, &virt);
	if (err) {
		xenbus_dev_error(xdev, err, err == -ENOSPC ?
				 "dev-%d: no free slot for %s on the guest's virtual bus" :
				 "dev-%d: %s cannot be added to the guest's virtual bus",
				 index, name);
		goto deassign;
	}
	/* If it was unbound before it was on the bus, nobody else removes it from there. */
	if (!device_is_owned(dev, &backend->owner)) {
		pciback_vbus_remove(&backend->vbus, dev);
		xenbus_dev_error(xdev, -ENODEV, "dev-%d: %s was unbound meanwhile", index, name);
		return -ENODEV;
	}
	err = pciback_nodes_publish_addr(backend, index, &virt);
	if (err) {
		xenbus_dev_error(xdev, err, "vdev-%d: cannot write the address of %s", index, name);
		goto remove;
	}
	pci_info(dev->pdev, "%s: assign to virtual slot %02x.%x of domain %d\n",
		 backend->vbus.ops->name, PCI_SLOT(virt.devfn), PCI_FUNC(virt.devfn),
		 backend->owner.domid);
	return 0;

remove:
	pciback_vbus_remove(&backend->vbus, dev);
deassign:
	pciback_device_deassign(dev, &backend->owner);
	return err;
}

/*
 * True if the guest has the function already, under this index, because it is set up again
 * for another frontend.
 */
static bool backend_has_assigned(struct pciback_backend *backend, struct pcistub_device *dev,
				 int index)
{
	struct pciback_addr virt;

	return pciback_vbus_find(&backend->vbus, dev, &virt) &&
	       pciback_nodes_has_addr(backend, index, &virt);
}

/**
 * pciback_backend_assign() - assign the function of one index to the guest
 * @backend: the backend
 * @index: the index
 *
 * A function that cannot be assigned does not keep the others from the guest: state-N
 * becomes Closed, the error node says why, and the function is as before. If the guest
 * has it already it stays assigned.
 *
 * Context: sleeps, for a reset. Caller holds the backend's lock.
 */
void pciback_backend_assign(struct pciback_backend *backend, int index)
{
	struct pcistub_device *dev;
	int err = 0;

	lockdep_assert_held(&backend->lock);
	dev = pciback_nodes_device(backend, index);
	if (!dev) {
		pciback_nodes_report_missing(backend, index);
		pciback_nodes_set_closed(backend, index);
		return;
	}
	if (!backend_has_assigned(backend, dev, index))
		err = backend_assign_device(backend, dev, index);
	xa_erase(&backend->to_attach, device_key(dev));
	if (err)
		pciback_nodes_set_closed(backend, index);
	else
		pciback_nodes_set_state(backend, index, XenbusStateInitialised);
	pciback_device_put(dev);
}

/* A function that is deassigned for a reset only is the guest's again after it. */
static void backend_note_to_attach(struct pciback_backend *backend, struct pcistub_device *dev)
{
	unsigned long key = device_key(dev);

	if (!READ_ONCE(dev->detach_wanted))
		xa_erase(&backend->to_attach, key);
	else if (xa_err(xa_store(&backend->to_attach, key, xa_mk_value(0), GFP_KERNEL)))
		pci_warn(dev->pdev, "no memory to attach it again after its reset; use xl pci-attach\n");
}

static void backend_deassign_device(struct pciback_backend *backend, struct pcistub_device *dev)
{
	backend_note_to_attach(backend, dev);
	if (pciback_vbus_remove(&backend->vbus, dev))
		pci_info(dev->pdev, "deassigned from domain %d\n", backend->owner.domid);
	/* Error recovery waits for the guest under device_lock(): end that wait first. */
	pciback_device_set_detaching(dev, &backend->owner);
	pciback_aer_wake(&backend->aer);
	/* The toolstack need not wait for the reset: nobody gets the function before it. */
	pciback_device_deassign_begin(dev, &backend->owner);
	pciback_device_deassign_later(dev, &backend->owner);
}

/**
 * pciback_backend_deassign() - deassign the function of one index from the guest
 * @backend: the backend
 * @index: the index
 *
 * state-N becomes Closed in any case: if the guest does not have the function any more,
 * for example after an unbind, the toolstack has what it asked for.
 *
 * Context: sleeps, a few seconds at most. Caller holds the backend's lock.
 */
void pciback_backend_deassign(struct pciback_backend *backend, int index)
{
	struct pcistub_device *dev;

	lockdep_assert_held(&backend->lock);
	dev = pciback_nodes_device(backend, index);
	if (dev) {
		backend_deassign_device(backend, dev);
		pciback_device_put(dev);
	}
	pciback_nodes_set_closed(backend, index);
}

static bool addr_is_listed(const struct slot_spec *specs, int nr, const struct pcistub_device *dev)
{
	const struct pci_dev *pdev = dev->pdev;
	int i;

	for (i = 0; i < nr; i++)
		if (pciback_slot_spec_covers(&specs[i], pci_domain_nr(pdev->bus), pdev->bus->number,
					     pdev->devfn))
			return true;
	return false;
}

/**
 * pciback_backend_deassign_unlisted() - deassign functions that left the toolstack's list
 * @backend: the backend
 *
 * For guests without a frontend the toolstack marks a function for detaching and deletes
 * it from the list at once.
 *
 * Context: sleeps, a few seconds at most for each. Caller holds the backend's lock.
 * Return: true if there was any.
 */
bool pciback_backend_deassign_unlisted(struct pciback_backend *backend)
{
	struct pcistub_device *dev;
	struct slot_spec *specs;
	bool deassigned = false;
	int nr;

	lockdep_assert_held(&backend->lock);
	nr = pciback_nodes_read_list(backend, &specs);
	if (nr < 0)
		return false;
	pciback_vbus_walk_start(&backend->vbus);
	while ((dev = pciback_vbus_walk_next(&backend->vbus))) {
		if (!addr_is_listed(specs, nr, dev)) {
			backend_deassign_device(backend, dev);
			deassigned = true;
		}
		pciback_device_put(dev);
	}
	kvfree(specs);
	return deassigned;
}

/**
 * pciback_backend_deassign_all() - deassign every function of the guest
 * @backend: the backend
 *
 * Does not touch xenstore, whose nodes may have been deleted.
 *
 * Context: sleeps, a few seconds at most for each. Caller holds the backend's lock.
 */
void pciback_backend_deassign_all(struct pciback_backend *backend)
{
	struct pcistub_device *batch[BATCH_MAX];
	unsigned int nr;
	bool more;

	lockdep_assert_held(&backend->lock);
	do {
		for (nr = 0; nr < BATCH_MAX; nr++) {
			batch[nr] = pciback_vbus_first(&backend->vbus);
			if (!batch[nr])
				break;
			if (pciback_vbus_remove(&backend->vbus, batch[nr]))
				pci_info(batch[nr]->pdev, "deassigned from domain %d\n",
					 backend->owner.domid);
			/* As in backend_deassign_device(). */
			pciback_device_set_detaching(batch[nr], &backend->owner);
		}
		pciback_aer_wake(&backend->aer);
		more = nr == BATCH_MAX;
		pciback_batch_deassign(batch, nr, &backend->owner);
		while (nr)
			pciback_device_put(batch[--nr]);
	} while (more);
}

/* Was the function of an index unbound, so that the guest does not have it any more? */
static bool device_is_unbound(struct pciback_backend *backend, struct pcistub_device *dev)
{
	struct pciback_addr virt;

	return !dev || !pciback_vbus_find(&backend->vbus, dev, &virt);
}

static bool device_is_to_detach(struct pciback_backend *backend, struct pcistub_device *dev)
{
	return device_is_unbound(backend, dev) || READ_ONCE(dev->detach_wanted);
}

static bool device_is_to_attach(struct pciback_backend *backend, struct pcistub_device *dev)
{
	return dev && xa_load(&backend->to_attach, device_key(dev));
}

/*
 * Gives each index that is in state @from, and whose function, which may be NULL, is
 * @chosen, the state @to. Any other state of an index is the toolstack's. Returns true if there
 * was one.
 */
static bool backend_mark(struct pciback_backend *backend, enum xenbus_state from,
			 bool (*chosen)(struct pciback_backend *backend,
					struct pcistub_device *dev), enum xenbus_state to)
{
	int i, nr = pciback_nodes_num_devs(backend);
	struct pcistub_device *dev;
	bool any = false;

	lockdep_assert_held(&backend->lock);
	for (i = 0; i < nr; i++) {
		if (pciback_nodes_state(backend, i) != from)
			continue;
		dev = pciback_nodes_device(backend, i);
		if (chosen(backend, dev)) {
			any = true;
			if (to == XenbusStateClosed)
				pciback_nodes_set_closed(backend, i);
			else
				pciback_nodes_set_state(backend, i, to);
		}
		if (dev)
			pciback_device_put(dev);
	}
	return any;
}

/**
 * pciback_backend_mark_unbound() - close indices whose function was unbound in the host
 * @backend: the backend, without a frontend
 *
 * Such a function is still in the toolstack's list, as Initialised.
 *
 * Context: may sleep. Caller holds the backend's lock.
 */
void pciback_backend_mark_unbound(struct pciback_backend *backend)
{
	backend_mark(backend, XenbusStateInitialised, device_is_unbound, XenbusStateClosed);
}

/**
 * pciback_backend_mark_detach() - mark indices whose function the frontend is to detach
 * @backend: the backend
 *
 * Those whose function was unbound in the host, and those whose function is to be reset.
 *
 * Context: may sleep. Caller holds the backend's lock.
 * Return: true if there was any.
 */
bool pciback_backend_mark_detach(struct pciback_backend *backend)
{
	return backend_mark(backend, XenbusStateInitialised, device_is_to_detach,
			    XenbusStateClosing);
}

/**
 * pciback_backend_mark_attach() - mark indices whose function the frontend is to attach again
 * @backend: the backend
 *
 * Those whose function it detached only because it was to be reset. None of them is attached
 * again a second time.
 *
 * Context: may sleep. Caller holds the backend's lock.
 * Return: true if there was any.
 */
bool pciback_backend_mark_attach(struct pciback_backend *backend)
{
	bool any = backend_mark(backend, XenbusStateClosed, device_is_to_attach,
				XenbusStateInitialising);

	xa_destroy(&backend->to_attach);
	return any;
}

/**
 * pciback_backend_quiesce_all() - stop DMA and interrupts, the frontend has gone
 * @backend: the backend, not connected
 *
 * The functions stay assigned. No reset, as a frontend may close as often as it likes.
 *
 * Context: may sleep. Caller holds the backend's lock.
 */
void pciback_backend_quiesce_all(struct pciback_backend *backend)
{
	struct pcistub_device *dev;

	lockdep_assert_held(&backend->lock);
	pciback_vbus_walk_start(&backend->vbus);
	while ((dev = pciback_vbus_walk_next(&backend->vbus))) {
		pciback_device_quiesce(dev, &backend->owner);
		pciback_device_put(dev);
	}
}

/**
 * pciback_backend_reset_for_reconnect() - reset all functions for another frontend
 * @backend: the backend, not connected
 *
 * The functions stay assigned.
 *
 * Context: sleeps, for resets. Caller holds the backend's lock.
 */
void pciback_backend_reset_for_reconnect(struct pciback_backend *backend)
{
	struct pcistub_device *batch[BATCH_MAX];
	unsigned int nr;
	bool more;

	lockdep_assert_held(&backend->lock);
	pciback_vbus_walk_start(&backend->vbus);
	do {
		for (nr = 0; nr < BATCH_MAX; nr++) {
			batch[nr] = pciback_vbus_walk_next(&backend->vbus);
			if (!batch[nr])
				break;
		}
		more = nr == BATCH_MAX;
		pciback_batch_reset_for_reconnect(batch, nr, &backend->owner);
		while (nr)
			pciback_device_put(batch[--nr]);
	} while (more);
}

/**
 * pciback_backend_publish_roots() - list the buses that the frontend has to scan
 * @backend: the backend
 *
 * Buses are only added: frontends do not handle the removal of one.
 *
 * Context: may sleep. Caller holds the backend's lock.
 * Return: 0 or -errno; then xenstore has an error node.
 */
int pciback_backend_publish_roots(struct pciback_backend *backend)
{
	struct pciback_addr root;
	unsigned int cursor = 0;
	int err = 0;

	lockdep_assert_held(&backend->lock);
	while (!err && pciback_vbus_next_root(&backend->vbus, &cursor, &root))
		err = pciback_nodes_publish_root(backend, &root);
	return err;
}
