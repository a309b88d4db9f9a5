// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Operations of a guest that may sleep, and those that may not: which access is possible in
 * the handler of the guest's events; who waits for whom when a function is reset, taken away
 * or does not come back from D3hot; and the reset after a guest, for which nobody waits.
 */
#include <kunit/test.h>
#include <linux/kthread.h>
#include <linux/slab.h>
#include <pciback/vpci.h>
#include "backend/backend.h"
#include "backend/vbus.h"
#include "compat.h"
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "record/guest_op.h"
#include "record/record.h"
#include "recovery/recovery.h"
#include "seize_fixture.h"
#include "suites.h"

#define CARD_PM		(0x40 + PCI_PM_CTRL)
#define CARD_EXP	0x70
#define IRQ_LINE	5
/* No such line exists. */
#define NO_IRQ_LINE	100000

struct try_row {
	const char *name;
	bool write;
	int off, size;
	u32 val;
	int ret;
};

/* The function decodes memory and is a bus master; its guest has written 0x0006. */
static const struct try_row try_rows[] = {
	{ "read IDs", false, PCI_VENDOR_ID, 4, 0, 0 },
	{ "read BAR", false, PCI_BASE_ADDRESS_0, 4, 0, 0 },
	{ "read hardware", false, PCI_CLASS_REVISION, 4, 0, 0 },
	{ "read beyond the end", false, 4096, 4, 0, PCIBIOS_BAD_REGISTER_NUMBER },
	{ "read unaligned", false, 2, 4, 0, PCIBIOS_BAD_REGISTER_NUMBER },
	{ "COMMAND as it is", true, PCI_COMMAND, 2, 0x0006, 0 },
	{ "COMMAND, virtual bits", true, PCI_COMMAND, 2, 0x0546, 0 },
	{ "COMMAND, bus mastering off", true, PCI_COMMAND, 2, 0x0002, 0 },
	{ "COMMAND, decoding off", true, PCI_COMMAND, 2, 0x0004, -EWOULDBLOCK },
	{ "COMMAND and Status", true, PCI_COMMAND, 4, 0x00000006, 0 },
	{ "size a BAR", true, PCI_BASE_ADDRESS_0, 4, U32_MAX, 0 },
	{ "read-only", true, PCI_SUBSYSTEM_VENDOR_ID, 4, 0x12345678, 0 },
	{ "several registers", true, PCI_CACHE_LINE_SIZE, 4, 0x00000010, -EWOULDBLOCK },
	{ "power state", true, CARD_PM, 2, 0x0003, -EWOULDBLOCK },
	{ "same power state", true, CARD_PM, 2, 0x0008, 0 },
	{ "write beyond the end", true, 4096, 2, 0, PCIBIOS_BAD_REGISTER_NUMBER },
};

KUNIT_ARRAY_PARAM_DESC(try, try_rows, name);

static struct pcistub_device *device_assigned(struct kunit *test, enum fixture_fn which)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[which]);

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	return dev;
}

