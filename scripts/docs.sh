#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# docs.sh        renders Documentation/ as HTML into build/docs/html, by Sphinx, without
#                a warning
# docs.sh abi    only whether the ABI entries have the kernel's form: its messages, exit 1
#
# What is drawn or listed from sources is generated first, so that it cannot differ from
# them:
#
#   the layers                      from scripts/check/layers.txt
#   the backend's state machine     from the table in backend/fsm.c, by docs/fsm-dot.c
#   ABI entries                     by the kernel's get_abi.pl
#   functions and structures        by the kernel's kernel-doc
#
# Any machine with Sphinx, Graphviz, Python, Perl and a C compiler will do. The two scripts
# of the kernel come from the cache (scripts/setup.sh); without them ABI entries are shown
# as they are, and functions are left out.

set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
cd "$top" || exit 1
# shellcheck source=scripts/lib/cache.sh
. "$here/lib/cache.sh"
# shellcheck source=scripts/lib/tools.sh
. "$here/lib/tools.sh"

driver=drivers/xen/xen-pciback
source=build/docs/source
html=build/docs/html

PROGRAMS="sphinx-build dot python3 perl cc"
PACKAGES="python3-sphinx graphviz fonts-dejavu-core python3 perl gcc libc6-dev"

say() { printf 'docs: %s\n' "$*" >&2; }
die() { printf 'docs: error: %s\n' "$*" >&2; exit 1; }

# missing_programs: those of PROGRAMS that this machine does not have, in one line.
missing_programs() {
	local program
	for program in $PROGRAMS; do
		command -v "$program" >/dev/null || printf '%s ' "$program"
	done
}

tools() {
	local missing
	missing=$(missing_programs)
	[ -n "$missing" ] || return 0
	command -v apt-get >/dev/null ||
		die "missing: ${missing% }. This is not Debian; install Sphinx (sphinx-build),
    Graphviz (dot), Python 3, Perl and a C compiler in the way of this system, then run again"
	# shellcheck disable=SC2086 # a list
	ensure_tools $PACKAGES
}

# kernel_script NAME: its path in the cache; fails if it is not there.
kernel_script() {
	local path="$XPB_CURRENT/kernel-src/scripts/$1"
	[ -f "$path" ] && printf '%s\n' "$path"
}

fill_cache() {
	kernel_script get_abi.pl >/dev/null && kernel_script kernel-doc >/dev/null && return 0
	command -v apt-get >/dev/null || return 0
	"$here/setup.sh" kunit
}

layers() {
	"$here/docs/layers-dot.py" scripts/check/layers.txt >"$source/generated/layers.dot"
}

# Built with the source that the driver uses.
state_machine() {
	local program=build/docs/fsm-dot
	cc -std=gnu11 -O1 -Wall -Itests-fuzz/shim -Iinclude -o "$program" \
		scripts/docs/fsm-dot.c "$driver/backend/fsm.c" &&
		"$program" >"$source/generated/fsm.dot" &&
		"$program" --tables >"$source/generated/fsm.rst"
}

# One section for each file, as it is.
abi_plain() {
	local file
	for file in Documentation/ABI/testing/*; do
		printf '%s\n%s\n\n::\n\n' "${file##*/}" "${file//?/-}"
		sed 's/^/  /' "$file"
		echo
	done
}

# It exits 0 whatever it has to say.
abi_check() {
	local messages
	messages=$(perl "$1" --dir Documentation/ABI validate 2>&1)
	[ -z "$messages" ] || { printf '%s\n' "$messages" >&2; return 1; }
}

abi() {
	local script
	if script=$(kernel_script get_abi.pl); then
		abi_check "$script" && perl "$script" --dir Documentation/ABI rest
	else
		say "the kernel's get_abi.pl is not in the cache: ABI entries are shown as they are"
		abi_plain
	fi >"$source/generated/abi.rst"
}

functions() {
	local script
	if script=$(kernel_script kernel-doc); then
		"$here/docs/api.py" "$script" "$source/api"
	else
		say "the kernel's kernel-doc is not in the cache: functions are left out"
		mkdir -p "$source/api"
		printf '%s\n' "Not made" "========" "" "The kernel's kernel-doc was not there." \
			>"$source/api/none.rst"
	fi
}

if [ "${1:-}" = abi ]; then
	script=$(kernel_script get_abi.pl) || {
		echo "the kernel's get_abi.pl is not in the cache, run scripts/setup.sh kunit"
		exit 77
	}
	abi_check "$script"
	exit
fi

tools
fill_cache || exit 1
rm -rf "$source" "$html"
mkdir -p "$source" build/docs
cp -r Documentation/. "$source/"
mkdir -p "$source/generated"
layers || die "the drawing of the layers could not be made"
state_machine || die "the drawing of the state machine could not be made"
abi || die "an ABI entry is not in the kernel's form"
functions || die "a kernel-doc comment is not in the kernel's form"
PCIBACK_VERSION=$(cat VERSION 2>/dev/null) sphinx-build -W --keep-going -q -E -j auto \
	-d build/docs/doctrees -b html "$source" "$html" || die "Sphinx had warnings, see above"
printf '%s/index.html: %d pages, %d drawings, no warning\n' "$html" \
	"$(find "$html" -name '*.html' | wc -l)" "$(find "$html" -name '*.svg' | wc -l)"
