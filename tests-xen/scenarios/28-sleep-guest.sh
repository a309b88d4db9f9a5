# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: sleep
# kernels: k6.12
# args: pci=nommconf
# when: soak
# timeout: 400
#
# The host sleeps (S3) while a guest that nobody told of it reads from a disk and has a card: its
# drivers bring both up again, and the disk is read on; also if the guest was paused, or suspended
# by the toolstack (Xen 4.20).

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
before=$(config_of "$NVME") before_nic=$(config_of "$NIC")
must "guest boots with the disk and the card" guest_start vm1 1 "$NVME" "$NIC"
check "its driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "the card reaches the gateway" guest_run vm1 "net_ping e1000e"
check "there is a file system on the disk" guest_run vm1 "fs_make $DISK_SERIAL"
sum=$(guest_run vm1 "fs_fill file before-the-sleep")
check "with a file" is_sum "$sum"
guest_bg vm1 "fs_read_forever file"
# works WHEN: both devices do, and no request of the file system has failed.
works() {
	local written
	same "$1: the guest reads the file" "$sum" "$(guest_run vm1 "fs_sum file")"
	written=$(guest_run vm1 "fs_fill other $RANDOM")
	check "$1: and writes" is_sum "$written"
	same "$1: and reads that" "$written" "$(guest_run vm1 "fs_sum other")"
	check "$1: the card reaches the gateway" guest_run vm1 "net_ping e1000e"
	check "$1: no request has failed" guest_run vm1 no_io_error
}

host_sleeps
show "kernel log" < <(kmsg_since | grep -E "pciback|PM: " | tail -n 20)
works "running"
show "guest's log" < <(guest_run vm1 "dmesg | grep -v schedule | tail -n 12")

note "--- the guest is paused"
must "it is paused" xl pause vm1
host_sleeps
# Longer than the time for an answer.
sleep $((8 * TIMEOUT_SCALE))
check "it goes on" xl unpause vm1
works "paused"
show "kernel log" < <(kmsg_since | grep -E "pciback|PM: " | tail -n 20)

if [ "$XEN" != 4.17 ]; then
	note "--- the toolstack suspends the guest"
	must "xl suspends it" xl suspend vm1
	host_sleeps
	sleep $((8 * TIMEOUT_SCALE))
	must "xl resumes it" xl resume vm1
	works "suspended"
	show "kernel log" < <(kmsg_since | grep -E "pciback|PM: " | tail -n 20)
fi
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the disk is as at seizure" config_is "$NVME" "$before"
check "the card, too" config_is "$NIC" "$before_nic"
