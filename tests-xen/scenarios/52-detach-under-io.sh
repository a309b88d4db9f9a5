# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: guests
# kernels: k6.1 k6.12 debug
# timeout: 240
#
# xl asks for the reset of a device whose driver in the guest has I/O under way, and takes its DMA
# away, before it tells the guest of the detach. The driver shuts the device down before that, and
# no request of its file system fails. (What the file system has in memory only is lost: Linux'
# NVMe driver takes a disk that is removed for empty, on real hardware too.) Neither xl nor other
# devices wait for long, nor does destroying the guest, and the device is whole afterwards. A device
# that is only reset is shut down as well, and the guest has it back.

[ "$MODULE" = ours ] || skip "with in-tree xl waits 10 to 20 s for each device"

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME")
before2=$(config_of "$NVME2")
must "guest boots with two disks and the card" guest_start vm1 2 "$NVME" "$NVME2" "$NIC"
check "the first disk starts" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "the second disk starts" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
check "a file system is made on the first" guest_run vm1 "fs_make $DISK_SERIAL"
written=$(guest_run vm1 "fs_fill first seed-one")
check "a file is written to it" is_sum "$written"

note "--- detached under I/O"
guest_bg vm1 "read_forever $DISK_SERIAL"
guest_bg vm1 "fs_read_forever first"
guest_bg vm1 "read_forever $DISK2_SERIAL"
check "xl pci-detach detaches the disk while it is read" xl pci-detach vm1 "$NVME"
check "guest sees it removed" guest_run vm1 "await 40 not disk_of $DISK_SERIAL"
check "no request of the guest has failed" guest_run vm1 no_io_error
check "the second disk is read on" guest_run vm1 "read_ok $DISK2_SERIAL"
check "the first is as at seizure" config_is "$NVME" "$before"
check "it was reset when it was deassigned" has "$PCI/$NVME/pciback/reset_history" "method flr reason deassign domain $(xl domid vm1) .* result 0\$"
must "it is attached again at once" xl pci-attach vm1 "$NVME"
check "guest's driver starts it" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "its file system is there" guest_run vm1 "fs_mount $DISK_SERIAL"
same "with the file" "$written" "$(guest_run vm1 "fs_sum first")"

note "--- reset under I/O"
resets() {
	grep -c "method flr reason deassign domain $(xl domid vm1) .* result 0\$" "$PCI/$NVME/pciback/reset_history"
}
before_it=$(resets)
more_resets() {
	[ "$(resets)" -gt "$before_it" ]
}
written=$(guest_run vm1 "fs_fill second seed-two")
check "another file is written" is_sum "$written"
guest_bg vm1 "read_forever $DISK_SERIAL"
guest_bg vm1 "fs_read_forever second"
check "the disk is reset" eval "echo $NVME >$STUB/do_flr"
check "its driver has shut it down before that" await 20 more_resets
check "the guest has it back" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "no request of the guest has failed" guest_run vm1 no_io_error
check "its file system is there" guest_run vm1 "fs_mount $DISK_SERIAL"
same "with the file" "$written" "$(guest_run vm1 "fs_sum second")"
check "the disk has what it had before" guest_run vm1 "fs_end $DISK_SERIAL second"
check "and the guest reads that" same_sum vm1
check "the second disk is read on" guest_run vm1 "read_ok $DISK2_SERIAL"

note "--- destroyed under I/O on three devices"
guest_bg vm1 "read_forever $DISK_SERIAL"
guest_bg vm1 "while ping -c 1 10.0.2.2; do :; done"
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the first disk is as at seizure" config_is "$NVME" "$before"
check "the second, too" config_is "$NVME2" "$before2"

note "--- and its devices are given to another guest at once"
GUEST_QUICK=1
must "guest boots with all three" guest_start vm1 1 "$NVME" "$NVME2" "$NIC"
check "and is destroyed" guest_kill vm1
must "guest boots with all three, at once after that" guest_start vm1 1 "$NVME" "$NVME2" "$NIC"
check "the module unloads in the middle of the resets after it" eval "guest_kill vm1 && rmmod xen_pciback"
check "and loads again" load_hiding "${ALL_DEVICES[@]}"
check "the first disk is as at seizure" config_is "$NVME" "$before"
