/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * The driver at work on the fake host bridge: a small machine's worth of
 * functions, the driver registered with its sysfs files, and a pretend guest.
 */
#ifndef PCIBACK_TESTS_SEIZE_FIXTURE_H
#define PCIBACK_TESTS_SEIZE_FIXTURE_H

#include <kunit/test.h>
#include "record/record.h"
#include "fake_pci.h"

/* The functions of the fixture. */
enum fixture_fn {
	CARD,		/* 1234:00:03.0, PCIe, FLR, everything on it */
	CARD_1,		/* 1234:00:03.1, its second function */
	PORT,		/* 1234:00:04.0, root port */
	OLD,		/* 1234:00:05.0, conventional, resets by AF */
	PLAIN,		/* 1234:00:06.0, conventional, no reset, no capabilities */
	SOFT,		/* 1234:00:07.0, conventional, resets by power state */
	DULL,		/* 1234:00:08.0, conventional, power management, no reset */
	BELOW,		/* 1234:01:00.0, PCIe, FLR, below the port */
	BELOW_1,	/* 1234:01:00.1 */
	NR_FIXTURE_FNS
};

/**
 * struct fixture_guest - somebody who holds functions
 * @owner: as the driver knows it
 * @ops: what the driver calls
 * @revoked: how often a function was taken from him
 * @ahead: how often a function was about to be
 * @released: the last reference to him is gone
 */
struct fixture_guest {
	struct pciback_owner owner;
	struct pciback_owner_ops ops;
	unsigned int revoked;
	unsigned int ahead;
	bool released;
};

/**
 * struct seize_fixture - the machine
 * @host: its bridge
 * @fn: its functions
 * @guest: a pretend guest
 * @driver: the driver is registered
 * @sysfs: its files exist
 */
struct seize_fixture {
	struct fake_pci_host host;
	struct fake_pci_fn *fn[NR_FIXTURE_FNS];
	struct fixture_guest guest;
	bool driver;
	bool sysfs;
};

/**
 * struct fixture_host - how a host had set up a function
 * @command: COMMAND
 * @cache_line: cache line size
 * @latency: latency timer
 * @line: interrupt line
 * @pm_ctrl: PMCSR, 0 for what it is after reset
 * @devctl: PCIe device control, 0 for what it is after reset
 * @msi: a driver left address and data of its last message behind
 */
struct fixture_host {
	u16 command;
	u8 cache_line, latency, line;
	u16 pm_ctrl;
	u16 devctl;
	bool msi;
};

/* As firmware leaves a function, and as a driver does that was unbound. */
#define FIXTURE_FRESH	{ .line = 11 }
#define FIXTURE_USED	{ .command = 0x0142, .cache_line = 16, .latency = 64, .line = 10, \
		  .devctl = 0x283f, .pm_ctrl = 0x0108, .msi = true }
#define FIXTURE_OLD_USED { .command = 0x0543, .cache_line = 8, .latency = 32, .line = 5 }
/* The host had chosen what the power data register shows. */
#define FIXTURE_OLD_DATA { .command = 0x0543, .line = 5, .pm_ctrl = 0x0a08 }

/* Suites' init and exit; test->priv is the fixture. */
int seize_fixture_init(struct kunit *test);
void seize_fixture_exit(struct kunit *test);

void fixture_guest_init(struct fixture_guest *guest, domid_t domid);
int fixture_driver_start(struct seize_fixture *b);
void fixture_driver_stop(struct seize_fixture *b);

/* sysfs, as a person uses it; a file of the driver, or of a function. */
ssize_t fixture_driver_write(const char *file, const char *text);
ssize_t fixture_driver_read(const char *file, char *buf, size_t size);
int fixture_driver_mode(const char *file);
int fixture_debug_show(struct file *file, char *buf, size_t size);
int fixture_debug_read(const char *path, char *buf, size_t size);
ssize_t fixture_fn_write(struct fake_pci_fn *fn, const char *file, const char *text);
const char *fixture_name(struct fake_pci_fn *fn);
ssize_t fixture_bind(struct fake_pci_fn *fn);
ssize_t fixture_unbind(struct fake_pci_fn *fn);

bool fixture_is_bound(struct fake_pci_fn *fn);
struct pcistub_device *fixture_find(struct fake_pci_fn *fn);
struct pcistub_device *fixture_seize(struct kunit *test, struct fake_pci_fn *fn);

void fixture_set_up(struct fake_pci_fn *fn, const struct fixture_host *host);
void fixture_write(struct pcistub_device *dev, int off, int size, u32 val);
u32 fixture_read(struct pcistub_device *dev, int off, int size);
void fixture_expect_same(struct kunit *test, struct fake_pci_fn *fn, const u8 *was,
			 const char *when);

#endif /* PCIBACK_TESTS_SEIZE_FIXTURE_H */
