# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Recipe: files of the kernel's sources, at their paths there: KUnit, what parses its results,
# the scripts that check code, comments and ABI files, and what scripts/check/upstream.txt names.
# Part of its key (keys.sh).

XPB_SOURCE_FILES=(lib/kunit include/kunit include/linux/args.h tools/testing/kunit
	scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch,kernel-doc,get_abi.pl}
	drivers/pci include/uapi/linux/pci_regs.h)

build_source() {
	local pkg=$XPB_SOURCE_PACKAGE ver final tmp
	ver=$(deb_version "$pkg") || return 1
	final="$XPB_CACHE/kernel-src-$(path_safe "$ver")-$(artefact_recipe kernel-src)"
	if [ ! -d "$final" ]; then
		say "kernel-src: fetching $pkg ($ver)"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "$pkg=$ver" || return 1
		unpack_source "$tmp" "$pkg" "${XPB_SOURCE_FILES[@]/#/$pkg/}" || return 1
		finish "$tmp/src" kernel-src "$ver" "$final"
		rm -rf "$tmp"
	fi
	point kernel-src "$final"
}

# unpack_source TMP PACKAGE TAR-ARGUMENT...: out of the package in TMP/debs into TMP/src, without
# ever writing the tarball of 150 MB.
unpack_source() {
	mkdir "$1/src"
	with_progress "unpacking the kernel's sources" folder_mb "$1/src" -- \
		source_unpack_all "$@" || return 1
	rm -rf "$1/debs"
}

source_unpack_all() {
	local tmp=$1 pkg=$2
	shift 2
	dpkg-deb --fsys-tarfile "$tmp"/debs/*.deb | tar -xO "./usr/src/$pkg.tar.xz" |
		tar -xJ -C "$tmp/src" --strip-components=1 "$@"
}
