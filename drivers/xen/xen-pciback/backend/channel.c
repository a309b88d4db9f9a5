// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The connection to a frontend: its page mapped, its event channel bound, and one request
 * served for each event: in the event handler if nothing has to sleep for it, else in a
 * work item.
 *
 * The event channel is bound with late EOI (XSA-332): from an event until its request
 * is answered, the guest cannot interrupt the host again. An event without a request
 * is reported as spurious, and the kernel's event channel code delays the events of a
 * guest that sends many of those.
 *
 * Touches struct pciback_channel. The page's contents are accessed in shared_page.c.
 */
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/sched/clock.h>
#include <linux/workqueue.h>
#include <xen/events.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/shared_page.h"
#include "record/stats.h"

/*
 * Requests of a guest that are served in the event handler in one jiffy. The handler has a
 * CPU for itself, whatever else is to be done there. A guest that sends more gets the share
 * that the scheduler gives to the work item.
 */
#define HANDLER_BUDGET	64
/*
 * A request that takes longer in the handler, in nanoseconds, is the last one there for a
 * second: a function that does not answer may hold the CPU for milliseconds at each access.
 */
#define HANDLER_MAX_NS	(200 * NSEC_PER_USEC)

/* For the work items of all guests; set once. */
struct workqueue_struct *pciback_backend_wq;

static bool channel_has_request(const struct pciback_channel *channel)
{
	return pciback_shared_flags(channel->page) & XEN_PCIF_active;
}

static atomic64_t *channel_stats(struct pciback_channel *channel)
{
	return container_of(channel, struct pciback_backend, channel)->owner.stats;
}

/* The event has been handled: the guest may send the next one. */
static void channel_eoi(struct pciback_channel *channel, int irq, bool spurious)
{
	pciback_stat_inc(channel_stats(channel), BACKEND_STAT_EOIS);
	if (spurious)
		pciback_stat_inc(channel_stats(channel), BACKEND_STAT_EVENTS_SPURIOUS);
	xen_irq_lateeoi(irq, spurious ? XEN_EOI_FLAG_SPURIOUS : 0);
}

/* Hard interrupt. False: the work item is needed. */
static bool channel_serve_now(struct pciback_channel *channel)
{
	struct pciback_backend *backend = container_of(channel, struct pciback_backend, channel);
	struct xen_pci_op *op = &channel->op;
	u64 start = local_clock();

	if (time_after(jiffies, channel->tick)) {
		channel->tick = jiffies;
		channel->served = 0;
	}
	if (channel->served == HANDLER_BUDGET)
		return false;
	pciback_shared_op_take(channel->page, op);
	if (!pciback_backend_try_op(backend, op))
		return false;
	channel->served++;
	if (local_clock() - start > HANDLER_MAX_NS) {
		channel->served = HANDLER_BUDGET;
		channel->tick = jiffies + HZ;
	}
	pciback_shared_op_answer(channel->page, op, 0);
	pciback_shared_flags_change(channel->page, XEN_PCIF_active, 0);
	return true;
}

/* Hard interrupt. */
static irqreturn_t channel_event(int irq, void *data)
{
	struct pciback_channel *channel = data;
	struct pciback_backend *backend = container_of(channel, struct pciback_backend, channel);
	u32 flags = pciback_shared_flags(channel->page);
	bool answer = pciback_aer_event(&backend->aer, flags);

	pciback_stat_inc(channel_stats(channel), BACKEND_STAT_EVENTS);
	/*
	 * The work item does the EOI itself. Everything else is done now: an awaited answer
	 * arrives as the next event, which only an EOI allows.
	 */
	if (!(flags & XEN_PCIF_active)) {
		channel_eoi(channel, irq, !answer);
	} else if (channel_serve_now(channel)) {
		notify_remote_via_irq(irq);
		channel_eoi(channel, irq, false);
	} else {
		queue_work(pciback_backend_wq, &channel->work);
	}
	return IRQ_HANDLED;
}

