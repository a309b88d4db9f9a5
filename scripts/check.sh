#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# check.sh [--list | NAME...]
#
# Everything about the sources that needs no virtual machine. For each kernel of the cache
# the module is built without warnings, with sparse and as the stub alone, and installed
# into a scratch tree by make and by dkms; then style, layers, names and documents. One
# line for each check; findings below a failed one. Ends with "N passed, N failed" and
# exits 0 only if nothing failed.
#
#   check.sh                     all
#   check.sh checkpatch          one
#   check.sh 'k6.12-*' layers*   those with such names; exit status 2 if there is none
#   check.sh --list              names, and what they hold

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
# shellcheck source=scripts/lib/cache.sh
. "$here/lib/cache.sh"
# shellcheck source=scripts/lib/tools.sh
. "$here/lib/tools.sh"

passed=0 failed=0 skipped=0
mode=run
declare -a wanted=() chosen=()
declare -A built=()
findings=build/check/findings
module="$here/check/module.sh"

# is_wanted NAME: was it asked for?
is_wanted() {
	local glob
	[ "${#wanted[@]}" -gt 0 ] || return 0
	for glob in "${wanted[@]}"; do
		# shellcheck disable=SC2053 # a pattern
		[[ $1 != $glob ]] || return 0
	done
	return 1
}

# check NAME WHAT COMMAND...: one line; the command's output only if it is news.
check() {
	local name=$1 what=$2 status
	shift 2
	is_wanted "$name" || return 0
	case "$mode" in
	list) printf '%-22s %s\n' "$name" "$what"; return ;;
	choose) chosen+=("$name"); return ;;
	esac
	"$@" >"$findings" 2>&1
	status=$?
	case "$status" in
	0) passed=$((passed + 1)); echo "PASS  $name: $what" ;;
	77) skipped=$((skipped + 1)); echo "SKIP  $name: $(tail -n 1 "$findings")" ;;
	*)
		failed=$((failed + 1))
		echo "FAIL  $name: $what"
		sed '/^$/d;s/^/      /' "$findings" | head -n 60
		[ "$(grep -c . "$findings")" -le 60 ] ||
			echo "      ... $(grep -c . "$findings") lines in all"
		;;
	esac
}

# on KIND COMMAND...: the command with all files of that kind as arguments.
on() {
	local kind=$1
	shift
	"$here/check/tree.py" list "$kind" | xargs "$@"
}

# on_module KERNEL WHAT: a check of what "build" left, in this run if it was asked for.
on_module() {
	if [ -z "${built[$1]:-}" ]; then
		"$module" build "$1" || return
		built[$1]=1
	fi
	[ "$2" = build ] || "$module" "$2" "$1"
}

# sparse KERNEL: builds in the same place, and leaves nothing there if it complains.
sparse() {
	"$module" sparse "$1" || { built[$1]=; return 1; }
	built[$1]=1
}

# unless_missing NAME COMMAND...: a check for a kernel or an architecture that may be missing here.
unless_missing() {
	local why
	if why=$(xpb_missing "$1"); then
		echo "NOT RUN: $why"
		return 77
	fi
	"${@:2}"
}

# What .checkpatch.conf has for all, and besides
#   trace.h, where each event is one call of a macro, laid out as in the kernel's own:
#     OPEN_ENDED_LINE, PARENTHESIS_ALIGNMENT
#   tests, where a macro stands for whole functions, as KUnit's own do, and suites.h is a
#   list that other macros are applied to:
#     MACRO_WITH_FLOW_CONTROL, COMPLEX_MACRO
checkpatch() {
	local status=0
	checkpatch_on kernel-c-module || status=1
	checkpatch_on kernel-c-trace --ignore OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT || status=1
	checkpatch_on kernel-c-tests --ignore MACRO_WITH_FLOW_CONTROL,COMPLEX_MACRO || status=1
	return "$status"
}

# checkpatch_on KIND OPTIONS...
checkpatch_on() {
	local kind=$1 dir="$XPB_CURRENT/kernel-src/scripts"
	shift
	# Started elsewhere: it leaves a cache file where it is started.
	mkdir -p build/check/include
	cp .checkpatch.conf build/check/
	on "$kind" printf "$top/%s\n" | (cd build/check && xargs perl \
		"$dir/checkpatch.pl" --no-summary --terse --show-types "$@" -f)
}

pyflakes() {
	command -v pyflakes3 >/dev/null || { echo "pyflakes3 is not installed"; return 77; }
	on py pyflakes3
}

