// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The backend's side of the xenbus handshake: a guest's instance comes and
 * goes with its directory in xenstore, connects to the frontend, and gives or
 * takes functions when the toolstack asks for it.
 *
 *	InitWait	the toolstack has not written everything yet
 *	Initialised	functions exported, waiting for the frontend
 *	Connected	serving requests
 *	Reconfiguring	set by the toolstack: functions to attach or detach
 *	Reconfigured	done, waiting for the frontend to rescan
 *	Closing, Closed	the frontend is leaving or gone
 *
 * Xen's public io/xenbus.h names the states; io/pciif.h the protocol.
 */
#include <linux/slab.h>
#include <pciback/guest.h>
#include "../compat.h"
#include "guest.h"

/* More functions than fit on all buses of a domain: num_devs is not a number of devices. */
#define MAX_DEVICES	65536

static const struct topology_ops *numbering = &vpci_ops;

static void guest_free(struct kref *ref)
{
	struct pciback_guest *guest = container_of(ref, struct pciback_guest, holder.ref);

	topology_destroy(&guest->topo);
	mutex_destroy(&guest->ring.lock);
	mutex_destroy(&guest->lock);
	kfree(guest);
}

/*
 * A function is being unbound while the guest has it. Only the topology is
 * touched: its lock comes after device_lock(), which the caller holds.
 */
static void guest_revoke(struct pciback_holder *holder, struct pciback_device *dev)
{
	struct pciback_guest *guest = container_of(holder, struct pciback_guest, holder);

	topology_remove(&guest->topo, dev);
}

static int set_state(struct pciback_guest *guest, int index, enum xenbus_state state)
{
	char node[20];
	int err;

	snprintf(node, sizeof(node), "state-%d", index);
	err = xenbus_printf(XBT_NIL, guest->xdev->nodename, node, "%d", state);
	if (err)
		xenbus_dev_error(guest->xdev, err, "%s: cannot write", node);
	return err;
}

static enum xenbus_state get_state(struct pciback_guest *guest, int index)
{
	char node[20];

	snprintf(node, sizeof(node), "state-%d", index);
	return xenbus_read_unsigned(guest->xdev->nodename, node, XenbusStateUnknown);
}

/*
 * One function that cannot be given does not keep the others away: its state
 * says so, the error node says why.
 */
static void attach(struct pciback_guest *guest, int index)
{
	int err = guest_export(guest, index);

	set_state(guest, index, err ? XenbusStateClosed : XenbusStateInitialised);
}

static int read_num_devs(struct pciback_guest *guest)
{
	struct xenbus_device *xdev = guest->xdev;
	int nr;

	if (xenbus_scanf(XBT_NIL, xdev->nodename, "num_devs", "%d", &nr) != 1 ||
	    nr < 0 || nr > MAX_DEVICES) {
		xenbus_dev_error(xdev, -EINVAL,
				 "num_devs: missing or not a number from 0 to %d; the toolstack must write it",
				 MAX_DEVICES);
		return -EINVAL;
	}
	return nr;
}

static void give_up(struct pciback_guest *guest)
{
	ring_disconnect(guest);
	guest_withdraw_all(guest);
	xenbus_switch_state(guest->xdev, XenbusStateClosing);
}

/* InitWait -> Initialised */
static void setup(struct pciback_guest *guest)
{
	int i, nr;

	nr = read_num_devs(guest);
	if (nr < 0) {
		give_up(guest);
		return;
	}
	for (i = 0; i < nr; i++)
		attach(guest, i);
	if (guest_publish_roots(guest)) {
		give_up(guest);
		return;
	}
	xenbus_switch_state(guest->xdev, XenbusStateInitialised);
}

