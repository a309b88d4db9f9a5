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

static const char *why_not(int err)
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

static int export(struct pciback_guest *guest, struct pciback_device *dev, int index)
{
	struct xenbus_device *xdev = guest->xdev;
	const char *name = pci_name(dev->pdev);
	struct topo_addr virt;
	int err;

	err = pciback_device_assign(dev, &guest->holder);
	if (err) {
		xenbus_dev_error(xdev, err, why_not(err), index, name);
		return err;
	}
	err = topology_add(&guest->topo, dev, &virt);
	if (err) {
		xenbus_dev_error(xdev, err, err == -ENOSPC ?
				 "dev-%d: no free slot for %s on the guest's virtual bus" :
				 "dev-%d: %s cannot be placed", index, name);
		goto give_back;
	}
	err = publish_address(guest, index, &virt);
	if (err) {
		xenbus_dev_error(xdev, err, "vdev-%d: cannot write the address of %s", index, name);
		goto unplace;
	}
	pci_info(dev->pdev, "%s: assign to virtual slot %02x.%x of domain %d\n",
		 guest->topo.ops->name, PCI_SLOT(virt.devfn), PCI_FUNC(virt.devfn),
		 guest->holder.domid);
	return 0;

unplace:
	topology_remove(&guest->topo, dev);
give_back:
	pciback_device_return(dev, &guest->holder);
	return err;
}

/* The guest has had it since before its frontend went, under this index. */
static bool is_exported(struct pciback_guest *guest, struct pciback_device *dev, int index)
{
	struct topo_addr virt;

	return topology_find(&guest->topo, dev, &virt) &&
	       address_is_published(guest, index, &virt);
}

/**
 * guest_attach() - give the function of one index to the guest
 * @guest: the guest
 * @index: which
 *
 * One function that cannot be given does not keep the others away: its state
 * says so, the error node says why, and nothing is taken.
 *
 * Context: may sleep. Caller holds the guest's lock.
 */
void guest_attach(struct pciback_guest *guest, int index)
{
	struct pciback_device *dev;
	int err = 0;

	lockdep_assert_held(&guest->lock);
	dev = guest_device_named(guest, index);
	if (!dev) {
		report_nameless(guest, index);
		set_gone(guest, index);
		return;
	}
	if (!is_exported(guest, dev, index))
		err = export(guest, dev, index);
	if (err)
		set_gone(guest, index);
	else
		set_state(guest, index, XenbusStateInitialised);
	pciback_device_put(dev);
}

static void withdraw(struct pciback_guest *guest, struct pciback_device *dev)
{
	if (topology_remove(&guest->topo, dev))
		pci_info(dev->pdev, "taken back from domain %d\n", guest->holder.domid);
	/* Whoever waits for this guest to recover the function holds device_lock(). */
	pciback_device_shut(dev, &guest->holder);
	aer_wake(&guest->aer);
	pciback_device_return(dev, &guest->holder);
}

/**
 * guest_withdraw() - take the function of one index back from the guest
 * @guest: the guest
 * @index: which
 *
 * If the guest does not have it any more, as after an unbind, that is all the
 * same to the toolstack: there is nothing left to do.
 *
 * Context: sleeps. Caller holds the guest's lock.
 */
void guest_withdraw(struct pciback_guest *guest, int index)
{
	struct pciback_device *dev;

	lockdep_assert_held(&guest->lock);
	dev = guest_device_named(guest, index);
	if (dev) {
		withdraw(guest, dev);
		pciback_device_put(dev);
	}
	set_gone(guest, index);
}

static bool is_listed(const struct slot_spec *specs, int nr, const struct pciback_device *dev)
{
	const struct pci_dev *pdev = dev->pdev;
	int i;

	for (i = 0; i < nr; i++)
		if (slot_spec_covers(&specs[i], pci_domain_nr(pdev->bus), pdev->bus->number,
				     pdev->devfn))
			return true;
	return false;
}

/**
 * guest_withdraw_unlisted() - take back what the toolstack does not list any more
 * @guest: the guest
 *
 * For guests without a frontend the toolstack marks a function for detaching
 * and deletes it from the list at once.
 *
 * Context: sleeps. Caller holds the guest's lock.
 * Return: true if something was taken.
 */
