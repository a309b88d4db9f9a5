// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The fake host bridge itself: the PCI core must enumerate, size, reset and
 * remove its devices as it does real ones.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/unaligned.h>
#include "fake_pci.h"

static const u8 vpd_image[] = {
	0x82, 4, 0, 'F', 'a', 'k', 'e',				/* identifier string */
	0x90, 9, 0, 'P', 'N', 3, '1', '2', '3', 'R', 'V', 0,	/* read-only section */
	0x78,							/* end */
};

struct fake_fixture {
	struct fake_pci_host host;
	struct fake_pci_fn *card;	/* 00:03.0, PCIe, all capabilities */
	struct fake_pci_fn *conv;	/* 00:05.0, conventional, AF */
	struct fake_pci_fn *port;	/* 00:04.0, root port */
	struct fake_pci_fn *below;	/* 01:00.0 */
	struct pci_dev *pdev;		/* of @card */
};

static void card_describe(struct fake_pci_fn *fn, int type)
{
	fake_pci_bar_mem(fn, 0, 0x1000);
	fake_pci_bar_io(fn, 1, 0x20);
	fake_pci_bar_mem64(fn, 2, 0x4000);
	fake_pci_rom(fn, 0x800);
	fake_pci_cap_pm(fn, 0x40, PCI_PM_CAP_D1 | PCI_PM_CAP_PME_D0 | 3, true);
	fake_pci_cap_msi(fn, 0x50, PCI_MSI_FLAGS_64BIT | PCI_MSI_FLAGS_MASKBIT | 2 << 1);
	fake_pci_cap_exp(fn, 0x70, type, true);
	fake_pci_cap_msix(fn, 0xb0, 4, 2, 0x802);
	fake_pci_cap_vpd(fn, 0xc0, vpd_image, sizeof(vpd_image));
	fake_pci_cap_vendor(fn, 0xd0, 12);
	fake_pci_ext_aer(fn, 0x100);
	fake_pci_ext_dsn(fn, 0x150, 0x0123456789abcdefULL);
}

static int fake_fixture_init(struct kunit *test)
{
	struct fake_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, f);
	fake_pci_host_init(&f->host);
	test->priv = f;
	f->card = fake_pci_add_endpoint(&f->host, NULL, PCI_DEVFN(3, 0), 0x10f0);
	f->port = fake_pci_add_bridge(&f->host, NULL, PCI_DEVFN(4, 0), 0x0001);
	f->conv = fake_pci_add_endpoint(&f->host, NULL, PCI_DEVFN(5, 0), 0x10f1);
	KUNIT_ASSERT_NOT_NULL(test, f->card);
	KUNIT_ASSERT_NOT_NULL(test, f->port);
	KUNIT_ASSERT_NOT_NULL(test, f->conv);
	f->below = fake_pci_add_endpoint(&f->host, f->port, PCI_DEVFN(0, 0), 0x10f2);
	KUNIT_ASSERT_NOT_NULL(test, f->below);

	card_describe(f->card, PCI_EXP_TYPE_RC_END);
	card_describe(f->below, PCI_EXP_TYPE_ENDPOINT);
	fake_pci_cap_exp(f->port, 0x40, PCI_EXP_TYPE_ROOT_PORT, false);
	fake_pci_bar_mem(f->conv, 0, 0x100);
	fake_pci_cap_msi(f->conv, 0x50, 0);
	fake_pci_cap_af(f->conv, 0x60, true);
	KUNIT_ASSERT_EQ(test, fake_pci_host_probe(&f->host), 0);
	f->pdev = fake_pci_dev_get(f->card);
	KUNIT_ASSERT_NOT_NULL(test, f->pdev);
	return 0;
}

static void fake_fixture_exit(struct kunit *test)
{
	struct fake_fixture *f = test->priv;

	if (!f)
		return;
	pci_dev_put(f->pdev);
	fake_pci_host_remove(&f->host);
}

