// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The fake host bridge: its registration with the PCI core, and what
 * configuration accesses, resets and removal do to its functions.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include "fake_pci.h"

/*
 * Drivers map BARs and expect memory behind them. The machine has more RAM
 * than mem= tells the kernel about; the rest of it begins at this address.
 */
static ulong window = 0x1f000000;
module_param(window, ulong, 0444);
MODULE_PARM_DESC(window, "physical address of 8 MiB of RAM outside the kernel's memory map");

#define WINDOW_LEN	0x800000

static u32 reg_get(const u8 *bytes, int where, int size)
{
	switch (size) {
	case 1:
		return bytes[where];
	case 2:
		return get_unaligned_le16(bytes + where);
	default:
		return get_unaligned_le32(bytes + where);
	}
}

static bool is_bridge(const struct fake_pci_fn *fn)
{
	return (fn->cfg[PCI_HEADER_TYPE] & 0x7f) == PCI_HEADER_TYPE_BRIDGE;
}

static bool is_responsive(const struct fake_pci_fn *fn)
{
	return !fn->dead && fn->last_reset != FAKE_RESET_HANGS &&
	       (fn->last_reset != FAKE_RESET_SLOW || time_after_eq(jiffies, fn->ready_at));
}

/* A bridge forwards nothing before its bus number is set: bus 0 is the root bus. */
static bool fn_is_on_bus(const struct fake_pci_fn *fn, int bus)
{
	const struct fake_pci_fn *up = fn->parent;

	if (!up)
		return bus == fn->host->busn.start;
	return up->present && is_responsive(up) && up->cfg[PCI_SECONDARY_BUS] &&
	       up->cfg[PCI_SECONDARY_BUS] == bus;
}

static struct fake_pci_fn *fn_find(struct fake_pci_host *host, int bus, unsigned int devfn)
{
	struct fake_pci_fn *fn;

	list_for_each_entry(fn, &host->fns, node)
		if (fn->devfn == devfn && fn->present && fn_is_on_bus(fn, bus))
			return fn;
	return NULL;
}

/* Every kind of reset; @keep_sticky: false after a loss of power. */
static void fn_reset_regs(struct fake_pci_fn *fn, bool keep_sticky)
{
	int i;

	for (i = 0; i < fn->size; i++) {
		u8 keep = keep_sticky ? fn->sticky[i] : 0;

		fn->cfg[i] = (fn->cfg[i] & keep) | (fn->reset[i] & ~keep);
	}
}

/* A reset while the machine runs. */
static void fn_reset(struct fake_pci_fn *fn, enum fake_pci_reset effect)
{
	fn_reset_regs(fn, true);
	fn->last_reset = effect;
	if (effect == FAKE_RESET_SLOW)
		fn->ready_at = jiffies + msecs_to_jiffies(fn->ready_ms);
	if (effect == FAKE_RESET_NEW_ID)
		fn->cfg[PCI_DEVICE_ID] ^= 0xff;
}

static bool bar_is_stuck(const struct fake_pci_fn *fn, int where)
{
	return fn->last_reset == FAKE_RESET_BARS_STUCK && where >= PCI_BASE_ADDRESS_0 &&
	       where < PCI_BASE_ADDRESS_0 + 24;
}

static void bus_reset_below(struct fake_pci_fn *bridge)
{
	struct fake_pci_fn *fn;

	list_for_each_entry(fn, &bridge->host->fns, node)
		if (fn->parent == bridge) {
			fn_reset(fn, fn->bus_reset);
			fn->nr_bus_reset++;
			bus_reset_below(fn);
		}
}

/* True if this write covers the byte at @reg; *@val is what was written there then. */
static bool write_covers(int where, int size, u32 value, int reg, u8 *val)
{
	if (reg < where || reg >= where + size)
		return false;
	*val = value >> (8 * (reg - where));
	return true;
}

static void vpd_access(struct fake_pci_fn *fn)
{
	u8 *addr = fn->cfg + fn->vpd_cap + PCI_VPD_ADDR;
	u8 *data = fn->cfg + fn->vpd_cap + PCI_VPD_DATA;
	u16 reg = get_unaligned_le16(addr);
	u16 off = reg & PCI_VPD_ADDR_MASK;
	bool inside = off + 4 <= FAKE_PCI_VPD_LEN;

	if (!(reg & PCI_VPD_ADDR_F))
		put_unaligned_le32(inside ? reg_get(fn->vpd, off, 4) : 0, data);
	else if (inside)
		memcpy(fn->vpd + off, data, 4);
	/* The device inverts the flag when the transfer is done. */
	put_unaligned_le16(reg ^ PCI_VPD_ADDR_F, addr);
}

