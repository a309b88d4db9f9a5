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

/* Longest of "vdev-", "state-", "root-" with an index. */
#define NODE_LEN	20

/* How many functions are reset at a time: a guest seldom has more. */
#define BATCH	32

/**
 * guest_num_devs() - how many indices the toolstack's list has
 * @guest: the guest
 *
 * Context: may sleep.
 * Return: the number; 0 if there is none that can be believed.
 */
int guest_num_devs(struct pciback_guest *guest)
{
	unsigned int nr = xenbus_read_unsigned(guest->xdev->nodename, "num_devs", 0);

	return nr <= MAX_DEVICES ? nr : 0;
}

static void index_node(char *node, const char *what, int index)
{
	snprintf(node, NODE_LEN, "%s-%d", what, index);
}

/**
 * guest_index_state() - what is to be done, or was, with one index
 * @guest: the guest
 * @index: which
 *
 * Context: may sleep.
 */
enum xenbus_state guest_index_state(struct pciback_guest *guest, int index)
{
	char node[NODE_LEN];

	index_node(node, "state", index);
	return xenbus_read_unsigned(guest->xdev->nodename, node, XenbusStateUnknown);
}

/*
 * -ENOENT: the toolstack has deleted the backend's directory meanwhile. Writing
 * would make it anew, and nobody would ever delete that.
 */
static int write_node(struct pciback_guest *guest, const char *node, const char *text)
{
	const char *dir = guest->xdev->nodename;
	struct xenbus_transaction xbt;
	int err;

	do {
		err = xenbus_transaction_start(&xbt);
		if (err)
			return err;
		err = xenbus_exists(xbt, dir, "state") ? xenbus_write(xbt, dir, node, text) :
							 -ENOENT;
		if (err) {
			xenbus_transaction_end(xbt, 1);
			return err;
		}
		err = xenbus_transaction_end(xbt, 0);
	} while (err == -EAGAIN);
	return err;
}

static void set_state(struct pciback_guest *guest, int index, enum xenbus_state state)
{
	char node[NODE_LEN], text[12];
	int err;

	index_node(node, "state", index);
	snprintf(text, sizeof(text), "%d", state);
	err = write_node(guest, node, text);
	if (err && err != -ENOENT)
		xenbus_dev_error(guest->xdev, err, "%s: cannot write", node);
}

static int publish_address(struct pciback_guest *guest, int index, const struct topo_addr *virt)
{
	char node[NODE_LEN], text[24];

	index_node(node, "vdev", index);
	/* Two digits for the function: frontends scan for exactly this form. */
	snprintf(text, sizeof(text), "%04x:%02x:%02x.%02x", virt->domain, virt->bus,
		 PCI_SLOT(virt->devfn), PCI_FUNC(virt->devfn));
	return write_node(guest, node, text);
}

/*
 * An index whose function the guest does not have, or has no more. The address
 * is on a bus that no frontend has. Without one Linux's frontend closes, with
 * all other functions, when the toolstack marks the index for detaching; and the
 * old address may soon be another function's.
 */
static void set_gone(struct pciback_guest *guest, int index)
{
	static const struct topo_addr nowhere = { .domain = 0xffff, .bus = 0xff, .devfn = 0xff };

	publish_address(guest, index, &nowhere);
	set_state(guest, index, XenbusStateClosed);
}

static int parse_address(const char *text, struct slot_spec *spec)
{
	int err = slot_spec_parse(text, strlen(text), spec);

	if (!err && (slot_spec_is_wild(spec) || !slot_spec_in_range(spec)))
		err = -EINVAL;
	return err;
}

static struct pciback_device *device_at(const struct slot_spec *spec)
{
	return pciback_device_find(spec->domain, spec->bus, PCI_DEVFN(spec->dev, spec->func));
}

/**
 * guest_device_named() - the function that one index of the toolstack's list names
 * @guest: the guest
 * @index: which
 *
 * Context: may sleep.
 * Return: its record, whoever has the function, to be given up with
 * pciback_device_put(); NULL: none is named, or it is not seized.
 */
struct pciback_device *guest_device_named(struct pciback_guest *guest, int index)
{
	struct pciback_device *dev = NULL;
	struct slot_spec spec;
	char node[NODE_LEN];
	char *text;

