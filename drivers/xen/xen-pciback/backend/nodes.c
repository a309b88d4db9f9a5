// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The nodes of the backend's directory in xenstore: num_devs, and for each index of the
 * toolstack's list dev-N, state-N and vdev-N; the buses that the frontend scans, root-N.
 * They are read, checked and written here. What is done with the functions that they
 * name is in devices.c.
 */
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/slot_spec.h>
#include <pciback/vpci.h>
#include "backend/backend.h"
#include "record/record.h"

/* Long enough for "state-" or another prefix and an index. */
#define NODE_LEN	20

/**
 * pciback_nodes_num_devs() - how many indices the toolstack's list has
 * @backend: the backend
 *
 * Context: may sleep.
 * Return: the number; 0 if the node is missing or holds no number up to MAX_DEVICES.
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
 * pciback_nodes_state() - read the state of one index
 * @backend: the backend
 * @index: the index
 *
 * The toolstack writes Initialising to attach and Closing to detach; the backend
 * answers with Initialised and Closed.
 *
 * Context: may sleep.
 * Return: the state, which may be any number; XenbusStateUnknown if there is none.
 */
enum xenbus_state pciback_nodes_state(struct pciback_backend *backend, int index)
{
	char node[NODE_LEN];

	node_name(node, "state", index);
	return xenbus_read_unsigned(backend->xdev->nodename, node, XenbusStateUnknown);
}

/*
 * Writes a node, unless the toolstack has deleted the backend's directory, -ENOENT. The
 * write would create the directory again, and nothing would delete it a second time.
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
 * @index: the index
 * @state: the state, for toolstack and frontend
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
 * pciback_nodes_publish_addr() - write the address in the guest of one index's function
 * @backend: the backend
 * @index: the index
 * @virt: the address
 *
 * Context: may sleep.
 * Return: 0 or -errno of xenstore; -ENOENT: the backend's directory was deleted.
 */
int pciback_nodes_publish_addr(struct pciback_backend *backend, int index,
			       const struct pciback_addr *virt)
{
	char node[NODE_LEN], text[24];

	node_name(node, "vdev", index);
	/* Two digits for the function number: frontends scan for exactly this form. */
	snprintf(text, sizeof(text), "%04x:%02x:%02x.%02x", virt->domain, virt->bus,
		 PCI_SLOT(virt->devfn), PCI_FUNC(virt->devfn));
	return node_write(backend, node, text);
}

/**
 * pciback_nodes_has_addr() - compare the address in the guest of one index's function
 * @backend: the backend
 * @index: the index
 * @virt: an address
 *
 * Context: may sleep.
 * Return: true if the index has this address.
 */
bool pciback_nodes_has_addr(struct pciback_backend *backend, int index,
			    const struct pciback_addr *virt)
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
 * @index: the index
 *
 * vdev-N becomes an address on a bus that no frontend has. Without an address Linux's
 * frontend closes, with all its other functions, when the toolstack marks the index for
 * detaching; and the old address may soon be another function's.
 *
 * Context: may sleep.
 */
void pciback_nodes_set_closed(struct pciback_backend *backend, int index)
{
	static const struct pciback_addr nowhere = { .domain = 0xffff, .bus = 0xff, .devfn = 0xff };

	pciback_nodes_publish_addr(backend, index, &nowhere);
	pciback_nodes_set_state(backend, index, XenbusStateClosed);
}

/* The address of one function of the host, no wildcard; -EINVAL: it is none. */
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
 * pciback_nodes_device() - find the function that one index of the list names
 * @backend: the backend
 * @index: the index
 *
 * Context: may sleep.
 * Return: the function, whether or not a guest has it; the caller drops the reference
 * with pciback_device_put(). NULL: no function is named, or it is not seized.
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
 * pciback_nodes_report_missing() - write why an index names no function to the error node
 * @backend: the backend
 * @index: the index, for which pciback_nodes_device() found none
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
		xenbus_dev_error(xdev, -EINVAL,
				 "%s: \"%.40s\" is not the address of a device; write DDDD:BB:DD.F",
				 node, text);
	else
		xenbus_dev_error(xdev, -ENODEV,
				 "%s: %.40s is not bound to pciback; xl pci-assignable-add it first",
				 node, text);
	kfree(text);
}

/**
 * pciback_nodes_read_list() - read the toolstack's list as it is at one moment
 * @backend: the backend
 * @specs: the addresses that are listed, without indices that name none; the caller
 *	frees it with kvfree()
 *
 * Context: may sleep.
 * Return: the number of addresses, or -errno; then there is nothing to free.
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
		/*
		 * When one index is deleted the toolstack renumbers those after it. A list
		 * that was read meanwhile is read again.
		 */
		err = xenbus_transaction_end(xbt, 0);
		if (err)
			kvfree(*specs);
	} while (err == -EAGAIN);
	return err ?: found;
}

/*
 * Adds a bus to the list, in a transaction. 0, also if it is listed already; -EINVAL: root-@nr
 * is not the address of a bus; other -errno of xenstore.
 */
static int root_add(struct xenbus_transaction xbt, const char *dir,
		    const struct pciback_addr *root, int *nr)
{
	unsigned int domain, bus;
	char node[NODE_LEN];
	int total, err;

	/* As in node_write(): the toolstack may have deleted the backend's directory. */
	if (!xenbus_exists(xbt, dir, "state"))
		return -ENOENT;
	if (xenbus_scanf(xbt, dir, "root_num", "%d", &total) != 1)
		total = 0;
	for (*nr = 0; *nr < total; (*nr)++) {
		node_name(node, "root", *nr);
		if (xenbus_scanf(xbt, dir, node, "%x:%x", &domain, &bus) != 2)
			return -EINVAL;
		if (domain == root->domain && bus == root->bus)
			return 0;
	}
	node_name(node, "root", *nr);
	err = xenbus_printf(xbt, dir, node, "%04x:%02x", root->domain, root->bus);
	return err ?: xenbus_printf(xbt, dir, "root_num", "%d", *nr + 1);
}

/**
 * pciback_nodes_publish_root() - list a bus that the frontend has to scan
 * @backend: the backend
 * @root: the bus
 *
 * Context: may sleep. Caller holds the backend's lock: no other call may write these
 * nodes meanwhile.
 * Return: 0, also if it is listed already; -ENOENT: the backend's directory was deleted;
 * other -errno, then xenstore has an error node.
 */
int pciback_nodes_publish_root(struct pciback_backend *backend, const struct pciback_addr *root)
{
	struct xenbus_transaction xbt;
	int err, nr;

	do {
		nr = 0;
		err = xenbus_transaction_start(&xbt);
		if (err)
			break;
		err = root_add(xbt, backend->xdev->nodename, root, &nr);
		if (err)
			xenbus_transaction_end(xbt, 1);
		else
			err = xenbus_transaction_end(xbt, 0);
	} while (err == -EAGAIN);
	if (err == -EINVAL)
		xenbus_dev_error(backend->xdev, err,
				 "root-%d: not the address of a bus; only the backend may write it",
				 nr);
	else if (err && err != -ENOENT)
		xenbus_dev_error(backend->xdev, err,
				 "root-%d: cannot write the address of a bus", nr);
	return err;
}
