# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: cycles-first
# timeout: 280
#
# 20 create/destroy cycles, first half: two boots because all would take one too long
# under emulation. See dom0/cycles.sh.

cycles 10
