// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A function's way: taken from the host, given to guests, taken back, handed
 * to the host again; and what happens when that does not go well.
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

/* Seized, a function is quiet, but decodes: see CVE-2015-8553. */
static void seized_is_quiet(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
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
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PM_CTRL, 2), 0x0008, "PME is disarmed");
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
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PM_CTRL, 2), 0x0108, "PME is armed again");
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2), 0);
	pci_dev_put(pdev);
}

/* One reset for each change of hands, none where nobody had his hands on it. */
static void resets_between_hands(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 3);
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 3, "clean since the last guest");
	KUNIT_EXPECT_EQ_MSG(test, b->fn[CARD_1]->nr_flr, 0, "its neighbour");
}

/* Off Xen no function has a line for guests; that it is seized is known all the same. */
static void line_is_known_while_seized(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	const struct { struct fake_pci_fn *fn; u32 sbdf; } rows[] = {
		{ b->fn[CARD], 0x12340018 },
		{ b->fn[CARD_1], 0x12340019 },
		{ b->fn[BELOW], 0x12340100 },
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
	{ "AF FLR", OLD, 1, 0, 0 },
	{ "power state", SOFT, 0, 0, 1 },
	{ "none", PLAIN, 0, 0, 0 },
};

KUNIT_ARRAY_PARAM_DESC(reset, reset_rows, name);

static void resets_by(struct kunit *test)
{
	const struct reset_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[row->fn];

	pciback_device_put(fixture_seize(test, fn));
	KUNIT_EXPECT_EQ(test, fn->nr_flr, row->flr);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, row->bus);
	KUNIT_EXPECT_EQ(test, fn->nr_pm_reset, row->pm);
}

static bool serves(struct pcistub_device *dev, struct fixture_guest *guest)
{
	bool ret;

	mutex_lock(&dev->lock);
	ret = pciback_device_is_usable_by(dev, &guest->owner);
	mutex_unlock(&dev->lock);
	return ret;
}

static void one_holder_at_a_time(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[CARD]);
	struct fixture_guest other;

	fixture_guest_init(&other, 8);
	KUNIT_EXPECT_FALSE(test, serves(dev, &b->guest));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_TRUE(test, serves(dev, &b->guest));
	KUNIT_EXPECT_FALSE(test, serves(dev, &other));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), -EBUSY);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &b->guest.owner), -EBUSY);

	pciback_device_deassign(dev, &other.owner);
	KUNIT_EXPECT_TRUE_MSG(test, serves(dev, &b->guest), "others cannot return it");
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_FALSE(test, serves(dev, &b->guest));
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, b->fn[CARD]->nr_flr, 2);

	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), 0);
	pciback_device_deassign(dev, &other.owner);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);
	KUNIT_EXPECT_EQ(test, b->guest.revoked + other.revoked, 0);
	pciback_device_put(dev);
}

/* A guest finds nothing of its predecessor. */
static void next_guest_finds_it_new(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[CARD]);
	u32 bar = (u32)pci_resource_start(dev->pdev, 0);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0407);
	fixture_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	fixture_write(dev, 0xd4, 4, 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2), 0x0407);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_BASE_ADDRESS_0, 4), 0xfffff000);
	KUNIT_EXPECT_TRUE(test, dev->conf->audit.total);
	KUNIT_EXPECT_TRUE(test, pci_is_enabled(dev->pdev));
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev->pdev));

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_COMMAND, 2), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_FALSE(test, dev->conf->audit.total);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

struct view_row {
	const char *name;
	int bar;
	u32 len;
};

static const struct view_row view_rows[] = {
	{ "memory", 0, 0xfffff000 },
	{ "ports", 1, 0xffffffe1 },
	{ "64-bit memory", 2, 0xffffc00c },
	{ "its upper half", 3, 0xffffffff },
	{ "absent", 4, 0 },
	{ "ROM", 8, 0xfffff800 },
};

KUNIT_ARRAY_PARAM_DESC(view, view_rows, name);

/* The guest sees the addresses of the host and the sizes of the hardware. */
static void shows_bars(struct kunit *test)
{
	const struct view_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[CARD]);
	int off = PCI_BASE_ADDRESS_0 + 4 * row->bar;
	/* The host does not program a ROM until somebody wants to read it. */
	u32 val = row->bar == 8 ? (u32)pci_resource_start(dev->pdev, PCI_ROM_RESOURCE) :
				  fake_pci_peek(b->fn[CARD], off, 4);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, off, 4), val);
	fixture_write(dev, off, 4, 0xffffffff);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, off, 4), row->len);
	fixture_write(dev, off, 4, val);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, off, 4), val);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(b->fn[CARD], off, 4), val);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

/* Without Xen no interrupt is a pirq: refused, and nothing is left on. */
static void refuses_vectors_it_cannot_hand_on(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	struct xen_msix_entry entries[2] = { { .entry = 0 }, { .entry = 3 } };
	u32 value = 0xdeadbeef;

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	mutex_lock(&dev->lock);
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
	mutex_unlock(&dev->lock);
	KUNIT_EXPECT_EQ(test, dev->irq.mode, PCIBACK_IRQ_INTX);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msix_enabled);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, MSI_FLAGS, 2) & PCI_MSI_FLAGS_ENABLE, 0);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE, 0);
	pciback_device_deassign(dev, &b->guest.owner);
	pciback_device_put(dev);
}

/* The handler on a shared line comes with decoding and goes with the guest. */
static void handles_intx_while_decoding(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(b->fn[CARD]);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->irq = 5;
	dev = fixture_seize(test, b->fn[CARD]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
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
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, dev->irq.line, 0);
	KUNIT_EXPECT_FALSE(test, dev->irq.acking);
	pciback_device_put(dev);
	pci_dev_put(pdev);
}

