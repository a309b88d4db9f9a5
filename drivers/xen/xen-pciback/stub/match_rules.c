// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * Functions to claim that are not said by address: the list of paths, ids and
 * classes, and what in the host no id or class may take.
 */
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/vgaarb.h>
#include <pciback/match_spec.h>
#include "stub/match_rules.h"

/* @name is @spec as pciback_match_spec_print() has it: the same text, the same rule. */
struct rule {
	struct list_head node;
	struct match_spec spec;
	char name[MATCH_SPEC_STRLEN];
};

/* Guards rules and its members. Taken under device_lock(); a leaf. */
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

/**
 * pciback_match_rules_add() - enter a path, ids or a class
 * @spec: what to enter; entering it twice is no error
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int pciback_match_rules_add(const struct match_spec *spec)
{
	struct rule *rule = kmalloc(sizeof(*rule), GFP_KERNEL);

	if (!rule)
		return -ENOMEM;
	rule->spec = *spec;
	pciback_match_spec_print(spec, rule->name, sizeof(rule->name));

	guard(mutex)(&rules_lock);
	if (rule_find(rule->name))
		kfree(rule);
	else
		list_add_tail(&rule->node, &rules);
	return 0;
}

/**
 * pciback_match_rules_remove() - delete a path, ids or a class
 * @spec: exactly what was entered, in any spelling
 *
 * Functions that are seized already stay so.
 *
 * Context: may sleep.
 * Return: 0; -ENOENT: it was not in the list.
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
	list_del(&rule->node);
	kfree(rule);
	return 0;
}

/**
 * pciback_match_rules_show() - print the paths, ids and classes
 * @buf: a page
 *
 * One line each, in the order of entering; whole lines only, as many as fit.
 *
 * Context: may sleep.
 * Return: length of the text.
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
 * pciback_match_rules_clear() - forget all paths, ids and classes
 *
 * Context: may sleep.
 */
void pciback_match_rules_clear(void)
{
	struct rule *rule, *next;

	guard(mutex)(&rules_lock);
	list_for_each_entry_safe(rule, next, &rules, node) {
		list_del(&rule->node);
		kfree(rule);
	}
}

static void target_describe(struct pci_dev *pdev, struct match_target *facts)
{
	facts->domain = pci_domain_nr(pdev->bus);
	facts->vendor = pdev->vendor;
	facts->device = pdev->device;
	facts->subvendor = pdev->subsystem_vendor;
	facts->subdevice = pdev->subsystem_device;
	facts->class = pdev->class;
	for (facts->nr = 0; pdev && facts->nr < MATCH_CHAIN_MAX; facts->nr++) {
		facts->chain[facts->nr].bus = pdev->bus->number;
		facts->chain[facts->nr].devfn = pdev->devfn;
		pdev = pci_upstream_bridge(pdev);
	}
}

/* What only the administrator may take, by saying exactly which one. */
static const char *host_needs_function(struct pci_dev *pdev)
{
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL ||
	    pdev->class >> 16 == PCI_BASE_CLASS_BRIDGE)
		return "a bridge";
	if (pdev == vga_default_device())
		return "the host's console";
	return NULL;
}

/**
 * pciback_match_rules_cover() - does a path, do ids or a class stand for a function?
 * @pdev: the function
 *
 * Ids and classes never stand for a bridge or the display that the host
 * started on; the kernel log tells.
 *
 * Context: may sleep.
 */
bool pciback_match_rules_cover(struct pci_dev *pdev)
{
	const char *needed = host_needs_function(pdev);
	struct match_target facts;
	struct rule *rule;

	target_describe(pdev, &facts);
	guard(mutex)(&rules_lock);
	list_for_each_entry(rule, &rules, node) {
		if (!pciback_match_spec_covers(&rule->spec, &facts))
			continue;
		if (!needed || pciback_match_spec_is_name(&rule->spec))
			return true;
		pci_notice(pdev, "not taken by %s: it is %s; give its address or path if you mean it\n",
			   rule->name, needed);
	}
	return false;
}