/* What a write does besides changing registers. @old_ps: power state before it. */
static void fn_write_effects(struct fake_pci_fn *fn, int where, int size, u32 value, u8 old_ps)
{
	u8 b;

	if (fn->exp && write_covers(where, size, value, fn->exp + PCI_EXP_DEVCTL + 1, &b) &&
	    (b & (PCI_EXP_DEVCTL_BCR_FLR >> 8)) &&
	    (reg_get(fn->cfg, fn->exp + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR)) {
		fn_reset(fn, fn->own_reset);
		fn->nr_flr++;
	}
	if (fn->af && write_covers(where, size, value, fn->af + PCI_AF_CTRL, &b) &&
	    (b & PCI_AF_CTRL_FLR) && (fn->cfg[fn->af + PCI_AF_CAP] & PCI_AF_CAP_FLR)) {
		fn_reset(fn, fn->own_reset);
		fn->nr_flr++;
	}
	if (fn->pm && old_ps == 3 &&
	    write_covers(where, size, value, fn->pm + PCI_PM_CTRL, &b) &&
	    !(b & PCI_PM_CTRL_STATE_MASK) &&
	    !(fn->cfg[fn->pm + PCI_PM_CTRL] & PCI_PM_CTRL_NO_SOFT_RESET)) {
		fn_reset(fn, fn->own_reset);
		fn->nr_pm_reset++;
	}
	if (fn->vpd_cap && write_covers(where, size, value, fn->vpd_cap + PCI_VPD_ADDR + 1, &b))
		vpd_access(fn);
	if (is_bridge(fn) && write_covers(where, size, value, PCI_BRIDGE_CONTROL, &b) &&
	    (b & PCI_BRIDGE_CTL_BUS_RESET))
		bus_reset_below(fn);
}

static void fn_write(struct fake_pci_fn *fn, int where, int size, u32 value)
{
	u8 old_ps = fn->pm ? fn->cfg[fn->pm + PCI_PM_CTRL] & PCI_PM_CTRL_STATE_MASK : 0;
	int i;

	/* Writes that are lost are counted too. */
	fn->nr_writes++;
	if (fn->nr_log < FAKE_PCI_LOG_LEN)
		fn->log[fn->nr_log] = (struct fake_pci_write){ where, size, value };
	fn->nr_log++;
	if (!is_responsive(fn) || where + size > fn->size)
		return;

	for (i = 0; i < size; i++) {
		u8 b = value >> (8 * i);
		u8 *reg = fn->cfg + where + i;
		u8 mask = bar_is_stuck(fn, where + i) ? 0 : fn->writable[where + i];

		*reg = (*reg & ~mask) | (b & mask);
		*reg &= ~(b & fn->w1c[where + i]);
	}
	fn_write_effects(fn, where, size, value, old_ps);
}

static int fake_pci_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *val)
{
	struct fake_pci_host *host = container_of(bus->sysdata, struct fake_pci_host, sd);
	struct fake_pci_fn *fn;
	unsigned long flags;

	*val = ~0;
	raw_spin_lock_irqsave(&host->lock, flags);
	fn = fn_find(host, bus->number, devfn);
	if (fn) {
		fn->nr_reads++;
		if (is_responsive(fn) && where + size <= fn->size)
			*val = reg_get(fn->cfg, where, size);
	}
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return fn ? PCIBIOS_SUCCESSFUL : PCIBIOS_DEVICE_NOT_FOUND;
}

static int fake_pci_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 val)
{
	struct fake_pci_host *host = container_of(bus->sysdata, struct fake_pci_host, sd);
	struct fake_pci_fn *fn;
	unsigned long flags;

	raw_spin_lock_irqsave(&host->lock, flags);
	fn = fn_find(host, bus->number, devfn);
	if (fn)
		fn_write(fn, where, size, val);
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return fn ? PCIBIOS_SUCCESSFUL : PCIBIOS_DEVICE_NOT_FOUND;
}