bool guest_withdraw_unlisted(struct pciback_guest *guest)
{
	struct pciback_device *dev;
	struct slot_spec *specs;
	bool taken = false;
	int nr;

	lockdep_assert_held(&guest->lock);
	nr = read_list(guest, &specs);
	if (nr < 0)
		return false;
	topology_walk_start(&guest->topo);
	while ((dev = topology_walk_next(&guest->topo))) {
		if (!is_listed(specs, nr, dev)) {
			withdraw(guest, dev);
			taken = true;
		}
		pciback_device_put(dev);
	}
	kvfree(specs);
	return taken;
}

/**
 * guest_withdraw_all() - take every function back from the guest
 * @guest: the guest
 *
 * Context: sleeps. Caller holds the guest's lock.
 */
void guest_withdraw_all(struct pciback_guest *guest)
{
	struct pciback_device *batch[BATCH];
	unsigned int nr;
	bool more;

	lockdep_assert_held(&guest->lock);
	do {
		for (nr = 0; nr < BATCH; nr++) {
			batch[nr] = topology_first(&guest->topo);
			if (!batch[nr])
				break;
			if (topology_remove(&guest->topo, batch[nr]))
				pci_info(batch[nr]->pdev, "taken back from domain %d\n",
					 guest->holder.domid);
			/* Whoever waits for this guest holds device_lock(): end that first. */
			pciback_device_shut(batch[nr], &guest->holder);
		}
		aer_wake(&guest->aer);
		more = nr == BATCH;
		pciback_devices_return(batch, nr, &guest->holder);
		while (nr)
			pciback_device_put(batch[--nr]);
	} while (more);
}

/**
 * guest_note_unbound() - mark what the toolstack believes the guest to have
 * @guest: the guest
 * @state: for each such index: Closing, so that the frontend lets it go, or
 *	Closed
 *
 * A function that was unbound from the guest is in the toolstack's list still.
 *
 * Context: may sleep. Caller holds the guest's lock.
 * Return: true if there was any.
 */
bool guest_note_unbound(struct pciback_guest *guest, enum xenbus_state state)
{
	int i, nr = guest_num_devs(guest);
	struct pciback_device *dev;
	struct topo_addr virt;
	bool any = false;

	lockdep_assert_held(&guest->lock);
	for (i = 0; i < nr; i++) {
		if (guest_index_state(guest, i) != XenbusStateInitialised)
			continue;
		dev = guest_device_named(guest, i);
		if (!dev || !topology_find(&guest->topo, dev, &virt)) {
			any = true;
			if (state == XenbusStateClosed)
				set_gone(guest, i);
			else
				set_state(guest, i, state);
		}
		if (dev)
			pciback_device_put(dev);
	}
	return any;
}

/**
 * guest_quiet_all() - the frontend has gone: stop what the functions do
 * @guest: the guest, not connected
 *
 * They stay the guest's. Fast: a frontend may come and go as it likes.
 *
 * Context: may sleep. Caller holds the guest's lock.
 */
void guest_quiet_all(struct pciback_guest *guest)
{
	struct pciback_device *dev;

	lockdep_assert_held(&guest->lock);
	topology_walk_start(&guest->topo);
	while ((dev = topology_walk_next(&guest->topo))) {
		pciback_device_quiet(dev, &guest->holder);
		pciback_device_put(dev);
	}
}

/**
 * guest_renew_all() - make the functions new for another frontend
 * @guest: the guest, not connected
 *
 * Context: sleeps, for resets. Caller holds the guest's lock.
 */
void guest_renew_all(struct pciback_guest *guest)
{
	struct pciback_device *batch[BATCH];
	unsigned int nr;
	bool more;

	lockdep_assert_held(&guest->lock);
	topology_walk_start(&guest->topo);
	do {
		for (nr = 0; nr < BATCH; nr++) {
			batch[nr] = topology_walk_next(&guest->topo);
			if (!batch[nr])
				break;
		}
		more = nr == BATCH;
		pciback_devices_renew(batch, nr, &guest->holder);
		while (nr)
			pciback_device_put(batch[--nr]);
	} while (more);
}

/**
 * guest_publish_roots() - tell the frontend which buses to scan
 * @guest: the guest
 *
 * Buses are only ever added: frontends do not expect one to go.
 *
 * Context: may sleep. Caller holds the guest's lock.
 * Return: 0 or -errno; then xenstore holds an error node.
 */
int guest_publish_roots(struct pciback_guest *guest)
{
	struct topo_addr root;
	unsigned int cursor = 0;
	int err = 0;

	lockdep_assert_held(&guest->lock);
	while (!err && topology_next_root(&guest->topo, &cursor, &root))
		err = publish_root(guest, &root);
	return err;
}
