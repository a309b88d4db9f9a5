// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The connection: a page granted to the backend, an event channel, and this side's
 * state in xenstore. Behaves as pcifront does until an attack is ordered.
 */
#include <linux/module.h>
#include <xen/events.h>
#include <xen/grant_table.h>
#include "hostile.h"

static bool mute;
module_param(mute, bool, 0600);
MODULE_PARM_DESC(mute, "do not react to the backend's state");

struct frontend hostile_fe = {
	.answered = __WAIT_QUEUE_HEAD_INITIALIZER(hostile_fe.answered),
};

static irqreturn_t backend_event(int irq, void *data)
{
	wake_up_all(&hostile_fe.answered);
	return IRQ_HANDLED;
}

/**
 * hostile_new_page() - another page and event channel
 *
 * The old ones stay as they are: the backend may have them mapped.
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int hostile_new_page(void)
{
	struct frontend *fe = &hostile_fe;
	void *page;
	int err;

	err = xenbus_setup_ring(fe->xdev, GFP_KERNEL, &page, 1, &fe->gref);
	if (err)
		return err;
	fe->page = page;
	err = xenbus_alloc_evtchn(fe->xdev, &fe->port);
	if (err)
		return err;
	err = bind_evtchn_to_irqhandler(fe->port, backend_event, 0, "hostile", fe);
	if (err < 0)
		return err;
	fe->irq = err;
	return 0;
}

/**
 * hostile_announce() - tell the backend that all is ready
 * @node: a node that gets a wrong value, or NULL
 * @text: that value
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int hostile_announce(const char *node, const char *text)
{
	struct xenbus_device *xdev = hostile_fe.xdev;
	int err;

	err = xenbus_printf(XBT_NIL, xdev->nodename, "pci-op-ref", "%u", hostile_fe.gref);
	if (!err)
		err = xenbus_printf(XBT_NIL, xdev->nodename, "event-channel", "%u",
				    hostile_fe.port);
	if (!err)
		err = xenbus_printf(XBT_NIL, xdev->nodename, "magic", XEN_PCI_MAGIC);
	if (!err && node && text)
		err = xenbus_printf(XBT_NIL, xdev->nodename, node, "%s", text);
	/* Attacks write states that xenbus does not know of. */
	xdev->state = XenbusStateInitialising;
	return err ?: xenbus_switch_state(xdev, XenbusStateInitialised);
}

static int probe(struct xenbus_device *xdev, const struct xenbus_device_id *id)
{
	int err;

	hostile_fe.xdev = xdev;
	err = hostile_new_page();
	return err ?: hostile_announce(NULL, NULL);
}

static void backend_changed(struct xenbus_device *xdev, enum xenbus_state state)
{
	if (mute)
		return;
	switch (state) {
	case XenbusStateConnected:
	case XenbusStateReconfigured:
		xenbus_switch_state(xdev, XenbusStateConnected);
		break;
	case XenbusStateReconfiguring:
		xenbus_switch_state(xdev, XenbusStateReconfiguring);
		break;
	case XenbusStateClosing:
		xenbus_switch_state(xdev, XenbusStateClosed);
		break;
	default:
		break;
	}
}

static const struct xenbus_device_id ids[] = {
	{ "pci" },
	{ "" },
};

static struct xenbus_driver driver = {
	.name = "hostile",
	.ids = ids,
	.probe = probe,
	.otherend_changed = backend_changed,
};

/**
 * hostile_connect() - look for a backend
 *
 * Context: may sleep.
 * Return: 0 or -errno.
 */
int hostile_connect(void)
{
	return xenbus_register_frontend(&driver);
}
