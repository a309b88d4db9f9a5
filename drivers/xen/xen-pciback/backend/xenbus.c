// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The xenbus driver: makes a backend instance when the toolstack creates the backend's
 * directory in xenstore, and removes it with the directory. What xenbus reports in
 * between is recorded here, and acted upon by the state machine in actions.c.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/vbus.h"
#include "backend/xenbus.h"
#include "compat.h"
#include "record/record.h"
#include "trace/stats.h"

/*
 * A frontend may write its state as often as it likes. The state machine runs at most
 * once in this time because of that; the time is too short to matter for a handshake.
 */
#define FRONTEND_DELAY_MS	10

/* How all guests' virtual addresses are chosen; set once, before the first backend. */
static const struct vbus_ops *backend_vbus_ops = &pciback_vbus_vpci;

/* The last reference is gone: no function points to the backend any more. */
static void backend_free(struct kref *ref)
{
	struct pciback_backend *backend = container_of(ref, struct pciback_backend, owner.ref);

	xa_destroy(&backend->to_attach);
	pciback_vbus_destroy(&backend->vbus);
	mutex_destroy(&backend->aer.lock);
	mutex_destroy(&backend->channel.lock);
	mutex_destroy(&backend->lock);
	put_device(&backend->xdev->dev);
	kfree(backend->frontend);
	kfree(backend);
}

/*
 * A function is being unbound in the host while the guest has it. The caller holds its
 * device_lock(), which comes after the backend's lock: here it is only removed from the
 * virtual bus. The state machine tells the frontend later.
 */
static void backend_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
	struct pciback_backend *backend = container_of(owner, struct pciback_backend, owner);

	pciback_vbus_remove(&backend->vbus, dev);
	set_bit(EVENT_UNBOUND, &backend->events);
	pciback_backend_kick_after(backend, 0);
}

/*
 * A function of the guest is reset from outside this driver. Toolstacks do that before
 * they wait for the backend to be Connected and detach the function.
 */
static void backend_expect_detach(struct pciback_owner *owner)
{
	struct pciback_backend *backend = container_of(owner, struct pciback_backend, owner);

	set_bit(EVENT_DETACH_EXPECTED, &backend->events);
	pciback_backend_kick_after(backend, 0);
}

/*
 * Functions that the guest's driver uses are to be reset: the frontend detaches them first.
 * Without a frontend, for example with a device model, the guest cannot be asked here.
 */
static unsigned int backend_request_detach(struct pciback_owner *owner)
{
	struct pciback_backend *backend = container_of(owner, struct pciback_backend, owner);

	if (!READ_ONCE(backend->channel.page))
		return 0;
	set_bit(EVENT_DETACH_WANTED, &backend->events);
	pciback_backend_kick_after(backend, 0);
	return pciback_backend_detach_ms();
}

/* A node in the backend's directory was written. xenbus's thread, which serves all guests. */
static void backend_changed(struct xenbus_watch *watch, const char *path, const char *token)
{
	pciback_backend_kick_after(container_of(watch, struct pciback_backend, watch), 0);
}

/* The frontend wrote its state, which may be any at any time. xenbus's thread. */
static void frontend_changed(struct xenbus_device *xdev, enum xenbus_state state)
{
	struct pciback_backend *backend = dev_get_drvdata(&xdev->dev);

	/*
	 * The guest ended and its directory was deleted; or the frontend closed and the
	 * toolstack does not want to keep the backend. This calls backend_remove().
	 */
	if (state == XenbusStateUnknown ||
	    (state == XenbusStateClosed && !xenbus_dev_is_online(xdev))) {
		device_unregister(&xdev->dev);
		return;
	}
	/* The next snapshot may not see these states any more, but has to know of them. */
	if (state == XenbusStateClosing)
		set_bit(EVENT_FE_CLOSING, &backend->events);
	if (state == XenbusStateClosing || state == XenbusStateClosed)
		set_bit(EVENT_FE_LEFT, &backend->events);
	set_bit(EVENT_FE_WROTE, &backend->events);
	pciback_backend_kick_after(backend, FRONTEND_DELAY_MS);
}

/* The second part of backend_shutdown(): waits for what the backend is doing. */
static void backend_teardown(struct work_struct *work)
{
	struct pciback_backend *backend = container_of(work, struct pciback_backend, teardown);

	cancel_delayed_work_sync(&backend->work);
	mutex_lock(&backend->lock);
	pciback_channel_disconnect(backend);
	pciback_backend_deassign_all(backend);
	mutex_unlock(&backend->lock);
	kref_put(&backend->owner.ref, backend_free);
}

