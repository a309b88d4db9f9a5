// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Giving functions to a guest and taking them back, one index of the
 * toolstack's list (dev-N, state-N, vdev-N in xenstore) at a time. Indices
 * move when the toolstack deletes one, so nothing here remembers them.
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

/* How many functions are reset at a time: a guest seldom has more. */
#define BATCH	32

static const char *assign_error_format(int err)
{
	switch (err) {
	case -EBUSY:
		return "dev-%d: %s is in use already, by another guest or listed twice";
	case -EIO:
		return "dev-%d: %s: its reset failed; write its address to pciback's do_flr";
	default:
		return "dev-%d: %s cannot be taken";
	}
}

static int backend_export(struct pciback_backend *backend, struct pcistub_device *dev, int index)
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
				 "dev-%d: %s cannot be placed", index, name);
		goto give_back;
	}
	err = pciback_nodes_publish_addr(backend, index, &virt);
	if (err) {
		xenbus_dev_error(xdev, err, "vdev-%d: cannot write the address of %s", index, name);
		goto unplace;
	}
	pci_info(dev->pdev, "%s: assign to virtual slot %02x.%x of domain %d\n",
		 backend->vbus.ops->name, PCI_SLOT(virt.devfn), PCI_FUNC(virt.devfn),
		 backend->owner.domid);
	return 0;

unplace:
	pciback_vbus_remove(&backend->vbus, dev);
give_back:
	pciback_device_deassign(dev, &backend->owner);
	return err;
}

/* The guest has had it since before its frontend went, under this index. */
static bool backend_has_exported(struct pciback_backend *backend, struct pcistub_device *dev, int index)
{
	struct pciback_addr virt;

	return pciback_vbus_find(&backend->vbus, dev, &virt) &&
	       pciback_nodes_has_addr(backend, index, &virt);
}

/**
 * pciback_backend_assign() - give the function of one index to the guest
 * @backend: the backend
 * @index: which
 *
 * One function that cannot be given does not keep the others away: its state
 * says so, the error node says why, and nothing is taken.
 *
 * Context: may sleep. Caller holds the backend's lock.
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
	if (!backend_has_exported(backend, dev, index))
		err = backend_export(backend, dev, index);
	if (err)
		pciback_nodes_set_closed(backend, index);
	else
		pciback_nodes_set_state(backend, index, XenbusStateInitialised);
	pciback_device_put(dev);
}

static void backend_deassign_device(struct pciback_backend *backend, struct pcistub_device *dev)
{
	if (pciback_vbus_remove(&backend->vbus, dev))
		pci_info(dev->pdev, "deassigned from domain %d\n", backend->owner.domid);
	/* Whoever waits for this guest to recover the function holds device_lock(). */
	pciback_device_set_detaching(dev, &backend->owner);
	pciback_aer_wake(&backend->aer);
	pciback_device_deassign(dev, &backend->owner);
}

/**
 * pciback_backend_deassign() - take the function of one index back from the guest
 * @backend: the backend
 * @index: which
 *
 * If the guest does not have it any more, as after an unbind, that is all the
 * same to the toolstack: there is nothing left to do.
 *
 * Context: sleeps. Caller holds the backend's lock.
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
 * pciback_backend_deassign_unlisted() - take back what the toolstack does not list any more
 * @backend: the backend
 *
 * For guests without a frontend the toolstack marks a function for detaching
 * and deletes it from the list at once.
 *
 * Context: sleeps. Caller holds the backend's lock.
 * Return: true if something was taken.
 */
bool pciback_backend_deassign_unlisted(struct pciback_backend *backend)
{
	struct pcistub_device *dev;
	struct slot_spec *specs;
	bool taken = false;
	int nr;

	lockdep_assert_held(&backend->lock);
	nr = pciback_nodes_read_list(backend, &specs);
	if (nr < 0)
		return false;
	pciback_vbus_walk_start(&backend->vbus);
	while ((dev = pciback_vbus_walk_next(&backend->vbus))) {
		if (!addr_is_listed(specs, nr, dev)) {
			backend_deassign_device(backend, dev);
			taken = true;
		}
		pciback_device_put(dev);
	}
	kvfree(specs);
	return taken;
}