static void channel_serve(struct pciback_channel *channel)
{
	struct pciback_backend *backend = container_of(channel, struct pciback_backend, channel);
	struct xen_pci_op *op = &channel->op;
	u32 nr_vectors = pciback_shared_op_take(channel->page, op);
	struct pciback_request request = pciback_shared_request(op);

	pciback_backend_do_op(backend, op);
	if (op->err)
		nr_vectors = 0;

	/*
	 * The frontend may have stopped waiting, and may even have sent its next request,
	 * and would take this answer for the one to that. An event for it is pending.
	 */
	if (!channel_has_request(channel) ||
	    !pciback_shared_has_request(channel->page, &request)) {
		pciback_stat_inc(channel_stats(channel), BACKEND_STAT_OPS_ABANDONED);
		return;
	}
	pciback_shared_op_answer(channel->page, op, nr_vectors);
	pciback_shared_flags_change(channel->page, XEN_PCIF_active, 0);
}

/* Answers a request, notifies the frontend, and allows the next event. */
static void channel_work(struct work_struct *work)
{
	struct pciback_channel *channel = container_of(work, struct pciback_channel, work);
	bool pending = channel_has_request(channel);

	if (pending)
		channel_serve(channel);

	guard(mutex)(&channel->lock);
	/* 0: pciback_channel_disconnect() is waiting for this work item. */
	if (!channel->irq)
		return;
	if (pending)
		notify_remote_via_irq(channel->irq);
	channel_eoi(channel, channel->irq, !pending);
}

/**
 * pciback_channel_init() - prepare a channel that is not connected
 * @channel: the channel
 *
 * Context: any; nothing else uses the channel yet.
 */
void pciback_channel_init(struct pciback_channel *channel)
{
	mutex_init(&channel->lock);
	INIT_WORK(&channel->work, channel_work);
	channel->tick = jiffies;
}

/**
 * pciback_channel_connect() - map a frontend's page and bind its event channel
 * @backend: the backend, not connected
 * @gref: grant of the page; written by the guest, any value
 * @port: the guest's number of the event channel; written by the guest, any value
 *
 * Context: may sleep. Caller holds the backend's lock. Takes the channel's lock.
 * Return: 0; or -errno from the kernel's Xen code, then the backend is Closing and
 * xenstore has an error node.
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

	/* The first event may come before the call returns; its work item then waits here. */
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
 * pciback_channel_disconnect() - undo pciback_channel_connect()
 * @backend: the backend, connected or not
 *
 * When it returns no event, no request and no question to the frontend uses the
 * page any more.
 *
 * Context: may sleep; waits for the request that is being served. Caller holds the
 * backend's lock. Takes the channel's lock.
 */
void pciback_channel_disconnect(struct pciback_backend *backend)
{
	struct pciback_channel *channel = &backend->channel;
	unsigned int irq;

	lockdep_assert_held(&backend->lock);
	if (!channel->page)
		return;

	/* Ends the wait for an answer about an error, and further use of the page for it. */
	pciback_aer_stop(&backend->aer);

	/* The work item must not use the number any more: it may soon be another irq's. */
	mutex_lock(&channel->lock);
	irq = channel->irq;
	channel->irq = 0;
	mutex_unlock(&channel->lock);

	/* In this order (XSA-331): each of these could still use the next one. */
	unbind_from_irqhandler(irq, channel);
	cancel_work_sync(&channel->work);
	xenbus_unmap_ring_vfree(backend->xdev, channel->page);
	channel->page = NULL;
}

/**
 * pciback_channel_module_init() - make the workqueue that all guests share
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pciback_channel_module_init(void)
{
	/* Unbound: a guest's requests must not delay other work of the CPU that they arrive on. */
	pciback_backend_wq = alloc_workqueue("xen-pciback", WQ_UNBOUND | WQ_FREEZABLE, 0);
	return pciback_backend_wq ? 0 : -ENOMEM;
}

/**
 * pciback_channel_module_exit() - undo pciback_channel_module_init()
 *
 * Context: may sleep. No backend exists any more.
 */
void pciback_channel_module_exit(void)
{
	/*
	 * Backends that are being torn down may still get events, which queue work. That is
	 * allowed until the last of them has unbound its event channel.
	 */
	flush_workqueue(pciback_backend_wq);
	destroy_workqueue(pciback_backend_wq);
}
