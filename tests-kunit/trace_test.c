// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Counters and trace events: each thing that happens changes the counters that it
 * should and no others, and makes one trace event with function and domain. The
 * files of counters exist as long as the function or backend.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include <pciback/vpci.h>
#include "backend/backend.h"
#include "backend/vbus.h"
#include "device/lifecycle.h"
#include "irq/irq.h"
#include "record/record.h"
#include "record/stats.h"
#include "trace/events.h"
#include "trace/stats.h"
#include "trace/trace.h"
#include "seize_fixture.h"
#include "suites.h"

#define DOMID		9
#define COUNTERS	"/sys/kernel/debug/xen-pciback/"
#define CARD_COUNTERS	COUNTERS "devices/1234:00:03.0/counters"

static void backend_release(struct kref *ref)
{
}

static void backend_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
	pciback_vbus_remove(&container_of(owner, struct pciback_backend, owner)->vbus, dev);
}

static const struct pciback_owner_ops backend_owner_ops = {
	.release = backend_release,
	.revoke = backend_revoke,
};

/* The parts of a backend that requests need. */
static struct pciback_backend *backend_new(struct kunit *test)
{
	struct pciback_backend *backend = kunit_kzalloc(test, sizeof(*backend), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, backend);
	kref_init(&backend->owner.ref);
	backend->owner.domid = DOMID;
	backend->owner.ops = &backend_owner_ops;
	pciback_vbus_init(&backend->vbus, &pciback_vbus_vpci);
	return backend;
}

static struct pcistub_device *card_assign(struct kunit *test, struct pciback_backend *backend)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);
	struct pciback_addr virt;

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &backend->owner), 0);
	KUNIT_ASSERT_EQ(test, pciback_vbus_add(&backend->vbus, dev, &virt), 0);
	return dev;
}

static void card_deassign(struct pciback_backend *backend, struct pcistub_device *dev)
{
	pciback_vbus_remove(&backend->vbus, dev);
	pciback_device_deassign(dev, &backend->owner);
	pciback_device_put(dev);
}

/* Requests, and which counters of backend and device each increments. */
struct request_row {
	const char *name;
	struct xen_pci_op op;
	unsigned int kind;		/* BACKEND_STAT_OPS... */
	enum pciback_result result;
	bool not_assigned;		/* not to a function of the guest */
	unsigned int dropped, enables_failed;
};

static const struct request_row request_rows[] = {
	{ "read", { .cmd = 0, .offset = 0, .size = 4 }, BACKEND_STAT_OPS + 0,
	  PCIBACK_RESULT_SUCCESS },
	{ "read past the end", { .cmd = 0, .offset = 4096, .size = 4 }, BACKEND_STAT_OPS + 0,
	  PCIBACK_RESULT_INVALID_OFFSET },
	{ "read, not assigned", { .cmd = 0, .devfn = 8, .size = 4 }, BACKEND_STAT_OPS + 0,
	  PCIBACK_RESULT_DEV_NOT_FOUND, true },
	{ "write", { .cmd = 1, .offset = PCI_CACHE_LINE_SIZE, .size = 1, .value = 8 },
	  BACKEND_STAT_OPS + 1, PCIBACK_RESULT_SUCCESS },
	{ "write that is dropped", { .cmd = 1, .offset = PCI_VENDOR_ID, .size = 2 },
	  BACKEND_STAT_OPS + 1, PCIBACK_RESULT_SUCCESS, .dropped = 1 },
	/* Without Xen there are no pirqs. */
	{ "enable MSI", { .cmd = 2 }, BACKEND_STAT_OPS + 2, PCIBACK_RESULT_OP_FAILED,
	  .enables_failed = 1 },
	{ "disable MSI", { .cmd = 3 }, BACKEND_STAT_OPS + 3, PCIBACK_RESULT_SUCCESS },
	{ "MSI-X without vectors", { .cmd = 4, .value = 0 }, BACKEND_STAT_OPS + 4,
	  PCIBACK_RESULT_ERRNO, .enables_failed = 1 },
	{ "MSI-X, not assigned", { .cmd = 4, .bus = 1, .value = 1 }, BACKEND_STAT_OPS + 4,
	  PCIBACK_RESULT_DEV_NOT_FOUND, true },
	{ "disable MSI-X", { .cmd = 5 }, BACKEND_STAT_OPS + 5, PCIBACK_RESULT_SUCCESS },
	{ "AER operation", { .cmd = 6 }, BACKEND_STAT_OPS_UNKNOWN, PCIBACK_RESULT_NOT_IMPLEMENTED },
	{ "no such operation", { .cmd = U32_MAX }, BACKEND_STAT_OPS_UNKNOWN,
	  PCIBACK_RESULT_NOT_IMPLEMENTED },
};

KUNIT_ARRAY_PARAM_DESC(request, request_rows, name);

static void expect_stats(struct kunit *test, const atomic64_t *stats, const u64 *want,
			 unsigned int nr, const char *what)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, (u64)atomic64_read(&stats[i]), want[i], "%s, counter %u",
				    what, i);
}

