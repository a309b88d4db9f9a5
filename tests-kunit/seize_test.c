// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The life of a function: seize, assign, deassign, release; unbind and removal
 * while it is assigned; and what a failed seizure leaves unchanged.
 */
#include <kunit/test.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/policy.h"
#include "irq/irq.h"
#include "record/irq_state.h"
#include "record/record.h"
#include "xen/gsi.h"
#include "seize_fixture.h"
#include "suites.h"

#define PM_CTRL		(0x40 + PCI_PM_CTRL)
#define MSI_FLAGS	(0x50 + PCI_MSI_FLAGS)
#define MSIX_FLAGS	(0xb0 + PCI_MSIX_FLAGS)

/* A seized function has no bus mastering, MSI and PME, but it decodes: see CVE-2015-8553. */
static void quiesced(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	fake_pci_poke(fn, PCI_COMMAND, 2, PCI_COMMAND_MASTER);
	fake_pci_poke(fn, PM_CTRL, 2, 0x0108);
	dev = fixture_seize(test, fn);
	KUNIT_EXPECT_PTR_EQ(test, dev->pdev, pdev);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) &
			(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER),
			PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PM_CTRL, 2), 0x0008, "PME is disabled");
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, MSI_FLAGS, 2) & PCI_MSI_FLAGS_ENABLE, 0);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(pdev));
	KUNIT_EXPECT_TRUE(test, pci_is_dev_assigned(pdev));
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4),
			(u32)pci_resource_start(pdev, 0));

	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(pdev));
	KUNIT_EXPECT_FALSE(test, pci_is_dev_assigned(pdev));
	KUNIT_EXPECT_NULL(test, pci_get_drvdata(pdev));
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PM_CTRL, 2), 0x0108, "PME is enabled again");
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2), 0);
	pci_dev_put(pdev);
}

/* A reset at seizure and after each guest, none while no guest uses the function. */
static void reset_count(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 3);
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 3, "clean since the last guest");
	KUNIT_EXPECT_EQ_MSG(test, f->fn[CARD_1]->nr_flr, 0, "its neighbour");
}

/* Without Xen a seized function has no GSI: -ENOENT. One that is not seized: -ENODEV. */
static void gsi_lookup(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	const struct { struct fake_pci_fn *fn; u32 sbdf; } rows[] = {
		{ f->fn[CARD], 0x12340018 },
		{ f->fn[CARD_1], 0x12340019 },
		{ f->fn[BELOW], 0x12340100 },
	};
	struct pcistub_device *dev;
	int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_EQ(test, pciback_gsi_lookup(rows[i].sbdf), -ENODEV);
		dev = fixture_seize(test, rows[i].fn);
		pciback_device_put(dev);
		KUNIT_EXPECT_EQ(test, pciback_gsi_lookup(rows[i].sbdf), -ENOENT);
	}
	KUNIT_EXPECT_EQ_MSG(test, pciback_gsi_lookup(0x00000018), -ENODEV, "another segment");
	KUNIT_EXPECT_EQ_MSG(test, pciback_gsi_lookup(U32_MAX), -ENODEV, "no address");
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		KUNIT_EXPECT_EQ(test, pciback_gsi_lookup(rows[i].sbdf), -ENOENT);
		KUNIT_EXPECT_EQ(test, fixture_unbind(rows[i].fn), 12);
		KUNIT_EXPECT_EQ(test, pciback_gsi_lookup(rows[i].sbdf), -ENODEV);
	}
}

struct reset_row {
	const char *name;
	enum fixture_fn fn;
	unsigned int flr, bus, pm;
};

