// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * xen-pciback: assigns PCI functions of the host to Xen guests.
 *
 * This file has the module's parameters and the order in which its parts start and
 * stop. Documentation/architecture.rst explains the rest.
 */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <xen/xen.h>
#include "backend/xenbus.h"
#include "device/pci_hw.h"
#include "device/write_quirks.h"
#include "reset/reset.h"
#include "stub/hotplug.h"
#include "stub/pci_driver.h"
#include "stub/slots.h"
#include "stub/sriov.h"
#include "sysfs/device.h"
#include "sysfs/driver.h"
#include "trace/stats.h"
#include "xen/gsi.h"

/*
 * Not the kernel's own "charp", which takes 1024 characters. The text is not copied: it stays
 * where it is as long as the module does, or the kernel if it is built in, where this is called
 * before memory can be allocated.
 */
static int hide_set(const char *text, const struct kernel_param *param)
{
	*(const char **)param->arg = text;
	return 0;
}

static const struct kernel_param_ops hide_ops = {
	.set = hide_set,
	.get = param_get_charp,
};

static const char *hide;
__MODULE_PARM_TYPE(hide, "charp");
module_param_cb(hide, &hide_ops, &hide, 0444);
MODULE_PARM_DESC(hide, "PCI functions to hide from the host: (DDDD:BB:DD.F)(BB:DD.*)(BB:DD.F/DD.F)(pci:VVVV:DDDD)(class:CCSS)...");

module_param_named(permissive, pciback_permissive_all, bool, 0644);
MODULE_PARM_DESC(permissive, "let every guest write registers that nothing else decides (unsafe)");

static char *quirks;
module_param(quirks, charp, 0444);
MODULE_PARM_DESC(quirks, "registers that guests may write: VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]-REG:SIZE:MASK;...");

module_param_named(reset_wait_ms, pciback_reset_wait_ms, uint, 0644);
MODULE_PARM_DESC(reset_wait_ms, "how long a function may take to answer after a reset (5000)");

module_param_named(assign_without_reset, pciback_assign_without_reset, bool, 0644);
MODULE_PARM_DESC(assign_without_reset, "assign functions that could not be reset since another guest had them (unsafe)");

static bool passthrough;
module_param(passthrough, bool, 0444);
MODULE_PARM_DESC(passthrough, "guests see the host's PCI addresses instead of one virtual bus");

/* Keeps the functions that hide= lists from the host's drivers. */
static int __init pciback_hide(void)
{
	int err;

	/* If built in, the same kernel may run without Xen and then needs its devices. */
	if (!xen_initial_domain())
		return -ENODEV;

	pciback_stat_init();
	err = pciback_slots_hide(hide);
	if (!err)
		err = pciback_hotplug_init();
	if (err) {
		pciback_slots_clear();
		pciback_stat_exit();
	}
	return err;
}

static int hide_err __initdata;

static int __init pciback_hide_early(void)
{
	hide_err = pciback_hide();
	return hide_err;
}

#ifndef MODULE
/* Before other drivers are registered: see stub/hotplug.c. */
fs_initcall(pciback_hide_early);
#endif

static int __init pciback_init(void)
{
	int err;

#ifdef MODULE
	pciback_hide_early();
#endif
	if (hide_err)
		return hide_err;
	err = pciback_quirks_load(quirks);
	if (err)
		goto hotplug;
	err = pciback_stub_register(pciback_device_groups);
	if (err)
		goto hotplug;
	err = pciback_sriov_init();
	if (err)
		goto unregister;
	err = pciback_sysfs_init(&pciback_pci_driver.driver);
	if (err)
		goto sriov;
	err = pciback_backend_init(passthrough);
	if (err)
		goto sysfs;
	pciback_gsi_register();
	return 0;

sysfs:
	pciback_sysfs_exit(&pciback_pci_driver.driver);
sriov:
	pciback_sriov_exit();
unregister:
	pciback_stub_unregister();
hotplug:
	pciback_hotplug_exit();
	pciback_quirks_clear();
	pciback_slots_clear();
	pciback_stat_exit();
	return err;
}

static void __exit pciback_exit(void)
{
	pciback_gsi_unregister();
	pciback_backend_exit();
	pciback_sysfs_exit(&pciback_pci_driver.driver);
	pciback_sriov_exit();
	/* Before the driver is unregistered: functions that appear now must stay the host's. */
	pciback_hotplug_exit();
	pciback_stub_unregister();
	pciback_quirks_clear();
	pciback_slots_clear();
	pciback_stat_exit();
}

module_init(pciback_init);
module_exit(pciback_exit);

MODULE_DESCRIPTION("Xen PCI-device stub driver and backend");
MODULE_LICENSE("Dual BSD/GPL");
#ifdef PCIBACK_VERSION
/* Needed by dkms: it replaces the in-tree module, which has no version, by a newer one. */
MODULE_VERSION(PCIBACK_VERSION);
#endif
/* No PCI alias: udev must load the module for a guest's backend only. */
MODULE_ALIAS("xen-backend:pci");
