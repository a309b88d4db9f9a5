# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Recipe: the hypervisor, the toolstack, the device model of HVM guests (QEMU), and those
# libraries this machine does not have. Part of its key (keys.sh); which packages are taken is
# part of the folder's name.

# build_xen NAME VERSION [SUITE]: one of them into the cache. One of a newer suite is complete with
# that suite's C library, because this machine's is too old for it.
build_xen() {
	local name=$1 series=$2 suite=${3:-} hv="xen-hypervisor-$2-amd64" ver final tmp p
	local -a all want=() left=()
	[ -z "$suite" ] || suite_apt "$suite" || return 1
	why_not="Xen $series cannot be had"
	ver=$(deb_version "$hv") || return 1
	mapfile -t all < <(deb_closure "$hv" "xen-utils-$series" xenstore-utils qemu-system-xen)
	[ "${#all[@]}" -gt 0 ] || return 1
	for p in "${all[@]}"; do
		case "$p" in
		# Xen's own always, so that all of it has one version.
		xen* | libxen*) want+=("$p") ;;
		# Boot and service machinery the small dom0 has no use for.
		udev=* | systemd* | init* | grub* | lsb-base=*) ;;
		*) if [ -z "$suite" ] && [ -z "$(missing_packages "${p%%=*}")" ]; then
			left+=("${p%%=*}")
		else
			want+=("$p")
		fi ;;
		esac
	done
	final="$XPB_CACHE/$name-$(path_safe "$ver")-$(
		recipe_key -- "$(artefact_recipe "$name")" "${want[@]}")"
	if [ ! -d "$final" ]; then
		say "$name: fetching $ver"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "${want[@]}" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		rm -rf "$tmp/debs"
		# QEMU's multiboot loader wants the plain ELF file.
		zcat "$tmp/root/boot/xen-$series-amd64.gz" >"$tmp/xen.elf" || return 1
		printf '%s\n' "${left[@]}" >"$tmp/left-out"
		printf '%s\n' "$series" >"$tmp/series"
		finish "$tmp" "$name" "$ver" "$final"
	fi
	point "$name" "$final"
	# shellcheck disable=SC2034 # setup.sh uses it
	why_not=
}

# xen_complete FOLDER: does this machine still have what was left out of it?
xen_complete() {
	local -a left
	mapfile -t left <"$1/left-out"
	[ -z "$(missing_packages "${left[@]}")" ]
}
