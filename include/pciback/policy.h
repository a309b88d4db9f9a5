/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * What the administrator lets guests do with a function beyond the tables: the
 * write level, quirks, interrupt control; and the audit of what was dropped.
 */
#ifndef PCIBACK_POLICY_H
#define PCIBACK_POLICY_H

#include <linux/list.h>
#include <pciback/conf.h>
#include <pciback/quirk_spec.h>

struct pciback_device;

/**
 * struct pciback_quirk - a quirk in force for one function
 * @node: in the function's list
 * @field: the register
 * @by_ids: comes from the ids; stays when a guest leaves
 */
struct pciback_quirk {
	struct list_head node;
	struct quirk_field field;
	bool by_ids;
};

int pciback_policy_set_level(struct pciback_device *dev, enum conf_level level);
int pciback_policy_allow_interrupts(struct pciback_device *dev);

/* quirks.c */
int pciback_quirks_load(const char *list);
void pciback_quirks_clear(void);
int pciback_quirk_add(const char *buf, size_t count);
int pciback_quirks_seize(struct pciback_device *dev);
void pciback_quirks_guest_left(struct pciback_device *dev);
void pciback_quirks_free(struct pciback_device *dev);
int pciback_quirks_show(char *buf);

/* sysfs_device.c */
extern const struct attribute_group *pciback_device_groups[];

#endif /* PCIBACK_POLICY_H */
