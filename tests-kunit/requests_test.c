// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Thousands of random requests of a guest: every operation, mostly to a function
 * that is assigned to it, with valid and invalid arguments. After the deassign
 * every byte of the function's configuration space must be as before. The
 * requests are the same in each run: a row's seed is its number.
 */
#include <kunit/test.h>
#include <linux/slab.h>
#include <pciback/conf.h>
#include <pciback/vpci.h>
#include "backend/backend.h"
#include "backend/vbus.h"
#include "compat.h"
#include "device/lifecycle.h"
#include "device/policy.h"
#include "irq/irq.h"
#include "record/record.h"
#include "record/stats.h"
#include "seize_fixture.h"
#include "suites.h"

#define REQUESTS	20000
/* Each reset waits 100 ms. */
#define MAX_RESETS	5

struct requests_row {
	const char *name;
	enum fixture_fn fn;
	enum conf_level level;
	struct fixture_host host;
};

static const struct requests_row requests_rows[] = {
	{ "PCIe, fresh", CARD, CONF_STRICT, FIXTURE_FRESH },
	{ "PCIe, used", CARD, CONF_STRICT, FIXTURE_USED },
	{ "PCIe, permissive", CARD, CONF_PERMISSIVE, FIXTURE_USED },
	{ "below a port", BELOW, CONF_STRICT, FIXTURE_USED },
	{ "AF", CONV_AF, CONF_STRICT, FIXTURE_CONV_USED },
	{ "AF, permissive", CONV_AF, CONF_PERMISSIVE, FIXTURE_CONV_USED },
	{ "no reset", CONV, CONF_STRICT, FIXTURE_CONV_USED },
	{ "no reset, permissive", CONV, CONF_PERMISSIVE, FIXTURE_CONV_USED },
	{ "PM reset", CONV_PM_RESET, CONF_STRICT, FIXTURE_CONV_USED },
	{ "PM reset, permissive", CONV_PM_RESET, CONF_PERMISSIVE, FIXTURE_CONV_USED },
	{ "bridge", PORT, CONF_STRICT, FIXTURE_FRESH },
};

KUNIT_ARRAY_PARAM_DESC(requests, requests_rows, name);

/**
 * struct requests - a guest that sends random requests
 * @backend: its backend
 * @fn: the function
 * @dev: the record of the function; reference held
 * @at: the address of the function in the guest
 * @op: the request
 * @random: state of the random number generator
 * @done: how many requests there were of each operation
 *
 * Locking: none; used by the test's thread only.
 */
struct requests {
	struct pciback_backend backend;
	struct fake_pci_fn *fn;
	struct pcistub_device *dev;
	struct pciback_addr at;
	struct xen_pci_op op;
	u32 random;
	unsigned int done[16];
};

static void requests_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
}

static void requests_release(struct kref *ref)
{
}

/* The next random number: xorshift32, never 0. */
static u32 random_next(struct requests *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 17;
	r->random ^= r->random << 5;
	return r->random;
}

static bool random_one_in(struct requests *r, u32 n)
{
	return random_next(r) % n == 0;
}

static u32 random_value(struct requests *r)
{
	switch (random_next(r) % 4) {
	case 0:
		return 0;
	case 1:
		return ~0;
	case 2:
		return 1u << random_next(r) % 32;
	default:
		return random_next(r);
	}
}

/* True for registers where a write takes time: they are written less often. */
static bool is_slow(struct requests *r)
{
	const struct xen_pci_op *op = &r->op;
	u8 slow[] = { r->fn->pm ? r->fn->pm + PCI_PM_CTRL : 0,
		      r->fn->exp ? r->fn->exp + PCI_EXP_DEVCTL + 1 : 0,
		      r->fn->af ? r->fn->af + PCI_AF_CTRL : 0,
		      r->fn->vpd_cap ? r->fn->vpd_cap + PCI_VPD_ADDR : 0 };
	int i;

	for (i = 0; i < ARRAY_SIZE(slow); i++)
		if (slow[i] && op->offset <= slow[i] && slow[i] < op->offset + 4)
			return true;
	return false;
}

