# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Virtual functions of an NVMe disk: enabled by its driver in dom0. Commands of the NVMe
# standard distribute queues and interrupt vectors among them.

# controller_of BDF: device file of the NVMe controller dom0's driver made for it.
controller_of() {
	local name
	for name in "$PCI/$1"/nvme/nvme*; do
		name=/dev/$(basename "$name")
		[ ! -c "$name" ] || { echo "$name"; return 0; }
	done
	return 1
}

# vf_of BDF NUMBER: address of its virtual function NUMBER, from 0.
vf_of() {
	basename "$(readlink "$PCI/$1/virtfn$2")"
}

# vfs_on BDF COUNT QUEUES VECTORS: enable COUNT virtual functions, each with so many queues
# and vectors. Xen reads the size of an MSI-X table once, when a function appears, and maps
# no entry past it, so the vectors are distributed before the functions are enabled.
vfs_on() {
	local bdf=$1 count=$2 device
	bind_to nvme "$bdf" && await 40 controller_of "$bdf" || return 1
	device=$(controller_of "$bdf")
	# The physical function has all of them at first; the change takes effect at its reset.
	nvme_virt "$device" 0 1 1 0 && nvme_virt "$device" 0 0 1 0 || return 1
	echo 1 >"$PCI/$bdf/reset" || return 1
	await 40 controller_of "$bdf" || return 1
	vfs_share "$@" || return 1
	# Keeps dom0's driver from them. It is on again afterwards, or no driver could bind.
	echo 0 >"$PCI/$bdf/sriov_drivers_autoprobe"
	echo "$count" >"$PCI/$bdf/sriov_numvfs" || return 1
	echo 1 >"$PCI/$bdf/sriov_drivers_autoprobe"
	vfs_each "$bdf" "$count" 0 9 0
}

# vfs_share BDF COUNT QUEUES VECTORS: that many of each for each.
vfs_share() {
	vfs_each "$1" "$2" 1 8 "$4" && vfs_each "$1" "$2" 0 8 "$3"
}

# vfs_each BDF COUNT RESOURCE ACTION NUMBER: one command for each virtual function.
vfs_each() {
	local device number
	device=$(controller_of "$1")
	for number in $(seq "$2"); do
		nvme_virt "$device" "$number" "${@:3}" || return 1
	done
}

# vfs_off BDF: disable its virtual functions, which only the physical function's driver
# can do.
vfs_off() {
	[ -e "$PCI/$1/virtfn0" ] || return 0
	bind_to nvme "$1"
	echo 0 >"$PCI/$1/sriov_numvfs"
}
