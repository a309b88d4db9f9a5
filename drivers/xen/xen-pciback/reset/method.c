// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The methods of reset. Each takes a limited time. This file accesses the registers of
 * one function or bridge, and nothing of its record. The caller prepares and restores
 * the function.
 *
 * FLR, Advanced Features FLR, power state and bus reset are implemented here and not
 * left to the PCI core: the core waits up to a minute, with device_lock() held, for a
 * function that answers with all ones, and it resets a bus only for a function that is
 * alone on it. The core's procedures for single devices are used, because they contain
 * what is known of the device, and a slot is reset by its hot-plug driver, which has to
 * know of the reset. The firmware's method is called directly.
 */
#include <linux/acpi.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci_hotplug.h>
#include <pciback/reset_plan.h>
#include "reset/method.h"
#include "reset/reset.h"

/* Numbers of the PCI core's methods in @reset_methods of struct pci_dev. */
enum core_method {
	CORE_SPECIFIC = 1,
	CORE_ACPI,
	CORE_FLR,
	CORE_AF,
	CORE_PM,
	CORE_BUS,
};

static const u8 methods_from_core[] = {
	[CORE_SPECIFIC] = RESET_SPECIFIC,
	[CORE_ACPI] = RESET_ACPI,
	[CORE_FLR] = RESET_FLR,
	[CORE_AF] = RESET_AF,
	[CORE_PM] = RESET_PM,
	[CORE_BUS] = RESET_BUS,
};

/* PCIe r6.0 6.6.2, Advanced Features ECN: time after the reset before the next access. */
#define FLR_MS		100
/* PCI PM 1.2 5.6.1: wait after a change of power state, if the function needs no more. */
#define PM_MS		10
/* PCI Local Bus 3.0 4.3.2: reset must be asserted for longer than 1 ms. */
#define BUS_ASSERT_MS	2
/* PCI Local Bus 3.0 4.3.2, Trhfa: 2^25 clocks at 33 MHz until the first access. */
#define PCI_SETTLE_MS	1000
/* PCIe r6.0 6.6.1: wait after the link is up; how long the link may take to come up. */
#define LINK_SETTLE_MS	100
#define LINK_UP_MS	1000
/* How long to wait for pending transactions; the PCI core's limit before an FLR. */
#define PENDING_MS	1500
/* Interval of reading a bit that the hardware changes. */
#define POLL_MS		20

static u8 af_find(struct pci_dev *pdev)
{
	return pci_find_capability(pdev, PCI_CAP_ID_AF) ?: pciback_reset_quirk_af(pdev);
}

/**
 * pciback_reset_methods_of() - list a function's own methods, in the order to try them
 * @pdev: the function
 * @methods: array of RESET_METHODS elements for the result, enum reset_method
 *
 * The list is the PCI core's, which the administrator can reorder through the
 * function's sysfs file reset_method, corrected by reset/device_quirks.c. RESET_BUS in
 * it gives only a position in the order, not that a bus reset is possible.
 *
 * Context: may sleep. Caller keeps the function from being removed.
 * Return: number of methods.
 */
int pciback_reset_methods_of(struct pci_dev *pdev, u8 *methods)
{
	int i, nr = 0;

	if (!pci_is_pcie(pdev) && !pci_find_capability(pdev, PCI_CAP_ID_AF) &&
	    pciback_reset_quirk_af(pdev))
		methods[nr++] = RESET_AF;
	for (i = 0; i < PCI_NUM_RESET_METHODS && nr < RESET_METHODS; i++) {
		u8 number = pdev->reset_methods[i];

		if (!number)
			break;
		/* Newer kernels may have more methods; they are not used. */
		if (number >= ARRAY_SIZE(methods_from_core))
			continue;
		if (number == CORE_FLR && pciback_reset_quirk_no_flr(pdev))
			continue;
		/* See specific_is_first(). */
		if (number == CORE_SPECIFIC && i)
			continue;
		methods[nr++] = methods_from_core[number];
	}
	return nr;
}

/**
 * pciback_reset_slot_works() - can a hot-plug slot reset the function in it?
 * @pdev: the function
 *
 * Context: may sleep. Caller holds device_lock() of the bridge above, whose driver
 * creates and removes slots.
 * Return: true if the function is in a slot and the slot's driver can reset it.
 */
bool pciback_reset_slot_works(struct pci_dev *pdev)
{
	return pdev->slot && !pci_probe_reset_slot(pdev->slot);
}

/*
 * The PCI core does not export its procedures for single devices. It runs one as the first
 * method in @reset_methods. That array must not be changed here, not even for the time of a
 * reset: the function's sysfs file reset_method reads and writes it without any lock
 * (reset_method_store() in Linux 6.1 and 6.12), so another order that the administrator
 * writes meanwhile would be lost. So the procedure is only used if it comes first anyway.
 * If it finds that it cannot reset the function, the core goes on with the next methods of
 * the array, none of which resets any other function.
 */
static bool specific_is_first(struct pci_dev *pdev)
{
	return READ_ONCE(pdev->reset_methods[0]) == CORE_SPECIFIC;
}

