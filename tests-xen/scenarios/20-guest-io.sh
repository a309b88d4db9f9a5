# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: main
# kernels: k6.1 k6.12 k7.3
# timeout: 240
#
# One guest's life with two CPUs, an NVMe disk and a network card: its own drivers
# read the known pattern, get MSI-X, write, reach the gateway; devices are detached
# and attached while it runs; it dies in the middle of I/O; dom0 gets all back.

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME")
before_nic=$(config_of "$NIC")

must "guest boots with the disk and the card" guest_start vm1 2 "$NVME" "$NIC"
show "guest's lspci" < <(guest_run vm1 "lspci -nn")
check "guest's nvme driver brings up the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
same "guest reads the pattern" "$PATTERN_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK_SERIAL 0 $PATTERN_BLOCKS")"
guest_irqs vm1 >/run/xpb/irqs
show "guest's interrupts" </run/xpb/irqs
check "the disk has more than one MSI-X vector" enough_vectors 2 nvme </run/xpb/irqs
written=$(guest_run vm1 "disk_fill $DISK_SERIAL 64 8 seed-one")
check "guest writes to the disk" is_sum "$written"
same "and reads it back" "$written" "$(guest_run vm1 "disk_sum $DISK_SERIAL 64 8")"
check "guest reaches the gateway through the card" guest_run vm1 "net_ping e1000e"

# Odd accesses to configuration space: answers may be anything, faults may not.
check "guest survives odd configuration accesses" guest_run vm1 "odd_config nvme"
check "the disk still reads the pattern" same_sum vm1

note "--- detach and attach while the guest runs"
must "xl pci-detach takes the disk from the running guest" xl pci-detach vm1 "$NVME"
check "guest sees it vanish" guest_run vm1 "await 20 gone nvme"
check "the card still works" guest_run vm1 "net_ping e1000e"
check "the disk is free for another guest" is_assignable "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"
must "xl pci-attach gives it back" xl pci-attach vm1 "$NVME"
check "guest's driver brings it up" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
must "a second disk is attached as well" xl pci-attach vm1 "$NVME2"
check "guest's driver brings that up" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
same "and reads its pattern" "$PATTERN2_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"

# Of a guest under I/O xl takes each device only after waiting 20 s for it in vain:
# it resets the device first, and the guest's driver hangs. So leave it but one.
check "the second disk is detached" xl pci-detach vm1 "$NVME2"
check "the card is detached" xl pci-detach vm1 "$NIC"

note "--- destroyed under I/O"
guest_bg vm1 "read_forever $DISK_SERIAL"
check "the guest dies in the middle of reading" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the disk's configuration space is as at seizure" config_is "$NVME" "$before"
check "the card's, too" config_is "$NIC" "$before_nic"
for bdf in "${ALL_DEVICES[@]}"; do
	check "$bdf is assignable" is_assignable "$bdf"
done

note "--- back to dom0"
# Xen keeps a device out of dom0's reach after a guest had it until xl says so.
check "xl pci-assignable-remove gives it up" xl pci-assignable-remove "$NVME"
check "slots lists it no more" not is_listed "$NVME"
check "nobody has it" is_bound "$NVME" ""
check "dom0's nvme driver takes it" bind_to nvme "$NVME"
check "and brings it up" await 40 disk_of "$DISK_SERIAL"
same "dom0 reads the pattern" "$PATTERN_SHA256" "$(disk_sum "$DISK_SERIAL" 0 "$PATTERN_BLOCKS")"
check "the module unloads" rmmod xen_pciback
check "and loads again" load_hiding "$NVME2"
check "and claims what it is told to" is_bound "$NVME2" pciback
