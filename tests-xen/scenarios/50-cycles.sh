# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: cycles
# timeout: 400
#
# 20 create/destroy cycles of a guest with a disk, 5 on older kernels: each guest sees it
# and leaves it as it was; nothing in dom0 stays. See dom0/cycles.sh.

case "$KERNEL" in
k6.12) cycles 20 ;;
*) cycles 5 ;;
esac
