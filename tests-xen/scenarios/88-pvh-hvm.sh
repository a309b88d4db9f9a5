# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: pvh-hvm
# host: pvh-hvm
# devices: base
# kernels: k6.12
# xens: 4.20
# when: soak
# timeout: 400
#
# An HVM guest below a PVH dom0 drives a disk and a card that are passed through: data, INTx,
# network. Xen 4.20 offers no MSI-X there: it does not let a PVH dom0 prepare it, and answers
# the device model with ENODATA; the guest's kernel is told not to use it.

GUEST_TYPE=hvm
GUEST_ARGS=pci=nomsi

kmsg_mark
same "dom0 is" PVH "$(cat /sys/hypervisor/guest_type)"
must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
[ "$MODULE" != ours ] ||
	kmsg_has "the kernel log says what guests have to do without" 'does not prepare MSI-X'
before=$(config_of "$NVME")
before_nic=$(config_of "$NIC")
must "guest boots with both" guest_start vm1 1 "$NVME" "$NIC"
drives_disk_and_card vm1
show "its interrupts" < <(guest_irqs vm1)

check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the disk is as at seizure" config_is "$NVME" "$before"
check "the card, too" config_is "$NIC" "$before_nic"
