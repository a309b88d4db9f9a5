// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The functions of one guest by the address each has there: both numberings,
 * whatever address a guest asks for, and the buses it is told to scan.
 */
#include <kunit/test.h>
#include <pciback/vpci.h>
#include "backend/vbus.h"
#include "record/record.h"
#include "seize_bench.h"
#include "suites.h"

static struct topology *topology(struct kunit *test, const struct topology_ops *ops)
{
	struct topology *topo = kunit_kzalloc(test, sizeof(*topo), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, topo);
	topology_init(topo, ops);
	return topo;
}

/* Seize a function and give it a place; the topology alone refers to it then. */
static void add(struct kunit *test, struct topology *topo, enum bench_fn which,
		struct topo_addr *virt)
{
	struct seize_bench *b = test->priv;
	struct pciback_device *dev = bench_seize(test, b->fn[which]);
	unsigned int refs = kref_read(&dev->ref);

	KUNIT_ASSERT_EQ(test, topology_add(topo, dev, virt), 0);
	KUNIT_EXPECT_EQ(test, kref_read(&dev->ref), refs + 1);
	pciback_device_put(dev);
}

static void empty(struct topology *topo)
{
	struct pciback_device *dev;

	while ((dev = topology_first(topo))) {
		topology_remove(topo, dev);
		pciback_device_put(dev);
	}
	topology_destroy(topo);
}

struct place_row {
	const char *name;
	const struct topology_ops *ops;
	enum bench_fn fns[4];
	struct topo_addr virt[4];
};

static const struct place_row place_rows[] = {
	{ "vpci", &vpci_ops, { CARD, OLD, BELOW, CARD_1 },
	  { { 0, 0, 0x00 }, { 0, 0, 0x08 }, { 0, 0, 0x10 }, { 0, 0, 0x01 } } },
	{ "passthrough", &passthrough_ops, { CARD, OLD, BELOW, CARD_1 },
	  { { 0x1234, 0, 0x18 }, { 0x1234, 0, 0x28 }, { 0x1234, 1, 0x00 }, { 0x1234, 0, 0x19 } } },
};

KUNIT_ARRAY_PARAM_DESC(place, place_rows, name);

static void finds_what_it_placed(struct kunit *test)
{
	const struct place_row *row = test->param_value;
	struct topology *topo = topology(test, row->ops);
	struct seize_bench *b = test->priv;
	struct topo_addr virt;
	int i;

	for (i = 0; i < ARRAY_SIZE(row->fns); i++) {
		add(test, topo, row->fns[i], &virt);
		KUNIT_EXPECT_EQ_MSG(test, virt.domain, row->virt[i].domain, "function %d", i);
		KUNIT_EXPECT_EQ_MSG(test, virt.bus, row->virt[i].bus, "function %d", i);
		KUNIT_EXPECT_EQ_MSG(test, virt.devfn, row->virt[i].devfn, "function %d", i);
	}
	for (i = 0; i < ARRAY_SIZE(row->fns); i++) {
		const struct topo_addr *at = &row->virt[i];
		struct pciback_device *want = bench_find(b->fn[row->fns[i]]);
		struct pciback_device *dev = topology_get(topo, at->domain, at->bus, at->devfn);

		KUNIT_EXPECT_NOT_NULL(test, want);
		KUNIT_EXPECT_PTR_EQ_MSG(test, dev, want, "function %d", i);
		if (dev) {
			KUNIT_EXPECT_EQ(test, topology_add(topo, dev, &virt), -EEXIST);
			KUNIT_EXPECT_TRUE(test, topology_remove(topo, dev));
			KUNIT_EXPECT_FALSE(test, topology_remove(topo, dev));
			pciback_device_put(dev);
		}
		if (want)
			pciback_device_put(want);
		KUNIT_EXPECT_NULL_MSG(test, topology_get(topo, at->domain, at->bus, at->devfn),
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
	struct topology *topo = topology(test, &vpci_ops);
	struct topo_addr virt;

	add(test, topo, PLAIN, &virt);
	KUNIT_EXPECT_NULL(test, topology_get(topo, row->domain, row->bus, row->devfn));
	empty(topo);
}

struct root_row {
	const char *name;
	const struct topology_ops *ops;
	enum bench_fn fns[3];
	int nr;
	bool bus0, bus1;	/* buses the guest has to scan */
};

static const struct root_row root_rows[] = {
	{ "vpci", &vpci_ops, { PLAIN, BELOW }, 2, true, false },
	{ "passthrough, root bus", &passthrough_ops, { PLAIN }, 1, true, false },
	{ "passthrough, below a port", &passthrough_ops, { BELOW }, 1, false, true },
	{ "passthrough, both", &passthrough_ops, { PLAIN, BELOW }, 2, true, true },
	{ "passthrough, port and below", &passthrough_ops, { PORT, BELOW }, 2, true, false },
	{ "passthrough, below first", &passthrough_ops, { BELOW, PORT }, 2, true, false },
};

KUNIT_ARRAY_PARAM_DESC(root, root_rows, name);

static void names_roots(struct kunit *test)
{
	const struct root_row *row = test->param_value;
	struct topology *topo = topology(test, row->ops);
	u32 domain = row->ops == &vpci_ops ? 0 : FAKE_PCI_DOMAIN;
	struct topo_addr virt, root;
	bool seen[2] = { };
	unsigned int cursor = 0;
	int i;

	for (i = 0; i < row->nr; i++)
		add(test, topo, row->fns[i], &virt);
	while (topology_next_root(topo, &cursor, &root)) {
		KUNIT_EXPECT_EQ(test, root.domain, domain);
		KUNIT_ASSERT_LT(test, root.bus, 2);
		seen[root.bus] = true;
	}
	KUNIT_EXPECT_EQ(test, seen[0], row->bus0);
	KUNIT_EXPECT_EQ(test, seen[1], row->bus1);
	empty(topo);
}

static struct kunit_case topology_cases[] = {
	KUNIT_CASE_PARAM(finds_what_it_placed, place_gen_params),
	KUNIT_CASE_PARAM(finds_nothing_elsewhere, absent_gen_params),
	KUNIT_CASE_PARAM(names_roots, root_gen_params),
	{}
};

struct kunit_suite topology_suite = {
	.name = "topology",
	.init = seize_bench_init,
	.exit = seize_bench_exit,
	.test_cases = topology_cases,
};
