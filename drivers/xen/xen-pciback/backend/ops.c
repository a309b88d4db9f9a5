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
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "irq/irq.h"
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

typedef void (*op_handler)(struct pcistub_device *dev, struct xen_pci_op *op);

/* The numbers without an entry are requests from the backend to the frontend. */
static const op_handler op_handlers[] = {
	[XEN_PCI_OP_conf_read] = op_conf_read,
	[XEN_PCI_OP_conf_write] = op_conf_write,
	[XEN_PCI_OP_enable_msi] = op_enable_msi,
	[XEN_PCI_OP_disable_msi] = op_disable_msi,
	[XEN_PCI_OP_enable_msix] = op_enable_msix,
	[XEN_PCI_OP_disable_msix] = op_disable_msi,
	[XEN_PCI_OP_enable_multi_msi] = op_enable_multi_msi,
};

/**
 * pciback_backend_do_op() - carry out one request
 * @backend: the backend
 * @op: private copy of the request. The answer is in @op->err and @op->value; for
 *	enable_msix also in @op->msix_entries, for enable_multi_msi in @op->info.
 *
 * For a function that the guest does not have @op->value stays as it was sent.
 *
 * Context: sleeps; 100 ms and more if the guest requested a function level reset.
 * Takes the virtual bus's lock and, after that, the record's lock of the function.
 * Caller holds neither these nor a device_lock().
 */
void pciback_backend_do_op(struct pciback_backend *backend, struct xen_pci_op *op)
{
	u64 start = pciback_trace_op_start();
	struct pcistub_device *dev;
	op_handler handler = NULL;
	bool reset = false;
	u32 cmd = op->cmd;

	op->err = XEN_PCI_ERR_dev_not_found;
	dev = pciback_vbus_get(&backend->vbus, op->domain, op->bus, op->devfn);
	if (!dev) {
		pciback_trace_op(&backend->owner, NULL, op, start);
		return;
	}

	mutex_lock(&dev->lock);
	if (pciback_device_is_usable_by(dev, &backend->owner)) {
		if (cmd < ARRAY_SIZE(op_handlers))
			handler = op_handlers[array_index_nospec(cmd, ARRAY_SIZE(op_handlers))];
		if (handler)
			handler(dev, op);
		else
			op->err = XEN_PCI_ERR_not_implemented;
		reset = dev->reset_wanted;
	}
	mutex_unlock(&dev->lock);
	/* Needs device_lock(), which is taken before the record's lock. */
	if (reset)
		pciback_device_guest_reset(dev, &backend->owner);
	pciback_trace_op(&backend->owner, dev, op, start);
	pciback_device_put(dev);
}
