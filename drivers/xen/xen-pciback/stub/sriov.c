// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Seized virtual functions when the driver of their physical function is unbound.
 *
 * Every seized virtual function is marked as assigned in the PCI core, which keeps the
 * physical function's driver from removing it. An administrator who unloads that driver
 * does not mean to keep idle virtual functions: these are released first, so that the
 * driver can remove them. Virtual functions that a guest has stay, with a warning.
 */
#include <linux/device.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include "record/record.h"
#include "stub/sriov.h"

static bool pdev_is_vf_of(struct pci_dev *pdev, struct pci_dev *pf)
{
	return pdev->is_virtfn && pci_physfn(pdev) == pf;
}

/* A seized virtual function of @pf that no guest has, reference held; NULL: there is none. */
static struct pci_dev *pf_get_idle_vf(struct pci_dev *pf)
{
	struct pcistub_device *dev = NULL;
	struct pci_dev *vf = NULL;

	while ((dev = pciback_device_next(dev))) {
		if (!pdev_is_vf_of(dev->pdev, pf))
			continue;
		spin_lock_irq(&dev->lock);
		if (!dev->owner && !dev->removed)
			vf = pci_dev_get(dev->pdev);
		spin_unlock_irq(&dev->lock);
		if (vf) {
			pciback_device_put(dev);
			break;
		}
	}
	return vf;
}

static void pf_warn_assigned_vfs(struct pci_dev *pf)
{
	struct pcistub_device *dev = NULL;

	while ((dev = pciback_device_next(dev))) {
		if (!pdev_is_vf_of(dev->pdev, pf))
			continue;
		spin_lock_irq(&dev->lock);
		if (dev->owner)
			pci_warn(dev->pdev,
				 "its physical function %s loses its driver while domain %d uses it; detach it first: xl pci-detach %d %s\n",
				 pci_name(pf), dev->owner->domid, dev->owner->domid,
				 pci_name(dev->pdev));
		spin_unlock_irq(&dev->lock);
	}
}

/**
 * pciback_sriov_pf_unbind() - release idle virtual functions of a physical function
 * @pf: the physical function, whose driver is about to be unbound
 *
 * Context: sleeps, for resets. Caller holds device_lock() of @pf. That of each virtual
 * function is taken under it, which is the order of the PCI core, too, when it removes
 * virtual functions.
 */
void pciback_sriov_pf_unbind(struct pci_dev *pf)
{
	struct pci_dev *vf;

	/* From the start each time: the list of seized functions may have changed. */
	while ((vf = pf_get_idle_vf(pf))) {
		pci_info(vf, "released: its physical function %s loses its driver\n",
			 pci_name(pf));
		device_release_driver(&vf->dev);
		pci_dev_put(vf);
	}
	pf_warn_assigned_vfs(pf);
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
 * Context: may sleep.
 */
void pciback_sriov_exit(void)
{
	bus_unregister_notifier(&pci_bus_type, &sriov_notifier);
}
