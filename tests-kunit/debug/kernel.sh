#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# kernel.sh [--key] [kunit|dom0|builtin]
#
# The debug kernels: the one that ../run.py --kernel debug boots (kunit), the one that
# tests-xen/run.py --kernel debug has as dom0's, and the same with this tree's driver and those of
# the devices built in (builtin). Makes sure that the cache has it and prints
# its folder there, which is laid out like those of the other kernels (scripts/lib/cache.sh).
# A build takes minutes on an idle machine and some GB of disk meanwhile; a warm cache needs
# no network.
#
# One kernel is one set of inputs: the version of Debian's kernel sources, this script
# and what it uses of scripts/lib, the fragments, the compiler. Another set is another
# kernel, beside the first. Which comments and blank lines are in them does not matter.
#
#   --key    print what names the kernel in the cache, build nothing

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$(dirname "$here")")
# shellcheck source=scripts/lib/cache.sh
. "$top/scripts/lib/cache.sh"
# shellcheck source=scripts/lib/tools.sh
. "$top/scripts/lib/tools.sh"
# shellcheck source=scripts/lib/debs.sh
. "$top/scripts/lib/debs.sh"
# shellcheck source=scripts/lib/recipe-source.sh
. "$top/scripts/lib/recipe-source.sh"

# use KERNEL: what names it in the cache, and what it is made of.
use() {
	kernel=$1
	case "$kernel" in
	kunit) name=kdebug ;;
	dom0) name=kdebug-dom0 ;;
	builtin) name=kdebug-builtin ;;
	*) usage ;;
	esac
	fragments=("$here"/{base,checks,"$kernel"}.config)
	# The later one wins.
	[ "$kernel" != builtin ] || fragments=("$here"/{base,checks,dom0,builtin}.config)
}

usage() {
	sed -n '4,19s/^# \{0,1\}//p' "$0"
	exit 2
}

# Not unpacked, half of the tree: sources of other machines and drivers. Each pattern
# starts at the top of the tree: tools/ has folders of the same names that objtool is
# built from. Kconfig files stay, Kconfig reads all there are.
foreign=('arch/[!x]*.[chS]' '*.dts' '*.dtsi' 'Documentation/*.rst' 'tools/testing/*.[ch]'
	'sound/*.[ch]' 'drivers/gpu/*.[ch]' 'drivers/media/*.[ch]' 'drivers/net/[!e]*/*.[ch]'
	'drivers/net/ethernet/[!i]*/*.[ch]' 'drivers/net/ethernet/intel/[!e]*/*.[ch]')

say() { printf 'debug kernel (%s): %s\n' "$kernel" "$*" >&2; }
die() { say "error: $*"; exit 1; }

# The version that kernel-src was taken from: setup.sh renews it when there is a newer one,
# and is content with what it has when there is no network.
source_version() {
	cat "$XPB_CURRENT/kernel-src/pkgversion"
}

key() {
	local ver
	ver=$(source_version)
	echo "$name-$(path_safe "$ver")-$(recipe_key "$here/kernel.sh" "${fragments[@]}" \
		"$XPB_LIB"/{debs,recipe-source}.sh -- "$XPB_SOURCE_PACKAGE" "$ver" \
		"$(gcc --version)" "$(ld --version)" "$(driver)")"
}

# driver: names this tree's driver, for the kernel that has it built in.
driver() {
	[ "$kernel" = builtin ] || return 0
	(cd "$top" && { scripts/kernel-tree.sh --sources; echo scripts/kernel-tree.sh; } |
		xargs sha256sum)
}

# fetch TMP: the kernel's sources into TMP/src.
fetch() {
	local tmp=$1 pkg=$XPB_SOURCE_PACKAGE ver
	ver=$(source_version)
	say "fetching $pkg ($ver)"
	deb_get "$tmp/debs" "$pkg=$ver" || { apt_refresh && deb_get "$tmp/debs" "$pkg=$ver"; } ||
		die "$pkg $ver: not to be had"
	unpack_source "$tmp" "$pkg" "${foreign[@]/#/--exclude=$pkg/}" ||
		die "$pkg $ver: cannot be unpacked"
}

# edit: in the sources' folder; what else this kernel needs.
edit() {
	[ "$kernel" != kunit ] || return 0
	[ "$kernel" != builtin ] || "$top/scripts/kernel-tree.sh" . >/dev/null
	# Takes its lock under mmap_lock, and copies to user space with it held. Lockdep reports
	# that when the first guest starts, and would look for nothing from then on.
	sed -i 's/^\(\t*\)mutex_init(&priv->lock);$/&\n\1lockdep_set_novalidate_class(\&priv->lock);/' \
		drivers/xen/gntdev.c
	grep -q lockdep_set_novalidate_class drivers/xen/gntdev.c || die "gntdev.c: not edited"
}

