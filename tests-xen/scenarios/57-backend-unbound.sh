# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: unbind
# kernels: k6.12 debug
# timeout: 300
#
# A guest's backend is removed in dom0 while the guest works with its disk, and functions are unbound
# while the toolstack attaches them: no function stays with a guest that has no backend for it, each
# is as at seizure, and the driver unloads.

[ "$MODULE" = ours ] || skip "the in-tree driver waits for guests when its backend is removed"

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
before=$(config_of "$NVME")
backends=/sys/bus/xen-backend

note "--- the backend of a guest that works is unbound"
must "guest boots with the disk" guest_start vm1 1 "$NVME"
check "the guest's driver starts it" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
guest_bg vm1 "read_forever $DISK_SERIAL"
check "the backend is unbound" eval "echo pci-$(xl domid vm1)-0 >$backends/drivers/xen-pciback/unbind"
same "the disk makes no DMA any more" 0 "$((16#$(setpci -s "$NVME" COMMAND.W) & 4))"
check "it is reset, and nobody's" await 20 has "$PCI/$NVME/pciback/reset_history" "reason deassign domain $(xl domid vm1) .* result 0\$"
check "it is as at seizure" config_is "$NVME" "$before"
check "the guest runs on" guest_run vm1 true
check "the driver unloads beside it" rmmod xen_pciback
must "and loads again" load_hiding "$NVME" "$NIC"
check "the guest is destroyed" guest_kill vm1

note "--- functions are unbound while they are attached"
GUEST_QUICK=1
must "guest boots with the card" guest_start vm1 1 "$NIC"
for delay in 0 0.05 0.1 0.2 0.3 0.5; do
	timeout $((40 * TIMEOUT_SCALE)) xl pci-attach vm1 "$NVME" >/dev/null 2>&1 &
	sleep "$delay"
	echo "$NVME" >"$STUB/unbind"
	wait
	check "after $delay s: it is nobody's" not is_bound "$NVME" pciback
	# Fails if it was not attached.
	timeout $((60 * TIMEOUT_SCALE)) xl pci-detach vm1 "$NVME" >/dev/null 2>&1
	check "it is bound again" eval "echo $NVME >$STUB/bind"
	check "it is as at seizure" config_is "$NVME" "$before"
done
must "it is attached once more" xl pci-attach vm1 "$NVME"
check "the guest sees it" guest_run vm1 "await 40 pci_there 0108"
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the disk is as at seizure" config_is "$NVME" "$before"
check "the driver unloads" rmmod xen_pciback
