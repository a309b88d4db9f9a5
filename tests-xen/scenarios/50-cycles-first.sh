# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: cycles-first
# timeout: 240
#
# 20 create/destroy cycles, the first five: a boot of their own for each, because all
# would take one too long under emulation. See dom0/cycles.sh.

cycles 5
