# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Recipe: a kernel of this Debian, with its modules and headers. Part of its key (keys.sh).

# build_kernel NAME META: one kernel and its headers into the cache.
build_kernel() {
	local name=$1 image rel ver final tmp
	image=$(deb_depends "$2" '^linux-image-[0-9]') || { say "$name: apt knows no $2"; return 1; }
	rel=${image#linux-image-}
	ver=$(deb_version "$image") || return 1
	final="$XPB_CACHE/$name-$(path_safe "$ver")-$(artefact_recipe "$name")"
	if [ ! -d "$final" ]; then
		local -a headers
		mapfile -t headers < <(deb_depends "linux-headers-$rel" '^linux-(headers|kbuild)-')
		[ "${#headers[@]}" -ge 2 ] || { say "$name: no headers for $rel"; return 1; }
		say "$name: fetching $rel ($ver)"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "$image=$ver" "linux-headers-$rel" "${headers[@]}" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		install_kernel "$tmp" "$rel" "$final" || return 1
		finish "$tmp" "$name" "$ver" "$final"
	fi
	point "$name" "$final"
}

# install_kernel TMP RELEASE FINAL: what the packages' install scripts would do.
install_kernel() {
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
