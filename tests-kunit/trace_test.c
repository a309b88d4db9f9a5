// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * What can be seen of the driver at work: each thing that happens is counted
 * where it should be and nowhere else, and offered as one trace event that
 * names the function and the domain; files go with what they show.
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

static void guest_release(struct kref *ref)
{
}

static void guest_revoke(struct pciback_owner *owner, struct pcistub_device *dev)
{
	pciback_vbus_remove(&container_of(owner, struct pciback_backend, owner)->vbus, dev);
}

static const struct pciback_owner_ops guest_ops = {
	.release = guest_release,
	.revoke = guest_revoke,
};

/* As much of a guest as answers requests. */
static struct pciback_backend *make_guest(struct kunit *test)
{
	struct pciback_backend *guest = kunit_kzalloc(test, sizeof(*guest), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, guest);
	kref_init(&guest->owner.ref);
	guest->owner.domid = DOMID;
	guest->owner.ops = &guest_ops;
	pciback_vbus_init(&guest->vbus, &pciback_vbus_vpci);
	return guest;
}

static struct pcistub_device *give_card(struct kunit *test, struct pciback_backend *guest)
{
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev = fixture_seize(test, b->fn[CARD]);
	struct pciback_addr virt;

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &guest->owner), 0);
	KUNIT_ASSERT_EQ(test, pciback_vbus_add(&guest->vbus, dev, &virt), 0);
	return dev;
}

static void take_card(struct pciback_backend *guest, struct pcistub_device *dev)
{
	pciback_vbus_remove(&guest->vbus, dev);
	pciback_device_deassign(dev, &guest->owner);
	pciback_device_put(dev);
}

/* Requests, and what each adds to the counters of guest and device. */
struct request_row {
	const char *name;
	struct xen_pci_op op;
	unsigned int kind;		/* BACKEND_STAT_OPS... */
	enum pciback_result result;
	bool elsewhere;			/* names no function of the guest */
	unsigned int dropped, enables_failed;
};

static const struct request_row request_rows[] = {
	{ "read", { .cmd = 0, .offset = 0, .size = 4 }, BACKEND_STAT_OPS + 0, PCIBACK_RESULT_SUCCESS },
	{ "read past the end", { .cmd = 0, .offset = 4096, .size = 4 }, BACKEND_STAT_OPS + 0,
	  PCIBACK_RESULT_INVALID_OFFSET },
	{ "read of another's", { .cmd = 0, .devfn = 8, .size = 4 }, BACKEND_STAT_OPS + 0,
	  PCIBACK_RESULT_DEV_NOT_FOUND, true },
	{ "write", { .cmd = 1, .offset = PCI_CACHE_LINE_SIZE, .size = 1, .value = 8 },
	  BACKEND_STAT_OPS + 1, PCIBACK_RESULT_SUCCESS },
	{ "write that changes nothing", { .cmd = 1, .offset = PCI_VENDOR_ID, .size = 2 },
	  BACKEND_STAT_OPS + 1, PCIBACK_RESULT_SUCCESS, .dropped = 1 },
	/* Nobody off Xen has pirqs to give. */
	{ "MSI", { .cmd = 2 }, BACKEND_STAT_OPS + 2, PCIBACK_RESULT_OP_FAILED, .enables_failed = 1 },
	{ "no MSI", { .cmd = 3 }, BACKEND_STAT_OPS + 3, PCIBACK_RESULT_SUCCESS },
	{ "MSI-X of no vectors", { .cmd = 4, .value = 0 }, BACKEND_STAT_OPS + 4, PCIBACK_RESULT_ERRNO,
	  .enables_failed = 1 },
	{ "MSI-X of another's", { .cmd = 4, .bus = 1, .value = 1 }, BACKEND_STAT_OPS + 4,
	  PCIBACK_RESULT_DEV_NOT_FOUND, true },
	{ "no MSI-X", { .cmd = 5 }, BACKEND_STAT_OPS + 5, PCIBACK_RESULT_SUCCESS },
	{ "answer of a guest to AER", { .cmd = 6 }, BACKEND_STAT_OPS_UNKNOWN, PCIBACK_RESULT_NOT_IMPLEMENTED },
	{ "no such operation", { .cmd = U32_MAX }, BACKEND_STAT_OPS_UNKNOWN, PCIBACK_RESULT_NOT_IMPLEMENTED },
};

