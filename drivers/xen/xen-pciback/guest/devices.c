// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Giving functions to a guest and taking them back, one index of the
 * toolstack's list (dev-N, state-N, vdev-N in xenstore) at a time. Indices
 * move when the toolstack deletes one, so nothing here remembers them.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/slot_spec.h>
#include <pciback/xen_host.h>
#include "guest.h"

/* Longest of "vdev-", "state-", "root-" with an index. */
#define NODE_LEN	20

/* The function that dev-@index names, whether anyone has it or not. */
static struct pciback_device *named_device(struct pciback_guest *guest, int index)
{
	struct xenbus_device *xdev = guest->xdev;
	struct pciback_device *dev;
	struct slot_spec spec;
	char node[NODE_LEN];
	char *text;
	int err;

	snprintf(node, sizeof(node), "dev-%d", index);
	text = xenbus_read(XBT_NIL, xdev->nodename, node, NULL);
	if (IS_ERR(text)) {
		xenbus_dev_error(xdev, PTR_ERR(text),
				 "%s: missing; the toolstack must write the device's address there",
				 node);
		return ERR_CAST(text);
	}

	err = slot_spec_parse(text, strlen(text), &spec);
	if (err || slot_spec_is_wild(&spec) || !slot_spec_in_range(&spec)) {
		err = -EINVAL;
		xenbus_dev_error(xdev, err, "%s: \"%.40s\" is not the address of a device",
				 node, text);
		dev = ERR_PTR(err);
	} else {
		dev = pciback_device_find(spec.domain, spec.bus, PCI_DEVFN(spec.dev, spec.func));
		if (!dev) {
			err = -ENODEV;
			xenbus_dev_error(xdev, err,
					 "%s: %.40s is not held by pciback; xl pci-assignable-add it first",
					 node, text);
			dev = ERR_PTR(err);
		}
	}
	kfree(text);
	return dev;
}

static int publish_address(struct pciback_guest *guest, int index, const struct topo_addr *virt)
{
	char node[NODE_LEN];

	snprintf(node, sizeof(node), "vdev-%d", index);
	/* Two digits for the function: frontends scan for exactly this form. */
	return xenbus_printf(XBT_NIL, guest->xdev->nodename, node, "%04x:%02x:%02x.%02x",
			     virt->domain, virt->bus, PCI_SLOT(virt->devfn),
			     PCI_FUNC(virt->devfn));
}

static int export(struct pciback_guest *guest, struct pciback_device *dev, int index)
{
	struct xenbus_device *xdev = guest->xdev;
	const char *name = pci_name(dev->pdev);
	struct topo_addr virt;
	int err;

	err = pciback_device_assign(dev, &guest->holder);
	if (err) {
		xenbus_dev_error(xdev, err, err == -EBUSY ?
				 "dev-%d: %s is in use already, by another guest or listed twice" :
				 "dev-%d: %s cannot be taken", index, name);
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

/**
 * guest_export() - give the function of one index to the guest
 * @guest: the guest
 * @index: which
 *
 * Context: may sleep. Caller holds the guest's lock.
 * Return: 0 or -errno; then xenstore holds an error node and nothing is taken.
 */
int guest_export(struct pciback_guest *guest, int index)
{
	struct pciback_device *dev;
	int err;

	lockdep_assert_held(&guest->lock);
	dev = named_device(guest, index);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = export(guest, dev, index);
	pciback_device_put(dev);
	return err;
}

static void withdraw(struct pciback_guest *guest, struct pciback_device *dev)
{
	if (topology_remove(&guest->topo, dev))
		pci_info(dev->pdev, "taken back from domain %d\n", guest->holder.domid);
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
	dev = named_device(guest, index);
	if (IS_ERR(dev))
		return;
	withdraw(guest, dev);
	pciback_device_put(dev);
}

/**
 * guest_withdraw_all() - take every function back from the guest
 * @guest: the guest
 *
 * Context: sleeps. Caller holds the guest's lock.
 */
void guest_withdraw_all(struct pciback_guest *guest)
{
	struct pciback_device *dev;

	lockdep_assert_held(&guest->lock);
	while ((dev = topology_first(&guest->topo))) {
		withdraw(guest, dev);
		pciback_device_put(dev);
	}
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
