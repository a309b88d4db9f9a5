// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The nodes of a backend's directory in xenstore that belong to one index of the
 * toolstack's list (dev-N, state-N, vdev-N, root-N): read, checked, written. Knows
 * nothing of what is done with the functions they name.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/slot_spec.h>
#include <pciback/vpci.h>
#include "backend/backend.h"
#include "record/record.h"

/* Longest of "vdev-", "state-", "root-" with an index. */
#define NODE_LEN	20

/**
 * pciback_nodes_num_devs() - how many indices the toolstack's list has
 * @backend: the backend
 *
 * Context: may sleep.
 * Return: the number; 0 if there is none that can be believed.
 */
int pciback_nodes_num_devs(struct pciback_backend *backend)
{
	unsigned int nr = xenbus_read_unsigned(backend->xdev->nodename, "num_devs", 0);

	return nr <= MAX_DEVICES ? nr : 0;
}

static void node_name(char *node, const char *what, int index)
{
	snprintf(node, NODE_LEN, "%s-%d", what, index);
}

/**
 * pciback_nodes_state() - what is to be done, or was, with one index
 * @backend: the backend
 * @index: which
 *
 * Context: may sleep.
 */
enum xenbus_state pciback_nodes_state(struct pciback_backend *backend, int index)
{
	char node[NODE_LEN];

	node_name(node, "state", index);
	return xenbus_read_unsigned(backend->xdev->nodename, node, XenbusStateUnknown);
}

/*
 * -ENOENT: the toolstack has deleted the backend's directory meanwhile. Writing
 * would make it anew, and nobody would ever delete that.
 */