static int specific_run(struct pci_dev *pdev)
{
	return specific_is_first(pdev) ? __pci_reset_function_locked(pdev) : -ENOTTY;
}

/* ACPI 6.5, 7.3.25: the method _RST of a device. */
static int acpi_run(struct pci_dev *pdev)
{
#ifdef CONFIG_ACPI
	acpi_handle handle = ACPI_HANDLE(&pdev->dev);

	if (!handle || !acpi_has_method(handle, "_RST"))
		return -ENOTTY;
	return ACPI_SUCCESS(acpi_evaluate_object(handle, "_RST", NULL, NULL)) ? 0 : -EIO;
#else
	return -ENOTTY;
#endif
}

static int flr_run(struct pci_dev *pdev)
{
	int err = pcie_capability_set_word(pdev, PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_BCR_FLR);

	if (err)
		return pcibios_err_to_errno(err);
	if (!pdev->imm_ready)
		msleep(FLR_MS);
	return 0;
}

static int af_run(struct pci_dev *pdev)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(PENDING_MS);
	u8 pos = af_find(pdev);
	u8 status;

	if (!pos)
		return -ENOTTY;
	for (;;) {
		pci_read_config_byte(pdev, pos + PCI_AF_STATUS, &status);
		if (!(status & PCI_AF_STATUS_TP))
			break;
		if (time_after(jiffies, deadline)) {
			pci_warn(pdev, "transactions still pending; resetting it anyway\n");
			break;
		}
		msleep(POLL_MS);
	}
	pci_write_config_byte(pdev, pos + PCI_AF_CTRL, PCI_AF_CTRL_FLR);
	msleep(FLR_MS);
	return 0;
}

static int pm_run(struct pci_dev *pdev)
{
	unsigned int delay = max_t(unsigned int, pdev->d3hot_delay, PM_MS);
	u16 ctrl;

	if (!pdev->pm_cap)
		return -ENOTTY;
	pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &ctrl);
	if (ctrl & PCI_PM_CTRL_NO_SOFT_RESET)
		return -ENOTTY;
	ctrl &= ~PCI_PM_CTRL_STATE_MASK;
	pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, ctrl | (__force u16)PCI_D3hot);
	msleep(delay);
	pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, ctrl | (__force u16)PCI_D0);
	msleep(delay);
	return 0;
}

static bool link_is_up(struct pci_dev *bridge)
{
	u16 status = 0;

	pcie_capability_read_word(bridge, PCI_EXP_LNKSTA, &status);
	return status & PCI_EXP_LNKSTA_DLLLA;
}

/*
 * Waits for the link so that the functions are not accessed too early. A link that does
 * not come up is no error here: some ports claim to report the link state and never
 * report it as up. Whether the reset worked is seen when the functions are awaited.
 */
static void link_wait(struct pci_dev *bridge)
{
	unsigned long deadline = jiffies + msecs_to_jiffies(LINK_UP_MS);

	while (!link_is_up(bridge) && time_before(jiffies, deadline))
		msleep(POLL_MS);
}

static int bus_run(struct pci_dev *bridge)
{
	bool link = pci_is_pcie(bridge) && pci_pcie_type(bridge) != PCI_EXP_TYPE_PCI_BRIDGE;
	bool link_reported = link && bridge->link_active_reporting && link_is_up(bridge);
	u16 ctrl;

	pci_read_config_word(bridge, PCI_BRIDGE_CONTROL, &ctrl);
	if (PCI_POSSIBLE_ERROR(ctrl))
		return -ENODEV;
	ctrl &= ~PCI_BRIDGE_CTL_BUS_RESET;
	pci_write_config_word(bridge, PCI_BRIDGE_CONTROL, ctrl | PCI_BRIDGE_CTL_BUS_RESET);
	msleep(BUS_ASSERT_MS);
	pci_write_config_word(bridge, PCI_BRIDGE_CONTROL, ctrl);
	if (link_reported)
		link_wait(bridge);
	msleep(link ? LINK_SETTLE_MS : PCI_SETTLE_MS);
	return 0;
}

static int slot_run(struct pci_dev *pdev)
{
	struct hotplug_slot *slot = pdev->slot ? pdev->slot->hotplug : NULL;
	int err;

	if (!slot || !slot->ops->reset_slot || !try_module_get(slot->owner))
		return -ENOTTY;
	err = slot->ops->reset_slot(slot, PCI_RESET_DO_RESET);
	module_put(slot->owner);
	/* It was reset, but the link did not come up again. */
	return err == -ENOTTY ? -EIO : err;
}

/**
 * pciback_reset_method_run() - reset a function by one method
 * @pdev: the function, in D0 and with bus mastering off; it must answer, except
 *	for RESET_SLOT and RESET_BUS
 * @bridge: the bridge above, for RESET_SLOT and RESET_BUS; else NULL
 * @method: the method
 *
 * Saves and restores nothing.
 *
 * Context: sleeps, 100 ms to a few seconds. With RESET_SLOT up to a minute, in the
 * slot's driver, if the link comes up and the function does not answer. Caller
 * holds device_lock() of all functions that are reset, and of @bridge.
 * Return: 0: reset, call pciback_reset_wait_ready(); -ENOTTY: the function does not
 * have the method; other -errno.
 */
