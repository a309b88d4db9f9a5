// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What Xen is told on a PVH host, and that a Xen without a hypercall is no reason to
 * complain: see xen_glue.c.
 */
#include <kunit/test.h>
#include <xen/interface/xen.h>
#include <xen/interface/physdev.h>
#include "compat.h"
#include "record/record.h"
#include "stub/pci_driver.h"
#include "seize_fixture.h"
#include "suites.h"
#include "xen_glue.h"

static const struct pci_error_handlers *handlers;

static int xen_init(struct kunit *test)
{
	glue_xen = (struct glue_xen){ };
	handlers = pciback_pci_driver.err_handler;
	return seize_fixture_init(test);
}

static void xen_exit(struct kunit *test)
{
	pciback_pci_driver.err_handler = handlers;
	seize_fixture_exit(test);
}

/* A reset by the PCI core: Xen is told, and decoding is as before. */
static void core_reset(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u16 command = fake_pci_peek(fn, PCI_COMMAND, 2);
	unsigned int before = fn->nr_flr;

	KUNIT_ASSERT_TRUE(test, command & PCI_COMMAND_MEMORY);
	pciback_pci_driver.err_handler = &glue_error_handlers;
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset", "1"), 1);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, before + 1);
	KUNIT_EXPECT_EQ(test, glue_xen.nr, 2);
	KUNIT_EXPECT_EQ(test, glue_xen.cmd[0], PHYSDEVOP_pci_device_add);
	KUNIT_EXPECT_EQ(test, glue_xen.devfn[0], PCI_DEVFN(3, 0));
	KUNIT_EXPECT_EQ(test, glue_xen.add_flags, 0);
	KUNIT_EXPECT_EQ(test, glue_xen.cmd[1], PHYSDEVOP_pci_device_reset);
	KUNIT_EXPECT_EQ(test, glue_xen.devfn[1], PCI_DEVFN(3, 0));
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2), command);
	KUNIT_EXPECT_EQ(test, glue_xen.messages, 0);
	pciback_device_put(dev);
}

/* Xen reads the registers when it is told of a reset: they have been restored by then. */
static void restored_first(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	u32 bar = fake_pci_peek(fn, PCI_BASE_ADDRESS_0, 4);
	unsigned int before = fn->nr_flr;
	pci_ers_result_t result;

	KUNIT_ASSERT_NE(test, bar, 0);
	glue_xen.pdev = dev->pdev;
	dev->reset_voted = true;
	device_lock(&dev->pdev->dev);
	result = glue_error_handlers.slot_reset(dev->pdev);
	device_unlock(&dev->pdev->dev);
	KUNIT_EXPECT_EQ(test, (__force int)result, (__force int)PCI_ERS_RESULT_RECOVERED);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, before + 1, "the function was reset");
	KUNIT_ASSERT_EQ(test, glue_xen.nr, 2);
	KUNIT_EXPECT_EQ(test, glue_xen.bar[0], bar);
	KUNIT_EXPECT_EQ(test, glue_xen.bar[1], bar);
	pciback_device_put(dev);
}

/* Xen 4.20 stops the machine when it is told of the reset of what it could not set up. */
static void not_set_up(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(f->fn[CARD]);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	glue_xen.add_err = -ENODEV;
	glue_xen_reset_done(pdev);
	KUNIT_EXPECT_EQ(test, glue_xen.nr, 1);
	KUNIT_EXPECT_EQ(test, glue_xen.cmd[0], PHYSDEVOP_pci_device_add);
	KUNIT_EXPECT_EQ(test, glue_xen.messages, 1);
	pci_dev_put(pdev);
}

/* What Xen is told of a virtual function is what the kernel told it. */
static void virtual_function(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *pf = fake_pci_dev_get(f->fn[CARD]);
	struct pci_dev *vf = fake_pci_dev_get(f->fn[CARD_1]);

	KUNIT_ASSERT_NOT_NULL(test, pf);
	KUNIT_ASSERT_NOT_NULL(test, vf);
	vf->is_virtfn = true;
	vf->physfn = pf;
	glue_xen_reset_done(vf);
	vf->is_virtfn = false;
	vf->physfn = NULL;
	KUNIT_EXPECT_EQ(test, glue_xen.nr, 2);
	KUNIT_EXPECT_EQ(test, glue_xen.devfn[0], vf->devfn);
	KUNIT_EXPECT_EQ(test, glue_xen.add_flags, XEN_PCI_DEV_VIRTFN);
	KUNIT_EXPECT_EQ(test, glue_xen.physfn, pf->devfn);
	pci_dev_put(vf);
	pci_dev_put(pf);
}

struct answer_row {
	const char *name;
	int err;		/* of the hypercalls */
	int gsi;		/* the line that the kernel finds */
	int lookup;		/* what toolstacks get */
	int messages;
};

static const struct answer_row answer_rows[] = {
	{ "success", 0, 17, 17, 0 },
	{ "older Xen", -ENOSYS, 17, 17, 0 },
	{ "Xen without PCI passthrough", -EOPNOTSUPP, 17, 17, 0 },
	{ "failure", -EINVAL, 17, -ENOENT, 4 },
	{ "kernel that does not find the line", 0, -1, -ENOENT, 0 },
};

KUNIT_ARRAY_PARAM_DESC(answer, answer_rows, name);

static void answers(struct kunit *test)
{
	const struct answer_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(f->fn[CARD]);
	u32 sbdf = FAKE_PCI_DOMAIN << 16 | PCI_DEVFN(3, 0);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	glue_xen.err = row->err;
	glue_xen.gsi = row->gsi;
	glue_xen_prepare_msix(pdev);
	glue_xen_reset_done(pdev);
	glue_xen_release_msix(pdev);
	KUNIT_EXPECT_EQ(test, glue_xen.nr, 4);
	KUNIT_EXPECT_EQ(test, glue_gsi_take(pdev), 0);
	KUNIT_EXPECT_EQ(test, glue_gsi_lookup(sbdf), row->lookup);
	KUNIT_EXPECT_EQ(test, glue_xen.messages, row->messages);
	glue_gsi_forget(pdev);
	KUNIT_EXPECT_EQ(test, glue_gsi_lookup(sbdf), -ENODEV);
	pci_dev_put(pdev);
}

static struct kunit_case reset_xen_cases[] = {
	KUNIT_CASE(core_reset),
	KUNIT_CASE(restored_first),
	KUNIT_CASE(not_set_up),
	KUNIT_CASE(virtual_function),
	KUNIT_CASE_PARAM(answers, answer_gen_params),
	{}
};

struct kunit_suite reset_xen_suite = {
	.name = "reset_xen",
	.init = xen_init,
	.exit = xen_exit,
	.test_cases = reset_xen_cases,
};
