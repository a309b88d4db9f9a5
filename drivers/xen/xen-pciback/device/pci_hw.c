// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Connects the freestanding configuration space engine (conf/) to a function: what its
 * BARs are, how its registers are accessed, and which calls of the PCI core the engine's
 * operations stand for.
 *
 * The engine calls the hw_*() functions with the record's lock held. Those that only access
 * registers keep it. Those that may sleep drop it meanwhile: they are called only for an
 * operation that pciback_op_begin() has begun, so no other one runs (__must_hold() tells
 * sparse of it). When they take the lock
 * again the guest may have lost the function; then no register is written any more.
 */
#include <linux/jiffies.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <pciback/conf.h>
#include "device/pci_hw.h"
#include "irq/irq.h"
#include "record/guest_op.h"
#include "record/record.h"
#include "reset/power.h"
#include "trace/events.h"

/* Module parameter "permissive": guests may write as with CONF_PERMISSIVE, all functions. */
bool pciback_permissive_all;

/* How long vital product data are not read again after a failure. */
#define VPD_RETRY	(10 * HZ)

static int hw_read(void *ctx, unsigned int off, unsigned int size, u32 *val)
{
	struct pcistub_device *dev = ctx;
	u16 word;
	u8 byte;
	int err;

	switch (size) {
	case 1:
		err = pci_read_config_byte(dev->pdev, off, &byte);
		*val = byte;
		return err;
	case 2:
		err = pci_read_config_word(dev->pdev, off, &word);
		*val = word;
		return err;
	default:
		return pci_read_config_dword(dev->pdev, off, val);
	}
}

static int hw_write(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct pcistub_device *dev = ctx;

	if (pciback_ops_ended(dev))
		return PCIBIOS_DEVICE_NOT_FOUND;
	switch (size) {
	case 1:
		return pci_write_config_byte(dev->pdev, off, val);
	case 2:
		return pci_write_config_word(dev->pdev, off, val);
	default:
		return pci_write_config_dword(dev->pdev, off, val);
	}
}

/* For pciback_power_set(): has the guest lost the function meanwhile? */
static bool hw_ended(void *ctx)
{
	struct pcistub_device *dev = ctx;

	bool ended;

	spin_lock_irq(&dev->lock);
	ended = pciback_ops_ended(dev);
	spin_unlock_irq(&dev->lock);
	return ended;
}

static int hw_enable(void *ctx)
	__must_hold(ctx)
{
	struct pcistub_device *dev = ctx;
	int err;

	spin_unlock_irq(&dev->lock);
	/* pci_enable_device() wakes the function too, but waits up to a minute. */
	err = pciback_power_set(dev->pdev, PCI_D0, hw_ended, dev) ?:
	      pci_enable_device(dev->pdev);
	spin_lock_irq(&dev->lock);
	return err;
}

static void hw_set_master(void *ctx, bool on)
{
	struct pcistub_device *dev = ctx;

	if (pciback_ops_ended(dev))
		return;
	if (on)
		pci_set_master(dev->pdev);
	else
		pci_clear_master(dev->pdev);
}

static int hw_set_mwi(void *ctx, bool on)
{
	struct pcistub_device *dev = ctx;

	if (pciback_ops_ended(dev))
		return -ENODEV;
	if (on)
		return pci_set_mwi(dev->pdev);
	pci_clear_mwi(dev->pdev);
	return 0;
}

static void hw_set_intx(void *ctx, bool on)
{
	struct pcistub_device *dev = ctx;

	if (!pciback_ops_ended(dev))
		pci_intx(dev->pdev, on);
}

/*
 * Some functions lose their configuration when they return to D0, including decoding, which
 * must stay on (see pciback_config_save()). The PCI core restores only the BARs.
 */
static int hw_set_power_state(void *ctx, unsigned int state)
	__must_hold(ctx)
{
	u16 decode = PCI_COMMAND_IO | PCI_COMMAND_MEMORY;
	struct pcistub_device *dev = ctx;
	u16 before = 0, now = 0;
	int err;

	pci_read_config_word(dev->pdev, PCI_COMMAND, &before);
	spin_unlock_irq(&dev->lock);
	err = pciback_power_set(dev->pdev, (__force pci_power_t)state, hw_ended, dev);
	spin_lock_irq(&dev->lock);
	if (pciback_ops_ended(dev))
		return -ENODEV;
	pci_read_config_word(dev->pdev, PCI_COMMAND, &now);
	if (!PCI_POSSIBLE_ERROR(before) && !PCI_POSSIBLE_ERROR(now) && before & ~now & decode)
		pci_write_config_word(dev->pdev, PCI_COMMAND, now | (before & decode));
	return err;
}

