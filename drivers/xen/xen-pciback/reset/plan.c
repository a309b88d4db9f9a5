// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Planning a reset: which methods, in which order, at which bridge, what each
 * would hit, and whether all of that may be hit. Pure; touches nothing.
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

static const char * const refusal_names[] = {
	[RESET_ALLOWED] = "allowed",
	[RESET_BY_HOST] = "host-driver",
	[RESET_BY_NOBODY] = "not-seized",
	[RESET_BY_GUEST] = "other-guest",
	[RESET_BY_CHANGE] = "changing-hands",
	[RESET_BY_QUIRK] = "breaks-device",
	[RESET_BY_VF] = "virtual-function",
	[RESET_BY_ROOT] = "root-bus",
};

/**
 * reset_method_name() - the word for a method, the PCI core's where it has one
 * @method: the method; RESET_METHODS: "none"
 */
const char *reset_method_name(enum reset_method method)
{
	return method_names[method];
}

/**
 * reset_refusal_name() - the word for a reason, for programs
 * @refusal: the reason
 */
const char *reset_refusal_name(enum reset_refusal refusal)
{
	return refusal_names[refusal];
}

/**
 * reset_is_bridge() - is there a bus below it?
 * @node: function or bridge
 */
bool reset_is_bridge(const struct reset_node *node)
{
	return node->kind != RESET_PCI_FUNCTION && node->kind != RESET_PCIE_FUNCTION;
}

static bool has_pci_below(const struct reset_node *node)
{
	return node->kind == RESET_TO_PCI || node->kind == RESET_PCI_BRIDGE;
}

static bool is_below(const struct reset_table *t, int i, int bridge)
{
	/* Not more steps than nodes: a table that bites its tail ends here too. */
	int left = t->nr;

	for (i = t->node[i].up; i != RESET_NONE && left--; i = t->node[i].up)
		if (i == bridge)
			return true;
	return false;
}

/**
 * reset_bridge_of() - the bridge whose bus has to be reset for a function
 * @t: the functions around it
 * @target: the function
 *
 * Return: its index, or RESET_NONE on a root bus.
 */
int reset_bridge_of(const struct reset_table *t, int target)
{
	int bridge = t->node[target].up;
	int left = t->nr;

	while (bridge != RESET_NONE && has_pci_below(&t->node[bridge]) && left--) {
		int up = t->node[bridge].up;

		if (up == RESET_NONE || !has_pci_below(&t->node[up]))
			break;
		bridge = up;
	}
	return bridge;
}

static bool hits(const struct reset_table *t, int target, const struct reset_step *step, int i)
{
	if (step->bridge != RESET_NONE)
		return is_below(t, i, step->bridge);
	/* What is below a bridge goes with it. */
	return i == target || is_below(t, i, target);
}

/**
 * reset_step_affects() - would a step reset this function too?
 * @t: the functions around the target
 * @target: for whose sake
 * @step: the step
 * @i: the function in question
 *
 * Virtual functions go with their physical one.
 */
bool reset_step_affects(const struct reset_table *t, int target,
			const struct reset_step *step, int i)
{
	int pf = t->node[i].pf;

	if (i == target)
		return true;
	return hits(t, target, step, i) || (pf != RESET_NONE && hits(t, target, step, pf));
}

/**
 * reset_step_is_shared() - would a step reset more than the target?
 * @t: the functions around the target
 * @target: for whose sake
 * @step: the step
 */
bool reset_step_is_shared(const struct reset_table *t, int target,
			  const struct reset_step *step)
{
	int i;

	for (i = 0; i < t->nr; i++)
		if (i != target && reset_step_affects(t, target, step, i))
			return true;
	return step->bridge != RESET_NONE;
}

static enum reset_refusal judge_node(const struct reset_node *node, int holder,
				     bool whole_bus)
{
	if (whole_bus && node->no_bus_reset)
		return RESET_BY_QUIRK;
	switch (node->owner) {
	case RESET_OURS:
		return node->holder == RESET_IDLE || node->holder == holder ?
		       RESET_ALLOWED : RESET_BY_GUEST;
	case RESET_CHANGING:
		return RESET_BY_CHANGE;
	case RESET_HOST:
		return reset_is_bridge(node) ? RESET_ALLOWED : RESET_BY_HOST;
	default:
		return reset_is_bridge(node) ? RESET_ALLOWED : RESET_BY_NOBODY;
	}
}

/**
 * reset_step_judge() - may a step be taken?
 * @t: the functions around the target
 * @target: for whose sake
 * @holder: the guest on whose behalf, or RESET_IDLE
 * @step: the step; @refusal and @offender are the answer
 *
 * The target itself is the caller's, whatever the table says.
 */
void reset_step_judge(const struct reset_table *t, int target, int holder,
		      struct reset_step *step)
{
	bool whole_bus = step->method == RESET_SLOT || step->method == RESET_BUS;
	int i;

