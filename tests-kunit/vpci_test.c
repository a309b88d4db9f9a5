// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Which device and function number a function gets on a guest's virtual PCI bus. */
#include <kunit/test.h>
#include <linux/pci.h>
#include <pciback/vpci.h>
#include "suites.h"

/* A function is added to the bus, or one is removed. */
struct step {
	u32 domain;
	u8 bus, dev, func;
	bool virtfn;
	int err;
	u8 at_dev, at_func;	/* its numbers on the virtual bus */
	bool remove;		/* remove the function with these numbers instead */
};

struct place_row {
	const char *name;
	struct step steps[8];	/* the last one has bus 0 and no @remove */
};

#define AT(b, d, f, ad, af)	{ .bus = b, .dev = d, .func = f, .at_dev = ad, .at_func = af }
#define VF(b, d, f, ad, af)	\
	{ .bus = b, .dev = d, .func = f, .virtfn = true, .at_dev = ad, .at_func = af }
#define FULL(b, d, f, e)	{ .bus = b, .dev = d, .func = f, .err = e }
#define REMOVED(ad, af)		{ .at_dev = ad, .at_func = af, .remove = true }

static const struct place_row place_rows[] = {
	{ "one function", { AT(3, 5, 0, 0, 0) } },
	{ "a function keeps its number", { AT(2, 0x1a, 1, 0, 1) } },
	{ "function 7", { AT(2, 0x1f, 7, 0, 7) } },
	{ "three cards", { AT(3, 5, 0, 0, 0), AT(2, 0x1a, 1, 1, 1), AT(4, 0, 0, 2, 0) } },
	{ "functions of one device share a slot",
	  { AT(3, 5, 0, 0, 0), AT(2, 0x1a, 1, 1, 1), AT(3, 5, 1, 0, 1), AT(2, 0x1a, 0, 1, 0) } },
	{ "same bus, other device", { AT(3, 5, 0, 0, 0), AT(3, 6, 1, 1, 1) } },
	{ "other bus, same device", { AT(3, 5, 0, 0, 0), AT(4, 5, 1, 1, 1) } },
	{ "other domain",
	  { AT(3, 5, 0, 0, 0),
	    { .domain = 1, .bus = 3, .dev = 5, .func = 1, .at_dev = 1, .at_func = 1 } } },
	{ "the same function twice", { AT(3, 5, 0, 0, 0), FULL(3, 5, 0, -EEXIST) } },
	{ "a free slot is used again",
	  { AT(3, 5, 0, 0, 0), AT(4, 0, 0, 1, 0), AT(5, 0, 0, 2, 0), REMOVED(1, 0),
	    AT(6, 0, 2, 1, 2) } },
	{ "a free slot is not that of its last device",
	  { AT(3, 5, 0, 0, 0), REMOVED(0, 0), AT(4, 0, 0, 0, 0), AT(3, 5, 1, 1, 1) } },
	{ "a slot is free without its last function",
	  { AT(3, 5, 0, 0, 0), AT(3, 5, 1, 0, 1), REMOVED(0, 0), AT(4, 0, 0, 1, 0), REMOVED(0, 1),
	    AT(6, 0, 0, 0, 0) } },
	{ "a slot is not free before its last function",
	  { AT(3, 5, 0, 0, 0), AT(3, 5, 1, 0, 1), REMOVED(0, 0), AT(3, 5, 2, 0, 2),
	    AT(3, 5, 0, 0, 0) } },
	{ "function 0 of a VF has a slot alone",
	  { VF(3, 0x10, 0, 0, 0), VF(3, 0x10, 1, 1, 1), VF(3, 0x10, 2, 1, 2) } },
	{ "function 0 of a VF shares no slot", { VF(3, 0x10, 1, 0, 1), VF(3, 0x10, 0, 1, 0) } },
	{ "two VFs of two devices", { VF(3, 0x10, 0, 0, 0), VF(3, 0x11, 0, 1, 0) } },
	{ "VFs of other functions share a slot", { VF(3, 0x10, 2, 0, 2), VF(3, 0x10, 4, 0, 4) } },
	{ "a VF beside its PF", { AT(3, 0, 0, 0, 0), VF(3, 0, 1, 0, 1) } },
	{ "a PF function beside a VF with function 0", { VF(3, 0, 0, 0, 0), AT(3, 0, 1, 1, 1) } },
	{ "the slot of such a VF is free afterwards",
	  { VF(3, 0x10, 0, 0, 0), REMOVED(0, 0), AT(4, 0, 0, 0, 0), AT(4, 0, 1, 0, 1) } },
};

KUNIT_ARRAY_PARAM_DESC(place, place_rows, name);

static void placement(struct kunit *test)
{
	const struct place_row *row = test->param_value;
	struct vpci *vpci = kunit_kzalloc(test, sizeof(*vpci), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, vpci);
	for (i = 0; i < ARRAY_SIZE(row->steps); i++) {
		const struct step *s = &row->steps[i];
		struct pciback_addr real = { s->domain, s->bus, PCI_DEVFN(s->dev, s->func) };
		u8 devfn = 0xff;

		if (s->remove) {
			pciback_vpci_vacate(vpci, PCI_DEVFN(s->at_dev, s->at_func));
			continue;
		}
		if (!s->bus)
			break;
		KUNIT_EXPECT_EQ_MSG(test, pciback_vpci_place(vpci, &real, s->virtfn, &devfn),
				    s->err, "step %d", i);
		KUNIT_EXPECT_EQ_MSG(test, devfn, s->err ? 0xff : PCI_DEVFN(s->at_dev, s->at_func),
				    "step %d", i);
	}
}

static int place(struct vpci *vpci, u8 bus, u8 dev, u8 func, bool virtfn, u8 *devfn)
{
	struct pciback_addr real = { 0, bus, PCI_DEVFN(dev, func) };

	return pciback_vpci_place(vpci, &real, virtfn, devfn);
}

static void full_bus(struct kunit *test)
{
	struct vpci *vpci = kunit_kzalloc(test, sizeof(*vpci), GFP_KERNEL);
	u8 devfn;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, vpci);
	for (i = 0; i < VPCI_SLOTS; i++) {
		KUNIT_ASSERT_EQ_MSG(test, place(vpci, i + 1, 0, 0, false, &devfn), 0, "card %d", i);
		KUNIT_EXPECT_EQ(test, devfn, PCI_DEVFN(i, 0));
	}
	KUNIT_EXPECT_EQ(test, place(vpci, 100, 0, 0, false, &devfn), -ENOSPC);
	KUNIT_EXPECT_EQ(test, place(vpci, 100, 0, 0, true, &devfn), -ENOSPC);

	/* Another function of a device that is on the bus still has a place. */
	KUNIT_EXPECT_EQ(test, place(vpci, 32, 0, 3, false, &devfn), 0);
	KUNIT_EXPECT_EQ(test, devfn, PCI_DEVFN(31, 3));

	pciback_vpci_vacate(vpci, PCI_DEVFN(17, 0));
	KUNIT_EXPECT_EQ(test, place(vpci, 100, 0, 5, false, &devfn), 0);
	KUNIT_EXPECT_EQ(test, devfn, PCI_DEVFN(17, 5));
	KUNIT_EXPECT_EQ(test, place(vpci, 101, 0, 0, false, &devfn), -ENOSPC);
}

static struct kunit_case vpci_cases[] = {
	KUNIT_CASE_PARAM(placement, place_gen_params),
	KUNIT_CASE(full_bus),
	{}
};

struct kunit_suite vpci_suite = {
	.name = "vpci",
	.test_cases = vpci_cases,
};
