# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: aer
# kernels: k6.12
# timeout: 150
#
# A guest that does not answer, here because it is paused: dom0 waits for some seconds,
# not for minutes, and not at all once the guest is destroyed. Other guests work on.

must "module loads hiding the disks" load_hiding "$NVME" "$NVME2"
before=$(config_of "$NVME")
before2=$(config_of "$NVME2")
must "the guest that will not answer boots with a disk" guest_start vm1 1 "$NVME"
check "its driver starts it" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
must "another guest boots with the other" guest_start vm2 1 "$NVME2"
check "its driver starts it" guest_run vm2 "await 40 disk_of $DISK2_SERIAL"

check "the guest is paused" xl pause vm1
kmsg_mark
check "a fatal error at its disk's port" inject "$PORT_NVME" FCP
# Its driver recovers while dom0 waits for the first guest.
check "a fatal error at the other disk's port" inject "$PORT_NVME2" FCP
check "dom0 recovers the other" await 60 recovered "$PORT_NVME2"
check "and the first" await 60 recovered "$PORT_NVME"
kmsg_has "after its wait for the guest timed out" "pciback $NVME: .*did not answer in time; isolated"
show "kernel log" < <(kmsg_since | grep -E 'AER|pciback|recover')
refuse "the device may not access memory" mastering "$NVME"
check "state-0 becomes 6" await 10 node_is vm1 state-0 6
same "the other guest reads its pattern" "$PATTERN2_SHA256" \
	"$(guest_run vm2 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"
same "and keeps its disk, state-0" 3 "$(backend_node vm2 state-0)"

note "--- it runs again: its late answer is ignored"
check "the guest is unpaused" xl unpause vm1
check "it still takes commands" guest_run vm1 true
check "xl pci-detach detaches the disk from it" xl pci-detach vm1 "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"
check "xl pci-attach assigns it again" xl pci-attach vm1 "$NVME"
check "its driver starts it" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
kmsg_mark
check "a fatal error at its disk's port" inject "$PORT_NVME" FCP
check "dom0 recovers" await 60 recovered "$PORT_NVME"
same "this time the guest keeps it, state-0" 3 "$(backend_node vm1 state-0)"
check "which reads the pattern" same_sum vm1

note "--- destroyed while dom0 waits for it"
backend=$(backend_of vm1)
check "the guest is paused" xl pause vm1
kmsg_mark
check "a fatal error at its disk's port" inject "$PORT_NVME" FCP
check "the guest is destroyed" guest_kill vm1
check "dom0 recovers" await 60 recovered "$PORT_NVME"
check "no backend of it is left" await 20 not xenstore-exists "$backend/state"
check "configuration space is as at seizure" config_is "$NVME" "$before"
check "the disk is assignable" is_assignable "$NVME"
check "the other guest is destroyed" guest_kill vm2
check "configuration space of its disk is as at seizure" config_is "$NVME2" "$before2"
