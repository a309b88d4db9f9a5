// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Plans of resets. A row has the functions and bridges of a machine, the function to
 * reset, its owner, and the whole plan as text: each method, the bridge that does it
 * (@), the functions that it resets, and the denial with the function that is the
 * reason for it (!).
 */
#include <kunit/test.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <pciback/reset_plan.h>
#include "suites.h"

#define MAX_NODES	10
#define END		{ .kind = -1 }

#define OWN(...)	.nr_methods = sizeof((u8[]){ __VA_ARGS__ }), .methods = { __VA_ARGS__ }
#define AT(b, d, f)	.bus = (b), .devfn = (d) << 3 | (f)
/* No physical function and no owner unless the row has one: see nodes_fill_in(). */
#define NODE(_kind, _up, ...) { .kind = RESET_##_kind, .up = (_up), __VA_ARGS__ }
/* Functions: seized and idle unless the row says more. */
#define PCIE(up, ...)	NODE(PCIE_FUNCTION, up, __VA_ARGS__)
#define PCI(up, ...)	NODE(PCI_FUNCTION, up, __VA_ARGS__)
#define HOST(name)	.binding = RESET_BOUND_HOST, .driver = (name)
#define ROOT_PORT	NODE(PORT, RESET_NONE, HOST("pcieport"), AT(0, 1, 0))

struct plan_row {
	const char *name;
	struct reset_node node[MAX_NODES];
	int target;
	int owner;
	const char *plan;
	int verdict;
};

