/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Registers that guests may write although no row of a table allows it. */
#ifndef PCIBACK_DEVICE_WRITE_QUIRKS_H
#define PCIBACK_DEVICE_WRITE_QUIRKS_H

#include <linux/list.h>
#include <pciback/quirk_spec.h>

struct pcistub_device;

/**
 * struct pciback_quirk - a quirk that applies to a function
 * @node: in @quirks of the function's record
 * @field: the register
 * @by_ids: added by IDs; stays when the guest loses the function
 *
 * Guarded by the record's lock.
 */
struct pciback_quirk {
	struct list_head node;
	struct quirk_field field;
	bool by_ids;
};

int pciback_quirks_load(const char *list);
void pciback_quirks_clear(void);
int pciback_quirk_add(const char *buf, size_t count);
int pciback_quirks_apply(struct pcistub_device *dev);
void pciback_quirks_guest_gone(struct pcistub_device *dev);
void pciback_quirks_free(struct pcistub_device *dev);
int pciback_quirks_show(char *buf);

#endif /* PCIBACK_DEVICE_WRITE_QUIRKS_H */