/* What the toolstack marked for attaching or detaching; never stops at a bad one. */
static void apply_changes(struct pciback_guest *guest)
{
	int i, nr;

	nr = read_num_devs(guest);
	for (i = 0; i < nr; i++) {
		switch (get_state(guest, i)) {
		case XenbusStateInitialising:
			attach(guest, i);
			break;
		case XenbusStateClosing:
			guest_withdraw(guest, i);
			break;
		default:
			break;
		}
	}
	guest_publish_roots(guest);
}

/* One node of the frontend's directory that must hold a number. */
static int read_frontend(struct pciback_guest *guest, const char *node, unsigned int *val)
{
	struct xenbus_device *xdev = guest->xdev;
	int ret = xenbus_scanf(XBT_NIL, xdev->otherend, node, "%u", val);

	if (ret == 1)
		return 0;
	xenbus_dev_fatal(xdev, ret < 0 ? ret : -EINVAL, "%s/%s: missing or not a number",
			 xdev->otherend, node);
	return -EINVAL;
}

static int check_magic(struct pciback_guest *guest)
{
	struct xenbus_device *xdev = guest->xdev;
	char *magic = xenbus_read(XBT_NIL, xdev->otherend, "magic", NULL);
	int err = 0;

	if (IS_ERR(magic)) {
		err = PTR_ERR(magic);
		xenbus_dev_fatal(xdev, err, "%s/magic: missing", xdev->otherend);
		return err;
	}
	if (strcmp(magic, XEN_PCI_MAGIC)) {
		err = -EFAULT;
		xenbus_dev_fatal(xdev, err,
				 "%s/magic: version mismatch, the frontend has \"%.10s\", the backend \"%s\"",
				 xdev->otherend, magic, XEN_PCI_MAGIC);
	}
	kfree(magic);
	return err;
}

/* Initialised -> Connected, as soon as both sides are there */
static void try_connect(struct pciback_guest *guest)
{
	struct xenbus_device *xdev = guest->xdev;
	unsigned int gref, port;

	if (xdev->state != XenbusStateInitialised ||
	    compat_frontend_state(xdev) != XenbusStateInitialised)
		return;
	if (read_frontend(guest, "pci-op-ref", &gref) ||
	    read_frontend(guest, "event-channel", &port) ||
	    check_magic(guest) ||
	    ring_connect(guest, gref, port)) {
		give_up(guest);
		return;
	}
	xenbus_switch_state(xdev, XenbusStateConnected);
}

/* Something below the backend's directory changed. */
static void backend_changed(struct xenbus_watch *watch, const char *path, const char *token)
{
	struct pciback_guest *guest = container_of(watch, struct pciback_guest, watch);

	guard(mutex)(&guest->lock);
	/* The toolstack writes this state, so the cached one does not know. */
	switch (compat_backend_state(guest->xdev)) {
	case XenbusStateInitWait:
		setup(guest);
		try_connect(guest);
		break;
	case XenbusStateInitialised:
		/* Functions added while the guest is still being built. */
		apply_changes(guest);
		break;
	default:
		break;
	}
}

static void reconfigure(struct pciback_guest *guest)
{
	if (compat_backend_state(guest->xdev) != XenbusStateReconfiguring)
		return;
	apply_changes(guest);
	xenbus_switch_state(guest->xdev, XenbusStateReconfigured);
}

/* Completes the handshake of a reconfiguration; after the first one there is nothing to do. */
static void connected(struct pciback_guest *guest)
{
	if (guest->ring.page && compat_backend_state(guest->xdev) == XenbusStateReconfigured)
		xenbus_switch_state(guest->xdev, XenbusStateConnected);
}

