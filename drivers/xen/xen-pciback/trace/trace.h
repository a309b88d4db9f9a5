/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Trace events, for perf, trace-cmd and other readers of tracefs. Only events.c
 * includes this file. Documentation/observability.rst describes each field. User space
 * depends on events and fields: they may be added, not changed or removed.
 *
 * Records have no strings: a word is stored as a number that the event's format
 * translates, so records are small and filters can compare. Negative numbers are not
 * translated, because user space tools cannot do it.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM xen_pciback

#if !defined(PCIBACK_TRACE_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define PCIBACK_TRACE_TRACE_H

#include <linux/pci.h>
#include <linux/tracepoint.h>
#include "compat.h"
#include "trace/events.h"
#include <xen/interface/io/pciif.h>
#include <xen/interface/io/xenbus.h>
#include <pciback/fsm.h>

TRACE_DEFINE_ENUM(PCIBACK_RESULT_SUCCESS);
TRACE_DEFINE_ENUM(PCIBACK_RESULT_DEV_NOT_FOUND);
TRACE_DEFINE_ENUM(PCIBACK_RESULT_INVALID_OFFSET);
TRACE_DEFINE_ENUM(PCIBACK_RESULT_ACCESS_DENIED);
TRACE_DEFINE_ENUM(PCIBACK_RESULT_NOT_IMPLEMENTED);
TRACE_DEFINE_ENUM(PCIBACK_RESULT_OP_FAILED);
TRACE_DEFINE_ENUM(PCIBACK_RESULT_ERRNO);

TRACE_DEFINE_ENUM(PCIBACK_STATE_SEIZED);
TRACE_DEFINE_ENUM(PCIBACK_STATE_ASSIGNED);
TRACE_DEFINE_ENUM(PCIBACK_STATE_DETACHING);
TRACE_DEFINE_ENUM(PCIBACK_STATE_RECONNECTING);
TRACE_DEFINE_ENUM(PCIBACK_STATE_IDLE);
TRACE_DEFINE_ENUM(PCIBACK_STATE_RELEASED);
TRACE_DEFINE_ENUM(PCIBACK_STATE_ISOLATED);
TRACE_DEFINE_ENUM(PCIBACK_STATE_RESETTING);

TRACE_DEFINE_ENUM(RESET_FOR_SEIZE);
TRACE_DEFINE_ENUM(RESET_FOR_ASSIGN);
TRACE_DEFINE_ENUM(RESET_FOR_DEASSIGN);
TRACE_DEFINE_ENUM(RESET_FOR_RELEASE);
TRACE_DEFINE_ENUM(RESET_FOR_REQUEST);
TRACE_DEFINE_ENUM(RESET_FOR_GUEST);
TRACE_DEFINE_ENUM(RESET_FOR_NEIGHBOUR);

TRACE_DEFINE_ENUM(PCIBACK_IRQ_ENABLE_MSI);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_ENABLE_MSIX);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_DISABLE);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_INTX_ON);
TRACE_DEFINE_ENUM(PCIBACK_IRQ_INTX_OFF);

TRACE_DEFINE_ENUM(ACTION_IDLE);
TRACE_DEFINE_ENUM(ACTION_WAIT);
TRACE_DEFINE_ENUM(ACTION_DISCONNECT);
TRACE_DEFINE_ENUM(ACTION_REOPEN);
TRACE_DEFINE_ENUM(ACTION_SETUP);
TRACE_DEFINE_ENUM(ACTION_APPLY);
TRACE_DEFINE_ENUM(ACTION_FAKE_CONNECTED);
TRACE_DEFINE_ENUM(ACTION_UNFAKE_CONNECTED);
TRACE_DEFINE_ENUM(ACTION_CONNECT);
TRACE_DEFINE_ENUM(ACTION_RECONFIGURE);
TRACE_DEFINE_ENUM(ACTION_SIGNAL_RESCAN);
TRACE_DEFINE_ENUM(ACTION_RECONNECTED);
TRACE_DEFINE_ENUM(ACTION_FORCE_RECONFIGURE);
TRACE_DEFINE_ENUM(ACTION_REQUEST_DETACH);
TRACE_DEFINE_ENUM(ACTION_REQUEST_ATTACH);
TRACE_DEFINE_ENUM(ACTION_FORCE_CLOSE);

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

#define show_result(result)						\
	__print_symbolic(result,					\
		{ PCIBACK_RESULT_SUCCESS, "success" },			\
		{ PCIBACK_RESULT_DEV_NOT_FOUND, "dev_not_found" },	\
		{ PCIBACK_RESULT_INVALID_OFFSET, "invalid_offset" },	\
		{ PCIBACK_RESULT_ACCESS_DENIED, "access_denied" },	\
		{ PCIBACK_RESULT_NOT_IMPLEMENTED, "not_implemented" },	\
		{ PCIBACK_RESULT_OP_FAILED, "op_failed" },		\
		{ PCIBACK_RESULT_ERRNO, "errno" })

