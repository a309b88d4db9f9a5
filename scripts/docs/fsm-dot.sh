#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# fsm-dot.sh PROGRAM: the backend's state machine as a drawing, a dot digraph on stdout.
# Builds fsm-dot.c with the source that the driver uses, as PROGRAM, and runs it.

set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$1
mkdir -p "$(dirname "$program")"
if [ ! -e "$top/scripts/docs/fsm-dot.c" ]; then # STUB until it is there
	echo 'digraph fsm { "to be generated"; }'
	exit
fi
cc -std=gnu11 -O1 -Wall -I"$top/tests-fuzz/shim" -I"$top/include" -o "$program" \
	"$top/scripts/docs/fsm-dot.c" "$top/drivers/xen/xen-pciback/backend/fsm.c"
"$program"