static struct pci_ops fake_pci_ops = {
	.read = fake_pci_read,
	.write = fake_pci_write,
};

/**
 * fake_pci_host_init() - initialise a bridge without functions
 * @host: the bridge
 */
void fake_pci_host_init(struct fake_pci_host *host)
{
	memset(host, 0, sizeof(*host));
	INIT_LIST_HEAD(&host->fns);
	raw_spin_lock_init(&host->lock);
	host->sd.domain = FAKE_PCI_DOMAIN;
	host->sd.node = NUMA_NO_NODE;
	host->busn = (struct resource){
		.name = "fake pci bus", .start = 0, .end = 0xff, .flags = IORESOURCE_BUS,
	};
	host->mem = (struct resource){
		.name = "fake pci memory", .start = window, .end = window + WINDOW_LEN - 1,
		.flags = IORESOURCE_MEM,
	};
	host->io = (struct resource){
		.name = "fake pci ports", .start = 0xd000, .end = 0xefff, .flags = IORESOURCE_IO,
	};
}
EXPORT_SYMBOL_GPL(fake_pci_host_init);

/**
 * fake_pci_host_probe() - register a bridge with the PCI core, which scans its buses
 * @host: the bridge, with all its functions
 *
 * Return: 0, -EEXIST if another one is registered, or an error of the core.
 */
int fake_pci_host_probe(struct fake_pci_host *host)
{
	struct pci_host_bridge *bridge;
	struct fake_pci_fn *fn;
	int err;

	if (pci_find_bus(FAKE_PCI_DOMAIN, 0))
		return -EEXIST;
	list_for_each_entry(fn, &host->fns, node)
		fn_reset_regs(fn, false);

	bridge = pci_alloc_host_bridge(0);
	if (!bridge)
		return -ENOMEM;
	bridge->sysdata = &host->sd;
	bridge->ops = &fake_pci_ops;
	bridge->busnr = 0;
	pci_add_resource(&bridge->windows, &host->busn);
	pci_add_resource(&bridge->windows, &host->mem);
	pci_add_resource(&bridge->windows, &host->io);
	err = pci_host_probe(bridge);
	if (err) {
		pci_free_host_bridge(bridge);
		return err;
	}
	host->bridge = bridge;
	return 0;
}
EXPORT_SYMBOL_GPL(fake_pci_host_probe);

/**
 * fake_pci_host_remove() - unregister a bridge and free its functions
 * @host: the bridge, probed or not
 */
void fake_pci_host_remove(struct fake_pci_host *host)
{
	struct fake_pci_fn *fn, *next;

	if (host->bridge) {
		pci_lock_rescan_remove();
		pci_stop_root_bus(host->bridge->bus);
		pci_remove_root_bus(host->bridge->bus);
		pci_unlock_rescan_remove();
		/* Drops the reference of pci_alloc_host_bridge(). */
		pci_free_host_bridge(host->bridge);
		host->bridge = NULL;
	}
	list_for_each_entry_safe(fn, next, &host->fns, node) {
		list_del(&fn->node);
		kfree(fn);
	}
}
EXPORT_SYMBOL_GPL(fake_pci_host_remove);

/**
 * fake_pci_dev_get() - the core's object for a function
 * @fn: the function
 *
 * Return: a referenced struct pci_dev, or NULL if the core knows none.
 */
struct pci_dev *fake_pci_dev_get(struct fake_pci_fn *fn)
{
	int bus = fn->parent ? fake_pci_peek(fn->parent, PCI_SECONDARY_BUS, 1) : 0;

	return pci_get_domain_bus_and_slot(FAKE_PCI_DOMAIN, bus, fn->devfn);
}
EXPORT_SYMBOL_GPL(fake_pci_dev_get);

/**
 * fake_pci_set_present() - remove a function from its bus without telling the core
 * @fn: the function
 * @present: false: remove it; true: put it back
 *
 * Context: any.
 */
void fake_pci_set_present(struct fake_pci_fn *fn, bool present)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->present = present;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}
EXPORT_SYMBOL_GPL(fake_pci_set_present);

/**
 * fake_pci_unplug() - surprise removal
 * @fn: the function
 *
 * As a hotplug port does it: the device is gone, then the core is told so, and
 * then the driver's remove() runs.
 */
