/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* backend/nodes.c with a directory of xenstore in memory, for suites: see nodes_glue.c. */
#ifndef PCIBACK_TESTS_NODES_GLUE_H
#define PCIBACK_TESTS_NODES_GLUE_H

#include <linux/types.h>
#include <pciback/vpci.h>

struct pciback_backend;

/**
 * struct glue_store - the backend's directory
 * @entry: its nodes and what is in them
 * @nr: how many there are; 0: the directory does not exist
 *
 * Locking: none; used by the test's thread only.
 */
struct glue_store {
	struct {
		char node[20];
		char text[24];
	} entry[8];
	int nr;
};

extern struct glue_store glue_store;
/* The toolstack deletes the directory before this access, counted from 1; 0: never. */
extern unsigned int glue_delete_at;
/* How many accesses there were. */
extern unsigned int glue_accesses;
/* How often the error node was written. */
extern unsigned int glue_errors;

void glue_store_init(void);
void glue_store_write(const char *node, const char *text);
const char *glue_store_read(const char *node);
int glue_nodes_publish_root(struct pciback_backend *backend, const struct pciback_addr *root);

#endif /* PCIBACK_TESTS_NODES_GLUE_H */
