// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The operations that a frontend may request (Xen's public io/pciif.h). They work on a
 * private copy of the request; the guest may have written any value in any of its
 * fields.
 */
#include <linux/errno.h>
#include <linux/nospec.h>
#include <linux/pci.h>
#include "backend/backend.h"
#include "backend/vbus.h"
#include "compat.h"
#include "device/pci_hw.h"
#include "irq/irq.h"
#include "record/guest_op.h"
#include "record/record.h"
#include "record/stats.h"
#include "trace/events.h"

/* From the result of an access to configuration space to XEN_PCI_ERR_* (io/pciif.h). */
static s32 err_to_guest(int err)
{
	switch (err) {
	case PCIBIOS_SUCCESSFUL:
		return XEN_PCI_ERR_success;
	case PCIBIOS_DEVICE_NOT_FOUND:
		return XEN_PCI_ERR_dev_not_found;
	case PCIBIOS_BAD_REGISTER_NUMBER:
		return XEN_PCI_ERR_invalid_offset;
	case PCIBIOS_SET_FAILED:
		return XEN_PCI_ERR_access_denied;
	case PCIBIOS_FUNC_NOT_SUPPORTED:
		return XEN_PCI_ERR_not_implemented;
	default:
		/* Any other number is an error to a frontend, too. */
		return err;
	}
}

static void op_conf_read(struct pcistub_device *dev, struct xen_pci_op *op)
{
	op->err = err_to_guest(pciback_device_conf_read(dev, op->offset, op->size, &op->value));
}

static void op_conf_write(struct pcistub_device *dev, struct xen_pci_op *op)
{
	op->err = err_to_guest(pciback_device_conf_write(dev, op->offset, op->size, op->value));
}

static void op_enable_msi(struct pcistub_device *dev, struct xen_pci_op *op)
{
	op->err = pciback_msi_enable(dev, 1, &op->value) ? XEN_PCI_ERR_op_failed :
							   XEN_PCI_ERR_success;
}

/*
 * @op->info is the number of vectors. If they cannot be enabled it becomes the number
 * that the frontend may try next.
 */
static void op_enable_multi_msi(struct pcistub_device *dev, struct xen_pci_op *op)
{
	op->err = XEN_PCI_ERR_success;
	if (pciback_msi_enable(dev, op->info, &op->value)) {
		op->err = XEN_PCI_ERR_op_failed;
		op->info = pciback_msi_limit(dev, op->info);
	}
}

static void op_enable_msix(struct pcistub_device *dev, struct xen_pci_op *op)
{
	/* For this operation alone frontends expect an errno, and in both fields. */
	op->err = pciback_msix_enable(dev, op->msix_entries, op->value);
	op->value = op->err;
}

static void op_disable_msi(struct pcistub_device *dev, struct xen_pci_op *op)
{
	op->value = pciback_msi_disable(dev);
	op->err = XEN_PCI_ERR_success;
}

/**
 * struct op_row - an operation
 * @run: carries it out; the caller has called pciback_op_begin()
 * @in_reset: answers it while the function is in a reset that takes long; NULL:
 *	XEN_PCI_ERR_op_failed
 *
 * Constant; needs no lock.
 */
struct op_row {
	void (*run)(struct pcistub_device *dev, struct xen_pci_op *op);
	void (*in_reset)(struct xen_pci_op *op);
};

/* A function in reset does not answer: reads return all ones, and writes have no effect. */
static void op_in_reset(struct xen_pci_op *op)
{
	op->err = XEN_PCI_ERR_success;
	if (op->cmd == XEN_PCI_OP_conf_read)
		op->value = U32_MAX;
}

/* The numbers without an entry are requests from the backend to the frontend. */
static const struct op_row op_rows[] = {
	[XEN_PCI_OP_conf_read] = { op_conf_read, op_in_reset },
	[XEN_PCI_OP_conf_write] = { op_conf_write, op_in_reset },
	[XEN_PCI_OP_enable_msi] = { op_enable_msi },
	[XEN_PCI_OP_disable_msi] = { op_disable_msi },
	[XEN_PCI_OP_enable_msix] = { op_enable_msix },
	[XEN_PCI_OP_disable_msix] = { op_disable_msi },
	[XEN_PCI_OP_enable_multi_msi] = { op_enable_multi_msi },
};

