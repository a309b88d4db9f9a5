# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: input
# timeout: 150
#
# passthrough=1: the guest sees the devices at their real addresses.

LOAD_OPTIONS=passthrough=1
must "module loads with passthrough=1" load_hiding "$NVME" "$NIC"
same "the parameter says so" Y "$(cat /sys/module/xen_pciback/parameters/passthrough)"
must "guest boots with the disk and the card" guest_start vm1 1 "$NVME" "$NIC"
show "guest's functions" < <(grep '^GUEST-PCI' "$(guest_log vm1)")
check "the disk is at its real address" grep -q "^GUEST-PCI .*$NVME" "$(guest_log vm1)"
check "the card is at its real address" grep -q "^GUEST-PCI .*$NIC" "$(guest_log vm1)"
check "the guest's driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
check "the guest is destroyed" guest_kill vm1