static const struct reset_row reset_rows[] = {
	{ "PCIe FLR", CARD, 1, 0, 0 },
	{ "PCIe FLR below a port", BELOW, 1, 0, 0 },
	{ "AF FLR", CONV_AF, 1, 0, 0 },
	{ "PM", CONV_PM_RESET, 0, 0, 1 },
	{ "none", CONV, 0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(reset, reset_rows, name);

static void reset_method(struct kunit *test)
{
	const struct reset_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[row->fn];

	pciback_device_put(fixture_seize(test, fn));
	KUNIT_EXPECT_EQ(test, fn->nr_flr, row->flr);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, row->bus);
	KUNIT_EXPECT_EQ(test, fn->nr_pm_reset, row->pm);
}

static bool is_usable(struct pcistub_device *dev, struct fixture_guest *guest)
{
	guard(spinlock_irq)(&dev->lock);
	return pciback_device_is_usable_by(dev, &guest->owner);
}

static void one_owner(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);
	struct fixture_guest other;

	fixture_guest_init(&other, 8);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_TRUE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &other));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), -EBUSY);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), -EBUSY);

	pciback_device_deassign(dev, &other.owner);
	KUNIT_EXPECT_TRUE_MSG(test, is_usable(dev, &f->guest), "another owner cannot deassign it");
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, f->fn[CARD]->nr_flr, 2);

	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), 0);
	pciback_device_deassign(dev, &other.owner);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);
	KUNIT_EXPECT_EQ(test, f->guest.revoked + other.revoked, 0);
	pciback_device_put(dev);
}

/* The next guest finds nothing that the last one wrote. */
static void next_guest(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);
	u32 bar = (u32)pci_resource_start(dev->pdev, 0);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0407);
	fixture_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	fixture_write(dev, 0xd4, 4, 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2), 0x0407);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_BASE_ADDRESS_0, 4), 0xfffff000);
	KUNIT_EXPECT_TRUE(test, dev->conf->audit.total);
	KUNIT_EXPECT_TRUE(test, pci_is_enabled(dev->pdev));
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev->pdev));

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_FALSE(test, dev->conf->audit.total);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

struct bar_row {
	const char *name;
	int bar;
	u32 len;
};

static const struct bar_row bar_rows[] = {
	{ "memory", 0, 0xfffff000 },
	{ "I/O ports", 1, 0xffffffe1 },
	{ "64-bit memory", 2, 0xffffc00c },
	{ "upper half", 3, 0xffffffff },
	{ "absent", 4, 0 },
	{ "ROM", 8, 0xfffff800 },
};

KUNIT_ARRAY_PARAM_DESC(bar, bar_rows, name);

/* The guest sees the addresses of the host and the sizes of the hardware. */
static void bars(struct kunit *test)
{
	const struct bar_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);
	int off = PCI_BASE_ADDRESS_0 + 4 * row->bar;
	/* The core writes the address of a ROM only when it enables the ROM. */
	u32 val = row->bar == 8 ? (u32)pci_resource_start(dev->pdev, PCI_ROM_RESOURCE) :
				  fake_pci_peek(f->fn[CARD], off, 4);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, off, 4), val);
	fixture_write(dev, off, 4, 0xffffffff);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, off, 4), row->len);
	fixture_write(dev, off, 4, val);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, off, 4), val);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->fn[CARD], off, 4), val);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* Without Xen interrupts have no pirqs: requests fail, and nothing stays enabled. */
static void msi_without_pirqs(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	struct xen_msix_entry entries[2] = { { .entry = 0 }, { .entry = 3 } };
	u32 value = 0xdeadbeef;

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	KUNIT_EXPECT_EQ(test, pciback_msi_enable(dev, 1, &value), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, value, 0);
	KUNIT_EXPECT_EQ(test, pciback_msix_enable(dev, entries, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, pciback_msix_enable(dev, entries, 129), -EINVAL);
	KUNIT_EXPECT_EQ(test, pciback_msix_enable(dev, entries, U32_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, pciback_msix_enable(dev, entries, 2), -EOPNOTSUPP);
	entries[1].entry = 4;
	KUNIT_EXPECT_EQ_MSG(test, pciback_msix_enable(dev, entries, 2), -EINVAL,
			    "the table has 4 entries");
	KUNIT_EXPECT_EQ(test, pciback_msi_disable(dev), 0);
	KUNIT_EXPECT_EQ(test, dev->irq.mode, PCIBACK_IRQ_INTX);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msix_enabled);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, MSI_FLAGS, 2) & PCI_MSI_FLAGS_ENABLE, 0);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* The INTx handler is registered while decoding is on, and until the deassign. */
