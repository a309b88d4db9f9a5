// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Faults of the in-tree driver that no other suite covers, one test case each.
 * README.md lists all of them by number.
 */
#include <kunit/test.h>
#include <linux/kmsg_dump.h>
#include <linux/slab.h>
#include <pciback/vpci.h>
#include "backend/backend.h"
#include "backend/vbus.h"
#include "device/lifecycle.h"
#include "record/record.h"
#include "record/stats.h"
#include "seize_fixture.h"
#include "suites.h"

/* Sequence number of the kernel log's end. */
static u64 log_end(void)
{
	struct kmsg_dump_iter iter;

	kmsg_dump_rewind(&iter);
	return iter.next_seq;
}

/* How many lines of the kernel log after @since contain @what. */
static unsigned int log_lines(u64 since, const char *what)
{
	struct kmsg_dump_iter iter = { .cur_seq = since, .next_seq = log_end() };
	unsigned int lines = 0;
	char line[512];
	size_t len;

	while (kmsg_dump_get_line(&iter, true, line, sizeof(line) - 1, &len)) {
		line[len] = '\0';
		lines += !!strstr(line, what);
	}
	return lines;
}

static void u8_quirks_same_ids(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pci_dev *first = fake_pci_dev_get(f->fn[CARD]);
	struct pci_dev *second = fake_pci_dev_get(f->fn[CARD_1]);
	u16 device;
	char text[512];

	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	device = second->device;
	second->device = first->device;
	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	pciback_device_put(fixture_seize(test, f->fn[CARD_1]));
	KUNIT_EXPECT_GT(test, fixture_driver_write("quirks", "1234:00:03.0-d4:4:ff"), 0);
	KUNIT_EXPECT_GT(test, fixture_driver_write("quirks", "1234:00:03.1-d8:4:ff"), 0);

	/* The second is unbound, and its next bind fails: the quirks of the first stay. */
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD_1]), 12);
	second->resource[0].flags |= IORESOURCE_UNSET;
	KUNIT_EXPECT_EQ(test, fixture_bind(f->fn[CARD_1]), -EINVAL);
	second->resource[0].flags &= ~IORESOURCE_UNSET;
	KUNIT_EXPECT_GT(test, fixture_driver_read("quirks", text, sizeof(text)), 0);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(text, "000000d4:4:000000ff"), "%s", text);
	KUNIT_EXPECT_NULL_MSG(test, strstr(text, "000000d8"), "%s", text);
	KUNIT_EXPECT_NULL_MSG(test, strstr(text, "00:03.1"), "%s", text);

	/* The first is unbound: no quirk is left. */
	KUNIT_EXPECT_EQ(test, fixture_unbind(f->fn[CARD]), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_read("quirks", text, sizeof(text)), 0);
	second->device = device;
	pci_dev_put(second);
	pci_dev_put(first);
}

static void backend_release(struct kref *ref)
{
}

static const struct pciback_owner_ops faults_owner_ops = {
	.release = backend_release,
};

struct flood_row {
	const char *name;
	struct xen_pci_op op[2];	/* sent alternately */
};

#define CONF_WRITE(off, bytes, val) \
	{ .cmd = XEN_PCI_OP_conf_write, .offset = (off), .size = (bytes), .value = (val) }

static const struct flood_row flood_rows[] = {
	{ "decoding", { CONF_WRITE(PCI_COMMAND, 2, 3), CONF_WRITE(PCI_COMMAND, 2, 0) } },
	{ "bus mastering", { CONF_WRITE(PCI_COMMAND, 2, 6), CONF_WRITE(PCI_COMMAND, 2, 2) } },
	{ "memory write and invalidate",
	  { CONF_WRITE(PCI_COMMAND, 2, 0x12), CONF_WRITE(PCI_COMMAND, 2, 2) } },
	{ "power states", { CONF_WRITE(0x40 + PCI_PM_CTRL, 2, 3),
			    CONF_WRITE(0x40 + PCI_PM_CTRL, 2, 0) } },
	{ "base address", { CONF_WRITE(PCI_BASE_ADDRESS_0, 4, U32_MAX),
			    CONF_WRITE(PCI_BASE_ADDRESS_0, 4, 0x1000) } },
	{ "read-only registers", { CONF_WRITE(0, 4, 0), CONF_WRITE(0xd4, 4, 1) } },
	{ "registers that do not exist", { CONF_WRITE(0x1000, 4, 0), CONF_WRITE(-4, 4, 0) } },
	{ "MSI", { { .cmd = XEN_PCI_OP_enable_msi }, { .cmd = XEN_PCI_OP_disable_msi } } },
	{ "MSI-X", { { .cmd = XEN_PCI_OP_enable_msix, .value = 1 },
		     { .cmd = XEN_PCI_OP_disable_msix } } },
	{ "too many vectors", { { .cmd = XEN_PCI_OP_enable_msix, .value = 129 },
				{ .cmd = XEN_PCI_OP_enable_msix } } },
	{ "no such operation", { { .cmd = 99 }, { .cmd = U32_MAX } } },
	{ "no such function", { { .bus = 1 }, { .devfn = U32_MAX } } },
};

KUNIT_ARRAY_PARAM_DESC(flood, flood_rows, name);