/*
 * The PCI core knows the devices that hang when VPD is read, and waits up to 125 ms for
 * others. pci_read_vpd_any() reads any of the 32 KiB of addresses: it does not know the
 * size of the data, which pci_read_vpd() would measure first, with many more reads.
 */
static int hw_read_vpd(void *ctx, unsigned int addr, u32 *val)
	__must_hold(ctx)
{
	struct pcistub_device *dev = ctx;
	__le32 data;
	ssize_t len;

	/* The PCI core logs each failure. */
	if (dev->vpd_failed && time_before(jiffies, dev->vpd_retry))
		return -EIO;
	spin_unlock_irq(&dev->lock);
	len = pci_read_vpd_any(dev->pdev, addr, sizeof(data), &data);
	spin_lock_irq(&dev->lock);
	dev->vpd_failed = len < 0;
	dev->vpd_retry = jiffies + VPD_RETRY;
	if (len < 0)
		return len;
	if (len < sizeof(data))
		return -EIO;
	*val = le32_to_cpu(data);
	return 0;
}

/*
 * In a work item: a reset takes device_lock(), which error recovery may hold while it waits
 * for this guest. The guest's other operations wait for the reset.
 */
static void hw_request_reset(void *ctx)
{
	struct pcistub_device *dev = ctx;

	lockdep_assert_held(&dev->lock);
	if (dev->reset_wanted || pciback_ops_ended(dev))
		return;
	dev->reset_wanted = true;
	dev->reset_seq++;
	dev->resets++;
	pciback_device_get(dev);
	if (!queue_work(pciback_device_wq, &dev->guest_reset_work))
		pciback_device_put(dev);
}

/*
 * Administrators search for "tried to write to a read-only configuration space field", so
 * this text must stay. Logged once per guest, so a guest cannot flood the log.
 */
static void hw_dropped(void *ctx, unsigned int off, unsigned int size, u32 val)
{
	struct pcistub_device *dev = ctx;

	lockdep_assert_held(&dev->lock);
	pci_warn(dev->pdev,
		 "domain %d tried to write to a read-only configuration space field at offset 0x%x, size %u; this and later ones are counted in pciback/dropped_writes of the device. Only if the device does not work in the guest, see permissive attribute and quirks in /sys/bus/pci/drivers/pciback\n",
		 dev->last_domid, off, size);
}

static const struct conf_hw pci_hw = {
	.read = hw_read,
	.write = hw_write,
	.enable = hw_enable,
	.set_master = hw_set_master,
	.set_mwi = hw_set_mwi,
	.set_intx = hw_set_intx,
	.set_power_state = hw_set_power_state,
	.read_vpd = hw_read_vpd,
	.request_reset = hw_request_reset,
	.dropped = hw_dropped,
};

#define BAR_TYPE_BITS	0xf
#define BAR_IO_IGNORE	((u32)~PCI_BASE_ADDRESS_IO_MASK)
#define BAR_MEM_IGNORE	((u32)~PCI_BASE_ADDRESS_MEM_MASK)
#define ROM_IGNORE	((u32)~PCI_ROM_ADDRESS_MASK)

static bool bar_present(const struct resource *res)
{
	return res->flags && !(res->flags & (IORESOURCE_DISABLED | IORESOURCE_UNSET |
					     IORESOURCE_BUSY));
}

static void bar_describe_low(const struct resource *res, u32 ignore, struct conf_bar *bar)
{
	bar->ignore = ignore;
	if (!bar_present(res))
		return;
	bar->val = lower_32_bits(res->start) | (res->flags & BAR_TYPE_BITS);
	bar->len = lower_32_bits(-resource_size(res)) | (res->flags & BAR_TYPE_BITS);
}

/* The upper half of a 64-bit BAR. @low is the resource of the lower half. */
static void bar_describe_high(const struct resource *low, struct conf_bar *bar)
{
	if (!bar_present(low))
		return;
	bar->val = upper_32_bits(low->start);
	bar->len = upper_32_bits(-resource_size(low));
}

static void ident_describe(struct pci_dev *pdev, struct conf_ident *id)
{
	unsigned int i, bars;

	id->vendor = pdev->vendor;
	id->device = pdev->device;
	id->irq_line = pdev->irq;
	id->header_type = pdev->hdr_type;

	bars = pdev->hdr_type == PCI_HEADER_TYPE_BRIDGE ? 2 : CONF_NR_BARS;
	for (i = 0; i < bars; i++) {
		const struct resource *res = &pdev->resource[i];

		if (i && res[-1].flags & IORESOURCE_MEM_64)
			bar_describe_high(&res[-1], &id->bar[i]);
		else
			bar_describe_low(res, res->flags & IORESOURCE_IO ? BAR_IO_IGNORE :
					 BAR_MEM_IGNORE, &id->bar[i]);
	}
	bar_describe_low(&pdev->resource[PCI_ROM_RESOURCE], ROM_IGNORE, &id->rom);
}