static void enumeration(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	struct pci_dev *below = fake_pci_dev_get(f->below);
	struct pci_dev *port = fake_pci_dev_get(f->port);
	struct pci_dev *conv = fake_pci_dev_get(f->conv);

	KUNIT_ASSERT_NOT_NULL(test, below);
	KUNIT_ASSERT_NOT_NULL(test, port);
	KUNIT_ASSERT_NOT_NULL(test, conv);
	KUNIT_EXPECT_STREQ(test, pci_name(f->pdev), "1234:00:03.0");
	KUNIT_EXPECT_STREQ(test, pci_name(below), "1234:01:00.0");
	KUNIT_EXPECT_PTR_EQ(test, pci_upstream_bridge(below), port);
	KUNIT_EXPECT_EQ(test, pci_pcie_type(port), PCI_EXP_TYPE_ROOT_PORT);
	KUNIT_EXPECT_EQ(test, f->pdev->cfg_size, PCI_CFG_SPACE_EXP_SIZE);
	KUNIT_EXPECT_EQ(test, conv->cfg_size, PCI_CFG_SPACE_SIZE);
	KUNIT_EXPECT_EQ(test, f->pdev->revision, 0x21);
	pci_dev_put(conv);
	pci_dev_put(port);
	pci_dev_put(below);
}

struct cap_row {
	const char *name;
	int id;
	int pos;
	bool ext;
};

static const struct cap_row cap_rows[] = {
	{ "power management", PCI_CAP_ID_PM, 0x40 },
	{ "MSI", PCI_CAP_ID_MSI, 0x50 },
	{ "PCI Express", PCI_CAP_ID_EXP, 0x70 },
	{ "MSI-X", PCI_CAP_ID_MSIX, 0xb0 },
	{ "VPD", PCI_CAP_ID_VPD, 0xc0 },
	{ "vendor specific", PCI_CAP_ID_VNDR, 0xd0 },
	{ "AF is absent", PCI_CAP_ID_AF, 0 },
	{ "AER", PCI_EXT_CAP_ID_ERR, 0x100, true },
	{ "serial number", PCI_EXT_CAP_ID_DSN, 0x150, true },
	{ "SR-IOV is absent", PCI_EXT_CAP_ID_SRIOV, 0, true },
};

KUNIT_ARRAY_PARAM_DESC(cap, cap_rows, name);

static void capabilities(struct kunit *test)
{
	const struct cap_row *row = test->param_value;
	struct fake_fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, row->pos, row->ext ?
			pci_find_ext_capability(f->pdev, row->id) :
			pci_find_capability(f->pdev, row->id));
}

static void serial_number(struct kunit *test)
{
	struct fake_fixture *f = test->priv;

	KUNIT_EXPECT_EQ(test, pci_get_dsn(f->pdev), 0x0123456789abcdefULL);
}

struct bar_row {
	const char *name;
	int bar;
	u64 len;
	unsigned long flags;
};

static const struct bar_row bar_rows[] = {
	{ "BAR 0, 32-bit memory", 0, 0x1000, IORESOURCE_MEM },
	{ "BAR 1, ports", 1, 0x20, IORESOURCE_IO },
	{ "BAR 2, 64-bit memory", 2, 0x4000,
	  IORESOURCE_MEM | IORESOURCE_MEM_64 | IORESOURCE_PREFETCH },
	{ "BAR 3, upper half of BAR 2", 3, 0, 0 },
	{ "BAR 4, absent", 4, 0, 0 },
	{ "ROM", PCI_ROM_RESOURCE, 0x800, IORESOURCE_MEM },
};

KUNIT_ARRAY_PARAM_DESC(bar, bar_rows, name);

static void bar_sizes(struct kunit *test)
{
	const struct bar_row *row = test->param_value;
	struct fake_fixture *f = test->priv;
	unsigned long mask = IORESOURCE_MEM | IORESOURCE_IO | IORESOURCE_MEM_64 |
			     IORESOURCE_PREFETCH;

	KUNIT_EXPECT_EQ(test, pci_resource_len(f->pdev, row->bar), row->len);
	if (row->bar != PCI_ROM_RESOURCE)
		KUNIT_EXPECT_EQ(test, pci_resource_flags(f->pdev, row->bar) & mask, row->flags);
	if (row->flags & IORESOURCE_MEM && row->bar != PCI_ROM_RESOURCE) {
		KUNIT_EXPECT_GE(test, pci_resource_start(f->pdev, row->bar), f->host.mem.start);
		KUNIT_EXPECT_LE(test, pci_resource_end(f->pdev, row->bar), f->host.mem.end);
	}
}

