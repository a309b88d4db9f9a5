# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: many
# devices: many
# kernels: k6.12
# timeout: 240
#
# Virtual functions of an NVMe disk with SR-IOV: enabled by dom0's driver, one is used by a
# guest, the other stays idle. They cannot be disabled while pciback has them. When the
# physical function loses its driver the idle one is released, the guest's is not. One
# whose vectors are added after it was enabled gets none of them: Xen (__pci_enable_msix()
# of 4.17) returns EINVAL for entries past the table's end as it was at first sight.

must "dom0's driver enables two virtual functions" vfs_on "$NVME" 2 3 3
vf1=$(vf_of "$NVME" 0) vf2=$(vf_of "$NVME" 1)
note "virtual functions: $vf1 $vf2"
must "module loads" modprobe xen-pciback
check "xl seizes the first" xl pci-assignable-add "$vf1"
check "xl seizes the second" xl pci-assignable-add "$vf2"
must "the first is bound to pciback" is_bound "$vf1" pciback
check "the second, too" is_bound "$vf2" pciback
refuse "they cannot be disabled meanwhile" eval "echo 0 >$PCI/$NVME/sriov_numvfs"
before=$(config_of "$vf1")

# With multipath the disk would have another name, because two controllers share it.
GUEST_ARGS=nvme_core.multipath=N
must "guest boots with the first" guest_start vm1 2 "$vf1"
show "guest's functions" < <(guest_run vm1 "lspci -nn")
check "the guest's driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
wrote=$(guest_run vm1 "disk_fill $DISK_SERIAL 64 16 $RANDOM")
check "and writes" is_sum "$wrote"
# Both functions have the same namespace.
same "dom0's physical function reads what the guest wrote" "$wrote" \
	"$(disk_sum "$DISK_SERIAL" 64 16)"
guest_irqs vm1 >/run/xpb/irqs
show "guest's interrupts" </run/xpb/irqs
check "it has its MSI-X vectors" enough_vectors 3 nvme </run/xpb/irqs

note "--- the physical function loses its driver"
kmsg_mark
check "dom0's driver is unbound from the physical function" \
	eval "echo $NVME >/sys/bus/pci/drivers/nvme/unbind"
check "the idle virtual function is released" await 5 is_bound "$vf2" ""
check "the guest's stays bound to pciback" is_bound "$vf1" pciback
[ "$MODULE" != ours ] ||
	kmsg_has "the log names the guest" "$vf1: .*domain $(xl domid vm1)"
check "the guest is destroyed" guest_kill vm1
check "its configuration space is as at seizure" config_is "$vf1" "$before"
check "the module unloads" rmmod xen_pciback
check "the virtual functions are disabled" vfs_off "$NVME"
check "they are gone" not test -e "$PCI/$vf1"

# What follows is about a line of our log.
[ "$MODULE" = ours ] || exit 0
note "--- vectors added after it was enabled"
must "a virtual function with one vector is enabled" vfs_on "$NVME" 1 2 1
check "it goes offline" vfs_each "$NVME" 1 0 7 0
check "it gets three" vfs_share "$NVME" 1 3 3
check "it goes online" vfs_each "$NVME" 1 0 9 0
must "module loads" modprobe xen-pciback
must "xl seizes it" xl pci-assignable-add "$vf1"
GUEST_QUICK=1
must "guest boots with it" guest_start vm2 2 "$vf1"
same "it sees a table of three" 2 "$(($(guest_run vm2 "setpci -s 00:00.1 CAP_MSIX+2.W") & 7))"
kmsg_mark
guest_bg vm2 "modprobe nvme"
check "its driver asks for them" await 60 eval 'kmsg_since | grep -q "cannot enable MSI-X"'
kmsg_has "Xen refuses the second; the log says why" "$vf1: Xen maps its MSI-X entry 1 to no"
