#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# module.sh build|sparse|stub|builtin|modinfo|layers|names|kernel-doc|install|dkms KERNEL: one
# check of the module as built for a kernel of the cache. Says what is wrong, exits 1 if
# anything is, 77 if it cannot be tried here (with the reason). scripts/check.sh calls it;
# "build" must have been first, for all but "stub", "builtin" and "dkms". Everything lands below
# build/check/.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scripts=$(dirname "$here")
top=$(dirname "$scripts")
# shellcheck source=scripts/lib/cache.sh
. "$scripts/lib/cache.sh"

what=$1
kernel=$2
release=$(xpb_release "$kernel")
kdir=$(readlink -f "$XPB_CURRENT/$kernel/build")
work="$top/build/check"
out="$work/$kernel"
ko="drivers/xen/xen-pciback/xen-pciback.ko"

fail() {
	echo "$*"
	return 1
}

# quietly_build OUT ARGS...: no output but complaints, and none of those either.
quietly_build() {
	local dir=$1 log="$1.log"
	shift
	# -Werror: what warned has no object, so the next run warns again.
	if ! "$scripts/build-module.sh" "$kernel" "$dir" KCFLAGS=-Werror "$@" >"$log" 2>&1; then
		grep -v '^  [A-Z]' "$log" | head -n 40
		fail "make failed, all of it: $log"
	fi
	if grep -iE '\b(warning|error):' "$log"; then
		# Also what only modpost or objtool says must be said again.
		rm -rf "$dir"
		fail "make complained, all of it: $log"
	fi
}

check_build() {
	quietly_build "$out" W=1
	# What tests-xen's guests attack with.
	quietly_build "$out" W=1 hostile
}

check_stub() {
	quietly_build "$out-stub" STUB=1 W=1
	if modinfo -F depends "$out-stub/$ko" | grep .; then
		fail "the stub depends on other modules"
	fi
}

# As a part of the kernel: hide= takes effect before device_initcall (6), in which drivers are
# registered. Without a kernel's sources it cannot be linked.
check_builtin() {
	local dir="$out-builtin" log="$out-builtin.log"
	rm -rf "$dir"
	mkdir -p "$dir"
	(cd "$top" && "$here/tree.py" list all | grep -E '^(drivers|include)/' |
		xargs cp --parents -t "$dir")
	if ! make -C "$kdir" M="$dir/drivers/xen/xen-pciback" CONFIG_XEN_PCIDEV_BACKEND=y \
		CONFIG_XEN_PCIDEV_STUB=n KCFLAGS=-Werror main.o stub/hotplug.o >"$log" 2>&1; then
		tail -n 20 "$log"
		fail "make failed, all of it: $log"
	fi
	objdump -h "$dir/drivers/xen/xen-pciback/main.o" | grep -qF .initcall5.init ||
		fail "main.o has no fs_initcall"
}

# Same flags as check_build, so only sparse runs again (C=2: on every file).
check_sparse() {
	quietly_build "$out" W=1 C=2
}

# is_field FIELD EXPECTED: what modinfo has to say, sorted, on one line.
is_field() {
	local seen
	seen=$(modinfo -F "$1" "$out/$ko" | sed 's/:.*//;t' | sort | paste -sd ' ')
	[ "$seen" = "$2" ] || fail "modinfo $1 is '$seen', not '$2'"
}

# What modprobe, udev and scripts go by; anything more would be a new promise.
check_modinfo() {
	local alias status=0
	alias=$(modinfo -F alias "$out/$ko")
	# A PCI alias would make udev load the module for every device there is.
	[ "$alias" = "xen-backend:pci" ] || fail "alias is '$alias', not 'xen-backend:pci'" || status=1
	is_field license "Dual BSD/GPL" || status=1
	is_field version "$(cat "$top/VERSION")" || status=1
	is_field name "xen_pciback" || status=1
	is_field parm "assign_without_reset frontend_timeout_ms hide passthrough permissive quirks reset_wait_ms" || status=1
	is_field depends "" || status=1
	modinfo -F vermagic "$out/$ko" | grep -qF "$release " || fail "vermagic names another kernel" ||
		status=1
	return "$status"
}

