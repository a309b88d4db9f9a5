# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Recipe: QEMU of a newer Debian, complete with that suite's C library, for device models that
# this machine's own does not have. It is unpacked, never installed, and run by its own loader.
# Part of its key (keys.sh). A function that fails leaves the reason in $why_not.

# build_qemu NAME SUITE: into the cache.
build_qemu() {
	local name=$1 suite=$2 ver final tmp
	local -a all
	suite_apt "$suite" || return 1
	why_not="QEMU of $suite cannot be had"
	ver=$(deb_version qemu-system-x86) || return 1
	mapfile -t all < <(deb_closure qemu-system-x86)
	[ "${#all[@]}" -gt 0 ] || return 1
	final="$XPB_CACHE/$name-$(path_safe "$ver")-$(
		recipe_key -- "$(artefact_recipe "$name")" "${all[@]}")"
	if [ ! -d "$final" ]; then
		say "$name: fetching $ver"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "${all[@]}" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		rm -rf "$tmp/debs" "$tmp/root/usr/share/doc" "$tmp/root/usr/share/man"
		finish "$tmp" "$name" "$ver" "$final"
	fi
	point "$name" "$final"
	# shellcheck disable=SC2034 # setup.sh uses it
	why_not=
}
