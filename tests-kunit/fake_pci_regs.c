// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The description of a fake function: header, BARs and capabilities. Each
 * register has its value after reset and the bits that software may write (PCI
 * Local Bus 3.0 chapter 6, PCIe 6.x chapter 7).
 */
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/unaligned.h>
#include "fake_pci.h"

static void reg_set(u8 *bytes, int where, int size, u32 value)
{
	int i;

	for (i = 0; i < size; i++)
		bytes[where + i] = value >> (8 * i);
}

/**
 * fake_pci_set() - describe one register
 * @fn: the function
 * @where: offset
 * @size: 1, 2 or 4
 * @reset: its value after reset
 * @writable: the bits that take the value written
 */
void fake_pci_set(struct fake_pci_fn *fn, int where, int size, u32 reset, u32 writable)
{
	reg_set(fn->reset, where, size, reset);
	reg_set(fn->writable, where, size, writable);
}
EXPORT_SYMBOL_GPL(fake_pci_set);

/**
 * fake_pci_set_w1c() - describe bits of a register that are cleared by writing 1
 * @fn: the function
 * @where: offset
 * @size: 1, 2 or 4
 * @bits: those bits
 */
void fake_pci_set_w1c(struct fake_pci_fn *fn, int where, int size, u32 bits)
{
	reg_set(fn->w1c, where, size, bits);
}
EXPORT_SYMBOL_GPL(fake_pci_set_w1c);

static struct fake_pci_fn *fn_add(struct fake_pci_host *host, struct fake_pci_fn *parent,
				  u8 devfn, u16 device)
{
	struct fake_pci_fn *fn = kzalloc(sizeof(*fn), GFP_KERNEL);

	if (!fn)
		return NULL;
	fn->host = host;
	fn->parent = parent;
	fn->devfn = devfn;
	fn->size = PCI_CFG_SPACE_SIZE;
	fn->present = true;
	fake_pci_set(fn, PCI_VENDOR_ID, 2, FAKE_PCI_VENDOR, 0);
	fake_pci_set(fn, PCI_DEVICE_ID, 2, device, 0);
	fake_pci_set(fn, PCI_COMMAND, 2, 0,
		     PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |
		     PCI_COMMAND_SPECIAL | PCI_COMMAND_INVALIDATE |
		     PCI_COMMAND_VGA_PALETTE | PCI_COMMAND_PARITY | PCI_COMMAND_SERR |
		     PCI_COMMAND_FAST_BACK | PCI_COMMAND_INTX_DISABLE);
	fake_pci_set_w1c(fn, PCI_STATUS, 2, 0xf900);
	fake_pci_set(fn, PCI_REVISION_ID, 1, 0x21, 0);
	fake_pci_set(fn, PCI_CACHE_LINE_SIZE, 1, 0, 0xff);
	fake_pci_set(fn, PCI_LATENCY_TIMER, 1, 0, 0xff);
	fake_pci_set(fn, PCI_INTERRUPT_LINE, 1, 0, 0xff);
	list_add_tail(&fn->node, &host->fns);
	return fn;
}

/**
 * fake_pci_add_endpoint() - add a function with a type 0 header
 * @host: its host bridge
 * @parent: the bridge above, NULL for the root bus
 * @devfn: device and function number
 * @device: device id
 *
 * It is a network card with INTA# and BIST. The multi-function bit is set, so
 * that the core scans the other functions of the device.
 *
 * Return: the function, or NULL without memory.
 */