	index_node(node, "dev", index);
	text = xenbus_read(XBT_NIL, guest->xdev->nodename, node, NULL);
	if (IS_ERR(text))
		return NULL;
	if (!parse_address(text, &spec))
		dev = device_at(&spec);
	kfree(text);
	return dev;
}

/* Why guest_device_named() found none. */
static void report_nameless(struct pciback_guest *guest, int index)
{
	struct xenbus_device *xdev = guest->xdev;
	struct slot_spec spec;
	char node[NODE_LEN];
	char *text;

	index_node(node, "dev", index);
	text = xenbus_read(XBT_NIL, xdev->nodename, node, NULL);
	if (IS_ERR(text)) {
		xenbus_dev_error(xdev, PTR_ERR(text),
				 "%s: missing; the toolstack must write the device's address there",
				 node);
		return;
	}
	if (parse_address(text, &spec))
		xenbus_dev_error(xdev, -EINVAL, "%s: \"%.40s\" is not the address of a device",
				 node, text);
	else
		xenbus_dev_error(xdev, -ENODEV,
				 "%s: %.40s is not held by pciback; xl pci-assignable-add it first",
				 node, text);
	kfree(text);
}

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
	unsigned int domain, bus, slot, func;
	struct topo_addr virt;
	char node[NODE_LEN];

	index_node(node, "vdev", index);
	return topology_find(&guest->topo, dev, &virt) &&
	       xenbus_scanf(XBT_NIL, guest->xdev->nodename, node, "%x:%x:%x.%x", &domain, &bus,
			    &slot, &func) == 4 &&
	       domain == virt.domain && bus == virt.bus && slot == PCI_SLOT(virt.devfn) &&
	       func == PCI_FUNC(virt.devfn);
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

/* What the toolstack lists at one moment: all dev-N, those that name nothing left out. */
static int read_list(struct pciback_guest *guest, struct slot_spec **specs)
{
	const char *dir = guest->xdev->nodename;
	struct xenbus_transaction xbt;
	char node[NODE_LEN];
	int i, nr, err, found;
	char *text;

	do {
		*specs = NULL;
		found = 0;
		err = xenbus_transaction_start(&xbt);
		if (err)
			return err;
		if (xenbus_scanf(xbt, dir, "num_devs", "%d", &nr) != 1 || nr < 0 ||
		    nr > MAX_DEVICES)
			err = -EINVAL;
		else
			*specs = kvmalloc_array(nr + 1, sizeof(**specs), GFP_KERNEL);
		if (!err && !*specs)
			err = -ENOMEM;
		for (i = 0; !err && i < nr; i++) {
			index_node(node, "dev", i);
			text = xenbus_read(xbt, dir, node, NULL);
			if (IS_ERR(text))
				continue;
			if (!parse_address(text, *specs + found))
				found++;
			kfree(text);
		}
		if (err) {
			xenbus_transaction_end(xbt, 1);
			return err;
		}
		/* The toolstack moves entries down when one goes: all of this or none. */
		err = xenbus_transaction_end(xbt, 0);
		if (err)
			kvfree(*specs);
	} while (err == -EAGAIN);
	return err ?: found;
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

static int publish_root(struct pciback_guest *guest, const struct topo_addr *root)
{
	const char *dir = guest->xdev->nodename;
	unsigned int domain, bus;
	char node[NODE_LEN];
	int i, nr, err;

	nr = xenbus_read_unsigned(dir, "root_num", 0);
	for (i = 0; i < nr; i++) {
		snprintf(node, sizeof(node), "root-%d", i);
		if (xenbus_scanf(XBT_NIL, dir, node, "%x:%x", &domain, &bus) != 2) {
			xenbus_dev_error(guest->xdev, -EINVAL, "%s: not the address of a bus",
					 node);
			return -EINVAL;
		}
		if (domain == root->domain && bus == root->bus)
			return 0;
	}
	snprintf(node, sizeof(node), "root-%d", nr);
	err = xenbus_printf(XBT_NIL, dir, node, "%04x:%02x", root->domain, root->bus);
	if (!err)
		err = xenbus_printf(XBT_NIL, dir, "root_num", "%d", nr + 1);
	if (err)
		xenbus_dev_error(guest->xdev, err, "%s: cannot write the address of a bus", node);
	return err;
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
