#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# check.sh: everything about the sources that needs no virtual machine. For each
# kernel of the cache the module is built without warnings, with sparse and as the
# stub alone, installed into a scratch tree by make and by dkms; then style and rules
# of the house, in C, shell and Python. One line for each check; findings below a
# failed one. Ends with "N passed, N failed" and exits 0 only if nothing failed.

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
cd "$top" || exit 1
# shellcheck source=scripts/lib/cache.sh
. "$here/lib/cache.sh"
# shellcheck source=scripts/lib/tools.sh
. "$here/lib/tools.sh"

passed=0 failed=0 skipped=0
findings=build/check/findings
mkdir -p build/check

# check NAME COMMAND...: one line; the command's output only if it is news.
check() {
	local name=$1 status
	shift
	"$@" >"$findings" 2>&1
	status=$?
	case "$status" in
	0) passed=$((passed + 1)); echo "PASS  $name" ;;
	77) skipped=$((skipped + 1)); echo "SKIP  $name: $(tail -n 1 "$findings")" ;;
	*)
		failed=$((failed + 1))
		echo "FAIL  $name"
		head -n 60 "$findings" | sed '/^$/d;s/^/      /'
		;;
	esac
}

# on KIND COMMAND...: the command with all files of that kind as arguments.
on() {
	local kind=$1
	shift
	"$here/check/tree.py" list "$kind" | xargs "$@"
}

# Left out of checkpatch, because it cannot know better here:
#   CAMELCASE               names of Xen's own headers (XenbusStateConnected)
#   ENOSYS                  Xen's answer to a hypercall that it does not have
#   MACRO_ARG_REUSE         rows of tables, whose arguments are constants
#   UNCOMMENTED_DEFINITION  kernel-doc says what a lock guards, where it cannot look
# and in trace.h, where each event is one call of a macro, laid out as in the kernel's own,
#   OPEN_ENDED_LINE, PARENTHESIS_ALIGNMENT
# and in tests-kunit, where a macro stands for whole functions, as KUnit's own do,
#   MACRO_WITH_FLOW_CONTROL
checkpatch() {
	local ignore=CAMELCASE,ENOSYS,MACRO_ARG_REUSE,UNCOMMENTED_DEFINITION
	local status=0
	checkpatch_on kernel-c-module "$ignore" || status=1
	checkpatch_on kernel-c-trace "$ignore,OPEN_ENDED_LINE,PARENTHESIS_ALIGNMENT" || status=1
	checkpatch_on kernel-c-tests "$ignore,MACRO_WITH_FLOW_CONTROL" || status=1
	return "$status"
}

# checkpatch_on KIND IGNORED
checkpatch_on() {
	# Started elsewhere: it leaves a cache file in a git tree. --root: it wants
	# to look for names in a kernel's headers, whatever is ignored.
	mkdir -p build/check/include
	on "$1" printf "$top/%s\n" | (cd build/check && xargs perl \
		"$XPB_CURRENT/checkpatch/checkpatch.pl" --strict --no-tree --root=. \
		--no-summary --terse --show-types --ignore "$2" -f)
}

# newer KERNEL WHAT: a check of the module for a kernel that may be missing here.
newer() {
	local why
	if why=$(xpb_missing "$1"); then
		echo "NOT RUN: $why"
		return 77
	fi
	"$module" "$2" "$1"
}

pyflakes() {
	command -v pyflakes3 >/dev/null || { echo "pyflakes3 is not installed"; return 77; }
	on py pyflakes3
}

"$here/setup.sh" kunit && "$here/setup.sh" newer || exit 1
# Not needed to build, so doing without is no more than a skipped check.
for tool in dkms pyflakes3; do
	command -v "$tool" >/dev/null || (ensure_tools "$tool") || true
done

module="$here/check/module.sh"
for kernel in $(xpb_kernel_names); do
	check "$kernel: module builds with W=1, no warnings" "$module" build "$kernel"
	check "$kernel: sparse finds nothing" "$module" sparse "$kernel"
	check "$kernel: stub alone builds" "$module" stub "$kernel"
	check "$kernel: modinfo says what others go by" "$module" facts "$kernel"
	check "$kernel: make install comes before the stock module" "$module" install "$kernel"
	check "$kernel: dkms install comes before the stock module" "$module" dkms "$kernel"
done
# In a folder of another suite, which has a compiler and neither sparse nor dkms.
for kernel in $(xpb_newer_names); do
	check "$kernel: module builds with W=1, no warnings" newer "$kernel" build
	check "$kernel: stub alone builds" newer "$kernel" stub
	check "$kernel: modinfo says what others go by" newer "$kernel" facts
done
check "kernel code: checkpatch --strict" checkpatch
check "kernel code: kernel-doc on what other files call" "$here/check/tree.py" kernel-doc
check "kernel code: only compat.h asks which kernel it is" "$here/check/tree.py" kernels
# SC2016: scenarios hand text in single quotes to other shells all the time.
check "xend-quirks: samples" "$here/check/xend_quirks.py"
check "shell: shellcheck" on sh shellcheck -x -e SC2016
check "Python: compiles" "$here/check/tree.py" python
check "Python: pyflakes" pyflakes
check "comparison: the tables are what the recorded results make" "$here/compare-table.py" --check
check "every file: SPDX line" "$here/check/tree.py" spdx
check "every file: at most 24 kB" "$here/check/tree.py" size

echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
[ "$failed" -eq 0 ]
