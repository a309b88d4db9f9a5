// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The connection to a frontend: its page mapped, its event channel bound, and
 * the worker that serves one request for each event.
 *
 * The event channel is bound with late EOI (XSA-332): from an event until the
 * request it announced is answered, the guest cannot interrupt the host again.
 * An event that announces nothing is reported as spurious, and the events core
 * makes a guest that sends many of those wait.
 */
#include <linux/interrupt.h>
#include <linux/workqueue.h>
#include <xen/events.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/shared_page.h"
#include "record/stats.h"

struct workqueue_struct *pciback_backend_wq;

static bool channel_has_request(const struct pciback_channel *channel)
{
	return pciback_shared_flags(channel->page) & XEN_PCIF_active;
}

static atomic64_t *channel_stats(struct pciback_channel *channel)
{
	return container_of(channel, struct pciback_backend, channel)->owner.stats;
}

static void channel_eoi(struct pciback_channel *channel, int irq, bool spurious)
{
	pciback_stat_inc(channel_stats(channel), BACKEND_STAT_EOIS);
	if (spurious)
		pciback_stat_inc(channel_stats(channel), BACKEND_STAT_EVENTS_SPURIOUS);
	xen_irq_lateeoi(irq, spurious ? XEN_EOI_FLAG_SPURIOUS : 0);
}

static irqreturn_t channel_event(int irq, void *data)
{
	struct pciback_channel *channel = data;
	struct pciback_backend *backend = container_of(channel, struct pciback_backend, channel);
	u32 flags = pciback_shared_flags(channel->page);
	bool answer = pciback_aer_event(&backend->aer, flags);

	pciback_stat_inc(channel_stats(channel), BACKEND_STAT_EVENTS);
	/* Waiting for an answer withholds nothing: it arrives as an event like this one. */
	if (flags & XEN_PCIF_active)
		queue_work(pciback_backend_wq, &channel->work);
	else
		channel_eoi(channel, irq, !answer);
	return IRQ_HANDLED;
}

static void channel_serve(struct pciback_channel *channel)
{
	struct pciback_backend *backend = container_of(channel, struct pciback_backend, channel);
	struct xen_pci_op *op = &channel->op;
	u32 nr_vectors = pciback_shared_op_take(channel->page, op);

	pciback_backend_do_op(backend, op);
	if (op->err)
		nr_vectors = 0;

	/*
	 * The frontend gave up waiting: an answer now would be taken for the
	 * answer to its next request.
	 */
	if (!channel_has_request(channel)) {
		pciback_stat_inc(channel_stats(channel), BACKEND_STAT_OPS_ABANDONED);
		return;
	}
	pciback_shared_op_answer(channel->page, op, nr_vectors);
	pciback_shared_flags_change(channel->page, XEN_PCIF_active, 0);
}

static void channel_work(struct work_struct *work)
{
	struct pciback_channel *channel = container_of(work, struct pciback_channel, work);
	bool pending = channel_has_request(channel);

	if (pending)
		channel_serve(channel);

	guard(mutex)(&channel->lock);
	if (!channel->irq)
		return;
	if (pending)
		notify_remote_via_irq(channel->irq);
	channel_eoi(channel, channel->irq, !pending);
}

/**
 * pciback_channel_init() - prepare a channel that is not connected
 * @channel: the channel
 */
void pciback_channel_init(struct pciback_channel *channel)
{
	mutex_init(&channel->lock);
	INIT_WORK(&channel->work, channel_work);
}

/**
 * pciback_channel_connect() - map a frontend's page and bind its event channel
 * @backend: the backend, not connected
 * @gref: grant of the page, any value
 * @port: event channel of the guest, any value
 *
 * Context: may sleep. Caller holds the backend's lock.
 * Return: 0 or -errno; then xenstore holds an error node.
 */
int pciback_channel_connect(struct pciback_backend *backend, grant_ref_t gref, evtchn_port_t port)
{
	struct xenbus_device *xdev = backend->xdev;
	struct pciback_channel *channel = &backend->channel;
	void *page;
	int irq;

	lockdep_assert_held(&backend->lock);
	irq = xenbus_map_ring_valloc(xdev, &gref, 1, &page);
	if (irq < 0) {
		xenbus_dev_fatal(xdev, irq,
				 "pci-op-ref: cannot map the frontend's page, grant %u", gref);
		return irq;
	}
	channel->page = page;

	/* The first event may come before the call returns; its worker waits here. */
	mutex_lock(&channel->lock);
	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(xdev, port, channel_event, 0,
							    "xen-pciback", channel);
	if (irq > 0)
		channel->irq = irq;
	mutex_unlock(&channel->lock);
	if (irq > 0) {
		pciback_aer_start(&backend->aer, channel->page);
		return 0;
	}

	xenbus_dev_fatal(xdev, irq, "event-channel: cannot bind port %u of the frontend", port);
	channel->page = NULL;
	xenbus_unmap_ring_vfree(xdev, page);
	return irq ?: -EINVAL;
}

/**
 * pciback_channel_disconnect() - the opposite of pciback_channel_connect()
 * @backend: the backend, connected or not
 *
 * Context: may sleep; waits for a request being served. Caller holds the
 * backend's lock.
 */
void pciback_channel_disconnect(struct pciback_backend *backend)
{
	struct pciback_channel *channel = &backend->channel;
	unsigned int irq;

	lockdep_assert_held(&backend->lock);
	if (!channel->page)
		return;

	/* Whoever waits for an answer of the guest stops waiting, and leaves the page alone. */
	pciback_aer_stop(&backend->aer);

	/* From here the worker leaves the number alone: it may soon be another's. */
	mutex_lock(&channel->lock);
	irq = channel->irq;
	channel->irq = 0;
	mutex_unlock(&channel->lock);

	/* No more events, then no more worker, then no more page (XSA-331). */
	unbind_from_irqhandler(irq, channel);
	cancel_work_sync(&channel->work);
	xenbus_unmap_ring_vfree(backend->xdev, channel->page);
	channel->page = NULL;
}

/**
 * pciback_channel_module_init() - what all guests share
 *
 * Return: 0 or -ENOMEM.
 */
int pciback_channel_module_init(void)
{
	/* Unbound: a guest's requests must not hold up work of the CPU they arrive on. */
	pciback_backend_wq = alloc_workqueue("xen-pciback", WQ_UNBOUND, 0);
	return pciback_backend_wq ? 0 : -ENOMEM;
}

/**
 * pciback_channel_module_exit() - the opposite of pciback_channel_module_init()
 */
void pciback_channel_module_exit(void)
{
	destroy_workqueue(pciback_backend_wq);
}
