# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: soak-attach
# when: soak
# timeout: 1500
#
# 100 attach/detach cycles of a disk in one running guest; slabs, memory and interrupts of
# dom0 are as before.

attach_cycles 100
