# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: many
# devices: many
# when: soak
# timeout: 240
#
# Virtual functions of an NVMe disk with SR-IOV: made by dom0's driver, one drives a disk
# in a guest, the other stays idle. They cannot be taken away while pciback has them. When
# the physical function loses its driver the idle one is set free, the guest's stays.

must "dom0's driver makes two virtual functions" vfs_on "$NVME" 2 3 2
vf1=$(vf_of "$NVME" 0) vf2=$(vf_of "$NVME" 1)
note "virtual functions: $vf1 $vf2"
must "module loads" modprobe xen-pciback
check "xl takes the first" xl pci-assignable-add "$vf1"
check "xl takes the second" xl pci-assignable-add "$vf2"
must "the first is bound to pciback" is_bound "$vf1" pciback
check "the second, too" is_bound "$vf2" pciback
refuse "they cannot be taken away meanwhile" eval "echo 0 >$PCI/$NVME/sriov_numvfs"
before=$(config_of "$vf1")

# A disk that several controllers share has another name unless this is off.
GUEST_ARGS=nvme_core.multipath=N
must "guest boots with the first" guest_start vm1 1 "$vf1"
show "guest's functions" < <(guest_run vm1 "lspci -nn")
check "the guest's driver brings up the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
guest_irqs vm1 >/run/xpb/irqs
show "guest's interrupts" </run/xpb/irqs
check "it has its MSI-X vectors" enough_vectors 2 nvme </run/xpb/irqs

note "--- the physical function loses its driver"
kmsg_mark
check "dom0's driver leaves the physical function" \
	eval "echo $NVME >/sys/bus/pci/drivers/nvme/unbind"
check "the idle virtual function is set free" is_bound "$vf2" ""
check "the guest's stays with pciback" is_bound "$vf1" pciback
[ "$MODULE" != ours ] ||
	kmsg_has "the log says whose it is" "$vf1: .*domain $(xl domid vm1)"
check "the guest dies" guest_kill vm1
check "its configuration space is as at seizure" config_is "$vf1" "$before"
check "the module unloads" rmmod xen_pciback
check "the virtual functions go" vfs_off "$NVME"
check "they are gone" not test -e "$PCI/$vf1"
