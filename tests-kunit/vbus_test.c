// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The functions of one guest by the address that each has in the guest: vpci and
 * passthrough addresses, addresses without a function, and the root buses.
 */
#include <kunit/test.h>
#include <pciback/vpci.h>
#include "backend/vbus.h"
#include "record/record.h"
#include "seize_fixture.h"
#include "suites.h"

static struct pciback_vbus *vbus_new(struct kunit *test, const struct vbus_ops *ops)
{
	struct pciback_vbus *vbus = kunit_kzalloc(test, sizeof(*vbus), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, vbus);
	pciback_vbus_init(vbus, ops);
	return vbus;
}

/* Seize a function and add it; then only the vbus has a reference to the record. */
static void vbus_add(struct kunit *test, struct pciback_vbus *vbus, enum fixture_fn which,
		     struct pciback_addr *virt)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[which]);
	unsigned int refs = kref_read(&dev->ref);

	KUNIT_ASSERT_EQ(test, pciback_vbus_add(vbus, dev, virt), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&dev->ref), refs + 1);
	pciback_device_put(dev);
}

static void vbus_empty(struct pciback_vbus *vbus)
{
	struct pcistub_device *dev;

	while ((dev = pciback_vbus_first(vbus))) {
		pciback_vbus_remove(vbus, dev);
		pciback_device_put(dev);
	}
	pciback_vbus_destroy(vbus);
}

struct add_row {
	const char *name;
	const struct vbus_ops *ops;
	enum fixture_fn fns[4];
	struct pciback_addr virt[4];
};

static const struct add_row add_rows[] = {
	{ "vpci", &pciback_vbus_vpci, { CARD, CONV_AF, BELOW, CARD_1 },
	  { { 0, 0, 0x00 }, { 0, 0, 0x08 }, { 0, 0, 0x10 }, { 0, 0, 0x01 } } },
	{ "passthrough", &pciback_vbus_passthrough, { CARD, CONV_AF, BELOW, CARD_1 },
	  { { 0x1234, 0, 0x18 }, { 0x1234, 0, 0x28 }, { 0x1234, 1, 0x00 }, { 0x1234, 0, 0x19 } } },
};

KUNIT_ARRAY_PARAM_DESC(add, add_rows, name);

static void add_get_remove(struct kunit *test)
{
	const struct add_row *row = test->param_value;
	struct pciback_vbus *vbus = vbus_new(test, row->ops);
	struct seize_fixture *f = test->priv;
	struct pciback_addr virt;
	int i;

	for (i = 0; i < ARRAY_SIZE(row->fns); i++) {
		vbus_add(test, vbus, row->fns[i], &virt);
		KUNIT_EXPECT_EQ_MSG(test, virt.domain, row->virt[i].domain, "function %d", i);
		KUNIT_EXPECT_EQ_MSG(test, virt.bus, row->virt[i].bus, "function %d", i);
		KUNIT_EXPECT_EQ_MSG(test, virt.devfn, row->virt[i].devfn, "function %d", i);
	}
	for (i = 0; i < ARRAY_SIZE(row->fns); i++) {
		const struct pciback_addr *at = &row->virt[i];
		struct pcistub_device *want = fixture_find(f->fn[row->fns[i]]);
		struct pcistub_device *dev = pciback_vbus_get(vbus, at->domain, at->bus, at->devfn);

		KUNIT_EXPECT_NOT_NULL(test, want);
		KUNIT_EXPECT_PTR_EQ_MSG(test, dev, want, "function %d", i);
		if (dev) {
			KUNIT_EXPECT_EQ(test, pciback_vbus_add(vbus, dev, &virt), -EEXIST);
			KUNIT_EXPECT_TRUE(test, pciback_vbus_remove(vbus, dev));
			KUNIT_EXPECT_FALSE(test, pciback_vbus_remove(vbus, dev));
			pciback_device_put(dev);
		}
		if (want)
			pciback_device_put(want);
		KUNIT_EXPECT_NULL_MSG(test, pciback_vbus_get(vbus, at->domain, at->bus, at->devfn),
				      "function %d", i);
	}
	vbus_empty(vbus);
}

