// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Plans a reset: which methods there are, in which order, at which bridge, what each
 * would reset, and whether it is allowed. Freestanding: works on a table that the caller
 * fills, and takes no locks.
 *
 * Rule for owners: every function that a method resets must be seized, and be idle or
 * with the guest on whose behalf the reset is done. Bridges among them need not be
 * seized: no guest can have one alone, and the caller restores them.
 *
 * Rule for bridges: a PCI Express link is reset by the port above it. On conventional
 * buses it is the uppermost bridge with conventional PCI below it, the one next to PCI
 * Express. All that is behind that bridge reaches memory under one requester ID, so it
 * can only be assigned together.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <pciback/reset_plan.h>

static const char * const method_names[RESET_METHODS + 1] = {
	[RESET_SPECIFIC] = "device_specific",
	[RESET_ACPI] = "acpi",
	[RESET_FLR] = "flr",
	[RESET_AF] = "af_flr",
	[RESET_PM] = "pm",
	[RESET_SLOT] = "slot",
	[RESET_BUS] = "bus",
	[RESET_METHODS] = "none",
};

static const char * const denial_names[] = {
	[RESET_ALLOWED] = "allowed",
	[RESET_DENIED_HOST_DRIVER] = "host-driver",
	[RESET_DENIED_NOT_SEIZED] = "not-seized",
	[RESET_DENIED_OTHER_GUEST] = "other-guest",
	[RESET_DENIED_REBINDING] = "rebinding",
	[RESET_DENIED_BREAKS_DEVICE] = "breaks-device",
	[RESET_DENIED_VF] = "virtual-function",
	[RESET_DENIED_ROOT_BUS] = "root-bus",
};

/**
 * pciback_reset_method_name() - the name of a method, as in sysfs and the log
 * @method: the method; RESET_METHODS: "none"
 *
 * The PCI core's name, where it has one.
 *
 * Context: any.
 * Return: the name, a constant.
 */
const char *pciback_reset_method_name(enum reset_method method)
{
	return method_names[method];
}

/**
 * pciback_reset_denial_name() - the name of a reason against a step, as in sysfs
 * @denial: the reason
 *
 * Context: any.
 * Return: the name, a constant.
 */
const char *pciback_reset_denial_name(enum reset_denial denial)
{
	return denial_names[denial];
}

/**
 * pciback_reset_is_bridge() - is a node a bridge?
 * @node: function or bridge
 *
 * Context: any.
 * Return: true if there is a bus below it.
 */
bool pciback_reset_is_bridge(const struct reset_node *node)
{
	return node->kind != RESET_PCI_FUNCTION && node->kind != RESET_PCIE_FUNCTION;
}

static bool bridge_has_pci_below(const struct reset_node *node)
{
	return node->kind == RESET_TO_PCI || node->kind == RESET_PCI_BRIDGE;
}

static bool node_is_below(const struct reset_table *t, int i, int bridge)
{
	/* As many steps as there are nodes are enough; the limit ends a malformed table. */
	int left = t->nr;

	for (i = t->node[i].up; i != RESET_NONE && left--; i = t->node[i].up)
		if (i == bridge)
			return true;
	return false;
}

/**
 * pciback_reset_bridge_of() - find the bridge whose bus must be reset for a function
 * @t: the table
 * @target: index of the function
 *
 * Context: any.
 * Return: index of the bridge, or RESET_NONE on a root bus.
 */
int pciback_reset_bridge_of(const struct reset_table *t, int target)
{
	int bridge = t->node[target].up;
	int left = t->nr;

	while (bridge != RESET_NONE && bridge_has_pci_below(&t->node[bridge]) && left--) {
		int up = t->node[bridge].up;

		if (up == RESET_NONE || !bridge_has_pci_below(&t->node[up]))
			break;
		bridge = up;
	}
	return bridge;
}

static bool step_covers(const struct reset_table *t, int target, const struct reset_step *step,
			int i)
{
	if (step->bridge != RESET_NONE)
		return node_is_below(t, i, step->bridge);
	/* A reset of a bridge resets what is below it too. */
	return i == target || node_is_below(t, i, target);
}