	step->refusal = RESET_ALLOWED;
	step->offender = RESET_NONE;
	if (whole_bus && t->node[target].pf != RESET_NONE) {
		step->refusal = RESET_BY_VF;
		return;
	}
	if (whole_bus && step->bridge == RESET_NONE) {
		step->refusal = RESET_BY_ROOT;
		return;
	}
	if (whole_bus && t->node[step->bridge].no_bus_reset) {
		step->refusal = RESET_BY_QUIRK;
		step->offender = step->bridge;
		return;
	}
	for (i = 0; i < t->nr; i++) {
		if (!reset_step_affects(t, target, step, i))
			continue;
		if (i == target) {
			if (!whole_bus || !t->node[i].no_bus_reset)
				continue;
			step->refusal = RESET_BY_QUIRK;
		} else {
			step->refusal = judge_node(&t->node[i], holder, whole_bus);
		}
		if (step->refusal) {
			step->offender = i;
			return;
		}
	}
}

static void add_step(const struct reset_table *t, int holder, struct reset_plan *plan,
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
	reset_step_judge(t, plan->target, holder, step);
}

/*
 * A hot-plug slot takes a reset of its bus behind its back for a removal, so
 * where there is one, it does it.
 */
static void add_bus_step(const struct reset_table *t, int holder, struct reset_plan *plan)
{
	const struct reset_node *node = &t->node[plan->target];

	if (node->pf != RESET_NONE)
		add_step(t, holder, plan, RESET_BUS, RESET_NONE);
	else if (node->slot && node->up != RESET_NONE)
		add_step(t, holder, plan, RESET_SLOT, node->up);
	else
		add_step(t, holder, plan, RESET_BUS, reset_bridge_of(t, plan->target));
}

/**
 * reset_plan_make() - plan the reset of a function
 * @t: the function and everything around it
 * @target: its index
 * @holder: the guest on whose behalf, whose other functions may be hit, or
 *	RESET_IDLE
 * @plan: the result: the function's own methods in its order, then its slot or
 *	bus, each with a verdict
 */
void reset_plan_make(const struct reset_table *t, int target, int holder,
		     struct reset_plan *plan)
{
	const struct reset_node *node = &t->node[target];
	int i;

	plan->target = target;
	plan->nr = 0;
	for (i = 0; i < node->nr_methods && i < RESET_METHODS; i++) {
		enum reset_method method = node->methods[i];

		if (method == RESET_BUS || method == RESET_SLOT)
			add_bus_step(t, holder, plan);
		else if (method < RESET_METHODS)
			add_step(t, holder, plan, method, RESET_NONE);
	}
	add_bus_step(t, holder, plan);
}

/**
 * reset_plan_verdict() - can the target be reset?
 * @plan: its plan
 *
 * Return: 0; -EBUSY: not while others own what it would hit; -ENOTTY: not at
 * all.
 */
int reset_plan_verdict(const struct reset_plan *plan)
{
	int i, err = -ENOTTY;

	for (i = 0; i < plan->nr; i++) {
		switch (plan->step[i].refusal) {
		case RESET_ALLOWED:
			return 0;
		case RESET_BY_HOST:
		case RESET_BY_NOBODY:
		case RESET_BY_GUEST:
		case RESET_BY_CHANGE:
			err = -EBUSY;
			break;
		default:
			break;
		}
	}
	return err;
}

/**
 * reset_step_explain() - say why a step is refused, and what to do about it
 * @t: the functions around the target
 * @step: a refused step
 * @buf: where to
 * @len: room there
 *
 * Return: length of the text, as snprintf() counts it.
 */
int reset_step_explain(const struct reset_table *t, const struct reset_step *step,
		       char *buf, size_t len)
{
	const char *method = reset_method_name(step->method);
	const struct reset_node *node = NULL;
	char name[20] = "";

	if (step->offender != RESET_NONE) {
		node = &t->node[step->offender];
		snprintf(name, sizeof(name), "%04x:%02x:%02x.%d", node->domain, node->bus,
			 node->devfn >> 3, node->devfn & 7);
	}
	switch (step->refusal) {
	case RESET_BY_HOST:
		return snprintf(buf, len,
				"%s reset would hit %s too, which is bound to %s; give it to pciback first: xl pci-assignable-add %s",
				method, name, node->driver, name);
	case RESET_BY_NOBODY:
		return snprintf(buf, len,
				"%s reset would hit %s too, which pciback does not have; give it to pciback first: xl pci-assignable-add %s",
				method, name, name);
	case RESET_BY_GUEST:
		return snprintf(buf, len,
				"%s reset would hit %s too, which domain %d has; give both to the same domain, or detach it first: xl pci-detach %d %s",
				method, name, node->holder, node->holder, name);
	case RESET_BY_CHANGE:
		return snprintf(buf, len,
				"%s reset would hit %s too, which is changing hands just now; try again",
				method, name);
	case RESET_BY_QUIRK:
		return snprintf(buf, len,
				"%s does not survive a %s reset, as the kernel knows; power-cycle the machine",
				name, method);
	case RESET_BY_VF:
		return snprintf(buf, len, "no %s reset for a virtual function", method);
	case RESET_BY_ROOT:
		return snprintf(buf, len, "no %s reset: there is no bridge above it", method);
	default:
		return snprintf(buf, len, "%s reset is allowed", method);
	}
}