static const struct plan_row plan_rows[] = {
	{ "endpoint with all methods",
	  { ROOT_PORT, PCIE(0, OWN(RESET_SPECIFIC, RESET_FLR, RESET_PM, RESET_BUS)), END },
	  1, RESET_IDLE, "device_specific 1; flr 1; pm 1; bus @0 1", 0 },
	{ "order of reset_method",
	  { ROOT_PORT, PCIE(0, OWN(RESET_BUS, RESET_PM)), END },
	  1, RESET_IDLE, "bus @0 1; pm 1", 0 },
	{ "endpoint on the root bus",
	  { PCIE(RESET_NONE, OWN(RESET_FLR)), END },
	  0, RESET_IDLE, "flr 0; bus !root-bus", 0 },
	{ "endpoint on the root bus, no reset",
	  { PCIE(RESET_NONE), END },
	  0, RESET_IDLE, "bus !root-bus", -ENOTTY },
	{ "slot instead of bus",
	  { ROOT_PORT, PCIE(0, OWN(RESET_FLR), .slot = true), END },
	  1, RESET_IDLE, "flr 1; slot @0 1", 0 },
	{ "two functions, both seized",
	  { ROOT_PORT, PCIE(0), PCIE(0), END },
	  1, RESET_IDLE, "bus @0 1,2", 0 },
	{ "two functions, one with host driver",
	  { ROOT_PORT, PCIE(0), PCIE(0, HOST("e1000e")), END },
	  1, RESET_IDLE, "bus @0 1,2 !host-driver 2", -EBUSY },
	{ "two functions, one with host driver, FLR",
	  { ROOT_PORT, PCIE(0, OWN(RESET_FLR)), PCIE(0, HOST("e1000e")), END },
	  1, RESET_IDLE, "flr 1; bus @0 1,2 !host-driver 2", 0 },
	{ "two functions, one without driver",
	  { ROOT_PORT, PCIE(0), PCIE(0, .binding = RESET_UNBOUND), END },
	  1, RESET_IDLE, "bus @0 1,2 !not-seized 2", -EBUSY },
	{ "two functions, one being bound",
	  { ROOT_PORT, PCIE(0), PCIE(0, .binding = RESET_REBINDING), END },
	  1, RESET_IDLE, "bus @0 1,2 !rebinding 2", -EBUSY },
	{ "two functions, one with a guest",
	  { ROOT_PORT, PCIE(0), PCIE(0, .owner = 7), END },
	  1, RESET_IDLE, "bus @0 1,2 !other-guest 2", -EBUSY },
	{ "two functions with the same guest",
	  { ROOT_PORT, PCIE(0, .owner = 7), PCIE(0, .owner = 7), END },
	  1, 7, "bus @0 1,2", 0 },
	{ "two functions with two guests",
	  { ROOT_PORT, PCIE(0, .owner = 7), PCIE(0, .owner = 8), END },
	  1, 7, "bus @0 1,2 !other-guest 2", -EBUSY },
	{ "one with a guest, one idle",
	  { ROOT_PORT, PCIE(0, .owner = 7), PCIE(0), END },
	  1, 7, "bus @0 1,2", 0 },
	{ "two functions in a slot, one with host driver",
	  { ROOT_PORT, PCIE(0, .slot = true), PCIE(0, .slot = true, HOST("nvme")), END },
	  1, RESET_IDLE, "slot @0 1,2 !host-driver 2", -EBUSY },
	{ "root port with several devices",
	  { ROOT_PORT, PCIE(0, AT(1, 0, 0)), PCIE(0, AT(1, 1, 0)),
	    PCIE(0, AT(1, 2, 0), HOST("xhci_hcd")), END },
	  1, RESET_IDLE, "bus @0 1,2,3 !host-driver 3", -EBUSY },
	{ "function below another port",
	  { ROOT_PORT, PCIE(0), ROOT_PORT, PCIE(2, HOST("nvme")), END },
	  1, RESET_IDLE, "bus @0 1", 0 },
	{ "below a switch",
	  { ROOT_PORT, NODE(PORT, 0, HOST("pcieport")), NODE(PORT, 1, HOST("pcieport")),
	    PCIE(2), NODE(PORT, 1, HOST("pcieport")), PCIE(4, HOST("nvme")), END },
	  3, RESET_IDLE, "bus @2 3", 0 },
	{ "port of a switch, with functions below it and beside it",
	  { ROOT_PORT, NODE(PORT, 0, HOST("pcieport")), NODE(PORT, 1), PCIE(2), NODE(PORT, 1),
	    PCIE(4, HOST("nvme")), END },
	  2, RESET_IDLE, "bus @1 2,3,4,5 !host-driver 5", -EBUSY },
	{ "PM reset of a bridge, with a function below it",
	  { NODE(PCI_BRIDGE, RESET_NONE, OWN(RESET_PM)), PCI(0, HOST("e1000")), END },
	  0, RESET_IDLE, "pm 0,1 !host-driver 1; bus !root-bus", -EBUSY },
	{ "conventional on the root bus, Advanced Features",
	  { PCI(RESET_NONE, OWN(RESET_AF)), END },
	  0, RESET_IDLE, "af_flr 0; bus !root-bus", 0 },
	{ "conventional on the root bus, nothing",
	  { PCI(RESET_NONE), PCI(RESET_NONE, HOST("e1000")), END },
	  0, RESET_IDLE, "bus !root-bus", -ENOTTY },
	{ "conventional behind PCI Express to PCI",
	  { ROOT_PORT, NODE(TO_PCI, 0, .binding = RESET_UNBOUND), PCI(1), PCI(1), END },
	  2, RESET_IDLE, "bus @1 2,3", 0 },
	{ "uppermost PCI bridge, not the nearest",
	  { ROOT_PORT, NODE(TO_PCI, 0, .binding = RESET_UNBOUND),
	    NODE(PCI_BRIDGE, 1, .binding = RESET_UNBOUND), PCI(2), PCI(1), END },
	  3, RESET_IDLE, "bus @1 2,3,4", 0 },
	{ "uppermost PCI bridge, host driver on another of its buses",
	  { ROOT_PORT, NODE(TO_PCI, 0, .binding = RESET_UNBOUND),
	    NODE(PCI_BRIDGE, 1, .binding = RESET_UNBOUND), PCI(2),
	    NODE(PCI_BRIDGE, 1, .binding = RESET_UNBOUND), PCI(4, HOST("snd_ens1370")), END },
	  3, RESET_IDLE, "bus @1 2,3,4,5 !host-driver 5", -EBUSY },
	{ "conventional bridges up to the root bus",
	  { NODE(PCI_BRIDGE, RESET_NONE, .binding = RESET_UNBOUND),
	    NODE(PCI_BRIDGE, 0, .binding = RESET_UNBOUND), PCI(1), END },
	  2, RESET_IDLE, "bus @0 1,2", 0 },
	{ "uppermost bridge is PCI Express to PCI, not a port",
	  { ROOT_PORT, NODE(TO_PCI, 0, HOST("pcieport")), PCI(1), END },
	  2, RESET_IDLE, "bus @1 2", 0 },
	{ "PCI Express behind conventional PCI",
	  { NODE(TO_PCIE, RESET_NONE, .binding = RESET_UNBOUND), PCIE(0), END },
	  1, RESET_IDLE, "bus @0 1", 0 },
	{ "affected bridge with another guest",
	  { ROOT_PORT, NODE(TO_PCI, 0), NODE(PCI_BRIDGE, 1, .owner = 9), PCI(1), END },
	  3, 7, "bus @1 2,3 !other-guest 2", -EBUSY },
	{ "virtual function",
	  { ROOT_PORT, PCIE(0, HOST("igb")), PCIE(0, .pf = 1, OWN(RESET_FLR)), END },
	  2, RESET_IDLE, "flr 2; bus !virtual-function", 0 },
	{ "virtual function without reset",
	  { ROOT_PORT, PCIE(0, HOST("igb")), PCIE(0, .pf = 1), END },
	  2, RESET_IDLE, "bus !virtual-function", -ENOTTY },
	{ "physical function with a virtual one in use",
	  { ROOT_PORT, PCIE(0, OWN(RESET_FLR)), PCIE(RESET_NONE, .pf = 1, .owner = 3), END },
	  1, RESET_IDLE, "flr 1,2 !other-guest 2; bus @0 1,2 !other-guest 2", -EBUSY },
	{ "bus reset breaks the function",
	  { ROOT_PORT, PCIE(0, .no_bus_reset = true), END },
	  1, RESET_IDLE, "bus @0 1 !breaks-device 1", -ENOTTY },
	{ "bus reset breaks its neighbour",
	  { ROOT_PORT, PCIE(0, OWN(RESET_PM)), PCIE(0, .no_bus_reset = true), END },
	  1, RESET_IDLE, "pm 1; bus @0 1,2 !breaks-device 2", 0 },
	{ "bus reset breaks the bridge",
	  { NODE(PORT, RESET_NONE, .no_bus_reset = true), PCIE(0), END },
	  1, RESET_IDLE, "bus @0 1 !breaks-device 0", -ENOTTY },
};

