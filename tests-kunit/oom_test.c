// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Failing allocations: each operation is repeated with its first allocation
 * failing, then its second, and so on, until none fails. Each time the operation
 * must either succeed or change nothing, and the next one must succeed.
 *
 * Needs a kernel that fails allocations at will: CONFIG_FAILSLAB, with
 * /sys/kernel/debug/failslab/ignore-gfp-wait off. See debug/.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "irq/irq.h"
#include "record/irq_state.h"
#include "record/record.h"
#include "main_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#ifdef CONFIG_FAILSLAB
/* The n-th allocation of this thread from now on fails; 0: none. */
static void fail_at(unsigned int n)
{
	WRITE_ONCE(current->fail_nth, n);
}

/* End of fail_at(). Return true if an allocation failed. */
static bool fail_end(void)
{
	bool ret = !READ_ONCE(current->fail_nth);

	fail_at(0);
	return ret;
}
#else
static void fail_at(unsigned int n)
{
}

static bool fail_end(void)
{
	return false;
}
#endif

/* An operation with more allocations than this does not end: the test fails. */
#define MAX_ALLOCATIONS	1000

/**
 * struct oom - a function and its state before the operation
 * @fixture: the fixture
 * @fn: the function
 * @pdev: the same; reference held
 * @was: its registers
 * @now: buffer for registers
 * @refs: references to @pdev
 *
 * Locking: none; used by the test's thread only.
 */
struct oom {
	struct seize_fixture *fixture;
	struct fake_pci_fn *fn;
	struct pci_dev *pdev;
	u8 was[PCI_CFG_SPACE_EXP_SIZE];
	u8 now[PCI_CFG_SPACE_EXP_SIZE];
	unsigned int refs;
};

static bool fail_works(void)
{
	void *p;

	fail_at(1);
	p = kmalloc(8, GFP_KERNEL);
	fail_end();
	kfree(p);
	return !p;
}

static void oom_snapshot(struct oom *oom)
{
	fake_pci_snapshot(oom->fn, oom->was);
	oom->refs = kref_read(&oom->pdev->dev.kobj.kref);
}

static struct oom *oom_start(struct kunit *test, enum fixture_fn fn)
{
	struct oom *oom = kunit_kzalloc(test, sizeof(*oom), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, oom);
	oom->fixture = test->priv;
	oom->fn = oom->fixture->fn[fn];
	oom->pdev = fake_pci_dev_get(oom->fn);
	KUNIT_ASSERT_NOT_NULL(test, oom->pdev);
	/* Not the values after a reset: a register that is not restored differs. */
	fake_pci_poke(oom->fn, PCI_COMMAND, 2, PCI_COMMAND_PARITY | PCI_COMMAND_SERR);
	fake_pci_poke(oom->fn, PCI_CACHE_LINE_SIZE, 1, 16);
	fake_pci_poke(oom->fn, PCI_INTERRUPT_LINE, 1, 10);
	oom_snapshot(oom);
	return oom;
}

static void oom_end(struct oom *oom)
{
	pci_dev_put(oom->pdev);
}

static void expect_regs(struct kunit *test, struct oom *oom, unsigned int n)
{
	int i;

	fake_pci_snapshot(oom->fn, oom->now);
	for (i = 0; i < oom->fn->size; i++)
		KUNIT_EXPECT_EQ_MSG(test, oom->now[i], oom->was[i],
				    "byte %#x, allocation %u failed", i, n);
}

/* Expect that the function is released and as it was. */
static void expect_released(struct kunit *test, struct oom *oom, unsigned int n)
{
	expect_regs(test, oom, n);
	KUNIT_EXPECT_EQ_MSG(test, kref_read(&oom->pdev->dev.kobj.kref), oom->refs,
			    "allocation %u failed", n);
	KUNIT_EXPECT_FALSE_MSG(test, fixture_is_bound(oom->fn), "allocation %u failed", n);
	KUNIT_EXPECT_NULL_MSG(test, fixture_find(oom->fn), "allocation %u failed", n);
	KUNIT_EXPECT_NULL_MSG(test, pci_get_drvdata(oom->pdev), "allocation %u failed", n);
	KUNIT_EXPECT_FALSE_MSG(test, pci_is_enabled(oom->pdev), "allocation %u failed", n);
	KUNIT_EXPECT_FALSE_MSG(test, pci_is_dev_assigned(oom->pdev), "allocation %u failed", n);
}

struct fn_row {
	const char *name;
	enum fixture_fn fn;
};