static void bar_memory(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	void __iomem *mem;

	KUNIT_ASSERT_EQ(test, pci_enable_device(f->pdev), 0);
	mem = pci_iomap(f->pdev, 0, 0);
	KUNIT_ASSERT_NOT_NULL(test, mem);
	writel(0x5ca1ab1e, mem + 0x10);
	KUNIT_EXPECT_EQ(test, readl(mem + 0x10), 0x5ca1ab1eU);
	pci_iounmap(f->pdev, mem);
	pci_disable_device(f->pdev);
}

struct write_row {
	const char *name;
	int where;
	int size;
	u32 before;
	u32 written;
	u32 after;
};

static const struct write_row write_rows[] = {
	{ "fixed register", PCI_VENDOR_ID, 2, FAKE_PCI_VENDOR, 0x1111, FAKE_PCI_VENDOR },
	{ "writable register", PCI_CACHE_LINE_SIZE, 1, 0x00, 0x5a, 0x5a },
	{ "writable bits of a register", PCI_COMMAND, 2, 0x0000, 0xffff, 0x07ff & ~0x0080 },
	{ "cleared by writing one", PCI_STATUS, 2, 0xf910, 0x0900, 0xf010 },
	{ "not cleared by writing zero", PCI_STATUS, 2, 0xf910, 0x0000, 0xf910 },
	{ "dword over both kinds", PCI_COMMAND, 4, 0xf9100000, 0x80000004, 0x79100004 },
	{ "vendor specific byte", 0xd5, 1, 0x05, 0xa5, 0xa5 },
	{ "AER status", 0x104, 4, 0x00004010, 0x00004000, 0x00000010 },
};

KUNIT_ARRAY_PARAM_DESC(write, write_rows, name);

static void write_masks(struct kunit *test)
{
	const struct write_row *row = test->param_value;
	struct fake_fixture *f = test->priv;
	const struct fake_pci_write *w;
	unsigned int devfn = f->pdev->devfn;
	struct pci_bus *bus = f->pdev->bus;

	fake_pci_poke(f->card, row->where, row->size, row->before);
	fake_pci_log_clear(f->card);
	if (row->size == 1)
		pci_bus_write_config_byte(bus, devfn, row->where, row->written);
	else if (row->size == 2)
		pci_bus_write_config_word(bus, devfn, row->where, row->written);
	else
		pci_bus_write_config_dword(bus, devfn, row->where, row->written);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, row->where, row->size), row->after);

	KUNIT_EXPECT_EQ(test, f->card->nr_log, 1);
	w = fake_pci_log_find(f->card, row->where, row->size);
	KUNIT_ASSERT_NOT_NULL(test, w);
	KUNIT_EXPECT_EQ(test, w->where, row->where);
	KUNIT_EXPECT_EQ(test, w->size, row->size);
	KUNIT_EXPECT_EQ(test, w->value, row->written);
	KUNIT_EXPECT_NULL(test, fake_pci_log_find(f->card, row->where + row->size, 1));
}

static void access_counts(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	unsigned int reads = f->card->nr_reads, writes = f->card->nr_writes;
	u32 v;

	pci_read_config_dword(f->pdev, PCI_VENDOR_ID, &v);
	KUNIT_EXPECT_EQ(test, v, 0x10f0fafaU);
	pci_write_config_byte(f->pdev, PCI_CACHE_LINE_SIZE, 1);
	KUNIT_EXPECT_EQ(test, f->card->nr_reads, reads + 1);
	KUNIT_EXPECT_EQ(test, f->card->nr_writes, writes + 1);
	fake_pci_peek(f->card, PCI_VENDOR_ID, 4);
	KUNIT_EXPECT_EQ(test, f->card->nr_reads, reads + 1);
}

