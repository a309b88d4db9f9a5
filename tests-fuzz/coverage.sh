#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# coverage.sh [RUNS]: lines and branches of the freestanding sources that seeds, old
# failures and RUNS more inputs of a fixed seed reach (default 20000 for each
# fuzzer); file by file, and then every line that is left out. The same every
# time, unless sources or seeds change.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tests-fuzz/lib.sh
. ./lib.sh

runs=${1:-20000}
ensure_tools clang llvm make python3
mkdir -p out
compile coverage
rm -rf out/profile
mkdir -p out/profile

objects=()
for fuzzer in $FUZZERS; do
	objects+=(-object "out/$fuzzer-coverage")
	mkdir -p "out/profile/corpus-$fuzzer"
	LLVM_PROFILE_FILE="out/profile/$fuzzer.profraw" "out/$fuzzer-coverage" \
		-seed=1 -runs="$runs" -max_len="$(length_of "$fuzzer")" -artifact_prefix=out/profile/ \
		"out/profile/corpus-$fuzzer" "out/seeds/$fuzzer" "out/regress/$fuzzer" \
		>"out/profile/$fuzzer.log" 2>&1 || die "$fuzzer fails: see tests-fuzz/out/profile/$fuzzer.log"
done
"$(llvm_tool llvm-profdata)" merge -o out/profile/all out/profile/*.profraw
cov=$(llvm_tool llvm-cov)
"$cov" export -instr-profile out/profile/all "${objects[@]}" -format=lcov >out/profile/lcov
./uncovered.py out/profile/lcov
