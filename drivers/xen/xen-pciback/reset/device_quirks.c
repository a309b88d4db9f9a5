// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Devices whose configuration space reports a reset that does not work, or does not
 * report one that works. All of them are in one table, with the source of each row. What
 * the kernel's own quirks cover (flags of struct pci_dev, device specific resets) is not
 * repeated here. This file only reads registers.
 */
#include <linux/pci.h>
#include "reset/method.h"

/**
 * struct reset_quirk - a device, and what its configuration space reports wrongly
 * @vendor: vendor ID
 * @device: device ID, or PCI_ANY_ID
 * @class: base class and sub-class, 0 for any
 * @no_flr: it reports FLR, which does not work
 * @af_pos: offset of an Advanced Features capability that the list of
 *	capabilities does not lead to, 0 if none
 *
 * Constant; needs no lock.
 */
struct reset_quirk {
	u16 vendor;
	u32 device;
	u16 class;
	bool no_flr;
	u8 af_pos;
};

static const struct reset_quirk device_quirks[] = {
	/*
	 * MediaTek MT7922 wireless: after FLR it reads as all ones for 70 to 345 s;
	 * a bus reset works. QubesOS/qubes-issues 9689; in the kernel since 6.14.
	 */
	{ .vendor = 0x14c3, .device = 0x0616, .no_flr = true },
	/*
	 * LSI SAS3008 (mpt3sas) and SAS3108 (megaraid_sas): after FLR the firmware
	 * hangs. XenServer's and XCP-ng's kernels have the same quirk.
	 */
	{ .vendor = 0x1000, .device = 0x0097, .no_flr = true },
	{ .vendor = 0x1000, .device = 0x005d, .no_flr = true },
	/*
	 * Intel I219-LM and -V network controllers: the capability is at 0xe0, but
	 * the MSI capability before it is marked as the last one; the reset works.
	 * QubesOS/qubes-issues 9356 and 11048, QubesOS/qubes-linux-kernel 980 and
	 * 1380. There are dozens of device IDs, so instead of the ID the registers
	 * at that offset are checked.
	 */
	{ .vendor = PCI_VENDOR_ID_INTEL, .device = PCI_ANY_ID,
	  .class = PCI_CLASS_NETWORK_ETHERNET, .af_pos = 0xe0 },
};

static bool quirk_matches(const struct reset_quirk *quirk, struct pci_dev *pdev)
{
	return quirk->vendor == pdev->vendor &&
	       (quirk->device == PCI_ANY_ID || quirk->device == pdev->device) &&
	       (!quirk->class || quirk->class == pdev->class >> 8);
}

/*
 * Advanced Features ECN: the ID, the length, and both capability bits. No other
 * registers are expected to have these three values.
 */
static bool af_is_at(struct pci_dev *pdev, u8 pos)
{
	u8 id, len, cap;

	pci_read_config_byte(pdev, pos, &id);
	pci_read_config_byte(pdev, pos + PCI_AF_LENGTH, &len);
	pci_read_config_byte(pdev, pos + PCI_AF_CAP, &cap);
	return id == PCI_CAP_ID_AF && len == PCI_CAP_AF_SIZEOF &&
	       cap == (PCI_AF_CAP_TP | PCI_AF_CAP_FLR);
}

/**
 * pciback_reset_quirk_no_flr() - does a function report an FLR that does not work?
 * @pdev: the function
 *
 * Context: any.
 * Return: true if FLR must not be used on it.
 */
bool pciback_reset_quirk_no_flr(struct pci_dev *pdev)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(device_quirks); i++)
		if (device_quirks[i].no_flr && quirk_matches(&device_quirks[i], pdev))
			return true;
	return false;
}

/**
 * pciback_reset_quirk_af() - find an Advanced Features capability that is not listed
 * @pdev: a function that answers and has no such capability in its list
 *
 * Only for conventional functions on the root bus, which is where the functions of
 * Intel's chipset are.
 *
 * Context: may sleep.
 * Return: offset of the capability, 0 if there is none.
 */
u8 pciback_reset_quirk_af(struct pci_dev *pdev)
{
	int i;

	if (pci_is_pcie(pdev) || !pci_is_root_bus(pdev->bus))
		return 0;
	for (i = 0; i < ARRAY_SIZE(device_quirks); i++)
		if (device_quirks[i].af_pos && quirk_matches(&device_quirks[i], pdev) &&
		    af_is_at(pdev, device_quirks[i].af_pos))
			return device_quirks[i].af_pos;
	return 0;
}
