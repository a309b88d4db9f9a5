/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The expected behaviour of each register. It is written with the numbers of the
 * specifications and not with the names and tables of the engine, so that an error
 * there is not repeated here.
 */
#ifndef FUZZ_EXPECTED_REGS_H
#define FUZZ_EXPECTED_REGS_H

#include <linux/types.h>

enum kind {
	PLAIN,		/* described completely by the masks of struct expected_reg */
	RAW,		/* read from the hardware, not writable unless the level opens it */
	COMMAND,
	BIST,
	BAR,
	PMCSR,
	VPD_ADDR,
	MSI_FLAGS,
	MSIX_FLAGS,
	DEVCTL,
	AF_CTRL,
};

/**
 * struct expected_reg - one register
 * @off: offset from the start of the header or capability
 * @size: size in bytes
 * @kind: behaviour beyond the masks
 * @see: bits that the guest reads from the hardware
 * @own: bits that the guest reads from the virtual value
 * @keep: bits of the virtual value that the guest may change
 * @set: bits of the hardware that the guest may change at every level
 * @w1c: bits of the hardware that writing a one clears
 */
struct expected_reg {
	u16 off;
	u8 size;
	enum kind kind;
	u32 see, own, keep, set, w1c;
};

/**
 * struct expected_cap - a capability
 * @id: capability ID
 * @hide: largest length in bytes, if it must be hidden; else 0
 * @regs: its registers; the last entry has a size of 0
 */
struct expected_cap {
	u16 id;
	u16 hide;
	const struct expected_reg *regs;
};

extern const struct expected_reg header_regs[], type0_regs[], type1_regs[];
extern const struct expected_reg std_link[], ext_link[], ext_anchor[];
extern const struct expected_reg msi_regs[2][2][8];
extern const struct expected_reg pcix_regs[], pcix_bridge_regs[];
extern const struct expected_reg exp_regs[];

const struct expected_cap *std_cap(u8 id);
const struct expected_cap *ext_cap(u16 id);
unsigned int exp_length(u16 flags);

#endif /* FUZZ_EXPECTED_REGS_H */
