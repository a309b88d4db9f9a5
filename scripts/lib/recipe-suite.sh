# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Recipe: the compiler of a newer Debian, in a folder that in-suite.sh builds in. apt is pointed
# at another suite of the mirror this machine uses already, with lists of its own, so the
# machine's packages do not change. Part of its key (keys.sh).
#
# A function that fails leaves the reason in $why_not.

# shellcheck disable=SC2034
why_not=

# What a kernel's headers need to build a module, next to the compiler.
XPB_SUITE_TOOLS="base-files bash dash coreutils diffutils findutils gawk grep make
	pahole sed"

# suite_mirror: where this machine's own release comes from.
suite_mirror() {
	local codename
	codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' \
		'Created-By: Packages' 2>/dev/null |
		awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }'
}

# suite_apt SUITE: let XPB_APT mean this suite and its backports, with fresh lists.
suite_apt() {
	local suite=$1 dir="$XPB_CACHE/apt-$1" uri name
	local keys=/usr/share/keyrings/debian-archive-keyring.gpg
	# Once in a run is enough.
	[ -z "${XPB_APT[*]}" ] || return 0
	uri=$(suite_mirror)
	[ -n "$uri" ] || { why_not="apt's configuration names no Debian mirror"; return 1; }
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	for name in "$suite" "$suite-backports"; do
		echo "deb $([ ! -e "$keys" ] || echo "[signed-by=$keys]") $uri $name main"
	done >"$dir/sources.list"
	XPB_APT=(-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=-
		-o Dir::State::lists="$dir/lists" -o Dir::State::status=/dev/null
		-o Dir::Cache="$dir/cache" -o Acquire::Languages=none
		-o APT::Sandbox::User=root)
	say "fetching the lists of $suite"
	with_progress "fetching the lists of $suite" -- apt-get "${XPB_APT[@]}" -qq \
		-o APT::Update::Error-Mode=any update >&2 </dev/null || {
		XPB_APT=()
		why_not="$suite and $suite-backports cannot be had from this machine's Debian mirror"
		return 1
	}
}

# build_suite SUITE COMPILER: a folder to build in, without documentation. Which packages it
# has, of which versions, is part of its name.
build_suite() {
	local suite=$1 compiler=$2 ver final tmp
	local -a all
	suite_apt "$suite" || return 1
	why_not="$compiler of $suite cannot be had"
	ver=$(deb_version "$compiler") || return 1
	# shellcheck disable=SC2086 # a list
	mapfile -t all < <(deb_closure "$compiler" $XPB_SUITE_TOOLS)
	[ "${#all[@]}" -gt 0 ] || return 1
	final="$XPB_CACHE/suite-$suite-$(path_safe "$ver")-$(
		recipe_key -- "$(artefact_recipe "suite-$suite")" "${all[@]}")"
	if [ ! -d "$final" ]; then
		say "suite-$suite: fetching $compiler ($ver)"
		tmp=$(new_tmp)
		deb_get "$tmp/debs" "${all[@]}" || return 1
		deb_unpack "$tmp/debs" "$tmp/root" || return 1
		rm -rf "$tmp/debs" "$tmp/root/usr/share" "$tmp/root/var"
		# What packages' install scripts would do; none of them is run.
		ln -sf gawk "$tmp/root/usr/bin/awk"
		# Where in-suite.sh puts it together with other folders.
		mkdir "$tmp/mnt"
		finish "$tmp" "suite-$suite" "$ver" "$final"
	fi
	why_not="building in a folder of $suite takes root or user namespaces, and the right to mount"
	"$XPB_LIB/in-suite.sh" "$final" / "$compiler" --version >/dev/null || return 1
	point "suite-$suite" "$final"
	why_not=
}
