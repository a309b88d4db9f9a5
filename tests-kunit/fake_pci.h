/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A PCI host bridge in software, and the devices behind it, for tests.
 *
 * A test describes its devices and registers the bridge with the PCI core. Then
 * there is a real struct pci_dev for each function, and the test can read and
 * change its registers without the core. Every bit of configuration space is
 * fixed, writable, or cleared by writing 1 to it. Accesses to a function are
 * counted, and writes are logged.
 *
 * Order: fake_pci_host_init(), fake_pci_add_*() and the fake_pci_cap_*() of
 * each function, fake_pci_host_probe(), the test, fake_pci_host_remove(). All
 * of them may sleep unless their kernel-doc says otherwise. Only one thread adds
 * functions, probes and removes a bridge.
 */
#ifndef FAKE_PCI_H
#define FAKE_PCI_H

#include <linux/ioport.h>
#include <linux/list.h>
#include <linux/pci.h>
#include <linux/spinlock.h>
#include <asm/pci.h>

/* No driver of the kernel has this vendor in its table of ids. */
#define FAKE_PCI_VENDOR		0xfafa
/* The PCI domain of the bridge; the machine's own bridge has another one. */
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
 * enum fake_pci_reset - what a reset does to a function
 * @FAKE_RESET_OK: the registers get their values after reset
 * @FAKE_RESET_HANGS: besides, reads give all ones until the next reset
 * @FAKE_RESET_SLOW: besides, reads give all ones for @ready_ms
 * @FAKE_RESET_BARS_STUCK: besides, the BARs ignore writes
 * @FAKE_RESET_NEW_ID: besides, the device ID is another one
 */
enum fake_pci_reset {
	FAKE_RESET_OK,
	FAKE_RESET_HANGS,
	FAKE_RESET_SLOW,
	FAKE_RESET_BARS_STUCK,
	FAKE_RESET_NEW_ID,
};

/**
 * struct fake_pci_fn - one function
 * @node: entry in @fns of the host
 * @host: the host bridge
 * @parent: function of the bridge above it, NULL on the root bus
 * @devfn: device and function number
 * @size: bytes of configuration space, 256 or 4096
 * @present: false: there is no function at this address
 * @dead: reads give all ones, writes are lost, as after a fatal link error
 * @own_reset: what a reset of this function does, by FLR or power state
 * @bus_reset: what a reset of its bus does
 * @ready_ms: for FAKE_RESET_SLOW, in milliseconds
 * @last_reset: what the last reset did
 * @ready_at: when it responds again, in jiffies, for FAKE_RESET_SLOW
 * @cfg: the registers
 * @reset: their values after a reset
 * @writable: bits that take the value written
 * @w1c: bits that are cleared by writing 1
 * @sticky: bits that a reset does not change
 * @vpd: the vital product data
 * @pm: offset of the power management capability, 0 if there is none
 * @msi: offset of MSI, 0 if there is none
 * @msix: offset of MSI-X, 0 if there is none
 * @exp: offset of PCI Express, 0 if there is none
 * @vpd_cap: offset of vital product data, 0 if there is none
 * @af: offset of Advanced Features, 0 if there is none
 * @last_cap: last capability of the list so far
 * @last_ext: last extended capability of the list so far
 * @nr_reads: configuration reads
 * @nr_writes: configuration writes, also those that were lost
 * @nr_flr: function level resets, of PCIe or Advanced Features
 * @nr_bus_reset: resets of the bus the function is on
 * @nr_pm_reset: resets by going from D3hot to D0
 * @nr_log: writes since fake_pci_log_clear(), also those beyond the log's end
 * @log: the first writes since fake_pci_log_clear()
 *
 * Locking: the host's @lock protects @present and all members after it from
 * fake_pci_host_probe() to fake_pci_host_remove(). The members before it are set
 * before that and do not change. Tests read counters without the lock when no
 * other thread accesses the function.
 */
struct fake_pci_fn {
	struct list_head node;
	struct fake_pci_host *host;
	struct fake_pci_fn *parent;
	u8 devfn;
	u16 size;
	bool present;
	bool dead;
	enum fake_pci_reset own_reset, bus_reset;
	unsigned int ready_ms;
	enum fake_pci_reset last_reset;
	unsigned long ready_at;
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
 * @sd: what bus->sysdata points at: the x86 PCI code reads domain and node there
 * @bridge: the core's object, NULL before the probe and after the removal
 * @lock: protects the state of @fns, see struct fake_pci_fn; raw, because
 *	configuration accesses come from any context
 * @fns: all functions
 * @busn: bus number window
 * @mem: memory window: RAM that the kernel was told not to use
 * @io: port window; there is nothing behind it
 *
 * Locking: the list @fns does not change between fake_pci_host_probe() and
 * fake_pci_host_remove(); the other members are used by one thread.
 */
struct fake_pci_host {
	struct pci_sysdata sd;
	struct pci_host_bridge *bridge;
	raw_spinlock_t lock;
	struct list_head fns;
	struct resource busn, mem, io;
};

/* fake_pci_host.c: the bridge, and what accesses to its functions do */
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
void fake_pci_set_reset(struct fake_pci_fn *fn, enum fake_pci_reset own, enum fake_pci_reset bus);
void fake_pci_snapshot(struct fake_pci_fn *fn, u8 *copy);
void fake_pci_log_clear(struct fake_pci_fn *fn);
const struct fake_pci_write *fake_pci_log_find(struct fake_pci_fn *fn, int where, int size);

/* fake_pci_regs.c: the description of a function, before fake_pci_host_probe() */
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
