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

static const struct vbus_ops *numbering = &pciback_vbus_vpci;

static void backend_free(struct kref *ref)
{
	struct pciback_backend *backend = container_of(ref, struct pciback_backend, owner.ref);

	pciback_vbus_destroy(&backend->vbus);
	mutex_destroy(&backend->aer.lock);
	mutex_destroy(&backend->channel.lock);
	mutex_destroy(&backend->lock);
	kfree(backend);
}

/*
 * A function is being unbound while the guest has it. Only the virtual bus is
 * touched: its lock comes after device_lock(), which the caller holds. The rest
 * of it is for later.
 */
static void backend_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
	struct pciback_backend *backend = container_of(owner, struct pciback_backend, owner);

	pciback_vbus_remove(&backend->vbus, dev);
	set_bit(EVENT_UNBOUND, &backend->events);
	pciback_backend_kick_after(backend, 0);
}

/*
 * Somebody resets a function that the guest has. Toolstacks do so before they
 * take one, then wait for the backend to be Connected.
 */
static void backend_expect_detach(struct pciback_owner *owner)
{
	struct pciback_backend *backend = container_of(owner, struct pciback_backend, owner);

	set_bit(EVENT_DETACH_EXPECTED, &backend->events);
	pciback_backend_kick_after(backend, 0);
}

/* Something below the backend's directory changed. */
static void backend_changed(struct xenbus_watch *watch, const char *path, const char *token)
{
	pciback_backend_kick_after(container_of(watch, struct pciback_backend, watch), 0);
}

/* The frontend may write any state at any time. */
static void frontend_changed(struct xenbus_device *xdev, enum xenbus_state state)
{
	struct pciback_backend *backend = dev_get_drvdata(&xdev->dev);

	/*
	 * Its directory was deleted, and the guest with it; or it has gone and the
	 * toolstack wants no other. Ends in backend_remove().
	 */
	if (state == XenbusStateUnknown ||
	    (state == XenbusStateClosed && !xenbus_dev_is_online(xdev))) {
		device_unregister(&xdev->dev);
		return;
	}
	/* It may be back before anybody looks. */
	if (state == XenbusStateClosing)
		set_bit(EVENT_FE_CLOSING, &backend->events);
	if (state == XenbusStateClosing || state == XenbusStateClosed)
		set_bit(EVENT_FE_LEFT, &backend->events);
	set_bit(EVENT_FE_WROTE, &backend->events);
	/* However often it writes, we look at our own pace. */
	pciback_backend_kick_after(backend, FRONTEND_PACE_MS);
}

static void backend_shutdown(struct pciback_backend *backend)
{
	if (backend->watching)
		unregister_xenbus_watch(&backend->watch);
	backend->watching = false;

	/* A function may still be unbound meanwhile: it finds nobody to tell. */
	spin_lock(&backend->kick_lock);
	backend->dead = true;
	spin_unlock(&backend->kick_lock);
	cancel_delayed_work_sync(&backend->work);

	mutex_lock(&backend->lock);
	pciback_channel_disconnect(backend);
	pciback_backend_deassign_all(backend);
	mutex_unlock(&backend->lock);
	pciback_aer_notify_exit(backend);
	pciback_stat_remove_backend(&backend->owner);
	kref_put(&backend->owner.ref, backend_free);
}

static const struct pciback_owner_ops backend_owner_ops = {
	.release = backend_free,
	.revoke = backend_revoke,
	.expect_detach = backend_expect_detach,
	.query_guest = pciback_backend_query_guest,
	.notify_isolated = pciback_backend_notify_isolated,
};

static int backend_probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct pciback_backend *backend;
	int err;

	backend = kzalloc(sizeof(*backend), GFP_KERNEL);
	if (!backend) {
		xenbus_dev_fatal(xdev, -ENOMEM, "no memory for a guest");
		return -ENOMEM;
	}
	kref_init(&backend->owner.ref);
	backend->owner.domid = xdev->otherend_id;
	backend->owner.ops = &backend_owner_ops;
	backend->xdev = xdev;
	mutex_init(&backend->lock);
	spin_lock_init(&backend->kick_lock);
	INIT_DELAYED_WORK(&backend->work, pciback_backend_work);
	backend->idle_state = XenbusStateInitialised;
	pciback_vbus_init(&backend->vbus, numbering);
	pciback_aer_notify_init(backend);
	pciback_channel_init(&backend->channel);
	dev_set_drvdata(&xdev->dev, backend);
	pciback_stat_add_backend(&backend->owner, kbasename(xdev->nodename));

	err = xenbus_switch_state(xdev, XenbusStateInitWait);
	if (err)
		goto fail;
	err = xenbus_watch_path(xdev, xdev->nodename, &backend->watch, NULL, backend_changed);
	if (err)
		goto fail;
	backend->watching = true;
	/* The toolstack may have written everything before we came. */
	pciback_backend_kick_after(backend, 0);
	return 0;

fail:
	dev_set_drvdata(&xdev->dev, NULL);
	backend_shutdown(backend);
	return err;
}

static COMPAT_XENBUS_REMOVE backend_remove(struct xenbus_device *xdev)
{
	struct pciback_backend *backend = dev_get_drvdata(&xdev->dev);

	if (backend) {
		dev_set_drvdata(&xdev->dev, NULL);
		backend_shutdown(backend);
	}
	return COMPAT_XENBUS_REMOVED;
}

static const struct xenbus_device_id backend_ids[] = {
	{ "pci" },
	{ "" },
};

static struct xenbus_driver backend_driver = {
	.name = "xen-pciback",
	.ids = backend_ids,
	.probe = backend_probe,
	.remove = backend_remove,
	.otherend_changed = frontend_changed,
};

/**
 * pciback_backend_init() - begin to serve guests
 * @passthrough: guests see the host's PCI addresses
 *
 * Context: may sleep. Functions hidden at load are seized already or are being.
 * Return: 0 or -errno.
 */
int __init pciback_backend_init(bool passthrough)
{
	int err;

	if (passthrough)
		numbering = &pciback_vbus_passthrough;
	err = pciback_channel_module_init();
	if (err)
		return err;
	err = xenbus_register_backend(&backend_driver);
	if (err) {
		pciback_channel_module_exit();
		return err;
	}
	pr_info("xen_pciback: backend is %s\n", numbering->name);
	return 0;
}

/**
 * pciback_backend_exit() - stop serving guests
 *
 * Context: may sleep. Takes every function back from every guest.
 */
void pciback_backend_exit(void)
{
	xenbus_unregister_driver(&backend_driver);
	pciback_channel_module_exit();
}
