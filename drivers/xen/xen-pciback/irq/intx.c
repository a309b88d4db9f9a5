// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The INTx handler of a seized function.
 *
 * A guest's level-triggered interrupt line may be shared with functions of the host.
 * The host then receives the guest's interrupts as well, and Linux disables a line
 * permanently when no handler claims its interrupts. So this handler claims them
 * from the time the guest enables decoding until it disables decoding or the function
 * is deassigned.
 *
 * When no guest handles the line any more (its domain is being destroyed, and Xen has
 * unbound the interrupt), an asserted line would either interrupt without end or be
 * disabled for the host, too. So a function that still asserts its line is masked by
 * INTx Disable of its COMMAND register, until a guest enables decoding.
 *
 * The handler is installed on the INTx line only, never on a message signalled
 * interrupt: those are delivered to the guest only (XSA-157).
 */
#include <linux/interrupt.h>
#include <linux/pci.h>
#include "irq/irq.h"
#include "record/guest_op.h"
#include "record/irq_state.h"
#include "record/record.h"
#include "record/stats.h"
#include "trace/events.h"
#include "xen/hypercall.h"

/* Interrupts between two checks with Xen that the line is still shared: a hypercall. */
#define SHARED_CHECK_INTERVAL	1000

/**
 * pciback_intx_mask() - set INTx Disable if the function asserts its line
 * @dev: the function, whose interrupts no guest handles
 *
 * Does nothing if the function does not assert its line.
 *
 * Context: any, including hard irq. Takes no lock of the driver.
 */
void pciback_intx_mask(struct pcistub_device *dev)
{
	if (pci_check_and_mask_intx(dev->pdev))
		WRITE_ONCE(dev->irq.masked, true);
}

/* Runs without @dev->lock: @dev->irq says which members it may access. */
static irqreturn_t intx_handler(int irq, void *data)
{
	struct pcistub_device *dev = data;
	struct pciback_irq *state = &dev->irq;

	if (!READ_ONCE(state->acking))
		return IRQ_NONE;

	WRITE_ONCE(state->handled, state->handled + 1);
	pciback_stat_inc(dev->stats, DEVICE_STAT_INTX_HANDLED);
	if (state->handled % SHARED_CHECK_INTERVAL == 0 && !pciback_xen_line_shared(irq)) {
		dev_info_ratelimited(&dev->pdev->dev,
				     "IRQ line %d is not shared with other domains; not claiming its interrupts any more\n",
				     irq);
		WRITE_ONCE(state->acking, false);
		pciback_intx_mask(dev);
	}
	return IRQ_HANDLED;
}

static void intx_install(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;
	int err;

	if (!pdev->irq || pdev->msi_enabled || pdev->msix_enabled)
		return;
	/* Before the handler can run. */
	WRITE_ONCE(dev->irq.acking, true);
	err = request_irq(pdev->irq, intx_handler, IRQF_SHARED, dev->irq.name, dev);
	pciback_trace_irq(dev, PCIBACK_IRQ_INTX_ON, pdev->irq, err);
	if (err) {
		WRITE_ONCE(dev->irq.acking, false);
		/* Not tried again at each write: a guest must not fill the log. */
		dev->irq.refused = true;
		dev_err_ratelimited(&pdev->dev,
				    "no handler for IRQ line %d (%d); host devices on the same line may stop working\n",
				    pdev->irq, err);
		return;
	}
	WRITE_ONCE(dev->irq.line, pdev->irq);
}

static void intx_remove(struct pcistub_device *dev)
{
	WRITE_ONCE(dev->irq.acking, false);
	free_irq(dev->irq.line, dev);
	pciback_trace_irq(dev, PCIBACK_IRQ_INTX_OFF, dev->irq.line, 0);
	WRITE_ONCE(dev->irq.line, 0);
}

/* The guest has enabled decoding and handles the line. If not, the handler masks it again. */
static void intx_unmask(struct pcistub_device *dev)
{
	WRITE_ONCE(dev->irq.masked, false);
	if (dev->irq.line)
		WRITE_ONCE(dev->irq.acking, true);
	pci_intx(dev->pdev, 1);
}

static bool intx_is_wanted(const struct pcistub_device *dev)
{
	lockdep_assert_held(&dev->lock);
	return dev->conf->intx_wanted && !pciback_ops_ended(dev);
}

/**
 * pciback_intx_is_outdated() - does pciback_intx_update() have to do anything?
 * @dev: the function
 *
 * Context: any. Caller holds @dev->lock.
 * Return: true if it has.
 */
bool pciback_intx_is_outdated(const struct pcistub_device *dev)
{
	bool want = intx_is_wanted(dev);

	if (dev->pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return false;
	if (want && READ_ONCE(dev->irq.masked) && dev->irq.mode == PCIBACK_IRQ_INTX)
		return true;
	return want ? !dev->irq.line && !dev->irq.refused && dev->pdev->irq &&
		      dev->irq.mode == PCIBACK_IRQ_INTX :
		      dev->irq.line || dev->irq.refused;
}

/**
 * pciback_intx_update() - install or remove the INTx handler as the guest needs it
 * @dev: the function, after the guest's value of COMMAND may have changed
 *
 * A failure to install the handler is only logged: the guest can use the function
 * without it.
 *
 * Context: may sleep. Takes @dev->lock. Caller has called pciback_op_begin().
 */
void pciback_intx_update(struct pcistub_device *dev)
{
	bool want;

	if (dev->pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return;
	spin_lock_irq(&dev->lock);
	want = intx_is_wanted(dev);
	/* While MSI or MSI-X is enabled, the PCI core keeps INTx disabled. */
	if (want && READ_ONCE(dev->irq.masked) && dev->irq.mode == PCIBACK_IRQ_INTX)
		intx_unmask(dev);
	spin_unlock_irq(&dev->lock);
	if (!want)
		dev->irq.refused = false;
	if (want && !dev->irq.line && !dev->irq.refused)
		intx_install(dev);
	else if (!want && dev->irq.line)
		intx_remove(dev);
}

/**
 * pciback_intx_toggle() - start or stop claiming the interrupts of the line
 * @dev: the function
 *
 * For an administrator who wants to find out which function raises the interrupts of
 * a shared line. The handler stays installed, so it is always removed with the state
 * it was installed with. Does nothing if no handler is installed.
 *
 * Context: any.
 */
void pciback_intx_toggle(struct pcistub_device *dev)
{
	if (READ_ONCE(dev->irq.line))
		WRITE_ONCE(dev->irq.acking, !READ_ONCE(dev->irq.acking));
}

/**
 * pciback_irq_teardown() - disable every interrupt of a guest
 * @dev: the function; no operation of its guest runs
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_irq_teardown(struct pcistub_device *dev)
{
	device_lock_assert(&dev->pdev->dev);
	pciback_msi_disable(dev);
	dev->irq.refused = false;
	if (dev->irq.line)
		intx_remove(dev);
}