KUNIT_ARRAY_PARAM_DESC(request, request_rows, name);

static void expect_counts(struct kunit *test, const atomic64_t *counts, const u64 *want,
			  unsigned int nr, const char *whose)
{
	unsigned int i;

	for (i = 0; i < nr; i++)
		KUNIT_EXPECT_EQ_MSG(test, (u64)atomic64_read(&counts[i]), want[i], "%s, counter %u",
				    whose, i);
}

static void counts_a_request(struct kunit *test)
{
	const struct request_row *row = test->param_value;
	struct pciback_backend *guest = make_guest(test);
	struct pcistub_device *dev = give_card(test, guest);
	u64 of_guest[BACKEND_NR_STATS] = { [BACKEND_STAT_ASSIGNED] = 1 };
	u64 of_dev[DEVICE_NR_STATS] = { [DEVICE_STAT_ASSIGNMENTS] = 1, [DEVICE_STAT_RESETS] = 1 };
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, op);
	expect_counts(test, guest->owner.stats, of_guest, BACKEND_NR_STATS, "guest before");
	expect_counts(test, dev->stats, of_dev, DEVICE_NR_STATS, "device before");
	*op = row->op;
	pciback_backend_do_op(guest, op);

	of_guest[row->kind]++;
	if (row->result)
		of_guest[BACKEND_STAT_ERRORS + row->result - 1]++;
	of_guest[BACKEND_STAT_DROPPED_WRITES] += row->dropped;
	if (!row->elsewhere) {
		of_dev[DEVICE_STAT_OPS]++;
		of_dev[DEVICE_STAT_OP_ERRORS] += row->result != PCIBACK_RESULT_SUCCESS;
		of_dev[DEVICE_STAT_DROPPED_WRITES] += row->dropped;
		of_dev[DEVICE_STAT_IRQ_ENABLES_FAILED] += row->enables_failed;
	}
	expect_counts(test, guest->owner.stats, of_guest, BACKEND_NR_STATS, "guest");
	expect_counts(test, dev->stats, of_dev, DEVICE_NR_STATS, "device");
	take_card(guest, dev);
	KUNIT_EXPECT_EQ(test, atomic64_read(&guest->owner.stats[BACKEND_STAT_DEASSIGNED]), 1);
	pciback_vbus_destroy(&guest->vbus);
}

/* What trace events said, as text, one line each. */
static char seen[1024];

static void note(int domid, const struct pci_dev *pdev, const char *what, u64 a, s64 b)
{
	size_t len = strlen(seen);

	snprintf(seen + len, sizeof(seen) - len, "%s %d %s %llx %lld\n", what, domid,
		 pdev ? pci_name(pdev) : "-", a, b);
}

static void see_op(void *unused, int domid, struct pci_dev *pdev, const struct xen_pci_op *op,
		   enum pciback_result result, u64 ns)
{
	note(domid, pdev, "op", op->cmd, result);
}

static void see_deny(void *unused, int domid, struct pci_dev *pdev, s32 offset, s32 size,
		     u32 value)
{
	note(domid, pdev, "deny", offset, value);
}

static void see_reset(void *unused, int domid, struct pci_dev *pdev, enum reset_reason reason,
		      int err, u32 ms)
{
	note(domid, pdev, "reset", reason, err);
}

static void see_irq(void *unused, int domid, struct pci_dev *pdev, enum pciback_irq_event what,
		    u32 nr, int err)
{
	note(domid, pdev, "irq", what, err);
}

