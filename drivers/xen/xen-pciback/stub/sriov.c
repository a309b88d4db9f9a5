// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Seized virtual functions when the driver of their physical function is unbound.
 *
 * Every seized virtual function is marked as assigned in the PCI core, which keeps the
 * physical function's driver from removing it: a guest may use it of which the driver was
 * not told, if a toolstack makes no backend for HVM guests. An administrator who unbinds
 * that driver does not mean to keep idle virtual functions. So the mark of these is cleared,
 * and the driver can remove them, as its remove() comes next. Those that it does not remove
 * are released. Virtual functions that a guest has stay, with a warning.
 */
#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/workqueue.h>
#include "record/record.h"
#include "stub/sriov.h"

/*
 * Releases what pciback_sriov_pf_unbind() marked. Not done there: the notifier
 * chain's lock is held there, and a release calls the chain again.
 */
static void release_removed(struct work_struct *work)
{
	struct pcistub_device *dev = NULL;
	bool wanted;

	while ((dev = pciback_device_next(dev))) {
		spin_lock_irq(&dev->lock);
		wanted = dev->release_wanted;
		spin_unlock_irq(&dev->lock);
		/* Does nothing if the physical function's driver has removed it meanwhile. */
		if (wanted)
			device_release_driver(&dev->pdev->dev);
	}
}

static DECLARE_WORK(release_work, release_removed);

/**
 * pciback_sriov_pf_unbind() - let idle virtual functions of a physical function be removed
 * @pf: the physical function, whose driver is about to be unbound
 *
 * They cannot be assigned any more, and are released soon after.
 *
 * Context: may sleep. Caller holds device_lock() of @pf. Takes the records' locks.
 */
void pciback_sriov_pf_unbind(struct pci_dev *pf)
{
	struct pcistub_device *dev = NULL;

	while ((dev = pciback_device_next(dev))) {
		struct pci_dev *vf = dev->pdev;

		if (!vf->is_virtfn || pci_physfn(vf) != pf)
			continue;
		spin_lock_irq(&dev->lock);
		if (dev->owner && !dev->detaching) {
			pci_warn(vf, "its physical function %s loses its driver while domain %d uses it; detach it first: xl pci-detach %d %s\n",
				 pci_name(pf), dev->owner->domid, dev->owner->domid, pci_name(vf));
		} else {
			pci_info(vf, "released: its physical function %s loses its driver\n",
				 pci_name(pf));
			dev->removed = true;
			dev->release_wanted = true;
			pci_clear_dev_assigned(vf);
			schedule_work(&release_work);
		}
		spin_unlock_irq(&dev->lock);
	}
}

static int sriov_event(struct notifier_block *nb, unsigned long action, void *data)
{
	struct pci_dev *pdev = to_pci_dev(data);

	if (action != BUS_NOTIFY_UNBIND_DRIVER || !pdev->is_physfn)
		return NOTIFY_DONE;
	pciback_sriov_pf_unbind(pdev);
	return NOTIFY_OK;
}

static struct notifier_block sriov_notifier = {
	.notifier_call = sriov_event,
};

/**
 * pciback_sriov_init() - start watching for physical functions that lose their drivers
 *
 * Context: may sleep.
 * Return: 0 or -errno of the notifier chain.
 */
int pciback_sriov_init(void)
{
	return bus_register_notifier(&pci_bus_type, &sriov_notifier);
}

/**
 * pciback_sriov_exit() - stop watching
 *
 * Context: sleeps, until functions that are being released are.
 */
void pciback_sriov_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &sriov_notifier);
	flush_work(&release_work);
}
