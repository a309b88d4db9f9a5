/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * A fake host bridge with a function of each kind, the driver registered with
 * the PCI core and with its sysfs files, and an owner that stands for a backend.
 */
#ifndef PCIBACK_TESTS_SEIZE_FIXTURE_H
#define PCIBACK_TESTS_SEIZE_FIXTURE_H

#include <kunit/test.h>
#include "record/record.h"
#include "fake_pci.h"

/* The functions of the fixture. */
enum fixture_fn {
	CARD,		/* 1234:00:03.0, PCIe, FLR, all capabilities */
	CARD_1,		/* 1234:00:03.1, the same, second function */
	PORT,		/* 1234:00:04.0, root port */
	CONV_AF,	/* 1234:00:05.0, conventional, AF FLR */
	CONV,		/* 1234:00:06.0, conventional, no reset, no capabilities */
	CONV_PM_RESET,	/* 1234:00:07.0, conventional, reset from D3hot to D0 */
	CONV_PM,	/* 1234:00:08.0, conventional, power management, no reset */
	BELOW,		/* 1234:01:00.0, PCIe, FLR, below the port */
	BELOW_1,	/* 1234:01:00.1, the same, second function */
	NR_FIXTURE_FNS
};

/**
 * struct fixture_guest - an owner of functions, in the place of a backend
 * @owner: what functions are assigned to
 * @ops: of @owner; a test may change them
 * @revoked: calls of ops.revoke
 * @detaches_expected: calls of ops.expect_detach
 * @detach_ms: what ops.request_detach returns
 * @detaches: the function, or NULL, that the guest loses in ops.request_detach
 * @detaches_requested: calls of ops.request_detach
 * @released: the last reference to @owner was dropped
 *
 * Locking: the driver calls @ops, except release, under the function's
 * device_lock(). A test reads the counters when no other thread uses the
 * function.
 */
struct fixture_guest {
	struct pciback_owner owner;
	struct pciback_owner_ops ops;
	unsigned int revoked;
	unsigned int detaches_expected;
	unsigned int detach_ms;
	struct pcistub_device *detaches;
	unsigned int detaches_requested;
	bool released;
};

/**
 * struct seize_fixture - functions, driver and owner
 * @host: the fake host bridge
 * @fn: its functions
 * @guest: an owner to assign functions to
 * @driver: the driver is registered with the PCI core
 * @sysfs: the driver's sysfs files exist
 *
 * Locking: none; set and changed by the test's thread only.
 */
struct seize_fixture {
	struct fake_pci_host host;
	struct fake_pci_fn *fn[NR_FIXTURE_FNS];
	struct fixture_guest guest;
	bool driver;
	bool sysfs;
};

/**
 * struct fixture_host - the state that a host leaves a function in
 * @command: COMMAND
 * @cache_line: cache line size
 * @latency: latency timer
 * @line: interrupt line
 * @pm_ctrl: PMCSR, 0 for what it is after reset
 * @devctl: PCIe device control, 0 for what it is after reset
 * @msi: the MSI capability still has the message of the host's driver
 */
struct fixture_host {
	u16 command;
	u8 cache_line, latency, line;
	u16 pm_ctrl;
	u16 devctl;
	bool msi;
};

/* As firmware leaves a function, and as a driver leaves it at its unbind. */
#define FIXTURE_FRESH	{ .line = 11 }
#define FIXTURE_USED	{ .command = 0x0142, .cache_line = 16, .latency = 64, .line = 10, \
			  .devctl = 0x283f, .pm_ctrl = 0x0108, .msi = true }
#define FIXTURE_CONV_USED { .command = 0x0543, .cache_line = 8, .latency = 32, .line = 5 }
/* The host selected what the power data register shows: PMCSR, Data_Select. */
#define FIXTURE_CONV_DATA { .command = 0x0543, .line = 5, .pm_ctrl = 0x0a08 }

/* init and exit of a suite; test->priv is the fixture. */
int seize_fixture_init(struct kunit *test);
void seize_fixture_exit(struct kunit *test);

void fixture_guest_init(struct fixture_guest *guest, domid_t domid);
int fixture_driver_start(struct seize_fixture *f);
void fixture_driver_stop(struct seize_fixture *f);

/* Files of the driver and of a function, through the file system. */
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
