/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A PCI host bridge in software, and the devices behind it, for tests.
 *
 * A test describes its devices, registers the bridge with the PCI core, and
 * from then on has real struct pci_dev whose registers it can inspect behind
 * the core's back. Every bit of configuration space has an owner: fixed,
 * writable, or cleared by writing 1 to it. What reaches the "hardware" is
 * counted and logged.
 *
 * Order: fake_pci_host_init(), fake_pci_add_*() and the fake_pci_cap_*() of
 * each function, fake_pci_host_probe(), the test, fake_pci_host_remove(). All
 * of them sleep, except where noted; one test thread drives a bridge.
 */
#ifndef FAKE_PCI_H
#define FAKE_PCI_H

#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <asm/pci.h>

/* No driver of the kernel matches this vendor. */
#define FAKE_PCI_VENDOR		0xfafa
/* The PCI domain of the bridge: far from that of the machine's own. */
#define FAKE_PCI_DOMAIN		0x1234
#define FAKE_PCI_LOG_LEN	256
#define FAKE_PCI_VPD_LEN	128

/**
 * struct fake_pci_write - one configuration write that reached a function
 * @where: offset in configuration space
 * @size: 1, 2 or 4
 * @value: as written, before any mask
 */
struct fake_pci_write {
	u16 where;
	u8 size;
	u32 value;
};

/**
 * enum fake_pci_mood - how a function takes a reset
 * @FAKE_OBEYS: as it should
 * @FAKE_HANGS: answers all ones until a reset that it obeys
 * @FAKE_LATE: answers all ones for @late_ms, then all is well
 * @FAKE_LOSES_BARS: they stay as they are after a reset, whatever is written
 * @FAKE_CHANGES: comes back as another device
 */
enum fake_pci_mood {
	FAKE_OBEYS,
	FAKE_HANGS,
	FAKE_LATE,
	FAKE_LOSES_BARS,
	FAKE_CHANGES,
};

/**
 * struct fake_pci_fn - one function
 * @node: in the host's list
 * @host: the bridge it hangs under
 * @parent: function of the bridge above it, NULL on the root bus
 * @devfn: device and function number
 * @size: bytes of configuration space, 256 or 4096
 * @present: false: nobody answers at this address any more
 * @dead: reads give all ones, writes are lost, as after a fatal link error
 * @own_mood: how it takes a reset of its own, by FLR or power state
 * @bus_mood: how it takes a reset of its bus
 * @late_ms: for FAKE_LATE
 * @mood: how it took the last reset
 * @silent_until: in jiffies, for FAKE_LATE
 * @cfg: the registers
 * @reset: what a reset makes of them
 * @writable: bits that follow a write
 * @w1c: bits that a written 1 clears
 * @sticky: bits that survive a function level reset
 * @vpd: contents of the vital product data
 * @pm: offset of the power management capability, 0 if there is none;
 *	@msi, @msix, @exp, @vpd_cap and @af likewise
 * @last_cap: last capability of the list so far
 * @last_ext: last extended capability of the list so far
 * @nr_reads: configuration reads
 * @nr_writes: configuration writes, heard or not
 * @nr_flr: function level resets, of PCIe or Advanced Features
 * @nr_bus_reset: resets of the bus the function is on
 * @nr_pm_reset: resets by going from D3hot to D0
 * @nr_log: writes since fake_pci_log_clear(), also those beyond the log's end
 * @log: the first writes since fake_pci_log_clear()
 *
 * The host's lock guards everything from @present on once the bridge is live.
 */
struct fake_pci_fn {
	struct list_head node;
	struct fake_pci_host *host;
	struct fake_pci_fn *parent;
	u8 devfn;
	u16 size;
	bool present;
	bool dead;
	enum fake_pci_mood own_mood, bus_mood;
	unsigned int late_ms;
	enum fake_pci_mood mood;
	unsigned long silent_until;
	u8 cfg[PCI_CFG_SPACE_EXP_SIZE];
	u8 reset[PCI_CFG_SPACE_EXP_SIZE];
	u8 writable[PCI_CFG_SPACE_EXP_SIZE];
	u8 w1c[PCI_CFG_SPACE_EXP_SIZE];
	u8 sticky[PCI_CFG_SPACE_EXP_SIZE];
	u8 vpd[FAKE_PCI_VPD_LEN];
	u8 pm, msi, msix, exp, vpd_cap, af;
	u8 last_cap;
	u16 last_ext;
	unsigned int nr_reads, nr_writes;
	unsigned int nr_flr, nr_bus_reset, nr_pm_reset;
	unsigned int nr_log;
	struct fake_pci_write log[FAKE_PCI_LOG_LEN];
};

