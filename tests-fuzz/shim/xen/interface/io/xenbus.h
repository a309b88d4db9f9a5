/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* The states of a xenbus device, with the numbers of Xen's public io/xenbus.h. */
#ifndef SHIM_XEN_INTERFACE_IO_XENBUS_H
#define SHIM_XEN_INTERFACE_IO_XENBUS_H

enum xenbus_state {
	XenbusStateUnknown,
	XenbusStateInitialising,
	XenbusStateInitWait,
	XenbusStateInitialised,
	XenbusStateConnected,
	XenbusStateClosing,
	XenbusStateClosed,
	XenbusStateReconfiguring,
	XenbusStateReconfigured,
};

#endif /* SHIM_XEN_INTERFACE_IO_XENBUS_H */
