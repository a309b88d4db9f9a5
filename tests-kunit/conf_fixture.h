/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A configuration space for tests: the engine of conf/ with memory in the place
 * of hardware, which counts the operations and stores their last arguments.
 */
#ifndef PCIBACK_TESTS_CONF_FIXTURE_H
#define PCIBACK_TESTS_CONF_FIXTURE_H

#include <kunit/test.h>
#include <linux/pci.h>
#include <pciback/conf.h>

/**
 * struct conf_fixture - a space, its hardware, and what was done to that
 * @cs: the space under test
 * @hw: the registers
 * @writable: bits that take the value written; all of them unless a test changes it
 * @w1c: bits that are cleared by writing 1 instead
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
 * @vpd: what a read of vital product data returns
 * @dropped_off: see @master
 * @dropped_size: see @master
 * @dropped_val: see @master
 * @enable_err: what the next calls return
 * @mwi_err: see @enable_err
 * @power_err: see @enable_err
 * @vpd_err: see @enable_err
 * @read_err: see @enable_err
 * @write_err: see @enable_err
 *
 * Locking: none; used by the test's thread only.
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
u32 conf_fixture_get(const struct conf_fixture *f, unsigned int off, unsigned int size);
void conf_fixture_permissive(struct conf_fixture *f, bool on);
void conf_fixture_set(struct conf_fixture *f, unsigned int off, unsigned int size, u32 val);

/* Accesses of a guest; they fail the test if they fail. */
u32 conf_fixture_read(struct kunit *test, unsigned int off, unsigned int size);
void conf_fixture_write(struct kunit *test, unsigned int off, unsigned int size, u32 val);

#endif /* PCIBACK_TESTS_CONF_FIXTURE_H */
