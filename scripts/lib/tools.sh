# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Tools of this machine: which packages a part needs, and installing the missing
# ones. Only compilers, checkers, QEMU and small user space programs are ever
# installed; nothing that changes how the machine boots.

# shellcheck source=scripts/lib/progress.sh
. "$(dirname "${BASH_SOURCE[0]}")/progress.sh"

# shellcheck disable=SC2034 # used by setup.sh
# Packages per part. build: compile the module. kunit, xen: boot virtual machines.
XPB_TOOLS_BUILD="gcc libc6-dev make bc flex bison libelf-dev libssl-dev kmod
	xz-utils zstd python3 sparse shellcheck perl pahole ccache"
# shellcheck disable=SC2034
XPB_TOOLS_VM="qemu-system-x86 seabios cpio kmod busybox-static pciutils
	xz-utils zstd gcc libc6-dev python3"

say() { printf 'setup: %s\n' "$*" >&2; }
die() { printf 'setup: error: %s\n' "$*" >&2; exit 1; }

# missing_packages PACKAGE...: prints those that are not installed.
missing_packages() {
	local have
	have=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null |
		sed -n 's/^installed //p') || true # it fails when one is unknown
	printf '%s\n' "$@" | grep -vxF -e "${have:-/}" || true
}

# ensure_tools PACKAGE...: install what is missing when root, else name it and stop.
ensure_tools() {
	local -a missing
	mapfile -t missing < <(missing_packages "$@" | sort -u)
	[ "${#missing[@]}" -gt 0 ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		die "missing packages: ${missing[*]}
    install them as root: apt-get install --no-install-recommends ${missing[*]}"
	fi
	say "installing missing tools: ${missing[*]}"
	apt_install "${missing[@]}" || {
		apt_refresh && apt_install "${missing[@]}"
	} || die "could not install: ${missing[*]}"
}

# optional_tool PACKAGE: install it if it is missing and this machine may do that; otherwise fail
# with the reason in $why_not.
optional_tool() {
	[ -n "$(missing_packages "$1")" ] || return 0
	[ "$(id -u)" -eq 0 ] || { why_not="$1 is not installed"; return 1; }
	say "installing missing tools: $1"
	# shellcheck disable=SC2034 # setup.sh uses it
	apt_install "$1" || { apt_refresh && apt_install "$1"; } ||
		{ why_not="$1 could not be installed"; return 1; }
}

apt_install() {
	with_progress "installing tools" -- env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 install "$@" >&2 </dev/null
}

# apt_refresh: renew apt's package lists, at most once in a run.
apt_refresh() {
	[ -z "${XPB_APT_REFRESHED:-}" ] || return 1
	XPB_APT_REFRESHED=1
	[ "$(id -u)" -eq 0 ] || {
		say "apt's package lists may be old; run 'apt-get update' as root"
		return 1
	}
	say "renewing apt's package lists"
	with_progress "renewing apt's package lists" -- apt-get -qq update >&2 </dev/null
}