static void see_state(void *unused, int domid, struct pci_dev *pdev, enum pciback_state state)
{
	note(domid, pdev, "state", state, 0);
}

static int look(void)
{
	return register_trace_pciback_op(see_op, NULL) ?:
	       register_trace_pciback_drop(see_deny, NULL) ?:
	       register_trace_pciback_reset(see_reset, NULL) ?:
	       register_trace_pciback_irq(see_irq, NULL) ?:
	       register_trace_pciback_state(see_state, NULL);
}

static void look_away(void)
{
	unregister_trace_pciback_state(see_state, NULL);
	unregister_trace_pciback_irq(see_irq, NULL);
	unregister_trace_pciback_reset(see_reset, NULL);
	unregister_trace_pciback_drop(see_deny, NULL);
	unregister_trace_pciback_op(see_op, NULL);
	tracepoint_synchronize_unregister();
}

/* The events of a whole life, in order. */
static void traces_a_life(struct kunit *test)
{
	/* Names are for ever, the numbers of states and reasons are not. */
	static const char form[] =
		"reset -1 1234:00:03.0 %d 0\n"
		"state -1 1234:00:03.0 %d 0\n"
		"state 9 1234:00:03.0 %d 0\n"
		"op 9 1234:00:03.0 0 0\n"
		"deny 9 1234:00:03.0 0 4660\n"
		"op 9 1234:00:03.0 1 0\n"
		"irq 9 1234:00:03.0 1 -22\n"		/* no vectors asked for */
		"op 9 1234:00:03.0 4 6\n"
		"op 9 - ffffffff 1\n"			/* another's function */
		"state 9 1234:00:03.0 %d 0\n"
		"reset 9 1234:00:03.0 %d 0\n"
		"state 9 1234:00:03.0 %d 0\n"
		"state -1 1234:00:03.0 %d 0\n";
	char *want = kunit_kzalloc(test, sizeof(form) + 16, GFP_KERNEL);
	struct xen_pci_op *op = kunit_kzalloc(test, 4 * sizeof(*op), GFP_KERNEL);
	struct pciback_backend *guest = make_guest(test);
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, op);
	KUNIT_ASSERT_NOT_NULL(test, want);
	snprintf(want, sizeof(form) + 16, form, RESET_FOR_SEIZE, PCIBACK_STATE_SEIZED,
		 PCIBACK_STATE_ASSIGNED, PCIBACK_STATE_DETACHING, RESET_FOR_DEASSIGN, PCIBACK_STATE_IDLE,
		 PCIBACK_STATE_RELEASED);
	op[0] = (struct xen_pci_op){ .cmd = XEN_PCI_OP_conf_read, .size = 4 };
	op[1] = (struct xen_pci_op){ .cmd = XEN_PCI_OP_conf_write, .size = 2, .value = 0x1234 };
	op[2] = (struct xen_pci_op){ .cmd = XEN_PCI_OP_enable_msix };
	op[3] = (struct xen_pci_op){ .cmd = U32_MAX, .bus = 1 };
	seen[0] = '\0';
	KUNIT_EXPECT_EQ(test, look(), 0);
	dev = give_card(test, guest);
	for (i = 0; i < 4; i++)
		pciback_backend_do_op(guest, &op[i]);
	take_card(guest, dev);
	KUNIT_EXPECT_EQ(test, fixture_unbind(b->fn[CARD]), 12);
	look_away();
	KUNIT_EXPECT_STREQ(test, seen, want);
	pciback_vbus_destroy(&guest->vbus);
}

