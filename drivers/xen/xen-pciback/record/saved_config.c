// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Saves a function's configuration space when it is seized, and restores it after each
 * guest and when the function is released. Accesses the function's registers and
 * @seizure of its record.
 *
 * The PCI core saves and restores most of it. It does not restore the MSI capability while
 * MSI is off, so that a guest's last message address would stay, nor Function Mask of MSI-X, nor
 * the data select field of power management; and it does not know that PME was disarmed at
 * seizure.
 */
#include <linux/pci.h>
#include "record/config_image.h"
#include "record/record.h"
#include "record/saved_config.h"

/* Offsets and sizes of the registers of an MSI capability, which depend on its flags. */
struct msi_layout {
	u8 off[PCIBACK_MSI_REGS];
	u8 size[PCIBACK_MSI_REGS];
};

/* By 64-bit address and per-vector masking. Offset 0: no such register. PCIe r6.0 7.7.1. */
static const struct msi_layout msi_layouts[2][2] = {
	[false] = {
		[false] = {
			{ PCI_MSI_FLAGS, PCI_MSI_ADDRESS_LO, 0, PCI_MSI_DATA_32, 0 },
			{ 2, 4, 0, 2, 0 },
		},
		[true] = {
			{ PCI_MSI_FLAGS, PCI_MSI_ADDRESS_LO, 0, PCI_MSI_DATA_32, PCI_MSI_MASK_32 },
			{ 2, 4, 0, 2, 4 },
		},
	},
	[true] = {
		[false] = {
			{ PCI_MSI_FLAGS, PCI_MSI_ADDRESS_LO, PCI_MSI_ADDRESS_HI,
			  PCI_MSI_DATA_64, 0 },
			{ 2, 4, 4, 2, 0 },
		},
		[true] = {
			{ PCI_MSI_FLAGS, PCI_MSI_ADDRESS_LO, PCI_MSI_ADDRESS_HI,
			  PCI_MSI_DATA_64, PCI_MSI_MASK_64 },
			{ 2, 4, 4, 2, 4 },
		},
	},
};

static const struct msi_layout *msi_layout(struct pci_dev *pdev)
{
	u16 flags = 0;

	pci_read_config_word(pdev, pdev->msi_cap + PCI_MSI_FLAGS, &flags);
	return &msi_layouts[!!(flags & PCI_MSI_FLAGS_64BIT)][!!(flags & PCI_MSI_FLAGS_MASKBIT)];
}

static u32 config_read_reg(struct pci_dev *pdev, int pos, int size)
{
	u32 val = 0;
	u16 word = 0;

	if (size == 4) {
		pci_read_config_dword(pdev, pos, &val);
		return val;
	}
	pci_read_config_word(pdev, pos, &word);
	return word;
}

static void config_write_reg(struct pci_dev *pdev, int pos, int size, u32 val)
{
	if (config_read_reg(pdev, pos, size) == val)
		return;
	if (size == 4)
		pci_write_config_dword(pdev, pos, val);
	else
		pci_write_config_word(pdev, pos, val);
}

