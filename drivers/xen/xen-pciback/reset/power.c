// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Changes the power state of a function within a limited time. pci_set_power_state() waits up
 * to a minute for a function that was woken from D3hot and answers with all ones. A guest
 * chooses when its function is woken, and may own a function that dies there. So the function
 * is woken and awaited here, and the PCI core is called when nothing is left to wait for: it
 * then notes the new state and restores the BARs.
 *
 * Accesses registers of the function, and nothing of its record.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/pci.h>
#include "reset/method.h"
#include "reset/power.h"

/* PCI PM 1.2 5.6.1: wait after D3hot, if the function needs no more. */
#define D3HOT_MS	10
/*
 * PCIe r6.0 2.3.1: how long a function that reset itself on the way to D0 may answer with
 * Request Retry Status, which is read as all ones.
 */
#define READY_MS	1000
#define POLL_MS		5

static int power_await(struct pci_dev *pdev, bool (*ended)(void *ctx), void *ctx)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(READY_MS);

	while (!pciback_reset_answers(pdev)) {
		if (pci_dev_is_disconnected(pdev))
			return -ENODEV;
		if (ended && ended(ctx))
			return -ECANCELED;
		if (time_after(jiffies, deadline))
			return -ETIMEDOUT;
		msleep(POLL_MS);
	}
	return 0;
}

/**
 * pciback_power_set() - change the power state of a function
 * @pdev: the function
 * @state: PCI_D0 to PCI_D3hot
 * @ended: returns true when the new state is not wanted any more; NULL: never
 * @ctx: its argument
 *
 * A function without power management is in D0.
 *
 * Context: sleeps, little more than a second at most. Takes pci_bus_sem.
 * Return: 0; -ENODEV: the function does not answer; -ETIMEDOUT: it did not come back from
 * D3hot; -ECANCELED: @ended returned true; or -errno of pci_set_power_state().
 */
int pciback_power_set(struct pci_dev *pdev, pci_power_t state, bool (*ended)(void *ctx), void *ctx)
{
	u16 ctrl = 0;
	int err;

	if (pci_dev_is_disconnected(pdev))
		return -ENODEV;
	if (!pdev->pm_cap)
		return pci_set_power_state(pdev, state);
	pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &ctrl);
	/* The core would log this without a limit. */
	if (PCI_POSSIBLE_ERROR(ctrl))
		return -ENODEV;
	if (state == PCI_D0 && (ctrl & PCI_PM_CTRL_STATE_MASK) == (__force u16)PCI_D3hot) {
		/* Writing a 1 to PME_Status would clear it. */
		ctrl &= ~(PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_STATUS);
		pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, ctrl);
		msleep(max_t(unsigned int, pdev->d3hot_delay, D3HOT_MS));
		err = power_await(pdev, ended, ctx);
		if (err)
			return err;
	}
	return pci_set_power_state(pdev, state);
}