/* In hard interrupt nothing may sleep; what would sleep is refused and changes nothing. */
static void try_access(struct kunit *test)
{
	const struct try_row *row = test->param_value;
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = device_assigned(test, CARD);
	u32 val = row->val, want = 0, drops;
	int ret;

	if (!row->write)
		want = fixture_read(dev, row->off, row->size);
	drops = dev->conf->audit.total;
	fake_pci_log_clear(fn);
	local_irq_disable();
	ret = pciback_device_conf_try(dev, &f->guest.owner, row->write, row->off, row->size, &val);
	local_irq_enable();
	KUNIT_EXPECT_EQ(test, ret, row->ret);
	if (!row->write)
		KUNIT_EXPECT_EQ(test, val, want);
	if (ret == -EWOULDBLOCK) {
		KUNIT_EXPECT_EQ_MSG(test, fn->nr_log, 0, "nothing was written");
		KUNIT_EXPECT_EQ(test, dev->conf->audit.total, drops);
	} else if (row->write && !ret) {
		fixture_write(dev, row->off, row->size, row->val);
		KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & 0x0404,
				    row->off == PCI_COMMAND && !(row->val & 0x0004) ? 0 : 0x0004,
				    "as the work item would have done");
	}
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* Nobody but the guest that has the function, and not in the middle of something. */
static void try_refused(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = device_assigned(test, CARD);
	struct fixture_guest other;
	u32 val;

	fixture_guest_init(&other, 8);
	KUNIT_EXPECT_EQ(test, pciback_device_conf_try(dev, &other.owner, false, 0, 4, &val),
			-EWOULDBLOCK);
	KUNIT_ASSERT_EQ(test, pciback_op_begin(dev, &f->guest.owner), 0);
	KUNIT_EXPECT_EQ(test, pciback_device_conf_try(dev, &f->guest.owner, false, 0, 4, &val),
			-EWOULDBLOCK);
	pciback_op_end(dev);
	KUNIT_EXPECT_EQ(test, pciback_device_conf_try(dev, &f->guest.owner, false, 0, 4, &val), 0);
	KUNIT_EXPECT_EQ(test, pciback_op_begin(dev, &other.owner), -ENODEV);
	pciback_device_set_detaching(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, pciback_device_conf_try(dev, &f->guest.owner, false, 0, 4, &val),
			-EWOULDBLOCK);
	KUNIT_EXPECT_EQ(test, pciback_op_begin(dev, &f->guest.owner), -ENODEV);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

static void op_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
}

static void op_release(struct kref *ref)
{
}

static const struct pciback_owner_ops op_owner_ops = {
	.release = op_release,
	.revoke = op_revoke,
};

/* A function in a reset that takes long answers as hardware does. */
static void requests_in_reset(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pciback_backend *backend = kunit_kzalloc(test, sizeof(*backend), GFP_KERNEL);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	struct pcistub_device *dev = fixture_seize(test, fn);
	struct pciback_addr at;

	KUNIT_ASSERT_NOT_NULL(test, backend);
	KUNIT_ASSERT_NOT_NULL(test, op);
	kref_init(&backend->owner.ref);
	backend->owner.domid = 9;
	backend->owner.ops = &op_owner_ops;
	pciback_vbus_init(&backend->vbus, &pciback_vbus_vpci);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &backend->owner), 0);
	KUNIT_ASSERT_EQ(test, pciback_vbus_add(&backend->vbus, dev, &at), 0);
	op->devfn = at.devfn;
	op->size = 4;

	pciback_ops_hold(dev);
	op->cmd = XEN_PCI_OP_conf_read;
	KUNIT_EXPECT_FALSE(test, pciback_backend_try_op(backend, op));
	pciback_backend_do_op(backend, op);
	KUNIT_EXPECT_EQ(test, op->err, XEN_PCI_ERR_success);
	KUNIT_EXPECT_EQ(test, op->value, U32_MAX);
	fake_pci_log_clear(fn);
	op->cmd = XEN_PCI_OP_conf_write;
	op->offset = PCI_COMMAND;
	op->size = 2;
	op->value = PCI_COMMAND_MASTER;
	pciback_backend_do_op(backend, op);
	KUNIT_EXPECT_EQ(test, op->err, XEN_PCI_ERR_success);
	KUNIT_EXPECT_EQ(test, fn->nr_log, 0);
	op->cmd = XEN_PCI_OP_enable_msi;
	pciback_backend_do_op(backend, op);
	KUNIT_EXPECT_EQ(test, op->err, XEN_PCI_ERR_op_failed);
	op->cmd = 1000;
	pciback_backend_do_op(backend, op);
	KUNIT_EXPECT_EQ(test, op->err, XEN_PCI_ERR_not_implemented);
	pciback_ops_resume(dev);

	op->cmd = XEN_PCI_OP_conf_read;
	op->offset = PCI_VENDOR_ID;
	KUNIT_EXPECT_TRUE(test, pciback_backend_try_op(backend, op));
	KUNIT_EXPECT_EQ(test, op->err, XEN_PCI_ERR_success);
	KUNIT_EXPECT_EQ(test, op->value, FAKE_PCI_VENDOR);
	op->devfn = 0xff;
	KUNIT_EXPECT_TRUE(test, pciback_backend_try_op(backend, op));
	KUNIT_EXPECT_EQ(test, op->err, XEN_PCI_ERR_dev_not_found);
	op->bus = 0x100;
	KUNIT_EXPECT_TRUE(test, pciback_backend_try_op(backend, op));
	KUNIT_EXPECT_EQ(test, op->err, XEN_PCI_ERR_dev_not_found);

	pciback_vbus_remove(&backend->vbus, dev);
	pciback_device_deassign(dev, &backend->owner);
	pciback_device_put(dev);
	pciback_vbus_destroy(&backend->vbus);
}

