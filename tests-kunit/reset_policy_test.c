// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What a reset may leave, and who gets a function afterwards: bus mastering never comes
 * back on, do_flr always resets an idle function, the PCI core's list of methods is left
 * alone, and a function that could not be reset stays with its guest.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include "device/lifecycle.h"
#include "record/record.h"
#include "reset/reset.h"
#include "seize_fixture.h"
#include "suites.h"

#define MSIX_FLAGS	(0xb0 + PCI_MSIX_FLAGS)
#define PERMIT_PATH	"pciback/assign_without_reset"

static ssize_t write_do_flr(struct fake_pci_fn *fn)
{
	return fixture_driver_write("do_flr", fixture_name(fn));
}

static int fn_file_mode(struct fake_pci_fn *fn, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "../../devices/%s/%s", fixture_name(fn), file);
	return fixture_driver_mode(path);
}

static void expect_file(struct kunit *test, struct fake_pci_fn *fn, const char *file,
			const char *want)
{
	char path[64], text[256] = "";

	snprintf(path, sizeof(path), "../../devices/%s/%s", fixture_name(fn), file);
	KUNIT_EXPECT_GE(test, fixture_driver_read(path, text, sizeof(text)), 0);
	KUNIT_EXPECT_STREQ(test, text, want);
}

/* From now on only a reset of its bus resets the function. */
static void fn_no_own_reset(struct kunit *test, struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	memset(pdev->reset_methods, 0, sizeof(pdev->reset_methods));
	pci_dev_put(pdev);
}

/* Writes of COMMAND in the log, from entry @from on, that turn bus mastering on. */
static int master_writes(struct fake_pci_fn *fn, int from)
{
	int i, nr = 0;

	for (i = from; i < fn->nr_log; i++)
		if (fn->log[i].where == PCI_COMMAND && fn->log[i].value & PCI_COMMAND_MASTER)
			nr++;
	return nr;
}

/* Index in the log of the first write that starts an FLR. */
static int flr_write(struct fake_pci_fn *fn)
{
	int i;

	for (i = 0; i < fn->nr_log; i++)
		if (fn->log[i].where == fn->exp + PCI_EXP_DEVCTL &&
		    fn->log[i].value & PCI_EXP_DEVCTL_BCR_FLR)
			break;
	return i;
}

struct master_row {
	const char *name;
	enum fixture_fn fn;
	bool bridge;
};

static const struct master_row master_rows[] = {
	{ "FLR", CARD },
	{ "no reset", CONV },
	{ "bridge keeps it", PORT, true },
};

KUNIT_ARRAY_PARAM_DESC(master, master_rows, name);

/*
 * A host that left bus mastering on: no reset, restore or release turns it on again, not
 * even for a moment.
 */
static void bus_master(struct kunit *test)
{
	const struct master_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[row->fn];
	u16 host = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER | PCI_COMMAND_PARITY;
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct pcistub_device *dev;
	int from;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	/* The host's port driver turns the port's bus mastering off when it is unbound. */
	device_release_driver(&pdev->dev);
	pci_dev_put(pdev);
	fake_pci_poke(fn, PCI_COMMAND, 2, host);
	fake_pci_log_clear(fn);
	dev = fixture_seize(test, fn);
	KUNIT_ASSERT_LE(test, fn->nr_log, FAKE_PCI_LOG_LEN);
	if (row->bridge) {
		KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & host, host);
		pciback_device_put(dev);
		return;
	}
	/* What is before the reset is the PCI core, which enables the function. */
	from = row->fn == CARD ? flr_write(fn) : 0;
	KUNIT_ASSERT_TRUE(test, row->fn != CARD || from < fn->nr_log);
	if (row->fn == CARD)
		KUNIT_EXPECT_EQ_MSG(test, master_writes(fn, from), 0, "seize");
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER,
			PCI_COMMAND_MASTER);
	fake_pci_log_clear(fn);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_ASSERT_LE(test, fn->nr_log, FAKE_PCI_LOG_LEN);
	KUNIT_EXPECT_NOT_NULL(test, fake_pci_log_find(fn, PCI_COMMAND, 2));
	KUNIT_EXPECT_EQ_MSG(test, master_writes(fn, 0), 0, "deassign");

	fake_pci_log_clear(fn);
	write_do_flr(fn);
	KUNIT_EXPECT_EQ_MSG(test, master_writes(fn, 0), 0, "do_flr");
	pciback_device_put(dev);
	fake_pci_log_clear(fn);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_ASSERT_LE(test, fn->nr_log, FAKE_PCI_LOG_LEN);
	KUNIT_EXPECT_EQ_MSG(test, master_writes(fn, 0), 0, "release");
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2), host & ~PCI_COMMAND_MASTER,
			    "the host has the rest of COMMAND again");
}

