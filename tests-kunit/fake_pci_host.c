// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The fake host bridge: how it joins the PCI core, and how its functions
 * answer configuration accesses, resets and removal.
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include "fake_pci.h"

/*
 * Drivers map BARs and expect memory behind them. The machine has more RAM
 * than the kernel was told of with mem=, and this is where the rest begins.
 */
static ulong window = 0x1f000000;
module_param(window, ulong, 0444);
MODULE_PARM_DESC(window, "physical address of 8 MiB of RAM outside the kernel's memory map");

#define WINDOW_LEN	0x800000

static u32 get(const u8 *bytes, int where, int size)
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

static bool hears(const struct fake_pci_fn *fn)
{
	return !fn->dead && fn->mood != FAKE_HANGS &&
	       (fn->mood != FAKE_LATE || time_after_eq(jiffies, fn->silent_until));
}

/* An unconfigured bridge forwards nothing: bus 0 would be claimed twice. */
static bool is_on_bus(const struct fake_pci_fn *fn, int bus)
{
	const struct fake_pci_fn *up = fn->parent;

	if (!up)
		return bus == fn->host->busn.start;
	return up->present && hears(up) && up->cfg[PCI_SECONDARY_BUS] &&
	       up->cfg[PCI_SECONDARY_BUS] == bus;
}

static struct fake_pci_fn *find_fn(struct fake_pci_host *host, int bus, unsigned int devfn)
{
	struct fake_pci_fn *fn;

	list_for_each_entry(fn, &host->fns, node)
		if (fn->devfn == devfn && fn->present && is_on_bus(fn, bus))
			return fn;
	return NULL;
}

/* What every kind of reset does; @keep_sticky: not after a loss of power. */
static void reset_regs(struct fake_pci_fn *fn, bool keep_sticky)
{
	int i;

	for (i = 0; i < fn->size; i++) {
		u8 keep = keep_sticky ? fn->sticky[i] : 0;

		fn->cfg[i] = (fn->cfg[i] & keep) | (fn->reset[i] & ~keep);
	}
}

/* A reset in operation, and what becomes of the function. */
static void take_reset(struct fake_pci_fn *fn, enum fake_pci_mood mood)
{
	reset_regs(fn, true);
	fn->mood = mood;
	if (mood == FAKE_LATE)
		fn->silent_until = jiffies + msecs_to_jiffies(fn->late_ms);
	if (mood == FAKE_CHANGES)
		fn->cfg[PCI_DEVICE_ID] ^= 0xff;
}

static bool is_stuck(const struct fake_pci_fn *fn, int where)
{
	return fn->mood == FAKE_LOSES_BARS && where >= PCI_BASE_ADDRESS_0 &&
	       where < PCI_BASE_ADDRESS_0 + 24;
}

static void reset_below(struct fake_pci_fn *bridge)
{
	struct fake_pci_fn *fn;

	list_for_each_entry(fn, &bridge->host->fns, node)
		if (fn->parent == bridge) {
			take_reset(fn, fn->bus_mood);
			fn->nr_bus_reset++;
			reset_below(fn);
		}
}

/* Did this write reach the byte at @reg? Then *@val is what was written. */
static bool wrote_byte(int where, int size, u32 value, int reg, u8 *val)
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
		put_unaligned_le32(inside ? get(fn->vpd, off, 4) : 0, data);
	else if (inside)
		memcpy(fn->vpd + off, data, 4);
	/* The device flips the flag when it is done. */
	put_unaligned_le16(reg ^ PCI_VPD_ADDR_F, addr);
}

/* Registers that do something when written. @old_ps: power state before. */
static void act_on_write(struct fake_pci_fn *fn, int where, int size, u32 value, u8 old_ps)
{
	u8 b;

	if (fn->exp && wrote_byte(where, size, value, fn->exp + PCI_EXP_DEVCTL + 1, &b) &&
	    (b & (PCI_EXP_DEVCTL_BCR_FLR >> 8)) &&
	    (get(fn->cfg, fn->exp + PCI_EXP_DEVCAP, 4) & PCI_EXP_DEVCAP_FLR)) {
		take_reset(fn, fn->own_mood);
		fn->nr_flr++;
	}
	if (fn->af && wrote_byte(where, size, value, fn->af + PCI_AF_CTRL, &b) &&
	    (b & PCI_AF_CTRL_FLR) && (fn->cfg[fn->af + PCI_AF_CAP] & PCI_AF_CAP_FLR)) {
		take_reset(fn, fn->own_mood);
		fn->nr_flr++;
	}
	if (fn->pm && old_ps == 3 &&
	    wrote_byte(where, size, value, fn->pm + PCI_PM_CTRL, &b) &&
	    !(b & PCI_PM_CTRL_STATE_MASK) &&
	    !(fn->cfg[fn->pm + PCI_PM_CTRL] & PCI_PM_CTRL_NO_SOFT_RESET)) {
		take_reset(fn, fn->own_mood);
		fn->nr_pm_reset++;
	}
	if (fn->vpd_cap && wrote_byte(where, size, value, fn->vpd_cap + PCI_VPD_ADDR + 1, &b))
		vpd_access(fn);
	if (is_bridge(fn) && wrote_byte(where, size, value, PCI_BRIDGE_CONTROL, &b) &&
	    (b & PCI_BRIDGE_CTL_BUS_RESET))
		reset_below(fn);
}

