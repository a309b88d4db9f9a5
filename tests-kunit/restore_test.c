// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Whatever a guest does to a function, every byte of its configuration space is
 * restored, for the next guest and for the host after the release.
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

/* What a guest does to a function before the deassign. */
enum guest_action {
	NO_GUEST,		/* the function is not assigned */
	NOTHING,
	WRITE_ALL,		/* all ones to every register, then 0x5a */
	WRITE_ALL_PERMISSIVE,	/* the same at level permissive */
	SLEEP,			/* leave it in D3hot */
	MSI_ON,			/* enable MSI, without the core */
	SELECT_DATA,		/* select what the power data register shows */
};

struct restore_row {
	const char *name;
	enum fixture_fn fn;
	enum guest_action guest;
	struct fixture_host host;
};

static const struct restore_row restore_rows[] = {
	{ "PCIe, fresh, no guest", CARD, NO_GUEST, FIXTURE_FRESH },
	{ "PCIe, fresh, idle guest", CARD, NOTHING, FIXTURE_FRESH },
	{ "PCIe, fresh, guest writes", CARD, WRITE_ALL, FIXTURE_FRESH },
	{ "PCIe, fresh, permissive guest", CARD, WRITE_ALL_PERMISSIVE, FIXTURE_FRESH },
	{ "PCIe, fresh, guest sleeps", CARD, SLEEP, FIXTURE_FRESH },
	{ "PCIe, fresh, MSI without the core", CARD, MSI_ON, FIXTURE_FRESH },
	{ "PCIe, used, no guest", CARD, NO_GUEST, FIXTURE_USED },
	{ "PCIe, used, guest writes", CARD, WRITE_ALL, FIXTURE_USED },
	{ "PCIe, used, permissive guest", CARD, WRITE_ALL_PERMISSIVE, FIXTURE_USED },
	{ "PCIe, used, guest sleeps", CARD, SLEEP, FIXTURE_USED },
	{ "PCIe, used, MSI without the core", CARD, MSI_ON, FIXTURE_USED },
	{ "below a port, used, permissive guest", BELOW, WRITE_ALL_PERMISSIVE, FIXTURE_USED },
	{ "AF, fresh, guest writes", CONV_AF, WRITE_ALL, FIXTURE_FRESH },
	{ "AF, used, no guest", CONV_AF, NO_GUEST, FIXTURE_CONV_USED },
	{ "AF, used, permissive guest", CONV_AF, WRITE_ALL_PERMISSIVE, FIXTURE_CONV_USED },
	{ "no reset, used, no guest", CONV, NO_GUEST, FIXTURE_CONV_USED },
	{ "no reset, used, guest writes", CONV, WRITE_ALL, FIXTURE_CONV_USED },
	{ "no reset, used, permissive guest", CONV, WRITE_ALL_PERMISSIVE, FIXTURE_CONV_USED },
	{ "PM without reset, fresh, guest selects data", CONV_PM, SELECT_DATA, FIXTURE_FRESH },
	{ "PM without reset, used, guest sleeps", CONV_PM, SLEEP, FIXTURE_CONV_USED },
	{ "PM without reset, data selected, no guest", CONV_PM, NO_GUEST, FIXTURE_CONV_DATA },
	{ "PM without reset, data selected, guest writes", CONV_PM, WRITE_ALL, FIXTURE_CONV_DATA },
	{ "PM without reset, data selected, guest selects", CONV_PM, SELECT_DATA,
	  FIXTURE_CONV_DATA },
	{ "PM reset, data selected, guest writes", CONV_PM_RESET, WRITE_ALL, FIXTURE_CONV_DATA },
	{ "PM reset, used, no guest", CONV_PM_RESET, NO_GUEST, FIXTURE_CONV_USED },
	{ "PM reset, used, permissive guest", CONV_PM_RESET, WRITE_ALL_PERMISSIVE,
	  FIXTURE_CONV_USED },
	{ "PM reset, used, guest sleeps", CONV_PM_RESET, SLEEP, FIXTURE_CONV_USED },
};

KUNIT_ARRAY_PARAM_DESC(restore, restore_rows, name);

static void write_all(struct pcistub_device *dev, u32 val)
{
	int off;

	for (off = 0; off < dev->pdev->cfg_size; off += 4)
		fixture_write(dev, off, 4, val);
}

static void guest_acts(struct kunit *test, struct pcistub_device *dev, struct fake_pci_fn *fn,
		       enum guest_action guest)
{
	switch (guest) {
	case NO_GUEST:
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
	case SELECT_DATA:
		fixture_write(dev, PM_CTRL, 2, 0x0c00);
		KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PM_CTRL, 2) & PCI_PM_CTRL_DATA_SEL_MASK,
				0x0c00);
		break;
	}
}

static void registers(struct kunit *test)
{
	const struct restore_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[row->fn];
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
	for (i = 0; i < 2 && row->guest != NO_GUEST; i++) {
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
		guest_acts(test, dev, fn, row->guest);
		pciback_device_deassign(dev, &f->guest.owner);
		fixture_expect_same(test, fn, idle, i ? "idle again" : "idle");
	}
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	fixture_expect_same(test, fn, was, "released");
}

/* INTx is masked if a function without reset still asserts it: the host may share the line. */
static void intx_mask(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CONV];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	fake_pci_poke(fn, PCI_STATUS, 2, fake_pci_peek(fn, PCI_STATUS, 2) | PCI_STATUS_INTERRUPT);
	KUNIT_EXPECT_FALSE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_TRUE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_TRUE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_FALSE_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE,
			       "unmasked for the next guest");
	fake_pci_poke(fn, PCI_STATUS, 2, fake_pci_peek(fn, PCI_STATUS, 2) & ~PCI_STATUS_INTERRUPT);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_FALSE(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_INTX_DISABLE);
	pciback_device_put(dev);
}

static struct kunit_case restore_cases[] = {
	KUNIT_CASE_PARAM(registers, restore_gen_params),
	KUNIT_CASE(intx_mask),
	{}
};

struct kunit_suite restore_suite = {
	.name = "restore",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = restore_cases,
};