static const struct fn_row fn_rows[] = {
	{ "PCIe", CARD },
	{ "AF", CONV_AF },
	{ "no capabilities", CONV },
};

KUNIT_ARRAY_PARAM_DESC(fn, fn_rows, name);

/**
 * struct seize_row - a function to seize
 * @name: of the row
 * @fn: the function
 * @override: it is claimed by its driver_override, and probing enters its slot; else
 *	its slot is entered before
 * @quirk: module parameter "quirks", or NULL
 * @shown: part of the file "quirks" afterwards, or NULL
 */
struct seize_row {
	const char *name;
	enum fixture_fn fn;
	bool override;
	const char *quirk;
	const char *shown;
};

static const struct seize_row seize_rows[] = {
	{ "PCIe", CARD },
	{ "PCIe below a port", BELOW },
	{ "AF", CONV_AF },
	{ "no capabilities", CONV },
	{ "by driver_override", CONV, .override = true },
	{ "with a quirk by ids", CONV, .quirk = "fafa:10f3-e0:4:0",
	  .shown = "000000e0:4:ffffffff" },
};

KUNIT_ARRAY_PARAM_DESC(seize, seize_rows, name);

static void expect_seized(struct kunit *test, const struct seize_row *row, struct oom *oom,
			  unsigned int n)
{
	char text[256];

	KUNIT_EXPECT_TRUE_MSG(test, fixture_is_bound(oom->fn), "allocation %u failed", n);
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_read("slots", text, sizeof(text)), 13,
			    "allocation %u failed", n);
	fixture_driver_read("quirks", text, sizeof(text));
	if (row->shown)
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, row->shown),
					  "allocation %u failed", n);
}

static void expect_not_seized(struct kunit *test, const struct seize_row *row, struct oom *oom,
			      unsigned int n)
{
	char text[256];

	expect_released(test, oom, n);
	/* The slot that an override enters goes with the function. */
	KUNIT_EXPECT_EQ_MSG(test, fixture_driver_read("slots", text, sizeof(text)),
			    row->override ? 0 : 13, "allocation %u failed", n);
}

static void seize(struct kunit *test)
{
	const struct seize_row *row = test->param_value;
	struct oom *oom = oom_start(test, row->fn);
	bool failed = true;
	unsigned int n;
	ssize_t err;

	if (row->quirk) {
		fixture_driver_stop(oom->fixture);
		KUNIT_ASSERT_EQ(test, glue_module_init(true, NULL, row->quirk), 0);
	}
	if (row->override)
		fixture_fn_write(oom->fn, "driver_override", "pciback");
	else
		fixture_driver_write("new_slot", fixture_name(oom->fn));

	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		fail_at(n);
		err = fixture_bind(oom->fn);
		failed = fail_end();
		if (err < 0) {
			KUNIT_EXPECT_TRUE_MSG(test, failed, "error %zd, but no allocation failed",
					      err);
			expect_not_seized(test, row, oom, n);
		} else {
			expect_seized(test, row, oom, n);
			KUNIT_EXPECT_EQ(test, fixture_unbind(oom->fn), 12);
			expect_released(test, oom, n);
		}
		if (row->override)
			fixture_driver_write("remove_slot", fixture_name(oom->fn));
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
	if (row->quirk)
		glue_module_exit();
	oom_end(oom);
}

/* A release cannot return an error: it must succeed without memory. */
static void release(struct kunit *test)
{
	const struct fn_row *row = test->param_value;
	struct oom *oom = oom_start(test, row->fn);
	bool failed = true;
	unsigned int n;

	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		pciback_device_put(fixture_seize(test, oom->fn));
		fail_at(n);
		device_release_driver(&oom->pdev->dev);
		failed = fail_end();
		expect_released(test, oom, n);
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
	oom_end(oom);
}

static void expect_no_vectors(struct kunit *test, struct oom *oom, struct pcistub_device *dev,
			      unsigned int n)
{
	KUNIT_EXPECT_FALSE_MSG(test, oom->pdev->msi_enabled || oom->pdev->msix_enabled,
			       "allocation %u failed", n);
	KUNIT_EXPECT_EQ_MSG(test, dev->irq.mode, PCIBACK_IRQ_INTX, "allocation %u failed", n);
}

static void expect_idle(struct kunit *test, struct oom *oom, struct pcistub_device *dev,
			unsigned int n)
{
	expect_regs(test, oom, n);
	KUNIT_EXPECT_NULL_MSG(test, dev->owner, "allocation %u failed", n);
	KUNIT_EXPECT_EQ_MSG(test, kref_read(&oom->fixture->guest.owner.ref), 1,
			    "allocation %u failed", n);
	KUNIT_EXPECT_FALSE_MSG(test, pci_is_enabled(oom->pdev), "allocation %u failed", n);
	expect_no_vectors(test, oom, dev, n);
}

