#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# demo.sh [KERNEL]
#
# Builds the module, boots Xen and a dom0 in QEMU, assigns a disk and a
# network card to a PV guest and deassigns them, and prints what it does and sees. Ends with a
# summary; non-zero exit status if a step failed. The steps are in
# tests-xen/scenarios/90-demo.sh.

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
kernel=${1:-k6.12}

echo "* machine: tools and the cache of kernels and Xen"
"$top/scripts/setup.sh" xen
echo "* build: xen-pciback.ko for $kernel, then boot Xen and dom0 in QEMU (about half a minute)"
exec "$top/tests-xen/run.py" --demo --kernel "$kernel" --module ours