/**
 * pciback_reset_step_affects() - does a step reset this function or bridge?
 * @t: the table
 * @target: index of the function to be reset
 * @step: the step
 * @i: index of the function or bridge in question
 *
 * A reset of a physical function resets its virtual functions too.
 *
 * Context: any.
 * Return: true if the step resets it.
 */
bool pciback_reset_step_affects(const struct reset_table *t, int target,
				const struct reset_step *step, int i)
{
	int pf = t->node[i].pf;

	if (i == target)
		return true;
	return step_covers(t, target, step, i) ||
	       (pf != RESET_NONE && step_covers(t, target, step, pf));
}

/**
 * pciback_reset_step_is_shared() - does a step need more than the target?
 * @t: the table
 * @target: index of the function to be reset
 * @step: the step
 *
 * Context: any.
 * Return: true if the step resets more than the target, or uses a bridge.
 */
bool pciback_reset_step_is_shared(const struct reset_table *t, int target,
				  const struct reset_step *step)
{
	int i;

	for (i = 0; i < t->nr; i++)
		if (i != target && pciback_reset_step_affects(t, target, step, i))
			return true;
	return step->bridge != RESET_NONE;
}

static enum reset_denial node_check(const struct reset_node *node, int owner, bool whole_bus)
{
	if (whole_bus && node->no_bus_reset)
		return RESET_DENIED_BREAKS_DEVICE;
	switch (node->binding) {
	case RESET_BOUND_PCIBACK:
		return node->owner == RESET_IDLE || node->owner == owner ?
		       RESET_ALLOWED : RESET_DENIED_OTHER_GUEST;
	case RESET_REBINDING:
		return RESET_DENIED_REBINDING;
	case RESET_BOUND_HOST:
		return pciback_reset_is_bridge(node) ? RESET_ALLOWED : RESET_DENIED_HOST_DRIVER;
	default:
		return pciback_reset_is_bridge(node) ? RESET_ALLOWED : RESET_DENIED_NOT_SEIZED;
	}
}

/**
 * pciback_reset_step_check() - decide whether a step is allowed
 * @t: the table
 * @target: index of the function to be reset; its own owner and driver in the
 *	table are not checked
 * @owner: domain of the guest on whose behalf, or RESET_IDLE
 * @step: the step; its @denial and @blocker are set
 *
 * Context: any.
 */
void pciback_reset_step_check(const struct reset_table *t, int target, int owner,
			      struct reset_step *step)
{
	bool whole_bus = step->method == RESET_SLOT || step->method == RESET_BUS;
	int i;

	step->denial = RESET_ALLOWED;
	step->blocker = RESET_NONE;
	if (whole_bus && t->node[target].pf != RESET_NONE) {
		step->denial = RESET_DENIED_VF;
		return;
	}
	if (whole_bus && step->bridge == RESET_NONE) {
		step->denial = RESET_DENIED_ROOT_BUS;
		return;
	}
	if (whole_bus && t->node[step->bridge].no_bus_reset) {
		step->denial = RESET_DENIED_BREAKS_DEVICE;
		step->blocker = step->bridge;
		return;
	}
	for (i = 0; i < t->nr; i++) {
		if (!pciback_reset_step_affects(t, target, step, i))
			continue;
		if (i == target) {
			if (!whole_bus || !t->node[i].no_bus_reset)
				continue;
			step->denial = RESET_DENIED_BREAKS_DEVICE;
		} else {
			step->denial = node_check(&t->node[i], owner, whole_bus);
		}
		if (step->denial) {
			step->blocker = i;
			return;
		}
	}
}

static void plan_add_step(const struct reset_table *t, int owner, struct reset_plan *plan,
			  enum reset_method method, int bridge)
{
	struct reset_step *step;
	int i;

	for (i = 0; i < plan->nr; i++)
		if (plan->step[i].method == method)
			return;
	step = &plan->step[plan->nr++];
	step->method = method;
	step->bridge = bridge;
	pciback_reset_step_check(t, plan->target, owner, step);
}

/*
 * A hot-plug slot mistakes a bus reset that it does not know of for a removal. So where
 * a slot can reset the function, the slot is used instead of the bus.
 */
static void plan_add_bus_step(const struct reset_table *t, int owner, struct reset_plan *plan)
{
	const struct reset_node *node = &t->node[plan->target];

	if (node->pf != RESET_NONE)
		plan_add_step(t, owner, plan, RESET_BUS, RESET_NONE);
	else if (node->slot && node->up != RESET_NONE)
		plan_add_step(t, owner, plan, RESET_SLOT, node->up);
	else
		plan_add_step(t, owner, plan, RESET_BUS, pciback_reset_bridge_of(t, plan->target));
}

