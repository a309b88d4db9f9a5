/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* For suites of error recovery: a guest that answers, and the error handlers of the driver. */
#ifndef PCIBACK_TESTS_RECOVERY_FIXTURE_H
#define PCIBACK_TESTS_RECOVERY_FIXTURE_H

#include <kunit/test.h>
#include "device/lifecycle.h"
#include "record/record.h"
#include "record/recovery_step.h"
#include "recovery/recovery.h"
#include "recovery_answers.h"
#include "seize_fixture.h"

/* A guest, its answers, and what it was told. Each suite has one; used by its thread only. */
static struct {
	int answer[RECOVERY_NR_STEPS];
	unsigned int queries[RECOVERY_NR_STEPS], isolated;
	int state;
	struct pcistub_device *dev;
} guest;

static inline int guest_query(struct pciback_owner *owner, struct pcistub_device *dev,
			      enum pciback_recovery_step step, pci_channel_state_t state)
{
	guest.queries[step]++;
	guest.state = (__force int)state;
	guest.dev = dev;
	return guest.answer[step];
}

static inline void guest_isolated(struct pciback_owner *owner, struct pcistub_device *dev)
{
	guest.isolated++;
}

static inline struct pcistub_device *device_assign(struct kunit *test, enum fixture_fn which)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[which]);

	memset(&guest, 0, sizeof(guest));
	f->guest.ops.query_guest = guest_query;
	f->guest.ops.notify_isolated = guest_isolated;
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	return dev;
}

static inline bool is_usable(struct pcistub_device *dev, struct fixture_guest *owner)
{
	guard(spinlock_irq)(&dev->lock);
	return pciback_device_is_usable_by(dev, &owner->owner);
}

/* The error handlers, as the PCI core calls them. */
static inline int error_detected(struct pcistub_device *dev, int state)
{
	int vote;

	device_lock(&dev->pdev->dev);
	vote = (__force int)pciback_error_handlers.error_detected(dev->pdev, channel_state(state));
	device_unlock(&dev->pdev->dev);
	return vote;
}

static inline int mmio_enabled(struct pcistub_device *dev)
{
	int vote;

	device_lock(&dev->pdev->dev);
	vote = (__force int)pciback_error_handlers.mmio_enabled(dev->pdev);
	device_unlock(&dev->pdev->dev);
	return vote;
}

static inline int slot_reset(struct pcistub_device *dev)
{
	int vote;

	device_lock(&dev->pdev->dev);
	vote = (__force int)pciback_error_handlers.slot_reset(dev->pdev);
	device_unlock(&dev->pdev->dev);
	return vote;
}

static inline void resume(struct pcistub_device *dev)
{
	device_lock(&dev->pdev->dev);
	pciback_error_handlers.resume(dev->pdev);
	device_unlock(&dev->pdev->dev);
}

static inline u32 bus_master(struct fake_pci_fn *fn)
{
	return fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER;
}

/* The registers after a reset of the link. */
static inline void fn_lose_config(struct fake_pci_fn *fn)
{
	int i;

	for (i = 0; i < PCI_CFG_SPACE_SIZE; i++)
		fake_pci_poke(fn, i, 1, fn->reset[i]);
}

#endif /* PCIBACK_TESTS_RECOVERY_FIXTURE_H */
