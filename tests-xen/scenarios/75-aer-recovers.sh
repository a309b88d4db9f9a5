# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: aer
# kernels: k6.1 k6.12 debug
# timeout: 150
#
# Errors of a disk that a guest drives: the guest's own driver recovers it, with its
# data and its interrupts, as it would on a bare machine.

# recovers PORT: dom0 says that the recovery was a success, and the guest was not isolated meanwhile.
recovers() {
	check "dom0 recovers" await 60 recovered "$1"
	show "kernel log" < <(kmsg_since | grep -E 'AER|nvme|pciback|recover')
	refuse "the guest kept up" eval "kmsg_since | grep isolated"
}

must "module loads hiding the disks" load_hiding "$NVME" "$NVME2"
before=$(config_of "$NVME")
must "guest boots with both disks" guest_start vm1 2 "$NVME" "$NVME2"
check "its driver starts the first" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and the second" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
check "it reads the pattern" same_sum vm1
written=$(guest_run vm1 "disk_fill $DISK_SERIAL 64 8 before-the-error")
check "and writes" is_sum "$written"

note "--- a fatal error: the link is reset, and the disk with it"
kmsg_mark
check "a fatal error at the disk's port" inject "$PORT_NVME" FCP
recovers "$PORT_NVME"
check "the guest's driver has recovered the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "the guest reads the pattern" same_sum vm1
same "and what it wrote before" "$written" "$(guest_run vm1 "disk_sum $DISK_SERIAL 64 8")"
guest_irqs vm1 >/run/xpb/irqs
check "the disk has more than one MSI-X vector" enough_vectors 2 nvme </run/xpb/irqs
check "the device may access memory" mastering "$NVME"
same "the other disk reads its pattern" "$PATTERN2_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"
same "nothing changed for the toolstack, state-0" 3 "$(backend_node vm1 state-0)"
refuse "there is no error node" backend_error vm1

note "--- again, under I/O"
guest_bg vm1 "read_forever $DISK_SERIAL"
kmsg_mark
check "a fatal error" inject "$PORT_NVME" FCP
recovers "$PORT_NVME"
check "the guest reads the pattern" same_sum vm1

note "--- an error that is not fatal"
# The frontend of Linux 6.1 follows a NULL pointer when the driver has no handler for
# the step between, and nvme has none.
if [ "$KERNEL" = k6.1 ]; then
	note "left out: a guest with this kernel's frontend does not survive it"
else
	kmsg_mark
	check "an error at the disk's port that is not fatal" inject "$PORT_NVME" COMP_TIME
	recovers "$PORT_NVME"
	check "the guest reads the pattern" same_sum vm1
	same "the guest keeps it, state-0" 3 "$(backend_node vm1 state-0)"
fi

check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "configuration space is as at seizure" config_is "$NVME" "$before"

note "--- without a guest"
kmsg_mark
check "a fatal error at the idle disk's port" inject "$PORT_NVME" FCP
check "dom0 recovers" await 60 recovered "$PORT_NVME"
check "configuration space is as at seizure" config_is "$NVME" "$before"
check "it is assignable" is_assignable "$NVME"
