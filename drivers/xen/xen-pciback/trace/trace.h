/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Trace events, for perf, trace-cmd and everybody else who reads tracefs. What
 * each field means is in Documentation/observability.rst; fields are only ever
 * added.
 *
 * No strings: a name is a number that the format translates, so that a record
 * stays small and a filter can compare. No negative number is translated: user
 * space tools cannot.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xen_pciback

#if !defined(PCIBACK_OBSERVE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PCIBACK_OBSERVE_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>
#include "compat.h"
#include "record/irq_state.h"
#include "trace/events.h"
#include <xen/interface/io/pciif.h>
#include <xen/interface/io/xenbus.h>
#include <pciback/fsm.h>

TRACE_DEFINE_ENUM(PCIBACK_OK);
TRACE_DEFINE_ENUM(PCIBACK_NOT_FOUND);
TRACE_DEFINE_ENUM(PCIBACK_BAD_OFFSET);
TRACE_DEFINE_ENUM(PCIBACK_ACCESS_DENIED);
TRACE_DEFINE_ENUM(PCIBACK_NOT_IMPLEMENTED);
TRACE_DEFINE_ENUM(PCIBACK_OP_FAILED);
TRACE_DEFINE_ENUM(PCIBACK_ERRNO);

TRACE_DEFINE_ENUM(PCIBACK_SEIZED);
TRACE_DEFINE_ENUM(PCIBACK_ASSIGNED);
TRACE_DEFINE_ENUM(PCIBACK_LEAVING);
TRACE_DEFINE_ENUM(PCIBACK_RENEWED);
TRACE_DEFINE_ENUM(PCIBACK_IDLE);
TRACE_DEFINE_ENUM(PCIBACK_HANDED_BACK);
TRACE_DEFINE_ENUM(PCIBACK_CUT_OFF);

TRACE_DEFINE_ENUM(PCIBACK_RESET_SEIZED);
TRACE_DEFINE_ENUM(PCIBACK_RESET_GUEST_LEFT);
TRACE_DEFINE_ENUM(PCIBACK_RESET_GUEST_ASKED);
TRACE_DEFINE_ENUM(PCIBACK_RESET_UNBOUND);
TRACE_DEFINE_ENUM(PCIBACK_RESET_GIVEN);
TRACE_DEFINE_ENUM(PCIBACK_RESET_REQUESTED);
TRACE_DEFINE_ENUM(PCIBACK_RESET_NEIGHBOUR);

TRACE_DEFINE_ENUM(PCIBACK_IRQ_ENABLE_MSI);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_ENABLE_MSIX);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_DISABLE);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_INTX_ON);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_INTX_OFF);

TRACE_DEFINE_ENUM(GUEST_REST);
TRACE_DEFINE_ENUM(GUEST_WAIT);
TRACE_DEFINE_ENUM(GUEST_LEAVE);
TRACE_DEFINE_ENUM(GUEST_REOPEN);
TRACE_DEFINE_ENUM(GUEST_SETUP);
TRACE_DEFINE_ENUM(GUEST_CHANGE);
TRACE_DEFINE_ENUM(GUEST_PRESENT);
TRACE_DEFINE_ENUM(GUEST_RETREAT);
TRACE_DEFINE_ENUM(GUEST_CONNECT);
TRACE_DEFINE_ENUM(GUEST_ANSWER);
TRACE_DEFINE_ENUM(GUEST_RESCAN);
TRACE_DEFINE_ENUM(GUEST_FINISH);
TRACE_DEFINE_ENUM(GUEST_MOVE_ON);
TRACE_DEFINE_ENUM(GUEST_TELL);
TRACE_DEFINE_ENUM(GUEST_SHUT);

TRACE_DEFINE_ENUM(XenbusStateUnknown);
TRACE_DEFINE_ENUM(XenbusStateInitialising);
TRACE_DEFINE_ENUM(XenbusStateInitWait);
TRACE_DEFINE_ENUM(XenbusStateInitialised);
TRACE_DEFINE_ENUM(XenbusStateConnected);
TRACE_DEFINE_ENUM(XenbusStateClosing);
TRACE_DEFINE_ENUM(XenbusStateClosed);
TRACE_DEFINE_ENUM(XenbusStateReconfiguring);
TRACE_DEFINE_ENUM(XenbusStateReconfigured);

#define show_op(op)						\
	__print_symbolic(op,					\
		{ XEN_PCI_OP_conf_read, "conf_read" },		\
		{ XEN_PCI_OP_conf_write, "conf_write" },	\
		{ XEN_PCI_OP_enable_msi, "enable_msi" },	\
		{ XEN_PCI_OP_disable_msi, "disable_msi" },	\
		{ XEN_PCI_OP_enable_msix, "enable_msix" },	\
		{ XEN_PCI_OP_disable_msix, "disable_msix" },	\
		{ XEN_PCI_OP_enable_multi_msi, "enable_multi_msi" })

