#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# setup.sh [--print] [build|kunit|xen|newer|all]
#
# Makes this machine ready to build and test: installs missing tools (when root,
# and says so) and fills the cache with Debian's kernels, headers, Xen and a few
# kernel sources. Kernels and Xen are unpacked into the cache, never installed.
# Safe to run again, by several at once, and without network once the cache is
# full. XPB_MAX_AGE (days, default 7) is how long a full cache is not even
# compared with apt's lists. Kernels, Xen and QEMU of a newer Debian and headers of another
# architecture ("newer", and part of "all") are no must: what cannot be had is named,
# and not tested. What other scripts than these have made (keys.sh) is never used, and
# removed when nothing has used it for XPB_KEEP_DAYS (default 14).
#
#   --print    print the paths of the cache as name=path, change nothing

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib/cache.sh
. "$here/lib/cache.sh"
# shellcheck source=scripts/lib/tools.sh
. "$here/lib/tools.sh"
# shellcheck source=scripts/lib/debs.sh
. "$here/lib/debs.sh"
# shellcheck source=scripts/lib/artefacts.sh
. "$here/lib/artefacts.sh"
# shellcheck source=scripts/lib/recipe-kernel.sh
. "$here/lib/recipe-kernel.sh"
# shellcheck source=scripts/lib/recipe-newer.sh
. "$here/lib/recipe-newer.sh"
# shellcheck source=scripts/lib/recipe-suite.sh
. "$here/lib/recipe-suite.sh"
# shellcheck source=scripts/lib/recipe-foreign.sh
. "$here/lib/recipe-foreign.sh"
# shellcheck source=scripts/lib/recipe-xen.sh
. "$here/lib/recipe-xen.sh"
# shellcheck source=scripts/lib/recipe-qemu.sh
. "$here/lib/recipe-qemu.sh"
# shellcheck source=scripts/lib/recipe-source.sh
. "$here/lib/recipe-source.sh"

main() {
	local part=all
	case "${1:-}" in
	--print) print_paths; return ;;
	-h | --help) sed -n '4,19s/^# \{0,1\}//p' "$0"; return ;;
	esac
	[ $# -eq 0 ] || part=$1
	case "$part" in build | kunit | xen | newer | all) ;; *) die "unknown part: $part" ;; esac

	# One lock for tools and cache: apt itself does not queue politely.
	mkdir -p "$XPB_CACHE" "$XPB_CURRENT"
	exec 9>"$XPB_CACHE/.lock"
	wait_for_lock 9 "another run, which sets up the cache"
	rm -rf "$XPB_CACHE"/.tmp.*

	local -a tools=()
	# shellcheck disable=SC2206 # lists of words
	tools=($XPB_TOOLS_BUILD)
	# shellcheck disable=SC2206
	case "$part" in build | newer) ;; *) tools+=($XPB_TOOLS_VM) ;; esac
	ensure_tools "${tools[@]}"

	local name meta series suite compiler
	while read -r name meta; do
		must_keep "$name" build_kernel "$name" "$meta"
		ensure_tools "$(cat "$XPB_CURRENT/$name/compiler")"
	done < <(xpb_kernels)
	case "$part" in xen | all)
		while read -r name series; do
			keep_xen "$name" "$series"
		done < <(xpb_xens | awk 'NF == 2')
		;;
	esac
	case "$part" in build | kunit | all) must_keep kernel-src build_source ;; esac
	case "$part" in newer | all)
		while read -r name series suite; do
			keep_optional "$name" keep_newer "$name" "$series" "$suite"
		done < <(xpb_newer_kernels)
		while read -r name series suite; do
			keep_optional "$name" keep_artefact "$name" build_xen "$name" "$series" "$suite"
		done < <(xpb_xens | awk 'NF == 3')
		while read -r name suite; do
			keep_optional "$name" keep_artefact "$name" build_qemu "$name" "$suite"
		done < <(xpb_emulators)
		while read -r name meta compiler; do
			keep_optional "$name" keep_foreign "$name" "$meta" "$compiler"
		done < <(xpb_foreign)
		;;
	esac
	remove_unused
}

print_paths() {
	local name
	for name in $(xpb_kernel_names) $(xpb_newer_names) $(xpb_foreign_names) \
		$(xpb_xens | cut -f1) $(xpb_emulators | cut -f1) kernel-src; do
		printf '%s=%s\n' "$name" "$XPB_CURRENT/$name"
	done
}

must_keep() {
	keep_artefact "$@" || die "$1: packages not to be had, and none in the cache that these scripts made"
}

# keep_xen NAME VERSION: that of this Debian.
keep_xen() {
	local folder
	if folder=$(of_recipe xen) && ! xen_complete "$folder"; then
		say "xen: libraries were removed from this machine since it was fetched"
		rm -f "$folder/checked"
	fi
	must_keep xen build_xen "$@"
}

# keep_optional NAME COMMAND...: doing without is no error. What could not be had a moment ago is
# not asked for again by each part of a test. COMMAND leaves the reason in $why_not if it fails.
keep_optional() {
	local name=$1 why="$XPB_CURRENT/.$1.missing"
	shift
	if [ -n "$(find "$why" -mmin -30 2>/dev/null)" ]; then
		say "$name: $(cat "$why")"
	elif "$@"; then
		rm -f "$why"
	else
		# Without its compiler it is of no use.
		rm -f "$XPB_CURRENT/$name"
		printf '%s\n' "$why_not" >"$why"
		say "$name: not to be had and not tested: $why_not"
	fi
	XPB_APT=()
}

# keep_newer NAME SERIES SUITE: a kernel of a newer Debian, and its compiler.
keep_newer() {
	keep_artefact "$1" build_newer "$@" && keep_artefact "suite-$3" \
		build_suite "$3" "$(cat "$XPB_CURRENT/$1/compiler")"
}

# keep_foreign ARCH META COMPILER: headers of another architecture, and the compiler for it.
keep_foreign() {
	optional_tool "$3" && keep_artefact "$1" build_foreign "$1" "$2"
}

main "$@"