/**
 * pciback_config_note() - save what the PCI core does not, before anything is changed
 * @dev: record of a function that is about to be seized
 *
 * Also disarms PME, because a guest would see wake-up events meant for the host.
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_config_note(struct pcistub_device *dev)
{
	struct pciback_config *was = &dev->seizure;
	struct pci_dev *pdev = dev->pdev;
	int i;

	pci_read_config_word(pdev, PCI_COMMAND, &was->command);
	if (pdev->msi_cap) {
		const struct msi_layout *msi = msi_layout(pdev);

		for (i = 0; i < PCIBACK_MSI_REGS; i++)
			if (msi->off[i])
				was->msi[i] = config_read_reg(pdev, pdev->msi_cap + msi->off[i],
							      msi->size[i]);
		was->msi[0] &= ~PCI_MSI_FLAGS_ENABLE;
	}
	if (pdev->msix_cap) {
		pci_read_config_word(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, &was->msix);
		was->msix &= ~PCI_MSIX_FLAGS_ENABLE;
	}
	if (pdev->pm_cap) {
		pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &was->pmcsr);
		if (was->pmcsr & PCI_PM_CTRL_PME_ENABLE)
			pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL,
					      was->pmcsr & ~(PCI_PM_CTRL_PME_ENABLE |
							     PCI_PM_CTRL_PME_STATUS));
	}
}

/**
 * pciback_config_save() - save the contents that every guest gets
 * @dev: record of an enabled function
 *
 * The function must be enabled, so that decoding is on in every state that is
 * restored later: a guest may still have the registers mapped while the function is
 * taken from it, and an access to a function that does not decode can stop the
 * machine (CVE-2015-8553).
 *
 * Bus mastering is saved as off, except for a bridge. If the host left it on, every
 * restore would turn it on until pciback_disable_dma(), and the function could go on with
 * what its last guest had it do.
 *
 * Context: may sleep. Caller holds device_lock().
 * Return: 0 or -ENOMEM.
 */
int pciback_config_save(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;
	u32 *saved = pdev->saved_config_space;
	int err = pci_save_state(pdev);
	int i;

	if (err)
		return err;
	if (pdev->hdr_type == PCI_HEADER_TYPE_NORMAL)
		saved[PCI_COMMAND / 4] &= ~PCI_COMMAND_MASTER;
	for (i = 0; i < CONF_NR_BARS; i++)
		dev->seizure.bar[i] = saved[PCI_BASE_ADDRESS_0 / 4 + i];
	dev->seizure.decode = saved[PCI_COMMAND / 4] & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
	dev->seizure.core = pci_store_saved_state(pdev);
	return dev->seizure.core ? 0 : -ENOMEM;
}

/* Restores which value the power data register shows. Guests may change it. */
static void pm_restore_data_select(struct pci_dev *pdev, u16 was)
{
	u16 now = 0;

	pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &now);
	if (PCI_POSSIBLE_ERROR(now) || !((now ^ was) & PCI_PM_CTRL_DATA_SEL_MASK))
		return;
	/* Writing a 1 to the status bit would clear it. */
	now &= ~(PCI_PM_CTRL_PME_STATUS | PCI_PM_CTRL_DATA_SEL_MASK);
	pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL,
			      now | (was & PCI_PM_CTRL_DATA_SEL_MASK));
}

/**
 * pciback_config_restore() - restore what was saved at seizure
 * @dev: the function
 *
 * MSI or MSI-X that is enabled for the guest stays enabled, with its vectors.
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_config_restore(struct pcistub_device *dev)
{
	struct pci_dev *pdev = dev->pdev;
	int i;

	if (!dev->seizure.core || pci_dev_is_disconnected(pdev))
		return;
	pci_load_saved_state(pdev, dev->seizure.core);
	pci_restore_state(pdev);
	if (pdev->pm_cap)
		pm_restore_data_select(pdev, dev->seizure.pmcsr);
	if (pdev->msi_cap && !pdev->msi_enabled) {
		const struct msi_layout *msi = msi_layout(pdev);

		for (i = 0; i < PCIBACK_MSI_REGS; i++)
			if (msi->off[i])
				config_write_reg(pdev, pdev->msi_cap + msi->off[i], msi->size[i],
						 dev->seizure.msi[i]);
	}
	if (pdev->msix_cap && !pdev->msix_enabled)
		config_write_reg(pdev, pdev->msix_cap + PCI_MSIX_FLAGS, 2, dev->seizure.msix);
}

/* The first base address register that has lost its value, -1: none; @val: what it reads. */
static int config_lost_bar(struct pcistub_device *dev, u32 *val)
{
	int nr = dev->pdev->hdr_type == PCI_HEADER_TYPE_NORMAL ? CONF_NR_BARS : 2;
	int i;

	for (i = 0; dev->seizure.core && i < nr; i++) {
		pci_read_config_dword(dev->pdev, PCI_BASE_ADDRESS_0 + 4 * i, val);
		if (*val != dev->seizure.bar[i])
			return i;
	}
	return -1;
}

