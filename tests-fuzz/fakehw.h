/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A PCI function made of memory: which bits can be written, which a one clears,
 * and everything that can go wrong with an access.
 */
#ifndef FUZZ_FAKEHW_H
#define FUZZ_FAKEHW_H

#include <pciback/conf.h>

#define SPACE	4096

/**
 * struct fakehw - the function
 * @mem: its registers
 * @writable: bits that follow a write
 * @w1c: bits that a written one clears
 * @size: bytes of configuration space
 * @absent: reads as ones, loses writes, as after a surprise removal
 * @fail_in: which access from now goes wrong; 0: none
 * @fail_with: its error; 0: the function vanishes at that moment
 * @failed: something went wrong since this was last cleared
 * @enable_err, @mwi_err, @power_err, @vpd_err: what these operations return
 * @flip_in: after so many reads @flip_at changes by @flip_by: a function that
 *	tells another story each time it is asked
 * @reads, @writes, @enables, @resets, @drops: calls so far
 * @may_write: judges a write before it happens
 * @priv: for @may_write
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
