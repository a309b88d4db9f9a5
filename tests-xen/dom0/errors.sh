# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# PCI Express errors, seen from dom0: QEMU's monitor injects them at the root port above a
# device, and the kernel then recovers everything below that port.

# The root ports above $NVME and $NVME2: QEMU's name and dom0's address.
PORT_NVME="rp1 0000:00:03.0"
PORT_NVME2="rp2 0000:00:04.0"

# inject PORT ERROR: an error of that name (hw/pci/pcie_aer.c in QEMU) at the port.
# FCP is fatal: the link is reset. COMP_TIME is not.
inject() {
	# shellcheck disable=SC2086 # two words
	set -- $1 "$2"
	# Linux 6.1 leaves error reporting off, and dom0 would not be told of the error.
	setpci -s "$2" CAP_EXP+8.w=000f:000f || return 1
	monitor "pcie_aer_inject_error $1 $3"
}

# recovered PORT: since the mark dom0's log says that the recovery was a success.
recovered() {
	kmsg_since | grep -E "${1#* }: (AER|DPC): device recovery (successful|failed)" | tail -n 1 |
		grep -q successful
}

# mastering BDF: the device may access memory.
mastering() {
	local command
	command=$(setpci -s "$1" COMMAND) || return 1
	[ $((0x$command & 4)) -ne 0 ] || { echo "COMMAND is $command"; return 1; }
}

# backend_node NAME NODE: a node of the guest's backend.
backend_node() {
	xenstore-read "$(backend_of "$1")/$2"
}

node_is() {
	[ "$(backend_node "$1" "$2")" = "$3" ]
}

# backend_error NAME: the error node of the guest's backend.
backend_error() {
	xenstore-read "/local/domain/0/error/backend/pci/$(xl domid "$1")/0/error"
}

backend_error_is() {
	backend_error "$1" | grep -q "$2"
}