/* A function that dies on its way to D0. The PCI core would wait for it for a minute. */
static void dead_in_d3(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CONV_PM_RESET];
	struct pcistub_device *dev = device_assigned(test, CONV_PM_RESET);
	int pmcsr = fn->pm + PCI_PM_CTRL;

	fixture_write(dev, pmcsr, 2, 3);
	KUNIT_EXPECT_EQ(test, dev->pdev->current_state, PCI_D3hot);
	fake_pci_set_reset(fn, FAKE_RESET_HANGS, FAKE_RESET_OK);
	KUNIT_EXPECT_EQ(test, pciback_device_conf_write(dev, pmcsr, 2, 0), PCIBIOS_SET_FAILED);
	KUNIT_EXPECT_EQ_MSG(test, dev->pdev->current_state, PCI_D3hot,
			    "D3cold: the core was made to wait");
	KUNIT_EXPECT_EQ_MSG(test, pciback_device_conf_write(dev, PCI_COMMAND, 2, 2), 0,
			    "enabled already, nothing waits");
	fake_pci_set_reset(fn, FAKE_RESET_OK, FAKE_RESET_OK);
	fake_pci_poke(fn, pmcsr, 2, 3);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, dev->pdev->current_state, PCI_D0);
	pciback_device_put(dev);
}

/**
 * struct waker - a thread that wakes a function up
 * @f: the fixture
 * @dev: the function
 * @result: of the write
 * @done: the write has ended
 *
 * Locking: written by the thread before @done, and read by the test after it.
 */
struct waker {
	struct seize_fixture *f;
	struct pcistub_device *dev;
	int result;
	struct completion done;
};

static int waker_thread(void *data)
{
	struct waker *waker = data;
	struct pcistub_device *dev = waker->dev;

	waker->result = pciback_op_begin(dev, &waker->f->guest.owner);
	if (!waker->result) {
		waker->result = pciback_device_conf_write(dev, waker->f->fn[CONV_PM_RESET]->pm +
							  PCI_PM_CTRL, 2, 0);
		pciback_op_end(dev);
	}
	complete(&waker->done);
	return 0;
}

/* Who takes the function away ends the wait for it, and nothing is written afterwards. */
static void detach_ends_wait(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CONV_PM_RESET];
	struct waker waker = { .f = f };
	struct task_struct *task;

	waker.dev = device_assigned(test, CONV_PM_RESET);
	init_completion(&waker.done);
	fixture_write(waker.dev, fn->pm + PCI_PM_CTRL, 2, 3);
	fake_pci_set_reset(fn, FAKE_RESET_HANGS, FAKE_RESET_OK);
	task = kthread_run(waker_thread, &waker, "waker");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	while (!READ_ONCE(waker.dev->op_running) && !completion_done(&waker.done))
		schedule_timeout_uninterruptible(1);
	KUNIT_EXPECT_TRUE(test, pciback_device_deassign_begin(waker.dev, &f->guest.owner));
	KUNIT_EXPECT_FALSE_MSG(test, READ_ONCE(waker.dev->op_running), "it has ended");
	wait_for_completion(&waker.done);
	KUNIT_EXPECT_EQ(test, waker.result, PCIBIOS_SET_FAILED);
	fake_pci_set_reset(fn, FAKE_RESET_OK, FAKE_RESET_OK);
	fake_pci_poke(fn, fn->pm + PCI_PM_CTRL, 2, 3);
	pciback_device_deassign_finish(waker.dev, &f->guest.owner);
	pciback_device_put(waker.dev);
}

