# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hvm
# host: hvm
# when: soak
# kernels: k6.1 k6.12
# timeout: 700
#
# The life of devices in HVM guests: attached and detached while the guest runs, also under I/O;
# kept over a reboot of the guest, which xl makes a new domain of; INTx; deassigned from a guest
# that is destroyed under I/O, or in its firmware.

GUEST_TYPE=hvm

# as_before: all are as at seizure.
as_before() {
	config_is "$NVME" "$before" && config_is "$NVME2" "$before2" && config_is "$NIC" "$before_nic"
}

# booted COUNT: the guest has got ready so many times.
booted() {
	[ "$(grep -c "^GUEST-READY vm1" "$(guest_log vm1)")" -ge "$1" ]
}

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME")
before2=$(config_of "$NVME2")
before_nic=$(config_of "$NIC")

note "--- attached and detached while the guest runs"
must "guest boots with the second disk" guest_start vm1 1 "$NVME2"
check "which it starts" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
check "the first is attached" xl pci-attach vm1 "$NVME"
check "and started" guest_run vm1 "await 60 disk_of $DISK_SERIAL"
check "the guest reads its pattern" same_sum vm1
check "it is detached" xl pci-detach vm1 "$NVME"
check "the guest sees it removed" guest_run vm1 "await 40 not disk_of $DISK_SERIAL"
check "it is as at seizure" config_is "$NVME" "$before"
check "attached again" xl pci-attach vm1 "$NVME"
check "and started" guest_run vm1 "await 60 disk_of $DISK_SERIAL"
check "the guest reads its pattern" same_sum vm1
guest_bg vm1 "read_forever $DISK_SERIAL"
check "it is detached while it is read" xl pci-detach vm1 "$NVME"
check "the guest sees it removed" guest_run vm1 "await 40 not disk_of $DISK_SERIAL"
check "it is as at seizure" config_is "$NVME" "$before"
check "the other disk is read on" guest_run vm1 "read_ok $DISK2_SERIAL"
check "attached once more" xl pci-attach vm1 "$NVME"

note "--- the guest reboots"
domid=$(xl domid vm1)
printf 'RUN reboot reboot -f\n' >"$(guest_tty vm1)"
must "it gets ready again" await 150 booted 2
check "as another domain: $(xl domid vm1)" [ "$(xl domid vm1)" != "$domid" ]
check "its driver starts the second disk" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
check "and the first" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "it reads the pattern" same_sum vm1
show "resets of the disk" <"$PCI/$NVME2/pciback/reset_history"
[ "$MODULE" != ours ] || check "the disk was reset in between" \
	has "$PCI/$NVME2/pciback/reset_history" "reason deassign domain $domid .* result 0\$"

note "--- destroyed under I/O"
guest_bg vm1 "read_forever $DISK_SERIAL"
guest_bg vm1 "read_forever $DISK2_SERIAL"
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "all are as at seizure" as_before

note "--- INTx"
GUEST_ARGS=pci=nomsi
must "another guest boots with a disk and the card, without MSI" guest_start vm1 1 "$NVME" "$NIC"
check "it reads the pattern" same_sum vm1
check "the card reaches the gateway" guest_run vm1 "net_ping e1000e"
guest_irqs vm1 >/run/xpb/irqs
show "its interrupts" </run/xpb/irqs
check "none is an MSI" lacks /run/xpb/irqs msi
check "the guest is destroyed" guest_kill vm1
check "all are as at seizure" as_before
GUEST_ARGS=

note "--- a guest that dies in its firmware"
guest_config vm1 1 "${ALL_DEVICES[@]}"
check "it is created with all three" timeout $((60 * TIMEOUT_SCALE)) xl create -q /run/xpb/vm1.cfg
check "and destroyed before its kernel runs" guest_kill vm1
check "no backend is left" await 20 no_backends
check "all are as at seizure" as_before
