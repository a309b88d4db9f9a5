#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# test.sh: every check there is, on every kernel of the cache: the sources (check.sh),
# the KUnit suites, also on the debug kernel, the scenarios on a real Xen, some of them with a
# debug kernel in dom0, the in-tree module beside ours, and the fuzzers. All at once, but with
# never more than three virtual machines, of whichever part: each has one emulated CPU, and waits a
# fifth of its time (KUnit's on stock kernels do not count: they wait most of it). What a part prints
# goes to the terminal, one part after the other, and to build/test/<part>.log. In the end come the
# failures, the time and the result of each part, and as the last line "N passed, N failed", the
# sum of all; exit status 0 only if nothing failed. A virtual machine whose tests all passed is not
# booted again as long as nothing in it has changed, nor anything that checks it: its tests are
# counted as unchanged. AGAIN=1 boots all.

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/.." || exit 1
# The caller may be make: its job server is not for the builds inside.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
logs=build/test
rm -rf "$logs"
mkdir -p "$logs"
declare -A group=() began=()
table=()
passed=0 failed=0 skipped=0 unchanged=0
failures=()

# clock SECONDS
clock() {
	printf '%d:%02d' $(($1 / 60)) $(($1 % 60))
}

# start PART COMMAND...: in a process group of its own, so that all of it can be
# stopped, virtual machines included.
start() {
	local part=$1
	shift
	began[$part]=$EPOCHSECONDS
	# shellcheck disable=SC2016 # for the inner shell
	setsid bash -c '"$@"; status=$?; touch "$0"; exit $status' "$logs/$part.ended" "$@" \
		>"$logs/$part.log" 2>&1 </dev/null &
	group[$part]=$!
}

stop_all() {
	local pid
	for pid in "${group[@]}"; do
		kill -TERM -- "-$pid" 2>/dev/null
	done
}
trap stop_all EXIT
trap 'exit 130' INT TERM

# finish PART: wait for it, show what it prints, add up its last line.
finish() {
	local part=$1 status tail_pid last ended
	echo
	echo "== $part"
	# Indented: the only closing line of this run is the last.
	tail -n +1 -s 0.5 -f --pid="${group[$part]}" "$logs/$part.log" | sed -u 's/^/   /' &
	tail_pid=$!
	wait "${group[$part]}"
	status=$?
	unset "group[$part]"
	wait "$tail_pid"
	last=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ [a-z]+)*$' "$logs/$part.log" | tail -n 1)
	add_up "$part" "$status" "$last"
	ended=$(stat -c %Y "$logs/$part.ended" 2>/dev/null || echo "$EPOCHSECONDS")
	table+=("$(printf '%-9s %8s   %s' "$part" "$(clock $((ended - began[$part])))" \
		"${last:-no summary}")")
	echo "== $part: ${last:-no summary}, $(clock $((ended - began[$part])))"
}

# add_up PART STATUS SUMMARY: a part without a summary has failed.
add_up() {
	local part=$1 status=$2 p f s u
	p=$(counted passed "$3") f=$(counted failed "$3")
	s=$(counted skipped "$3") u=$(counted unchanged "$3")
	if [ -z "$3" ]; then
		failures+=("$part: FAILED: ended with status $status and no summary, see $logs/$part.log")
		f=1
	elif [ $((p + f + u)) -eq 0 ] || { [ "$f" -eq 0 ] && [ "$status" -ne 0 ]; }; then
		failures+=("$part: FAILED: ended with status $status, see $logs/$part.log")
		f=$((f + 1))
	elif [ "$f" -ne 0 ]; then
		mapfile -t -O "${#failures[@]}" failures < <(
			grep -E '^(FAIL  |  FAILED |FAILED: |failed: |  log: |    logs: |    > )' \
				"$logs/$part.log" | sed "s|^ *|$part: |")
	fi
	passed=$((passed + p)) failed=$((failed + f))
	skipped=$((skipped + s)) unchanged=$((unchanged + u))
}

# counted WHAT SUMMARY: the number before that word, 0 without it.
counted() {
	local number
	number=$(grep -oE "[0-9]+ $1" <<<"$2")
	echo "${number:-0 }" | cut -d' ' -f1
}

"$here/setup.sh" all </dev/null || {
	echo "set-up failed: no test was run"
	echo "0 passed, 1 failed"
	exit 1
}
setup=$SECONDS
export XPB_VM_SLOTS=$PWD/build/vm-slots
mkdir -p "$XPB_VM_SLOTS"
rm -f "$XPB_VM_SLOTS"/*
touch "$XPB_VM_SLOTS/1" "$XPB_VM_SLOTS/2" "$XPB_VM_SLOTS/3"
export XPB_RESULT_CACHE=$PWD/build/result-cache
[ -z "${AGAIN-}" ] || rm -rf "$XPB_RESULT_CACHE"
# First those whose one machine takes longest. Results of the scenarios are stored, for
# scripts/compare-table.py.
start xen-debug tests-xen/run.py --kernel debug --module ours --ktap "$logs/xen-debug.ktap"
start debug tests-kunit/run.py --kernel debug
start check "$here/check.sh"
start kunit tests-kunit/run.py --kernel both
start compare tests-xen/compare.py
start xen tests-xen/run.py --kernel all --module ours --jobs 3 --record "$logs/results"
finish check
start fuzz tests-fuzz/run.sh 60
finish kunit
finish fuzz
finish debug
finish compare
finish xen
finish xen-debug

echo
[ "${#failures[@]}" -eq 0 ] || printf '%s\n' "${failures[@]}"
# Kernels this machine cannot have: said once more, where it is read.
grep -hoE '(k[0-9.]+: [^:]*|k[0-9.]+(-xen[0-9.]+)? [^ ]+): NOT RUN: .*' "$logs"/*.log
printf '%-9s %8s\n' setup "$(clock "$setup")"
printf '%s\n' "${table[@]}"
printf '%-9s %8s   the parts run at the same time\n' total "$(clock "$SECONDS")"
[ "$unchanged" -eq 0 ] ||
	echo "unchanged: passed before, and nothing in their virtual machines has changed; AGAIN=1 runs all"
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped"
	)$([ "$unchanged" -eq 0 ] || echo ", $unchanged unchanged")"
[ "$failed" -eq 0 ]
