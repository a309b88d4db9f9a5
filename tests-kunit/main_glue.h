/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The module's own init and exit, for suites: see main_glue.c. */
#ifndef PCIBACK_TESTS_MAIN_GLUE_H
#define PCIBACK_TESTS_MAIN_GLUE_H

#include <kunit/test.h>
#include <linux/types.h>

int glue_module_init(bool dom0, const char *hide_list, const char *quirk_list);
int glue_hide_show(char *buf);
void glue_module_exit(void);
void glue_fixture_exit(struct kunit *test);

#endif /* PCIBACK_TESTS_MAIN_GLUE_H */
