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
# compared with apt's lists. The kernels of a newer Debian ("newer", and part of
# "all") are no must: what cannot be had is named, and not tested.
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
# shellcheck source=scripts/lib/suite.sh
. "$here/lib/suite.sh"

# Raise when the layout below changes: old folders are then not taken for new ones.
layout=l1

main() {
	local part=all
	case "${1:-}" in
	--print) print_paths; return ;;
	-h | --help) sed -n '4,16s/^# \{0,1\}//p' "$0"; return ;;
	esac
	[ $# -eq 0 ] || part=$1
	case "$part" in build | kunit | xen | newer | all) ;; *) die "unknown part: $part" ;; esac

	# One lock for tools and cache: apt itself does not queue politely.
	mkdir -p "$XPB_CACHE" "$XPB_CURRENT"
	exec 9>"$XPB_CACHE/.lock"
	flock -n 9 || { say "waiting for another run"; flock 9; }
	rm -rf "$XPB_CACHE"/.tmp.*

	local -a tools=()
	# shellcheck disable=SC2206 # lists of words
	tools=($XPB_TOOLS_BUILD)
	# shellcheck disable=SC2206
	case "$part" in build | newer) ;; *) tools+=($XPB_TOOLS_VM) ;; esac
	ensure_tools "${tools[@]}"

	local name meta series suite
	while read -r name meta; do
		keep_current "$name" build_kernel "$name" "$meta"
		ensure_tools "$(cat "$XPB_CURRENT/$name/compiler")"
	done < <(xpb_kernels)
	case "$part" in xen | all) keep_current xen build_xen ;; esac
	case "$part" in build | kunit | all) keep_current kunit-src build_source ;; esac
	case "$part" in newer | all) ;; *) return ;; esac
	while read -r name series suite; do
		keep_newer "$name" "$series" "$suite"
	done < <(xpb_newer_kernels)
}

print_paths() {
	local name
	for name in $(xpb_kernel_names) $(xpb_newer_names) xen kunit-src checkpatch; do
		printf '%s=%s\n' "$name" "$XPB_CURRENT/$name"
	done
}

# keep_current NAME COMMAND...: run COMMAND unless current/NAME is there and was
# compared with apt's lists lately. A failing command is tried again with fresh
# lists; if it still fails, an older copy in the cache will do.
keep_current() {
	local name=$1 stamp="$XPB_CURRENT/.$1.$layout.checked"
	shift
	if [ -e "$XPB_CURRENT/$name/pkgversion" ] &&
		[ -n "$(find "$stamp" -mtime "-${XPB_MAX_AGE:-7}" 2>/dev/null)" ]; then
		return
	fi
	if "$@" || { apt_refresh && "$@"; }; then
		touch "$stamp"
	elif [ -e "$XPB_CURRENT/$name/pkgversion" ] && [ -e "$stamp" ]; then
		say "$name: newest packages not to be had, keeping $(cat "$XPB_CURRENT/$name/pkgversion")"
	else
		die "$name: packages not to be had and nothing in the cache"
	fi
}

# keep_newer NAME SERIES SUITE: as keep_current, but doing without is no error. What
# could not be had a moment ago is not asked for again by each part of a test.
keep_newer() {
	local name=$1 stamp="$XPB_CURRENT/.$1.$layout.checked" why="$XPB_CURRENT/.$1.missing"
	if [ -e "$XPB_CURRENT/$name/pkgversion" ] &&
		[ -n "$(find "$stamp" -mtime "-${XPB_MAX_AGE:-7}" 2>/dev/null)" ]; then
		return
	elif [ -n "$(find "$why" -mmin -30 2>/dev/null)" ]; then
		say "$name: $(cat "$why")"
	elif build_newer "$@"; then
		touch "$stamp"
		rm -f "$why"
	elif [ -e "$XPB_CURRENT/$name/pkgversion" ]; then
		say "$name: $why_not, keeping $(cat "$XPB_CURRENT/$name/pkgversion")"
	else
		printf '%s\n' "$why_not" >"$why"
		say "$name: not to be had and not tested: $why_not"
	fi
}

new_tmp() {
	mktemp -d "$XPB_CACHE/.tmp.XXXXXX"
}

