// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The page shared with a frontend: what is copied from it, what is written to
 * it and what is left alone, byte by byte as Xen's io/pciif.h has it. That each
 * field of a request is read once is counted by the processor's breakpoints.
 */
#include <kunit/test.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <linux/slab.h>
#include <pciback/vpci.h>
#include "backend/shared_page.h"
#include "compat.h"
#include "irq/irq.h"
#include "suites.h"

#define FLAGS		0
#define OP		4
#define VECTORS		(OP + 36)
#define AER		552
#define SIZE		572

/**
 * struct both - a page, and what it was
 * @page: as a guest sees it
 * @bytes: the same
 * @before: a copy
 */
struct both {
	union {
		struct xen_pci_sharedinfo page;
		u8 bytes[SIZE];
	};
	u8 before[SIZE];
};

static struct pciback_shared_page *shared(struct both *b)
{
	return (struct pciback_shared_page *)&b->page;
}

static struct both *new_page(struct kunit *test)
{
	struct both *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	unsigned int i;

	BUILD_BUG_ON(sizeof(struct xen_pci_sharedinfo) != SIZE);
	KUNIT_ASSERT_NOT_NULL(test, b);
	for (i = 0; i < SIZE; i++)
		b->bytes[i] = i * 7 + 1;
	memcpy(b->before, b->bytes, SIZE);
	return b;
}

static void pciback_reset_note(struct both *b)
{
	memcpy(b->before, b->bytes, SIZE);
}

/* Is every byte but those from @from to before @to as it was? */
static bool only_changed(const struct both *b, size_t from, size_t to)
{
	return !memcmp(b->before, b->bytes, from) &&
	       !memcmp(b->before + to, b->bytes + to, SIZE - to);
}

static u32 word(const struct both *b, size_t at)
{
	u32 value;

	memcpy(&value, b->bytes + at, sizeof(value));
	return value;
}

static void flags_change(struct kunit *test)
{
	struct both *b = new_page(test);

	b->page.flags = 0xf00d0000 | XEN_PCIF_active;
	pciback_reset_note(b);
	KUNIT_EXPECT_EQ(test, pciback_shared_flags(shared(b)), 0xf00d0000 | XEN_PCIF_active);
	pciback_shared_flags_change(shared(b), XEN_PCIF_active, XEN_PCIB_active);
	KUNIT_EXPECT_EQ(test, word(b, FLAGS), 0xf00d0000 | XEN_PCIB_active);
	KUNIT_EXPECT_TRUE(test, only_changed(b, FLAGS, OP));
}

static void takes_the_request(struct kunit *test)
{
	struct both *b = new_page(test);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	static const u8 none[sizeof(op->msix_entries)];

	KUNIT_ASSERT_NOT_NULL(test, op);
	b->page.op.cmd = XEN_PCI_OP_conf_read;
	b->page.op.value = 5;
	pciback_reset_note(b);
	KUNIT_EXPECT_EQ(test, pciback_shared_op_take(shared(b), op), 0);
	KUNIT_EXPECT_EQ(test, memcmp(op, b->bytes + OP, VECTORS - OP), 0);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(op->msix_entries, none, sizeof(none)), 0,
			    "a read has no vectors");

	b->page.op.cmd = XEN_PCI_OP_enable_msix;
	b->page.op.value = 0;
	KUNIT_EXPECT_EQ(test, pciback_shared_op_take(shared(b), op), 0);
	KUNIT_EXPECT_EQ(test, memcmp(op->msix_entries, none, sizeof(none)), 0);

	b->page.op.value = U32_MAX;
	pciback_reset_note(b);
	KUNIT_EXPECT_EQ_MSG(test, pciback_shared_op_take(shared(b), op), U32_MAX,
			    "to be refused by who decides");
	KUNIT_EXPECT_EQ(test, memcmp(op, b->bytes + OP, sizeof(*op)), 0);
	KUNIT_EXPECT_TRUE_MSG(test, only_changed(b, 0, 0), "nothing is written");
}

