// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * MSI and MSI-X as on Xen, where interrupts have pirqs: what a guest gets, which
 * requests fail, and that a failed request changes nothing.
 */
#include <kunit/test.h>
#include <linux/irq.h>
#include "device/lifecycle.h"
#include "record/irq_state.h"
#include "record/record.h"
#include "msi_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#define INTX_IRQ		5
#define MSI_FLAGS	(0x50 + PCI_MSI_FLAGS)
#define MSIX_FLAGS	(0xb0 + PCI_MSIX_FLAGS)

/* Assign a function and enable its INTx. Returns with the lock of the record held. */
static struct pcistub_device *msi_start(struct kunit *test, enum fixture_fn which)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(f->fn[which]);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->irq = INTX_IRQ;
	pci_dev_put(pdev);
	dev = fixture_seize(test, f->fn[which]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	glue_pirq_base = 1000;
	return dev;
}

static void msi_end(struct kunit *test, struct pcistub_device *dev)
{
	struct seize_fixture *f = test->priv;

	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msix_enabled);
	KUNIT_EXPECT_EQ(test, dev->pdev->irq, INTX_IRQ);
	KUNIT_EXPECT_EQ(test, dev->irq.mode, PCIBACK_IRQ_INTX);
	pciback_device_put(dev);
	glue_pirq_base = 0;
}

static void expect_intx(struct kunit *test, struct pcistub_device *dev, const char *when)
{
	KUNIT_EXPECT_FALSE_MSG(test, dev->pdev->msi_enabled, "%s", when);
	KUNIT_EXPECT_FALSE_MSG(test, dev->pdev->msix_enabled, "%s", when);
	KUNIT_EXPECT_EQ_MSG(test, dev->irq.mode, PCIBACK_IRQ_INTX, "%s", when);
	KUNIT_EXPECT_TRUE_MSG(test, dev->irq.acking, "%s: INTx is still handled", when);
	KUNIT_EXPECT_EQ_MSG(test, dev->pdev->irq, INTX_IRQ, "%s", when);
}

static void msi_enable(struct kunit *test)
{
	struct pcistub_device *dev = msi_start(test, CARD);
	u32 value;
	int round;

	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, glue_msi_enable(dev, 1, &value), 0);
		KUNIT_EXPECT_EQ(test, value, 1000 + dev->pdev->irq);
		KUNIT_EXPECT_NE(test, dev->pdev->irq, INTX_IRQ);
		KUNIT_EXPECT_FALSE(test, dev->irq.acking);
		KUNIT_EXPECT_EQ(test, dev->irq.mode, PCIBACK_IRQ_MSI);
		KUNIT_EXPECT_EQ(test, glue_msi_enable(dev, 1, &value), -EALREADY);
		KUNIT_EXPECT_EQ(test, value, 0);
		KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msi_enabled, "unchanged");
		KUNIT_EXPECT_FALSE_MSG(test, dev->irq.acking, "unchanged");
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + INTX_IRQ);
		expect_intx(test, dev, "disabled");
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + INTX_IRQ);
	}
	/* Deassigned with MSI enabled. */
	KUNIT_ASSERT_EQ(test, glue_msi_enable(dev, 1, &value), 0);
	msi_end(test, dev);
}

static void msix_enable(struct kunit *test)
{
	struct xen_msix_entry entries[3] = { { .entry = 3 }, { .entry = 0 }, { .entry = 2 } };
	struct pcistub_device *dev = msi_start(test, CARD);
	int i, round;
	u32 value;

	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, glue_msix_enable(dev, entries, 3), 0);
		for (i = 0; i < 3; i++) {
			KUNIT_EXPECT_GT(test, entries[i].vector, 1000);
			KUNIT_EXPECT_TRUE(test, i == 0 ||
					  entries[i].vector != entries[i - 1].vector);
		}
		KUNIT_EXPECT_EQ(test, entries[0].entry, 3);
		KUNIT_EXPECT_FALSE(test, dev->irq.acking);
		KUNIT_EXPECT_EQ(test, glue_msix_enable(dev, entries, 3), -EALREADY);
		KUNIT_EXPECT_EQ(test, glue_msi_enable(dev, 1, &value), -ENXIO);
		KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msix_enabled, "unchanged");
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + INTX_IRQ);
		expect_intx(test, dev, "disabled");
	}
	KUNIT_ASSERT_EQ(test, glue_msix_enable(dev, entries, 3), 0);
	msi_end(test, dev);
}

struct msix_row {
	const char *name;
	u32 base;
	u32 nr;
	u16 entry[4];
	int err;
};

