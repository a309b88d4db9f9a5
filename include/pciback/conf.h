/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Configuration space of one function as its guest sees it.
 *
 * Every register is a row of a constant table (struct conf_row). The space of a
 * function holds the rows that its header type and capabilities require, found by
 * byte in constant time.
 *
 * Freestanding (see Documentation/architecture.rst): reaches hardware through struct
 * conf_hw only. Compiled in the module, under KUnit and in the fuzzers.
 *
 * Reading and writing return 0, a PCIBIOS_* code (PCI Firmware Specification), or the
 * error of an operation of struct conf_hw.
 */
#ifndef PCIBACK_CONF_H
#define PCIBACK_CONF_H

#include <linux/limits.h>
#include <linux/types.h>

struct conf_space;
struct conf_reg;

/**
 * struct conf_hw - operations of the engine on the hardware
 * @read: read @size bytes at @off; 0 or a PCIBIOS_* code
 * @write: write @size bytes at @off; 0 or a PCIBIOS_* code
 * @enable: enable memory and I/O decoding and route the interrupt; called until it
 *	has succeeded once for a guest; 0 or -errno, which the write returns
 * @set_master: enable or disable bus mastering
 * @set_mwi: enable or disable Memory Write and Invalidate; 0 or -errno
 * @set_intx: allow or forbid the function to raise INTx
 * @set_power_state: change to D0..D3hot (0..3); 0 or -errno
 * @read_vpd: read four bytes of vital product data within a bounded time, at a
 *	multiple of 4 below 32 KiB; 0 or -errno
 * @request_reset: the guest requested a function level reset; to be carried out
 *	after the access
 * @dropped: called for a guest's first write that was dropped, wholly or in part
 *
 * Each gets the @ctx of the space. @enable, @set_power_state and @read_vpd may sleep, the
 * others may not. All run under whatever lock serialises the space; those that sleep may
 * drop it meanwhile. The structure is constant.
 */
struct conf_hw {
	int (*read)(void *ctx, unsigned int off, unsigned int size, u32 *val);
	int (*write)(void *ctx, unsigned int off, unsigned int size, u32 val);
	int (*enable)(void *ctx);
	void (*set_master)(void *ctx, bool on);
	int (*set_mwi)(void *ctx, bool on);
	void (*set_intx)(void *ctx, bool on);
	int (*set_power_state)(void *ctx, unsigned int state);
	int (*read_vpd)(void *ctx, unsigned int addr, u32 *val);
	void (*request_reset)(void *ctx);
	void (*dropped)(void *ctx, unsigned int off, unsigned int size, u32 val);
};

/**
 * struct conf_row - policy of one register
 * @off: offset from the start of the header or of the capability
 * @size: 1, 2 or 4 bytes
 * @raw: read from the hardware; read-only, unless a quirk or the permissive
 *	level opens it. Apart from @w1c, the engine treats its bytes like bytes
 *	without a row; the row documents @why
 * @hw: bits that the guest reads from the hardware
 * @virt: bits that the guest reads from the virtual value; bits in neither mask
 *	read as zero
 * @write_hw: bits that a guest's write changes in the hardware
 * @write_virt: bits that a guest's write changes in the virtual value
 * @w1c: bits of the hardware that writing a one clears
 * @read: if not NULL, used for reads in place of @hw and @virt
 * @write: if not NULL, used for writes in place of the masks. @val has the value to
 *	write, with the register's current value in bytes that the guest did not
 *	write; @mask has ones in the bytes that it did
 * @why: the reason for this policy; documentation
 *
 * Constant, so it needs no lock. @read and @write may sleep.
 */
struct conf_row {
	u16 off;
	u8 size;
	bool raw;
	u32 hw;
	u32 virt;
	u32 write_hw;
	u32 write_virt;
	u32 w1c;
	int (*read)(struct conf_space *cs, struct conf_reg *reg, u32 *val);
	int (*write)(struct conf_space *cs, struct conf_reg *reg, u32 val, u32 mask);
	const char *why;
};

/**
 * struct conf_reg - one register of one function
 * @row: its policy
 * @pos: its offset in configuration space
 * @virt: virtual value, which the current guest may have changed
 * @reset: virtual value for a new guest
 * @len: value that a base address register returns after a sizing write
 * @ignore: low bits that may be clear in a sizing write
 * @sizing: reads return @len, because the last write was a sizing write
 *
 * Protected like its struct conf_space.
 */
struct conf_reg {
	const struct conf_row *row;
	u16 pos;
	u32 virt;
	u32 reset;
	u32 len;
	u32 ignore;
	bool sizing;
};

/**
 * struct conf_bar - a base address register as the host has set it up
 * @val: address and type bits
 * @len: value read after all ones were written
 * @ignore: low bits that may be clear in a sizing write
 *
 * Filled by the caller of pciback_conf_add_header(); needs no lock.
 */
struct conf_bar {
	u32 val;
	u32 len;
	u32 ignore;
};

#define CONF_NR_BARS	6

/**
 * enum conf_level - what a guest may write in addition to what rows allow
 * @CONF_STRICT: nothing
 * @CONF_QUIRKS: the bits that quirks open
 * @CONF_PERMISSIVE: all bytes that have no row or a raw row, and more bits of a few
 *	registers (COMMAND, Message Control)
 */