static void random_op(struct requests *r)
{
	static const u32 ops[] = {
		XEN_PCI_OP_conf_read, XEN_PCI_OP_conf_read, XEN_PCI_OP_conf_read,
		XEN_PCI_OP_conf_write, XEN_PCI_OP_conf_write, XEN_PCI_OP_conf_write,
		XEN_PCI_OP_conf_write, XEN_PCI_OP_conf_write,
		XEN_PCI_OP_enable_msi, XEN_PCI_OP_disable_msi, XEN_PCI_OP_enable_msix,
		XEN_PCI_OP_disable_msix, XEN_PCI_OP_enable_multi_msi,
	};
	struct xen_pci_op *op = &r->op;
	int i;

	op->cmd = random_one_in(r, 50) ? random_next(r) % (random_one_in(r, 2) ? 16 : U32_MAX) :
				  ops[random_next(r) % ARRAY_SIZE(ops)];
	op->domain = random_one_in(r, 50) ? random_next(r) : r->at.domain;
	op->bus = random_one_in(r, 50) ? random_value(r) : r->at.bus;
	op->devfn = random_one_in(r, 50) ? random_value(r) : r->at.devfn;
	op->size = random_one_in(r, 50) ? random_next(r) : 1 << random_next(r) % 3;
	op->offset = random_one_in(r, 50) ? random_next(r) :
		     random_next(r) % (random_one_in(r, 8) ? 4096 : 256);
	if (!random_one_in(r, 20))
		op->offset &= ~(op->size - 1);
	op->value = random_value(r);
	op->info = random_one_in(r, 4) ? random_value(r) : random_next(r) % 5;
	if (op->cmd == XEN_PCI_OP_enable_msix) {
		if (!random_one_in(r, 8))
			op->value = random_next(r) % 6;
		for (i = 0; i < SH_INFO_MAX_VEC; i++)
			op->msix_entries[i].entry = random_one_in(r, 8) ? random_next(r) : i;
	}
	if (op->cmd == XEN_PCI_OP_conf_write && is_slow(r) &&
	    (r->fn->nr_flr + r->fn->nr_pm_reset > MAX_RESETS || !random_one_in(r, 8)))
		op->cmd = XEN_PCI_OP_conf_read;
}

static const struct pciback_owner_ops requests_owner_ops = {
	.release = requests_release,
	.revoke = requests_revoke,
};

static struct requests *requests_start(struct kunit *test, const struct requests_row *row)
{
	struct requests *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	struct seize_fixture *f = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, r);
	r->random = row - requests_rows + 1;
	r->fn = f->fn[row->fn];
	kref_init(&r->backend.owner.ref);
	r->backend.owner.domid = 9;
	r->backend.owner.ops = &requests_owner_ops;
	pciback_vbus_init(&r->backend.vbus, &pciback_vbus_vpci);
	return r;
}

static void random_requests(struct kunit *test)
{
	const struct requests_row *row = test->param_value;
	struct requests *r = requests_start(test, row);
	u8 *was = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	u8 *idle = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, was);
	KUNIT_ASSERT_NOT_NULL(test, idle);
	if (row->fn != PORT)
		fixture_set_up(r->fn, &row->host);
	fake_pci_snapshot(r->fn, was);
	r->dev = fixture_seize(test, r->fn);
	fake_pci_snapshot(r->fn, idle);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(r->dev, &r->backend.owner), 0);
	KUNIT_ASSERT_EQ(test, pciback_vbus_add(&r->backend.vbus, r->dev, &r->at), 0);
	KUNIT_EXPECT_EQ(test, pciback_policy_set_level(r->dev, row->level), 0);

	for (i = 0; i < REQUESTS; i++) {
		random_op(r);
		pciback_backend_do_op(&r->backend, &r->op);
		r->done[min(r->op.cmd, 15U)]++;
		if (i % 64 == 0)
			cond_resched();
	}
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_GT_MSG(test, r->done[i], 100, "operation %d", i);
	KUNIT_EXPECT_GT(test, r->done[XEN_PCI_OP_enable_multi_msi], 100);
	/* No request may switch off decoding in the hardware (XSA-120). */
	KUNIT_EXPECT_EQ(test, (fake_pci_peek(r->fn, PCI_COMMAND, 1) ^ idle[PCI_COMMAND]) &
			(PCI_COMMAND_IO | PCI_COMMAND_MEMORY), 0);

	pciback_vbus_remove(&r->backend.vbus, r->dev);
	pciback_device_deassign(r->dev, &r->backend.owner);
	fixture_expect_same(test, r->fn, idle, "idle again");
	KUNIT_EXPECT_FALSE(test, r->dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, r->dev->pdev->msix_enabled);
	/* A bridge stays enabled for the functions behind it. */
	KUNIT_EXPECT_EQ(test, pci_is_enabled(r->dev->pdev), row->fn == PORT);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(r->fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&r->backend.owner.ref), 1);
	pciback_device_put(r->dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(r->fn), 12);
	/* The core does not disable a bridge that it enabled for a function behind it. */
	if (row->fn != PORT)
		fixture_expect_same(test, r->fn, was, "released");
	pciback_vbus_destroy(&r->backend.vbus);
}

static struct kunit_case requests_cases[] = {
	KUNIT_CASE_PARAM(random_requests, requests_gen_params),
	{}
};

struct kunit_suite requests_suite = {
	.name = "requests",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = requests_cases,
};
