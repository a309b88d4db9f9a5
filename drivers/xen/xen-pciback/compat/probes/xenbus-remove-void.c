// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * remove() of struct xenbus_driver returns nothing since "xen/xenbus: make
 * remove callback return void", 6.2 and backports.
 */
#include <xen/xenbus.h>

static void remove(struct xenbus_device *dev) { }
struct xenbus_driver probe = { .remove = remove };
