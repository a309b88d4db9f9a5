/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Adding to and printing the history of a function's resets. */
#ifndef PCIBACK_RESET_HISTORY_H
#define PCIBACK_RESET_HISTORY_H

#include "record/reset_history.h"

void pciback_reset_history_add(struct reset_history *history, const struct reset_event *event);
int pciback_reset_history_print(const struct reset_history *history, char *buf);

#endif /* PCIBACK_RESET_HISTORY_H */