static void device_file_goes_with_it(struct kunit *test)
{
	static const char want[] =
		"ops 0\nop_errors 0\ndropped_writes 2\nassignments 1\nresets 2\nresets_failed 0\n"
		"irq_enables 0\nirq_enables_failed 1\nirq_disables 0\nintx_handled 0\n";
	struct seize_fixture *b = test->priv;
	struct pcistub_device *dev;
	struct file *file;
	char text[512];
	u32 value;

	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), -ENOENT);
	dev = fixture_seize(test, b->fn[CARD]);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &b->guest.owner), 0);
	fixture_write(dev, PCI_VENDOR_ID, 2, 0);
	fixture_write(dev, PCI_VENDOR_ID, 2, 0);
	mutex_lock(&dev->lock);
	pciback_msi_enable(dev, 1, &value);
	mutex_unlock(&dev->lock);
	pciback_device_deassign(dev, &b->guest.owner);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), 0);
	KUNIT_EXPECT_STREQ(test, text, want);

	file = filp_open(CARD_COUNTERS, O_RDONLY, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_EXPECT_EQ(test, fixture_unbind(b->fn[CARD]), 12);
	/* The last that keeps the record: the file must not need it. */
	pciback_device_put(dev);
	KUNIT_EXPECT_EQ(test, fixture_debug_show(file, text, sizeof(text)), -EIO);
	filp_close(file, NULL);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), -ENOENT);

	KUNIT_EXPECT_EQ(test, fixture_bind(b->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), 0);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "\nresets 1\n"), "starts again: %s", text);
}

static void guest_file_goes_with_it(struct kunit *test)
{
	struct pciback_backend *guest = make_guest(test), *other = make_guest(test);
	char text[1024];
	int i, lines = 0;

	pciback_stat_add_backend(&guest->owner, "0");
	pciback_stat_add_backend(&other->owner, "1");
	pciback_stat_inc(guest->owner.stats, BACKEND_STAT_EVENTS_SPURIOUS);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(COUNTERS "guests/9-0/counters", text, sizeof(text)),
			0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\nevents_spurious 1\n"));
	for (i = 0; text[i]; i++)
		lines += text[i] == '\n';
	KUNIT_EXPECT_EQ(test, lines, BACKEND_NR_STATS);
	KUNIT_EXPECT_NULL_MSG(test, strstr(text, "(null)"), "each has a name: %s", text);
	pciback_stat_remove_backend(&guest->owner);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(COUNTERS "guests/9-0/counters", text, sizeof(text)),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, fixture_debug_read(COUNTERS "guests/9-1/counters", text, sizeof(text)),
			0);
	KUNIT_EXPECT_NOT_NULL(test, strstr(text, "\nevents_spurious 0\n"));
	pciback_stat_remove_backend(&other->owner);
	pciback_vbus_destroy(&guest->vbus);
	pciback_vbus_destroy(&other->vbus);
}

/* Nowhere to show them: they are counted all the same. */
static void does_without_files(struct kunit *test)
{
	struct pciback_backend *guest = make_guest(test);
	struct pcistub_device *dev;
	char text[512];

	pciback_stat_exit();
	dev = give_card(test, guest);
	pciback_stat_add_backend(&guest->owner, "0");
	KUNIT_EXPECT_EQ(test, fixture_debug_read(CARD_COUNTERS, text, sizeof(text)), -ENOENT);
	KUNIT_EXPECT_EQ(test, fixture_debug_read("/sys/kernel/debug/9-0/counters", text,
						 sizeof(text)), -ENOENT);
	KUNIT_EXPECT_EQ(test, atomic64_read(&dev->stats[DEVICE_STAT_RESETS]), 1);
	pciback_stat_remove_backend(&guest->owner);
	take_card(guest, dev);
	pciback_vbus_destroy(&guest->vbus);
}

static struct kunit_case trace_cases[] = {
	KUNIT_CASE_PARAM(counts_a_request, request_gen_params),
	KUNIT_CASE(traces_a_life),
	KUNIT_CASE(device_file_goes_with_it),
	KUNIT_CASE(guest_file_goes_with_it),
	KUNIT_CASE(does_without_files),
	{}
};

struct kunit_suite trace_suite = {
	.name = "trace",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = trace_cases,
};