static void intx_handler(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(f->fn[CARD]);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->irq = 5;
	dev = fixture_seize(test, f->fn[CARD]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_INTERRUPT_LINE, 1), 5);
	KUNIT_EXPECT_EQ(test, dev->irq.line, 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_EQ(test, dev->irq.line, 5);
	KUNIT_EXPECT_TRUE(test, dev->irq.acking);
	KUNIT_EXPECT_STREQ(test, dev->irq.name, "xen-pciback[1234:00:03.0]");
	fixture_write(dev, PCI_COMMAND, 2, 0);
	KUNIT_EXPECT_EQ(test, dev->irq.line, 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_IO);
	KUNIT_EXPECT_EQ(test, dev->irq.line, 5);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, dev->irq.line, 0);
	KUNIT_EXPECT_FALSE(test, dev->irq.acking);
	pciback_device_put(dev);
	pci_dev_put(pdev);
}

static void unbind_assigned(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, f->guest.revoked, 1);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev->pdev));
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY,
			    PCI_COMMAND_MEMORY, "the guest may still have its registers mapped");

	/* The record exists while there is a reference, also after the unbind. */
	KUNIT_EXPECT_NULL(test, fixture_find(fn));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), -ENODEV);
	KUNIT_EXPECT_EQ(test, pciback_policy_set_level(dev, CONF_PERMISSIVE), -ENODEV);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	pciback_device_put(dev);
}

static void unload_assigned(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);

	pciback_device_put(fixture_seize(test, f->fn[CONV_AF]));
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	pciback_device_put(dev);
	fixture_driver_stop(f);
	KUNIT_EXPECT_EQ(test, f->guest.revoked, 1);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(f->fn[CARD]));
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(f->fn[CONV_AF]));
	KUNIT_ASSERT_EQ(test, fixture_driver_start(f), 0);
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(f->fn[CARD]), "the slot list is empty");
}

struct removal_row {
	const char *name;
	enum fixture_fn fn;
	bool assigned;
};

static const struct removal_row removal_rows[] = {
	{ "idle", CARD, false },
	{ "assigned", CARD, true },
	{ "below a port, assigned", BELOW, true },
	{ "no reset, assigned", CONV, true },
};

KUNIT_ARRAY_PARAM_DESC(removal, removal_rows, name);

/* A removed function is not accessed, and a new one in its place gets a new record. */
static void surprise_removal(struct kunit *test)
{
	const struct removal_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[row->fn];
	struct pcistub_device *dev = fixture_seize(test, fn);
	unsigned int flr = fn->nr_flr;
	struct pcistub_device *again;

	if (row->assigned)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fake_pci_unplug(fn);
	KUNIT_EXPECT_EQ(test, f->guest.revoked, row->assigned);
	KUNIT_EXPECT_FALSE(test, is_usable(dev, &f->guest));
	KUNIT_EXPECT_NULL(test, fixture_find(fn));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), -ENODEV);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);

	fake_pci_replug(fn);
	again = fixture_find(fn);
	KUNIT_EXPECT_NOT_NULL_MSG(test, again, "its slot is still in the list");
	KUNIT_EXPECT_PTR_NE(test, again, dev);
	if (again)
		pciback_device_put(again);
	pciback_device_put(dev);
}

/* What a failed seizure must leave unchanged. */
struct host_view {
	u8 regs[PCI_CFG_SPACE_EXP_SIZE];
	unsigned int refs;
};

static void host_view_get(struct fake_pci_fn *fn, struct pci_dev *pdev, struct host_view *view)
{
	fake_pci_snapshot(fn, view->regs);
	view->refs = kref_read(&pdev->dev.kobj.kref);
}

static void expect_not_seized(struct kunit *test, struct fake_pci_fn *fn, struct pci_dev *pdev,
			      const struct host_view *was)
{
	fixture_expect_same(test, fn, was->regs, "after a failed seizure");
	KUNIT_EXPECT_EQ(test, kref_read(&pdev->dev.kobj.kref), was->refs);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(fn));
	KUNIT_EXPECT_NULL(test, fixture_find(fn));
	KUNIT_EXPECT_NULL(test, pci_get_drvdata(pdev));
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(pdev));
	KUNIT_EXPECT_FALSE(test, pci_is_dev_assigned(pdev));
}