/* A write to do_flr in another thread. */
struct flr_work {
	struct work_struct work;
	struct fake_pci_fn *fn;
	ssize_t ret;
};

static void flr_work_run(struct work_struct *work)
{
	struct flr_work *flr = container_of(work, struct flr_work, work);

	flr->ret = write_do_flr(flr->fn);
}

/*
 * While the PCI core's procedure for a device resets it, the file reset_method shows all
 * its methods, and what the administrator writes there stays. The device is one that needs
 * 250 ms after FLR.
 */
static void reset_method_file(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	struct flr_work flr = { .fn = fn };
	unsigned int before;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->vendor = PCI_VENDOR_ID_INTEL;
	pdev->device = 0x0953;
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset_method", "device_specific flr"), 19);
	pciback_device_put(fixture_seize(test, fn));
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 1, "by the core's procedure");

	before = fn->nr_flr;
	INIT_WORK_ONSTACK(&flr.work, flr_work_run);
	schedule_work(&flr.work);
	for (i = 0; i < 5000 && READ_ONCE(fn->nr_flr) == before; i++)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fn->nr_flr), before + 1);
	expect_file(test, fn, "reset_method", "device_specific flr\n");
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset_method", "flr"), 3);
	KUNIT_EXPECT_TRUE_MSG(test, work_busy(&flr.work), "the reset has not ended yet");
	flush_work(&flr.work);
	destroy_work_on_stack(&flr.work);
	KUNIT_EXPECT_EQ(test, flr.ret, 12);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, before + 1);
	expect_file(test, fn, "reset_method", "flr\n");

	/* In the second place the procedure is not used: the core would try FLR first. */
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, "reset_method", "flr device_specific"), 19);
	expect_file(test, fn, "pciback/reset_plan",
		    "method flr verdict allowed bridge - blocker - functions 1234:00:03.0\n"
		    "method bus verdict root-bus bridge - blocker - functions 1234:00:03.0\n");
	pdev->vendor = FAKE_PCI_VENDOR;
	pdev->device = fake_pci_peek(fn, PCI_DEVICE_ID, 2);
	pci_dev_put(pdev);
}

/* An idle function is reset on each request, clean or not: a guest may have had it unseen. */
static void request_resets(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	u32 msix = fake_pci_peek(fn, MSIX_FLAGS, 2);
	struct pcistub_device *dev;
	unsigned int before;

	KUNIT_ASSERT_NOT_NULL(test, was);
	/* The PCI core restores it only while MSI-X is on. */
	fake_pci_poke(fn, MSIX_FLAGS, 2, msix | PCI_MSIX_FLAGS_MASKALL);
	dev = fixture_seize(test, fn);
	before = fn->nr_flr;
	fake_pci_snapshot(fn, was);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, MSIX_FLAGS, 2), msix | PCI_MSIX_FLAGS_MASKALL);
	KUNIT_EXPECT_TRUE(test, dev->clean);
	/* As a guest of a device model that uses the function without a backend. */
	fake_pci_poke(fn, fn->msi + PCI_MSI_ADDRESS_LO, 4, 0xfee01000);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, before + 1);
	fixture_expect_same(test, fn, was, "after the first request");
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, before + 2);
	/* Nothing else resets it again. */
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, before + 2);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* The same with a reset of the bus, where each of both functions is reset by each request. */
static void request_resets_bus(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	unsigned int before;

	fn_no_own_reset(test, fn);
	pciback_device_put(fixture_seize(test, f->fn[BELOW_1]));
	pciback_device_put(fixture_seize(test, fn));
	before = fn->nr_bus_reset;
	KUNIT_EXPECT_EQ(test, before, 1);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, before + 1);
	KUNIT_EXPECT_EQ(test, f->fn[BELOW_1]->nr_bus_reset, before + 1);
}