static void answers_what_was_asked(struct kunit *test)
{
	struct both *b = new_page(test);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	u32 info;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, op);
	for (i = 0; i < SH_INFO_MAX_VEC; i++)
		op->msix_entries[i] = (struct xen_msix_entry){ .vector = 1000 + i, .entry = i };
	op->cmd = XEN_PCI_OP_conf_read;
	op->err = -7;
	op->value = 0x12345678;
	op->info = 0x9abcdef0;
	info = word(b, OP + 32);
	pciback_shared_op_answer(shared(b), op, 0);
	KUNIT_EXPECT_EQ(test, (s32)word(b, OP + 4), -7);
	KUNIT_EXPECT_EQ(test, word(b, OP + 28), 0x12345678);
	KUNIT_EXPECT_EQ_MSG(test, word(b, OP + 32), info, "the rest is the guest's");
	b->page.op.err = 0;
	b->page.op.value = 0;
	memset(b->before + OP + 4, 0, 4);
	memset(b->before + OP + 28, 0, 4);
	KUNIT_EXPECT_TRUE(test, only_changed(b, 0, 0));

	op->cmd = XEN_PCI_OP_enable_multi_msi;
	pciback_shared_op_answer(shared(b), op, 0);
	KUNIT_EXPECT_EQ(test, word(b, OP + 32), 0x9abcdef0);
	KUNIT_EXPECT_TRUE(test, only_changed(b, OP + 4, VECTORS));

	op->cmd = XEN_PCI_OP_enable_msix;
	pciback_reset_note(b);
	pciback_shared_op_answer(shared(b), op, 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, b->page.op.msix_entries[i].vector, 1000 + i);
	KUNIT_EXPECT_TRUE(test, only_changed(b, VECTORS, VECTORS + 3 * 4));
	KUNIT_EXPECT_EQ_MSG(test, memcmp(b->before + VECTORS + 2, b->bytes + VECTORS + 2, 2), 0,
			    "an entry's number is the guest's");

	pciback_reset_note(b);
	pciback_shared_op_answer(shared(b), op, U32_MAX);
	KUNIT_EXPECT_TRUE_MSG(test, only_changed(b, VECTORS, AER), "there are no more than fit");
}

static atomic_t seen;

static void on_access(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs)
{
	atomic_inc(&seen);
}

/* How often the processor reads the byte at @at of the request while it is taken. */
static int reads_of(struct kunit *test, struct both *b, struct xen_pci_op *op, size_t at)
{
	struct perf_event * __percpu *watch;
	struct perf_event_attr attr;
	u8 *byte = b->bytes + OP + at;
	int alone, taken;

	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)byte;
	attr.bp_len = HW_BREAKPOINT_LEN_1;
	attr.bp_type = HW_BREAKPOINT_RW;
	watch = register_wide_hw_breakpoint(&attr, on_access, NULL);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR((void __force *)watch), "no breakpoint: %ld",
			       PTR_ERR((void __force *)watch));
	/* Does it see anything? */
	atomic_set(&seen, 0);
	READ_ONCE(*byte);
	alone = atomic_xchg(&seen, 0);
	pciback_shared_op_take(shared(b), op);
	taken = atomic_read(&seen);
	unregister_wide_hw_breakpoint(watch);
	KUNIT_EXPECT_EQ_MSG(test, alone, 1, "a breakpoint on byte %zu", at);
	return taken;
}

static void reads_everything_once(struct kunit *test)
{
	struct both *b = new_page(test);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	size_t at;

	KUNIT_ASSERT_NOT_NULL(test, op);
	b->page.op.cmd = XEN_PCI_OP_enable_msix;
	b->page.op.value = 2;
	for (at = 0; at < VECTORS - OP + 2 * sizeof(struct xen_msix_entry); at++)
		KUNIT_EXPECT_EQ_MSG(test, reads_of(test, b, op, at), 1, "byte %zu", at);
}

static struct kunit_case shared_page_cases[] = {
	KUNIT_CASE(flags_change),
	KUNIT_CASE(takes_the_request),
	KUNIT_CASE(answers_what_was_asked),
	KUNIT_CASE(reads_everything_once),
	{}
};

struct kunit_suite shared_page_suite = {
	.name = "shared_page",
	.test_cases = shared_page_cases,
};
