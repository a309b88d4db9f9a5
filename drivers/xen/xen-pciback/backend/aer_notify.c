// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Errors of a guest's functions: what recovery.c wants to know of the guest is
 * asked over the shared page, and what becomes of a function whose guest did
 * not do its part is told to the toolstack.
 */
#include <linux/pci.h>
#include <xen/events.h>
#include "backend/aer.h"
#include "backend/backend.h"
#include "backend/vbus.h"
#include "record/record.h"
#include "record/recovery_step.h"

static struct pciback_guest *guest_of(struct pciback_holder *holder)
{
	return container_of(holder, struct pciback_guest, holder);
}

static const u32 questions[PCIBACK_NR_STEPS] = {
	[PCIBACK_DETECTED] = XEN_PCI_OP_aer_detected,
	[PCIBACK_MMIO] = XEN_PCI_OP_aer_mmio,
	[PCIBACK_RESET] = XEN_PCI_OP_aer_slotreset,
	[PCIBACK_RESUME] = XEN_PCI_OP_aer_resume,
};

static int errors_ask(struct pciback_holder *holder, struct pciback_device *dev,
		      enum pciback_step step, pci_channel_state_t state)
{
	struct pciback_guest *guest = guest_of(holder);
	struct aer_question q = {
		.cmd = questions[step],
		.state = (__force s32)state,
		.given_up = &dev->leaving,
	};

	/* On its way in or out. */
	if (!topology_find(&guest->topo, dev, &q.virt))
		return -ENOTCONN;
	return aer_ask(&guest->aer, &q);
}

static void errors_ring(struct aer *aer)
{
	struct pciback_guest *guest = container_of(aer, struct pciback_guest, aer);

	guard(mutex)(&guest->ring.lock);
	if (guest->ring.irq)
		notify_remote_via_irq(guest->ring.irq);
}

/*
 * The function keeps its place in the topology: nobody else may come there,
 * and it has to be taken back from this guest one day. No operation finds it.
 */
static void errors_lost(struct pciback_holder *holder, struct pciback_device *dev)
{
	struct pciback_guest *guest = guest_of(holder);

	/* Xenstore may take its time, and device_lock() is held here. */
	schedule_work(&guest->report);
}

/* The guest is cut off from the function of this index, and nobody was told. */
static bool lost_index(struct pciback_guest *guest, int index, char *name, size_t size)
{
	struct pciback_device *dev = guest_device_named(guest, index);
	bool lost;

	if (!dev)
		return false;
	mutex_lock(&dev->lock);
	lost = dev->holder == &guest->holder && dev->cut_off;
	mutex_unlock(&dev->lock);
	strscpy(name, pci_name(dev->pdev), size);
	pciback_device_put(dev);
	return lost;
}

/* True unless the toolstack is at it already. */
static bool mark_index(struct pciback_guest *guest, int index)
{
	const char *dir = guest->xdev->nodename;
	struct xenbus_transaction xbt;
	char node[20];
	int state, err;
	bool marked;

	snprintf(node, sizeof(node), "state-%d", index);
	do {
		if (xenbus_transaction_start(&xbt))
			return false;
		marked = xenbus_scanf(xbt, dir, node, "%d", &state) == 1 &&
			 state == XenbusStateInitialised &&
			 !xenbus_printf(xbt, dir, node, "%d", XenbusStateClosed) &&
			 !xenbus_printf(xbt, dir, "aerState", "aerfail");
		err = xenbus_transaction_end(xbt, !marked);
	} while (err == -EAGAIN);
	return marked && !err;
}

static void errors_report(struct work_struct *work)
{
	struct pciback_guest *guest = container_of(work, struct pciback_guest, report);
	char name[24];
	int i, nr;

	guard(mutex)(&guest->lock);
	nr = guest_num_devs(guest);
	for (i = 0; i < nr; i++)
		if (lost_index(guest, i, name, sizeof(name)) && mark_index(guest, i))
			xenbus_dev_error(guest->xdev, -EIO,
					 "dev-%d: %s had an error that its guest did not recover from; detach it or destroy the guest",
					 i, name);
}

/**
 * errors_init() - prepare a guest that is being made
 * @guest: the guest
 */
void errors_init(struct pciback_guest *guest)
{
	guest->holder.ask = errors_ask;
	guest->holder.lost = errors_lost;
	INIT_WORK(&guest->report, errors_report);
	aer_init(&guest->aer, errors_ring);
}

/**
 * errors_exit() - the opposite of errors_init()
 * @guest: the guest, without functions
 *
 * Context: may sleep. Caller does not hold the guest's lock.
 */
void errors_exit(struct pciback_guest *guest)
{
	cancel_work_sync(&guest->report);
}