struct fake_pci_fn *fake_pci_add_endpoint(struct fake_pci_host *host, struct fake_pci_fn *parent,
					  u8 devfn, u16 device)
{
	struct fake_pci_fn *fn = fn_add(host, parent, devfn, device);

	if (!fn)
		return NULL;
	fake_pci_set(fn, PCI_CLASS_DEVICE, 2, PCI_CLASS_NETWORK_ETHERNET, 0);
	fake_pci_set(fn, PCI_HEADER_TYPE, 1, 0x80 | PCI_HEADER_TYPE_NORMAL, 0);
	fake_pci_set(fn, PCI_BIST, 1, PCI_BIST_CAPABLE, PCI_BIST_START);
	fake_pci_set(fn, PCI_CARDBUS_CIS, 4, 0x00c0ffee, 0);
	fake_pci_set(fn, PCI_SUBSYSTEM_VENDOR_ID, 2, FAKE_PCI_VENDOR, 0);
	fake_pci_set(fn, PCI_SUBSYSTEM_ID, 2, 0x1100, 0);
	fake_pci_set(fn, PCI_INTERRUPT_PIN, 1, 1, 0);
	fake_pci_set(fn, PCI_MIN_GNT, 1, 0x10, 0);
	fake_pci_set(fn, PCI_MAX_LAT, 1, 0x20, 0);
	return fn;
}
EXPORT_SYMBOL_GPL(fake_pci_add_endpoint);

/**
 * fake_pci_add_bridge() - add a function with a type 1 header
 * @host: its host bridge
 * @parent: the bridge above, NULL for the root bus
 * @devfn: device and function number
 * @device: device id
 *
 * Without a PCIe capability it is a conventional PCI-to-PCI bridge.
 *
 * Return: the function, or NULL without memory.
 */
struct fake_pci_fn *fake_pci_add_bridge(struct fake_pci_host *host, struct fake_pci_fn *parent,
					u8 devfn, u16 device)
{
	struct fake_pci_fn *fn = fn_add(host, parent, devfn, device);

	if (!fn)
		return NULL;
	fake_pci_set(fn, PCI_CLASS_DEVICE, 2, PCI_CLASS_BRIDGE_PCI, 0);
	fake_pci_set(fn, PCI_HEADER_TYPE, 1, PCI_HEADER_TYPE_BRIDGE, 0);
	/* Bus numbers and secondary latency timer. */
	fake_pci_set(fn, PCI_PRIMARY_BUS, 4, 0, 0xffffffff);
	fake_pci_set(fn, PCI_IO_BASE, 2, 0x00f0, 0xf0f0);
	fake_pci_set_w1c(fn, PCI_SEC_STATUS, 2, 0xf900);
	fake_pci_set(fn, PCI_MEMORY_BASE, 4, 0x0000fff0, 0xfff0fff0);
	fake_pci_set(fn, PCI_PREF_MEMORY_BASE, 4, 0x0000fff0, 0xfff0fff0);
	fake_pci_set(fn, PCI_BRIDGE_CONTROL, 2, 0, 0x0fff);
	return fn;
}
EXPORT_SYMBOL_GPL(fake_pci_add_bridge);

static bool is_bridge(const struct fake_pci_fn *fn)
{
	return fn->reset[PCI_HEADER_TYPE] == PCI_HEADER_TYPE_BRIDGE;
}

/**
 * fake_pci_bar_mem() - add a 32-bit memory BAR
 * @fn: the function
 * @bar: its number
 * @size: a power of two, at least 16
 */
void fake_pci_bar_mem(struct fake_pci_fn *fn, int bar, u32 size)
{
	fake_pci_set(fn, PCI_BASE_ADDRESS_0 + 4 * bar, 4, 0, ~(size - 1) & ~0xfu);
}
EXPORT_SYMBOL_GPL(fake_pci_bar_mem);

/**
 * fake_pci_bar_mem64() - add a 64-bit prefetchable memory BAR, two registers
 * @fn: the function
 * @bar: number of the lower register
 * @size: a power of two, at least 16
 */
void fake_pci_bar_mem64(struct fake_pci_fn *fn, int bar, u64 size)
{
	u64 mask = ~(size - 1) & ~0xfULL;

	fake_pci_set(fn, PCI_BASE_ADDRESS_0 + 4 * bar, 4,
		     PCI_BASE_ADDRESS_MEM_TYPE_64 | PCI_BASE_ADDRESS_MEM_PREFETCH,
		     lower_32_bits(mask));
	fake_pci_set(fn, PCI_BASE_ADDRESS_0 + 4 * bar + 4, 4, 0, upper_32_bits(mask));
}
EXPORT_SYMBOL_GPL(fake_pci_bar_mem64);