static void write_fn(struct fake_pci_fn *fn, int where, int size, u32 value)
{
	u8 old_ps = fn->pm ? fn->cfg[fn->pm + PCI_PM_CTRL] & PCI_PM_CTRL_STATE_MASK : 0;
	int i;

	/* Also what a dead function will not hear: somebody tried. */
	fn->nr_writes++;
	if (fn->nr_log < FAKE_PCI_LOG_LEN)
		fn->log[fn->nr_log] = (struct fake_pci_write){ where, size, value };
	fn->nr_log++;
	if (!hears(fn) || where + size > fn->size)
		return;

	for (i = 0; i < size; i++) {
		u8 b = value >> (8 * i);
		u8 *reg = fn->cfg + where + i;
		u8 mask = is_stuck(fn, where + i) ? 0 : fn->writable[where + i];

		*reg = (*reg & ~mask) | (b & mask);
		*reg &= ~(b & fn->w1c[where + i]);
	}
	act_on_write(fn, where, size, value, old_ps);
}

static int fake_pci_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *val)
{
	struct fake_pci_host *host = container_of(bus->sysdata, struct fake_pci_host, sd);
	struct fake_pci_fn *fn;
	unsigned long flags;

	*val = ~0;
	raw_spin_lock_irqsave(&host->lock, flags);
	fn = find_fn(host, bus->number, devfn);
	if (fn) {
		fn->nr_reads++;
		if (hears(fn) && where + size <= fn->size)
			*val = get(fn->cfg, where, size);
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
	fn = find_fn(host, bus->number, devfn);
	if (fn)
		write_fn(fn, where, size, val);
	raw_spin_unlock_irqrestore(&host->lock, flags);
	return fn ? PCIBIOS_SUCCESSFUL : PCIBIOS_DEVICE_NOT_FOUND;
}

static struct pci_ops fake_pci_ops = {
	.read = fake_pci_read,
	.write = fake_pci_write,
};

/**
 * fake_pci_host_init() - start the description of a bridge
 * @host: memory for it
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
 * fake_pci_host_probe() - let the PCI core find the bridge and its functions
 * @host: a described bridge
 *
 * Return: 0, -EEXIST if another one is live, or what the core returned.
 */
int fake_pci_host_probe(struct fake_pci_host *host)
{
	struct pci_host_bridge *bridge;
	struct fake_pci_fn *fn;
	int err;

	if (pci_find_bus(FAKE_PCI_DOMAIN, 0))
		return -EEXIST;
	list_for_each_entry(fn, &host->fns, node)
		reset_regs(fn, false);

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
 * fake_pci_host_remove() - take the bridge away and free its functions
 * @host: a bridge, live or only described
 */
void fake_pci_host_remove(struct fake_pci_host *host)
{
	struct fake_pci_fn *fn, *next;

	if (host->bridge) {
		pci_lock_rescan_remove();
		pci_stop_root_bus(host->bridge->bus);
		pci_remove_root_bus(host->bridge->bus);
		pci_unlock_rescan_remove();
		/* The reference of pci_alloc_host_bridge() is still ours. */
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
 * fake_pci_set_present() - take a function off the bus, unnoticed, or put it back
 * @fn: the function
 * @present: it answers at its address
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
 * fake_pci_unplug() - surprise removal: first gone, then noticed
 * @fn: the function
 *
 * As a hotplug port does it: the core is told that the device will not answer
 * before its driver is.
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
 * fake_pci_replug() - a fresh device in the place of an unplugged one
 * @fn: the function
 */
void fake_pci_replug(struct fake_pci_fn *fn)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	reset_regs(fn, false);
	fn->dead = false;
	fn->present = true;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	pci_lock_rescan_remove();
	pci_rescan_bus(fn->host->bridge->bus);
	pci_unlock_rescan_remove();
}
EXPORT_SYMBOL_GPL(fake_pci_replug);

/**
 * fake_pci_peek() - look at a register without an access being counted
 * @fn: the function
 * @where: offset
 * @size: 1, 2 or 4
 *
 * Context: any.
 */
u32 fake_pci_peek(struct fake_pci_fn *fn, int where, int size)
{
	unsigned long flags;
	u32 value;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	value = get(fn->cfg, where, size);
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
	return value;
}
EXPORT_SYMBOL_GPL(fake_pci_peek);

/**
 * fake_pci_poke() - change a register as the hardware itself would
 * @fn: the function
 * @where: offset
 * @size: 1, 2 or 4
 * @value: new contents, fixed bits included
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
 * fake_pci_set_dead() - break the link to a function, or mend it
 * @fn: the function
 * @dead: all ones from now on
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
 * fake_pci_set_mood() - how a function takes resets from now on
 * @fn: the function, which recovers from the last one
 * @own: those of its own
 * @bus: those of its bus
 *
 * Context: any.
 */
void fake_pci_set_mood(struct fake_pci_fn *fn, enum fake_pci_mood own, enum fake_pci_mood bus)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&fn->host->lock, flags);
	fn->own_mood = own;
	fn->bus_mood = bus;
	fn->mood = FAKE_OBEYS;
	raw_spin_unlock_irqrestore(&fn->host->lock, flags);
}
EXPORT_SYMBOL_GPL(fake_pci_set_mood);

/**
 * fake_pci_snapshot() - copy all registers
 * @fn: the function
 * @copy: room for PCI_CFG_SPACE_EXP_SIZE bytes
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
 * fake_pci_log_clear() - forget the writes so far
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
 * Context: any, while nobody writes to the function.
 * Return: the entry, or NULL if no write of the log touched them.
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
