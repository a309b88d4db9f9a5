// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * backend/nodes.c once more, included here with calls of xenstore that reach one directory
 * in memory. A transaction fails with -EAGAIN if the directory was deleted since it was
 * started. The functions have other names, because backend/nodes.c itself is linked into
 * this module too.
 */
#define pciback_nodes_device		glue_nodes_device
#define pciback_nodes_has_addr		glue_nodes_has_addr
#define pciback_nodes_num_devs		glue_nodes_num_devs
#define pciback_nodes_publish_addr	glue_nodes_publish_addr
#define pciback_nodes_publish_root	glue_nodes_publish_root
#define pciback_nodes_read_list		glue_nodes_read_list
#define pciback_nodes_report_missing	glue_nodes_report_missing
#define pciback_nodes_set_closed	glue_nodes_set_closed
#define pciback_nodes_set_state		glue_nodes_set_state
#define pciback_nodes_state		glue_nodes_state

#include <linux/slab.h>
#include <linux/string.h>
#include "backend/backend.h"
#include "nodes_glue.h"

struct glue_store glue_store;
unsigned int glue_delete_at;
unsigned int glue_accesses;
unsigned int glue_errors;

/* What a transaction sees and changes. */
static struct glue_store glue_copy;
static bool glue_conflict;

static void glue_count_access(void)
{
	if (++glue_accesses != glue_delete_at)
		return;
	glue_store.nr = 0;
	glue_conflict = true;
}

static struct glue_store *glue_accessed(struct xenbus_transaction xbt)
{
	glue_count_access();
	return xbt.id ? &glue_copy : &glue_store;
}

static const char *store_read(const struct glue_store *store, const char *node)
{
	int i;

	for (i = 0; i < store->nr; i++)
		if (!strcmp(store->entry[i].node, node))
			return store->entry[i].text;
	return NULL;
}

static int store_write(struct glue_store *store, const char *node, const char *text)
{
	int i;

	for (i = 0; i < store->nr && strcmp(store->entry[i].node, node); i++)
		;
	if (i == ARRAY_SIZE(store->entry))
		return -ENOSPC;
	if (i == store->nr)
		store->nr++;
	strscpy(store->entry[i].node, node, sizeof(store->entry[i].node));
	strscpy(store->entry[i].text, text, sizeof(store->entry[i].text));
	return 0;
}

/**
 * glue_store_init() - an existing directory without lists; nothing was accessed yet
 */
void glue_store_init(void)
{
	glue_store = (struct glue_store){ };
	glue_delete_at = 0;
	glue_accesses = 0;
	glue_errors = 0;
	glue_store_write("state", "2");
}

/**
 * glue_store_write() - write a node as the toolstack does
 * @node: its name
 * @text: what to write
 */
void glue_store_write(const char *node, const char *text)
{
	store_write(&glue_store, node, text);
}

/**
 * glue_store_read() - read a node
 * @node: its name
 *
 * Return: the text, or NULL.
 */
const char *glue_store_read(const char *node)
{
	return store_read(&glue_store, node);
}

static int glue_start(struct xenbus_transaction *xbt)
{
	glue_count_access();
	glue_copy = glue_store;
	glue_conflict = false;
	xbt->id = 1;
	return 0;
}

static int glue_end(struct xenbus_transaction xbt, bool abort)
{
	glue_count_access();
	if (abort)
		return 0;
	if (glue_conflict)
		return -EAGAIN;
	glue_store = glue_copy;
	return 0;
}

static int glue_exists(struct xenbus_transaction xbt, const char *dir, const char *node)
{
	return !!store_read(glue_accessed(xbt), node);
}

static int glue_write(struct xenbus_transaction xbt, const char *dir, const char *node,
		      const char *text)
{
	return store_write(glue_accessed(xbt), node, text);
}

static void *glue_read(struct xenbus_transaction xbt, const char *dir, const char *node,
		       unsigned int *len)
{
	const char *text = store_read(glue_accessed(xbt), node);

	return text ? kstrdup(text, GFP_KERNEL) : ERR_PTR(-ENOENT);
}

static __scanf(4, 5) int glue_scanf(struct xenbus_transaction xbt, const char *dir,
				    const char *node, const char *fmt, ...)
{
	const char *text = store_read(glue_accessed(xbt), node);
	va_list args;
	int ret;

	if (!text)
		return -ENOENT;
	va_start(args, fmt);
	ret = vsscanf(text, fmt, args);
	va_end(args);
	return ret ?: -ERANGE;
}

static unsigned int glue_read_unsigned(const char *dir, const char *node, unsigned int value)
{
	glue_scanf(XBT_NIL, dir, node, "%u", &value);
	return value;
}

static __printf(4, 5) int glue_printf(struct xenbus_transaction xbt, const char *dir,
				      const char *node, const char *fmt, ...)
{
	char text[24];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return store_write(glue_accessed(xbt), node, text);
}

static __printf(3, 4) void glue_error(struct xenbus_device *xdev, int err, const char *fmt, ...)
{
	glue_errors++;
}

#define xenbus_dev_error		glue_error
#define xenbus_exists			glue_exists
#define xenbus_printf			glue_printf
#define xenbus_read			glue_read
#define xenbus_read_unsigned		glue_read_unsigned
#define xenbus_scanf			glue_scanf
#define xenbus_transaction_end		glue_end
#define xenbus_transaction_start	glue_start
#define xenbus_write			glue_write
#include "../backend/nodes.c"
