// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The backend's side of the xenbus handshake: a guest's instance comes and
 * goes with its directory in xenstore. What xenbus tells about it in between is
 * noted here and acted upon in guest/steps.c.
 */
#include <linux/slab.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/vbus.h"
#include "backend/xenbus.h"
#include "compat.h"
#include "record/record.h"
#include "trace/stats.h"

/* Shorter than anybody notices in a change of states, long enough to be no load. */
#define FRONTEND_PACE_MS	10

static const struct topology_ops *numbering = &vpci_ops;

static void guest_free(struct kref *ref)
{
	struct pciback_guest *guest = container_of(ref, struct pciback_guest, holder.ref);

	topology_destroy(&guest->topo);
	mutex_destroy(&guest->aer.lock);
	mutex_destroy(&guest->ring.lock);
	mutex_destroy(&guest->lock);
	kfree(guest);
}

/*
 * A function is being unbound while the guest has it. Only the topology is
 * touched: its lock comes after device_lock(), which the caller holds. The rest
 * of it is for later.
 */
static void guest_revoke(struct pciback_holder *holder, struct pciback_device *dev)
{
	struct pciback_guest *guest = container_of(holder, struct pciback_guest, holder);

	topology_remove(&guest->topo, dev);
	set_bit(GUEST_UNBOUND, &guest->signs);
	guest_kick_at(guest, 0);
}

/*
 * Somebody resets a function that the guest has. Toolstacks do so before they
 * take one, then wait for the backend to be Connected.
 */
static void guest_detach_ahead(struct pciback_holder *holder)
{
	struct pciback_guest *guest = container_of(holder, struct pciback_guest, holder);

	set_bit(GUEST_DETACH_AHEAD, &guest->signs);
	guest_kick_at(guest, 0);
}

/* Something below the backend's directory changed. */
static void backend_changed(struct xenbus_watch *watch, const char *path, const char *token)
{
	guest_kick_at(container_of(watch, struct pciback_guest, watch), 0);
}

/* The frontend may write any state at any time. */
static void frontend_changed(struct xenbus_device *xdev, enum xenbus_state state)
{
	struct pciback_guest *guest = dev_get_drvdata(&xdev->dev);

	/*
	 * Its directory was deleted, and the guest with it; or it has gone and the
	 * toolstack wants no other. Ends in guest_remove().
	 */
	if (state == XenbusStateUnknown ||
	    (state == XenbusStateClosed && !xenbus_dev_is_online(xdev))) {
		device_unregister(&xdev->dev);
		return;
	}
	/* It may be back before anybody looks. */
	if (state == XenbusStateClosing)
		set_bit(GUEST_POLITE, &guest->signs);
	if (state == XenbusStateClosing || state == XenbusStateClosed)
		set_bit(GUEST_LEFT, &guest->signs);
	set_bit(GUEST_SPOKE, &guest->signs);
	/* However often it writes, we look at our own pace. */
	guest_kick_at(guest, FRONTEND_PACE_MS);
}

static void guest_shutdown(struct pciback_guest *guest)
{
	if (guest->watching)
		unregister_xenbus_watch(&guest->watch);
	guest->watching = false;

	/* A function may still be unbound meanwhile: it finds nobody to tell. */
	spin_lock(&guest->kick_lock);
	guest->dead = true;
	spin_unlock(&guest->kick_lock);
	cancel_delayed_work_sync(&guest->work);

	mutex_lock(&guest->lock);
	ring_disconnect(guest);
	guest_withdraw_all(guest);
	mutex_unlock(&guest->lock);
	errors_exit(guest);
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
	guest->holder.detach_ahead = guest_detach_ahead;
	guest->xdev = xdev;
	mutex_init(&guest->lock);
	spin_lock_init(&guest->kick_lock);
	INIT_DELAYED_WORK(&guest->work, guest_work);
	guest->resting = XenbusStateInitialised;
	topology_init(&guest->topo, numbering);
	errors_init(guest);
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
	guest_kick_at(guest, 0);
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
