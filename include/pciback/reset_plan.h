/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * How a function can be reset, what else each method would reset, and whether that is
 * allowed. Freestanding: works on a table of the functions and bridges that the caller
 * fills. The structures have no locks; the caller keeps them from changing.
 */
#ifndef PCIBACK_RESET_PLAN_H
#define PCIBACK_RESET_PLAN_H

#include <linux/types.h>

/**
 * enum reset_method - methods of reset, those for one function alone first
 * @RESET_SPECIFIC: the PCI core's procedure for this device
 * @RESET_ACPI: the firmware's procedure
 * @RESET_FLR: function level reset, PCIe r6.0 6.6.2
 * @RESET_AF: the same for a conventional function, Advanced Features ECN
 * @RESET_PM: D3hot and back to D0, if the function resets then; PCI PM 1.2 5.4.1
 * @RESET_SLOT: by the hot-plug slot
 * @RESET_BUS: secondary bus reset of a bridge above, PCI-to-PCI Bridge 1.2 3.2.5.17
 * @RESET_METHODS: number of methods; also stands for "none"
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
 * enum reset_kind - kinds of functions and bridges
 * @RESET_PCI_FUNCTION: conventional or PCI-X function, not a bridge
 * @RESET_PCIE_FUNCTION: PCI Express endpoint of any kind
 * @RESET_PORT: root port or port of a switch: PCI Express below
 * @RESET_TO_PCI: bridge from PCI Express to PCI, by its port type
 * @RESET_PCI_BRIDGE: PCI above and below
 * @RESET_TO_PCIE: bridge from PCI to PCI Express
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
 * enum reset_binding - which driver a function or bridge has
 * @RESET_BOUND_PCIBACK: this driver: it is seized
 * @RESET_BOUND_HOST: another driver of the host
 * @RESET_UNBOUND: none
 * @RESET_REBINDING: not known, because it is being bound, unbound or reset
 */
enum reset_binding {
	RESET_BOUND_PCIBACK,
	RESET_BOUND_HOST,
	RESET_UNBOUND,
	RESET_REBINDING,
};

/**
 * enum reset_denial - why a step is not allowed
 * @RESET_ALLOWED: it is allowed
 * @RESET_DENIED_HOST_DRIVER: it would reset a function that has a driver of the host
 * @RESET_DENIED_NOT_SEIZED: it would reset a function without a driver, not seized
 * @RESET_DENIED_OTHER_GUEST: it would reset a function of another guest
 * @RESET_DENIED_REBINDING: it would reset a function that is being bound, unbound
 *	or reset
 * @RESET_DENIED_BREAKS_DEVICE: a function, or the bridge, does not survive it
 * @RESET_DENIED_VF: a virtual function has no slot or bus reset
 * @RESET_DENIED_ROOT_BUS: there is no bridge above the function
 *
 * Ordered: when several steps are not allowed, the first in this order is reported.
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

/* Value of &struct reset_node.owner for a function that no guest has. */
#define RESET_IDLE	(-1)
/* Value of an index, for example &struct reset_node.up, that stands for no node. */
#define RESET_NONE	(-1)
#define RESET_DRIVER_LEN	24

/**
 * struct reset_node - a function or bridge
 * @domain: PCI domain
 * @bus: bus number
 * @devfn: device and function number
 * @kind: what it is
 * @up: index of the bridge above, RESET_NONE on a root bus
 * @pf: index of its physical function, RESET_NONE if it is not a virtual function
 * @slot: it is in a hot-plug slot that can reset it
 * @no_bus_reset: does not survive a reset of its bus
 * @nr_methods: length of @methods
 * @methods: its own methods, in the order to try them; RESET_BUS here is only a
 *	position in the order
 * @binding: which driver it has
 * @owner: for RESET_BOUND_PCIBACK: domain of the guest that has it, or RESET_IDLE
 * @driver: for RESET_BOUND_HOST: name of the driver
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
 * struct reset_table - a function and all that a reset of it may affect
 * @node: the functions and bridges, bridges before what is below them
 * @nr: number of nodes
 */
struct reset_table {
	struct reset_node *node;
	int nr;
};

/**
 * struct reset_step - one method for one function
 * @method: the method
 * @bridge: index of the bridge above that is used, for RESET_SLOT and RESET_BUS
 * @denial: why it is not allowed, or RESET_ALLOWED
 * @blocker: index of the node because of which it is not allowed, or RESET_NONE
 */
struct reset_step {
	enum reset_method method;
	int bridge;
	enum reset_denial denial;
	int blocker;
};

/**
 * struct reset_plan - all methods for a function, in the order to try them
 * @target: index of the function
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