/**
 * pciback_device_conf_init() - build the guest's view of a function
 * @dev: record of an enabled function, whose interrupt is routed; @dev->conf is
 *	allocated here and freed with the record
 *
 * Context: may sleep. Caller holds device_lock().
 * Return: 0 or -errno.
 */
int pciback_device_conf_init(struct pcistub_device *dev)
{
	unsigned int size = dev->pdev->cfg_size;
	struct conf_ident id = { };
	int err;

	dev->conf = kvzalloc(pciback_conf_space_bytes(size, CONF_MAX_REGS), GFP_KERNEL);
	if (!dev->conf)
		return -ENOMEM;
	pciback_conf_space_init(dev->conf, size, CONF_MAX_REGS, &pci_hw, dev);
	ident_describe(dev->pdev, &id);
	err = pciback_conf_add_header(dev->conf, &id);
	if (!err)
		err = pciback_conf_add_caps(dev->conf);
	if (!err)
		err = pciback_conf_add_ext_caps(dev->conf);
	return err > 0 ? pcibios_err_to_errno(err) : err;
}

/**
 * pciback_device_conf_read() - read configuration space for a guest
 * @dev: the function
 * @off: offset as the guest sent it
 * @size: size in bytes as the guest sent it
 * @val: the value for the guest
 *
 * Context: any. Takes @dev->lock.
 * Return: as pciback_conf_read().
 */
int pciback_device_conf_read(struct pcistub_device *dev, s32 off, s32 size, u32 *val)
{
	unsigned long flags;
	int err;

	spin_lock_irqsave(&dev->lock, flags);
	err = pciback_conf_read(dev->conf, off, size, val);
	spin_unlock_irqrestore(&dev->lock, flags);
	return err;
}

static int device_conf_write(struct pcistub_device *dev, s32 off, s32 size, u32 val, bool atomic)
{
	struct conf_space *cs = dev->conf;
	int err;

	lockdep_assert_held(&dev->lock);
	cs->level = READ_ONCE(pciback_permissive_all) ? CONF_PERMISSIVE : dev->level;
	cs->dropped = false;
	cs->atomic = atomic;
	err = pciback_conf_write(cs, off, size, val);
	if (cs->dropped || err == PCIBIOS_SET_FAILED)
		pciback_trace_dropped(dev, off, size, val);
	return err;
}

/**
 * pciback_device_conf_try() - access configuration space for a guest, without sleeping
 * @dev: the function
 * @owner: the guest's backend
 * @write: write, not read
 * @off: offset as the guest sent it
 * @size: size in bytes as the guest sent it
 * @val: the value to write; or set to the value that was read
 *
 * Context: any, also hard interrupt. Takes @dev->lock.
 * Return: as pciback_conf_read() or pciback_conf_write(); -EWOULDBLOCK: it may have to
 * sleep, and nothing was done.
 */
int pciback_device_conf_try(struct pcistub_device *dev, const struct pciback_owner *owner,
			    bool write, s32 off, s32 size, u32 *val)
{
	int err = -EWOULDBLOCK;
	unsigned long flags;

	spin_lock_irqsave(&dev->lock, flags);
	if (pciback_device_is_usable_by(dev, owner) && !dev->op_running && !dev->resets) {
		if (!write)
			err = pciback_conf_read(dev->conf, off, size, val);
		else if (!pciback_intx_is_outdated(dev))
			err = device_conf_write(dev, off, size, *val, true);
	}
	spin_unlock_irqrestore(&dev->lock, flags);
	return err;
}

/**
 * pciback_device_conf_write() - write configuration space for a guest
 * @dev: the function
 * @off: offset as the guest sent it
 * @size: size in bytes as the guest sent it
 * @val: value as the guest sent it
 *
 * Context: sleeps, as long as the longest operation of struct conf_hw does. Takes
 * @dev->lock. Caller has called pciback_op_begin().
 * Return: as pciback_conf_write().
 */
int pciback_device_conf_write(struct pcistub_device *dev, s32 off, s32 size, u32 val)
{
	int err;

	spin_lock_irq(&dev->lock);
	err = device_conf_write(dev, off, size, val, false);
	spin_unlock_irq(&dev->lock);
	if (!err)
		pciback_intx_update(dev);
	return err;
}