KUNIT_ARRAY_PARAM_DESC(plan, plan_rows, name);

static int nodes_count(const struct reset_node *node)
{
	int nr = 0;

	while ((int)node[nr].kind != -1)
		nr++;
	return nr;
}

/* Rows leave out members that most nodes do not use. */
static void nodes_fill_in(struct reset_node *node, int nr, u32 domain)
{
	for (; nr--; node++) {
		node->domain += domain;
		node->pf = node->pf ?: RESET_NONE;
		node->owner = node->owner ?: RESET_IDLE;
	}
}

static void plan_print(const struct reset_table *t, const struct reset_plan *plan,
		       char *buf, size_t size)
{
	int i, j, len = 0;

	for (i = 0; i < plan->nr; i++) {
		const struct reset_step *step = &plan->step[i];
		bool first = true;

		len += scnprintf(buf + len, size - len, "%s%s", i ? "; " : "",
				 pciback_reset_method_name(step->method));
		if (step->bridge != RESET_NONE)
			len += scnprintf(buf + len, size - len, " @%d", step->bridge);
		/* A bus or slot reset without a bridge affects nothing. */
		for (j = 0; j < t->nr && (step->bridge != RESET_NONE ||
					  step->method < RESET_SLOT); j++) {
			if (!pciback_reset_step_affects(t, plan->target, step, j))
				continue;
			len += scnprintf(buf + len, size - len, "%c%d", first ? ' ' : ',', j);
			first = false;
		}
		if (step->denial)
			len += scnprintf(buf + len, size - len, " !%s",
					 pciback_reset_denial_name(step->denial));
		if (step->blocker != RESET_NONE)
			len += scnprintf(buf + len, size - len, " %d", step->blocker);
	}
}

static void methods(struct kunit *test)
{
	const struct plan_row *row = test->param_value;
	struct reset_table t = { (struct reset_node *)row->node, nodes_count(row->node) };
	struct reset_plan plan;
	char text[200] = "";
	u32 domain;

	/* The plan does not depend on the domain. */
	for (domain = 0; domain < 2; domain++) {
		struct reset_node node[MAX_NODES];

		memcpy(node, row->node, sizeof(node));
		nodes_fill_in(node, t.nr, domain * 0x10001);
		t.node = node;
		pciback_reset_plan_make(&t, row->target, row->owner, &plan);
		plan_print(&t, &plan, text, sizeof(text));
		KUNIT_EXPECT_STREQ(test, text, row->plan);
		KUNIT_EXPECT_EQ(test, pciback_reset_plan_verdict(&plan), row->verdict);
	}
}