/**
 * fake_pci_bar_io() - add an I/O port BAR
 * @fn: the function
 * @bar: its number
 * @size: a power of two, 4 to 256
 */
void fake_pci_bar_io(struct fake_pci_fn *fn, int bar, u32 size)
{
	fake_pci_set(fn, PCI_BASE_ADDRESS_0 + 4 * bar, 4, PCI_BASE_ADDRESS_SPACE_IO,
		     ~(size - 1) & ~0x3u);
}
EXPORT_SYMBOL_GPL(fake_pci_bar_io);

/**
 * fake_pci_rom() - add an expansion ROM BAR
 * @fn: the function, of either header type
 * @size: a power of two, at least 2048
 */
void fake_pci_rom(struct fake_pci_fn *fn, u32 size)
{
	fake_pci_set(fn, is_bridge(fn) ? PCI_ROM_ADDRESS1 : PCI_ROM_ADDRESS, 4, 0,
		     (~(size - 1) & PCI_ROM_ADDRESS_MASK) | PCI_ROM_ADDRESS_ENABLE);
}
EXPORT_SYMBOL_GPL(fake_pci_rom);

/* Append to the capability list. */
static void cap_add(struct fake_pci_fn *fn, u8 pos, u8 id)
{
	fake_pci_set(fn, pos, 1, id, 0);
	fn->reset[fn->last_cap ? fn->last_cap + PCI_CAP_LIST_NEXT : PCI_CAPABILITY_LIST] = pos;
	fn->reset[PCI_STATUS] |= PCI_STATUS_CAP_LIST;
	fn->last_cap = pos;
}

/**
 * fake_pci_cap_pm() - add a power management capability
 * @fn: the function
 * @pos: where
 * @pmc: Power Management Capabilities register, with the version
 * @soft_reset: going from D3hot to D0 resets the function
 */
void fake_pci_cap_pm(struct fake_pci_fn *fn, u8 pos, u16 pmc, bool soft_reset)
{
	fn->pm = pos;
	cap_add(fn, pos, PCI_CAP_ID_PM);
	fake_pci_set(fn, pos + PCI_PM_PMC, 2, pmc, 0);
	fake_pci_set(fn, pos + PCI_PM_CTRL, 2, soft_reset ? 0 : PCI_PM_CTRL_NO_SOFT_RESET,
		     PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE |
		     PCI_PM_CTRL_DATA_SEL_MASK);
	fake_pci_set_w1c(fn, pos + PCI_PM_CTRL, 2, PCI_PM_CTRL_PME_STATUS);
	fake_pci_set(fn, pos + PCI_PM_PPB_EXTENSIONS, 1, 0x40, 0);
	fake_pci_set(fn, pos + PCI_PM_DATA_REGISTER, 1, 0x7d, 0);
}
EXPORT_SYMBOL_GPL(fake_pci_cap_pm);

/**
 * fake_pci_cap_msi() - add an MSI capability
 * @fn: the function
 * @pos: where
 * @flags: read-only part of Message Control: PCI_MSI_FLAGS_64BIT,
 *	PCI_MSI_FLAGS_MASKBIT, PCI_MSI_FLAGS_QMASK
 */
void fake_pci_cap_msi(struct fake_pci_fn *fn, u8 pos, u16 flags)
{
	bool wide = flags & PCI_MSI_FLAGS_64BIT;
	int vectors = 1 << ((flags & PCI_MSI_FLAGS_QMASK) >> 1);

	fn->msi = pos;
	cap_add(fn, pos, PCI_CAP_ID_MSI);
	fake_pci_set(fn, pos + PCI_MSI_FLAGS, 2, flags,
		     PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QSIZE);
	fake_pci_set(fn, pos + PCI_MSI_ADDRESS_LO, 4, 0, 0xfffffffc);
	if (wide)
		fake_pci_set(fn, pos + PCI_MSI_ADDRESS_HI, 4, 0, 0xffffffff);
	fake_pci_set(fn, pos + (wide ? PCI_MSI_DATA_64 : PCI_MSI_DATA_32), 2, 0, 0xffff);
	if (flags & PCI_MSI_FLAGS_MASKBIT)
		fake_pci_set(fn, pos + (wide ? PCI_MSI_MASK_64 : PCI_MSI_MASK_32), 4, 0,
			     GENMASK(vectors - 1, 0));
}
EXPORT_SYMBOL_GPL(fake_pci_cap_msi);

