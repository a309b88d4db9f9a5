// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The functions of one guest by the address each has there: both numberings,
 * whatever address a guest asks for, and the buses it is told to scan.
 */
#include <kunit/test.h>
#include <pciback/vpci.h>
#include "backend/vbus.h"
#include "record/record.h"
#include "seize_fixture.h"
#include "suites.h"

static struct pciback_vbus *topology(struct kunit *test, const struct vbus_ops *ops)
{
	struct pciback_vbus *topo = kunit_kzalloc(test, sizeof(*topo), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, topo);
	pciback_vbus_init(topo, ops);
	return topo;
}

/* Seize a function and give it a place; the topology alone refers to it then. */
static void add(struct kunit *test, struct pciback_vbus *topo, enum fixture_fn which,
		struct pciback_addr *virt)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[which]);
	unsigned int refs = kref_read(&dev->ref);

	KUNIT_ASSERT_EQ(test, pciback_vbus_add(topo, dev, virt), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&dev->ref), refs + 1);
	pciback_device_put(dev);
}

static void empty(struct pciback_vbus *topo)
{
	struct pcistub_device *dev;

	while ((dev = pciback_vbus_first(topo))) {
		pciback_vbus_remove(topo, dev);
		pciback_device_put(dev);
	}
	pciback_vbus_destroy(topo);
}

struct place_row {
	const char *name;
	const struct vbus_ops *ops;
	enum fixture_fn fns[4];
	struct pciback_addr virt[4];
};

static const struct place_row place_rows[] = {
	{ "vpci", &pciback_vbus_vpci, { CARD, OLD, BELOW, CARD_1 },
	  { { 0, 0, 0x00 }, { 0, 0, 0x08 }, { 0, 0, 0x10 }, { 0, 0, 0x01 } } },
	{ "passthrough", &pciback_vbus_passthrough, { CARD, OLD, BELOW, CARD_1 },
	  { { 0x1234, 0, 0x18 }, { 0x1234, 0, 0x28 }, { 0x1234, 1, 0x00 }, { 0x1234, 0, 0x19 } } },
};

KUNIT_ARRAY_PARAM_DESC(place, place_rows, name);

static void finds_what_it_placed(struct kunit *test)
{
	const struct place_row *row = test->param_value;
	struct pciback_vbus *topo = topology(test, row->ops);
	struct seize_fixture *b = test->priv;
	struct pciback_addr virt;
	int i;

	for (i = 0; i < ARRAY_SIZE(row->fns); i++) {
		add(test, topo, row->fns[i], &virt);
		KUNIT_EXPECT_EQ_MSG(test, virt.domain, row->virt[i].domain, "function %d", i);
		KUNIT_EXPECT_EQ_MSG(test, virt.bus, row->virt[i].bus, "function %d", i);
		KUNIT_EXPECT_EQ_MSG(test, virt.devfn, row->virt[i].devfn, "function %d", i);
	}
	for (i = 0; i < ARRAY_SIZE(row->fns); i++) {
		const struct pciback_addr *at = &row->virt[i];
		struct pcistub_device *want = fixture_find(b->fn[row->fns[i]]);
		struct pcistub_device *dev = pciback_vbus_get(topo, at->domain, at->bus, at->devfn);

		KUNIT_EXPECT_NOT_NULL(test, want);
		KUNIT_EXPECT_PTR_EQ_MSG(test, dev, want, "function %d", i);
		if (dev) {
			KUNIT_EXPECT_EQ(test, pciback_vbus_add(topo, dev, &virt), -EEXIST);
			KUNIT_EXPECT_TRUE(test, pciback_vbus_remove(topo, dev));
			KUNIT_EXPECT_FALSE(test, pciback_vbus_remove(topo, dev));
			pciback_device_put(dev);
		}
		if (want)
			pciback_device_put(want);
		KUNIT_EXPECT_NULL_MSG(test, pciback_vbus_get(topo, at->domain, at->bus, at->devfn),
				      "function %d", i);
	}
	empty(topo);
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
	{ "domain that would shift out", 0x10000, 0, 0 },
	{ "greatest of all", U32_MAX, U32_MAX, U32_MAX },
	{ "greatest domain", U32_MAX, 0, 0 },
	{ "greatest bus", 0, U32_MAX, 0 },
	{ "greatest device number", 0, 0, U32_MAX },
};

KUNIT_ARRAY_PARAM_DESC(absent, absent_rows, name);

/* With one function at 0000:00:00.0, nothing else is anywhere. */
static void finds_nothing_elsewhere(struct kunit *test)
{
	const struct absent_row *row = test->param_value;
	struct pciback_vbus *topo = topology(test, &pciback_vbus_vpci);
	struct pciback_addr virt;

	add(test, topo, PLAIN, &virt);
	KUNIT_EXPECT_NULL(test, pciback_vbus_get(topo, row->domain, row->bus, row->devfn));
	empty(topo);
}

struct root_row {
	const char *name;
	const struct vbus_ops *ops;
	enum fixture_fn fns[3];
	int nr;
	bool bus0, bus1;	/* buses the guest has to scan */
};

static const struct root_row root_rows[] = {
	{ "vpci", &pciback_vbus_vpci, { PLAIN, BELOW }, 2, true, false },
	{ "passthrough, root bus", &pciback_vbus_passthrough, { PLAIN }, 1, true, false },
	{ "passthrough, below a port", &pciback_vbus_passthrough, { BELOW }, 1, false, true },
	{ "passthrough, both", &pciback_vbus_passthrough, { PLAIN, BELOW }, 2, true, true },
	{ "passthrough, port and below", &pciback_vbus_passthrough, { PORT, BELOW }, 2, true, false },
	{ "passthrough, below first", &pciback_vbus_passthrough, { BELOW, PORT }, 2, true, false },
};

KUNIT_ARRAY_PARAM_DESC(root, root_rows, name);

static void names_roots(struct kunit *test)
{
	const struct root_row *row = test->param_value;
	struct pciback_vbus *topo = topology(test, row->ops);
	u32 domain = row->ops == &pciback_vbus_vpci ? 0 : FAKE_PCI_DOMAIN;
	struct pciback_addr virt, root;
	bool seen[2] = { };
	unsigned int cursor = 0;
	int i;

	for (i = 0; i < row->nr; i++)
		add(test, topo, row->fns[i], &virt);
	while (pciback_vbus_next_root(topo, &cursor, &root)) {
		KUNIT_EXPECT_EQ(test, root.domain, domain);
		KUNIT_ASSERT_LT(test, root.bus, 2);
		seen[root.bus] = true;
	}
	KUNIT_EXPECT_EQ(test, seen[0], row->bus0);
	KUNIT_EXPECT_EQ(test, seen[1], row->bus1);
	empty(topo);
}

static struct kunit_case vbus_cases[] = {
	KUNIT_CASE_PARAM(finds_what_it_placed, place_gen_params),
	KUNIT_CASE_PARAM(finds_nothing_elsewhere, absent_gen_params),
	KUNIT_CASE_PARAM(names_roots, root_gen_params),
	{}
};

struct kunit_suite vbus_suite = {
	.name = "vbus",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = vbus_cases,
};