static void request_stats(struct kunit *test)
{
	const struct request_row *row = test->param_value;
	struct pciback_backend *backend = backend_new(test);
	struct pcistub_device *dev = card_assign(test, backend);
	u64 backend_stats[BACKEND_NR_STATS] = { [BACKEND_STAT_ASSIGNED] = 1 };
	u64 device_stats[DEVICE_NR_STATS] = { [DEVICE_STAT_ASSIGNMENTS] = 1,
					      [DEVICE_STAT_RESETS] = 1 };
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, op);
	expect_stats(test, backend->owner.stats, backend_stats, BACKEND_NR_STATS, "backend before");
	expect_stats(test, dev->stats, device_stats, DEVICE_NR_STATS, "device before");
	*op = row->op;
	pciback_backend_do_op(backend, op);

	backend_stats[row->kind]++;
	if (row->result)
		backend_stats[BACKEND_STAT_ERRORS + row->result - 1]++;
	backend_stats[BACKEND_STAT_DROPPED_WRITES] += row->dropped;
	if (!row->not_assigned) {
		device_stats[DEVICE_STAT_OPS]++;
		device_stats[DEVICE_STAT_OP_ERRORS] += row->result != PCIBACK_RESULT_SUCCESS;
		device_stats[DEVICE_STAT_DROPPED_WRITES] += row->dropped;
		device_stats[DEVICE_STAT_IRQ_ENABLES_FAILED] += row->enables_failed;
	}
	expect_stats(test, backend->owner.stats, backend_stats, BACKEND_NR_STATS, "backend");
	expect_stats(test, dev->stats, device_stats, DEVICE_NR_STATS, "device");
	card_deassign(backend, dev);
	KUNIT_EXPECT_EQ(test, atomic64_read(&backend->owner.stats[BACKEND_STAT_DEASSIGNED]), 1);
	pciback_vbus_destroy(&backend->vbus);
}

/* The trace events, one line of text each. */
static char seen[1024];

static void seen_add(int domid, const struct pci_dev *pdev, const char *what, u64 a, s64 b)
{
	size_t len = strlen(seen);

	snprintf(seen + len, sizeof(seen) - len, "%s %d %s %llx %lld\n", what, domid,
		 pdev ? pci_name(pdev) : "-", a, b);
}

static void seen_op(void *unused, int domid, struct pci_dev *pdev, const struct xen_pci_op *op,
		    enum pciback_result result, u64 ns)
{
	seen_add(domid, pdev, "op", op->cmd, result);
}

static void seen_drop(void *unused, int domid, struct pci_dev *pdev, s32 offset, s32 size,
		      u32 value)
{
	seen_add(domid, pdev, "drop", offset, value);
}

static void seen_reset(void *unused, int domid, struct pci_dev *pdev, enum reset_reason reason,
		       int err, u32 ms)
{
	seen_add(domid, pdev, "reset", reason, err);
}

static void seen_irq(void *unused, int domid, struct pci_dev *pdev, enum pciback_irq_event what,
		     u32 nr, int err)
{
	seen_add(domid, pdev, "irq", what, err);
}

static void seen_state(void *unused, int domid, struct pci_dev *pdev, enum pciback_state state)
{
	seen_add(domid, pdev, "state", state, 0);
}

static int probes_register(void)
{
	return register_trace_pciback_op(seen_op, NULL) ?:
	       register_trace_pciback_drop(seen_drop, NULL) ?:
	       register_trace_pciback_reset(seen_reset, NULL) ?:
	       register_trace_pciback_irq(seen_irq, NULL) ?:
	       register_trace_pciback_state(seen_state, NULL);
}

static void probes_unregister(void)
{
	unregister_trace_pciback_state(seen_state, NULL);
	unregister_trace_pciback_irq(seen_irq, NULL);
	unregister_trace_pciback_reset(seen_reset, NULL);
	unregister_trace_pciback_drop(seen_drop, NULL);
	unregister_trace_pciback_op(seen_op, NULL);
	tracepoint_synchronize_unregister();
}