/**
 * fake_pci_cap_msix() - add an MSI-X capability
 * @fn: the function
 * @pos: where
 * @vectors: entries of the table
 * @table: Table Offset/Table BIR register
 * @pba: PBA Offset/PBA BIR register
 */
void fake_pci_cap_msix(struct fake_pci_fn *fn, u8 pos, int vectors, u32 table, u32 pba)
{
	fn->msix = pos;
	cap_add(fn, pos, PCI_CAP_ID_MSIX);
	fake_pci_set(fn, pos + PCI_MSIX_FLAGS, 2, vectors - 1,
		     PCI_MSIX_FLAGS_ENABLE | PCI_MSIX_FLAGS_MASKALL);
	fake_pci_set(fn, pos + PCI_MSIX_TABLE, 4, table, 0);
	fake_pci_set(fn, pos + PCI_MSIX_PBA, 4, pba, 0);
}
EXPORT_SYMBOL_GPL(fake_pci_cap_msix);

/**
 * fake_pci_cap_exp() - add a PCI Express capability, version 2
 * @fn: the function; gets 4 KiB of configuration space
 * @pos: where
 * @type: PCI_EXP_TYPE_*
 * @flr: has function level reset
 */
void fake_pci_cap_exp(struct fake_pci_fn *fn, u8 pos, int type, bool flr)
{
	bool port = type == PCI_EXP_TYPE_ROOT_PORT || type == PCI_EXP_TYPE_DOWNSTREAM;

	fn->exp = pos;
	fn->size = PCI_CFG_SPACE_EXP_SIZE;
	cap_add(fn, pos, PCI_CAP_ID_EXP);
	fake_pci_set(fn, pos + PCI_EXP_FLAGS, 2, 2 | type << 4, 0);
	fake_pci_set(fn, pos + PCI_EXP_DEVCAP, 4,
		     PCI_EXP_DEVCAP_RBER | (flr ? PCI_EXP_DEVCAP_FLR : 0), 0);
	fake_pci_set(fn, pos + PCI_EXP_DEVCTL, 2, 0x2810, 0x7fff);
	fake_pci_set_w1c(fn, pos + PCI_EXP_DEVSTA, 2, 0x000f);
	/* 2.5 GT/s, x1; a port reports that its link is up. */
	fake_pci_set(fn, pos + PCI_EXP_LNKCAP, 4, 0x11 | (port ? PCI_EXP_LNKCAP_DLLLARC : 0), 0);
	fake_pci_set(fn, pos + PCI_EXP_LNKCTL, 2, 0, 0x0fc3);
	fake_pci_set(fn, pos + PCI_EXP_LNKSTA, 2, 0x11 | (port ? PCI_EXP_LNKSTA_DLLLA : 0), 0);
	fake_pci_set(fn, pos + PCI_EXP_DEVCTL2, 2, 0, 0x0fff);
}
EXPORT_SYMBOL_GPL(fake_pci_cap_exp);

/**
 * fake_pci_cap_vpd() - add a vital product data capability
 * @fn: the function
 * @pos: where
 * @image: the data
 * @len: its length
 */
void fake_pci_cap_vpd(struct fake_pci_fn *fn, u8 pos, const void *image, size_t len)
{
	fn->vpd_cap = pos;
	cap_add(fn, pos, PCI_CAP_ID_VPD);
	fake_pci_set(fn, pos + PCI_VPD_ADDR, 2, 0, 0xffff);
	fake_pci_set(fn, pos + PCI_VPD_DATA, 4, 0, 0xffffffff);
	memcpy(fn->vpd, image, min_t(size_t, len, FAKE_PCI_VPD_LEN));
}
EXPORT_SYMBOL_GPL(fake_pci_cap_vpd);