/**
 * struct fake_pci_host - a host bridge
 * @sd: what the architecture's PCI code expects behind bus->sysdata
 * @bridge: the core's object, NULL unless live
 * @lock: raw, as configuration accesses come from any context
 * @fns: all functions
 * @busn: bus number window
 * @mem: memory window; real RAM that the kernel was told not to use
 * @io: port window; nothing answers there
 */
struct fake_pci_host {
	struct pci_sysdata sd;
	struct pci_host_bridge *bridge;
	raw_spinlock_t lock;
	struct list_head fns;
	struct resource busn, mem, io;
};

/* fake_pci_host.c: the bridge and how its functions answer */
void fake_pci_host_init(struct fake_pci_host *host);
int fake_pci_host_probe(struct fake_pci_host *host);
void fake_pci_host_remove(struct fake_pci_host *host);
struct pci_dev *fake_pci_dev_get(struct fake_pci_fn *fn);
void fake_pci_set_present(struct fake_pci_fn *fn, bool present);
void fake_pci_unplug(struct fake_pci_fn *fn);
void fake_pci_replug(struct fake_pci_fn *fn);

u32 fake_pci_peek(struct fake_pci_fn *fn, int where, int size);
void fake_pci_poke(struct fake_pci_fn *fn, int where, int size, u32 value);
void fake_pci_set_dead(struct fake_pci_fn *fn, bool dead);
void fake_pci_set_mood(struct fake_pci_fn *fn, enum fake_pci_mood own, enum fake_pci_mood bus);
void fake_pci_snapshot(struct fake_pci_fn *fn, u8 *copy);
void fake_pci_log_clear(struct fake_pci_fn *fn);
const struct fake_pci_write *fake_pci_log_find(struct fake_pci_fn *fn, int where, int size);

/* fake_pci_regs.c: describing a function; before fake_pci_host_probe() */
struct fake_pci_fn *fake_pci_add_endpoint(struct fake_pci_host *host, struct fake_pci_fn *parent,
					  u8 devfn, u16 device);
struct fake_pci_fn *fake_pci_add_bridge(struct fake_pci_host *host, struct fake_pci_fn *parent,
					u8 devfn, u16 device);
void fake_pci_set(struct fake_pci_fn *fn, int where, int size, u32 reset, u32 writable);
void fake_pci_set_w1c(struct fake_pci_fn *fn, int where, int size, u32 bits);
void fake_pci_bar_mem(struct fake_pci_fn *fn, int bar, u32 size);
void fake_pci_bar_mem64(struct fake_pci_fn *fn, int bar, u64 size);
void fake_pci_bar_io(struct fake_pci_fn *fn, int bar, u32 size);
void fake_pci_rom(struct fake_pci_fn *fn, u32 size);
void fake_pci_cap_pm(struct fake_pci_fn *fn, u8 pos, u16 pmc, bool soft_reset);
void fake_pci_cap_msi(struct fake_pci_fn *fn, u8 pos, u16 flags);
void fake_pci_cap_msix(struct fake_pci_fn *fn, u8 pos, int vectors, u32 table, u32 pba);
void fake_pci_cap_exp(struct fake_pci_fn *fn, u8 pos, int type, bool flr);
void fake_pci_cap_vpd(struct fake_pci_fn *fn, u8 pos, const void *image, size_t len);
void fake_pci_cap_af(struct fake_pci_fn *fn, u8 pos, bool flr);
void fake_pci_cap_vendor(struct fake_pci_fn *fn, u8 pos, u8 len);
void fake_pci_ext_cap(struct fake_pci_fn *fn, u16 pos, u16 id, u8 version);
void fake_pci_ext_aer(struct fake_pci_fn *fn, u16 pos);
void fake_pci_ext_dsn(struct fake_pci_fn *fn, u16 pos, u64 serial);

#endif /* FAKE_PCI_H */