static void enable_error(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct host_view *was = kunit_kzalloc(test, sizeof(*was), GFP_KERNEL);
	static const struct fixture_host used = FIXTURE_USED;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_NOT_NULL(test, was);
	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:03.0"), 0);
	fixture_set_up(fn, &used);
	host_view_get(fn, pdev, was);
	/* A BAR without address: the core does not enable the function. */
	pdev->resource[0].flags |= IORESOURCE_UNSET;
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), -EINVAL);
	expect_not_seized(test, fn, pdev, was);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 0);

	pdev->resource[0].flags &= ~IORESOURCE_UNSET;
	KUNIT_EXPECT_EQ_MSG(test, fixture_bind(fn), 12, "with an address for the BAR");
	pci_dev_put(pdev);
}

static void unreadable(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct host_view *was = kunit_kzalloc(test, sizeof(*was), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_NOT_NULL(test, was);
	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:03.0"), 0);
	host_view_get(fn, pdev, was);
	fake_pci_set_present(fn, false);
	KUNIT_EXPECT_LT(test, fixture_bind(fn), 0);
	fake_pci_set_present(fn, true);
	expect_not_seized(test, fn, pdev, was);
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), 12);
	pci_dev_put(pdev);
}

struct walk_row {
	const char *name;
	enum fixture_fn released[3];	/* while the walk is at BELOW */
	int nr;
	bool again;			/* seized again at once */
	enum fixture_fn visited[4];	/* after BELOW */
	int nr_visited;
};

static const struct walk_row walk_rows[] = {
	{ "nothing", { }, 0, false, { CARD, CONV_AF, CONV }, 3 },
	{ "the current one", { BELOW }, 1, false, { CARD, CONV_AF, CONV }, 3 },
	{ "the next one", { CARD }, 1, false, { CONV_AF, CONV }, 2 },
	{ "the last one", { CONV }, 1, false, { CARD, CONV_AF }, 2 },
	{ "one before", { CARD_1 }, 1, false, { CARD, CONV_AF, CONV }, 3 },
	{ "the current one and both beside it", { BELOW, CARD_1, CARD }, 3, false,
	  { CONV_AF, CONV }, 2 },
	{ "the current one, seized again", { BELOW }, 1, true, { CARD, CONV_AF, CONV, BELOW }, 4 },
};

KUNIT_ARRAY_PARAM_DESC(walk, walk_rows, name);

/* Functions are released while the list of seized functions is walked through. */
static void walk_release(struct kunit *test)
{
	static const enum fixture_fn seized[] = { CARD_1, BELOW, CARD, CONV_AF, CONV };
	const struct walk_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev;
	int i, seen = 0;

	for (i = 0; i < ARRAY_SIZE(seized); i++)
		pciback_device_put(fixture_seize(test, f->fn[seized[i]]));
	dev = pciback_device_next(NULL);
	dev = pciback_device_next(dev);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_ASSERT_STREQ(test, pci_name(dev->pdev), fixture_name(f->fn[BELOW]));

	for (i = 0; i < row->nr; i++)
		KUNIT_ASSERT_EQ(test, fixture_unbind(f->fn[row->released[i]]), 12);
	for (i = 0; row->again && i < row->nr; i++)
		pciback_device_put(fixture_seize(test, f->fn[row->released[i]]));
	while ((dev = pciback_device_next(dev))) {
		if (seen < row->nr_visited)
			KUNIT_EXPECT_STREQ(test, pci_name(dev->pdev),
					   fixture_name(f->fn[row->visited[seen]]));
		seen++;
	}
	KUNIT_EXPECT_EQ(test, seen, row->nr_visited);
}

static struct kunit_case seize_cases[] = {
	KUNIT_CASE(quiesced),
	KUNIT_CASE(reset_count),
	KUNIT_CASE(gsi_lookup),
	KUNIT_CASE_PARAM(reset_method, reset_gen_params),
	KUNIT_CASE(one_owner),
	KUNIT_CASE(next_guest),
	KUNIT_CASE_PARAM(bars, bar_gen_params),
	KUNIT_CASE(msi_without_pirqs),
	KUNIT_CASE(intx_handler),
	KUNIT_CASE(unbind_assigned),
	KUNIT_CASE(unload_assigned),
	KUNIT_CASE_PARAM(surprise_removal, removal_gen_params),
	KUNIT_CASE(enable_error),
	KUNIT_CASE(unreadable),
	KUNIT_CASE_PARAM(walk_release, walk_gen_params),
	{}
};

struct kunit_suite seize_suite = {
	.name = "seize",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = seize_cases,
};
