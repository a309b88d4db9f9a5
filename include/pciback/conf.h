/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A guest's view of one function's configuration space.
 *
 * Every register is a row of a constant table (struct conf_row); a function's
 * space is the set of rows its header type and capabilities call for, found by
 * byte in constant time. Freestanding: the hardware is reached through struct conf_hw
 * alone, so the same source runs in the module, under KUnit and in user space.
 *
 * Functions return 0, a PCIBIOS_* code (PCI Firmware Specification), or what
 * an operation of struct conf_hw returned.
 */
#ifndef PCIBACK_CONF_H
#define PCIBACK_CONF_H

#include <linux/limits.h>
#include <linux/types.h>

struct conf_space;
struct conf_reg;

/**
 * struct conf_hw - what the engine asks of the hardware
 * @read: read @size bytes at @off; 0 or a PCIBIOS_* code
 * @write: write @size bytes at @off; 0 or a PCIBIOS_* code
 * @enable: make the function answer in memory and I/O space and route its
 *	interrupt; asked for once per guest; 0 or -errno, handed to the guest
 * @set_master: switch bus mastering
 * @set_mwi: switch memory-write-invalidate; 0 or -errno
 * @set_intx: let the function raise INTx, or not
 * @set_power_state: go to D0..D3hot (0..3); 0 or -errno
 * @read_vpd: read four bytes of vital product data, within a bounded time; 0
 *	or -errno
 * @request_reset: the guest asks for a function level reset; it is carried out
 *	once the access is over
 * @dropped: the first write of this guest that changed nothing
 *
 * Each gets the @ctx of the space. All may sleep.
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
 *	level opens it. The engine treats its bytes like bytes without a row: it
 *	is there to say why
 * @hw: bits the guest sees as the hardware has them
 * @virt: bits the guest sees from the virtual value; what is in neither mask
 *	is hidden and reads as zero
 * @write_hw: bits whose writes reach the hardware
 * @write_virt: bits whose writes change the virtual value
 * @w1c: hardware bits that a written one clears
 * @read: replaces the reading that @hw and @virt describe
 * @write: replaces the writing that the masks describe; @val holds the
 *	register's present reading in bytes the guest did not write, @mask has
 *	ones in the bytes it did
 * @why: the reason, for the audit and the documentation
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
 * @virt: virtual value, as the present guest left it
 * @reset: virtual value that a new guest finds
 * @len: what a base address register answers to sizing
 * @ignore: low bits that do not count when a sizing write is recognised
 * @sizing: the register answers with @len
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
 * @len: reading after all ones were written
 * @ignore: low bits that a sizing write may leave clear
 */
struct conf_bar {
	u32 val;
	u32 len;
	u32 ignore;
};

#define CONF_NR_BARS	6

/**
 * enum conf_level - what may be written besides what rows allow
 * @CONF_STRICT: nothing
 * @CONF_QUIRKS: the bits that quirks list
 * @CONF_PERMISSIVE: everything that is not virtualised or hidden
 */
enum conf_level {
	CONF_STRICT,
	CONF_QUIRKS,
	CONF_PERMISSIVE,
};

/**
 * struct conf_drop - a register that a guest tried to change and could not
 * @off: offset of the access
 * @size: size of the access
 * @count: how often
 * @value: what it wrote last
 */
struct conf_drop {
	u16 off;
	u8 size;
	u32 count;
	u32 value;
};

/* Registers the audit has room for; more are counted together. */
#define CONF_MAX_DROPS	32

/**
 * struct conf_audit - the dropped writes of one guest
 * @nr: entries of @drops in use
 * @unlisted: dropped writes that found no room there
 * @total: all dropped writes
 * @drops: by register, in the order of first appearance
 */
struct conf_audit {
	unsigned int nr;
	u32 unlisted;
	u32 total;
	struct conf_drop drops[CONF_MAX_DROPS];
};

/**
 * struct conf_ident - what configuration space itself does not tell reliably
 * @vendor: vendor ID (a virtual function reads 0xffff in hardware)
 * @device: device ID
 * @irq_line: interrupt line as the guest must use it
 * @header_type: 0 or 1
 * @bar: base address registers, in register order
 * @rom: expansion ROM base address
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
 * @hw: the hardware
 * @ctx: argument of every call to @hw
 * @size: bytes of configuration space: 256 or 4096
 * @nr_regs: registers in use
 * @max_regs: registers there is room for
 * @cap_msi: offset of the MSI capability, 0 if absent
 * @cap_msix: offset of the MSI-X capability, 0 if absent
 * @level: what may be written besides what rows allow
 * @interrupt_control: a device model may switch INTx, MSI and MSI-X
 * @enabled: @hw->enable has succeeded for this guest
 * @intx_wanted: the guest has decoding on, so it may be using INTx
 * @vpd_data: the data register of the VPD capability, or NULL
 * @dropped: set when a write did not happen, or not all of it; for the owner,
 *	who clears it
 * @audit: what the present guest, or the last, could not change
 * @map: per byte of the space: 1 + index into @regs, CONF_MAP_FREE or
 *	CONF_MAP_HIDDEN
 * @quirks: per byte of the space: bits that quirks let the guest write
 * @regs: the registers
 *
 * Not locked here: the owner serialises all calls on one space.
 */
struct conf_space {
	const struct conf_hw *hw;
	void *ctx;
	unsigned int size;
	unsigned int nr_regs;
	unsigned int max_regs;
	u16 cap_msi;
	u16 cap_msix;
	enum conf_level level;
	bool interrupt_control;
	bool enabled;
	bool intx_wanted;
	bool dropped;
	struct conf_reg *vpd_data;
	struct conf_audit audit;
	u16 *map;
	u8 *quirks;
	struct conf_reg *regs;
};

/* Room for all rows of a header and of one instance of each capability. */
#define CONF_MAX_REGS	256

/* A byte without a register: read from the hardware. */
#define CONF_MAP_FREE	0
/* A byte of a hidden capability: reads as zero, is never written. */
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

/* header.c, caps.c, ext_caps.c: which rows a function has */
int pciback_conf_add_header(struct conf_space *cs, const struct conf_ident *id);
int pciback_conf_add_caps(struct conf_space *cs);
int pciback_conf_add_ext_caps(struct conf_space *cs);

#endif /* PCIBACK_CONF_H */
