/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Short names for what guests answer about errors and for the state of a function's channel,
 * for tables: the numbers of the kernel's pci_ers_result_t and pci_channel_state_t, which
 * sparse keeps apart from all others.
 */
#ifndef PCIBACK_TESTS_RECOVERY_ANSWERS_H
#define PCIBACK_TESTS_RECOVERY_ANSWERS_H

#include <linux/pci.h>

#define NONE		1
#define CAN_RECOVER	2
#define NEED_RESET	3
#define DISCONNECT	4
#define RECOVERED	5

#define NORMAL		1
#define FROZEN		2
#define FAILED		3

static inline pci_channel_state_t channel_state(int state)
{
	return (__force pci_channel_state_t)state;
}

#endif /* PCIBACK_TESTS_RECOVERY_ANSWERS_H */