/**
 * fake_pci_cap_af() - add an Advanced Features capability
 * @fn: the function, a conventional one
 * @pos: where
 * @flr: has function level reset
 */
void fake_pci_cap_af(struct fake_pci_fn *fn, u8 pos, bool flr)
{
	fn->af = pos;
	cap_add(fn, pos, PCI_CAP_ID_AF);
	fake_pci_set(fn, pos + PCI_AF_LENGTH, 1, PCI_CAP_AF_SIZEOF, 0);
	fake_pci_set(fn, pos + PCI_AF_CAP, 1, flr ? PCI_AF_CAP_TP | PCI_AF_CAP_FLR : 0, 0);
}
EXPORT_SYMBOL_GPL(fake_pci_cap_af);

/**
 * fake_pci_cap_vendor() - add a vendor specific capability, all of it writable
 * @fn: the function
 * @pos: where
 * @len: its length, header included
 */
void fake_pci_cap_vendor(struct fake_pci_fn *fn, u8 pos, u8 len)
{
	int i;

	cap_add(fn, pos, PCI_CAP_ID_VNDR);
	fake_pci_set(fn, pos + 2, 1, len, 0);
	for (i = 3; i < len; i++)
		fake_pci_set(fn, pos + i, 1, i, 0xff);
}
EXPORT_SYMBOL_GPL(fake_pci_cap_vendor);

/**
 * fake_pci_ext_cap() - add the header of an extended capability
 * @fn: the function, with a PCIe capability
 * @pos: where; the first one at 0x100
 * @id: PCI_EXT_CAP_ID_*
 * @version: its version
 */
void fake_pci_ext_cap(struct fake_pci_fn *fn, u16 pos, u16 id, u8 version)
{
	fake_pci_set(fn, pos, 4, id | version << 16, 0);
	if (fn->last_ext) {
		u32 header = get_unaligned_le32(fn->reset + fn->last_ext);

		reg_set(fn->reset, fn->last_ext, 4, header | pos << 20);
	}
	fn->last_ext = pos;
}
EXPORT_SYMBOL_GPL(fake_pci_ext_cap);

/**
 * fake_pci_ext_aer() - add Advanced Error Reporting; a reset keeps its registers
 * @fn: the function
 * @pos: where
 */
void fake_pci_ext_aer(struct fake_pci_fn *fn, u16 pos)
{
	int reg;

	fake_pci_ext_cap(fn, pos, PCI_EXT_CAP_ID_ERR, 2);
	fake_pci_set_w1c(fn, pos + PCI_ERR_UNCOR_STATUS, 4, 0x07fff030);
	fake_pci_set(fn, pos + PCI_ERR_UNCOR_MASK, 4, 0, 0x07fff030);
	fake_pci_set(fn, pos + PCI_ERR_UNCOR_SEVER, 4, 0x00462030, 0x07fff030);
	fake_pci_set_w1c(fn, pos + PCI_ERR_COR_STATUS, 4, 0x0000f1c1);
	fake_pci_set(fn, pos + PCI_ERR_COR_MASK, 4, 0x00002000, 0x0000f1c1);
	fake_pci_set(fn, pos + PCI_ERR_CAP, 4, 0x000000a0, 0x00000140);
	for (reg = PCI_ERR_UNCOR_STATUS; reg < PCI_ERR_CAP; reg += 4)
		reg_set(fn->sticky, pos + reg, 4, ~0u);
}
EXPORT_SYMBOL_GPL(fake_pci_ext_aer);

/**
 * fake_pci_ext_dsn() - add a device serial number capability
 * @fn: the function
 * @pos: where
 * @serial: the number
 */
void fake_pci_ext_dsn(struct fake_pci_fn *fn, u16 pos, u64 serial)
{
	fake_pci_ext_cap(fn, pos, PCI_EXT_CAP_ID_DSN, 1);
	fake_pci_set(fn, pos + 4, 4, lower_32_bits(serial), 0);
	fake_pci_set(fn, pos + 8, 4, upper_32_bits(serial), 0);
}
EXPORT_SYMBOL_GPL(fake_pci_ext_dsn);
