# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: demo
# when: demo
# timeout: 260
#
# What `make demo` shows: one device from dom0 to a guest and back, step by step. Every
# step is checked.

step() { echo; echo "* $*"; }

step "dom0: this is Xen $(xl info xen_version), Linux $(uname -r), with these devices"
show "lspci" < <(lspci | grep -E 'Non-Volatile|Ethernet')

step "dom0: hide a disk and a network card at load, as an administrator does at boot"
note "modprobe xen-pciback hide=$(hide_arg "$NVME" "$NIC")"
must "the module loads" load_hiding "$NVME" "$NIC"
check "it is this project's module, not the kernel's own" module_is_ours
show "lsmod" < <(lsmod | grep -E 'Module|pciback')
show "/sys/bus/pci/drivers/pciback/slots" <"$STUB/slots"
show "xl pci-assignable-list" < <(xl pci-assignable-list)

step "xl: create a PV guest with two CPUs, the disk and the card"
must "the guest boots" guest_start vm1 2 "$NVME" "$NIC"
show "lspci in the guest" < <(guest_run vm1 lspci)

step "guest: its own nvme driver reads the disk, which carries a known pattern"
must "the disk is there" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
same "sha256 of the pattern, as read by the guest" "$PATTERN_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK_SERIAL 0 $PATTERN_BLOCKS")"
written=$(guest_run vm1 "disk_fill $DISK_SERIAL 64 8 demo")
check "the guest writes to the disk" is_sum "$written"
same "sha256 of what it wrote, as read back by the guest" "$written" \
	"$(guest_run vm1 "disk_sum $DISK_SERIAL 64 8")"
guest_run vm1 "grep -E 'CPU0|nvme' /proc/interrupts" >/run/xpb/irqs
show "/proc/interrupts in the guest" </run/xpb/irqs
check "the disk has its MSI-X queues" enough_vectors 2 nvme </run/xpb/irqs

step "guest: the card reaches the gateway"
check "ping 10.0.2.2" guest_run vm1 "net_ping e1000e"

step "xl: detach the disk from the running guest, and attach it again"
check "xl pci-detach vm1 $NVME" xl pci-detach vm1 "$NVME"
check "the guest sees it removed" guest_run vm1 "await 20 gone nvme"
check "xl pci-attach vm1 $NVME" xl pci-attach vm1 "$NVME"
check "the guest's driver starts it again" guest_run vm1 "await 40 disk_of $DISK_SERIAL"

step "xl: destroy the guest; dom0's own driver gets the disk"
check "the guest is gone" guest_kill vm1
check "xl pci-assignable-remove $NVME" xl pci-assignable-remove "$NVME"
check "it is bound to dom0's nvme driver" bind_to nvme "$NVME"
check "which starts it" await 40 disk_of "$DISK_SERIAL"
same "sha256 of the pattern, as read by dom0" "$PATTERN_SHA256" \
	"$(disk_sum "$DISK_SERIAL" 0 "$PATTERN_BLOCKS")"
same "sha256 of what the guest wrote, as read by dom0" "$written" \
	"$(disk_sum "$DISK_SERIAL" 64 8)"

step "dom0: unload the module"
check "xl pci-assignable-remove $NIC" xl pci-assignable-remove "$NIC"
check "rmmod xen_pciback" rmmod xen_pciback
