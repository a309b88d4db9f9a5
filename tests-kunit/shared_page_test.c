// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The page shared with a frontend: which bytes are copied from it, written to it
 * and left unchanged, by the offsets of Xen's io/pciif.h. Hardware breakpoints
 * count that each byte of a request is read once.
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
 * struct test_page - a shared page and a copy of it
 * @page: the page
 * @bytes: the same
 * @before: the copy
 *
 * Locking: none; used by the test's thread only.
 */
struct test_page {
	union {
		struct xen_pci_sharedinfo page;
		u8 bytes[SIZE];
	};
	u8 before[SIZE];
};

static struct pciback_shared_page *page_shared(struct test_page *p)
{
	return (struct pciback_shared_page *)&p->page;
}

static struct test_page *page_new(struct kunit *test)
{
	struct test_page *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	unsigned int i;

	BUILD_BUG_ON(sizeof(struct xen_pci_sharedinfo) != SIZE);
	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < SIZE; i++)
		p->bytes[i] = i * 7 + 1;
	memcpy(p->before, p->bytes, SIZE);
	return p;
}

static void page_copy(struct test_page *p)
{
	memcpy(p->before, p->bytes, SIZE);
}

/* True if no byte outside @from to @to - 1 differs from the copy. */
static bool page_changed_only(const struct test_page *p, size_t from, size_t to)
{
	return !memcmp(p->before, p->bytes, from) &&
	       !memcmp(p->before + to, p->bytes + to, SIZE - to);
}

static u32 page_word(const struct test_page *p, size_t at)
{
	u32 value;

	memcpy(&value, p->bytes + at, sizeof(value));
	return value;
}

static void flags(struct kunit *test)
{
	struct test_page *p = page_new(test);

	p->page.flags = 0xf00d0000 | XEN_PCIF_active;
	page_copy(p);
	KUNIT_EXPECT_EQ(test, pciback_shared_flags(page_shared(p)), 0xf00d0000 | XEN_PCIF_active);
	pciback_shared_flags_change(page_shared(p), XEN_PCIF_active, XEN_PCIB_active);
	KUNIT_EXPECT_EQ(test, page_word(p, FLAGS), 0xf00d0000 | XEN_PCIB_active);
	KUNIT_EXPECT_TRUE(test, page_changed_only(p, FLAGS, OP));
}

static void op_take(struct kunit *test)
{
	struct test_page *p = page_new(test);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	static const u8 none[sizeof(op->msix_entries)];

	KUNIT_ASSERT_NOT_NULL(test, op);
	p->page.op.cmd = XEN_PCI_OP_conf_read;
	p->page.op.value = 5;
	page_copy(p);
	KUNIT_EXPECT_EQ(test, pciback_shared_op_take(page_shared(p), op), 0);
	KUNIT_EXPECT_EQ(test, memcmp(op, p->bytes + OP, VECTORS - OP), 0);
	KUNIT_EXPECT_EQ_MSG(test, memcmp(op->msix_entries, none, sizeof(none)), 0,
			    "a read has no vectors");

	p->page.op.cmd = XEN_PCI_OP_enable_msix;
	p->page.op.value = 0;
	KUNIT_EXPECT_EQ(test, pciback_shared_op_take(page_shared(p), op), 0);
	KUNIT_EXPECT_EQ(test, memcmp(op->msix_entries, none, sizeof(none)), 0);

	p->page.op.value = U32_MAX;
	page_copy(p);
	KUNIT_EXPECT_EQ_MSG(test, pciback_shared_op_take(page_shared(p), op), U32_MAX,
			    "the caller checks the number");
	KUNIT_EXPECT_EQ(test, memcmp(op, p->bytes + OP, sizeof(*op)), 0);
	KUNIT_EXPECT_TRUE_MSG(test, page_changed_only(p, 0, 0), "nothing is written");
}