static void unbind_takes_from_guest(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, b->guest.revoked, 1);
	KUNIT_EXPECT_FALSE(test, serves(dev, &b->guest));
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_EXPECT_FALSE(test, pci_is_enabled(dev->pdev));
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY,
			    PCI_COMMAND_MEMORY, "the guest may still touch its registers");

	/* The record outlives the binding while somebody looks at it. */
	KUNIT_EXPECT_NULL(test, fixture_find(fn));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &b->guest.owner), -ENODEV);
	KUNIT_EXPECT_EQ(test, pciback_policy_set_level(dev, CONF_PERMISSIVE), -ENODEV);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	pciback_device_put(dev);
}

static void unload_takes_from_guest(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[CARD]);

	pciback_device_put(fixture_seize(test, b->fn[OLD]));
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	pciback_device_put(dev);
	fixture_driver_stop(b);
	KUNIT_EXPECT_EQ(test, b->guest.revoked, 1);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(b->fn[CARD]));
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(b->fn[OLD]));
	KUNIT_ASSERT_EQ(test, fixture_driver_start(b), 0);
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(b->fn[CARD]), "the slots are forgotten");
}

struct gone_row {
	const char *name;
	enum fixture_fn fn;
	bool assigned;
};

static const struct gone_row gone_rows[] = {
	{ "idle", CARD, false },
	{ "assigned", CARD, true },
	{ "below a port, assigned", BELOW, true },
	{ "without reset, assigned", PLAIN, true },
};

KUNIT_ARRAY_PARAM_DESC(gone, gone_rows, name);

/* Nobody talks to a device that is gone, and a new one in its place is new. */
static void survives_surprise_removal(struct kunit *test)
{
	const struct gone_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[row->fn];
	struct pcistub_device *dev = fixture_seize(test, fn);
	unsigned int flr = fn->nr_flr;
	struct pcistub_device *again;

	if (row->assigned)
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fake_pci_unplug(fn);
	KUNIT_EXPECT_EQ(test, b->guest.revoked, row->assigned);
	KUNIT_EXPECT_FALSE(test, serves(dev, &b->guest));
	KUNIT_EXPECT_NULL(test, fixture_find(fn));
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &b->guest.owner), -ENODEV);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, flr);

	fake_pci_replug(fn);
	again = fixture_find(fn);
	KUNIT_EXPECT_NOT_NULL_MSG(test, again, "its slot is still in the list");
	KUNIT_EXPECT_PTR_NE(test, again, dev);
	if (again)
		pciback_device_put(again);
	pciback_device_put(dev);
}

/* The parts of the host's view that a failed seizure must leave alone. */
struct host_view {
	u8 regs[PCI_CFG_SPACE_EXP_SIZE];
	unsigned int refs;
};

static void look(struct fake_pci_fn *fn, struct pci_dev *pdev, struct host_view *view)
{
	fake_pci_snapshot(fn, view->regs);
	view->refs = kref_read(&pdev->dev.kobj.kref);
}

static void expect_unseized(struct kunit *test, struct fake_pci_fn *fn, struct pci_dev *pdev,
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

static void failed_enable_leaves_no_trace(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct host_view *was = kunit_kzalloc(test, sizeof(*was), GFP_KERNEL);
	static const struct fixture_host used = FIXTURE_USED;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_NOT_NULL(test, was);
	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:03.0"), 0);
	fixture_set_up(fn, &used);
	look(fn, pdev, was);
	/* No room was found for its BAR: the core will not enable it. */
	pdev->resource[0].flags |= IORESOURCE_UNSET;
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), -EINVAL);
	expect_unseized(test, fn, pdev, was);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 0);

	pdev->resource[0].flags &= ~IORESOURCE_UNSET;
	KUNIT_EXPECT_EQ_MSG(test, fixture_bind(fn), 12, "once the host has found room");
	pci_dev_put(pdev);
}

static void unreadable_function_leaves_no_trace(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[CARD];
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct host_view *was = kunit_kzalloc(test, sizeof(*was), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	KUNIT_ASSERT_NOT_NULL(test, was);
	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:03.0"), 0);
	look(fn, pdev, was);
	fake_pci_set_present(fn, false);
	KUNIT_EXPECT_LT(test, fixture_bind(fn), 0);
	fake_pci_set_present(fn, true);
	expect_unseized(test, fn, pdev, was);
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), 12);
	pci_dev_put(pdev);
}

static struct kunit_case seize_cases[] = {
	KUNIT_CASE(seized_is_quiet),
	KUNIT_CASE(resets_between_hands),
	KUNIT_CASE(line_is_known_while_seized),
	KUNIT_CASE_PARAM(resets_by, reset_gen_params),
	KUNIT_CASE(one_holder_at_a_time),
	KUNIT_CASE(next_guest_finds_it_new),
	KUNIT_CASE_PARAM(shows_bars, view_gen_params),
	KUNIT_CASE(refuses_vectors_it_cannot_hand_on),
	KUNIT_CASE(handles_intx_while_decoding),
	KUNIT_CASE(unbind_takes_from_guest),
	KUNIT_CASE(unload_takes_from_guest),
	KUNIT_CASE_PARAM(survives_surprise_removal, gone_gen_params),
	KUNIT_CASE(failed_enable_leaves_no_trace),
	KUNIT_CASE(unreadable_function_leaves_no_trace),
	{}
};

struct kunit_suite seize_suite = {
	.name = "seize",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = seize_cases,
};
