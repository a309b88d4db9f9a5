// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * MSI and MSI-X as on Xen, where interrupts are pirqs: what a guest is told,
 * what is refused, and that refusing changes nothing.
 */
#include <kunit/test.h>
#include <linux/irq.h>
#include "device/lifecycle.h"
#include "record/irq_state.h"
#include "record/record.h"
#include "msi_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#define LINE		5
#define MSI_FLAGS	(0x50 + PCI_MSI_FLAGS)
#define MSIX_FLAGS	(0xb0 + PCI_MSIX_FLAGS)

/* A guest that has a function and its line turned on. */
static struct pcistub_device *start(struct kunit *test, enum fixture_fn which)
{
	struct seize_fixture *b = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(b->fn[which]);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->irq = LINE;
	pci_dev_put(pdev);
	dev = fixture_seize(test, b->fn[which]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	glue_pirq_base = 1000;
	mutex_lock(&dev->lock);
	return dev;
}

static void end(struct kunit *test, struct pcistub_device *dev)
{
	struct seize_fixture *b = test->priv;

	mutex_unlock(&dev->lock);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, dev->pdev->msix_enabled);
	KUNIT_EXPECT_EQ(test, dev->pdev->irq, LINE);
	KUNIT_EXPECT_EQ(test, dev->irq.mode, PCIBACK_IRQ_INTX);
	pciback_device_put(dev);
	glue_pirq_base = 0;
}

static void expect_line(struct kunit *test, struct pcistub_device *dev, const char *when)
{
	KUNIT_EXPECT_FALSE_MSG(test, dev->pdev->msi_enabled, "%s", when);
	KUNIT_EXPECT_FALSE_MSG(test, dev->pdev->msix_enabled, "%s", when);
	KUNIT_EXPECT_EQ_MSG(test, dev->irq.mode, PCIBACK_IRQ_INTX, "%s", when);
	KUNIT_EXPECT_TRUE_MSG(test, dev->irq.acking, "%s: the line is claimed still", when);
	KUNIT_EXPECT_EQ_MSG(test, dev->pdev->irq, LINE, "%s", when);
}

static void msi_comes_and_goes(struct kunit *test)
{
	struct pcistub_device *dev = start(test, CARD);
	u32 value;
	int round;

	for (round = 0; round < 3; round++) {
		KUNIT_ASSERT_EQ(test, glue_msi_enable(dev, 1, &value), 0);
		KUNIT_EXPECT_EQ(test, value, 1000 + dev->pdev->irq);
		KUNIT_EXPECT_NE(test, dev->pdev->irq, LINE);
		KUNIT_EXPECT_FALSE(test, dev->irq.acking);
		KUNIT_EXPECT_EQ(test, dev->irq.mode, PCIBACK_IRQ_MSI);
		KUNIT_EXPECT_EQ(test, glue_msi_enable(dev, 1, &value), -EALREADY);
		KUNIT_EXPECT_EQ(test, value, 0);
		KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msi_enabled, "as before");
		KUNIT_EXPECT_FALSE_MSG(test, dev->irq.acking, "as before");
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + LINE);
		expect_line(test, dev, "off again");
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + LINE);
	}
	/* And in the middle of it the guest goes. */
	KUNIT_ASSERT_EQ(test, glue_msi_enable(dev, 1, &value), 0);
	end(test, dev);
}

static void msix_comes_and_goes(struct kunit *test)
{
	struct xen_msix_entry entries[3] = { { .entry = 3 }, { .entry = 0 }, { .entry = 2 } };
	struct pcistub_device *dev = start(test, CARD);
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
		KUNIT_EXPECT_TRUE_MSG(test, dev->pdev->msix_enabled, "as before");
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + LINE);
		expect_line(test, dev, "off again");
	}
	KUNIT_ASSERT_EQ(test, glue_msix_enable(dev, entries, 3), 0);
	end(test, dev);
}

struct refuse_row {
	const char *name;
	u32 base;
	u32 nr;
	u16 entry[4];
	int err;
};

static const struct refuse_row refuse_rows[] = {
	{ "none", 1000, 0, { }, -EINVAL },
	{ "more than the page holds", 1000, 129, { }, -EINVAL },
	{ "as many as there are numbers", 1000, U32_MAX, { }, -EINVAL },
	{ "outside the table", 1000, 2, { 0, 4 }, -EINVAL },
	{ "far outside", 1000, 1, { 0xffff }, -EINVAL },
	{ "twice the same", 1000, 3, { 1, 2, 1 }, -EINVAL },
	{ "no pirqs", 0, 2, { 0, 1 }, -EOPNOTSUPP },
	{ "pirqs of more than 16 bits", 0x10000, 2, { 0, 1 }, -ERANGE },
};

