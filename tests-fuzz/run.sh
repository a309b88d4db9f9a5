#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# run.sh [SECONDS]
# run.sh [FUZZER] INPUT
#
# Builds the fuzzers, runs every input that has ever failed (regress/) and every seed, then
# lets them search for SECONDS in all (default 60). An input that fails is written to
# out/failures/. INPUT: runs only that and does not search. It is the path of a file, or
# the name of a known input, which may have *, ? and []; FUZZER (conf, names, vpci) is
# needed where neither says it. Needs clang, no network and no virtual machine. Ends with
# "N passed, N failed"; exit status 2 if there is no such input.
#
# When a failure has been fixed, regress.py stores its input in regress/.

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
from=$PWD
cd "$here" || exit 1
# shellcheck source=tests-fuzz/lib.sh
. ./lib.sh

usage() {
	sed -n '4,14s/^# \{0,1\}//p' run.sh >&2
	exit 2
}

seconds=60 name='' only=''
case "$#/${1:-}" in
0/) ;;
1/-*) usage ;;
1/*[!0-9]*) name=$1 ;;
1/*) seconds=$1 ;;
2/*) only=$1 name=$2 ;;
*) usage ;;
esac
[ -z "$only" ] || [[ " $FUZZERS " == *" $only "* ]] || usage

ensure_tools clang make python3
mkdir -p out/corpus out/logs out/failures
compile all || die "the fuzzers do not build"
failed=0 passed=0

result() { # result STATUS NAME LOG
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
		echo "PASS  $2"
	else
		failed=$((failed + 1))
		echo "FAIL  $2"
		grep -aE 'INVARIANT|ERROR: |runtime error|Test unit written' "$3" | sed 's/^/      /'
	fi
}

# run_inputs FUZZER WHAT FILE...
run_inputs() {
	local fuzzer=$1 what=$2 log=out/logs/$1-replay status
	shift 2
	# Files one by one, so that the log names the one that fails.
	with_progress "$what" input_now "$log" -- log_of "$log" "out/$fuzzer-fuzz" "$@"
	status=$?
	result "$status" "$what" "$log"
	[ "$status" -eq 0 ] || grep -a '^Running: ' "$log" | tail -n 1 | sed 's/^Running:/      in/'
}

log_of() {
	local log=$1
	shift
	"$@" >"$log" 2>&1
}

input_now() {
	echo "$(grep -ac '^Running: ' "$1") inputs"
}

search_now() {
	grep -aoE '^#[0-9]+' "$1" | tail -n 1 | sed 's/^#\(.*\)/\1 executions/'
}

# of_name FUZZER: known inputs of that name, one a line.
of_name() {
	local fuzzer=$1
	find "out/regress/$fuzzer" "out/seeds/$fuzzer" -type f -name "$name" | sort
	find out/failures -type f -name "$fuzzer-*" -name "$name" | sort
}

run_named() {
	local fuzzer file=''
	local -a inputs
	case "$name" in
	/*) file=$name ;;
	*/*) file=$from/$name; [ -f "$file" ] || file=$here/../$name ;;
	esac
	if [ -n "$file" ] && [ -f "$file" ]; then
		[ -n "$only" ] || only=$(basename "$(dirname "$file")")
		[ "$only" != failures ] || only=$(basename "$file" | cut -d- -f1)
		[[ " $FUZZERS " == *" $only "* ]] || { say "$name: say for which fuzzer"; exit 2; }
		# Text, of which mkseeds.py makes the input.
		case "$file" in *.hex) file=out/regress/$only/$(basename "$file" .hex) ;; esac
		run_inputs "$only" "$only: $name" "$file"
		return
	fi
	case "$name" in */*) [ -n "$only" ] || only=${name%%/*}; name=${name#*/} ;; esac
	for fuzzer in ${only:-$FUZZERS}; do
		mapfile -t inputs < <(of_name "$fuzzer" 2>/dev/null)
		[ "${#inputs[@]}" -eq 0 ] || run_inputs "$fuzzer" \
			"$fuzzer: known inputs called $name (${#inputs[@]})" "${inputs[@]}"
	done
	if [ $((passed + failed)) -eq 0 ]; then
		say "no input is called $name"
		exit 2
	fi
}

run_all() {
	local fuzzer
	local -a inputs
	for fuzzer in $FUZZERS; do
		mapfile -t inputs < <(find "out/regress/$fuzzer" "out/seeds/$fuzzer" -type f | sort)
		run_inputs "$fuzzer" "$fuzzer: ${#inputs[@]} known inputs" "${inputs[@]}"
	done
}

search() {
	local fuzzer log share status runs rate cover
	for fuzzer in $FUZZERS; do
		log=out/logs/$fuzzer
		share=$((seconds * $(share_of "$fuzzer") / 100))
		mkdir -p "out/corpus/$fuzzer"
		with_progress "$fuzzer: searching for $share s" search_now "$log" -- log_of "$log" \
			"out/$fuzzer-fuzz" -max_total_time="$((share > 0 ? share : 1))" \
			-max_len="$(length_of "$fuzzer")" -print_final_stats=1 \
			-artifact_prefix="out/failures/$fuzzer-" \
			"out/corpus/$fuzzer" "out/seeds/$fuzzer" "out/regress/$fuzzer"
		status=$?
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
		cover=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*/\1 edges, \2 features, \3 inputs/p' \
			"$log" | tail -n 1)
		result "$status" "$fuzzer: ${runs:-?} executions in $share s, ${rate:-?}/s; $cover" "$log"
	done
}

if [ -n "$name" ]; then
	run_named
else
	run_all
	search
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
