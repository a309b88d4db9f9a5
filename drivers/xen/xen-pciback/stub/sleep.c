// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Sleep of the host (suspend to RAM, s2idle, hibernation): what the PM core asks of this driver.
 *
 * The PCI core saves the registers that it knows and puts an idle function into the deepest state
 * that its bus allows, armed to wake the host only if the administrator says so (power/wakeup).
 * Afterwards it restores what it saved. This file keeps operations of guests out meanwhile, and
 * restores what the core does not know of, so that the next guest finds the function as it was at
 * seizure.
 *
 * A function that a guest has stays in D0: only the guest's driver could bring it up again. If the
 * firmware took part in the sleep (S3), it has lost its state all the same, and the guest's driver
 * is asked as after a reset: see recovery/recovery.c.
 *
 * Locks: the PM core holds device_lock(). Tasks are frozen, and so are work items of
 * pciback_device_wq.
 */
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/suspend.h>
#include "record/guest_op.h"
#include "record/record.h"
#include "record/saved_config.h"
#include "recovery/recovery.h"
#include "reset/method.h"
#include "reset/step.h"
#include "stub/sleep.h"

static int sleep_suspend(struct device *device)
{
	struct pci_dev *pdev = to_pci_dev(device);
	struct pcistub_device *dev = pci_get_drvdata(pdev);

	/* Until sleep_resume(), which follows also if another driver refuses to sleep. */
	pciback_ops_hold(dev);
	/* The core leaves a function alone whose driver has saved its registers. */
	if (dev->owner)
		pci_save_state(pdev);
	return 0;
}

/* An idle function: all registers as at seizure, decoding on, no DMA (CVE-2015-8553). */
static int sleep_restore(struct pcistub_device *dev)
{
	if (pci_dev_is_disconnected(dev->pdev) || !pciback_reset_answers(dev->pdev))
		return -ENODEV;
	pciback_config_restore(dev);
	pciback_disable_dma(dev->pdev);
	return pciback_config_check(dev);
}

/*
 * Does a driver in the guest use the function? If none does, for example because the toolstack has
 * suspended the guest, it will bring the function up by itself, and must not be asked to do that
 * meanwhile. A driver that uses INTx although there is MSI is not seen.
 */
static bool sleep_is_driven(struct pci_dev *pdev)
{
	u16 command = 0;

	if (pdev->msi_cap || pdev->msix_cap)
		return pdev->msi_enabled || pdev->msix_enabled;
	pci_read_config_word(pdev, PCI_COMMAND, &command);
	return command & PCI_COMMAND_MASTER;
}

static int sleep_resume(struct device *device)
{
	struct pci_dev *pdev = to_pci_dev(device);
	struct pcistub_device *dev = pci_get_drvdata(pdev);
	int err;

	if (!dev->owner) {
		err = sleep_restore(dev);
		/* One that was unusable before stays so until a reset works. */
		if (err)
			pciback_reset_set_error(dev, err);
		/* A function that was pulled out meanwhile is about to be removed. */
		if (err && !pci_dev_is_disconnected(pdev))
			pci_err(pdev,
				"unusable: did not come back from the host's sleep (%d); no guest gets it until a reset works: echo %s > /sys/bus/pci/drivers/pciback/do_flr\n",
				err, pci_name(pdev));
	}
	if (dev->owner && pm_resume_via_firmware() && sleep_is_driven(pdev))
		pciback_recovery_slept(dev);
	pciback_ops_resume(dev);
	/* The host's resume goes on whatever one function does. */
	return 0;
}

DEFINE_SIMPLE_DEV_PM_OPS(pciback_pm_ops, sleep_suspend, sleep_resume);