static void op_answer(struct kunit *test)
{
	struct test_page *p = page_new(test);
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
	info = page_word(p, OP + 32);
	pciback_shared_op_answer(page_shared(p), op, 0);
	KUNIT_EXPECT_EQ(test, (s32)page_word(p, OP + 4), -7);
	KUNIT_EXPECT_EQ(test, page_word(p, OP + 28), 0x12345678);
	KUNIT_EXPECT_EQ_MSG(test, page_word(p, OP + 32), info,
			    "the other fields belong to the guest");
	p->page.op.err = 0;
	p->page.op.value = 0;
	memset(p->before + OP + 4, 0, 4);
	memset(p->before + OP + 28, 0, 4);
	KUNIT_EXPECT_TRUE(test, page_changed_only(p, 0, 0));

	op->cmd = XEN_PCI_OP_enable_multi_msi;
	pciback_shared_op_answer(page_shared(p), op, 0);
	KUNIT_EXPECT_EQ(test, page_word(p, OP + 32), 0x9abcdef0);
	KUNIT_EXPECT_TRUE(test, page_changed_only(p, OP + 4, VECTORS));

	op->cmd = XEN_PCI_OP_enable_msix;
	page_copy(p);
	pciback_shared_op_answer(page_shared(p), op, 3);
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, p->page.op.msix_entries[i].vector, 1000 + i);
	KUNIT_EXPECT_TRUE(test, page_changed_only(p, VECTORS, VECTORS + 3 * 4));
	KUNIT_EXPECT_EQ_MSG(test, memcmp(p->before + VECTORS + 2, p->bytes + VECTORS + 2, 2), 0,
			    "the number of an entry belongs to the guest");

	page_copy(p);
	pciback_shared_op_answer(page_shared(p), op, U32_MAX);
	KUNIT_EXPECT_TRUE_MSG(test, page_changed_only(p, VECTORS, AER),
			      "no more vectors than the page has");
}

static atomic_t accesses;

static void on_access(struct perf_event *event, struct perf_sample_data *data,
		      struct pt_regs *regs)
{
	atomic_inc(&accesses);
}

/* How often pciback_shared_op_take() reads the byte at @at of the request. */
static int byte_reads(struct kunit *test, struct test_page *p, struct xen_pci_op *op, size_t at)
{
	struct perf_event * __percpu *watch;
	struct perf_event_attr attr;
	u8 *byte = p->bytes + OP + at;
	int alone, taken;

	hw_breakpoint_init(&attr);
	attr.bp_addr = (unsigned long)byte;
	attr.bp_len = HW_BREAKPOINT_LEN_1;
	attr.bp_type = HW_BREAKPOINT_RW;
	watch = register_wide_hw_breakpoint(&attr, on_access, NULL);
	KUNIT_ASSERT_FALSE_MSG(test, IS_ERR((void __force *)watch), "no breakpoint: %ld",
			       PTR_ERR((void __force *)watch));
	/* One read that must be counted. */
	atomic_set(&accesses, 0);
	READ_ONCE(*byte);
	alone = atomic_xchg(&accesses, 0);
	pciback_shared_op_take(page_shared(p), op);
	taken = atomic_read(&accesses);
	unregister_wide_hw_breakpoint(watch);
	KUNIT_EXPECT_EQ_MSG(test, alone, 1, "a breakpoint on byte %zu", at);
	return taken;
}

static void op_read_once(struct kunit *test)
{
	struct test_page *p = page_new(test);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	size_t at;

	KUNIT_ASSERT_NOT_NULL(test, op);
	p->page.op.cmd = XEN_PCI_OP_enable_msix;
	p->page.op.value = 2;
	for (at = 0; at < VECTORS - OP + 2 * sizeof(struct xen_msix_entry); at++)
		KUNIT_EXPECT_EQ_MSG(test, byte_reads(test, p, op, at), 1, "byte %zu", at);
}

/* A late answer belongs to its request, and to no other that is in the page now. */
static void other_request(struct kunit *test)
{
	static const u8 fields[] = { 0, 8, 12, 16, 20, 24, 28, 32 };
	struct test_page *p = page_new(test);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	struct pciback_request request;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, op);
	pciback_shared_op_take(page_shared(p), op);
	request = pciback_shared_request(op);
	KUNIT_EXPECT_TRUE(test, pciback_shared_has_request(page_shared(p), &request));
	/* All but err, which is the answer's. */
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		p->bytes[OP + fields[i]] ^= 1;
		KUNIT_EXPECT_FALSE_MSG(test, pciback_shared_has_request(page_shared(p), &request),
				       "field at %d", fields[i]);
		p->bytes[OP + fields[i]] ^= 1;
	}
	p->bytes[OP + 4] ^= 1;
	KUNIT_EXPECT_TRUE(test, pciback_shared_has_request(page_shared(p), &request));
}

static struct kunit_case shared_page_cases[] = {
	KUNIT_CASE(other_request),
	KUNIT_CASE(flags),
	KUNIT_CASE(op_take),
	KUNIT_CASE(op_answer),
	KUNIT_CASE(op_read_once),
	{}
};

struct kunit_suite shared_page_suite = {
	.name = "shared_page",
	.test_cases = shared_page_cases,
};
