// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * How much of a function's configuration space guests may write beyond what
 * the tables allow: strict, quirks, permissive; and whether a device model may
 * switch interrupts. COMMAND, BARs, message addresses and hidden capabilities
 * stay out of reach at every level.
 */
#include <linux/pci.h>
#include <pciback/conf.h>
#include "device/policy.h"
#include "record/record.h"

/**
 * pciback_policy_set_level() - choose what guests may write
 * @dev: the function
 * @level: the level; takes effect with the next write, also of a running guest
 *
 * Stays until it is changed or the function is handed back to the host.
 *
 * Context: may sleep.
 * Return: 0 or -ENODEV: the host has the function again.
 */
int pciback_policy_set_level(struct pcistub_device *dev, enum conf_level level)
{
	guard(mutex)(&dev->lock);

	if (dev->removed)
		return -ENODEV;
	if (level == CONF_PERMISSIVE && dev->level != level) {
		pci_warn(dev->pdev,
			 "permissive mode: guests may write any register nothing else decides\n");
		pci_warn(dev->pdev, "permissive mode is potentially unsafe!\n");
	}
	dev->level = level;
	return 0;
}

/**
 * pciback_policy_allow_interrupts() - let a device model switch interrupts
 * @dev: the function
 *
 * Meant for a device model in a stub domain; unsafe with a PV guest that is
 * not trusted. Ends with the guest.
 *
 * Context: may sleep.
 * Return: 0 or -ENODEV: the host has the function again.
 */
int pciback_policy_allow_interrupts(struct pcistub_device *dev)
{
	guard(mutex)(&dev->lock);

	if (dev->removed)
		return -ENODEV;
	dev->conf->interrupt_control = true;
	return 0;
}