static void expect_state(struct kunit *test, const char *state)
{
	char text[32] = "";

	KUNIT_EXPECT_GT(test, fixture_driver_read("../../devices/1234:00:03.0/pciback/reset_state",
						  text, sizeof(text)), 0);
	KUNIT_EXPECT_STREQ(test, text, state);
}

/* The reset after a guest is done later; until then nobody else gets the function. */
static void deassign_later(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = device_assigned(test, CARD);
	struct fixture_guest other;

	fixture_guest_init(&other, 8);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	pciback_device_deassign_later(dev, &f->guest.owner);
	KUNIT_EXPECT_FALSE_MSG(test, dev->resetting, "it is not being detached");
	KUNIT_ASSERT_TRUE(test, pciback_device_deassign_begin(dev, &f->guest.owner));
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0,
			    "the guest's memory may be another one's soon");

	/* Keeps the work item from starting. */
	device_lock(&dev->pdev->dev);
	pciback_device_deassign_later(dev, &f->guest.owner);
	pciback_device_deassign_later(dev, &f->guest.owner);
	expect_state(test, "resetting\n");
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 1);
	device_unlock(&dev->pdev->dev);
	KUNIT_EXPECT_EQ_MSG(test, pciback_device_assign(dev, &other.owner), 0, "it has waited");
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);

	/* A request for a reset waits, too, and then resets it for who wants it next. */
	KUNIT_ASSERT_TRUE(test, pciback_device_deassign_begin(dev, &other.owner));
	pciback_device_deassign_later(dev, &other.owner);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("do_flr", "1234:00:03.0"), 12);
	KUNIT_EXPECT_EQ_MSG(test, other.detaches_expected, 0, "it is detached already");
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 4);
	KUNIT_EXPECT_EQ(test, kref_read(&other.owner.ref), 1);

	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), 0);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 4);
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
	pciback_device_deassign(dev, &other.owner);
	expect_state(test, "clean\n");
	pciback_device_put(dev);
}

/*
 * What a backend does at once when it is removed: the guest's operations and DMA end, and who
 * wants the function next waits for the rest.
 */
static void ended_at_once(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = device_assigned(test, CARD);
	struct fixture_guest other;

	fixture_guest_init(&other, 8);
	pciback_device_set_detaching(dev, &other.owner);
	KUNIT_EXPECT_FALSE_MSG(test, dev->detaching, "not its guest");
	pciback_device_set_detaching(dev, &f->guest.owner);
	KUNIT_EXPECT_TRUE(test, dev->detaching);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	expect_state(test, "resetting\n");
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0,
			    "an operation that still runs does not turn it on again");
	KUNIT_EXPECT_TRUE(test, pciback_device_deassign_begin(dev, &f->guest.owner));
	pciback_device_deassign_later(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, pciback_device_assign(dev, &other.owner), 0);
	pciback_device_deassign(dev, &other.owner);
	pciback_device_put(dev);
}

/* The PCI core logs each time-out of vital product data: they are not read again at once. */
static void vpd_retry(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = device_assigned(test, CARD);
	int addr = fn->vpd_cap + PCI_VPD_ADDR;

	/* The device does not answer there any more. */
	fn->vpd_cap = 0;
	fixture_write(dev, addr, 2, 0);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, addr, 2) & PCI_VPD_ADDR_F, 0);
	KUNIT_EXPECT_TRUE(test, dev->vpd_failed);
	fake_pci_log_clear(fn);
	fixture_write(dev, addr, 2, 4);
	KUNIT_EXPECT_EQ(test, fixture_read(dev, addr, 2) & PCI_VPD_ADDR_F, 0);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_log, 0, "it is not asked");
	fn->vpd_cap = addr - PCI_VPD_ADDR;
	dev->vpd_retry = jiffies;
	fixture_write(dev, addr, 2, 4);
	KUNIT_EXPECT_NE(test, fixture_read(dev, addr, 2) & PCI_VPD_ADDR_F, 0);
	KUNIT_EXPECT_FALSE(test, dev->vpd_failed);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* Unbinding, and unloading, in the middle of the reset after a guest. */