/* The frontend may write any state at any time. */
static void frontend_changed(struct xenbus_device *xdev, enum xenbus_state state)
{
	struct pciback_guest *guest = dev_get_drvdata(&xdev->dev);
	bool gone = false;

	mutex_lock(&guest->lock);
	switch (state) {
	case XenbusStateInitialised:
		try_connect(guest);
		break;
	case XenbusStateReconfiguring:
		reconfigure(guest);
		break;
	case XenbusStateConnected:
		connected(guest);
		break;
	case XenbusStateClosing:
		ring_disconnect(guest);
		xenbus_switch_state(xdev, XenbusStateClosing);
		break;
	case XenbusStateClosed:
		ring_disconnect(guest);
		xenbus_switch_state(xdev, XenbusStateClosed);
		gone = !xenbus_dev_is_online(xdev);
		break;
	case XenbusStateUnknown:
		/* Its directory was deleted: the guest is gone. */
		gone = true;
		break;
	default:
		break;
	}
	mutex_unlock(&guest->lock);
	/* Ends in guest_remove(), which takes the lock. */
	if (gone)
		device_unregister(&xdev->dev);
}

static void guest_shutdown(struct pciback_guest *guest)
{
	if (guest->watching)
		unregister_xenbus_watch(&guest->watch);
	guest->watching = false;

	mutex_lock(&guest->lock);
	ring_disconnect(guest);
	guest_withdraw_all(guest);
	mutex_unlock(&guest->lock);
	pciback_counters_remove_guest(&guest->holder);
	kref_put(&guest->holder.ref, guest_free);
}

static int guest_probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct pciback_guest *guest;
	int err;

	guest = kzalloc(sizeof(*guest), GFP_KERNEL);
	if (!guest) {
		xenbus_dev_fatal(xdev, -ENOMEM, "no memory for a guest");
		return -ENOMEM;
	}
	kref_init(&guest->holder.ref);
	guest->holder.domid = xdev->otherend_id;
	guest->holder.release = guest_free;
	guest->holder.revoke = guest_revoke;
	guest->xdev = xdev;
	mutex_init(&guest->lock);
	topology_init(&guest->topo, numbering);
	ring_init(&guest->ring);
	dev_set_drvdata(&xdev->dev, guest);
	pciback_counters_add_guest(&guest->holder, kbasename(xdev->nodename));

	err = xenbus_switch_state(xdev, XenbusStateInitWait);
	if (err)
		goto fail;
	err = xenbus_watch_path(xdev, xdev->nodename, &guest->watch, NULL, backend_changed);
	if (err)
		goto fail;
	guest->watching = true;
	/* The toolstack may have written everything before we came. */
	backend_changed(&guest->watch, NULL, NULL);
	return 0;

fail:
	dev_set_drvdata(&xdev->dev, NULL);
	guest_shutdown(guest);
	return err;
}

static COMPAT_XENBUS_REMOVE guest_remove(struct xenbus_device *xdev)
{
	struct pciback_guest *guest = dev_get_drvdata(&xdev->dev);

	if (guest) {
		dev_set_drvdata(&xdev->dev, NULL);
		guest_shutdown(guest);
	}
	return COMPAT_XENBUS_REMOVED;
}

static const struct xenbus_device_id guest_ids[] = {
	{ "pci" },
	{ "" },
};

static struct xenbus_driver guest_driver = {
	.name = "xen-pciback",
	.ids = guest_ids,
	.probe = guest_probe,
	.remove = guest_remove,
	.otherend_changed = frontend_changed,
};

/**
 * pciback_guest_init() - begin to serve guests
 * @passthrough: guests see the host's PCI addresses
 *
 * Context: may sleep. Functions hidden at load are seized already or are being.
 * Return: 0 or -errno.
 */
int __init pciback_guest_init(bool passthrough)
{
	int err;

	if (passthrough)
		numbering = &passthrough_ops;
	err = ring_module_init();
	if (err)
		return err;
	err = xenbus_register_backend(&guest_driver);
	if (err) {
		ring_module_exit();
		return err;
	}
	pr_info("xen_pciback: backend is %s\n", numbering->name);
	return 0;
}

/**
 * pciback_guest_exit() - stop serving guests
 *
 * Context: may sleep. Takes every function back from every guest.
 */
void pciback_guest_exit(void)
{
	xenbus_unregister_driver(&guest_driver);
	ring_module_exit();
}
