# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=dash
#
# Functions for the commands that dom0 sends to a guest's console. dom0 uses them too, on
# devices that its own drivers have, so that both are tested in the same way.

# await SECONDS COMMAND...: wait until COMMAND succeeds, at most so long. TIMEOUT_SCALE (of
# host/boots.py, on a guest's command line) makes all such limits longer for a busy machine.
# When the time is over the kernel's log may say why.
await() {
	local now end limit=$1
	read -r now _ </proc/uptime
	end=$((${now%.*} + $1 * ${TIMEOUT_SCALE:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		read -r now _ </proc/uptime
		[ "${now%.*}" -le "$end" ] || {
			echo "not within $limit s, timeout scale ${TIMEOUT_SCALE:-1}: $*"
			dmesg | tail -n 6
			return 1
		}
		poll_delay
	done
}

# poll_delay: the time between two attempts of await.
poll_delay() {
	sleep 0.2
}

# pci_of DRIVER: addresses of the functions bound to DRIVER.
pci_of() {
	for _d in "/sys/bus/pci/drivers/$1"/*:*; do
		[ -e "$_d" ] && basename "$_d"
	done
}

# pci_there CLASS: there is a function whose class begins with these four digits.
pci_there() {
	grep -q "^0x$1" /sys/bus/pci/devices/*/class 2>/dev/null
}

not() {
	! "$@"
}

# disk_of SERIAL: block device of the NVMe disk with that serial number. Below the subsystem
# and not the controller, if several controllers can share the disk.
disk_of() {
	for _d in /sys/class/nvme/nvme* /sys/class/nvme-subsystem/nvme-subsys*; do
		[ -e "$_d" ] || continue
		[ "$(tr -d ' ' <"$_d/serial")" = "$1" ] || continue
		for _n in "$_d"/nvme*n*; do
			[ -b "/dev/$(basename "$_n")" ] || continue
			echo "/dev/$(basename "$_n")"
			return 0
		done
	done
	return 1
}

# disk_sum SERIAL FIRST COUNT: sha256 of COUNT 64k blocks from block FIRST on.
disk_sum() {
	_dev=$(disk_of "$1") || { echo "no disk $1"; return 1; }
	block_sum "$_dev" "$2" "$3"
}

# block_sum DEVICE FIRST COUNT: the same, read past the page cache.
block_sum() {
	dd if="$1" bs=64k skip="$2" count="$3" iflag=direct 2>/tmp/dd_says |
		sha256sum | cut -d' ' -f1
}

# scsi_disk_on BUS: the first SCSI disk on a bus of that kind, usb or ata.
scsi_disk_on() {
	for _d in /sys/block/sd*; do
		[ -e "$_d" ] || continue
		case "$(readlink -f "$_d")" in
		*"/$1"[0-9]*) echo "/dev/$(basename "$_d")"; return 0 ;;
		esac
	done
	return 1
}

# disk_fill SERIAL FIRST COUNT SEED: reproducible data to the disk; prints its sum.
disk_fill() {
	_dev=$(disk_of "$1") || { echo "no disk $1"; return 1; }
	yes "$4 0123456789abcdef" | dd of=/tmp/fill bs=64k count="$3" iflag=fullblock 2>/dev/null
	dd if=/tmp/fill of="$_dev" bs=64k seek="$2" oflag=direct conv=fsync 2>/dev/null || {
		echo "write failed"
		return 1
	}
	sha256sum </tmp/fill | cut -d' ' -f1
	rm -f /tmp/fill
}

# fs_mount SERIAL: mount the disk's file system, also if that of a disk that is gone still has
# its place. What the kernel says of that one is no matter for no_io_error.
fs_mount() {
	_dev=$(disk_of "$1") || { echo "no disk $1"; return 1; }
	umount -l /mnt 2>/dev/null
	dmesg -c >/dev/null
	mkdir -p /mnt
	modprobe ext4
	mount -t ext2 "$_dev" /mnt
}

# fs_make SERIAL: an empty file system of 8 MB on the disk, mounted. What was in its place is kept
# in memory: other scenarios read it.
fs_make() {
	_dev=$(disk_of "$1") || { echo "no disk $1"; return 1; }
	dd if="$_dev" of=/tmp/fs_place bs=1M count=8 iflag=direct 2>/dev/null &&
		mke2fs "$_dev" 8192 >/dev/null && fs_mount "$1"
}

# fs_end SERIAL NAME: undo fs_make. Whoever reads that file again and again ends.
fs_end() {
	_dev=$(disk_of "$1") || { echo "no disk $1"; return 1; }
	rm "/mnt/$2"
	await 20 umount /mnt || return 1
	dd if=/tmp/fs_place of="$_dev" bs=1M oflag=direct conv=fsync 2>/dev/null
}

# fs_fill NAME SEED: a file of a megabyte, which is on the disk at the end; prints its sum.
fs_fill() {
	yes "$2 0123456789abcdef" |
		dd of="/mnt/$1" bs=64k count=16 iflag=fullblock conv=fsync 2>/dev/null || return 1
	sync
	sha256sum <"/mnt/$1" | cut -d' ' -f1
}

# fs_read_forever NAME: read that file past the page cache as long as that is possible. It is
# looked up once: a look-up after the disk was removed reads the directory from a disk that is not
# there, and ext4 calls that an error.
fs_read_forever() {
	exec 9<"/mnt/$1"
	while dd if=/proc/self/fd/9 of=/dev/null bs=64k iflag=direct 2>/dev/null; do :; done
}

# fs_sum NAME: sum of that file.
fs_sum() {
	sha256sum <"/mnt/$1" | cut -d' ' -f1
}

# no_io_error: no request of a disk has failed.
no_io_error() {
	! dmesg | grep -E 'I/O error|EXT4-fs error|nvme.* timeout'
}

# net_of DRIVER: network interface of the first function bound to DRIVER.
net_of() {
	for _d in "/sys/bus/pci/drivers/$1"/*:*/net/*; do
		[ -e "$_d" ] || continue
		basename "$_d"
		return 0
	done
	return 1
}

# net_ping DRIVER [ADDRESS]: set up the card's interface and reach the gateway, which is QEMU.
net_ping() {
	_if=$(net_of "$1") || { echo "no interface of $1"; return 1; }
	ip addr flush dev "$_if"
	ip addr add "${2:-10.0.2.15}/24" dev "$_if"
	ip link set "$_if" up
	await 20 grep -q 1 "/sys/class/net/$_if/carrier" || { echo "no link"; return 1; }
	await 20 ping -c 1 -W 2 10.0.2.2 || { echo "no answer"; return 1; }
	ping -c 3 -W 5 10.0.2.2
}

# read_ok SERIAL: the first block can be read.
read_ok() {
	_dev=$(disk_of "$1") && dd if="$_dev" of=/dev/null bs=64k count=1 iflag=direct 2>/dev/null
}

# gone DRIVER: no function is bound to DRIVER.
gone() {
	[ -z "$(pci_of "$1")" ]
}

# read_forever SERIAL: keep the disk busy as long as it is there.
read_forever() {
	_dev=$(disk_of "$1") || return 1
	while [ -b "$_dev" ]; do
		dd if="$_dev" of=/dev/null bs=64k count=64 iflag=direct 2>/dev/null
	done
}

# odd_config DRIVER: reads of every size all over configuration space, and writes where no
# driver would write. The answers do not matter.
odd_config() {
	_bdf=$(pci_of "$1" | head -n 1)
	for _reg in 00 02 07 08 0e 10 24 30 3c 40 60 80 fc; do
		for _width in B W L; do
			setpci -s "$_bdf" "$_reg.$_width"
		done
	done
	setpci -s "$_bdf" 00.L=ffffffff 08.L=ffffffff 0c.B=ff 2c.L=0 34.B=00 3d.B=ff fc.L=ffffffff
	setpci -s "$_bdf" 00.L
}

# have_pci COUNT: so many functions are there.
have_pci() {
	[ "$(find /sys/bus/pci/devices -name '*:*' | wc -l)" -eq "$1" ]
}

# hostile ATTACK [KEY=VALUE]...: one attack on the backend; prints its result, see
# hostile/commands.c. Without arguments: prints the states of both sides.
hostile() {
	(
		exec 3<>/proc/hostile
		[ $# -eq 0 ] || echo "$*" >&3 || exit 1
		cat <&3
	)
}

# hostile_sees STATE: that is the backend's state.
hostile_sees() {
	hostile | grep -q "backend $1\$"
}

# hostile_shows STATE: the frontend writes that state; prints what the backend does.
hostile_shows() {
	hostile write node=state text="$1" >/dev/null
	sleep 0.3
	echo "$1: $(hostile)"
}

# hostile_returns [NODE TEXT]: the frontend closes and connects again, with another page and
# event channel; with TEXT in NODE instead of the right value.
hostile_returns() {
	hostile write node=state text=6 >/dev/null
	# The backend may delay this if it happens often.
	await 30 hostile_sees 2 || { echo "not opened again"; return 1; }
	hostile renew ${1:+node="$1" text="$2"} >/dev/null
}

# hostile_each: an attack for each line of standard input; prints the line and the result.
hostile_each() {
	while read -r _attack; do
		echo "$_attack: $(hostile "$_attack" 2>&1)"
	done
}
