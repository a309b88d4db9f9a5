/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A simulated PCI function: memory for its registers, masks of writable bits and of
 * bits that a one clears, and injected errors.
 */
#ifndef FUZZ_FAKEHW_H
#define FUZZ_FAKEHW_H

#include <pciback/conf.h>

#define SPACE	4096

/**
 * struct fakehw - the function
 * @mem: its registers
 * @writable: bits that follow a write
 * @w1c: bits that writing a one clears
 * @size: bytes of configuration space
 * @absent: reads return ones and writes have no effect, as after a surprise removal
 * @fail_in: the access that fails, counted from now, 1 is the next; 0: none
 * @fail_with: its error; 0: the function becomes absent instead
 * @failed: an access has failed since this was last cleared
 * @enable_err, @mwi_err, @power_err, @vpd_err: return values of these operations
 * @flip_in: after so many reads, the byte at @flip_at changes by @flip_by, as if the
 *	function returned different values each time
 * @flip_at: offset of that byte
 * @flip_by: bits of that byte that are inverted
 * @reads, @writes, @enables, @resets, @drops: number of calls so far
 * @may_write: if not NULL, checks a write before it is carried out
 * @priv: argument of @may_write
 */
struct fakehw {
	u8 mem[SPACE];
	u8 writable[SPACE];
	u8 w1c[SPACE];
	unsigned int size;
	bool absent;
	unsigned int fail_in;
	int fail_with;
	bool failed;
	int enable_err, mwi_err, power_err, vpd_err;
	unsigned int flip_in;
	u16 flip_at;
	u8 flip_by;
	unsigned int reads, writes, enables, resets, drops;
	void (*may_write)(void *priv, unsigned int off, unsigned int size, u32 val);
	void *priv;
};

extern const struct conf_hw fake_ops;

u32 fake_get(const struct fakehw *hw, unsigned int off, unsigned int size);
void fake_set(struct fakehw *hw, unsigned int off, unsigned int size, u32 val);
u32 fake_peek(const struct fakehw *hw, unsigned int off, unsigned int size);
void fake_poke(struct fakehw *hw, unsigned int off, unsigned int size, u32 val);
u8 fake_after(const struct fakehw *hw, unsigned int off, u8 val);
void fake_bits(struct fakehw *hw, unsigned int off, u16 bits, bool on);
u32 fake_vpd(unsigned int addr);

#endif /* FUZZ_FAKEHW_H */
