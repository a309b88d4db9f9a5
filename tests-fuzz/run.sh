#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# run.sh [SECONDS]: builds the fuzzers, replays every input that has ever failed
# (regress/) and every seed, then lets them search for SECONDS in all (default
# 60). An input that fails is kept in out/failures/. Needs clang, no network and
# no virtual machine. Ends with "N passed, N failed".
#
# When a failure has been mended, regress.py keeps its input for good.

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here" || exit 1
# shellcheck source=tests-fuzz/lib.sh
. ./lib.sh

seconds=${1:-60}
ensure_tools clang make python3
make -s all || die "the fuzzers do not build"
mkdir -p out/corpus out/logs out/failures
failed=0 passed=0

verdict() { # verdict STATUS NAME LOG
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
		echo "PASS  $2"
	else
		failed=$((failed + 1))
		echo "FAIL  $2"
		grep -aE 'INVARIANT|ERROR: |runtime error|Test unit written' "$3" | sed 's/^/      /'
	fi
}

for fuzzer in $FUZZERS; do
	log=out/logs/$fuzzer-replay
	# Files one by one, so that the log names the one that fails.
	mapfile -t inputs < <(find "out/regress/$fuzzer" "out/seeds/$fuzzer" -type f | sort)
	"out/$fuzzer-fuzz" "${inputs[@]}" >"$log" 2>&1
	status=$?
	verdict "$status" "$fuzzer: ${#inputs[@]} known inputs" "$log"
	[ "$status" -eq 0 ] || grep -a '^Running: ' "$log" | tail -n 1 | sed 's/^Running:/      in/'
done

for fuzzer in $FUZZERS; do
	log=out/logs/$fuzzer
	share=$((seconds * $(share_of "$fuzzer") / 100))
	mkdir -p "out/corpus/$fuzzer"
	"out/$fuzzer-fuzz" -max_total_time="$((share > 0 ? share : 1))" -max_len="$(length_of "$fuzzer")" \
		-print_final_stats=1 -artifact_prefix="out/failures/$fuzzer-" \
		"out/corpus/$fuzzer" "out/seeds/$fuzzer" "out/regress/$fuzzer" >"$log" 2>&1
	status=$?
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
	cover=$(sed -n 's/.* cov: \([0-9]*\) ft: \([0-9]*\) corp: \([0-9]*\).*/\1 edges, \2 features, \3 inputs/p' \
		"$log" | tail -n 1)
	verdict "$status" "$fuzzer: ${runs:-?} executions in $share s, ${rate:-?}/s; $cover" "$log"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
