# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Recipe: headers of a kernel of this Debian for another architecture, with this machine's
# kbuild, to compile the module for it. Lists of that architecture are kept apart, so the
# machine's packages do not change. Part of its key (keys.sh). A function that fails leaves the
# reason in $why_not.

# foreign_apt ARCH: let XPB_APT mean that architecture's packages, with fresh lists.
foreign_apt() {
	local arch=$1 dir="$XPB_CACHE/apt-$1"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	XPB_APT=(-o APT::Architecture="$arch" -o APT::Architectures="$arch"
		-o Dir::State::lists="$dir/lists" -o Dir::State::status=/dev/null
		-o Dir::Cache="$dir/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root)
	say "fetching the lists of $arch"
	# A source of the machine that has nothing for this architecture does no harm.
	with_progress "fetching the lists of $arch" -- \
		apt-get "${XPB_APT[@]}" -qq update >&2 </dev/null || true
}

# build_foreign ARCH META: such headers into the cache.
build_foreign() {
	local arch=$1 headers rel ver final tmp src kbuild
	foreign_apt "$arch"
	why_not="no headers for $arch from this machine's apt configuration"
	headers=$(deb_depends "$2" '^linux-headers-[0-9]') || return 1
	rel=${headers#linux-headers-}
	ver=$(deb_version "$headers") || return 1
	final="$XPB_CACHE/$arch-$(path_safe "$ver")-$(artefact_recipe "$arch")"
	if [ ! -d "$final" ]; then
		local -a common
		mapfile -t common < <(deb_depends "$headers" '^linux-headers-')
		kbuild=$(deb_depends "$headers" '^linux-kbuild-') || return 1
		[ "${#common[@]}" -ge 1 ] || return 1
		say "$arch: fetching headers of $rel ($ver)"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "$headers" "${common[@]}" || return 1
		# Programs that run here.
		XPB_APT=()
		deb_get "$tmp/debs" "$kbuild" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		rm -rf "$tmp/debs"
		src="root/usr/src/$headers"
		# The headers name their other half by its place on an installed system.
		sed -i "s|/usr/src/|$final/root/usr/src/|g" "$tmp/$src/Makefile" || return 1
		ln -s "$src" "$tmp/build"
		printf '%s\n' "$rel" >"$tmp/release"
		[ -e "$tmp/build/Module.symvers" ] && [ -e "$tmp/build/scripts/basic/fixdep" ] || return 1
		finish "$tmp" "$arch" "$ver" "$final"
	fi
	point "$arch" "$final"
	# shellcheck disable=SC2034 # setup.sh uses it
	why_not=
}
