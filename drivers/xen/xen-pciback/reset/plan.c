// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Planning a reset: which methods, in which order, at which bridge, what each
 * would hit, and whether all of that may be hit. Freestanding; touches nothing.
 *
 * The rule for ownership: everything that a step resets is seized, and idle or
 * with the guest on whose behalf it is done. Bridges among it are neutral: they
 * belong to nobody and come back as they were.
 *
 * The rule for bridges: a PCI Express link is reset by the port above it. On
 * conventional buses it is the uppermost bridge that has PCI below it, the one
 * next to PCI Express: all that is behind it reaches memory under one name, so
 * it is given away together or not at all.
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
 * pciback_reset_method_name() - the word for a method, the PCI core's where it has one
 * @method: the method; RESET_METHODS: "none"
 */
const char *pciback_reset_method_name(enum reset_method method)
{
	return method_names[method];
}

/**
 * pciback_reset_denial_name() - the word for a reason, for programs
 * @denial: the reason
 */
const char *pciback_reset_denial_name(enum reset_denial denial)
{
	return denial_names[denial];
}

/**
 * pciback_reset_is_bridge() - is there a bus below it?
 * @node: function or bridge
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
	/* Not more steps than nodes: a table that bites its tail ends here too. */
	int left = t->nr;

	for (i = t->node[i].up; i != RESET_NONE && left--; i = t->node[i].up)
		if (i == bridge)
			return true;
	return false;
}

/**
 * pciback_reset_bridge_of() - the bridge whose bus has to be reset for a function
 * @t: the functions around it
 * @target: the function
 *
 * Return: its index, or RESET_NONE on a root bus.
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

static bool step_hits(const struct reset_table *t, int target, const struct reset_step *step, int i)
{
	if (step->bridge != RESET_NONE)
		return node_is_below(t, i, step->bridge);
	/* What is below a bridge goes with it. */
	return i == target || node_is_below(t, i, target);
}

/**
 * pciback_reset_step_affects() - would a step reset this function too?
 * @t: the functions around the target
 * @target: for whose sake
 * @step: the step
 * @i: the function in question
 *
 * Virtual functions go with their physical one.
 */
bool pciback_reset_step_affects(const struct reset_table *t, int target,
				const struct reset_step *step, int i)
{
	int pf = t->node[i].pf;

	if (i == target)
		return true;
	return step_hits(t, target, step, i) || (pf != RESET_NONE && step_hits(t, target, step, pf));
}

/**
 * pciback_reset_step_is_shared() - would a step reset more than the target?
 * @t: the functions around the target
 * @target: for whose sake
 * @step: the step
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

static enum reset_denial node_check(const struct reset_node *node, int owner,
				    bool whole_bus)
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
 * pciback_reset_step_check() - may a step be taken?
 * @t: the functions around the target
 * @target: for whose sake
 * @owner: the guest on whose behalf, or RESET_IDLE
 * @step: the step; @denial and @blocker are the answer
 *
 * The target itself is the caller's, whatever the table says.
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
 * A hot-plug slot takes a reset of its bus behind its back for a removal, so
 * where there is one, it does it.
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
 * @t: the function and everything around it
 * @target: its index
 * @owner: the guest on whose behalf, whose other functions may be hit, or
 *	RESET_IDLE
 * @plan: the result: the function's own methods in its order, then its slot or
 *	bus, each with a verdict
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
 * Return: 0; -EBUSY: not while others own what it would hit; -ENOTTY: not at
 * all.
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
 * pciback_reset_step_explain() - say why a step is refused, and what to do about it
 * @t: the functions around the target
 * @step: a refused step
 * @buf: where to
 * @len: room there
 *
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
				"%s reset would hit %s too, which is changing hands just now; try again",
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
