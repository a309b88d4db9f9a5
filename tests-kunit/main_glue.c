// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The module's own init and exit, for suites. They are main.c's, word for word:
 * it is included here, and told that the machine is what a test says it is.
 * Nothing else is told so: no hypercall comes of it.
 *
 * Only while the suites' module is being loaded, which is when they run: what
 * is marked __init is there no longer than that.
 */
#include <kunit/test.h>
#include <linux/async.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <xen/xen.h>
#include "main_glue.h"
#include "seize_fixture.h"

static bool glue_dom0;
static bool glue_loaded;

#undef xen_initial_domain
#define xen_initial_domain() glue_dom0

/* This module has an init, a name and parameters of its own. */
#undef module_init
#undef module_exit
#undef module_param
#undef module_param_named
#undef MODULE_PARM_DESC
#undef MODULE_DESCRIPTION
#undef MODULE_LICENSE
#undef MODULE_VERSION
#undef MODULE_ALIAS
#define nothing_of(...)		static_assert(sizeof(#__VA_ARGS__))
#define module_init(...)	nothing_of(__VA_ARGS__)
#define module_exit(...)	nothing_of(__VA_ARGS__)
#define module_param(...)	nothing_of(__VA_ARGS__)
#define module_param_named(...)	nothing_of(__VA_ARGS__)
#define MODULE_PARM_DESC(...)	nothing_of(__VA_ARGS__)
#define MODULE_DESCRIPTION(...)	nothing_of(__VA_ARGS__)
#define MODULE_LICENSE(...)	nothing_of(__VA_ARGS__)
#define MODULE_VERSION(...)	nothing_of(__VA_ARGS__)
#define MODULE_ALIAS(...)	nothing_of(__VA_ARGS__)

#include "../main.c"

/**
 * glue_module_init() - modprobe xen-pciback hide=... quirks=...
 * @dom0: is this the host of a Xen machine?
 * @hide_list: parameter "hide", NULL: not given
 * @quirk_list: parameter "quirks", NULL: not given
 *
 * What is hidden is seized by other threads, which look at all functions there
 * are; returns when they are done.
 */
int __ref glue_module_init(bool dom0, const char *hide_list, const char *quirk_list)
{
	int err;

	glue_dom0 = dom0;
	hide = (char *)hide_list;
	quirks = (char *)quirk_list;
	err = pciback_init();
	async_synchronize_full();
	glue_loaded = !err;
	return err;
}

/**
 * glue_module_exit() - rmmod xen-pciback
 */
void __ref glue_module_exit(void)
{
	glue_loaded = false;
	pciback_exit();
}

/**
 * glue_fixture_exit() - seize_fixture_exit() for suites that load the module
 * @test: of the fixture; may have ended before it unloaded the module
 */
void glue_fixture_exit(struct kunit *test)
{
	if (glue_loaded)
		glue_module_exit();
	seize_fixture_exit(test);
}
