# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: main
# kernels: k6.1 k6.12 k7.3 debug
# xens: 4.17 4.20
# timeout: 240
#
# One guest with two CPUs, an NVMe disk and a network card: its own drivers read the
# known pattern, get MSI-X, write, reach the gateway; devices are detached and attached
# while it runs; it is destroyed during I/O; dom0's own drivers have the devices again.

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME")
before_nic=$(config_of "$NIC")

must "guest boots with the disk and the card" guest_start vm1 2 "$NVME" "$NIC"
show "guest's lspci" < <(guest_run vm1 "lspci -nn")
check "guest's nvme driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
same "guest reads the pattern" "$PATTERN_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK_SERIAL 0 $PATTERN_BLOCKS")"
guest_irqs vm1 >/run/xpb/irqs
show "guest's interrupts" </run/xpb/irqs
check "the disk has more than one MSI-X vector" enough_vectors 2 nvme </run/xpb/irqs
written=$(guest_run vm1 "disk_fill $DISK_SERIAL 64 8 seed-one")
check "guest writes to the disk" is_sum "$written"
same "and reads it back" "$written" "$(guest_run vm1 "disk_sum $DISK_SERIAL 64 8")"
check "guest reaches the gateway through the card" guest_run vm1 "net_ping e1000e"

# Unusual accesses to configuration space: any answer will do, a fault will not.
check "guest goes on after unusual configuration accesses" guest_run vm1 "odd_config nvme"
check "the disk still reads the pattern" same_sum vm1

note "--- detach and attach while the guest runs"
must "xl pci-detach detaches the disk from the running guest" xl pci-detach vm1 "$NVME"
check "guest sees it removed" guest_run vm1 "await 20 gone nvme"
check "the card still works" guest_run vm1 "net_ping e1000e"
check "the disk is free for another guest" is_assignable "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"
must "xl pci-attach assigns it again" xl pci-attach vm1 "$NVME"
check "guest's driver starts it" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
must "a second disk is attached as well" xl pci-attach vm1 "$NVME2"
check "guest's driver starts that" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
same "and reads its pattern" "$PATTERN2_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"

# xl destroy resets each device first, so a guest's driver with I/O under way hangs, and with the
# in-tree module xl waits 20 s for each device until it times out. So only one is left to the
# guest; 52-detach-under-io has more.
check "the second disk is detached" xl pci-detach vm1 "$NVME2"
check "the card is detached" xl pci-detach vm1 "$NIC"

note "--- destroyed under I/O"
guest_bg vm1 "read_forever $DISK_SERIAL"
check "the guest is destroyed while it reads" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the disk's configuration space is as at seizure" config_is "$NVME" "$before"
check "the card's, too" config_is "$NIC" "$before_nic"
for bdf in "${ALL_DEVICES[@]}"; do
	check "$bdf is assignable" is_assignable "$bdf"
done

note "--- dom0's own driver again"
# Xen keeps a device that a guest had in quarantine until xl ends that.
check "xl pci-assignable-remove releases it" xl pci-assignable-remove "$NVME"
check "slots does not list it any more" not is_listed "$NVME"
check "no driver has it" is_bound "$NVME" ""
check "it is bound to dom0's nvme driver" bind_to nvme "$NVME"
check "which starts it" await 40 disk_of "$DISK_SERIAL"
same "dom0 reads the pattern" "$PATTERN_SHA256" "$(disk_sum "$DISK_SERIAL" 0 "$PATTERN_BLOCKS")"
check "the module unloads" rmmod xen_pciback
check "and loads again" load_hiding "$NVME2"
check "and seizes what hide= names" is_bound "$NVME2" pciback
