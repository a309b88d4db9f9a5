// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The module comes and goes, again and again, through its own init and exit,
 * and functions with it: nothing adds up, nothing is left, and every byte of
 * configuration space is where it was. What this finds shows on a kernel that
 * looks for leaks and freed memory: see debug/.
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
 * All but the port, which is the host's. Of its registers nothing is expected:
 * the core enables a bridge for what is below it, for good.
 */
static bool wanted(int i)
{
	return i != PORT;
}

struct cycle {
	struct seize_fixture *b;
	u8 (*was)[PCI_CFG_SPACE_EXP_SIZE];
	u8 *now;
	unsigned int refs[NR_FIXTURE_FNS];
};

static unsigned int refs_of(struct fake_pci_fn *fn)
{
	struct pci_dev *pdev = fake_pci_dev_get(fn);
	unsigned int refs = pdev ? kref_read(&pdev->dev.kobj.kref) : 0;

	pci_dev_put(pdev);
	return refs;
}

/* The fixture without its driver: the module is to bring it. */
static struct cycle *start(struct kunit *test)
{
	struct cycle *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, c);
	c->b = test->priv;
	c->was = kunit_kcalloc(test, NR_FIXTURE_FNS, sizeof(*c->was), GFP_KERNEL);
	c->now = kunit_kzalloc(test, PCI_CFG_SPACE_EXP_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, c->was);
	KUNIT_ASSERT_NOT_NULL(test, c->now);
	fixture_driver_stop(c->b);
	for (i = 0; i < NR_FIXTURE_FNS; i++) {
		fake_pci_snapshot(c->b->fn[i], c->was[i]);
		c->refs[i] = refs_of(c->b->fn[i]);
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
		struct fake_pci_fn *fn = c->b->fn[i];

		KUNIT_EXPECT_NULL_MSG(test, fixture_find(fn), "%s, %s", fixture_name(fn), when);
		KUNIT_EXPECT_EQ_MSG(test, refs_of(fn), c->refs[i], "%s, %s", fixture_name(fn), when);
		fake_pci_snapshot(fn, c->now);
		for (j = 0; wanted(i) && j < fn->size; j++)
			KUNIT_EXPECT_EQ_MSG(test, c->now[j], c->was[i][j], "%s byte %#x, %s",
					    fixture_name(fn), j, when);
	}
}

static void module_refuses_off_xen(struct kunit *test)
{
	struct cycle *c = start(test);

	KUNIT_EXPECT_EQ(test, glue_module_init(false, ALL_SLOTS, SOME_QUIRKS), -ENODEV);
	expect_untouched(test, c, "refused");
}

static void module_comes_and_goes(struct kunit *test)
{
	struct cycle *c = start(test);
	char text[1024];
	int i, round;

	for (round = 0; round < 4; round++) {
		KUNIT_ASSERT_EQ(test, glue_module_init(true, ALL_SLOTS, SOME_QUIRKS), 0);
		for (i = 0; i < NR_FIXTURE_FNS; i++)
			KUNIT_EXPECT_EQ_MSG(test, fixture_is_bound(c->b->fn[i]), wanted(i), "%s",
					    fixture_name(c->b->fn[i]));
		KUNIT_EXPECT_GT(test, fixture_driver_read("quirks", text, sizeof(text)), 0);
		KUNIT_EXPECT_NOT_NULL(test, strstr(text, "000000e0:4:ffff0000"));
		glue_module_exit();
		expect_untouched(test, c, "unloaded");
	}
}

static const struct pci_device_id no_ids[] = { { } };

/* As where the kernel has one built in. */
static struct pci_driver namesake = {
	.name = "pciback",
	.id_table = no_ids,
};

