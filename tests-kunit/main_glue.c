// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The module's own init and exit, for suites: main.c is included here, with a
 * xen_initial_domain() that returns what a test wants. The rest of the kernel is
 * not told so, and no hypercall is made.
 *
 * These functions may be called only while the suites' module is being loaded,
 * which is when the suites run: code marked __init is freed after that.
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

/* main.c's module information is left out: this module has its own. */
#undef module_init
#undef module_exit
#undef module_param
#undef module_param_cb
#undef module_param_named
#undef __MODULE_PARM_TYPE
#undef MODULE_PARM_DESC
#undef MODULE_DESCRIPTION
#undef MODULE_LICENSE
#undef MODULE_VERSION
#undef MODULE_ALIAS
#define ignore_args(...)		static_assert(sizeof(#__VA_ARGS__))
#define module_init(...)	ignore_args(__VA_ARGS__)
#define module_exit(...)	ignore_args(__VA_ARGS__)
#define module_param(...)	ignore_args(__VA_ARGS__)
#define module_param_named(...)	ignore_args(__VA_ARGS__)
#define __MODULE_PARM_TYPE(...)	ignore_args(__VA_ARGS__)
/* What the kernel calls for such a parameter, without its folder in sysfs. */
#define module_param_cb(_name, _ops, _arg, _perm)	\
	static const struct kernel_param glue_param_##_name = {	\
		.name = #_name, .ops = _ops, .arg = _arg, .perm = _perm }
#define MODULE_PARM_DESC(...)	ignore_args(__VA_ARGS__)
#define MODULE_DESCRIPTION(...)	ignore_args(__VA_ARGS__)
#define MODULE_LICENSE(...)	ignore_args(__VA_ARGS__)
#define MODULE_VERSION(...)	ignore_args(__VA_ARGS__)
#define MODULE_ALIAS(...)	ignore_args(__VA_ARGS__)

#include "../main.c"

/**
 * glue_module_init() - modprobe xen-pciback hide=... quirks=...
 * @dom0: what xen_initial_domain() returns
 * @hide_list: parameter "hide", NULL if not given
 * @quirk_list: parameter "quirks", NULL if not given
 *
 * Context: may sleep; only while the suites' module is being loaded. Other threads
 * seize the hidden functions; this waits for them.
 * Return: what the module's init returned.
 */
int __ref glue_module_init(bool dom0, const char *hide_list, const char *quirk_list)
{
	int err;

	glue_dom0 = dom0;
	hide = NULL;
	quirks = (char *)quirk_list;
	if (hide_list && glue_param_hide.ops->set(hide_list, &glue_param_hide))
		return -EINVAL;
	err = pciback_init();
	async_synchronize_full();
	glue_loaded = !err;
	return err;
}

/**
 * glue_hide_show() - cat /sys/module/xen_pciback/parameters/hide
 * @buf: a page
 *
 * Context: may sleep.
 * Return: the length of the text, in bytes.
 */
int glue_hide_show(char *buf)
{
	return glue_param_hide.ops->get(buf, &glue_param_hide);
}

/**
 * glue_module_exit() - rmmod xen-pciback
 *
 * Context: may sleep; only while the suites' module is being loaded.
 */
void __ref glue_module_exit(void)
{
	glue_loaded = false;
	pciback_exit();
}

/**
 * glue_fixture_exit() - seize_fixture_exit() for suites that load the module
 * @test: has the fixture; may have ended before it called glue_module_exit()
 *
 * Context: may sleep; only while the suites' module is being loaded.
 */
void glue_fixture_exit(struct kunit *test)
{
	if (glue_loaded)
		glue_module_exit();
	seize_fixture_exit(test);
}
