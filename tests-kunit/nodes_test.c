// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The list of buses in the backend's directory of xenstore, also when the toolstack
 * deletes the directory while it is written.
 */
#include <kunit/test.h>
#include "backend/backend.h"
#include "nodes_glue.h"
#include "suites.h"

struct root_row {
	const char *name;
	const char *num, *root[2];	/* what is there before */
	int err;
	const char *num_after, *root_after[3];
	unsigned int errors;
};

/* The bus that is published is 0000:01. */
static const struct root_row root_rows[] = {
	{ "the first", NULL, { }, 0, "1", { "0000:01" }, 0 },
	{ "the first, the number is there", "0", { }, 0, "1", { "0000:01" }, 0 },
	{ "the second", "1", { "0000:00" }, 0, "2", { "0000:00", "0000:01" }, 0 },
	{ "the third", "2", { "0000:00", "0001:01" }, 0, "3",
	  { "0000:00", "0001:01", "0000:01" }, 0 },
	{ "listed already", "2", { "0000:01", "0000:00" }, 0, "2", { "0000:01", "0000:00" }, 0 },
	{ "not the address of a bus", "1", { "junk" }, -EINVAL, "1", { "junk" }, 1 },
	{ "missing", "2", { "0000:00" }, -EINVAL, "2", { "0000:00" }, 1 },
};

KUNIT_ARRAY_PARAM_DESC(root, root_rows, name);

static const struct pciback_addr published = { .domain = 0, .bus = 1 };

static struct pciback_backend *backend_init(struct kunit *test)
{
	struct pciback_backend *backend = kunit_kzalloc(test, sizeof(*backend), GFP_KERNEL);
	struct xenbus_device *xdev = kunit_kzalloc(test, sizeof(*xdev), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, backend);
	KUNIT_ASSERT_NOT_NULL(test, xdev);
	xdev->nodename = "backend/pci/7/0";
	backend->xdev = xdev;
	return backend;
}

static void store_init(const struct root_row *row)
{
	static const char * const names[] = { "root-0", "root-1" };
	int i;

	glue_store_init();
	if (row->num)
		glue_store_write("root_num", row->num);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (row->root[i])
			glue_store_write(names[i], row->root[i]);
}

static void publish_root(struct kunit *test)
{
	static const char * const names[] = { "root-0", "root-1", "root-2" };
	const struct root_row *row = test->param_value;
	struct pciback_backend *backend = backend_init(test);
	int i;

	store_init(row);
	KUNIT_EXPECT_EQ(test, glue_nodes_publish_root(backend, &published), row->err);
	KUNIT_EXPECT_STREQ(test, glue_store_read("root_num"), row->num_after);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		const char *text = glue_store_read(names[i]);

		KUNIT_EXPECT_EQ_MSG(test, !!text, !!row->root_after[i], "%s", names[i]);
		if (text && row->root_after[i])
			KUNIT_EXPECT_STREQ(test, text, row->root_after[i]);
	}
	KUNIT_EXPECT_EQ(test, glue_errors, row->errors);
}

/* A directory that the toolstack deletes at any moment stays deleted. */
static void publish_root_deleted(struct kunit *test)
{
	const struct root_row *row = test->param_value;
	struct pciback_backend *backend = backend_init(test);
	unsigned int n, accesses;
	int err;

	store_init(row);
	glue_nodes_publish_root(backend, &published);
	accesses = glue_accesses;
	KUNIT_ASSERT_GT(test, accesses, 1);
	for (n = 1; n <= accesses; n++) {
		store_init(row);
		glue_delete_at = n;
		err = glue_nodes_publish_root(backend, &published);
		KUNIT_EXPECT_EQ_MSG(test, glue_store.nr, 0, "deleted before access %u of %u", n,
				    accesses);
		if (row->err)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, err, -ENOENT, "deleted before access %u", n);
		KUNIT_EXPECT_EQ_MSG(test, glue_errors, 0, "deleted before access %u", n);
	}
}

static struct kunit_case nodes_cases[] = {
	KUNIT_CASE_PARAM(publish_root, root_gen_params),
	KUNIT_CASE_PARAM(publish_root_deleted, root_gen_params),
	{}
};

struct kunit_suite nodes_suite = {
	.name = "nodes",
	.test_cases = nodes_cases,
};
