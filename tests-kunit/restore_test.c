// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * However a guest leaves a function, the next one and in the end the host find
 * every byte of its configuration space as it was.
 */
#include <kunit/test.h>
#include <pciback/conf.h>
#include "device/lifecycle.h"
#include "device/policy.h"
#include "record/record.h"
#include "seize_fixture.h"
#include "suites.h"

#define PM_CTRL		(0x40 + PCI_PM_CTRL)
#define MSI_FLAGS	(0x50 + PCI_MSI_FLAGS)

/* What a guest does with a function before it goes. */
enum mischief {
	NOBODY,			/* no guest at all */
	NOTHING,
	WRITE_ALL,		/* all ones to every register, then junk */
	WRITE_ALL_PERMISSIVE,	/* the same with nothing in its way */
	SLEEP,			/* leave it in D3hot */
	MSI_ON,			/* switch MSI on behind the core's back */
	CHOOSE_DATA,		/* have the power data register show something else */
};

struct way_row {
	const char *name;
	enum fixture_fn fn;
	enum mischief guest;
	struct fixture_host host;
};

static const struct way_row way_rows[] = {
	{ "PCIe, fresh, no guest", CARD, NOBODY, FIXTURE_FRESH },
	{ "PCIe, fresh, idle guest", CARD, NOTHING, FIXTURE_FRESH },
	{ "PCIe, fresh, guest writes", CARD, WRITE_ALL, FIXTURE_FRESH },
	{ "PCIe, fresh, permissive guest", CARD, WRITE_ALL_PERMISSIVE, FIXTURE_FRESH },
	{ "PCIe, fresh, guest sleeps", CARD, SLEEP, FIXTURE_FRESH },
	{ "PCIe, fresh, MSI behind the core", CARD, MSI_ON, FIXTURE_FRESH },
	{ "PCIe, used, no guest", CARD, NOBODY, FIXTURE_USED },
	{ "PCIe, used, guest writes", CARD, WRITE_ALL, FIXTURE_USED },
	{ "PCIe, used, permissive guest", CARD, WRITE_ALL_PERMISSIVE, FIXTURE_USED },
	{ "PCIe, used, guest sleeps", CARD, SLEEP, FIXTURE_USED },
	{ "PCIe, used, MSI behind the core", CARD, MSI_ON, FIXTURE_USED },
	{ "below a port, used, permissive guest", BELOW, WRITE_ALL_PERMISSIVE, FIXTURE_USED },
	{ "AF, fresh, guest writes", OLD, WRITE_ALL, FIXTURE_FRESH },
	{ "AF, used, no guest", OLD, NOBODY, FIXTURE_OLD_USED },
	{ "AF, used, permissive guest", OLD, WRITE_ALL_PERMISSIVE, FIXTURE_OLD_USED },
	{ "no reset, used, no guest", PLAIN, NOBODY, FIXTURE_OLD_USED },
	{ "no reset, used, guest writes", PLAIN, WRITE_ALL, FIXTURE_OLD_USED },
	{ "no reset, used, permissive guest", PLAIN, WRITE_ALL_PERMISSIVE, FIXTURE_OLD_USED },
	{ "power states but no reset, fresh, guest chooses data", DULL, CHOOSE_DATA, FIXTURE_FRESH },
	{ "power states but no reset, used, guest sleeps", DULL, SLEEP, FIXTURE_OLD_USED },
	{ "power states but no reset, data chosen, no guest", DULL, NOBODY, FIXTURE_OLD_DATA },
	{ "power states but no reset, data chosen, guest writes", DULL, WRITE_ALL, FIXTURE_OLD_DATA },
	{ "power states but no reset, data chosen, guest chooses", DULL, CHOOSE_DATA,
	  FIXTURE_OLD_DATA },
	{ "power state reset, data chosen, guest writes", SOFT, WRITE_ALL, FIXTURE_OLD_DATA },
	{ "power state reset, used, no guest", SOFT, NOBODY, FIXTURE_OLD_USED },
	{ "power state reset, used, permissive guest", SOFT, WRITE_ALL_PERMISSIVE, FIXTURE_OLD_USED },
	{ "power state reset, used, guest sleeps", SOFT, SLEEP, FIXTURE_OLD_USED },
};

KUNIT_ARRAY_PARAM_DESC(way, way_rows, name);

static void write_all(struct pcistub_device *dev, u32 val)
{
	int off;

	for (off = 0; off < dev->pdev->cfg_size; off += 4)
		fixture_write(dev, off, 4, val);
}

static void misbehave(struct kunit *test, struct pcistub_device *dev, struct fake_pci_fn *fn,
		      enum mischief guest)
{
	switch (guest) {
	case NOBODY:
	case NOTHING:
		break;
	case WRITE_ALL_PERMISSIVE:
		KUNIT_EXPECT_EQ(test, pciback_policy_set_level(dev, CONF_PERMISSIVE), 0);
		fallthrough;
	case WRITE_ALL:
		write_all(dev, 0xffffffff);
		write_all(dev, 0x5a5a5a5a);
		break;
	case SLEEP:
		fixture_write(dev, PCI_COMMAND, 2, 0x0006);
		fixture_write(dev, PM_CTRL, 2, PCI_D3hot);
		KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PM_CTRL, 1) & 3, 3);
		break;
	case MSI_ON:
		fake_pci_poke(fn, MSI_FLAGS, 2, fake_pci_peek(fn, MSI_FLAGS, 2) |
			      PCI_MSI_FLAGS_ENABLE);
		break;
	case CHOOSE_DATA:
		fixture_write(dev, PM_CTRL, 2, 0x0c00);
		KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PM_CTRL, 2) & PCI_PM_CTRL_DATA_SEL_MASK,
				0x0c00);
		break;
	}
}

static void restores_every_byte(struct kunit *test)
{
	const struct way_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[row->fn];
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	u8 *idle = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	struct pcistub_device *dev;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, was);
	KUNIT_ASSERT_NOT_NULL(test, idle);
	fixture_set_up(fn, &row->host);
	fake_pci_snapshot(fn, was);

	dev = fixture_seize(test, fn);
	fake_pci_snapshot(fn, idle);
	for (i = 0; i < 2 && row->guest != NOBODY; i++) {
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
		misbehave(test, dev, fn, row->guest);
		pciback_device_deassign(dev, &b->guest.owner);
		fixture_expect_same(test, fn, idle, i ? "idle again" : "idle");
	}
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	fixture_expect_same(test, fn, was, "handed back");
}

/* A function without a reset that goes on asserting its line: the host shares it. */
static void silences_what_asserts(struct kunit *test)
{
	struct seize_fixture *b = test->priv;
	struct fake_pci_fn *fn = b->fn[PLAIN];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	fake_pci_poke(fn, PCI_STATUS, 2, fake_pci_peek(fn, PCI_STATUS, 2) | PCI_STATUS_INTERRUPT);
	KUNIT_EXPECT_FALSE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_TRUE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	KUNIT_EXPECT_TRUE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_FALSE_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE,
			       "the next guest serves it");
	fake_pci_poke(fn, PCI_STATUS, 2, fake_pci_peek(fn, PCI_STATUS, 2) & ~PCI_STATUS_INTERRUPT);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_FALSE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	pciback_device_put(dev);
}

static struct kunit_case restore_cases[] = {
	KUNIT_CASE_PARAM(restores_every_byte, way_gen_params),
	KUNIT_CASE(silences_what_asserts),
	{}
};

struct kunit_suite restore_suite = {
	.name = "restore",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = restore_cases,
};
