/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How a function can be reset, what else the reset would hit, and whether that
 * is allowed. Freestanding: works on a table of the functions and bridges around it.
 * Usable in the kernel, under KUnit and in user space alike.
 */
#ifndef PCIBACK_RESET_PLAN_H
#define PCIBACK_RESET_PLAN_H

#include <linux/types.h>

/**
 * enum reset_method - ways to reset, those for one function alone first
 * @RESET_SPECIFIC: a procedure for this very device, of the PCI core
 * @RESET_ACPI: the firmware's
 * @RESET_FLR: function level reset, PCIe r6.0 6.6.2
 * @RESET_AF: the same of a conventional function, Advanced Features ECN
 * @RESET_PM: D3hot and back, where that is a reset; PCI PM 1.2 5.4.1
 * @RESET_SLOT: by the hot-plug slot
 * @RESET_BUS: secondary bus reset of a bridge above, PCI-to-PCI Bridge 1.2 3.2.5.17
 * @RESET_METHODS: how many there are; also "none"
 */
enum reset_method {
	RESET_SPECIFIC,
	RESET_ACPI,
	RESET_FLR,
	RESET_AF,
	RESET_PM,
	RESET_SLOT,
	RESET_BUS,
	RESET_METHODS
};

/**
 * enum reset_kind - what stands at a place in the tree
 * @RESET_PCI_FUNCTION: conventional or PCI-X function, not a bridge
 * @RESET_PCIE_FUNCTION: PCI Express endpoint of any sort
 * @RESET_PORT: root port or port of a switch: PCI Express below
 * @RESET_TO_PCI: PCI Express above, PCI below; told by its port type
 * @RESET_PCI_BRIDGE: PCI above and below
 * @RESET_TO_PCIE: PCI above, PCI Express below
 */
enum reset_kind {
	RESET_PCI_FUNCTION,
	RESET_PCIE_FUNCTION,
	RESET_PORT,
	RESET_TO_PCI,
	RESET_PCI_BRIDGE,
	RESET_TO_PCIE,
};

/**
 * enum reset_binding - who drives a function
 * @RESET_BOUND_PCIBACK: seized
 * @RESET_BOUND_HOST: a driver of the host
 * @RESET_UNBOUND: no driver
 * @RESET_REBINDING: being bound, unbound or reset by somebody else
 */
enum reset_binding {
	RESET_BOUND_PCIBACK,
	RESET_BOUND_HOST,
	RESET_UNBOUND,
	RESET_REBINDING,
};

/**
 * enum reset_denial - why a step must not be taken
 * @RESET_ALLOWED: it may
 * @RESET_DENIED_HOST_DRIVER: the host uses a function that it would hit
 * @RESET_DENIED_NOT_SEIZED: such a function is not seized, though it has no driver
 * @RESET_DENIED_OTHER_GUEST: such a function is with another guest
 * @RESET_DENIED_REBINDING: such a function changes hands just now
 * @RESET_DENIED_BREAKS_DEVICE: such a function, or the bridge, does not survive it
 * @RESET_DENIED_VF: a virtual function has no bus reset
 * @RESET_DENIED_ROOT_BUS: there is no bridge above
 */
enum reset_denial {
	RESET_ALLOWED,
	RESET_DENIED_HOST_DRIVER,
	RESET_DENIED_NOT_SEIZED,
	RESET_DENIED_OTHER_GUEST,
	RESET_DENIED_REBINDING,
	RESET_DENIED_BREAKS_DEVICE,
	RESET_DENIED_VF,
	RESET_DENIED_ROOT_BUS,
};

/* A &struct reset_node.owner that is no guest. */
#define RESET_IDLE	(-1)
/* A &struct reset_node.up and the like that leads nowhere. */
#define RESET_NONE	(-1)
#define RESET_DRIVER_LEN	24

/**
 * struct reset_node - a function or bridge
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 * @kind: what it is
 * @up: index of the bridge above, RESET_NONE on a root bus
 * @pf: index of its physical function, RESET_NONE if it is not virtual
 * @slot: it is in a hot-plug slot that can reset what is in it
 * @no_bus_reset: does not survive a reset of its bus
 * @nr_methods: length of @methods
 * @methods: what it offers, best first; RESET_BUS here is only a place in the
 *	order
 * @binding: who drives it
 * @owner: domain of the guest it is with, or RESET_IDLE; for RESET_BOUND_PCIBACK
 * @driver: name of the host's driver, for RESET_BOUND_HOST
 */
struct reset_node {
	u32 domain;
	u8 bus;
	u8 devfn;
	enum reset_kind kind;
	int up;
	int pf;
	bool slot;
	bool no_bus_reset;
	u8 nr_methods;
	u8 methods[RESET_METHODS];
	enum reset_binding binding;
	int owner;
	char driver[RESET_DRIVER_LEN];
};

/**
 * struct reset_table - a function and everything a reset of it may concern
 * @node: the nodes, bridges before what is below them
 * @nr: how many
 */
struct reset_table {
	struct reset_node *node;
	int nr;
};

/**
 * struct reset_step - one method, as far as the target is concerned
 * @method: which
 * @bridge: the bridge that does it, for RESET_SLOT and RESET_BUS
 * @denial: why not, or RESET_ALLOWED
 * @blocker: the node because of which it is refused, or RESET_NONE
 */
struct reset_step {
	enum reset_method method;
	int bridge;
	enum reset_denial denial;
	int blocker;
};

/**
 * struct reset_plan - all methods for a target, in the order to try them
 * @target: its index
 * @nr: length of @step
 * @step: the methods
 */
struct reset_plan {
	int target;
	int nr;
	struct reset_step step[RESET_METHODS];
};

void pciback_reset_plan_make(const struct reset_table *t, int target, int owner,
			     struct reset_plan *plan);
int pciback_reset_plan_verdict(const struct reset_plan *plan);
void pciback_reset_step_check(const struct reset_table *t, int target, int owner,
			      struct reset_step *step);
bool pciback_reset_step_affects(const struct reset_table *t, int target,
				const struct reset_step *step, int i);
bool pciback_reset_step_is_shared(const struct reset_table *t, int target,
				  const struct reset_step *step);
int pciback_reset_bridge_of(const struct reset_table *t, int target);
bool pciback_reset_is_bridge(const struct reset_node *node);
const char *pciback_reset_method_name(enum reset_method method);
const char *pciback_reset_denial_name(enum reset_denial denial);
int pciback_reset_step_explain(const struct reset_table *t, const struct reset_step *step,
			       char *buf, size_t len);

#endif /* PCIBACK_RESET_PLAN_H */