/**
 * pciback_backend_deassign_all() - take every function back from the guest
 * @backend: the backend
 *
 * Context: sleeps. Caller holds the backend's lock.
 */
void pciback_backend_deassign_all(struct pciback_backend *backend)
{
	struct pcistub_device *batch[BATCH];
	unsigned int nr;
	bool more;

	lockdep_assert_held(&backend->lock);
	do {
		for (nr = 0; nr < BATCH; nr++) {
			batch[nr] = pciback_vbus_first(&backend->vbus);
			if (!batch[nr])
				break;
			if (pciback_vbus_remove(&backend->vbus, batch[nr]))
				pci_info(batch[nr]->pdev, "deassigned from domain %d\n",
					 backend->owner.domid);
			/* Whoever waits for this guest holds device_lock(): end that first. */
			pciback_device_set_detaching(batch[nr], &backend->owner);
		}
		pciback_aer_wake(&backend->aer);
		more = nr == BATCH;
		pciback_batch_deassign(batch, nr, &backend->owner);
		while (nr)
			pciback_device_put(batch[--nr]);
	} while (more);
}

/**
 * pciback_backend_mark_unbound() - mark what the toolstack believes the guest to have
 * @backend: the backend
 * @state: for each such index: Closing, so that the frontend lets it go, or
 *	Closed
 *
 * A function that was unbound from the guest is in the toolstack's list still.
 *
 * Context: may sleep. Caller holds the backend's lock.
 * Return: true if there was any.
 */
bool pciback_backend_mark_unbound(struct pciback_backend *backend, enum xenbus_state state)
{
	int i, nr = pciback_nodes_num_devs(backend);
	struct pcistub_device *dev;
	struct pciback_addr virt;
	bool any = false;

	lockdep_assert_held(&backend->lock);
	for (i = 0; i < nr; i++) {
		if (pciback_nodes_state(backend, i) != XenbusStateInitialised)
			continue;
		dev = pciback_nodes_device(backend, i);
		if (!dev || !pciback_vbus_find(&backend->vbus, dev, &virt)) {
			any = true;
			if (state == XenbusStateClosed)
				pciback_nodes_set_closed(backend, i);
			else
				pciback_nodes_set_state(backend, i, state);
		}
		if (dev)
			pciback_device_put(dev);
	}
	return any;
}

/**
 * pciback_backend_quiesce_all() - the frontend has gone: stop what the functions do
 * @backend: the backend, not connected
 *
 * They stay the guest's. Fast: a frontend may come and go as it likes.
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
 * pciback_backend_reset_for_reconnect() - make the functions new for another frontend
 * @backend: the backend, not connected
 *
 * Context: sleeps, for resets. Caller holds the backend's lock.
 */
void pciback_backend_reset_for_reconnect(struct pciback_backend *backend)
{
	struct pcistub_device *batch[BATCH];
	unsigned int nr;
	bool more;

	lockdep_assert_held(&backend->lock);
	pciback_vbus_walk_start(&backend->vbus);
	do {
		for (nr = 0; nr < BATCH; nr++) {
			batch[nr] = pciback_vbus_walk_next(&backend->vbus);
			if (!batch[nr])
				break;
		}
		more = nr == BATCH;
		pciback_batch_reset_for_reconnect(batch, nr, &backend->owner);
		while (nr)
			pciback_device_put(batch[--nr]);
	} while (more);
}

/**
 * pciback_backend_publish_roots() - tell the frontend which buses to scan
 * @backend: the backend
 *
 * Buses are only ever added: frontends do not expect one to go.
 *
 * Context: may sleep. Caller holds the backend's lock.
 * Return: 0 or -errno; then xenstore holds an error node.
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
