# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: cycles
# timeout: 400
#
# 10 create/destroy cycles of a guest with a disk, 5 on older kernels: each guest sees it,
# it is as before afterwards, and no resource stays in use in dom0. See dom0/cycles.sh.

case "$KERNEL" in
k6.12) cycles 10 ;;
*) cycles 5 ;;
esac
