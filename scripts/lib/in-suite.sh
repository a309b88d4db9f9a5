#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# in-suite.sh FOLDER DIR COMMAND...
#
# Runs COMMAND with the programs of another Debian suite, unpacked in FOLDER/root by
# setup.sh. Of this machine it sees DIR and the cache, at their own places, and /proc
# and /dev. Needs root or user namespaces; leaves no trace but what COMMAND writes.

set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib/cache.sh
. "$here/cache.sh"

if [ "${1:-}" != --inside ]; then
	declare -a how=(--mount)
	[ "$(id -u)" -eq 0 ] || how+=(--map-root-user)
	exec unshare "${how[@]}" "${BASH_SOURCE[0]}" --inside "$@"
fi
shift

folder=$(readlink -f "$1") dir=$2
shift 2
root="$folder/mnt"
mount -t tmpfs in-suite "$root"
for name in bin lib lib64 sbin; do
	ln -s "usr/$name" "$root/$name"
done
mkdir "$root"/{usr,proc,dev,tmp}
mount --bind "$folder/root/usr" "$root/usr"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
cache=$(readlink -f "$XPB_CACHE")
for path in "$cache" "$dir"; do
	[ "$path" != / ] || continue
	mkdir -p "$root$path"
	mount --bind "$path" "$root$path"
done
unset TMPDIR
# chroot from $PATH before PATH changes: the folder has none of its own place.
exec chroot "$root" /usr/bin/env -C "$dir" PATH=/usr/sbin:/usr/bin "$@"
