# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Where the cache is and what its parts are called. Source this file; it only
# sets names and defines functions, it downloads nothing (scripts/setup.sh does).
#
#   $XPB_CURRENT/<kernel>/{release,pkgversion,compiler,vmlinuz,modules,build}
#   $XPB_CURRENT/<newer kernel>/suite    name of the suite whose compiler it needs
#   $XPB_CURRENT/suite-<suite>/{root,pkgversion}    that compiler
#   $XPB_CURRENT/<architecture>/{release,pkgversion,build}    headers to compile for it
#   $XPB_CURRENT/.<name>.missing    why a newer kernel, Xen or QEMU, or an architecture, could not be had
#   $XPB_CURRENT/<xen>/{root,xen.elf,series,pkgversion}
#   $XPB_CURRENT/<emulator>/{root,pkgversion}
#   $XPB_CURRENT/kernel-src    files of the kernel's sources, at their paths there:
#       lib/kunit include/kunit tools/testing/kunit scripts/{checkpatch.pl,kernel-doc,get_abi.pl}
#
# $XPB_CURRENT holds symlinks to folders whose names carry the package version and a key of
# the recipe (keys.sh). Its own name has a key of all recipes, so that checkouts with
# different recipes share what they make the same way and do not disturb each other.

XPB_LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib/keys.sh
. "$XPB_LIB/keys.sh"

XPB_CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/xen-pciback"
# shellcheck disable=SC2034 # used by those who source this file
XPB_CURRENT="$XPB_CACHE/current-$(recipe_key "$XPB_LIB"/{cache,debs}.sh "$XPB_LIB"/recipe-*.sh)"

# The kernels the project is built for and tested on, one line each:
#   short name, meta package that depends on the newest image of that series
# Headers and image always come from the same version of the same release.
xpb_kernels() {
	cat <<-'END'
	k6.1	linux-image-amd64
	k6.12	linux-image-6.12-amd64
	END
}

# Kernels of a newer Debian, which must be built by that Debian's compiler:
#   short name, series, suite; the kernels are in the suite's backports
# A machine that cannot have them tests the others and says so.
xpb_newer_kernels() {
	cat <<-'END'
	k7.3	7.3	trixie
	END
}

# Architectures that the module is only compiled for, without guests (STUB=1):
#   architecture, meta package of the headers, compiler
# A machine that cannot have them leaves that out and says so.
xpb_foreign() {
	cat <<-'END'
	arm64	linux-headers-6.12-arm64	gcc-12-aarch64-linux-gnu
	END
}

# Package with the kernel sources that files of kernel-src and the debug kernel are taken from.
# shellcheck disable=SC2034
XPB_SOURCE_PACKAGE=linux-source-6.12

# Hypervisors with their toolstacks, Debian has one per suite:
#   name, version in the names of its packages, suite if it is a newer one
# A machine that cannot have a newer one leaves it out and says so.
xpb_xens() {
	cat <<-'END'
	xen	4.17
	xen-4.20	4.20	trixie
	END
}

# Emulators for devices that this machine's own QEMU does not have: name, suite.
xpb_emulators() {
	printf 'qemu-trixie\ttrixie\n'
}

# xpb_paths: for cache.py.
xpb_paths() {
	printf '%s\n' "$XPB_CACHE" "$XPB_CURRENT"
}

xpb_kernel_names() {
	xpb_kernels | cut -f1
}

xpb_newer_names() {
	xpb_newer_kernels | cut -f1
}

xpb_foreign_names() {
	xpb_foreign | cut -f1
}

# xpb_newer_xens: names of those of a newer suite.
xpb_newer_xens() {
	xpb_xens | awk 'NF == 3 { print $1 }'
}

# xpb_missing NAME: why a newer kernel, Xen or QEMU, or an architecture, is not there; fails if it is.
xpb_missing() {
	[ ! -e "$XPB_CURRENT/$1/pkgversion" ] || return 1
	cat "$XPB_CURRENT/.$1.missing" 2>/dev/null ||
		echo "not in the cache, run scripts/setup.sh newer"
}

# xpb_release KERNEL: what `uname -r` says under that kernel.
xpb_release() {
	cat "$XPB_CURRENT/$1/release"
}