/**
 * pciback_reset_plan_make() - plan the reset of a function
 * @t: the table
 * @target: index of the function
 * @owner: domain of the guest on whose behalf, whose other functions may be reset
 *	too, or RESET_IDLE
 * @plan: the result: the function's own methods in their order, and its slot or
 *	bus, each with the reason for which it is not allowed
 *
 * Context: any.
 */
void pciback_reset_plan_make(const struct reset_table *t, int target, int owner,
			     struct reset_plan *plan)
{
	const struct reset_node *node = &t->node[target];
	int i;

	plan->target = target;
	plan->nr = 0;
	for (i = 0; i < node->nr_methods && i < RESET_METHODS; i++) {
		enum reset_method method = node->methods[i];

		if (method == RESET_BUS || method == RESET_SLOT)
			plan_add_bus_step(t, owner, plan);
		else if (method < RESET_METHODS)
			plan_add_step(t, owner, plan, method, RESET_NONE);
	}
	plan_add_bus_step(t, owner, plan);
}

/**
 * pciback_reset_plan_verdict() - can the target be reset?
 * @plan: its plan
 *
 * Context: any.
 * Return: 0: yes; -EBUSY: not while others use what would be reset too; -ENOTTY:
 * there is no way to reset it.
 */
int pciback_reset_plan_verdict(const struct reset_plan *plan)
{
	int i, err = -ENOTTY;

	for (i = 0; i < plan->nr; i++) {
		switch (plan->step[i].denial) {
		case RESET_ALLOWED:
			return 0;
		case RESET_DENIED_HOST_DRIVER:
		case RESET_DENIED_NOT_SEIZED:
		case RESET_DENIED_OTHER_GUEST:
		case RESET_DENIED_REBINDING:
			err = -EBUSY;
			break;
		default:
			break;
		}
	}
	return err;
}

/**
 * pciback_reset_step_explain() - write why a step is not allowed, and the remedy
 * @t: the table
 * @step: the step
 * @buf: for the text
 * @len: size of @buf in bytes
 *
 * Context: any.
 * Return: length of the text, as snprintf() counts it.
 */
int pciback_reset_step_explain(const struct reset_table *t, const struct reset_step *step,
			       char *buf, size_t len)
{
	const char *method = pciback_reset_method_name(step->method);
	const struct reset_node *node = NULL;
	char name[20] = "";

	if (step->blocker != RESET_NONE) {
		node = &t->node[step->blocker];
		snprintf(name, sizeof(name), "%04x:%02x:%02x.%d", node->domain, node->bus,
			 node->devfn >> 3, node->devfn & 7);
	}
	switch (step->denial) {
	case RESET_DENIED_HOST_DRIVER:
		return snprintf(buf, len,
				"%s reset would hit %s too, which is bound to %s; give it to pciback first: xl pci-assignable-add %s",
				method, name, node->driver, name);
	case RESET_DENIED_NOT_SEIZED:
		return snprintf(buf, len,
				"%s reset would hit %s too, which pciback does not have; give it to pciback first: xl pci-assignable-add %s",
				method, name, name);
	case RESET_DENIED_OTHER_GUEST:
		return snprintf(buf, len,
				"%s reset would hit %s too, which domain %d has; give both to the same domain, or detach it first: xl pci-detach %d %s",
				method, name, node->owner, node->owner, name);
	case RESET_DENIED_REBINDING:
		return snprintf(buf, len,
				"%s reset would hit %s too, which is being bound, unbound or reset just now; try again",
				method, name);
	case RESET_DENIED_BREAKS_DEVICE:
		return snprintf(buf, len,
				"%s does not survive a %s reset, as the kernel knows; power-cycle the machine",
				name, method);
	case RESET_DENIED_VF:
		return snprintf(buf, len, "no %s reset for a virtual function", method);
	case RESET_DENIED_ROOT_BUS:
		return snprintf(buf, len, "no %s reset: there is no bridge above it", method);
	default:
		return snprintf(buf, len, "%s reset is allowed", method);
	}
}