int pciback_reset_method_run(struct pci_dev *pdev, struct pci_dev *bridge,
			     enum reset_method method)
{
	switch (method) {
	case RESET_SPECIFIC:
		return specific_run(pdev);
	case RESET_ACPI:
		return acpi_run(pdev);
	case RESET_FLR:
		return flr_run(pdev);
	case RESET_AF:
		return af_run(pdev);
	case RESET_PM:
		return pm_run(pdev);
	case RESET_SLOT:
		return slot_run(pdev);
	case RESET_BUS:
		return bus_run(bridge);
	default:
		return -ENOTTY;
	}
}

/**
 * pciback_reset_has_flr() - has a function an FLR that works? PCIe r6.0 6.6.2
 * @pdev: the function
 *
 * Context: any.
 * Return: true if it has, not counting that of Advanced Features.
 */
bool pciback_reset_has_flr(struct pci_dev *pdev)
{
	return pdev->devcap & PCI_EXP_DEVCAP_FLR && !pciback_reset_quirk_no_flr(pdev) &&
	       !(pdev->dev_flags & PCI_DEV_FLAGS_NO_FLR_RESET);
}

/**
 * pciback_reset_flr() - reset a function by FLR, PCIe r6.0 6.6.2
 * @pdev: the function
 *
 * For callers that cannot make a plan, which may need more locks. Saves and
 * restores nothing.
 *
 * Context: sleeps, up to pciback_reset_wait_ms and a second. Caller holds
 * device_lock().
 * Return: 0; -ENOTTY: the function has no FLR, or none that works; -ENODEV: it does
 * not answer or was removed; -ETIMEDOUT: it did not answer after the reset;
 * -ENXIO: another device answered.
 */
int pciback_reset_flr(struct pci_dev *pdev)
{
	u32 id = pciback_reset_identity(pdev);
	int err;

	device_lock_assert(&pdev->dev);
	if (!pciback_reset_has_flr(pdev))
		return -ENOTTY;
	if (PCI_POSSIBLE_ERROR(id))
		return -ENODEV;
	if (!pci_wait_for_pending_transaction(pdev))
		dev_warn_ratelimited(&pdev->dev, "transactions still pending; resetting it anyway\n");
	err = flr_run(pdev);
	return err ?: pciback_reset_wait_ready(pdev, id, jiffies +
					       msecs_to_jiffies(pciback_reset_wait_ms));
}

/**
 * pciback_reset_identity() - read what identifies a function
 * @pdev: the function
 *
 * A virtual function has no vendor and device ID of its own (PCIe r6.0 9.3.4.1.1).
 * For it, another register is read that is never all ones, which shows only
 * whether the function answers.
 *
 * Context: may sleep.
 * Return: device ID in the upper and vendor ID in the lower 16 bits; COMMAND and
 * STATUS of a virtual function; all ones: the function does not answer.
 */
u32 pciback_reset_identity(struct pci_dev *pdev)
{
	u32 id;

	pci_read_config_dword(pdev, pdev->is_virtfn ? PCI_COMMAND : PCI_VENDOR_ID, &id);
	/* Vendor ID 1: the function is not ready yet, PCIe r6.0 2.3.2. */
	if (!pdev->is_virtfn && ((id & 0xffff) == 0xffff || (id & 0xffff) == 0x0001))
		return ~0;
	return id;
}

/**
 * pciback_reset_answers() - does a function answer?
 * @pdev: the function
 *
 * Context: may sleep.
 * Return: true if its registers can be read.
 */
bool pciback_reset_answers(struct pci_dev *pdev)
{
	u32 id = pciback_reset_identity(pdev);

	return !PCI_POSSIBLE_ERROR(id);
}

/**
 * pciback_reset_wait_ready() - wait until a function answers after a reset
 * @pdev: the function
 * @id: its pciback_reset_identity() from before the reset
 * @deadline: when to give up, in jiffies; the function is read at least once
 *
 * Context: sleeps until @deadline at most.
 * Return: 0; -ETIMEDOUT: it does not answer; -ENXIO: another device answers;
 * -ENODEV: it was removed.
 */
int pciback_reset_wait_ready(struct pci_dev *pdev, u32 id, unsigned long deadline)
{
	unsigned int delay = 1;

	for (;;) {
		bool last = time_after_eq(jiffies, deadline);
		u32 now = pciback_reset_identity(pdev);

		if (!PCI_POSSIBLE_ERROR(now))
			return pdev->is_virtfn || now == id ? 0 : -ENXIO;
		if (pci_dev_is_disconnected(pdev))
			return -ENODEV;
		if (last)
			return -ETIMEDOUT;
		msleep(delay);
		delay = min(2 * delay, 64u);
	}
}