KUNIT_ARRAY_PARAM_DESC(refuse, refuse_rows, name);

static void refused_msix_changes_nothing(struct kunit *test)
{
	const struct refuse_row *row = test->param_value;
	struct xen_msix_entry *entries = kunit_kcalloc(test, SH_INFO_MAX_VEC, sizeof(*entries),
						       GFP_KERNEL);
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = start(test, CARD);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, entries);
	for (i = 0; i < ARRAY_SIZE(row->entry); i++)
		entries[i].entry = row->entry[i];
	glue_pirq_base = row->base;
	KUNIT_EXPECT_EQ(test, glue_msix_enable(dev, entries, row->nr), row->err);
	expect_line(test, dev, "refused");
	KUNIT_EXPECT_EQ(test, fake_pci_peek(b->fn[CARD], MSIX_FLAGS, 2) & PCI_MSIX_FLAGS_ENABLE,
			0);
	end(test, dev);
}

static void msix_needs_decoding(struct kunit *test)
{
	struct xen_msix_entry entry = { .entry = 0 };
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = start(test, CARD);
	u32 command = fake_pci_peek(b->fn[CARD], PCI_COMMAND, 2);

	fake_pci_poke(b->fn[CARD], PCI_COMMAND, 2, command & ~PCI_COMMAND_MEMORY);
	KUNIT_EXPECT_EQ(test, glue_msix_enable(dev, &entry, 1), -ENXIO);
	expect_line(test, dev, "refused");
	fake_pci_poke(b->fn[CARD], PCI_COMMAND, 2, command);
	end(test, dev);
}

struct multi_row {
	const char *name;
	enum fixture_fn fn;
	u32 nr;
	int err;
	u32 limit;
};

/* The card has four vectors, the old one has one. */
static const struct multi_row multi_rows[] = {
	{ "none", CARD, 0, -EINVAL, 1 },
	{ "three", CARD, 3, -EINVAL, 1 },
	{ "more than it has", CARD, 8, -ENOSPC, 4 },
	{ "many more", CARD, 0x80000000, -ENOSPC, 4 },
	{ "all bits", CARD, U32_MAX, -EINVAL, 4 },
	{ "more than it has, old", OLD, 2, -ENOSPC, 1 },
	{ "no MSI at all", PLAIN, 1, -EINVAL, 1 },
};

KUNIT_ARRAY_PARAM_DESC(multi, multi_rows, name);

static void refused_msi_changes_nothing(struct kunit *test)
{
	const struct multi_row *row = test->param_value;
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = start(test, row->fn);
	u32 value = 7;

	KUNIT_EXPECT_EQ(test, glue_msi_enable(dev, row->nr, &value), row->err);
	KUNIT_EXPECT_EQ(test, value, 0);
	KUNIT_EXPECT_EQ(test, glue_msi_limit(dev, row->nr), row->limit);
	expect_line(test, dev, "refused");
	if (b->fn[row->fn]->msi)
		KUNIT_EXPECT_EQ(test, fake_pci_peek(b->fn[row->fn], MSI_FLAGS, 2) &
				PCI_MSI_FLAGS_ENABLE, 0);
	end(test, dev);
}

/* All of them one after the other, or none; which, is the machine's to say. */
static void several_msi_or_none(struct kunit *test)
{
	struct pcistub_device *dev = start(test, CARD);
	u32 value;
	int i;

	if (!glue_msi_enable(dev, 4, &value)) {
		for (i = 0; i < 4; i++)
			KUNIT_EXPECT_EQ(test, 1000 + pci_irq_vector(dev->pdev, i), value + i);
		KUNIT_EXPECT_EQ(test, glue_msi_disable(dev), 1000 + LINE);
	} else {
		KUNIT_EXPECT_EQ(test, value, 0);
		KUNIT_EXPECT_EQ(test, glue_msi_limit(dev, 4), 1);
	}
	expect_line(test, dev, "off");
	end(test, dev);
}

static struct kunit_case msi_cases[] = {
	KUNIT_CASE(msi_comes_and_goes),
	KUNIT_CASE(msix_comes_and_goes),
	KUNIT_CASE_PARAM(refused_msix_changes_nothing, refuse_gen_params),
	KUNIT_CASE(msix_needs_decoding),
	KUNIT_CASE_PARAM(refused_msi_changes_nothing, multi_gen_params),
	KUNIT_CASE(several_msi_or_none),
	{}
};

struct kunit_suite msi_suite = {
	.name = "msi",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = msi_cases,
};