enum conf_level {
	CONF_STRICT,
	CONF_QUIRKS,
	CONF_PERMISSIVE,
};

/**
 * struct conf_drop - dropped writes of one register
 * @off: offset of the register or access
 * @size: its size in bytes
 * @count: number of dropped writes; stops at U32_MAX
 * @value: value of the last one
 *
 * Protected like its struct conf_space.
 */
struct conf_drop {
	u16 off;
	u8 size;
	u32 count;
	u32 value;
};

/* Registers that the audit lists one by one; further ones are counted together. */
#define CONF_MAX_DROPS	32

/**
 * struct conf_audit - the dropped writes of one guest
 * @nr: number of valid entries of @drops
 * @unlisted: dropped writes of registers beyond CONF_MAX_DROPS; stops at U32_MAX
 * @total: all dropped writes; stops at U32_MAX
 * @drops: by register, in the order of the first dropped write
 *
 * Protected like its struct conf_space.
 */
struct conf_audit {
	unsigned int nr;
	u32 unlisted;
	u32 total;
	struct conf_drop drops[CONF_MAX_DROPS];
};

/**
 * struct conf_ident - properties that configuration space does not tell reliably
 * @vendor: vendor ID (a virtual function reads 0xffff in hardware)
 * @device: device ID
 * @irq_line: value of Interrupt Line for the guest
 * @header_type: 0 or 1
 * @bar: base address registers, in register order
 * @rom: expansion ROM base address register
 *
 * Filled by the caller of pciback_conf_add_header(); needs no lock.
 */
struct conf_ident {
	u16 vendor;
	u16 device;
	u8 irq_line;
	u8 header_type;
	struct conf_bar bar[CONF_NR_BARS];
	struct conf_bar rom;
};

/**
 * struct conf_space - configuration space of one function as its guest sees it
 * @hw: operations on the hardware
 * @ctx: argument of every call to @hw
 * @size: bytes of configuration space: 256 or 4096
 * @nr_regs: number of valid entries of @regs
 * @max_regs: largest number of registers
 * @header_type: 0 or 1, set by pciback_conf_add_header()
 * @cap_msi: offset of the MSI capability, 0 if absent
 * @cap_msix: offset of the MSI-X capability, 0 if absent
 * @level: what the guest may write in addition to what rows allow
 * @interrupt_control: a device model may enable and disable INTx, MSI and MSI-X
 * @enabled: @hw->enable has succeeded for this guest
 * @intx_wanted: the guest has enabled decoding, so it may be using INTx
 * @atomic: the caller must not sleep; set before each write
 * @vpd_data: the data register of the VPD capability, or NULL
 * @dropped: set when a write was dropped, wholly or in part; the caller clears it
 * @audit: dropped writes of the current guest, or of the last one
 * @map: for each byte: 1 + index into @regs, CONF_MAP_FREE or CONF_MAP_HIDDEN
 * @quirks: for each byte: bits that quirks make writable
 * @regs: the registers
 *
 * Has no lock: the caller serialises all calls on a space. In the module that is the
 * lock of struct pcistub_device.
 */
struct conf_space {
	const struct conf_hw *hw;
	void *ctx;
	unsigned int size;
	unsigned int nr_regs;
	unsigned int max_regs;
	u8 header_type;
	u16 cap_msi;
	u16 cap_msix;
	enum conf_level level;
	bool interrupt_control;
	bool enabled;
	bool intx_wanted;
	bool atomic;
	bool dropped;
	struct conf_reg *vpd_data;
	struct conf_audit audit;
	u16 *map;
	u8 *quirks;
	struct conf_reg *regs;
};

/* Enough for all rows of a header and of one instance of each capability. */
#define CONF_MAX_REGS	256

/* Value of the map for a byte without a register. */
#define CONF_MAP_FREE	0
/* Value of the map for a hidden byte: it reads as zero and is never written. */
#define CONF_MAP_HIDDEN	U16_MAX

/* space.c: the engine */
size_t pciback_conf_space_bytes(unsigned int size, unsigned int max_regs);
void pciback_conf_space_init(struct conf_space *cs, unsigned int size, unsigned int max_regs,
			     const struct conf_hw *hw, void *ctx);
int pciback_conf_add_rows(struct conf_space *cs, unsigned int base,
			  const struct conf_row *rows, unsigned int nr);
struct conf_reg *pciback_conf_reg_at(struct conf_space *cs, unsigned int off);
void pciback_conf_hide(struct conf_space *cs, unsigned int from, unsigned int to);
void pciback_conf_reset(struct conf_space *cs);
void pciback_conf_forget_drops(struct conf_space *cs);
int pciback_conf_open(struct conf_space *cs, unsigned int off, unsigned int size, u32 mask);
void pciback_conf_close(struct conf_space *cs);
int pciback_conf_read(struct conf_space *cs, s32 off, s32 size, u32 *val);
int pciback_conf_write(struct conf_space *cs, s32 off, s32 size, u32 val);

/* header.c, caps.c, ext_caps.c: the rows of a function */
int pciback_conf_add_header(struct conf_space *cs, const struct conf_ident *id);
int pciback_conf_add_caps(struct conf_space *cs);
int pciback_conf_add_ext_caps(struct conf_space *cs);

#endif /* PCIBACK_CONF_H */
