#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# build-module.sh KERNEL OUT [make args]
#
# Builds the module for a kernel of the cache in a copy of the sources:
# OUT/drivers/xen/xen-pciback/xen-pciback.ko. KERNEL is k6.1, k6.12, k7.3, arm64 (with
# STUB=1), or debug, the one for a dom0 that tests-kunit/debug/kernel.sh builds. The source folders stay
# clean and kernels do not share objects. Only changed files are copied, so a
# second run has little to do. Prints what the compiler has to say, nothing else.
#
#   build-module.sh k6.12 build/example W=1
#   build-module.sh k6.12 build/example STUB=1 clean module
#   build-module.sh k6.12 build/example hostile     tests-xen/guest/hostile/hostile.ko

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
# shellcheck source=scripts/lib/cache.sh
. "$here/lib/cache.sh"
# shellcheck source=scripts/lib/progress.sh
. "$here/lib/progress.sh"

say() { printf '%s: %s\n' "${kernel:-build-module}" "$*" >&2; }

# objects FOLDER: how far a build is.
objects() {
	local made all
	made=$(find "$1/drivers" -name '*.o' -newer "$1/.started" | wc -l)
	all=$(find "$1/drivers" -name '*.c' | wc -l)
	echo "$made objects, of $all if all are compiled anew"
}

# The parts of the source tree that make needs.
sources() {
	cd "$top"
	find Makefile Kconfig VERSION drivers include tests-xen/guest/hostile -type f \
		\( -name '*.[ch]' -o -name '*.sh' -o -name 'K*' -o -name Makefile -o -name VERSION \) \
		! -name '*.mod.c' ! -name generated.h | sort
}

# sync_sources OUT: the same files there as here; times of unchanged ones stay.
sync_sources() {
	local out=$1 file
	sources >"$out/.sources.new"
	while read -r file; do
		cmp -s "$top/$file" "$out/$file" && continue
		mkdir -p "$out/$(dirname "$file")"
		cp "$top/$file" "$out/$file"
	done <"$out/.sources.new"
	# A file that was renamed must not be found under its old name.
	if [ -e "$out/.sources" ]; then
		comm -23 "$out/.sources" "$out/.sources.new" | (cd "$out" && xargs -r rm -f)
	fi
	mv "$out/.sources.new" "$out/.sources"
}

if [ $# -lt 2 ]; then
	sed -n '4,14s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
kernel=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
shift 2

declare -a inside=()
"$here/setup.sh" build
if { xpb_newer_names; xpb_foreign_names; } | grep -qx "$kernel"; then
	"$here/setup.sh" newer
	if why=$(xpb_missing "$kernel"); then
		echo "$kernel: $why" >&2
		exit 1
	fi
fi
if xpb_newer_names | grep -qx "$kernel"; then
	suite=$(cat "$XPB_CURRENT/$kernel/suite")
	inside=("$here/lib/in-suite.sh" "$XPB_CURRENT/suite-$suite" "$out")
fi
case "$kernel" in
debug) kdir=$("$top/tests-kunit/debug/kernel.sh" dom0)/build ;;
*) kdir=$(readlink -f "$XPB_CURRENT/$kernel/build") ;;
esac

exec 8>"$out/.lock"
wait_for_lock 8 "another run, which builds it"
sync_sources "$out"
touch "$out/.started"
# The caller may be make itself: its variables are not for the inner one.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# BTF needs the kernel's vmlinux, which headers do not have, and no one misses it.
with_progress "building the module" objects "$out" -- \
	"${inside[@]}" make -s -C "$out" -j"$(nproc)" KDIR="$kdir" "$@" 2>&1 |
	sed '/^Skipping BTF generation/d'
