// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * A guest that sends whatever it likes, thousands of times: every operation,
 * mostly on a function it has, with arguments from sensible to absurd. When it
 * is gone its function is as before it came, byte for byte. The order is
 * arbitrary but the same each time; a row's seed is its number.
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
/* Each takes 100 ms of waiting. */
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
	{ "AF", OLD, CONF_STRICT, FIXTURE_OLD_USED },
	{ "AF, permissive", OLD, CONF_PERMISSIVE, FIXTURE_OLD_USED },
	{ "no reset", PLAIN, CONF_STRICT, FIXTURE_OLD_USED },
	{ "no reset, permissive", PLAIN, CONF_PERMISSIVE, FIXTURE_OLD_USED },
	{ "power state reset", SOFT, CONF_STRICT, FIXTURE_OLD_USED },
	{ "power state reset, permissive", SOFT, CONF_PERMISSIVE, FIXTURE_OLD_USED },
	{ "bridge", PORT, CONF_STRICT, FIXTURE_FRESH },
};

KUNIT_ARRAY_PARAM_DESC(requests, requests_rows, name);

struct requests {
	struct pciback_backend guest;
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

/* xorshift32: never 0. */
static u32 draw(struct requests *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 17;
	r->random ^= r->random << 5;
	return r->random;
}

static bool one_in(struct requests *r, u32 n)
{
	return draw(r) % n == 0;
}

static u32 some_value(struct requests *r)
{
	switch (draw(r) % 4) {
	case 0:
		return 0;
	case 1:
		return ~0;
	case 2:
		return 1u << draw(r) % 32;
	default:
		return draw(r);
	}
}

/* Registers whose writing costs time: let them be hit, but not all the time. */
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

static void make_up(struct requests *r)
{
	static const u32 usual[] = {
		XEN_PCI_OP_conf_read, XEN_PCI_OP_conf_read, XEN_PCI_OP_conf_read,
		XEN_PCI_OP_conf_write, XEN_PCI_OP_conf_write, XEN_PCI_OP_conf_write,
		XEN_PCI_OP_conf_write, XEN_PCI_OP_conf_write,
		XEN_PCI_OP_enable_msi, XEN_PCI_OP_disable_msi, XEN_PCI_OP_enable_msix,
		XEN_PCI_OP_disable_msix, XEN_PCI_OP_enable_multi_msi,
	};
	struct xen_pci_op *op = &r->op;
	int i;

	op->cmd = one_in(r, 50) ? draw(r) % (one_in(r, 2) ? 16 : U32_MAX) :
				  usual[draw(r) % ARRAY_SIZE(usual)];
	op->domain = one_in(r, 50) ? draw(r) : r->at.domain;
	op->bus = one_in(r, 50) ? some_value(r) : r->at.bus;
	op->devfn = one_in(r, 50) ? some_value(r) : r->at.devfn;
	op->size = one_in(r, 50) ? draw(r) : 1 << draw(r) % 3;
	op->offset = one_in(r, 50) ? draw(r) : draw(r) % (one_in(r, 8) ? 4096 : 256);
	if (!one_in(r, 20))
		op->offset &= ~(op->size - 1);
	op->value = some_value(r);
	op->info = one_in(r, 4) ? some_value(r) : draw(r) % 5;
	if (op->cmd == XEN_PCI_OP_enable_msix) {
		if (!one_in(r, 8))
			op->value = draw(r) % 6;
		for (i = 0; i < SH_INFO_MAX_VEC; i++)
			op->msix_entries[i].entry = one_in(r, 8) ? draw(r) : i;
	}
	if (op->cmd == XEN_PCI_OP_conf_write && is_slow(r) &&
	    (r->fn->nr_flr + r->fn->nr_pm_reset > MAX_RESETS || !one_in(r, 8)))
		op->cmd = XEN_PCI_OP_conf_read;
}

static const struct pciback_owner_ops requests_owner_ops = {
	.release = requests_release,
	.revoke = requests_revoke,
};

static struct requests *start(struct kunit *test, const struct requests_row *row)
{
	struct requests *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	struct seize_fixture *b = test->priv;

	KUNIT_ASSERT_NOT_NULL(test, r);
	r->random = row - requests_rows + 1;
	r->fn = b->fn[row->fn];
	kref_init(&r->guest.owner.ref);
	r->guest.owner.domid = 9;
	r->guest.owner.ops = &requests_owner_ops;
	pciback_vbus_init(&r->guest.vbus, &pciback_vbus_vpci);
	return r;
}

static void leaves_no_trace(struct kunit *test)
{
	const struct requests_row *row = test->param_value;
	struct requests *r = start(test, row);
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
	KUNIT_ASSERT_EQ(test, pciback_device_assign(r->dev, &r->guest.owner), 0);
	KUNIT_ASSERT_EQ(test, pciback_vbus_add(&r->guest.vbus, r->dev, &r->at), 0);
	KUNIT_EXPECT_EQ(test, pciback_policy_set_level(r->dev, row->level), 0);

	for (i = 0; i < REQUESTS; i++) {
		make_up(r);
		pciback_backend_do_op(&r->guest, &r->op);
		r->done[min(r->op.cmd, 15U)]++;
		if (i % 64 == 0)
			cond_resched();
	}
	for (i = 0; i < 6; i++)
		KUNIT_EXPECT_GT_MSG(test, r->done[i], 100, "operation %d", i);
	KUNIT_EXPECT_GT(test, r->done[XEN_PCI_OP_enable_multi_msi], 100);
	/* Whatever it did, it could not keep the hardware from decoding (XSA-120). */
	KUNIT_EXPECT_EQ(test, (fake_pci_peek(r->fn, PCI_COMMAND, 1) ^ idle[PCI_COMMAND]) &
			(PCI_COMMAND_IO | PCI_COMMAND_MEMORY), 0);

	pciback_vbus_remove(&r->guest.vbus, r->dev);
	pciback_device_deassign(r->dev, &r->guest.owner);
	fixture_expect_same(test, r->fn, idle, "idle again");
	KUNIT_EXPECT_FALSE(test, r->dev->pdev->msi_enabled);
	KUNIT_EXPECT_FALSE(test, r->dev->pdev->msix_enabled);
	/* A bridge goes on bridging for what is behind it. */
	KUNIT_EXPECT_EQ(test, pci_is_enabled(r->dev->pdev), row->fn == PORT);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(r->fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_EQ(test, kref_read(&r->guest.owner.ref), 1);
	pciback_device_put(r->dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(r->fn), 12);
	/* The core enables a bridge for good, for what is below it. */
	if (row->fn != PORT)
		fixture_expect_same(test, r->fn, was, "handed back");
	pciback_vbus_destroy(&r->guest.vbus);
}

static struct kunit_case requests_cases[] = {
	KUNIT_CASE_PARAM(leaves_no_trace, requests_gen_params),
	{}
};

struct kunit_suite requests_suite = {
	.name = "requests",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = requests_cases,
};