/* Requests of a guest that may allocate. */
static void guest_requests(struct pcistub_device *dev)
{
	pciback_device_conf_write(dev, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
				  PCI_COMMAND_MASTER | PCI_COMMAND_INVALIDATE);
	pciback_device_conf_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	pciback_device_conf_write(dev, PCI_SUBSYSTEM_VENDOR_ID, 4, 0x12345678);
}

/* Assign, requests, deassign: the deassign undoes what was done, whatever failed. */
static void assign(struct kunit *test)
{
	const struct fn_row *row = test->param_value;
	struct oom *oom = oom_start(test, row->fn);
	struct pcistub_device *dev;
	bool failed = true;
	unsigned int n;
	int err;

	/* With an interrupt line the INTx handler is registered. */
	oom->pdev->irq = 5;
	dev = fixture_seize(test, oom->fn);
	oom_snapshot(oom);
	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		fail_at(n);
		err = pciback_device_assign(dev, &oom->fixture->guest.owner);
		if (!err) {
			guest_requests(dev);
			pciback_device_deassign(dev, &oom->fixture->guest.owner);
		}
		failed = fail_end();
		expect_idle(test, oom, dev, n);
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
	pciback_device_put(dev);
	oom_end(oom);
}

/* A failed MSI or MSI-X request leaves none enabled. */
static void interrupts(struct kunit *test)
{
	struct oom *oom = oom_start(test, CARD);
	struct xen_msix_entry entries[2] = { { .entry = 0 }, { .entry = 3 } };
	struct pcistub_device *dev = fixture_seize(test, oom->fn);
	bool failed = true;
	unsigned int n;
	u32 val;

	oom_snapshot(oom);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &oom->fixture->guest.owner), 0);
	guest_requests(dev);
	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		fail_at(n);
		pciback_msi_enable(dev, 1, &val);
		pciback_msix_enable(dev, entries, ARRAY_SIZE(entries));
		pciback_msi_disable(dev);
		failed = fail_end();
		expect_no_vectors(test, oom, dev, n);
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
	pciback_device_deassign(dev, &oom->fixture->guest.owner);
	expect_idle(test, oom, dev, n);
	pciback_device_put(dev);
	oom_end(oom);
}

static void deassign(struct kunit *test)
{
	const struct fn_row *row = test->param_value;
	struct oom *oom = oom_start(test, row->fn);
	struct pcistub_device *dev;
	bool failed = true;
	unsigned int n;

	oom->pdev->irq = 5;
	dev = fixture_seize(test, oom->fn);
	oom_snapshot(oom);
	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &oom->fixture->guest.owner), 0);
		guest_requests(dev);
		fail_at(n);
		pciback_device_deassign(dev, &oom->fixture->guest.owner);
		failed = fail_end();
		expect_idle(test, oom, dev, n);
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
	pciback_device_put(dev);
	oom_end(oom);
}

struct file_row {
	const char *name;
	const char *file;	/* is written */
	const char *text;
	const char *reads;	/* is read */
	const char *undo_file;
	const char *undo;
};

/* 1234:00:03.0 is seized. */
static const struct file_row file_rows[] = {
	{ "new_slot", "new_slot", "1234:00:05.0", "slots", "remove_slot", "1234:00:05.0" },
	{ "new_slot, wildcard", "new_slot", "1234:00:05.*", "slots",
	  "remove_slot", "1234:00:05.*" },
	{ "remove_slot", "remove_slot", "1234:00:06.0", "slots", "new_slot", "1234:00:06.0" },
	{ "permissive", "permissive", "1234:00:03.0", "permissive",
	  "../../devices/1234:00:03.0/pciback/write_level", "strict" },
};

KUNIT_ARRAY_PARAM_DESC(file, file_rows, name);