/* 2000 requests of a guest make at most 200 lines in the log. */
static void u11_log_bounded(struct kunit *test)
{
	const struct flood_row *row = test->param_value;
	struct pciback_backend *backend = kunit_kzalloc(test, sizeof(*backend), GFP_KERNEL);
	struct xen_pci_op *op = kunit_kzalloc(test, sizeof(*op), GFP_KERNEL);
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);
	struct pciback_addr virt;
	int i, enabled;
	u64 start;

	KUNIT_ASSERT_NOT_NULL(test, backend);
	KUNIT_ASSERT_NOT_NULL(test, op);
	kref_init(&backend->owner.ref);
	backend->owner.domid = 9;
	backend->owner.ops = &faults_owner_ops;
	pciback_vbus_init(&backend->vbus, &pciback_vbus_vpci);
	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &backend->owner), 0);
	KUNIT_ASSERT_EQ(test, pciback_vbus_add(&backend->vbus, dev, &virt), 0);
	*op = (struct xen_pci_op)CONF_WRITE(PCI_COMMAND, 2, PCI_COMMAND_MEMORY);
	pciback_backend_do_op(backend, op);
	enabled = atomic_read(&dev->pdev->enable_cnt);

	start = log_end();
	for (i = 0; i < 2000; i++) {
		*op = row->op[i & 1];
		pciback_backend_do_op(backend, op);
	}
	KUNIT_EXPECT_LE(test, log_lines(start, "1234:00:03.0") + log_lines(start, "pciback"), 200);
	KUNIT_EXPECT_EQ_MSG(test, atomic_read(&dev->pdev->enable_cnt), enabled,
			    "enabled in the core once");
	pciback_vbus_remove(&backend->vbus, dev);
	pciback_device_deassign(dev, &backend->owner);
	pciback_vbus_destroy(&backend->vbus);
	KUNIT_EXPECT_EQ(test, atomic_read(&dev->pdev->enable_cnt), 0);
	pciback_device_put(dev);
}

/* is_busmaster of the core agrees with the hardware, also after the deassign. */
static void u20_bus_master(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct fake_pci_fn *fn = f->fn[CARD];
	struct pcistub_device *dev = fixture_seize(test, fn);
	int i;

	KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &f->guest.owner), 0);
	for (i = 1; i >= 0; i--) {
		fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER * i);
		KUNIT_EXPECT_EQ(test, !!(fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER),
				i);
		KUNIT_EXPECT_EQ(test, !!dev->pdev->is_busmaster, i);
	}
	fixture_write(dev, PCI_COMMAND, 2, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	pciback_device_deassign(dev, &f->guest.owner);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(fn, PCI_COMMAND, 2) & PCI_COMMAND_MASTER, 0);
	KUNIT_EXPECT_FALSE(test, dev->pdev->is_busmaster);
	pciback_device_put(dev);
}

static void u25_warn_each_guest(struct kunit *test)
{
	struct seize_fixture *f = test->priv;
	struct pcistub_device *dev = fixture_seize(test, f->fn[CARD]);
	struct fixture_guest guest;
	char line[64];
	int domid;
	u64 start;

	for (domid = 21; domid <= 23; domid++) {
		fixture_guest_init(&guest, domid);
		start = log_end();
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &guest.owner), 0);
		fixture_write(dev, PCI_VENDOR_ID, 2, 0);
		fixture_write(dev, PCI_VENDOR_ID, 2, 0);
		fixture_write(dev, 0xd4, 4, 0x12345678);
		pciback_device_deassign(dev, &guest.owner);
		snprintf(line, sizeof(line), "domain %d tried to write to a read-only", domid);
		KUNIT_EXPECT_EQ_MSG(test, log_lines(start, line), 1, "domain %d", domid);
	}
	pciback_device_put(dev);
}

/* Administrators search for both texts, which are those of the in-tree driver. */
static void permissive_log(struct kunit *test)
{
	static const char * const texts[] = {
		"1234:00:03.0: enabling permissive mode configuration space accesses!",
		"1234:00:03.0: permissive mode is potentially unsafe!",
	};
	struct seize_fixture *f = test->priv;
	u64 start;
	int i;

	pciback_device_put(fixture_seize(test, f->fn[CARD]));
	start = log_end();
	KUNIT_EXPECT_EQ(test, fixture_driver_write("permissive", "1234:00:03.0"), 12);
	KUNIT_EXPECT_EQ(test, fixture_driver_write("permissive", "1234:00:03.0"), 12);
	for (i = 0; i < ARRAY_SIZE(texts); i++)
		KUNIT_EXPECT_EQ_MSG(test, log_lines(start, texts[i]), 1, "%s", texts[i]);
}

static struct kunit_case faults_cases[] = {
	KUNIT_CASE(u8_quirks_same_ids),
	KUNIT_CASE_PARAM(u11_log_bounded, flood_gen_params),
	KUNIT_CASE(u20_bus_master),
	KUNIT_CASE(u25_warn_each_guest),
	KUNIT_CASE(permissive_log),
	{}
};

struct kunit_suite faults_suite = {
	.name = "faults",
	.init = seize_fixture_init,
	.exit = seize_fixture_exit,
	.test_cases = faults_cases,
};