#define show_state(state)					\
	__print_symbolic(state,					\
		{ PCIBACK_STATE_SEIZED, "seized" },		\
		{ PCIBACK_STATE_ASSIGNED, "assigned" },		\
		{ PCIBACK_STATE_DETACHING, "detaching" },	\
		{ PCIBACK_STATE_RECONNECTING, "reconnecting" },	\
		{ PCIBACK_STATE_IDLE, "idle" },			\
		{ PCIBACK_STATE_RELEASED, "released" },		\
		{ PCIBACK_STATE_ISOLATED, "isolated" },		\
		{ PCIBACK_STATE_RESETTING, "resetting" })

#define show_reason(reason)				\
	__print_symbolic(reason,			\
		{ RESET_FOR_SEIZE, "seize" },		\
		{ RESET_FOR_ASSIGN, "assign" },		\
		{ RESET_FOR_DEASSIGN, "deassign" },	\
		{ RESET_FOR_RELEASE, "release" },	\
		{ RESET_FOR_REQUEST, "request" },	\
		{ RESET_FOR_GUEST, "guest" },		\
		{ RESET_FOR_NEIGHBOUR, "neighbour" })

#define show_irq_what(what)					\
	__print_symbolic(what,					\
		{ PCIBACK_IRQ_ENABLE_MSI, "enable_msi" },	\
		{ PCIBACK_IRQ_ENABLE_MSIX, "enable_msix" },	\
		{ PCIBACK_IRQ_DISABLE, "disable" },		\
		{ PCIBACK_IRQ_INTX_ON, "intx_on" },		\
		{ PCIBACK_IRQ_INTX_OFF, "intx_off" })

#define show_action(action)						\
	__print_symbolic(action,					\
		{ ACTION_IDLE, "idle" },				\
		{ ACTION_WAIT, "wait" },				\
		{ ACTION_DISCONNECT, "disconnect" },			\
		{ ACTION_REOPEN, "reopen" },				\
		{ ACTION_SETUP, "setup" },				\
		{ ACTION_APPLY, "apply" },				\
		{ ACTION_FAKE_CONNECTED, "fake_connected" },		\
		{ ACTION_UNFAKE_CONNECTED, "unfake_connected" },	\
		{ ACTION_CONNECT, "connect" },				\
		{ ACTION_RECONFIGURE, "reconfigure" },			\
		{ ACTION_SIGNAL_RESCAN, "signal_rescan" },		\
		{ ACTION_RECONNECTED, "reconnected" },			\
		{ ACTION_FORCE_RECONFIGURE, "force_reconfigure" },	\
		{ ACTION_REQUEST_DETACH, "request_detach" },		\
		{ ACTION_REQUEST_ATTACH, "request_attach" },		\
		{ ACTION_FORCE_CLOSE, "force_close" })

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

/* A guest's operation was carried out. */
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

/* A write to configuration space that was dropped, wholly or in part. */
TRACE_EVENT(pciback_drop,
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

/* A reset of a function was attempted. */
TRACE_EVENT(pciback_reset,
	TP_PROTO(int domid, struct pci_dev *pdev, enum reset_reason reason, int err, u32 ms),
	TP_ARGS(domid, pdev, reason, err, ms),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(u32, seg)
		__field(u8, bus)
		__field(u8, devfn)
		__field(u8, reason)
		__field(s32, err)
		__field(u32, ms)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->seg = pci_domain_nr(pdev->bus);
		__entry->bus = pdev->bus->number;
		__entry->devfn = pdev->devfn;
		__entry->reason = reason;
		__entry->err = err;
		__entry->ms = ms;
	),
	TP_printk("domid=%d dev=%04x:%02x:%02x.%x reason=%s err=%d ms=%u",
		  __entry->domid, __entry->seg, __entry->bus, __entry->devfn >> 3,
		  __entry->devfn & 7, show_reason(__entry->reason), __entry->err, __entry->ms)
);

/* Interrupts of a function were enabled or disabled, or that failed. */
TRACE_EVENT(pciback_irq,
	TP_PROTO(int domid, struct pci_dev *pdev, enum pciback_irq_event what, u32 nr, int err),
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

/* A function entered another state. */
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

/* The state machine of a backend has chosen its next action. */
TRACE_EVENT(pciback_fsm,
	TP_PROTO(int domid, const struct backend_snapshot *snap,
		 enum backend_action action),
	TP_ARGS(domid, snap, action),
	TP_STRUCT__entry(
		__field(s32, domid)
		__field(s32, backend)
		__field(s32, frontend)
		__field(u8, connected)
		__field(u8, timed_out)
		__field(u8, action)
	),
	TP_fast_assign(
		__entry->domid = domid;
		__entry->backend = snap->be;
		__entry->frontend = snap->fe;
		__entry->connected = snap->connected;
		__entry->timed_out = snap->timed_out;
		__entry->action = action;
	),
	TP_printk("domid=%d backend=%s frontend=%s connected=%u timed_out=%u action=%s",
		  __entry->domid, show_xenbus(__entry->backend), show_xenbus(__entry->frontend),
		  __entry->connected, __entry->timed_out, show_action(__entry->action))
);

#endif /* PCIBACK_TRACE_TRACE_H */

/* The path is relative to the -I that Kbuild sets for events.o. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
