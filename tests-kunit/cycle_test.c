// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The module is loaded and unloaded several times by its own init and exit, and
 * functions are bound and unbound. Nothing may leak, and every byte of
 * configuration space must be as before. Leaks and uses of freed memory are
 * found by the debug kernel: see debug/.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include "device/lifecycle.h"
#include "device/pci_hw.h"
#include "record/record.h"
#include "main_glue.h"
#include "seize_fixture.h"
#include "suites.h"

#define ALL_SLOTS	"(1234:00:03.*)(1234:00:05.0)(1234:00:06.0)(1234:00:07.0)(1234:00:08.0)(1234:01:00.*)"
#define SOME_QUIRKS	"fafa:10f0-40:1:ff 8086:1237-50:4:0;fafa:10f3-e0:4:ffff0000"

/*
 * All but the port, which the host keeps. Its registers are not compared: the core
 * enables a bridge for a function below it, and does not disable it again.
 */
static bool is_hidden(int i)
{
	return i != PORT;
}

/**
 * struct cycle - the functions before the module is loaded
 * @fixture: the functions
 * @was: their registers
 * @now: buffer for registers
 * @refs: references to their struct pci_dev
 *
 * Locking: none; used by the test's thread only.
 */
struct cycle {
	struct seize_fixture *fixture;
	u8 (*was)[PCI_CFG_SPACE_EXP_SIZE];
	u8 *now;
	unsigned int refs[NR_FIXTURE_FNS];
};

static unsigned int fn_refs(struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	unsigned int refs = pdev ? kref_read(&pdev->dev.kobj.kref) : 0;

	pci_dev_put(pdev);
	return refs;
}

/* The driver of the fixture is stopped: the module registers it. */
static struct cycle *cycle_start(struct kunit *test)
{
	struct cycle *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->fixture = test->priv;
	c->was = kunit_kcalloc(test, NR_FIXTURE_FNS, sizeof(*c->was), GFP_KERNEL);
	c->now = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->was);
	KUNIT_ASSERT_NOT_NULL(test, c->now);
	fixture_driver_stop(c->fixture);
	for (i = 0; i < NR_FIXTURE_FNS; i++) {
		fake_pci_snapshot(c->fixture->fn[i], c->was[i]);
		c->refs[i] = fn_refs(c->fixture->fn[i]);
	}
	return c;
}

static bool driver_exists(void)
{
	struct file *file = filp_open("/sys/bus/pci/drivers/pciback", O_RDONLY | O_DIRECTORY, 0);

	if (IS_ERR(file))
		return false;
	filp_close(file, NULL);
	return true;
}

static void expect_untouched(struct kunit *test, struct cycle *c, const char *when)
{
	int i, j;

	KUNIT_EXPECT_FALSE_MSG(test, driver_exists(), "%s", when);
	for (i = 0; i < NR_FIXTURE_FNS; i++) {
		struct fake_pci_fn *fn = c->fixture->fn[i];

		KUNIT_EXPECT_NULL_MSG(test, fixture_find(fn), "%s, %s", fixture_name(fn), when);
		KUNIT_EXPECT_EQ_MSG(test, fn_refs(fn), c->refs[i], "%s, %s", fixture_name(fn),
				    when);
		fake_pci_snapshot(fn, c->now);
		for (j = 0; is_hidden(i) && j < fn->size; j++)
			KUNIT_EXPECT_EQ_MSG(test, c->now[j], c->was[i][j], "%s byte %#x, %s",
					    fixture_name(fn), j, when);
	}
}

static void load_without_xen(struct kunit *test)
{
	struct cycle *c = cycle_start(test);

	KUNIT_EXPECT_EQ(test, glue_module_init(false, ALL_SLOTS, SOME_QUIRKS), -ENODEV);
	expect_untouched(test, c, "load failed");
}

static void load_unload(struct kunit *test)
{
	struct cycle *c = cycle_start(test);
	char text[1024];
	int i, round;

	for (round = 0; round < 4; round++) {
		KUNIT_ASSERT_EQ(test, glue_module_init(true, ALL_SLOTS, SOME_QUIRKS), 0);
		for (i = 0; i < NR_FIXTURE_FNS; i++)
			KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(c->fixture->fn[i]), is_hidden(i),
					    "%s", fixture_name(c->fixture->fn[i]));
		KUNIT_EXPECT_GT(test, fixture_driver_read("quirks", text, sizeof(text)), 0);
		KUNIT_EXPECT_NOT_NULL(test, strstr(text, "000000e0:4:ffff0000"));
		glue_module_exit();
		expect_untouched(test, c, "unloaded");
	}
}