static int node_write(struct pciback_backend *backend, const char *node, const char *text)
{
	const char *dir = backend->xdev->nodename;
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

/**
 * pciback_nodes_set_state() - write the state of one index
 * @backend: the backend
 * @index: which
 * @state: what the toolstack and the frontend shall read
 *
 * Context: may sleep.
 */
void pciback_nodes_set_state(struct pciback_backend *backend, int index, enum xenbus_state state)
{
	char node[NODE_LEN], text[12];
	int err;

	node_name(node, "state", index);
	snprintf(text, sizeof(text), "%d", state);
	err = node_write(backend, node, text);
	if (err && err != -ENOENT)
		xenbus_dev_error(backend->xdev, err, "%s: cannot write", node);
}

/**
 * pciback_nodes_publish_addr() - tell the frontend where the function of one index is
 * @backend: the backend
 * @index: which
 * @virt: its address in the guest
 *
 * Context: may sleep.
 * Return: 0 or -errno; -ENOENT: the backend's directory is gone.
 */
int pciback_nodes_publish_addr(struct pciback_backend *backend, int index, const struct pciback_addr *virt)
{
	char node[NODE_LEN], text[24];

	node_name(node, "vdev", index);
	/* Two digits for the function: frontends scan for exactly this form. */
	snprintf(text, sizeof(text), "%04x:%02x:%02x.%02x", virt->domain, virt->bus,
		 PCI_SLOT(virt->devfn), PCI_FUNC(virt->devfn));
	return node_write(backend, node, text);
}

/**
 * pciback_nodes_has_addr() - does one index carry this address in the guest?
 * @backend: the backend
 * @index: which
 * @virt: the address
 *
 * Context: may sleep.
 */
bool pciback_nodes_has_addr(struct pciback_backend *backend, int index, const struct pciback_addr *virt)
{
	unsigned int domain, bus, slot, func;
	char node[NODE_LEN];

	node_name(node, "vdev", index);
	return xenbus_scanf(XBT_NIL, backend->xdev->nodename, node, "%x:%x:%x.%x", &domain, &bus,
			    &slot, &func) == 4 &&
	       domain == virt->domain && bus == virt->bus && slot == PCI_SLOT(virt->devfn) &&
	       func == PCI_FUNC(virt->devfn);
}

/**
 * pciback_nodes_set_closed() - mark an index whose function the guest does not have
 * @backend: the backend
 * @index: which
 *
 * The address that is written is on a bus that no frontend has. Without an address
 * Linux's frontend closes, with all its other functions, when the toolstack marks
 * the index for detaching; and the old address may soon be another function's.
 *
 * Context: may sleep.
 */
void pciback_nodes_set_closed(struct pciback_backend *backend, int index)
{
	static const struct pciback_addr nowhere = { .domain = 0xffff, .bus = 0xff, .devfn = 0xff };

	pciback_nodes_publish_addr(backend, index, &nowhere);
	pciback_nodes_set_state(backend, index, XenbusStateClosed);
}

static int node_parse_addr(const char *text, struct slot_spec *spec)
{
	int err = pciback_slot_spec_parse(text, strlen(text), spec);

	if (!err && (pciback_slot_spec_is_wild(spec) || !pciback_slot_spec_in_range(spec)))
		err = -EINVAL;
	return err;
}

static struct pcistub_device *node_find_device(const struct slot_spec *spec)
{
	return pciback_device_find(spec->domain, spec->bus, PCI_DEVFN(spec->dev, spec->func));
}

/**
 * pciback_nodes_device() - the function that one index of the toolstack's list names
 * @backend: the backend
 * @index: which
 *
 * Context: may sleep.
 * Return: its record, whoever has the function, to be given up with
 * pciback_device_put(); NULL: none is named, or it is not seized.
 */
struct pcistub_device *pciback_nodes_device(struct pciback_backend *backend, int index)
{
	struct pcistub_device *dev = NULL;
	struct slot_spec spec;
	char node[NODE_LEN];
	char *text;

	node_name(node, "dev", index);
	text = xenbus_read(XBT_NIL, backend->xdev->nodename, node, NULL);
	if (IS_ERR(text))
		return NULL;
	if (!node_parse_addr(text, &spec))
		dev = node_find_device(&spec);
	kfree(text);
	return dev;
}

/**
 * pciback_nodes_report_missing() - write an error node that says why an index names no function
 * @backend: the backend
 * @index: which, for which pciback_nodes_device() found none
 *
 * Context: may sleep.
 */
void pciback_nodes_report_missing(struct pciback_backend *backend, int index)
{
	struct xenbus_device *xdev = backend->xdev;
	struct slot_spec spec;
	char node[NODE_LEN];
	char *text;

	node_name(node, "dev", index);
	text = xenbus_read(XBT_NIL, xdev->nodename, node, NULL);
	if (IS_ERR(text)) {
		xenbus_dev_error(xdev, PTR_ERR(text),
				 "%s: missing; the toolstack must write the device's address there",
				 node);
		return;
	}
	if (node_parse_addr(text, &spec))
		xenbus_dev_error(xdev, -EINVAL, "%s: \"%.40s\" is not the address of a device",
				 node, text);
	else
		xenbus_dev_error(xdev, -ENODEV,
				 "%s: %.40s is not held by pciback; xl pci-assignable-add it first",
				 node, text);
	kfree(text);
}

/**
 * pciback_nodes_read_list() - all functions that the toolstack lists at one moment
 * @backend: the backend
 * @specs: their addresses, those that name nothing left out; kvfree() it
 *
 * Context: may sleep.
 * Return: how many, or -errno; then nothing is to be freed.
 */
int pciback_nodes_read_list(struct pciback_backend *backend, struct slot_spec **specs)
{
	const char *dir = backend->xdev->nodename;
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
			node_name(node, "dev", i);
			text = xenbus_read(xbt, dir, node, NULL);
			if (IS_ERR(text))
				continue;
			if (!node_parse_addr(text, *specs + found))
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

/**
 * pciback_nodes_publish_root() - list a bus that the frontend has to scan
 * @backend: the backend
 * @root: the bus
 *
 * Context: may sleep.
 * Return: 0, also if it is listed already; -errno, then xenstore holds an error
 * node.
 */
int pciback_nodes_publish_root(struct pciback_backend *backend, const struct pciback_addr *root)
{
	const char *dir = backend->xdev->nodename;
	unsigned int domain, bus;
	char node[NODE_LEN];
	int i, nr, err;

	nr = xenbus_read_unsigned(dir, "root_num", 0);
	for (i = 0; i < nr; i++) {
		snprintf(node, sizeof(node), "root-%d", i);
		if (xenbus_scanf(XBT_NIL, dir, node, "%x:%x", &domain, &bus) != 2) {
			xenbus_dev_error(backend->xdev, -EINVAL, "%s: not the address of a bus",
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
		xenbus_dev_error(backend->xdev, err, "%s: cannot write the address of a bus", node);
	return err;
}