# Kernel image, modules and headers of the newest release of one series.
build_kernel() {
	local name=$1 meta=$2 image rel ver final tmp
	image=$(deb_depends "$meta" '^linux-image-[0-9]') || return 1
	rel=${image#linux-image-}
	ver=$(deb_version "$image") || return 1
	final="$XPB_CACHE/$name-$(path_safe "$ver")-$layout"
	if [ ! -d "$final" ]; then
		local -a headers
		mapfile -t headers < <(deb_depends "linux-headers-$rel" '^linux-(headers|kbuild)-')
		[ "${#headers[@]}" -ge 2 ] || { say "$name: no headers for $rel"; return 1; }
		say "$name: fetching $rel ($ver)"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "$image=$ver" "linux-headers-$rel" "${headers[@]}" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		finish_kernel "$tmp" "$rel" "$final" || return 1
		printf '%s\n' "$ver" >"$tmp/pkgversion"
		publish "$tmp" "$final"
	fi
	point "$name" "$final"
}

# finish_kernel TMP RELEASE FINAL: what the packages' install scripts would do.
finish_kernel() {
	local tmp=$1 rel=$2 final=$3 src="root/usr/src/linux-headers-$2"
	rm -rf "$tmp/debs"
	# The headers name their other half by its place on an installed system.
	sed -i "s|/usr/src/|$final/root/usr/src/|g" "$tmp/$src/Makefile"
	# Newer suites ship /usr/lib/modules and leave the /lib link to base-files.
	[ -e "$tmp/root/lib" ] || ln -s usr/lib "$tmp/root/lib"
	rm -f "$tmp/root/lib/modules/$rel"/{build,source}
	ln -s "$final/$src" "$tmp/root/lib/modules/$rel/build"
	depmod -b "$tmp/root" "$rel" || return 1
	ln -s "root/boot/vmlinuz-$rel" "$tmp/vmlinuz"
	ln -s "root/lib/modules/$rel" "$tmp/modules"
	ln -s "$src" "$tmp/build"
	printf '%s\n' "$rel" >"$tmp/release"
	# The compiler the kernel was built with; modules must use the same.
	{ grep -oE 'gcc-[0-9]+' "$tmp/$src/.kernelvariables" || echo gcc; } |
		head -n 1 >"$tmp/compiler"
	[ -e "$tmp/vmlinuz" ] && [ -e "$tmp/build/Module.symvers" ]
}

# The hypervisor, the toolstack, and those libraries this machine does not have.
build_xen() {
	local hv="xen-hypervisor-$XPB_XEN_VERSION-amd64" ver final tmp p
	ver=$(deb_version "$hv") || return 1
	final="$XPB_CACHE/xen-$(path_safe "$ver")-$layout"
	if [ ! -d "$final" ]; then
		local -a all want=()
		mapfile -t all < <(deb_closure "$hv" "xen-utils-$XPB_XEN_VERSION" xenstore-utils)
		[ "${#all[@]}" -gt 0 ] || return 1
		for p in "${all[@]}"; do
			case "$p" in
			# Xen's own always, so that all of it has one version.
			xen* | libxen*) want+=("$p") ;;
			# Boot and service machinery the small dom0 has no use for.
			udev | systemd* | init* | grub* | lsb-base) ;;
			*) [ -z "$(missing_packages "$p")" ] || want+=("$p") ;;
			esac
		done
		say "xen: fetching $ver"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "${want[@]}" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		rm -rf "$tmp/debs"
		# QEMU's multiboot loader wants the plain ELF file.
		zcat "$tmp/root/boot/xen-$XPB_XEN_VERSION-amd64.gz" >"$tmp/xen.elf" || return 1
		printf '%s\n' "$ver" >"$tmp/pkgversion"
		publish "$tmp" "$final"
	fi
	point xen "$final"
}

# KUnit and checkpatch out of the kernel sources, streamed past the 140 MB tarball.
build_source() {
	local pkg=$XPB_SOURCE_PACKAGE ver final check tmp deb
	ver=$(deb_version "$pkg") || return 1
	final="$XPB_CACHE/kunit-src-$(path_safe "$ver")-$layout"
	check="$XPB_CACHE/checkpatch-$(path_safe "$ver")-$layout"
	if [ ! -d "$final" ] || [ ! -d "$check" ]; then
		say "kunit-src: fetching $pkg ($ver)"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "$pkg=$ver" || return 1
		mkdir -p "$tmp/kunit" "$tmp/check"
		deb=$(echo "$tmp"/debs/*.deb)
		dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$pkg.tar.xz" |
			tar -xJ -C "$tmp/kunit" --strip-components=1 \
				"$pkg"/{lib/kunit,include/kunit,include/linux/args.h} \
				"$pkg"/scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch} || return 1
		mv "$tmp/kunit/scripts"/* "$tmp/check/"
		rmdir "$tmp/kunit/scripts"
		printf '%s\n' "$ver" | tee "$tmp/kunit/pkgversion" >"$tmp/check/pkgversion"
		publish "$tmp/check" "$check"
		publish "$tmp/kunit" "$final"
		rm -rf "$tmp"
	fi
	point checkpatch "$check"
	point kunit-src "$final"
}

main "$@"