# lost_options CONFIG: options of the fragments that Kconfig made something else of.
lost_options() {
	sed -n 's/^# \(CONFIG_[A-Z0-9_]*\) is not set$/\1=n/p; /^CONFIG_/p' "${fragments[@]}" |
		awk -F= '{ last[$1] = $0 } END { for (name in last) print last[name] }' |
		while IFS='=' read -r name want; do
			got=$(sed -n "s/^$name=//p" "$1")
			[ "${got:-n}" = "$want" ] || echo "$name: wanted $want, got ${got:-n}"
		done
}

configure() {
	local lost
	make -s tinyconfig >/dev/null
	scripts/kconfig/merge_config.sh -m .config "${fragments[@]}" >/dev/null
	make -s olddefconfig
	lost=$(lost_options .config)
	[ -z "$lost" ] || die "options lost, change the fragments:
$lost"
}

# compile NEW: in the sources' folder; what is worth keeping goes to NEW.
compile() {
	local release
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	export ARCH=x86_64 KBUILD_BUILD_USER=pciback KBUILD_BUILD_HOST=debug
	export CCACHE_DIR="$XPB_CACHE/ccache" CCACHE_MAXSIZE=2G CCACHE_NOHASHDIR=1
	edit
	configure
	# Others may want the machine meanwhile.
	nice -n 19 make -s -j"$(nproc)" CC="$(compiler)" bzImage modules
	make -s run-command KBUILD_RUN_COMMAND="scripts/package/install-extmod-build '$1/build'"
	release=$(make -s kernelrelease)
	echo "$release" >"$1/release"
	# Where the modules of other kernels are; the one for KUnit has none.
	make -s modules_install INSTALL_MOD_PATH="$1/root"
	rm -f "$1/root/lib/modules/$release/build"
	ln -s "root/lib/modules/$release" "$1/modules"
	cp arch/x86/boot/bzImage "$1/vmlinuz"
	cp .config "$1/config"
	echo gcc >"$1/compiler"
	source_version >"$1/pkgversion"
}

# compiler: most objects are the same in all three kernels, and after a change of the driver.
compiler() {
	command -v ccache >/dev/null && echo "ccache gcc" || echo gcc
}

# compiled SOURCES: how far a build is.
compiled() {
	local objects
	objects=$(find "$1" -name '*.o' | wc -l)
	echo "$objects of about $([ "$kernel" = kunit ] && echo 1150 || echo 1350) objects"
}

# build FINAL: everything, in a folder of its own that is renamed in the end.
build() {
	local tmp log=$XPB_CACHE/$name-build.log
	# Not .tmp.*: setup.sh cleans those away, under a lock of its own.
	rm -rf "$XPB_CACHE"/.kdebug.tmp.*
	tmp=$(mktemp -d "$XPB_CACHE/.kdebug.tmp.XXXXXX")
	# shellcheck disable=SC2064 # as it is called now
	trap "rm -rf '$tmp'" EXIT
	fetch "$tmp"
	say "building; log in $log"
	# As a program: inside a condition the shell does not stop at errors.
	with_progress "compiling" compiled "$tmp/src" -- \
		build_log "$log" env -C "$tmp/src" "$here/kernel.sh" --compile "$kernel" "$tmp/new" || {
		tail -n 30 "$log" >&2
		die "no kernel; all of the log is in $log"
	}
	mv -T "$tmp/new" "$1"
}

# build_log LOG COMMAND...: what COMMAND says goes to LOG; what with_progress says does not.
build_log() {
	local log=$1
	shift
	"$@" >"$log" 2>&1
}

if [ "${1:-}" = --compile ]; then
	use "$2"
	mkdir "$3"
	compile "$3"
	exit
fi
only_key=
if [ "${1:-}" = --key ]; then
	only_key=y
	shift
fi
[ $# -le 1 ] || usage
use "${1:-kunit}"
[ -e "$XPB_CURRENT/kernel-src/pkgversion" ] || "$top/scripts/setup.sh" kunit
if [ "$only_key" ]; then
	key
	exit
fi

final="$XPB_CACHE/$(key)"
if [ ! -d "$final" ]; then
	# Tools, and the newest sources: the key may be another one then.
	"$top/scripts/setup.sh" kunit
	final="$XPB_CACHE/$(key)"
	exec 8>"$XPB_CACHE/.kdebug.lock"
	wait_for_lock 8 "another run, which builds one"
	[ -d "$final" ] || build "$final"
fi
# Its time is that of its last use: setup.sh removes what nothing has used for long.
touch -c "$final"
echo "$final"