static void backend_end_use(struct pcistub_device *dev, void *ctx)
{
	struct pciback_backend *backend = ctx;

	pciback_device_set_detaching(dev, &backend->owner);
}

/* Undoes backend_probe(). Waits for no operation and no reset. */
static void backend_shutdown(struct pciback_backend *backend)
{
	if (backend->watching)
		unregister_xenbus_watch(&backend->watch);
	backend->watching = false;

	/* A function may still be unbound or reset: its event is not acted upon any more. */
	spin_lock(&backend->kick_lock);
	WRITE_ONCE(backend->dead, true);
	spin_unlock(&backend->kick_lock);
	/*
	 * The toolstack may go on when remove() returns: the guest's functions make no DMA any
	 * more, and who wants one of them next waits for the rest.
	 */
	pciback_vbus_each(&backend->vbus, backend_end_use, backend);
	pciback_aer_wake(&backend->aer);
	/* Now: the guest's next backend may have a folder of the same name. */
	pciback_stat_remove_backend(&backend->owner);
	queue_work(pciback_backend_wq, &backend->teardown);
}

static const struct pciback_owner_ops backend_owner_ops = {
	.release = backend_free,
	.revoke = backend_revoke,
	.expect_detach = backend_expect_detach,
	.request_detach = backend_request_detach,
	.query_guest = pciback_backend_query_guest,
	.notify_isolated = pciback_backend_notify_isolated,
};

/*
 * Reads what names the guest, "/vm/" and its UUID. Only the toolstack can write it. None is
 * no error: the guest is then known by its domain number alone.
 */
static void backend_read_vm(struct pciback_owner *owner)
{
	char dir[32], *vm;

	snprintf(dir, sizeof(dir), "/local/domain/%u", owner->domid);
	vm = xenbus_read(XBT_NIL, dir, "vm", NULL);
	if (IS_ERR(vm))
		return;
	/* A name that does not fit is none: two guests' names may begin alike. */
	if (strscpy(owner->vm, vm, sizeof(owner->vm)) < 0)
		owner->vm[0] = 0;
	kfree(vm);
}

static int backend_probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	struct pciback_backend *backend;
	int err;

	backend = kzalloc(sizeof(*backend), GFP_KERNEL);
	if (!backend) {
		xenbus_dev_fatal(xdev, -ENOMEM, "no memory for the backend");
		return -ENOMEM;
	}
	kref_init(&backend->owner.ref);
	backend->owner.domid = xdev->otherend_id;
	backend->owner.ops = &backend_owner_ops;
	backend_read_vm(&backend->owner);
	backend->frontend = kstrdup(xdev->otherend, GFP_KERNEL);
	if (!backend->frontend) {
		kfree(backend);
		xenbus_dev_fatal(xdev, -ENOMEM, "no memory for the backend");
		return -ENOMEM;
	}
	backend->xdev = xdev;
	get_device(&xdev->dev);
	mutex_init(&backend->lock);
	spin_lock_init(&backend->kick_lock);
	INIT_DELAYED_WORK(&backend->work, pciback_backend_work);
	INIT_WORK(&backend->teardown, backend_teardown);
	backend->idle_state = XenbusStateInitialised;
	xa_init(&backend->to_attach);
	pciback_vbus_init(&backend->vbus, backend_vbus_ops);
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
	/* The toolstack may have written everything before the watch was there. */
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
 * pciback_backend_init() - register the backend driver
 * @passthrough: guests see the host's PCI addresses, not one virtual bus
 *
 * Call it when the functions that are hidden at load have been seized or are being
 * probed: backends may be made from here on.
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM; or -errno of the xenbus core.
 */
int __init pciback_backend_init(bool passthrough)
{
	int err;

	if (passthrough)
		backend_vbus_ops = &pciback_vbus_passthrough;
	err = pciback_channel_module_init();
	if (err)
		return err;
	err = xenbus_register_backend(&backend_driver);
	if (err) {
		pciback_channel_module_exit();
		return err;
	}
	pr_info("xen_pciback: backend is %s\n", backend_vbus_ops->name);
	return 0;
}

/**
 * pciback_backend_exit() - unregister the backend driver
 *
 * Deassigns every function from every guest. Functions may still be in reset after that.
 *
 * Context: may sleep. Caller holds no device_lock().
 */
void pciback_backend_exit(void)
{
	xenbus_unregister_driver(&backend_driver);
	pciback_channel_module_exit();
}