struct text_row {
	const char *name;
	struct reset_node blocker;
	enum reset_denial denial;
	const char *text;
};

#define SIBLING(...)	NODE(PCIE_FUNCTION, 0, .domain = 2, AT(3, 0, 1), __VA_ARGS__)

static const struct text_row text_rows[] = {
	{ "host driver", SIBLING(HOST("e1000e")), RESET_DENIED_HOST_DRIVER,
	  "bus reset would hit 0002:03:00.1 too, which is bound to e1000e; give it to pciback first: xl pci-assignable-add 0002:03:00.1"
	},
	{ "not seized", SIBLING(.binding = RESET_UNBOUND), RESET_DENIED_NOT_SEIZED,
	  "bus reset would hit 0002:03:00.1 too, which pciback does not have; give it to pciback first: xl pci-assignable-add 0002:03:00.1"
	},
	{ "other guest", SIBLING(.owner = 12), RESET_DENIED_OTHER_GUEST,
	  "bus reset would hit 0002:03:00.1 too, which domain 12 has; give both to the same domain, or detach it first: xl pci-detach 12 0002:03:00.1"
	},
	{ "rebinding", SIBLING(.binding = RESET_REBINDING), RESET_DENIED_REBINDING,
	  "bus reset would hit 0002:03:00.1 too, which is being bound, unbound or reset just now; try again"
	},
	{ "breaks device", SIBLING(.no_bus_reset = true), RESET_DENIED_BREAKS_DEVICE,
	  "0002:03:00.1 does not survive a bus reset, as the kernel knows; power-cycle the machine"
	},
	{ "virtual function", SIBLING(.pf = 1), RESET_DENIED_VF,
	  "no bus reset for a virtual function" },
	{ "root bus", SIBLING(.slot = false), RESET_DENIED_ROOT_BUS,
	  "no bus reset: there is no bridge above it"
	},
};

KUNIT_ARRAY_PARAM_DESC(text, text_rows, name);

/* The text has device, reason and remedy. */
static void explain(struct kunit *test)
{
	const struct text_row *row = test->param_value;
	struct reset_node node[2] = { PCIE(0, AT(3, 0, 0)), row->blocker };
	struct reset_table t = { node, ARRAY_SIZE(node) };
	struct reset_step step = {
		.method = RESET_BUS, .bridge = 0, .denial = row->denial, .blocker = RESET_NONE,
	};
	char text[200];

	if (row->denial != RESET_DENIED_VF && row->denial != RESET_DENIED_ROOT_BUS)
		step.blocker = 1;
	KUNIT_EXPECT_EQ(test, pciback_reset_step_explain(&t, &step, text, sizeof(text)),
			strlen(row->text));
	KUNIT_EXPECT_STREQ(test, text, row->text);
	/* A small buffer truncates the text; the length returned is the whole one. */
	KUNIT_EXPECT_EQ(test, pciback_reset_step_explain(&t, &step, text, 10), strlen(row->text));
	KUNIT_EXPECT_EQ(test, strlen(text), 9);
}

/* A table with a loop must not make an endless loop, and unknown methods are skipped. */
static void loops(struct kunit *test)
{
	struct reset_node node[3] = {
		NODE(PCI_BRIDGE, 1), NODE(PCI_BRIDGE, 0), PCI(0, OWN(99, RESET_PM, RESET_PM)),
	};
	struct reset_table t = { node, ARRAY_SIZE(node) };
	struct reset_plan plan;

	nodes_fill_in(node, t.nr, 0);
	pciback_reset_plan_make(&t, 2, RESET_IDLE, &plan);
	KUNIT_EXPECT_EQ(test, plan.nr, 2);
	KUNIT_EXPECT_EQ(test, plan.step[0].method, RESET_PM);
	KUNIT_EXPECT_EQ(test, plan.step[1].method, RESET_BUS);
}

static struct kunit_case reset_plan_cases[] = {
	KUNIT_CASE_PARAM(methods, plan_gen_params),
	KUNIT_CASE_PARAM(explain, text_gen_params),
	KUNIT_CASE(loops),
	{}
};

struct kunit_suite reset_plan_suite = {
	.name = "reset_plan",
	.test_cases = reset_plan_cases,
};