static void unbind_meanwhile(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = device_assigned(test, CARD);

	KUNIT_ASSERT_TRUE(test, pciback_device_deassign_begin(dev, &f->guest.owner));
	pciback_device_deassign_later(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
	flush_workqueue(pciback_device_wq);
	KUNIT_EXPECT_EQ_MSG(test, f->guest.revoked, 0, "the guest had lost it already");
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&dev->ref), 1);
	pciback_device_put(dev);

	dev = device_assigned(test, CARD);
	KUNIT_ASSERT_TRUE(test, pciback_device_deassign_begin(dev, &f->guest.owner));
	pciback_device_deassign_later(dev, &f->guest.owner);
	fixture_driver_stop(f);
	KUNIT_EXPECT_EQ(test, f->guest.revoked, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&f->guest.owner.ref), 1);
	KUNIT_EXPECT_EQ(test, kref_read(&dev->ref), 1);
	pciback_device_put(dev);
	KUNIT_ASSERT_EQ(test, fixture_driver_start(f), 0);
}

/*
 * A driver that resets its function while it is asked about an error. The task that asks
 * holds device_lock(), so no other one could reset it.
 */
static void reset_while_asked(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = device_assigned(test, CARD);

	device_lock(&dev->pdev->dev);
	pciback_recovery_guest_reset(dev);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 1, "none is wanted");
	fixture_write(dev, CARD_EXP + PCI_EXP_DEVCTL, 2, PCI_EXP_DEVCTL_BCR_FLR);
	KUNIT_EXPECT_TRUE(test, dev->reset_wanted);
	KUNIT_EXPECT_EQ(test, dev->resets, 1);
	pciback_recovery_guest_reset(dev);
	KUNIT_EXPECT_EQ(test, fn->nr_flr, 2);
	KUNIT_EXPECT_FALSE(test, dev->reset_wanted);
	KUNIT_EXPECT_EQ(test, dev->resets, 0);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(fn, PCI_COMMAND, 2) & 0x0006, 0x0006,
			    "registers are restored");
	device_unlock(&dev->pdev->dev);
	flush_work(&dev->guest_reset_work);
	KUNIT_EXPECT_EQ_MSG(test, fn->nr_flr, 2, "the work item finds it done");
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
}

/* A line that the handler cannot be installed for is asked for once, not at each write. */
static void intx_refused(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *pdev = fake_pci_dev_get(f->fn[CARD]);
	struct pcistub_device *dev;

	KUNIT_ASSERT_NOT_NULL(test, pdev);
	pdev->irq = NO_IRQ_LINE;
	dev = device_assigned(test, CARD);
	KUNIT_EXPECT_EQ(test, dev->irq.line, 0);
	pdev->irq = IRQ_LINE;
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	fixture_write(dev, PCI_CACHE_LINE_SIZE, 1, 0x10);
	KUNIT_EXPECT_EQ_MSG(test, dev->irq.line, 0, "not asked for again");
	fixture_write(dev, PCI_COMMAND, 2, 0x0004);
	fixture_write(dev, PCI_COMMAND, 2, 0x0006);
	KUNIT_EXPECT_EQ(test, dev->irq.line, IRQ_LINE);
	pciback_device_deassign(dev, &f->guest.owner);
	pciback_device_put(dev);
	pci_dev_put(pdev);
}

static struct kunit_case guest_op_cases[] = {
	KUNIT_CASE_PARAM(try_access, try_gen_params),
	KUNIT_CASE(try_refused),
	KUNIT_CASE(requests_in_reset),
	KUNIT_CASE(dead_in_d3),
	KUNIT_CASE(detach_ends_wait),
	KUNIT_CASE(deassign_later),
	KUNIT_CASE(ended_at_once),
	KUNIT_CASE(unbind_meanwhile),
	KUNIT_CASE(vpd_retry),
	KUNIT_CASE(reset_while_asked),
	KUNIT_CASE(intx_refused),
	{}
};

struct kunit_suite guest_op_suite = {
	.name = "guest_op",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = guest_op_cases,
};