/* A module parameter of the kernel's type charp has 1024 characters at most. */
static void long_hide(struct kunit *test)
{
	struct cycle *c = cycle_start(test);
	char *list = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	char *shown = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	char *slots = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	int i, len = 0;

	KUNIT_ASSERT_NOT_NULL(test, list);
	KUNIT_ASSERT_NOT_NULL(test, shown);
	KUNIT_ASSERT_NOT_NULL(test, slots);
	for (i = 0; i < 255; i++)
		len += snprintf(list + len, PAGE_SIZE - len, "(1234:02:%02x.%d)", i / 8, i % 8);
	len += snprintf(list + len, PAGE_SIZE - len, "(1234:01:00.1)");
	KUNIT_ASSERT_EQ(test, len, 256 * 14);
	KUNIT_ASSERT_EQ(test, glue_module_init(true, list, NULL), 0);
	KUNIT_EXPECT_TRUE(test, fixture_is_bound(c->fixture->fn[BELOW_1]));
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(c->fixture->fn[BELOW]));
	KUNIT_EXPECT_EQ(test, fixture_driver_read("slots", slots, PAGE_SIZE), 256 * 13);
	KUNIT_EXPECT_EQ(test, glue_hide_show(shown), len + 1);
	KUNIT_EXPECT_EQ(test, strncmp(shown, list, len), 0);
	glue_module_exit();
	expect_untouched(test, c, "unloaded");
}

static const struct pci_device_id no_ids[] = { { } };

/* As in a kernel that has the in-tree driver built in. */
static struct pci_driver other_pciback = {
	.name = "pciback",
	.id_table = no_ids,
};

static void driver_name_taken(struct kunit *test)
{
	struct cycle *c = cycle_start(test);
	int err;

	KUNIT_ASSERT_EQ(test, pci_register_driver(&other_pciback), 0);
	err = glue_module_init(true, ALL_SLOTS, SOME_QUIRKS);
	KUNIT_EXPECT_EQ(test, err, -EBUSY);
	if (!err)
		glue_module_exit();
	pci_unregister_driver(&other_pciback);
	expect_untouched(test, c, "load failed");
	/* hide= of the failed load has no effect on the next one. */
	KUNIT_ASSERT_EQ(test, glue_module_init(true, NULL, NULL), 0);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(c->fixture->fn[CARD]));
	glue_module_exit();
}

struct function_row {
	const char *name;
	enum fixture_fn fn;
	int rounds;
};

static const struct function_row function_rows[] = {
	{ "PCIe", CARD, 3 },
	{ "below a port", BELOW, 3 },
	{ "AF", CONV_AF, 3 },
	{ "PM reset", CONV_PM_RESET, 3 },
	{ "no reset", CONV, 20 },
};

KUNIT_ARRAY_PARAM_DESC(function, function_rows, name);

static void device_use(struct pcistub_device *dev)
{
	u32 val;

	pciback_device_conf_write(dev, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
				  PCI_COMMAND_MASTER);
	pciback_device_conf_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	pciback_device_conf_read(dev, PCI_BASE_ADDRESS_0, 4, &val);
	/* No guest may change this register: the write is audited. */
	pciback_device_conf_write(dev, PCI_SUBSYSTEM_VENDOR_ID, 4, 0x12345678);
}

/* Bind, assign, use, deassign, unbind; each second time unbind before deassign. */
static void bind_unbind(struct kunit *test)
{
	const struct function_row *row = test->param_value;
	struct cycle *c = cycle_start(test);
	struct fake_pci_fn *fn = c->fixture->fn[row->fn];
	struct pcistub_device *dev;
	char quirk[32];
	int round;

	KUNIT_ASSERT_EQ(test, glue_module_init(true, NULL, SOME_QUIRKS), 0);
	for (round = 0; round < row->rounds; round++) {
		dev = fixture_seize(test, fn);
		snprintf(quirk, sizeof(quirk), "%s-e8:4:0", fixture_name(fn));
		KUNIT_EXPECT_GT(test, fixture_driver_write("quirks", quirk), 0);
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &c->fixture->guest.owner), 0);
		device_use(dev);
		if (round % 2)
			KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
		pciback_device_deassign(dev, &c->fixture->guest.owner);
		if (!(round % 2))
			KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
		pciback_device_put(dev);
		KUNIT_EXPECT_NULL(test, fixture_find(fn));
		KUNIT_EXPECT_EQ(test, kref_read(&c->fixture->guest.owner.ref), 1);
	}
	glue_module_exit();
	/* After a guest a function keeps on decoding: see pciback_config_save(). */
	fake_pci_poke(fn, PCI_COMMAND, 2, c->was[row->fn][PCI_COMMAND] |
		      c->was[row->fn][PCI_COMMAND + 1] << 8);
	expect_untouched(test, c, "unloaded");
}

static struct kunit_case cycle_cases[] = {
	KUNIT_CASE(load_without_xen),
	KUNIT_CASE(load_unload),
	KUNIT_CASE(long_hide),
	KUNIT_CASE(driver_name_taken),
	KUNIT_CASE_PARAM(bind_unbind, function_gen_params),
	{}
};

struct kunit_suite cycle_suite = {
	.name = "cycle",
	.init = seize_fixture_init,
	.exit = glue_fixture_exit,
	.test_cases = cycle_cases,
};