static const struct op_row *op_find(u32 cmd)
{
	const struct op_row *row;

	if (cmd >= ARRAY_SIZE(op_rows))
		return NULL;
	row = &op_rows[array_index_nospec(cmd, ARRAY_SIZE(op_rows))];
	return row->run ? row : NULL;
}

static void op_carry_out(struct pciback_backend *backend, struct pcistub_device *dev,
			 struct xen_pci_op *op)
{
	const struct op_row *row = op_find(op->cmd);

	switch (pciback_op_begin(dev, &backend->owner)) {
	case 0:
		if (row)
			row->run(dev, op);
		else
			op->err = XEN_PCI_ERR_not_implemented;
		pciback_op_end(dev);
		break;
	case -EAGAIN:
		if (row && row->in_reset)
			row->in_reset(op);
		else
			op->err = row ? XEN_PCI_ERR_op_failed : XEN_PCI_ERR_not_implemented;
		break;
	default:
		op->err = XEN_PCI_ERR_dev_not_found;
		break;
	}
}

/**
 * pciback_backend_do_op() - carry out one request
 * @backend: the backend
 * @op: private copy of the request. The answer is in @op->err and @op->value; for
 *	enable_msix also in @op->msix_entries, for enable_multi_msi in @op->info.
 *
 * For a function that the guest does not have @op->value stays as it was sent.
 *
 * Context: sleeps; see Documentation/locking.rst for how long. Caller holds no lock that
 * the operation of a guest may wait for.
 */
void pciback_backend_do_op(struct pciback_backend *backend, struct xen_pci_op *op)
{
	u64 start = pciback_trace_op_start();
	struct pcistub_device *dev;

	dev = pciback_vbus_get(&backend->vbus, op->domain, op->bus, op->devfn);
	if (dev)
		op_carry_out(backend, dev, op);
	else
		op->err = XEN_PCI_ERR_dev_not_found;
	pciback_trace_op(&backend->owner, dev, op, start);
	if (dev)
		pciback_device_put(dev);
}

/**
 * struct op_attempt - arguments of op_attempt_on(); on the stack of its caller, no lock
 * @backend: the backend
 * @op: the request
 * @start: when it began
 */
struct op_attempt {
	struct pciback_backend *backend;
	struct xen_pci_op *op;
	u64 start;
};

static int op_attempt_on(struct pcistub_device *dev, void *ctx)
{
	const struct op_attempt *attempt = ctx;
	struct xen_pci_op *op = attempt->op;
	int err;

	if (dev) {
		err = pciback_device_conf_try(dev, &attempt->backend->owner,
					      op->cmd == XEN_PCI_OP_conf_write, op->offset,
					      op->size, &op->value);
		if (err == -EWOULDBLOCK)
			return err;
		op->err = err_to_guest(err);
	} else {
		op->err = XEN_PCI_ERR_dev_not_found;
	}
	pciback_trace_op(&attempt->backend->owner, dev, op, attempt->start);
	return 0;
}

/**
 * pciback_backend_try_op() - carry out one request without sleeping
 * @backend: the backend
 * @op: as for pciback_backend_do_op()
 *
 * Reads and writes of configuration space, unless their row needs something that sleeps.
 *
 * Context: any, also hard interrupt. Takes the lock of the virtual bus's @by_virt, then the
 * record's lock.
 * Return: false: nothing was done, and pciback_backend_do_op() is needed.
 */
bool pciback_backend_try_op(struct pciback_backend *backend, struct xen_pci_op *op)
{
	struct op_attempt attempt = {
		.backend = backend,
		.op = op,
		.start = pciback_trace_op_start(),
	};

	if (op->cmd != XEN_PCI_OP_conf_read && op->cmd != XEN_PCI_OP_conf_write)
		return false;
	return !pciback_vbus_call(&backend->vbus, op->domain, op->bus, op->devfn, op_attempt_on,
				  &attempt);
}
