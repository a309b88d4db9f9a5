#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# bench.sh [options of bench/run.py]: what operations cost with the in-tree module
# and with ours, counted in instructions. A table; nothing is asserted.

set -euo pipefail
exec "$(dirname "${BASH_SOURCE[0]}")/../bench/run.py" "$@"
