# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: soak-create
# when: soak
# timeout: 2400
#
# 100 create/destroy cycles of a guest with a disk; slabs, memory and interrupts of dom0
# are as before.

cycles 100
