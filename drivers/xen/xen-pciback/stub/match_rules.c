// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * The rules: functions to be seized that are given by path, IDs or class. Touches the list
 * of rules, and reads what the PCI core knows about a function.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vgaarb.h>
#include <linux/xarray.h>
#include <pciback/match_spec.h>
#include "stub/match_rules.h"

/**
 * struct rule - a path, IDs or a class; guarded by rules_lock
 * @node: in rules
 * @spec: what functions have to match
 * @except: addresses, as address_key() makes them, where it does not apply
 * @name: @spec as pciback_match_spec_print() prints it; equal rules have equal names
 */
struct rule {
	struct list_head node;
	struct match_spec spec;
	struct xarray except;
	char name[MATCH_SPEC_STRLEN];
};

/* Guards rules and its entries. Taken under device_lock(); a leaf. */
static DEFINE_MUTEX(rules_lock);
static LIST_HEAD(rules);

static struct rule *rule_find(const char *name)
{
	struct rule *rule;

	lockdep_assert_held(&rules_lock);
	list_for_each_entry(rule, &rules, node)
		if (!strcmp(rule->name, name))
			return rule;
	return NULL;
}

static void rule_free(struct rule *rule)
{
	lockdep_assert_held(&rules_lock);
	list_del(&rule->node);
	xa_destroy(&rule->except);
	kfree(rule);
}

/**
 * pciback_match_rules_add() - add a path, IDs or a class to the rules
 * @spec: the rule; if it is there already it only loses its exceptions
 *
 * Context: may sleep. Takes rules_lock.
 * Return: 0 or -ENOMEM.
 */
int pciback_match_rules_add(const struct match_spec *spec)
{
	struct rule *rule = kmalloc(sizeof(*rule), GFP_KERNEL);
	struct rule *old;

	if (!rule)
		return -ENOMEM;
	rule->spec = *spec;
	xa_init(&rule->except);
	pciback_match_spec_print(spec, rule->name, sizeof(rule->name));

	guard(mutex)(&rules_lock);
	old = rule_find(rule->name);
	if (old) {
		xa_destroy(&old->except);
		kfree(rule);
	} else {
		list_add_tail(&rule->node, &rules);
	}
	return 0;
}

/**
 * pciback_match_rules_remove() - remove a path, IDs or a class from the rules
 * @spec: the rule as it was added, in any spelling
 *
 * Functions that are seized already stay seized.
 *
 * Context: may sleep. Takes rules_lock.
 * Return: 0; -ENOENT: there is no such rule.
 */
int pciback_match_rules_remove(const struct match_spec *spec)
{
	char name[MATCH_SPEC_STRLEN];
	struct rule *rule;

	pciback_match_spec_print(spec, name, sizeof(name));
	guard(mutex)(&rules_lock);
	rule = rule_find(name);
	if (!rule)
		return -ENOENT;
	rule_free(rule);
	return 0;
}

/**
 * pciback_match_rules_show() - print the rules
 * @buf: a page
 *
 * One line each, in the order in which they were added; as many whole lines as fit.
 *
 * Context: may sleep. Takes rules_lock.
 * Return: length of the text, in bytes.
 */
int pciback_match_rules_show(char *buf)
{
	struct rule *rule;
	int len = 0;

	guard(mutex)(&rules_lock);
	list_for_each_entry(rule, &rules, node) {
		if (len + strlen(rule->name) + 1 >= PAGE_SIZE)
			break;
		len += sysfs_emit_at(buf, len, "%s\n", rule->name);
	}
	return len;
}

/**
 * pciback_match_rules_clear() - remove all rules
 *
 * Context: may sleep. Takes rules_lock.
 */
void pciback_match_rules_clear(void)
{
	struct rule *rule, *next;

	guard(mutex)(&rules_lock);
	list_for_each_entry_safe(rule, next, &rules, node)
		rule_free(rule);
}

/* What rules are compared with, the bridges above the function included. */
static void target_describe(struct pci_dev *pdev, struct match_target *target)
{
	target->domain = pci_domain_nr(pdev->bus);
	target->vendor = pdev->vendor;
	target->device = pdev->device;
	target->subvendor = pdev->subsystem_vendor;
	target->subdevice = pdev->subsystem_device;
	target->class = pdev->class;
	for (target->nr = 0; pdev && target->nr < MATCH_CHAIN_MAX; target->nr++) {
		target->chain[target->nr].bus = pdev->bus->number;
		target->chain[target->nr].devfn = pdev->devfn;
		pdev = pci_upstream_bridge(pdev);
	}
}

/*
 * Why the host needs a function, which is then seized only if it is given by address or
 * path. NULL: it does not.
 */
static const char *host_needs_function(struct pci_dev *pdev)
{
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL ||
	    pdev->class >> 16 == PCI_BASE_CLASS_BRIDGE)
		return "a bridge";
	if (pdev == vga_default_device())
		return "the host's console";
	return NULL;
}

static unsigned long address_key(struct pci_dev *pdev)
{
	return (unsigned long)pci_domain_nr(pdev->bus) << 16 | pci_dev_id(pdev);
}

/**
 * pciback_match_rules_except() - let no rule apply to the function at an address any more
 * @pdev: the function
 *
 * A rule applies there again when it is added again. A function that is seized already stays
 * seized.
 *
 * Context: may sleep; device_lock() may be held. Takes rules_lock.
 * Return: 0; -ENOENT: no rule stands for it; -ENOMEM.
 */
int pciback_match_rules_except(struct pci_dev *pdev)
{
	bool needed = host_needs_function(pdev);
	struct match_target target;
	struct rule *rule;
	int err = -ENOENT;

	target_describe(pdev, &target);
	guard(mutex)(&rules_lock);
	list_for_each_entry(rule, &rules, node) {
		if (!pciback_match_spec_covers(&rule->spec, &target) ||
		    (needed && !pciback_match_spec_is_name(&rule->spec)))
			continue;
		err = xa_err(xa_store(&rule->except, address_key(pdev), xa_mk_value(0),
				      GFP_KERNEL));
		if (err)
			break;
	}
	return err;
}

/**
 * pciback_match_rules_cover() - check whether a function matches a rule
 * @pdev: the function
 *
 * IDs and classes never match a bridge, nor the display that the host uses as its console;
 * the kernel log then says so.
 *
 * Context: may sleep; device_lock() may be held. Takes rules_lock.
 * Return: true if it does.
 */
bool pciback_match_rules_cover(struct pci_dev *pdev)
{
	const char *needed = host_needs_function(pdev);
	struct match_target target;
	struct rule *rule;

	target_describe(pdev, &target);
	guard(mutex)(&rules_lock);
	list_for_each_entry(rule, &rules, node) {
		if (!pciback_match_spec_covers(&rule->spec, &target) ||
		    xa_load(&rule->except, address_key(pdev)))
			continue;
		if (!needed || pciback_match_spec_is_name(&rule->spec))
			return true;
		pci_notice(pdev, "not taken by %s: it is %s; give its address or path if you mean it\n",
			   rule->name, needed);
	}
	return false;
}
