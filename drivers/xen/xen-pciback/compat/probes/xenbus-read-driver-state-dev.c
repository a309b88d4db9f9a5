// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * xenbus_read_driver_state() has the device as a parameter since "xenbus: add
 * xenbus_device parameter to xenbus_read_driver_state()", 7.0.
 */
#include <xen/xenbus.h>

enum xenbus_state probe(struct xenbus_device *dev);
enum xenbus_state probe(struct xenbus_device *dev)
{
	return xenbus_read_driver_state(dev, dev->otherend);
}
