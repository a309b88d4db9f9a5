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

struct workqueue_struct *guest_wq;

static bool request_pending(const struct ring *ring)
{
	return shared_flags(ring->page) & XEN_PCIF_active;
}

static atomic64_t *counts(struct ring *ring)
{
	return container_of(ring, struct pciback_guest, ring)->holder.counts;
}

static void let_next_in(struct ring *ring, int irq, bool spurious)
{
	pciback_count(counts(ring), GUEST_EOIS);
	if (spurious)
		pciback_count(counts(ring), GUEST_EVENTS_SPURIOUS);
	xen_irq_lateeoi(irq, spurious ? XEN_EOI_FLAG_SPURIOUS : 0);
}

static irqreturn_t ring_event(int irq, void *data)
{
	struct ring *ring = data;
	struct pciback_guest *guest = container_of(ring, struct pciback_guest, ring);
	u32 flags = shared_flags(ring->page);
	bool answer = aer_event(&guest->aer, flags);

	pciback_count(counts(ring), GUEST_EVENTS);
	/* Waiting for an answer withholds nothing: it arrives as an event like this one. */
	if (flags & XEN_PCIF_active)
		queue_work(guest_wq, &ring->work);
	else
		let_next_in(ring, irq, !answer);
	return IRQ_HANDLED;
}

static void serve(struct ring *ring)
{
	struct pciback_guest *guest = container_of(ring, struct pciback_guest, ring);
	struct xen_pci_op *op = &ring->op;
	u32 nr_vectors = shared_op_take(ring->page, op);

	guest_do_op(guest, op);
	if (op->err)
		nr_vectors = 0;

	/*
	 * The frontend gave up waiting: an answer now would be taken for the
	 * answer to its next request.
	 */
	if (!request_pending(ring)) {
		pciback_count(counts(ring), GUEST_UNANSWERED);
		return;
	}
	shared_op_answer(ring->page, op, nr_vectors);
	shared_flags_change(ring->page, XEN_PCIF_active, 0);
}

static void ring_work(struct work_struct *work)
{
	struct ring *ring = container_of(work, struct ring, work);
	bool pending = request_pending(ring);

	if (pending)
		serve(ring);

	guard(mutex)(&ring->lock);
	if (!ring->irq)
		return;
	if (pending)
		notify_remote_via_irq(ring->irq);
	let_next_in(ring, ring->irq, !pending);
}

/**
 * ring_init() - prepare a ring that is not connected
 * @ring: the ring
 */
void ring_init(struct ring *ring)
{
	mutex_init(&ring->lock);
	INIT_WORK(&ring->work, ring_work);
}

/**
 * ring_connect() - map a frontend's page and bind its event channel
 * @guest: the guest, not connected
 * @gref: grant of the page, any value
 * @port: event channel of the guest, any value
 *
 * Context: may sleep. Caller holds the guest's lock.
 * Return: 0 or -errno; then xenstore holds an error node.
 */
int ring_connect(struct pciback_guest *guest, grant_ref_t gref, evtchn_port_t port)
{
	struct xenbus_device *xdev = guest->xdev;
	struct ring *ring = &guest->ring;
	void *page;
	int irq;

	lockdep_assert_held(&guest->lock);
	irq = xenbus_map_ring_valloc(xdev, &gref, 1, &page);
	if (irq < 0) {
		xenbus_dev_fatal(xdev, irq,
				 "pci-op-ref: cannot map the frontend's page, grant %u", gref);
		return irq;
	}
	ring->page = page;

	/* The first event may come before the call returns; its worker waits here. */
	mutex_lock(&ring->lock);
	irq = bind_interdomain_evtchn_to_irqhandler_lateeoi(xdev, port, ring_event, 0,
							    "xen-pciback", ring);
	if (irq > 0)
		ring->irq = irq;
	mutex_unlock(&ring->lock);
	if (irq > 0) {
		aer_start(&guest->aer, ring->page);
		return 0;
	}

	xenbus_dev_fatal(xdev, irq, "event-channel: cannot bind port %u of the frontend", port);
	ring->page = NULL;
	xenbus_unmap_ring_vfree(xdev, page);
	return irq ?: -EINVAL;
}

/**
 * ring_disconnect() - the opposite of ring_connect()
 * @guest: the guest, connected or not
 *
 * Context: may sleep; waits for a request being served. Caller holds the
 * guest's lock.
 */
void ring_disconnect(struct pciback_guest *guest)
{
	struct ring *ring = &guest->ring;
	unsigned int irq;

	lockdep_assert_held(&guest->lock);
	if (!ring->page)
		return;

	/* Whoever waits for an answer of the guest stops waiting, and leaves the page alone. */
	aer_stop(&guest->aer);

	/* From here the worker leaves the number alone: it may soon be another's. */
	mutex_lock(&ring->lock);
	irq = ring->irq;
	ring->irq = 0;
	mutex_unlock(&ring->lock);

	/* No more events, then no more worker, then no more page (XSA-331). */
	unbind_from_irqhandler(irq, ring);
	cancel_work_sync(&ring->work);
	xenbus_unmap_ring_vfree(guest->xdev, ring->page);
	ring->page = NULL;
}

/**
 * ring_module_init() - what all guests share
 *
 * Return: 0 or -ENOMEM.
 */
int ring_module_init(void)
{
	/* Unbound: a guest's requests must not hold up work of the CPU they arrive on. */
	guest_wq = alloc_workqueue("xen-pciback", WQ_UNBOUND, 0);
	return guest_wq ? 0 : -ENOMEM;
}

/**
 * ring_module_exit() - the opposite of ring_module_init()
 */
void ring_module_exit(void)
{
	destroy_workqueue(guest_wq);
}
