/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A configuration space on the fixture: the engine with a piece of memory for
 * its hardware, which remembers what was asked of it.
 */
#ifndef PCIBACK_TESTS_CONF_FIXTURE_H
#define PCIBACK_TESTS_CONF_FIXTURE_H

#include <kunit/test.h>
#include <linux/pci.h>
#include <pciback/conf.h>

/**
 * struct conf_fixture - hardware and what happened to it
 * @cs: the space under test
 * @hw: the registers
 * @writable: bits that follow a write; all of them unless a test says otherwise
 * @w1c: bits that a written 1 clears instead
 * @nr_reads: reads of the hardware
 * @nr_writes: writes to it
 * @last_off: offset of the last write
 * @last_size: its size
 * @last_val: its value
 * @nr_enable: calls of each operation of struct conf_hw
 * @nr_master: see @nr_enable
 * @nr_mwi: see @nr_enable
 * @nr_intx: see @nr_enable
 * @nr_power: see @nr_enable
 * @nr_vpd: see @nr_enable
 * @nr_reset: see @nr_enable
 * @nr_dropped: see @nr_enable
 * @master: argument of the last call
 * @mwi: see @master
 * @intx: see @master
 * @power: see @master
 * @vpd_addr: see @master
 * @vpd: what the card holds there
 * @dropped_off: see @master
 * @dropped_size: see @master
 * @dropped_val: see @master
 * @enable_err: what the next calls return
 * @mwi_err: see @enable_err
 * @power_err: see @enable_err
 * @vpd_err: see @enable_err
 * @read_err: see @enable_err
 * @write_err: see @enable_err
 */
struct conf_fixture {
	struct conf_space *cs;
	u8 hw[PCI_CFG_SPACE_EXP_SIZE];
	u8 writable[PCI_CFG_SPACE_EXP_SIZE];
	u8 w1c[PCI_CFG_SPACE_EXP_SIZE];
	unsigned int nr_reads, nr_writes;
	unsigned int last_off, last_size;
	u32 last_val;
	unsigned int nr_enable, nr_master, nr_mwi, nr_intx, nr_power, nr_vpd, nr_reset, nr_dropped;
	bool master, mwi, intx;
	unsigned int power, vpd_addr;
	u32 vpd;
	unsigned int dropped_off, dropped_size;
	u32 dropped_val;
	int enable_err, mwi_err, power_err, vpd_err, read_err, write_err;
};

struct conf_fixture *conf_fixture_new(struct kunit *test, unsigned int size, unsigned int max_regs);
u32 conf_fixture_get(const struct conf_fixture *b, unsigned int off, unsigned int size);
void conf_fixture_permissive(struct conf_fixture *b, bool on);
void conf_fixture_set(struct conf_fixture *b, unsigned int off, unsigned int size, u32 val);

/* What a guest sees, the access itself being expected to succeed. */
u32 conf_fixture_read(struct kunit *test, unsigned int off, unsigned int size);
void conf_fixture_write(struct kunit *test, unsigned int off, unsigned int size, u32 val);

#endif /* PCIBACK_TESTS_CONF_FIXTURE_H */
