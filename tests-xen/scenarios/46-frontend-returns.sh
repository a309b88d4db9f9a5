# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: returns
# kernels: k6.1 k6.12 debug
# timeout: 280
#
# The guest's frontend disconnects and connects again while the guest runs: unbound and
# bound, its module unloaded and loaded. Each time the disk is reset in between, and the
# guest's driver starts it again with all its vectors. While there is no frontend the
# toolstack detaches the disk without waiting for one.

[ "$MODULE" = ours ] || skip "the in-tree driver serves no second frontend"
FRONTEND_TIMEOUT_MS=

xen_driver=/sys/bus/xen/drivers/pcifront

be_is() { [ "$(xenstore-read "$(backend_of vm1)/state")" = "$1" ]; }

# frontend_leaves COMMAND: what the guest runs for that.
frontend_leaves() {
	check "the frontend disconnects: $1" guest_run vm1 "$1"
	check "the backend waits for another" await 20 be_is 2
	check "configuration space is as at seizure" config_is "$NVME" "$before"
	same "bus mastering is off" 0 "$((16#$(setpci -s "$NVME" COMMAND.W) & 4))"
	same "MSI-X is off" 0 "$((16#$(setpci -s "$NVME" CAP_MSIX+2.W) & 0x8000))"
	check "the disk is still assigned to the guest" eval "xl pci-list vm1 | grep -q '$NVME'"
}

frontend_returns() {
	check "it connects again: $1" guest_run vm1 "$1"
	check "the backend is connected" await 30 be_is 4
	check "the guest's driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
	check "and reads the pattern" same_sum vm1
	guest_irqs vm1 >/run/xpb/irqs
	check "with more than one MSI-X vector" enough_vectors 2 nvme </run/xpb/irqs
}

hw_save "$NVME" /run/xpb/hw.before
must "module loads hiding the disk" load_hiding "$NVME"
before=$(config_of "$NVME")
must "guest boots with the disk" guest_start vm1 2 "$NVME"
check "the guest's driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1

note "--- unbound and bound"
frontend_leaves "echo pci-0 >$xen_driver/unbind"
frontend_returns "echo pci-0 >$xen_driver/bind"

note "--- unloaded and loaded"
# While it is bound xenbus holds its module.
frontend_leaves "echo pci-0 >$xen_driver/unbind && rmmod xen-pcifront"
frontend_returns "modprobe xen-pcifront"

note "--- the toolstack detaches the disk while there is no frontend"
frontend_leaves "echo pci-0 >$xen_driver/unbind"
prompt "xl pci-detach without a frontend" xl pci-detach vm1 "$NVME"
check "the disk is free" is_assignable "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"

check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "nor its directory" not xenstore-exists /local/domain/0/backend/pci

note "--- dom0's own driver again"
check "xl pci-assignable-remove releases it" xl pci-assignable-remove "$NVME"
hw_save "$NVME" /run/xpb/hw.after
show "bytes that are not as before seizure" < <(
	changed /run/xpb/hw.before /run/xpb/hw.after | tr '\n' ';'; echo)
# But for bus mastering, which the firmware may have left on.
master_off /run/xpb/hw.before
check "configuration space is as before seizure" cmp /run/xpb/hw.before /run/xpb/hw.after