struct absent_row {
	const char *name;
	u32 domain, bus, devfn;
};

static const struct absent_row absent_rows[] = {
	{ "next function", 0, 0, 1 },
	{ "next device", 0, 0, 8 },
	{ "next bus", 0, 1, 0 },
	{ "next domain", 1, 0, 0 },
	{ "device number of 9 bits", 0, 0, 0x100 },
	{ "bus number of 9 bits", 0, 0x100, 0 },
	{ "domain of 17 bits", 0x10000, 0, 0 },
	{ "maximum of all", U32_MAX, U32_MAX, U32_MAX },
	{ "maximum domain", U32_MAX, 0, 0 },
	{ "maximum bus", 0, U32_MAX, 0 },
	{ "maximum device number", 0, 0, U32_MAX },
};

KUNIT_ARRAY_PARAM_DESC(absent, absent_rows, name);

/* With one function at 0000:00:00.0, no other address has one. */
static void absent_addresses(struct kunit *test)
{
	const struct absent_row *row = test->param_value;
	struct pciback_vbus *vbus = vbus_new(test, &pciback_vbus_vpci);
	struct pciback_addr virt;

	vbus_add(test, vbus, CONV, &virt);
	KUNIT_EXPECT_NULL(test, pciback_vbus_get(vbus, row->domain, row->bus, row->devfn));
	vbus_empty(vbus);
}

struct root_row {
	const char *name;
	const struct vbus_ops *ops;
	enum fixture_fn fns[3];
	int nr;
	bool bus0, bus1;	/* root buses that the guest scans */
};

static const struct root_row root_rows[] = {
	{ "vpci", &pciback_vbus_vpci, { CONV, BELOW }, 2, true, false },
	{ "passthrough, root bus", &pciback_vbus_passthrough, { CONV }, 1, true, false },
	{ "passthrough, below a port", &pciback_vbus_passthrough, { BELOW }, 1, false, true },
	{ "passthrough, both", &pciback_vbus_passthrough, { CONV, BELOW }, 2, true, true },
	{ "passthrough, port and below", &pciback_vbus_passthrough, { PORT, BELOW }, 2, true,
	  false },
	{ "passthrough, below first", &pciback_vbus_passthrough, { BELOW, PORT }, 2, true, false },
};

KUNIT_ARRAY_PARAM_DESC(root, root_rows, name);

static void roots(struct kunit *test)
{
	const struct root_row *row = test->param_value;
	struct pciback_vbus *vbus = vbus_new(test, row->ops);
	u32 domain = row->ops == &pciback_vbus_vpci ? 0 : FAKE_PCI_DOMAIN;
	struct pciback_addr virt, root;
	bool seen[2] = { };
	unsigned int cursor = 0;
	int i;

	for (i = 0; i < row->nr; i++)
		vbus_add(test, vbus, row->fns[i], &virt);
	while (pciback_vbus_next_root(vbus, &cursor, &root)) {
		KUNIT_EXPECT_EQ(test, root.domain, domain);
		KUNIT_ASSERT_LT(test, root.bus, 2);
		seen[root.bus] = true;
	}
	KUNIT_EXPECT_EQ(test, seen[0], row->bus0);
	KUNIT_EXPECT_EQ(test, seen[1], row->bus1);
	vbus_empty(vbus);
}

static struct kunit_case vbus_cases[] = {
	KUNIT_CASE_PARAM(add_get_remove, add_gen_params),
	KUNIT_CASE_PARAM(absent_addresses, absent_gen_params),
	KUNIT_CASE_PARAM(roots, root_gen_params),
	{}
};

struct kunit_suite vbus_suite = {
	.name = "vbus",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = vbus_cases,
};