struct driven_row {
	const char *name;
	bool master;		/* the guest's driver uses the function */
	unsigned int detach_ms;	/* 0: the guest cannot be asked to detach it */
	bool detaches;		/* it does */
	unsigned int requested;	/* times that it is asked */
	const char *reset;	/* reason of the reset; NULL: none before the guest loses it */
};

static const struct driven_row driven_rows[] = {
	{ "no driver", false, 1000, true, 0, NULL },
	{ "driver, no frontend", true, 0, false, 1, "request" },
	{ "driver, frontend detaches", true, 10000, true, 1, "deassign" },
	{ "driver, frontend does not answer", true, 20, false, 1, "request" },
};

KUNIT_ARRAY_PARAM_DESC(driven, driven_rows, name);

/* A guest whose driver uses a function detaches it before it is reset, if it can. */
static void request_driven(struct kunit *test)
{
	const struct driven_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	unsigned int before = fn->nr_flr;
	char path[64], text[512], reason[32];

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2,
		      PCI_COMMAND_MEMORY | (row->master ? PCI_COMMAND_MASTER : 0));
	f->guest.detach_ms = row->detach_ms;
	f->guest.detaches = row->detaches ? dev : NULL;
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
	KUNIT_EXPECT_EQ(test, f->guest.detaches_requested, row->requested);
	KUNIT_EXPECT_EQ(test, f->guest.detaches_expected, 1);
	KUNIT_EXPECT_FALSE(test, dev->detach_wanted);
	KUNIT_EXPECT_EQ(test, pciback_device_await_deassign(dev), 0);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, before + !!row->reset);
	KUNIT_EXPECT_EQ(test, !dev->owner, row->requested && row->detaches);
	if (row->reset) {
		snprintf(path, sizeof(path), "../../devices/%s/pciback/reset_history",
			 fixture_name(fn));
		KUNIT_ASSERT_GT(test, fixture_driver_read(path, text, sizeof(text)), 0);
		snprintf(reason, sizeof(reason), "reason %s ", row->reset);
		KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, reason), "%s", text);
	}
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* How the administrator lets another guest have a function that could not be reset. */
enum permit { PERMIT_NONE, PERMIT_PARAMETER, PERMIT_FILE, PERMIT_RESET };

struct permit_row {
	const char *name;
	domid_t next;		/* the domain that gets it after domain 7, "/vm/a" */
	const char *vm;		/* and its name */
	enum permit permit;
	int err;
};

static const struct permit_row permit_rows[] = {
	{ "same guest", 7, "/vm/a", PERMIT_NONE, 0 },
	{ "another guest", 8, "/vm/b", PERMIT_NONE, -EPERM },
	{ "rebooted guest", 8, "/vm/a", PERMIT_NONE, 0 },
	{ "a guest without a name", 8, "", PERMIT_NONE, -EPERM },
	{ "another guest, allowed for all functions", 8, "/vm/b", PERMIT_PARAMETER, 0 },
	{ "another guest, allowed for the function", 8, "/vm/b", PERMIT_FILE, 0 },
	{ "another guest, after do_flr", 8, "/vm/b", PERMIT_RESET, 0 },
};

KUNIT_ARRAY_PARAM_DESC(permit, permit_rows, name);

/*
 * A function that only a reset of its bus resets, while the host has another function on
 * that bus: the first guest gets it, but not another one after it.
 */
