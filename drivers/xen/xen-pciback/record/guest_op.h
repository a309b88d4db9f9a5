/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Operations of a guest on a function that may sleep: one at a time, and none in a reset. */
#ifndef PCIBACK_RECORD_GUEST_OP_H
#define PCIBACK_RECORD_GUEST_OP_H

#include <linux/types.h>

struct pcistub_device;
struct pciback_owner;

int pciback_op_begin(struct pcistub_device *dev, const struct pciback_owner *owner);
void pciback_op_end(struct pcistub_device *dev);
void pciback_op_wait(struct pcistub_device *dev);
bool pciback_op_wait_bounded(struct pcistub_device *dev);
void pciback_ops_hold(struct pcistub_device *dev);
void pciback_ops_resume(struct pcistub_device *dev);
void pciback_op_forget_reset(struct pcistub_device *dev);
bool pciback_ops_ended(const struct pcistub_device *dev);

#endif /* PCIBACK_RECORD_GUEST_OP_H */
