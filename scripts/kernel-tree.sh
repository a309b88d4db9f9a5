#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# kernel-tree.sh KERNEL
# kernel-tree.sh --sources      print the files that it would put there, and do nothing
#
# Puts the driver into a kernel's source tree, in the place of the one that is there:
# drivers/xen/xen-pciback, include/pciback, and the entries of drivers/xen/Kconfig. Then
# CONFIG_XEN_PCIDEV_BACKEND=y builds it into the kernel, =m as the kernel's own module.
# Only files that differ are written, so a second run changes nothing and nothing is built
# again. If anything is wrong with KERNEL it is left as it is.
#
#   kernel-tree.sh ~/src/linux-6.12

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
driver=drivers/xen/xen-pciback
headers=include/pciback

fail() {
	printf 'kernel-tree: %s\n' "$@" >&2
	exit 1
}

# sources FOLDER: the source files below it, without what a build leaves there.
sources() {
	find "$1" -type f \( -name '*.[ch]' -o -name '*.sh' -o -name Kbuild -o -name Kconfig \
		-o -name Makefile \) ! -name '*.mod.c' ! -name generated.h | sort
}

# check_tree KERNEL: is it what it has to be?
check_tree() {
	[ -d "$1" ] || fail "there is no folder '$1'" \
		"give the top folder of a kernel's sources: make kernel-tree KERNEL=~/src/linux-6.12"
	if ! grep -qs '^PATCHLEVEL = ' "$1/Makefile" || [ ! -e "$1/drivers/xen/Kconfig" ]; then
		fail "'$1' is not the top folder of a kernel's sources"
	fi
	[ -e "$1/drivers/xen/xenbus/xenbus_probe.c" ] ||
		fail "'$1' has only the headers of a kernel; for these, make and make install build a module" \
			"to build the driver in, unpack the kernel's sources, such as Debian's linux-source"
	grep -qs 'xen-pciback/$' "$1/drivers/xen/Makefile" ||
		fail "'$1/drivers/xen/Makefile' does not name xen-pciback/: Linux 6.1 and later do"
	grep -qE '^(config XEN_PCIDEV_BACKEND|source "drivers/xen/xen-pciback/Kconfig")$' \
		"$1/drivers/xen/Kconfig" ||
		fail "'$1/drivers/xen/Kconfig' has no XEN_PCIDEV_BACKEND: Linux 6.1 and later do"
	if [ ! -w "$1/drivers/xen" ] || [ ! -w "$1/include" ]; then
		fail "'$1' cannot be written; it belongs to $(stat -c %U "$1")"
	fi
}

# put_folder FOLDER KERNEL: the same source files there as here.
put_folder() {
	local folder=$1 kernel=$2 file
	if [ -d "$kernel/$folder" ]; then
		(cd "$kernel" && sources "$folder") | while read -r file; do
			[ -e "$top/$file" ] || rm "$kernel/$file"
		done
		find "$kernel/$folder" -mindepth 1 -type d -empty -delete
	fi
	(cd "$top" && sources "$folder") | while read -r file; do
		cmp -s "$top/$file" "$kernel/$file" && continue
		mkdir -p "$kernel/$(dirname "$file")"
		cp "$top/$file" "$kernel/$file"
	done
}

# The kernel's Kconfig with the driver's own in the place of the entries of the same names.
# An entry ends where the next one begins.
kconfig() {
	awk '
	/^(config|menuconfig|choice|endchoice|comment|menu|endmenu|if|endif|source|mainmenu)([ \t]|$)/ {
		ours = /^config (XEN_PCI_STUB|XEN_PCIDEV_STUB|XEN_PCIDEV_BACKEND)$/
		if (/^source "drivers\/xen\/xen-pciback\/Kconfig"$/) {
			if (sourced++)
				next
		} else if (ours && !sourced++) {
			print "source \"drivers/xen/xen-pciback/Kconfig\"\n"
		}
	}
	!ours' "$1"
}

case "${1:-}" in
-h | --help) sed -n '4,13s/^# \{0,1\}//p' "$0"; exit ;;
--sources) cd "$top" && sources "$driver" && sources "$headers"; exit ;;
"") fail "which kernel? make kernel-tree KERNEL=/path/to/linux" ;;
esac
kernel=$1
check_tree "$kernel"
put_folder "$driver" "$kernel"
put_folder "$headers" "$kernel"
new=$(kconfig "$kernel/drivers/xen/Kconfig")
[ "$new" = "$(cat "$kernel/drivers/xen/Kconfig")" ] ||
	printf '%s\n' "$new" >"$kernel/drivers/xen/Kconfig"
echo "$kernel has xen-pciback $(cat "$top/VERSION"); set CONFIG_XEN_PCIDEV_BACKEND=y (or m), for example with"
echo "  make -C $kernel menuconfig"
