#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# bench.sh: instructions that one access costs the engine, with 8, 64 and 512
# registers in the space. Counted, not timed: the same on a busy machine, and the
# same every time. Fails if the cost grows with the registers.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tests-fuzz/lib.sh
. ./lib.sh

ensure_tools gcc make valgrind
mkdir -p out
compile bench

# count KIND ROWS TIMES: instructions of a whole run.
count() {
	valgrind --tool=callgrind --callgrind-out-file=/dev/null out/bench "$@" 2>&1 |
		sed -n 's/.*Collected : //p'
}

# cost KIND ROWS: what one access more costs; beginning and end cancel out.
cost() {
	local few many
	few=$(count "$1" "$2" 1000)
	many=$(count "$1" "$2" 2000)
	echo $(((many - few) / 1000))
}

status=0
printf '%-28s %8s %8s %8s  registers\n' "instructions per access" 8 64 512
while read -r kind text; do
	line=() first=
	for rows in 8 64 512; do
		n=$(cost "$kind" "$rows")
		line+=("$n")
		first=${first:-$n}
		[ "$n" -eq "$first" ] || status=1
	done
	printf '%-28s %8s %8s %8s\n' "$text" "${line[@]}"
done <<'END'
read read a register
read-free read a free byte
write write a register
write-drop write, dropped
write-free-drop write a free byte, dropped
write-free-open write a free byte, permissive
END
[ "$status" -eq 0 ] && echo "the cost does not grow" || echo "THE COST GROWS"
exit "$status"