# The checks, in the order they run.
checks() {
	local kernel newest
	for kernel in $(xpb_kernel_names); do
		check "$kernel-build" "builds with W=1, no warnings" on_module "$kernel" build
		check "$kernel-sparse" "sparse finds nothing" sparse "$kernel"
		check "$kernel-stub" "stub alone builds" "$module" stub "$kernel"
		check "$kernel-builtin" "built in, hide= is read before drivers are registered" \
			"$module" builtin "$kernel"
		check "$kernel-modinfo" "modinfo says what others go by" on_module "$kernel" modinfo
		check "$kernel-install" "make install comes before the stock module" \
			on_module "$kernel" install
		check "$kernel-dkms" "dkms install comes before the stock module" "$module" dkms "$kernel"
		newest=$kernel
	done
	# In a folder of another suite, which has a compiler and neither sparse nor dkms.
	for kernel in $(xpb_newer_names); do
		check "$kernel-build" "builds with W=1, no warnings" unless_missing "$kernel" \
			on_module "$kernel" build
		check "$kernel-stub" "stub alone builds" unless_missing "$kernel" \
			on_module "$kernel" stub
		check "$kernel-modinfo" "modinfo says what others go by" unless_missing "$kernel" \
			on_module "$kernel" modinfo
	done
	for kernel in $(xpb_foreign_names); do
		check "$kernel-stub" "stub alone builds for another architecture" unless_missing "$kernel" \
			"$module" stub "$kernel"
	done
	check checkpatch "kernel code: checkpatch --strict" checkpatch
	check kernel-doc "kernel code: scripts/kernel-doc, and on all that other files call" \
		on_module "$newest" kernel-doc
	check names "kernel code: what is not static is called pciback_*" on_module "$newest" names
	check layers-includes "kernel code: no include goes up (layers.txt)" \
		"$here/check/layers.py" includes
	check layers-calls "kernel code: no call goes up (layers.txt)" on_module "$newest" layers
	check layers-selftest "an include and a call that go up are found" \
		"$here/check/layers.py" selftest
	check kernel-version "kernel code: only compat.h asks which kernel it is" \
		"$here/check/tree.py" kernels
	check kernel-tree "make kernel-tree puts the driver into a kernel's sources" \
		"$here/check/kernel_tree.py"
	check xend-quirks "xend-quirks: samples" "$here/check/xend_quirks.py"
	# SC2016: scenarios hand text in single quotes to other shells all the time.
	check shellcheck "shell: shellcheck" on sh shellcheck -x -e SC2016
	check python "Python: compiles" "$here/check/tree.py" python
	check pyflakes "Python: pyflakes" pyflakes
	check comparison "comparison: the tables are what the recorded results make" \
		"$here/compare-table.py" --check
	check matrix "matrix: the tables are what the recorded results make" \
		"$here/matrix.py" --check
	check user-words "what users see is what Documentation/words.rst lists" \
		"$here/check/words.py"
	check user-words-selftest "... and a word that only one has is found" \
		"$here/check/words.py" selftest
	check abi "Documentation/ABI: the kernel's get_abi.pl" "$here/docs.sh" abi
	check abi-fields "Documentation/ABI: Date, KernelVersion, Contact, Description" \
		"$here/check/tree.py" abi
	check upstream "files of the PCI core that reset/ follows are as they were read" \
		"$here/check/upstream.py"
	check upstream-selftest "... and one that has changed is named" "$here/check/upstream.py" selftest
	check cache-keys "cache: a changed recipe is built anew" "$here/selftest/test_keys.py"
	check kunit-log "tests-kunit: what a log must have and must not" "$here/selftest/test_kunit_log.py"
	check scenarios "tests-xen: choosing, numbers, KTAP, image keys" "$top/tests-xen/selftest.py"
	check retired-words "every file: no word that has a better one" "$here/check/retired.py"
	check retired-words-selftest "... and such words are found" "$here/check/retired.py" selftest
	check version "VERSION is the one place with the version" "$here/check/tree.py" version
	check spdx "every file: SPDX line" "$here/check/tree.py" spdx
	check size "every file: at most 24 kB" "$here/check/tree.py" size
}

case "${1:-}" in
-h | --help) sed -n '4,16s/^# \{0,1\}//p' "$0"; exit ;;
--list) mode=list; checks; exit ;;
-*) sed -n '4,16s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
wanted=("$@")
cd "$top" || exit 1
mkdir -p build/check
mode=choose
checks
if [ "${#chosen[@]}" -eq 0 ]; then
	echo "check.sh: no check is called $*; check.sh --list names them" >&2
	exit 2
fi

# any_chosen PATTERN: is there one with such a name?
any_chosen() {
	printf '%s\n' "${chosen[@]}" | grep -qE "$1"
}
"$here/setup.sh" kunit || exit 1
if any_chosen "^($({ xpb_newer_names; xpb_foreign_names; } | paste -sd "|"))-"; then
	"$here/setup.sh" newer || exit 1
fi
# Not needed to build, so doing without is no more than a skipped check.
for tool in dkms pyflakes3; do
	command -v "$tool" >/dev/null || ! any_chosen "${tool%3}" || (ensure_tools "$tool") || true
done

mode=run
checks
echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
