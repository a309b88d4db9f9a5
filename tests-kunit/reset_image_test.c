// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The comparison of configuration space after each reset: what is logged and counted,
 * what is an error, and what hardware may change.
 */
#include <kunit/test.h>
#include <linux/string.h>
#include "device/lifecycle.h"
#include "record/record.h"
#include "record/stats.h"
#include "seize_fixture.h"
#include "suites.h"

static ssize_t write_do_flr(struct fake_pci_fn *fn)
{
	return fixture_driver_write("do_flr", fixture_name(fn));
}

static long long differences(struct pcistub_device *dev)
{
	return atomic64_read(&dev->stats[DEVICE_STAT_CONFIG_DIFFERENCES]);
}

struct image_row {
	const char *name;
	int where;
	u8 bits;		/* have another value after the next reset */
	bool counted;
	int err;		/* result of that reset */
};

/* Offsets of CARD's capabilities: see fn_describe_pcie() in seize_fixture.c. */
#define PM		0x40
#define MSI		0x50
#define EXP		0x70
#define VPD		0xc0
#define VENDOR		0xd0
#define AER		0x100
#define DSN		0x150

static const struct image_row image_rows[] = {
	{ "vendor specific register", VENDOR + 4, 0x01, true, 0 },
	{ "serial number", DSN + 5, 0x80, true, 0 },
	{ "no register of a capability", 0xf8, 0x01, true, 0 },
	{ "last byte", 0xfff, 0x01, true, 0 },
	{ "class", PCI_CLASS_DEVICE, 0x01, true, 0 },
	{ "power management capabilities", PM + PCI_PM_PMC, 0x08, true, 0 },
	{ "capability ID", MSI, 0x10, true, -EIO },
	{ "end of the list of capabilities", PM + PCI_CAP_LIST_NEXT, 0x50, true, -EIO },
	{ "start of the list of capabilities", PCI_CAPABILITY_LIST, 0x10, true, -EIO },
	{ "no list of capabilities", PCI_STATUS, PCI_STATUS_CAP_LIST, true, -EIO },
	{ "type of the header", PCI_HEADER_TYPE, 0x01, true, -EIO },
	{ "extended capability", DSN, 0x01, true, -EIO },
	{ "restored by the PCI core", PCI_LATENCY_TIMER, 0x40, false, 0 },
	{ "error in STATUS", PCI_STATUS + 1, 0x80, false, 0 },
	{ "result of a self-test", PCI_BIST, 0x03, false, 0 },
	{ "PME status", PM + PCI_PM_CTRL + 1, 0x80, false, 0 },
	{ "Device Status", EXP + PCI_EXP_DEVSTA, 0x08, false, 0 },
	{ "auxiliary power in Device Status", EXP + PCI_EXP_DEVSTA, 0x10, true, 0 },
	{ "Link Status", EXP + PCI_EXP_LNKSTA, 0x02, false, 0 },
	{ "Link Status 2", EXP + PCI_EXP_LNKSTA2, 0x01, false, 0 },
	{ "pending bits of MSI", MSI + PCI_MSI_PENDING_64, 0x01, false, 0 },
	{ "VPD address", VPD + PCI_VPD_ADDR, 0x04, false, 0 },
	{ "VPD data", VPD + PCI_VPD_DATA, 0xff, false, 0 },
	{ "AER header log", AER + PCI_ERR_HEADER_LOG + 12, 0xff, false, 0 },
};

KUNIT_ARRAY_PARAM_DESC(image, image_rows, name);

static void registers(struct kunit *test)
{
	const struct image_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);

	KUNIT_EXPECT_NULL_MSG(test, dev->seizure.image, "seizing many takes long enough");
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_NOT_NULL(test, dev->seizure.image);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ_MSG(test, differences(dev), 0, "nothing has changed");

	fn->reset[row->where] ^= row->bits;
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), row->err ?: 12);
	KUNIT_EXPECT_EQ(test, differences(dev), row->counted);
	KUNIT_EXPECT_EQ(test, dev->reset.error, row->err);
	KUNIT_EXPECT_EQ(test, dev->clean, !row->err);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner),
			row->err ? -EIO : 0);

	/* With the deassign too, and not any more once the function is as before. */
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, differences(dev), row->err ? 1 : 2 * row->counted);
	fn->reset[row->where] ^= row->bits;
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ(test, differences(dev), row->err ? 1 : 2 * row->counted);
	KUNIT_EXPECT_EQ(test, dev->reset.error, 0);
	pciback_device_put(dev);
}

/* A first reset after a guest had the function is no measure of what it should be. */
static void first_reset_late(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	memset(pdev->reset_methods, 0, sizeof(pdev->reset_methods));
	pci_dev_put(pdev);
	dev = fixture_seize(test, fn);
	KUNIT_EXPECT_NULL_MSG(test, dev->seizure.image, "not reset");
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(fixture_seize(test, f->fn[BELOW_1]));
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_TRUE(test, dev->clean);
	KUNIT_EXPECT_NULL(test, dev->seizure.image);
	KUNIT_EXPECT_EQ(test, differences(dev), 0);
	pciback_device_put(dev);
}

static struct kunit_case reset_image_cases[] = {
	KUNIT_CASE_PARAM(registers, image_gen_params),
	KUNIT_CASE(first_reset_late),
	{}
};

struct kunit_suite reset_image_suite = {
	.name = "reset_image",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = reset_image_cases,
};