# No call from a lower layer to a higher one.
check_layers() {
	"$here/layers.py" calls "$out/drivers/xen/xen-pciback"
}

check_names() {
	"$here/public.py" names "$out/drivers/xen/xen-pciback"
}

check_kernel-doc() {
	local program="$XPB_CURRENT/kernel-src/scripts/kernel-doc"
	[ -e "$program" ] || { echo "no scripts/kernel-doc in the cache"; return 77; }
	"$here/public.py" kernel-doc "$out/drivers/xen/xen-pciback" "$program"
}

# stock_tree DIR: a root with the kernel's own xen-pciback and an index.
stock_tree() {
	local mods="$1/lib/modules/$release"
	rm -rf "$1"
	mkdir -p "$mods"
	(cd "$XPB_CURRENT/$kernel/modules/" &&
		cp --parents modules.order modules.builtin modules.builtin.modinfo \
			kernel/drivers/xen/xen-pciback/xen-pciback.ko* "$mods")
	depmod -b "$1" "$release"
	[[ $(chosen "$1") = kernel/* ]] || fail "the tree to try on is wrong: $(chosen "$1")"
}

# chosen ROOT: which file modprobe would load, from the module folder on.
chosen() {
	modprobe -n -v --ignore-install -d "$1" -S "$release" xen-pciback |
		sed -n "s|^insmod .*/lib/modules/$release/\([^ ]*\) *$|\1|p"
}

# With the flags of check_build: nothing is compiled again.
check_install() {
	local root="$work/$kernel-install" log="$work/$kernel-install.log"
	stock_tree "$root"
	make -C "$out" KDIR="$kdir" KCFLAGS=-Werror W=1 INSTALL_MOD_PATH="$root" install >"$log" 2>&1 || {
		tail -n 20 "$log"
		fail "make install failed"
	}
	# Kernels that compress their modules have ours compressed as well.
	[[ $(chosen "$root") =~ ^updates/xen-pciback\.ko(\.[a-z]+)?$ ]] ||
		fail "modprobe takes $(chosen "$root") after make install"
}

check_dkms() {
	local root="$work/$kernel-dkms" name=xen-pciback version src status log
	command -v dkms >/dev/null || { echo "dkms is not installed"; return 77; }
	[ "$(id -u)" -eq 0 ] || { echo "dkms installs only as root"; return 77; }
	stock_tree "$root"
	version=$(cat "$top/VERSION")
	src="$root/src/$name-$version"
	mkdir -p "$src" "$root/dkms"
	# As a person copies the tree: a fresh clone, without what was built there.
	(cd "$top" && "$here/tree.py" list all | grep -E '^(drivers|include|Makefile|Kconfig|VERSION|dkms.conf)' |
		xargs cp --parents -t "$src")
	log="$root/dkms.log"
	status=0
	# Depmod by hand: dkms knows only the host's own module index.
	# No signing: it would make a key in the host's own folder.
	sign_file=/nonexistent dkms install --no-depmod --dkmstree "$root/dkms" \
		--sourcetree "$root/src" --installtree "$root/lib/modules" \
		--kernelsourcedir "$kdir" -m "$name" -v "$version" -k "$release" \
		>"$log" 2>&1 || status=$?
	if [ "$status" -ne 0 ]; then
		tail -n 20 "$log"
		find "$root/dkms" -name make.log -exec tail -n 20 {} +
		fail "dkms install failed"
	fi
	# An upgrade is told from a copy of the same by the module's own version.
	[ "$(modinfo -F version "$root/lib/modules/$release"/updates/dkms/xen-pciback.ko*)" = "$version" ] ||
		fail "the module that dkms built does not say it is version $version"
	depmod -b "$root" "$release"
	[[ $(chosen "$root") =~ ^updates/dkms/xen-pciback\.ko(\.[a-z]+)?$ ]] ||
		fail "modprobe takes $(chosen "$root") after dkms install"
}

case "$what" in
build | sparse | stub | builtin | modinfo | layers | names | kernel-doc | install | dkms) "check_$what" ;;
*) fail "module.sh: unknown check: $what" ;;
esac