/* The events from seize to release, in order. */
static void events(struct kunit *test)
{
	/* Numbers of states and reasons may change; only their names are fixed. */
	static const char form[] =
		"reset -1 1234:00:03.0 %d 0\n"
		"state -1 1234:00:03.0 %d 0\n"
		"state 9 1234:00:03.0 %d 0\n"
		"op 9 1234:00:03.0 0 0\n"
		"drop 9 1234:00:03.0 0 4660\n"
		"op 9 1234:00:03.0 1 0\n"
		"irq 9 1234:00:03.0 1 -22\n"		/* 0 vectors */
		"op 9 1234:00:03.0 4 6\n"
		"op 9 - ffffffff 1\n"			/* not assigned */
		"state 9 1234:00:03.0 %d 0\n"
		"reset 9 1234:00:03.0 %d 0\n"
		"state 9 1234:00:03.0 %d 0\n"
		"state -1 1234:00:03.0 %d 0\n";
	char *want = kunit_kzalloc(test, sizeof(form) + 16, GFP_KERNEL);
	struct xen_pci_op *op = kunit_kzalloc(test, 4 * sizeof(*op), GFP_KERNEL);
	struct pciback_backend *backend = backend_new(test);
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, op);
	KUNIT_ASSERT_NOT_NULL(test, want);
	snprintf(want, sizeof(form) + 16, form, RESET_FOR_SEIZE, PCIBACK_STATE_SEIZED,
		 PCIBACK_STATE_ASSIGNED, PCIBACK_STATE_DETACHING, RESET_FOR_DEASSIGN,
		 PCIBACK_STATE_IDLE, PCIBACK_STATE_RELEASED);
	op[0] = (struct xen_pci_op){ .cmd = XEN_PCI_OP_conf_read, .size = 4 };
	op[1] = (struct xen_pci_op){ .cmd = XEN_PCI_OP_conf_write, .size = 2, .value = 0x1234 };
	op[2] = (struct xen_pci_op){ .cmd = XEN_PCI_OP_enable_msix };
	op[3] = (struct xen_pci_op){ .cmd = U32_MAX, .bus = 1 };
	seen[0] = '\0';
	KUNIT_EXPECT_EQ(test, probes_register(), 0);
	dev = card_assign(test, backend);
	for (i = 0; i < 4; i++)
		pciback_backend_do_op(backend, &op[i]);
	card_deassign(backend, dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD]), 12);
	probes_unregister();
	KUNIT_EXPECT_STREQ(test, seen, want);
	pciback_vbus_destroy(&backend->vbus);
}

static void device_counters(struct kunit *test)
{
	static const char want[] =
		"ops 0\nop_errors 0\ndropped_writes 2\nassignments 1\nresets 2\nresets_failed 0\n"
		"irq_enables 0\nirq_enables_failed 1\nirq_disables 0\nintx_handled 0\n"
		"config_differences 0\n";
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev;
	struct file *file;
	char text[512];
	u32 value;

	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), -ENOENT);
	dev = fixture_seize(test, f->fn[CARD]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	fixture_write(dev, PCI_VENDOR_ID, 2, 0);
	fixture_write(dev, PCI_VENDOR_ID, 2, 0);
	pciback_msi_enable(dev, 1, &value);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), 0);
	KUNIT_EXPECT_STREQ(test, text, want);

	file = filp_open(CARD_COUNTERS, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD]), 12);
	/* The last reference to the record: the open file must not use it. */
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_debug_show(file, text, sizeof(text)), -EIO);
	filp_close(file, NULL);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), -ENOENT);

	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), 0);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "\nresets 1\n"), "counted from 0 again: %s",
				  text);
}

static void backend_counters(struct kunit *test)
{
	struct pciback_backend *backend = backend_new(test), *other = backend_new(test);
	char text[1024];
	int i, lines = 0;

	pciback_stat_add_backend(&backend->owner, "0");
	pciback_stat_add_backend(&other->owner, "1");
	pciback_stat_inc(backend->owner.stats, BACKEND_STAT_EVENTS_SPURIOUS);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(COUNTERS "guests/9-0/counters", text,
						 sizeof(text)), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\nevents_spurious 1\n"));
	for (i = 0; text[i]; i++)
		lines += text[i] == '\n';
	KUNIT_EXPECT_EQ(test, lines, BACKEND_NR_STATS);
	KUNIT_EXPECT_NULL_MSG(test, strstr(text, "(null)"), "every counter has a name: %s", text);
	pciback_stat_remove_backend(&backend->owner);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(COUNTERS "guests/9-0/counters", text,
						 sizeof(text)), -ENOENT);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(COUNTERS "guests/9-1/counters", text,
						 sizeof(text)), 0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\nevents_spurious 0\n"));
	pciback_stat_remove_backend(&other->owner);
	pciback_vbus_destroy(&backend->vbus);
	pciback_vbus_destroy(&other->vbus);
}

/* Without files in debugfs there are still counters. */
static void no_debugfs(struct kunit *test)
{
	struct pciback_backend *backend = backend_new(test);
	struct pcistub_device *dev;
	char text[512];

	pciback_stat_exit();
	dev = card_assign(test, backend);
	pciback_stat_add_backend(&backend->owner, "0");
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), -ENOENT);
	KUNIT_EXPECT_EQ(test, fixture_debug_read("/sys/kernel/debug/9-0/counters", text,
						 sizeof(text)), -ENOENT);
	KUNIT_EXPECT_EQ(test, atomic64_read(&dev->stats[DEVICE_STAT_RESETS]), 1);
	pciback_stat_remove_backend(&backend->owner);
	card_deassign(backend, dev);
	pciback_vbus_destroy(&backend->vbus);
}

static struct kunit_case trace_cases[] = {
	KUNIT_CASE_PARAM(request_stats, request_gen_params),
	KUNIT_CASE(events),
	KUNIT_CASE(device_counters),
	KUNIT_CASE(backend_counters),
	KUNIT_CASE(no_debugfs),
	{}
};

struct kunit_suite trace_suite = {
	.name = "trace",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = trace_cases,
};