static const struct msix_row msix_rows[] = {
	{ "none", 1000, 0, { }, -EINVAL },
	{ "more than SH_INFO_MAX_VEC", 1000, 129, { }, -EINVAL },
	{ "maximum", 1000, U32_MAX, { }, -EINVAL },
	{ "outside the table", 1000, 2, { 0, 4 }, -EINVAL },
	{ "far outside", 1000, 1, { 0xffff }, -EINVAL },
	{ "the same entry twice", 1000, 3, { 1, 2, 1 }, -EINVAL },
	{ "no pirqs", 0, 2, { 0, 1 }, -EOPNOTSUPP },
	{ "pirqs of more than 16 bits", 0x10000, 2, { 0, 1 }, -ERANGE },
};

KUNIT_ARRAY_PARAM_DESC(msix, msix_rows, name);

static void msix_errors(struct kunit *test)
{
	const struct msix_row *row = test->param_value;
	struct xen_msix_entry *entries = kunit_kcalloc(test, SH_INFO_MAX_VEC, sizeof(*entries),
						       GFP_KERNEL);
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = msi_start(test, CARD);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, entries);
	for (i = 0; i < ARRAY_SIZE(row->entry); i++)
		entries[i].entry = row->entry[i];
	glue_pirq_base = row->base;
	KUNIT_EXPECT_EQ(test, glue_msix_enable(dev, entries, row->nr), row->err);
	expect_intx(test, dev, "failed");
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->fn[CARD], MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE,
			0);
	msi_end(test, dev);
}

static void msix_without_memory(struct kunit *test)
{
	struct xen_msix_entry entry = { .entry = 0 };
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = msi_start(test, CARD);
	u32 command = fake_pci_peek(f->fn[CARD], PCI_COMMAND, 2);

	fake_pci_poke(f->fn[CARD], PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_EQ(test, glue_msix_enable(dev, &entry, 1), -ENXIO);
	expect_intx(test, dev, "failed");
	fake_pci_poke(f->fn[CARD], PCI_COMMAND, 2, command);
	msi_end(test, dev);
}

struct multi_row {
	const char *name;
	enum fixture_fn fn;
	u32 nr;
	int err;
	u32 limit;
};

/* The PCIe function has four vectors, the conventional one has one. */
static const struct multi_row multi_rows[] = {
	{ "none", CARD, 0, -EINVAL, 1 },
	{ "three", CARD, 3, -EINVAL, 1 },
	{ "more than it has", CARD, 8, -ENOSPC, 4 },
	{ "many more than it has", CARD, 0x80000000, -ENOSPC, 4 },
	{ "all bits set", CARD, U32_MAX, -EINVAL, 4 },
	{ "more than it has, conventional", CONV_AF, 2, -ENOSPC, 1 },
	{ "no MSI capability", CONV, 1, -EINVAL, 1 },
};

KUNIT_ARRAY_PARAM_DESC(multi, multi_rows, name);

static void msi_errors(struct kunit *test)
{
	const struct multi_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = msi_start(test, row->fn);
	u32 value = 7;

	KUNIT_EXPECT_EQ(test, glue_msi_enable(dev, row->nr, &value), row->err);
	KUNIT_EXPECT_EQ(test, value, 0);
	KUNIT_EXPECT_EQ(test, glue_msi_limit(dev, row->nr), row->limit);
	expect_intx(test, dev, "failed");
	if (f->fn[row->fn]->msi)
		KUNIT_EXPECT_EQ(test, fake_pci_peek(f->fn[row->fn], MSI_FLAGS, 2) &
				PCI_MSI_FLAGS_ENABLE, 0);
	msi_end(test, dev);
}

/* Consecutive pirqs for all vectors, or none: not every interrupt controller has them. */
static void multi_msi(struct kunit *test)
{
	struct pcistub_device *dev = msi_start(test, CARD);
	u32 value;
	int i;

	if (!glue_msi_enable(dev, 4, &value)) {
		for (i = 0; i < 4; i++)
			KUNIT_EXPECT_EQ(test, 1000 + pci_irq_vector(dev->pdev, i), value + i);
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + INTX_IRQ);
	} else {
		KUNIT_EXPECT_EQ(test, value, 0);
		KUNIT_EXPECT_EQ(test, glue_msi_limit(dev, 4), 1);
	}
	expect_intx(test, dev, "disabled");
	msi_end(test, dev);
}

static struct kunit_case msi_cases[] = {
	KUNIT_CASE(msi_enable),
	KUNIT_CASE(msix_enable),
	KUNIT_CASE_PARAM(msix_errors, msix_gen_params),
	KUNIT_CASE(msix_without_memory),
	KUNIT_CASE_PARAM(msi_errors, multi_gen_params),
	KUNIT_CASE(multi_msi),
	{}
};

struct kunit_suite msi_suite = {
	.name = "msi",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = msi_cases,
};
