# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# What the scripts of this folder share: names and weights of the fuzzers, and
# the tools they need. Source it from this folder.

# shellcheck source=scripts/lib/tools.sh
. ../scripts/lib/tools.sh

say() { printf 'fuzz: %s\n' "$*" >&2; }

# shellcheck disable=SC2034 # used by those who source this file
FUZZERS="conf names vpci"

# share_of FUZZER: its part of the time, in percent.
share_of() {
	case "$1" in
	conf) echo 80 ;;
	*) echo 10 ;;
	esac
}

# length_of FUZZER: the longest input that makes sense.
length_of() {
	case "$1" in
	conf) echo 4096 ;;
	*) echo 600 ;;
	esac
}

# compile TARGET: with the Makefile.
compile() {
	touch out/.started
	with_progress "compiling" compiled -- make -s -j"$(nproc)" "$1"
}

compiled() {
	echo "$(find out -name '*.o' -newer out/.started | wc -l) objects"
}

# llvm_tool NAME: the program that belongs to clang, whose plain name may be missing.
llvm_tool() {
	local version
	version=$(clang -dumpversion)
	command -v "$1-${version%%.*}" || command -v "$1"
}