void fake_pci_unplug(struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);

	fake_pci_set_present(fn, false);
	if (!pdev)
		return;
	pdev->error_state = pci_channel_io_perm_failure;
	pci_stop_and_remove_bus_device_locked(pdev);
	pci_dev_put(pdev);
}
EXPORT_SYMBOL_GPL(fake_pci_unplug);

/**
 * fake_pci_replug() - plug a new device in where one was unplugged
 * @fn: the function; its registers get their values after power-on
 */
void fake_pci_replug(struct fake_pci_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn_reset_regs(fn, false);
	fn->dead = false;
	fn->present = true;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	pci_lock_rescan_remove();
	pci_rescan_bus(fn->host->bridge->bus);
	pci_unlock_rescan_remove();
}
EXPORT_SYMBOL_GPL(fake_pci_replug);

/**
 * fake_pci_peek() - read a register without a configuration access
 * @fn: the function
 * @where: offset
 * @size: 1, 2 or 4
 *
 * Context: any.
 * Return: its contents, also if the function does not respond.
 */
u32 fake_pci_peek(struct fake_pci_fn *fn, int where, int size)
{
	unsigned long flags;
	u32 value;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	value = reg_get(fn->cfg, where, size);
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	return value;
}
EXPORT_SYMBOL_GPL(fake_pci_peek);

/**
 * fake_pci_poke() - change a register without a configuration access
 * @fn: the function
 * @where: offset
 * @size: 1, 2 or 4
 * @value: new contents, also of bits that cannot be written
 *
 * Context: any.
 */
void fake_pci_poke(struct fake_pci_fn *fn, int where, int size, u32 value)
{
	unsigned long flags;
	int i;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	for (i = 0; i < size; i++)
		fn->cfg[where + i] = value >> (8 * i);
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}
EXPORT_SYMBOL_GPL(fake_pci_poke);

/**
 * fake_pci_set_dead() - let a function stop responding, or respond again
 * @fn: the function
 * @dead: reads give all ones and writes are lost from now on
 *
 * Context: any.
 */
void fake_pci_set_dead(struct fake_pci_fn *fn, bool dead)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->dead = dead;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}
EXPORT_SYMBOL_GPL(fake_pci_set_dead);

/**
 * fake_pci_set_reset() - what resets do to a function from now on
 * @fn: the function; it responds again if the last reset made it stop
 * @own: what a reset of this function does
 * @bus: what a reset of its bus does
 *
 * Context: any.
 */
void fake_pci_set_reset(struct fake_pci_fn *fn, enum fake_pci_reset own, enum fake_pci_reset bus)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->own_reset = own;
	fn->bus_reset = bus;
	fn->last_reset = FAKE_RESET_OK;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}
EXPORT_SYMBOL_GPL(fake_pci_set_reset);

/**
 * fake_pci_snapshot() - copy all registers
 * @fn: the function
 * @copy: PCI_CFG_SPACE_EXP_SIZE bytes
 *
 * Context: any.
 */
void fake_pci_snapshot(struct fake_pci_fn *fn, u8 *copy)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	memcpy(copy, fn->cfg, sizeof(fn->cfg));
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}
EXPORT_SYMBOL_GPL(fake_pci_snapshot);

/**
 * fake_pci_log_clear() - empty the log of writes
 * @fn: the function
 *
 * Context: any.
 */
void fake_pci_log_clear(struct fake_pci_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->nr_log = 0;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}
EXPORT_SYMBOL_GPL(fake_pci_log_clear);

/**
 * fake_pci_log_find() - the last write that touched some bytes
 * @fn: the function
 * @where: first byte
 * @size: number of bytes
 *
 * Context: any, while no other thread writes to the function.
 * Return: the entry, or NULL if no write in the log touched them.
 */
const struct fake_pci_write *fake_pci_log_find(struct fake_pci_fn *fn, int where, int size)
{
	int i;

	for (i = min_t(int, fn->nr_log, FAKE_PCI_LOG_LEN) - 1; i >= 0; i--)
		if (fn->log[i].where < where + size &&
		    fn->log[i].where + fn->log[i].size > where)
			return &fn->log[i];
	return NULL;
}
EXPORT_SYMBOL_GPL(fake_pci_log_find);

MODULE_DESCRIPTION("A PCI host bridge in software, for tests");
MODULE_LICENSE("Dual BSD/GPL");
