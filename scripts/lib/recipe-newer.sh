# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Recipe: kernels of a newer Debian, with their headers, which recipe-suite.sh's compiler builds
# the module for. Part of their keys (keys.sh). A function that fails leaves the reason in
# $why_not.

# newest_binary SERIES: the newest image package of a series.
newest_binary() {
	apt-cache "${XPB_APT[@]}" pkgnames "linux-binary-unsigned-$1." |
		grep -E "^linux-binary-unsigned-${1//./\\.}\.[0-9]+\+deb[0-9]+-amd64\$" |
		sort -V | tail -n 1
}

# build_newer NAME SERIES SUITE: such a kernel into the cache.
build_newer() {
	local name=$1 series=$2 suite=$3 image rel ver final tmp
	suite_apt "$suite" || return 1
	image=$(newest_binary "$series")
	[ -n "$image" ] || { why_not="$suite-backports has no Linux $series"; return 1; }
	why_not="packages of Linux $series cannot be had"
	rel=${image#linux-binary-unsigned-}
	ver=$(deb_version "$image") || return 1
	final="$XPB_CACHE/$name-$(path_safe "$ver")-$(artefact_recipe "$name")"
	if [ ! -d "$final" ]; then
		local -a headers
		mapfile -t headers < <(deb_depends "linux-headers-$rel" '^linux-(headers|kbuild)-')
		[ "${#headers[@]}" -ge 2 ] || return 1
		say "$name: fetching $rel ($ver)"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "$image" "linux-modules-$rel" "linux-base-$rel" \
			"linux-headers-$rel" "${headers[@]}" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		# This one keeps its image with its modules.
		mkdir -p "$tmp/root/boot"
		mv "$tmp/root/usr/lib/modules/$rel/vmlinuz.unsigned" \
			"$tmp/root/boot/vmlinuz-$rel" || return 1
		install_kernel "$tmp" "$rel" "$final" || return 1
		printf '%s\n' "$suite" >"$tmp/suite"
		finish "$tmp" "$name" "$ver" "$final"
	fi
	point "$name" "$final"
	# shellcheck disable=SC2034 # artefacts.sh uses it
	why_not=
}