#define show_result(result)					\
	__print_symbolic(result,				\
		{ PCIBACK_OK, "success" },			\
		{ PCIBACK_NOT_FOUND, "dev_not_found" },		\
		{ PCIBACK_BAD_OFFSET, "invalid_offset" },	\
		{ PCIBACK_ACCESS_DENIED, "access_denied" },	\
		{ PCIBACK_NOT_IMPLEMENTED, "not_implemented" },	\
		{ PCIBACK_OP_FAILED, "op_failed" },		\
		{ PCIBACK_ERRNO, "errno" })

#define show_state(state)					\
	__print_symbolic(state,					\
		{ PCIBACK_SEIZED, "seized" },			\
		{ PCIBACK_ASSIGNED, "assigned" },		\
		{ PCIBACK_LEAVING, "leaving" },			\
		{ PCIBACK_RENEWED, "renewed" },			\
		{ PCIBACK_IDLE, "idle" },			\
		{ PCIBACK_HANDED_BACK, "handed_back" },		\
		{ PCIBACK_CUT_OFF, "cut_off" })

#define show_reset_why(why)					\
	__print_symbolic(why,					\
		{ PCIBACK_RESET_SEIZED, "seized" },		\
		{ PCIBACK_RESET_GUEST_LEFT, "guest_left" },	\
		{ PCIBACK_RESET_GUEST_ASKED, "guest_asked" },	\
		{ PCIBACK_RESET_UNBOUND, "unbound" },		\
		{ PCIBACK_RESET_GIVEN, "given" },		\
		{ PCIBACK_RESET_REQUESTED, "requested" },	\
		{ PCIBACK_RESET_NEIGHBOUR, "neighbour" })

#define show_irq_what(what)					\
	__print_symbolic(what,					\
		{ PCIBACK_IRQ_ENABLE_MSI, "enable_msi" },	\
		{ PCIBACK_IRQ_ENABLE_MSIX, "enable_msix" },	\
		{ PCIBACK_IRQ_DISABLE, "disable" },		\
		{ PCIBACK_IRQ_INTX_ON, "intx_on" },		\
		{ PCIBACK_IRQ_INTX_OFF, "intx_off" })

#define show_guest_move(move)					\
	__print_symbolic(move,					\
		{ GUEST_REST, "rest" },				\
		{ GUEST_WAIT, "wait" },				\
		{ GUEST_LEAVE, "leave" },			\
		{ GUEST_REOPEN, "reopen" },			\
		{ GUEST_SETUP, "setup" },			\
		{ GUEST_CHANGE, "change" },			\
		{ GUEST_PRESENT, "present" },			\
		{ GUEST_RETREAT, "retreat" },			\
		{ GUEST_CONNECT, "connect" },			\
		{ GUEST_ANSWER, "answer" },			\
		{ GUEST_RESCAN, "rescan" },			\
		{ GUEST_FINISH, "finish" },			\
		{ GUEST_MOVE_ON, "move_on" },			\
		{ GUEST_TELL, "tell" },				\
		{ GUEST_SHUT, "shut" })

#define show_xenbus(state)					\
	__print_symbolic(state,					\
		{ XenbusStateUnknown, "Unknown" },		\
		{ XenbusStateInitialising, "Initialising" },	\
		{ XenbusStateInitWait, "InitWait" },		\
		{ XenbusStateInitialised, "Initialised" },	\
		{ XenbusStateConnected, "Connected" },		\
		{ XenbusStateClosing, "Closing" },		\
		{ XenbusStateClosed, "Closed" },		\
		{ XenbusStateReconfiguring, "Reconfiguring" },	\
		{ XenbusStateReconfigured, "Reconfigured" })

/* A guest's request, answered. */
TRACE_EVENT(pciback_op,
	TP_PROTO(int domid, struct pci_dev *pdev, const struct xen_pci_op *op,
		 enum pciback_result result, u64 ns),
	TP_ARGS(domid, pdev, op, result, ns),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(u32, seg)
		__field(u8, bus)
		__field(u8, devfn)
		__field(u8, result)
		__field(u32, op)
		__field(u32, vseg)
		__field(u32, vbus)
		__field(u32, vdevfn)
		__field(s32, offset)
		__field(s32, size)
		__field(u32, value)
		__field(s32, err)
		__field(u64, ns)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->seg = pdev ? pci_domain_nr(pdev->bus) : U32_MAX;
		__entry->bus = pdev ? pdev->bus->number : U8_MAX;
		__entry->devfn = pdev ? pdev->devfn : U8_MAX;
		__entry->result = result;
		__entry->op = op->cmd;
		__entry->vseg = op->domain;
		__entry->vbus = op->bus;
		__entry->vdevfn = op->devfn;
		__entry->offset = op->offset;
		__entry->size = op->size;
		__entry->value = op->value;
		__entry->err = op->err;
		__entry->ns = ns;
	),
	TP_printk("domid=%d dev=%04x:%02x:%02x.%x op=%s vdev=%04x:%02x:%02x.%x offset=0x%03x size=%d value=0x%08x result=%s err=%d ns=%llu",
		  __entry->domid, __entry->seg, __entry->bus, __entry->devfn >> 3,
		  __entry->devfn & 7, show_op(__entry->op), __entry->vseg, __entry->vbus,
		  __entry->vdevfn >> 3, __entry->vdevfn & 7, __entry->offset, __entry->size,
		  __entry->value, show_result(__entry->result), __entry->err, __entry->ns)
);