/* Without saving and restoring, an FLR leaves only sticky bits. */
static void flr(struct kunit *test)
{
	struct fake_fixture *f = test->priv;

	pci_write_config_byte(f->pdev, PCI_CACHE_LINE_SIZE, 0x5a);
	fake_pci_poke(f->card, 0x104, 4, 0x10);
	KUNIT_ASSERT_EQ(test, pcie_flr(f->pdev), 0);
	KUNIT_EXPECT_EQ(test, f->card->nr_flr, 1);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_CACHE_LINE_SIZE, 1), 0);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_BASE_ADDRESS_0, 4), 0);
	KUNIT_EXPECT_EQ_MSG(test, fake_pci_peek(f->card, 0x104, 4), 0x10, "AER status is sticky");
}

static void reset_function(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	struct pci_dev *conv = fake_pci_dev_get(f->conv);
	u32 bar = fake_pci_peek(f->card, PCI_BASE_ADDRESS_0, 4);

	KUNIT_ASSERT_NOT_NULL(test, conv);
	KUNIT_EXPECT_NE(test, bar, 0);
	pci_write_config_byte(f->pdev, PCI_CACHE_LINE_SIZE, 0x5a);
	KUNIT_EXPECT_EQ(test, pci_reset_function(f->pdev), 0);
	KUNIT_EXPECT_EQ(test, f->card->nr_flr, 1);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_BASE_ADDRESS_0, 4), bar);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_CACHE_LINE_SIZE, 1), 0x5a);

	KUNIT_EXPECT_EQ(test, pci_reset_function(conv), 0);
	KUNIT_EXPECT_EQ_MSG(test, f->conv->nr_flr, 1, "by Advanced Features");
	pci_dev_put(conv);
}

static void pm_reset(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	u16 ctrl;

	pci_write_config_byte(f->pdev, PCI_CACHE_LINE_SIZE, 0x5a);
	pci_read_config_word(f->pdev, 0x40 + PCI_PM_CTRL, &ctrl);
	pci_write_config_word(f->pdev, 0x40 + PCI_PM_CTRL, ctrl | PCI_D3hot);
	KUNIT_EXPECT_EQ(test, f->card->nr_pm_reset, 0);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_CACHE_LINE_SIZE, 1), 0x5a);
	pci_write_config_word(f->pdev, 0x40 + PCI_PM_CTRL, ctrl);
	KUNIT_EXPECT_EQ(test, f->card->nr_pm_reset, 1);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_CACHE_LINE_SIZE, 1), 0);
}

static void bus_reset(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	struct pci_dev *port = fake_pci_dev_get(f->port);

	KUNIT_ASSERT_NOT_NULL(test, port);
	fake_pci_poke(f->below, PCI_CACHE_LINE_SIZE, 1, 0x5a);
	fake_pci_poke(f->card, PCI_CACHE_LINE_SIZE, 1, 0x5a);
	KUNIT_EXPECT_EQ(test, pci_bridge_secondary_bus_reset(port), 0);
	KUNIT_EXPECT_GE(test, f->below->nr_bus_reset, 1);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->below, PCI_CACHE_LINE_SIZE, 1), 0);
	KUNIT_EXPECT_EQ(test, f->card->nr_bus_reset, 0);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_CACHE_LINE_SIZE, 1), 0x5a);
	pci_dev_put(port);
}

static void vpd(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	u8 copy[sizeof(vpd_image)];

	KUNIT_EXPECT_EQ(test, pci_read_vpd(f->pdev, 0, sizeof(copy), copy), sizeof(copy));
	KUNIT_EXPECT_MEMEQ(test, copy, vpd_image, sizeof(copy));
}

struct vector_row {
	const char *name;
	unsigned int kind;
	int where;
	u16 enable;
};