static void not_reset(struct kunit *test)
{
	const struct permit_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[BELOW];
	struct fixture_guest next, third;
	struct pcistub_device *dev;

	fixture_guest_init(&next, row->next);
	fixture_guest_init(&third, 9);
	strscpy(f->guest.owner.vm, "/vm/a", sizeof(f->guest.owner.vm));
	strscpy(next.owner.vm, row->vm, sizeof(next.owner.vm));
	fn_no_own_reset(test, fn);
	dev = fixture_seize(test, fn);
	KUNIT_ASSERT_EQ_MSG(test, pciback_device_assign(dev, &f->guest.owner), 0,
			    "the first guest");
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, 0);

	if (row->permit == PERMIT_PARAMETER)
		pciback_assign_without_reset = true;
	if (row->permit == PERMIT_FILE)
		KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, PERMIT_PATH, "1"), 1);
	if (row->permit == PERMIT_RESET) {
		KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &next.owner), -EPERM);
		pciback_device_deassign(dev, &next.owner);
		pciback_device_put(fixture_seize(test, f->fn[BELOW_1]));
		KUNIT_EXPECT_EQ(test, write_do_flr(fn), 12);
		KUNIT_EXPECT_EQ(test, fn->nr_bus_reset, 1);
	}
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &next.owner), row->err);
	KUNIT_EXPECT_PTR_EQ(test, dev->owner, row->err ? NULL : &next.owner);
	pciback_device_deassign(dev, &next.owner);
	if (row->err) {
		/* A refusal changes nothing: the guest that had it gets it. */
		KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
		pciback_device_deassign(dev, &f->guest.owner);
	}

	/* What was allowed once is not allowed for ever. */
	pciback_assign_without_reset = false;
	if (row->permit == PERMIT_FILE)
		KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, PERMIT_PATH, "0"), 1);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &third.owner),
			row->permit == PERMIT_RESET ? 0 : -EPERM);
	pciback_device_deassign(dev, &third.owner);
	KUNIT_EXPECT_EQ(test, kref_read(&next.owner.ref), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&third.owner.ref), 1);
	pciback_device_put(dev);
}

/* A function without any method, from seizure on; what is seized again is fresh. */
static void no_method(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CONV];
	struct pcistub_device *dev = fixture_seize(test, fn);
	struct fixture_guest other;

	fixture_guest_init(&other, 8);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, write_do_flr(fn), -ENOTTY);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), -EPERM);
	pciback_device_deassign(dev, &other.owner);
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	KUNIT_EXPECT_EQ(test, fixture_bind(fn), 12);
	dev = fixture_find(fn);
	KUNIT_ASSERT_NOT_NULL(test, dev);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), 0);
	pciback_device_deassign(dev, &other.owner);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);
	pciback_device_put(dev);
}

static void permit_file(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CONV];

	pciback_device_put(fixture_seize(test, fn));
	KUNIT_EXPECT_EQ(test, fn_file_mode(fn, PERMIT_PATH), 0600);
	expect_file(test, fn, PERMIT_PATH, "0\n");
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, PERMIT_PATH, "1\n"), 2);
	expect_file(test, fn, PERMIT_PATH, "1\n");
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, PERMIT_PATH, "2"), -EINVAL);
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, PERMIT_PATH, "maybe"), -EINVAL);
	expect_file(test, fn, PERMIT_PATH, "1\n");
	KUNIT_EXPECT_EQ(test, fixture_fn_write(fn, PERMIT_PATH, "0"), 1);
	expect_file(test, fn, PERMIT_PATH, "0\n");
}

static void policy_exit(struct kunit *test)
{
	pciback_assign_without_reset = false;
	seize_fixture_exit(test);
}

static struct kunit_case reset_policy_cases[] = {
	KUNIT_CASE_PARAM(bus_master, master_gen_params),
	KUNIT_CASE(reset_method_file),
	KUNIT_CASE(request_resets),
	KUNIT_CASE(request_resets_bus),
	KUNIT_CASE_PARAM(request_driven, driven_gen_params),
	KUNIT_CASE_PARAM(not_reset, permit_gen_params),
	KUNIT_CASE(no_method),
	KUNIT_CASE(permit_file),
	{}
};

struct kunit_suite reset_policy_suite = {
	.name = "reset_policy",
	.init = seize_fixture_init,
	.exit = policy_exit,
	.test_cases = reset_policy_cases,
};
