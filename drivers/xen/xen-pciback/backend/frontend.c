// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The nodes of the frontend's directory in xenstore: where its page and its event channel
 * are. They are read and checked here; the guest writes them.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include "backend/backend.h"

/* Reads a node of the frontend's directory that must hold a number. */
static int frontend_read(struct pciback_backend *backend, const char *node, unsigned int *val)
{
	struct xenbus_device *xdev = backend->xdev;
	int ret = xenbus_scanf(XBT_NIL, backend->frontend, node, "%u", val);

	if (ret == 1)
		return 0;
	xenbus_dev_fatal(xdev, ret < 0 ? ret : -EINVAL, "%s/%s: missing or not a number",
			 backend->frontend, node);
	return -EINVAL;
}

static int frontend_check_magic(struct pciback_backend *backend)
{
	struct xenbus_device *xdev = backend->xdev;
	char *magic = xenbus_read(XBT_NIL, backend->frontend, "magic", NULL);
	int err = 0;

	if (IS_ERR(magic)) {
		err = PTR_ERR(magic);
		xenbus_dev_fatal(xdev, err, "%s/magic: missing", backend->frontend);
		return err;
	}
	if (strcmp(magic, XEN_PCI_MAGIC)) {
		err = -EFAULT;
		xenbus_dev_fatal(xdev, err,
				 "%s/magic: version mismatch, the frontend has \"%.10s\", the backend \"%s\"",
				 backend->frontend, magic, XEN_PCI_MAGIC);
	}
	kfree(magic);
	return err;
}

/**
 * pciback_frontend_read() - read how to connect to a frontend that is Initialised
 * @backend: the backend
 * @gref: to the grant of its page
 * @port: to the number of its event channel
 *
 * Nothing but the form is checked: the guest may write any numbers.
 *
 * Context: may sleep.
 * Return: 0, or -errno and an error node.
 */
int pciback_frontend_read(struct pciback_backend *backend, unsigned int *gref, unsigned int *port)
{
	int err = frontend_read(backend, "pci-op-ref", gref);

	err = err ?: frontend_read(backend, "event-channel", port);
	return err ?: frontend_check_magic(backend);
}

/**
 * pciback_frontend_is_replaced() - is a frontend that is Initialised another one?
 * @backend: the backend, which is connected
 *
 * It is the same frontend if it offers the page and the event channel that are in use. Else
 * it is a new one, which started so soon that the state of the old one, Closed, was not seen.
 *
 * Context: may sleep. Caller holds the backend's lock.
 * Return: whether it is another one.
 */
bool pciback_frontend_is_replaced(struct pciback_backend *backend)
{
	const char *dir = backend->frontend;
	unsigned int gref, port;

	return xenbus_scanf(XBT_NIL, dir, "pci-op-ref", "%u", &gref) == 1 &&
	       xenbus_scanf(XBT_NIL, dir, "event-channel", "%u", &port) == 1 &&
	       (gref != backend->gref || port != backend->port);
}
