/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* What the PM core calls when the host goes to sleep. */
#ifndef PCIBACK_STUB_SLEEP_H
#define PCIBACK_STUB_SLEEP_H

#include <linux/pm.h>

extern const struct dev_pm_ops pciback_pm_ops;

#endif /* PCIBACK_STUB_SLEEP_H */
