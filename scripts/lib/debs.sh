# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Packages as files: find a version in apt's lists, download, unpack into the
# cache. Nothing is installed and no host name is known here: what can be had is
# what the machine's own apt configuration offers. Needs progress.sh.

# Further options for apt: recipe-suite.sh sets them to look at another suite.
XPB_APT=()

# deb_field PACKAGE FIELD: a field of the version apt would take.
deb_field() {
	apt-cache "${XPB_APT[@]}" show --no-all-versions "$1" 2>/dev/null |
		sed -n "s/^$2: //p" | head -n 1
}

# deb_version PACKAGE: that version; fails if apt knows none.
deb_version() {
	local v
	v=$(deb_field "$1" Version)
	[ -n "$v" ] && printf '%s\n' "$v"
}

# deb_depends PACKAGE PATTERN: names in Depends that match the extended pattern.
deb_depends() {
	deb_field "$1" Depends | tr ',|' '[\n*]' |
		awk '{ sub(/:any$/, "", $1); print $1 }' | grep -E "$2"
}

# path_safe STRING: usable as a folder name and inside a Makefile.
path_safe() {
	printf '%s' "$1" | tr -c 'A-Za-z0-9.+-' '_'
}

# deb_get DIR PACKAGE...: download into DIR.
deb_get() {
	# Root's home is often closed to apt's download user; that user is only
	# a precaution for untrusted sources and packages are signed.
	local dir=$1 total
	local -a download=(apt-get "${XPB_APT[@]}" -qq -o APT::Sandbox::User=root download)
	shift
	mkdir -p "$dir"
	total=$("${download[@]}" --print-uris "$@" 2>/dev/null </dev/null |
		awk '{ sum += $3 } END { printf "%d", sum / 1048576 + 1 }')
	with_progress "downloading $total MB" folder_mb "$dir" -- \
		env -C "$dir" "${download[@]}" "$@" >&2 </dev/null
}

# deb_unpack DIR ROOT: unpack every package file of DIR into ROOT, drop the files.
deb_unpack() {
	local -a debs=("$1"/*.deb)
	mkdir -p "$2"
	with_progress "unpacking ${#debs[@]} packages" folder_mb "$2" -- deb_unpack_all "$@"
}

deb_unpack_all() {
	local deb
	for deb in "$1"/*.deb; do
		dpkg-deb -x "$deb" "$2" || return 1
		rm -f "$deb"
	done
}

# deb_closure PACKAGE...: all packages these need on an empty machine, as name=version.
deb_closure() {
	apt-get "${XPB_APT[@]}" -s -qq -o Dir::State::status=/dev/null --no-install-recommends \
		install "$@" 2>/dev/null | awk '$1 == "Inst" { sub(/^\(/, "", $3); print $2 "=" $3 }'
}

# finish TMP NAME VERSION FINAL: the finished folder TMP gets its name in one step.
finish() {
	printf '%s\n' "$3" >"$1/pkgversion"
	artefact_recipe "$2" >"$1/recipe"
	chmod 755 "$1"
	if [ -d "$4" ]; then
		rm -rf "$1"
	else
		mv -T "$1" "$4"
	fi
}
