#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# demo.sh [KERNEL]
#
# Builds the module, boots Xen and a dom0 in QEMU, gives a PV guest a disk and a
# network card and takes them back, telling what it does and sees. Ends with a
# summary; non-zero exit status if a step failed. The steps are in
# tests-xen/scenarios/90-demo.sh.

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
kernel=${1:-k6.12}

echo "* machine: tools and the cache of kernels and Xen"
"$top/scripts/setup.sh" xen
echo "* build: xen-pciback.ko for $kernel, then boot Xen and dom0 in QEMU"
exec "$top/tests-xen/run.py" --demo --kernel "$kernel" --module ours