/* A write to a file succeeds or changes nothing. */
static void sysfs_files(struct kunit *test)
{
	const struct file_row *row = test->param_value;
	struct seize_fixture *fixture = test->priv;
	char was[256], now[256];
	bool failed = true;
	unsigned int n;
	ssize_t err;

	pciback_device_put(fixture_seize(test, fixture->fn[CARD]));
	KUNIT_ASSERT_GT(test, fixture_driver_write("new_slot", "1234:00:06.0"), 0);
	fixture_driver_read(row->reads, was, sizeof(was));
	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		fail_at(n);
		err = fixture_driver_write(row->file, row->text);
		failed = fail_end();
		fixture_driver_read(row->reads, now, sizeof(now));
		if (err < 0) {
			KUNIT_EXPECT_STREQ_MSG(test, now, was, "allocation %u failed", n);
			continue;
		}
		KUNIT_EXPECT_STRNEQ(test, now, was);
		KUNIT_ASSERT_GT(test, fixture_driver_write(row->undo_file, row->undo), 0);
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
}

/* A single quirk cannot be removed: an unbind of the function removes all of it. */
static void quirk_by_address(struct kunit *test)
{
	struct seize_fixture *fixture = test->priv;
	char was[256], now[256];
	bool failed = true;
	unsigned int n;
	ssize_t err;

	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		pciback_device_put(fixture_seize(test, fixture->fn[CONV]));
		fixture_driver_read("quirks", was, sizeof(was));
		fail_at(n);
		err = fixture_driver_write("quirks", "1234:00:06.0-e0:4:0");
		failed = fail_end();
		fixture_driver_read("quirks", now, sizeof(now));
		if (err < 0)
			KUNIT_EXPECT_STREQ_MSG(test, now, was, "allocation %u failed", n);
		else
			KUNIT_EXPECT_STRNEQ(test, now, was);
		KUNIT_EXPECT_EQ(test, fixture_unbind(fixture->fn[CONV]), 12);
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
}

/* A quirk by ids is for functions that are seized, and for those seized later. */
static void quirk_by_ids(struct kunit *test)
{
	struct seize_fixture *fixture = test->priv;
	char was[256], now[256];
	bool failed = true;
	unsigned int n;
	ssize_t err;

	fixture_driver_stop(fixture);
	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		KUNIT_ASSERT_EQ(test, glue_module_init(true, "(1234:00:06.0)", NULL), 0);
		fixture_driver_read("quirks", was, sizeof(was));
		fail_at(n);
		err = fixture_driver_write("quirks", "fafa:10f3-e0:4:0");
		failed = fail_end();
		fixture_driver_read("quirks", now, sizeof(now));
		KUNIT_EXPECT_EQ_MSG(test, !strcmp(now, was), err < 0, "allocation %u failed", n);
		fixture_unbind(fixture->fn[CONV]);
		fixture_bind(fixture->fn[CONV]);
		fixture_driver_read("quirks", now, sizeof(now));
		KUNIT_EXPECT_EQ_MSG(test, !strcmp(now, was), err < 0,
				    "bound again, allocation %u failed", n);
		glue_module_exit();
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
}

/* The module's init. Other threads seize the hidden functions: their allocations do not fail. */
static void load(struct kunit *test)
{
	struct oom *oom = oom_start(test, CONV);
	bool failed = true;
	unsigned int n;
	int err;

	fixture_driver_stop(oom->fixture);
	for (n = 1; failed && n < MAX_ALLOCATIONS; n++) {
		fail_at(n);
		err = glue_module_init(true, "(1234:00:06.0)(1234:00:1e.*)",
				       "fafa:10f3-e0:4:0;fafa:10f3-e4:4:0");
		failed = fail_end();
		if (err)
			KUNIT_EXPECT_TRUE_MSG(test, failed, "error %d, but no allocation failed",
					      err);
		else
			glue_module_exit();
		expect_released(test, oom, n);
	}
	KUNIT_EXPECT_LT(test, n, MAX_ALLOCATIONS);
	kunit_info(test, "%u allocations", n - 2);
	oom_end(oom);
}

static int oom_init(struct kunit *test)
{
	if (!fail_works())
		kunit_skip(test, "this kernel cannot fail allocations at will");
	return seize_fixture_init(test);
}

static struct kunit_case oom_cases[] = {
	KUNIT_CASE_PARAM(seize, seize_gen_params),
	KUNIT_CASE_PARAM(release, fn_gen_params),
	KUNIT_CASE_PARAM(assign, fn_gen_params),
	KUNIT_CASE(interrupts),
	KUNIT_CASE_PARAM(deassign, fn_gen_params),
	KUNIT_CASE_PARAM(sysfs_files, file_gen_params),
	KUNIT_CASE(quirk_by_address),
	KUNIT_CASE(quirk_by_ids),
	KUNIT_CASE(load),
	{}
};

struct kunit_suite oom_suite = {
	.name = "oom",
	.init = oom_init,
	.exit = glue_fixture_exit,
	.test_cases = oom_cases,
};