static void module_fails_beside_a_namesake(struct kunit *test)
{
	struct cycle *c = start(test);
	int err;

	KUNIT_ASSERT_EQ(test, pci_register_driver(&namesake), 0);
	err = glue_module_init(true, ALL_SLOTS, SOME_QUIRKS);
	KUNIT_EXPECT_EQ(test, err, -EBUSY);
	if (!err)
		glue_module_exit();
	pci_unregister_driver(&namesake);
	expect_untouched(test, c, "refused");
	/* Nor is anything remembered. */
	KUNIT_ASSERT_EQ(test, glue_module_init(true, NULL, NULL), 0);
	KUNIT_EXPECT_FALSE(test, fixture_is_bound(c->b->fn[CARD]));
	glue_module_exit();
}

struct use_row {
	const char *name;
	enum fixture_fn fn;
	int rounds;
};

static const struct use_row use_rows[] = {
	{ "PCIe", CARD, 3 },
	{ "below a port", BELOW, 3 },
	{ "AF", OLD, 3 },
	{ "power state", SOFT, 3 },
	{ "no reset", PLAIN, 20 },
};

KUNIT_ARRAY_PARAM_DESC(use, use_rows, name);

static void use(struct pcistub_device *dev)
{
	u32 val;

	mutex_lock(&dev->lock);
	pciback_device_conf_write(dev, PCI_COMMAND, 2, PCI_COMMAND_IO | PCI_COMMAND_MEMORY |
				  PCI_COMMAND_MASTER);
	pciback_device_conf_write(dev, PCI_BASE_ADDRESS_0, 4, 0xffffffff);
	pciback_device_conf_read(dev, PCI_BASE_ADDRESS_0, 4, &val);
	/* Nobody may change this: it goes into the audit. */
	pciback_device_conf_write(dev, PCI_SUBSYSTEM_VENDOR_ID, 4, 0x12345678);
	mutex_unlock(&dev->lock);
}

/* Bind, give, use, take, unbind; each second time it is unbound from the guest. */
static void function_comes_and_goes(struct kunit *test)
{
	const struct use_row *row = test->param_value;
	struct cycle *c = start(test);
	struct fake_pci_fn *fn = c->b->fn[row->fn];
	struct pcistub_device *dev;
	char quirk[32];
	int round;

	KUNIT_ASSERT_EQ(test, glue_module_init(true, NULL, SOME_QUIRKS), 0);
	for (round = 0; round < row->rounds; round++) {
		dev = fixture_seize(test, fn);
		snprintf(quirk, sizeof(quirk), "%s-e8:4:0", fixture_name(fn));
		KUNIT_EXPECT_GT(test, fixture_driver_write("quirks", quirk), 0);
		KUNIT_ASSERT_EQ(test, pciback_device_assign(dev, &c->b->guest.owner), 0);
		use(dev);
		if (round % 2)
			KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
		pciback_device_deassign(dev, &c->b->guest.owner);
		if (!(round % 2))
			KUNIT_EXPECT_EQ(test, fixture_unbind(fn), 12);
		pciback_device_put(dev);
		KUNIT_EXPECT_NULL(test, fixture_find(fn));
		KUNIT_EXPECT_EQ(test, kref_read(&c->b->guest.owner.ref), 1);
	}
	glue_module_exit();
	/* Whoever had a guest goes on decoding: see pciback_config_save(). */
	fake_pci_poke(fn, PCI_COMMAND, 2, c->was[row->fn][PCI_COMMAND] |
		      c->was[row->fn][PCI_COMMAND + 1] << 8);
	expect_untouched(test, c, "unloaded");
}

static struct kunit_case cycle_cases[] = {
	KUNIT_CASE(module_refuses_off_xen),
	KUNIT_CASE(module_comes_and_goes),
	KUNIT_CASE(module_fails_beside_a_namesake),
	KUNIT_CASE_PARAM(function_comes_and_goes, use_gen_params),
	{}
};

struct kunit_suite cycle_suite = {
	.name = "cycle",
	.init = seize_fixture_init,
	.exit = glue_fixture_exit,
	.test_cases = cycle_cases,
};