/**
 * pciback_config_check() - check that a function has taken what was restored
 * @dev: the function, just restored
 *
 * Reads the BARs: a function that lost them decodes at a wrong address. Then compares all
 * registers with those after the first reset.
 *
 * Context: may sleep. Caller holds device_lock().
 * Return: 0; -EIO: a BAR does not have its value, or pciback_image_check() failed.
 */
int pciback_config_check(struct pcistub_device *dev)
{
	u32 val = 0;
	int bar = config_lost_bar(dev, &val);

	if (bar < 0)
		return pciback_image_check(dev);
	pci_warn(dev->pdev, "lost its BAR %d in a reset: 0x%08x, should be 0x%08x\n", bar, val,
		 dev->seizure.bar[bar]);
	return -EIO;
}

static bool config_flag_is_set(struct pci_dev *pdev, int pos, u16 flag)
{
	u16 flags = 0;

	pci_read_config_word(pdev, pos, &flags);
	return flags & flag;
}

/**
 * pciback_config_is_kept() - is a function's configuration still there?
 * @dev: a function that answers
 * @msi_too: also look at MSI and MSI-X, which tell only if there may have been a reset: they may
 *	also be lost on the way from D3hot to D0
 *
 * A reset clears the BARs, decoding, and the Enable bit of MSI and MSI-X, which only the host
 * sets. The BARs alone do not show a reset: a virtual function has none, and a guest may
 * have written them again, with decoding still off. They are compared with what they were at
 * seizure: the PCI core's copy may be a later one, even of a function that did not answer.
 *
 * Context: may sleep. Caller holds device_lock(), and keeps the guest's operations out: they
 * enable MSI, and a change of the power state may lose the BARs until it is done.
 * Return: true if the function was not reset, or was restored since.
 */
bool pciback_config_is_kept(struct pcistub_device *dev, bool msi_too)
{
	struct pci_dev *pdev = dev->pdev;
	u16 command = 0;
	u32 val = 0;

	if (config_lost_bar(dev, &val) >= 0)
		return false;
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	if (dev->seizure.decode & ~command)
		return false;
	if (!msi_too)
		return true;
	if (pdev->msi_enabled && !config_flag_is_set(pdev, pdev->msi_cap + PCI_MSI_FLAGS,
						     PCI_MSI_FLAGS_ENABLE))
		return false;
	return !pdev->msix_enabled || config_flag_is_set(pdev, pdev->msix_cap + PCI_MSIX_FLAGS,
							 PCI_MSIX_FLAGS_ENABLE);
}

/**
 * pciback_config_release() - restore what the host had before seizure, the last step
 * @dev: the function, restored, with bus mastering and interrupts off
 * @decode_too: also restore whether it decodes; only if no domain that had the
 *	function still exists (see pciback_config_save())
 *
 * Context: may sleep. Caller holds device_lock().
 */
void pciback_config_release(struct pcistub_device *dev, bool decode_too)
{
	u16 keep = decode_too ? 0 : PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	struct pci_dev *pdev = dev->pdev;
	u16 now;

	if (pci_dev_is_disconnected(pdev))
		return;
	if (pdev->pm_cap && dev->seizure.pmcsr & PCI_PM_CTRL_PME_ENABLE) {
		pci_read_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL, &now);
		pci_write_config_word(pdev, pdev->pm_cap + PCI_PM_CTRL,
				      (now & ~PCI_PM_CTRL_PME_STATUS) | PCI_PM_CTRL_PME_ENABLE);
	}
	/* The PCI core may have enabled a bridge for a function behind it meanwhile. */
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL)
		return;
	/* The core's copy is not enough: enabling the function cleared INTx Disable before. */
	pci_read_config_word(pdev, PCI_COMMAND, &now);
	config_write_reg(pdev, PCI_COMMAND, 2,
			 (now & keep) | (dev->seizure.command & ~keep & ~PCI_COMMAND_MASTER));
}
