// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The methods of reset themselves, each bounded.
 *
 * FLR, Advanced Features, power state and bus reset are done here and not by
 * the PCI core, because the core waits up to a minute, under device_lock(), for
 * a function that answers all ones; and because it resets a bus only for a
 * function that is alone on it. Procedures for one device are the core's: they
 * know what the device needs. So is a slot's, whose driver has to know.
 */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pci_hotplug.h>
#include <linux/string.h>
#include <pciback/reset_plan.h>
#include "reset/method.h"
#include "reset/reset.h"

/* How the core numbers its methods in struct pci_dev's @reset_methods. */
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

/* PCIe r6.0 6.6.2, Advanced Features ECN: time before the next access. */
#define FLR_MS		100
/* PCI PM 1.2 5.6.1, for functions that do not say. */
#define PM_MS		10
/* PCI Local Bus 3.0 4.3.2: longer than 1 ms. */
#define BUS_ASSERT_MS	2
/* PCI Local Bus 3.0 4.3.2, Trhfa: 2^25 clocks at 33 MHz. */
#define PCI_SETTLE_MS	1000
/* PCIe r6.0 6.6.1: after the link is up; and for it to come up. */
#define LINK_SETTLE_MS	100
#define LINK_UP_MS	1000
/* For transactions under way, as long as the core gives FLR. */
#define PENDING_MS	1500
/* Between two looks at a bit that changes by itself. */
#define POLL_MS		20

static u8 af_find(struct pci_dev *pdev)
{
	return pci_find_capability(pdev, PCI_CAP_ID_AF) ?: pciback_reset_quirk_af(pdev);
}

/**
 * pciback_reset_methods_of() - which methods a function has of its own, best first
 * @pdev: the function
 * @methods: room for RESET_METHODS
 *
 * The core's list, which the administrator can reorder through the function's
 * file reset_method, but for what reset/quirks.c knows better. RESET_BUS in it
 * says where in the order it is, not that it can be done.
 *
 * Return: how many.
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
		/* The core may have learnt further ones. */
		if (number >= ARRAY_SIZE(methods_from_core))
			continue;
		if (number == CORE_FLR && pciback_reset_quirk_no_flr(pdev))
			continue;
		methods[nr++] = methods_from_core[number];
	}
	return nr;
}

/**
 * pciback_reset_slot_works() - is there a hot-plug slot around it that can reset it?
 * @pdev: the function
 *
 * Context: may sleep. Caller holds device_lock() of the bridge above, whose
 * driver makes and removes slots.
 */
bool pciback_reset_slot_works(struct pci_dev *pdev)
{
	return pdev->slot && !pci_probe_reset_slot(pdev->slot);
}

static int core_method_run(struct pci_dev *pdev, enum core_method number)
{
	u8 saved[PCI_NUM_RESET_METHODS];
	int err;

	memcpy(saved, pdev->reset_methods, sizeof(saved));
	memset(pdev->reset_methods, 0, sizeof(saved));
	pdev->reset_methods[0] = number;
	err = __pci_reset_function_locked(pdev);
	memcpy(pdev->reset_methods, saved, sizeof(saved));
	return err;
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
 * Only so that nobody is asked too early: whether it works again is seen from the
 * functions. There are ports that say they report the link, and never say it is up.
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
	bool reports = link && bridge->link_active_reporting && link_is_up(bridge);
	u16 ctrl;

	pci_read_config_word(bridge, PCI_BRIDGE_CONTROL, &ctrl);
	if (PCI_POSSIBLE_ERROR(ctrl))
		return -ENODEV;
	ctrl &= ~PCI_BRIDGE_CTL_BUS_RESET;
	pci_write_config_word(bridge, PCI_BRIDGE_CONTROL, ctrl | PCI_BRIDGE_CTL_BUS_RESET);
	msleep(BUS_ASSERT_MS);
	pci_write_config_word(bridge, PCI_BRIDGE_CONTROL, ctrl);
	if (reports)
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
	/* It has been reset, but the link did not come up again. */
	return err == -ENOTTY ? -EIO : err;
}

/**
 * pciback_reset_method_run() - reset by one method
 * @pdev: the function, in D0, quiet; it answers, unless its slot or bus is reset
 * @bridge: the bridge that does it, for RESET_SLOT and RESET_BUS
 * @method: how
 *
 * Context: sleeps, 100 ms to a few seconds; a slot up to a minute, if the link
 * comes back and the function does not: that wait is its driver's. Caller holds
 * device_lock() of all that is hit, and of @bridge.
 * Return: 0: done, wait with pciback_reset_wait_ready(); or -errno.
 */
int pciback_reset_method_run(struct pci_dev *pdev, struct pci_dev *bridge, enum reset_method method)
{
	switch (method) {
	case RESET_SPECIFIC:
		return core_method_run(pdev, CORE_SPECIFIC);
	case RESET_ACPI:
		return core_method_run(pdev, CORE_ACPI);
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
 * pciback_reset_flr() - FLR and nothing else, for whoever is not at liberty to plan
 * @pdev: the function
 *
 * Saves and restores nothing.
 *
 * Context: sleeps, up to pciback_reset_wait_ms and a second. Caller holds
 * device_lock().
 * Return: 0; -ENOTTY: it has none, or none that works; -ENODEV, -ETIMEDOUT,
 * -ENXIO: it does not answer, did not come back, came back as something else.
 */
int pciback_reset_flr(struct pci_dev *pdev)
{
	u32 id = pciback_reset_identity(pdev);
	int err;

	device_lock_assert(&pdev->dev);
	if (!(pdev->devcap & PCI_EXP_DEVCAP_FLR) || pciback_reset_quirk_no_flr(pdev) ||
	    pdev->dev_flags & PCI_DEV_FLAGS_NO_FLR_RESET)
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
 * pciback_reset_identity() - what a function says that it is
 * @pdev: the function
 *
 * Virtual functions have no identity of their own (PCIe r6.0 9.3.4.1.1), so
 * for them it is another register that never is all ones.
 *
 * Return: vendor and device; all ones: nobody answers.
 */
u32 pciback_reset_identity(struct pci_dev *pdev)
{
	u32 id;

	pci_read_config_dword(pdev, pdev->is_virtfn ? PCI_COMMAND : PCI_VENDOR_ID, &id);
	/* Vendor 1 is "ask again later", PCIe r6.0 2.3.2. */
	if (!pdev->is_virtfn && ((id & 0xffff) == 0xffff || (id & 0xffff) == 0x0001))
		return ~0;
	return id;
}

/**
 * pciback_reset_answers() - is there anybody?
 * @pdev: the function
 */
bool pciback_reset_answers(struct pci_dev *pdev)
{
	u32 id = pciback_reset_identity(pdev);

	return !PCI_POSSIBLE_ERROR(id);
}

/**
 * pciback_reset_wait_ready() - wait until a function answers again
 * @pdev: the function
 * @id: what it said that it is
 * @deadline: in jiffies; past it, it is asked once
 *
 * Context: sleeps.
 * Return: 0; -ETIMEDOUT: it does not answer; -ENXIO: something else does;
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
