# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: aer
# kernels: k6.12
# timeout: 150
#
# A guest without a driver for a device that has an error: its frontend says so. The
# guest is isolated from this device and no other, dom0 recovers, and the toolstack sees
# it and can assign the device to the guest again.

must "module loads hiding the disks" load_hiding "$NVME" "$NVME2"
before=$(config_of "$NVME")
GUEST_QUICK=1 must "guest boots with both disks and no drivers" guest_start vm1 1 "$NVME" "$NVME2"
vdev=$(backend_node vm1 vdev-0)
vdev2=$(backend_node vm1 vdev-1)
note "the guest knows them as $vdev and $vdev2"
vdev=${vdev%.*}.${vdev##*.0}
vdev2=${vdev2%.*}.${vdev2##*.0}
ident=$(guest_run vm1 "setpci -s $vdev 0.L")
# As a driver leaves it that does not clean up when it is unloaded.
guest_run vm1 "setpci -s $vdev COMMAND=6"
check "the device may access memory" mastering "$NVME"

kmsg_mark
check "a fatal error at the disk's port" inject "$PORT_NVME" FCP
check "dom0 recovers all the same" await 60 recovered "$PORT_NVME"
kmsg_has "and logs which guest is isolated from which device, and the remedy" "pciback $NVME: .*domain [0-9]+ .*isolated.*xl pci-detach"
refuse "the device may not access memory" mastering "$NVME"
same "the guest reads nothing there" ffffffff "$(guest_run vm1 "setpci -s $vdev 0.L")"
guest_run vm1 "setpci -s $vdev COMMAND=6"
refuse "and changes nothing" mastering "$NVME"
same "the other disk answers" "$ident" "$(guest_run vm1 "setpci -s $vdev2 0.L")"

check "the toolstack sees it: state-0 becomes 6" await 10 node_is vm1 state-0 6
same "of the other disk, state-1" 3 "$(backend_node vm1 state-1)"
check "the error node names the device" await 10 backend_error_is vm1 "$NVME"
show "error node" < <(backend_error vm1)
same "aerState" aerfail "$(backend_node vm1 aerState)"
same "the backend still serves the guest, state" 4 "$(backend_node vm1 state)"
refuse "no other guest can have it meanwhile" is_assignable "$NVME"

note "--- a second error is recovered without asking the guest"
kmsg_mark
check "a fatal error at the disk's port" inject "$PORT_NVME" FCP
check "dom0 recovers" await 60 recovered "$PORT_NVME"
refuse "the device may not access memory" mastering "$NVME"

note "--- the remedy in the message"
check "xl pci-detach detaches it from the guest" xl pci-detach vm1 "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"
check "it is assignable" is_assignable "$NVME"
check "xl pci-attach assigns it again" xl pci-attach vm1 "$NVME"
check "the guest's driver starts both" \
	guest_run vm1 "modprobe nvme; await 40 disk_of $DISK_SERIAL && await 40 disk_of $DISK2_SERIAL"
check "and reads the pattern" same_sum vm1
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "configuration space is as at seizure" config_is "$NVME" "$before"