/* A write of configuration space that did not happen, or not all of it. */
TRACE_EVENT(pciback_deny,
	TP_PROTO(int domid, struct pci_dev *pdev, s32 offset, s32 size, u32 value),
	TP_ARGS(domid, pdev, offset, size, value),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(u32, seg)
		__field(u8, bus)
		__field(u8, devfn)
		__field(s32, offset)
		__field(s32, size)
		__field(u32, value)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->seg = pci_domain_nr(pdev->bus);
		__entry->bus = pdev->bus->number;
		__entry->devfn = pdev->devfn;
		__entry->offset = offset;
		__entry->size = size;
		__entry->value = value;
	),
	TP_printk("domid=%d dev=%04x:%02x:%02x.%x offset=0x%03x size=%d value=0x%08x",
		  __entry->domid, __entry->seg, __entry->bus, __entry->devfn >> 3,
		  __entry->devfn & 7, __entry->offset, __entry->size, __entry->value)
);

/* A function was reset, or could not be. */
TRACE_EVENT(pciback_reset,
	TP_PROTO(int domid, struct pci_dev *pdev, enum pciback_reset_why why, int err, u32 ms),
	TP_ARGS(domid, pdev, why, err, ms),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(u32, seg)
		__field(u8, bus)
		__field(u8, devfn)
		__field(u8, why)
		__field(s32, err)
		__field(u32, ms)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->seg = pci_domain_nr(pdev->bus);
		__entry->bus = pdev->bus->number;
		__entry->devfn = pdev->devfn;
		__entry->why = why;
		__entry->err = err;
		__entry->ms = ms;
	),
	TP_printk("domid=%d dev=%04x:%02x:%02x.%x why=%s err=%d ms=%u",
		  __entry->domid, __entry->seg, __entry->bus, __entry->devfn >> 3,
		  __entry->devfn & 7, show_reset_why(__entry->why), __entry->err, __entry->ms)
);

/* A function's interrupts were switched, or could not be. */
TRACE_EVENT(pciback_irq,
	TP_PROTO(int domid, struct pci_dev *pdev, enum pciback_irq_what what, u32 nr, int err),
	TP_ARGS(domid, pdev, what, nr, err),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(u32, seg)
		__field(u8, bus)
		__field(u8, devfn)
		__field(u8, what)
		__field(u32, nr)
		__field(s32, err)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->seg = pci_domain_nr(pdev->bus);
		__entry->bus = pdev->bus->number;
		__entry->devfn = pdev->devfn;
		__entry->what = what;
		__entry->nr = nr;
		__entry->err = err;
	),
	TP_printk("domid=%d dev=%04x:%02x:%02x.%x what=%s nr=%u err=%d",
		  __entry->domid, __entry->seg, __entry->bus, __entry->devfn >> 3,
		  __entry->devfn & 7, show_irq_what(__entry->what), __entry->nr, __entry->err)
);

/* A function has arrived somewhere else in its life. */
TRACE_EVENT(pciback_state,
	TP_PROTO(int domid, struct pci_dev *pdev, enum pciback_state state),
	TP_ARGS(domid, pdev, state),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(u32, seg)
		__field(u8, bus)
		__field(u8, devfn)
		__field(u8, state)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->seg = pci_domain_nr(pdev->bus);
		__entry->bus = pdev->bus->number;
		__entry->devfn = pdev->devfn;
		__entry->state = state;
	),
	TP_printk("domid=%d dev=%04x:%02x:%02x.%x state=%s",
		  __entry->domid, __entry->seg, __entry->bus, __entry->devfn >> 3,
		  __entry->devfn & 7, show_state(__entry->state))
);

/* A guest was looked at, and what to do next was decided. */
TRACE_EVENT(pciback_guest,
	TP_PROTO(int domid, const struct guest_look *look, int move),
	TP_ARGS(domid, look, move),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(s32, backend)
		__field(s32, frontend)
		__field(u8, connected)
		__field(u8, late)
		__field(u8, move)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->backend = look->be;
		__entry->frontend = look->fe;
		__entry->connected = look->connected;
		__entry->late = look->late;
		__entry->move = move;
	),
	TP_printk("domid=%d backend=%s frontend=%s connected=%u late=%u move=%s",
		  __entry->domid, show_xenbus(__entry->backend), show_xenbus(__entry->frontend),
		  __entry->connected, __entry->late, show_guest_move(__entry->move))
);

#endif /* PCIBACK_OBSERVE_TRACE_H */

/* Found in the folder that Kbuild names for observe.o. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
