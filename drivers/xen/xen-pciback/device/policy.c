// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What the administrator allows guests beyond the tables of registers: the level of writes
 * (strict, quirks, permissive), and whether a device model may enable interrupts. COMMAND,
 * BARs, message addresses and hidden capabilities cannot be written at any level. Changes
 * the record only, not the function.
 */
#include <linux/pci.h>
#include <pciback/conf.h>
#include "device/policy.h"
#include "record/record.h"

/**
 * pciback_policy_set_level() - set which registers guests may write
 * @dev: the function
 * @level: the level; applies from the next write on, also for a running guest
 *
 * Stays until it is set again or the function is released.
 *
 * Context: process context. Takes @dev->lock.
 * Return: 0; -ENODEV: the function was released.
 */
int pciback_policy_set_level(struct pcistub_device *dev, enum conf_level level)
{
	bool changed, removed;

	spin_lock_irq(&dev->lock);
	removed = dev->removed;
	changed = !removed && dev->level != level;
	if (changed)
		dev->level = level;
	spin_unlock_irq(&dev->lock);
	if (removed)
		return -ENODEV;
	if (changed && level == CONF_PERMISSIVE) {
		/* Administrators search for both texts, which are the in-tree driver's. */
		pci_warn(dev->pdev,
			 "enabling permissive mode configuration space accesses! Guests may write every register that the driver does not control\n");
		pci_warn(dev->pdev, "permissive mode is potentially unsafe!\n");
	}
	return 0;
}

/**
 * pciback_policy_allow_interrupts() - let a guest enable interrupts by itself
 * @dev: the function
 *
 * For a device model in a stub domain. Unsafe with a PV guest that is not trusted. Ends
 * when the function is deassigned.
 *
 * Context: process context. Takes @dev->lock.
 * Return: 0; -ENODEV: the function was released.
 */
int pciback_policy_allow_interrupts(struct pcistub_device *dev)
{
	bool removed;

	spin_lock_irq(&dev->lock);
	removed = dev->removed;
	if (!removed)
		dev->conf->interrupt_control = true;
	spin_unlock_irq(&dev->lock);
	return removed ? -ENODEV : 0;
}
