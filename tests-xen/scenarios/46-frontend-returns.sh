# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: returns
# timeout: 280
#
# The guest's frontend goes and comes back while the guest runs: unbound and bound
# again, its module unloaded and loaded. Each time the disk is reset between, and the
# guest's driver brings it up again with all its vectors. While the frontend is gone the
# toolstack takes the disk without waiting for it.

[ "$MODULE" = ours ] || skip "the in-tree driver knows no second frontend"
FRONTEND_PATIENCE=

xen_driver=/sys/bus/xen/drivers/pcifront

be_is() { [ "$(xenstore-read "$(backend_of vm1)/state")" = "$1" ]; }

# frontend_goes COMMAND: the guest's, by which it goes.
frontend_goes() {
	check "the frontend goes: $1" guest_run vm1 "$1"
	check "the backend waits for another" await 20 be_is 2
	check "configuration space is as at seizure" config_is "$NVME" "$before"
	same "bus mastering is off" 0 "$((16#$(setpci -s "$NVME" COMMAND.W) & 4))"
	same "MSI-X is off" 0 "$((16#$(setpci -s "$NVME" CAP_MSIX+2.W) & 0x8000))"
	check "the disk is the guest's still" eval "xl pci-list vm1 | grep -q '$NVME'"
}

frontend_comes() {
	check "it comes back: $1" guest_run vm1 "$1"
	check "the backend is connected" await 30 be_is 4
	check "the guest's driver brings up the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
	check "and reads the pattern" same_sum vm1
	guest_irqs vm1 >/run/xpb/irqs
	check "with more than one MSI-X vector" enough_vectors 2 nvme </run/xpb/irqs
}

hw_save "$NVME" /run/xpb/hw.before
must "module loads hiding the disk" load_hiding "$NVME"
before=$(config_of "$NVME")
must "guest boots with the disk" guest_start vm1 2 "$NVME"
check "the guest's driver brings up the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1

note "--- unbound and bound"
frontend_goes "echo pci-0 >$xen_driver/unbind"
frontend_comes "echo pci-0 >$xen_driver/bind"

note "--- unloaded and loaded"
# While it is bound xenbus holds its module.
frontend_goes "echo pci-0 >$xen_driver/unbind && rmmod xen-pcifront"
frontend_comes "modprobe xen-pcifront"

note "--- the toolstack takes the disk while there is no frontend"
frontend_goes "echo pci-0 >$xen_driver/unbind"
prompt "xl pci-detach without a frontend" xl pci-detach vm1 "$NVME"
check "the disk is free" is_assignable "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"

check "the guest dies" guest_kill vm1
check "no backend is left" await 20 no_backends
check "nor its folder" not xenstore-exists /local/domain/0/backend/pci

note "--- back to dom0"
check "xl pci-assignable-remove gives it up" xl pci-assignable-remove "$NVME"
hw_save "$NVME" /run/xpb/hw.after
show "bytes that are not as before the module took it" < <(
	changed /run/xpb/hw.before /run/xpb/hw.after | tr '\n' ';'; echo)
# But for bus mastering, which the firmware may have left on.
master_off /run/xpb/hw.before
check "configuration space is as before the module took it" cmp /run/xpb/hw.before /run/xpb/hw.after