static const struct vector_row vector_rows[] = {
	{ "MSI", PCI_IRQ_MSI, 0x50 + PCI_MSI_FLAGS, PCI_MSI_FLAGS_ENABLE },
	{ "MSI-X", PCI_IRQ_MSIX, 0xb0 + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_ENABLE },
};

KUNIT_ARRAY_PARAM_DESC(vector, vector_rows, name);

static void irq_vectors(struct kunit *test)
{
	const struct vector_row *row = test->param_value;
	struct fake_fixture *f = test->priv;

	KUNIT_ASSERT_EQ(test, pci_enable_device(f->pdev), 0);
	KUNIT_EXPECT_EQ(test, pci_alloc_irq_vectors(f->pdev, 1, 1, row->kind), 1);
	KUNIT_EXPECT_TRUE(test, fake_pci_peek(f->card, row->where, 2) & row->enable);
	pci_free_irq_vectors(f->pdev);
	KUNIT_EXPECT_FALSE(test, fake_pci_peek(f->card, row->where, 2) & row->enable);
	pci_disable_device(f->pdev);
}

static void dead_device(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	u8 line = fake_pci_peek(f->card, PCI_CACHE_LINE_SIZE, 1);
	u32 v = 0;

	fake_pci_set_dead(f->card, true);
	pci_bus_read_config_dword(f->pdev->bus, f->pdev->devfn, PCI_VENDOR_ID, &v);
	KUNIT_EXPECT_EQ(test, v, ~0U);
	pci_bus_write_config_byte(f->pdev->bus, f->pdev->devfn, PCI_CACHE_LINE_SIZE, ~line);
	fake_pci_set_dead(f->card, false);
	KUNIT_EXPECT_EQ(test, fake_pci_peek(f->card, PCI_CACHE_LINE_SIZE, 1), line);
	pci_bus_read_config_dword(f->pdev->bus, f->pdev->devfn, PCI_VENDOR_ID, &v);
	KUNIT_EXPECT_EQ(test, v, 0x10f0fafaU);
}

static void unplug(struct kunit *test)
{
	struct fake_fixture *f = test->priv;
	struct pci_dev *again;

	fake_pci_unplug(f->below);
	KUNIT_EXPECT_NULL(test, fake_pci_dev_get(f->below));
	fake_pci_replug(f->below);
	again = fake_pci_dev_get(f->below);
	KUNIT_ASSERT_NOT_NULL(test, again);
	KUNIT_EXPECT_EQ(test, again->device, 0x10f2);
	pci_dev_put(again);
}

static void one_bridge(struct kunit *test)
{
	struct fake_pci_host *second = kunit_kzalloc(test, sizeof(*second), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, second);
	fake_pci_host_init(second);
	KUNIT_EXPECT_EQ(test, fake_pci_host_probe(second), -EEXIST);
	fake_pci_host_remove(second);
}

static struct kunit_case fake_pci_cases[] = {
	KUNIT_CASE(enumeration),
	KUNIT_CASE_PARAM(capabilities, cap_gen_params),
	KUNIT_CASE(serial_number),
	KUNIT_CASE_PARAM(bar_sizes, bar_gen_params),
	KUNIT_CASE(bar_memory),
	KUNIT_CASE_PARAM(write_masks, write_gen_params),
	KUNIT_CASE(access_counts),
	KUNIT_CASE(flr),
	KUNIT_CASE(reset_function),
	KUNIT_CASE(pm_reset),
	KUNIT_CASE(bus_reset),
	KUNIT_CASE(vpd),
	KUNIT_CASE_PARAM(irq_vectors, vector_gen_params),
	KUNIT_CASE(dead_device),
	KUNIT_CASE(unplug),
	KUNIT_CASE(one_bridge),
	{}
};

static struct kunit_suite fake_pci_suite = {
	.name = "fake_pci",
	.init = fake_fixture_init,
	.exit = fake_fixture_exit,
	.test_cases = fake_pci_cases,
};

kunit_test_suites(&fake_pci_suite);

MODULE_DESCRIPTION("KUnit suite of the fake PCI host bridge");
MODULE_LICENSE("Dual BSD/GPL");
