# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: unbind
# kernels: k6.12
# timeout: 200
#
# A device is unbound in dom0 while a guest uses it: the guest is told and detaches it,
# xenstore says so, the guest's other device works on, the toolstack can clean up, and
# after that the device can be assigned again.

[ "$MODULE" = ours ] || skip "the in-tree driver does not tell the guest"

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
must "guest boots with both" guest_start vm1 1 "$NVME" "$NIC"
backend=$(backend_of vm1)
node_is() { [ "$(xenstore-read "$backend/$1" 2>/dev/null)" = "$2" ]; }
check "the guest's driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
same "the first entry is the disk" "$NVME" "$(xenstore-read "$backend/dev-0")"

check "the disk is unbound" eval "echo $NVME >$STUB/unbind"
check "the guest sees it removed" guest_run vm1 "await 40 gone nvme"
check "its entry says so" await 20 node_is state-0 6
check "and its address is an impossible one" node_is vdev-0 ffff:ff:1f.07
check "the backend is connected" await 20 node_is state 4
same "it still decodes, because the guest may have it mapped" 2 \
	"$((16#$(setpci -s "$NVME" COMMAND.W) & 2))"
same "bus mastering is off" 0 "$((16#$(setpci -s "$NVME" COMMAND.W) & 4))"
check "the card works on" guest_run vm1 "net_ping e1000e"

check "xl pci-detach cleans up" xl pci-detach vm1 "$NVME"
same "one device is left" 1 "$(xenstore-read "$backend/num_devs")"
check "the card works on" guest_run vm1 "net_ping e1000e"
check "the disk is bound again" eval "echo $NVME >$STUB/bind"
check "and attached again" xl pci-attach vm1 "$NVME"
check "the guest's driver starts it" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
