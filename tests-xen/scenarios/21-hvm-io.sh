# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hvm
# host: hvm
# kernels: k6.12
# xens: 4.20
# timeout: 500
#
# An HVM guest with a real device model drives a disk and a card that are passed through: data,
# interrupts, network.

GUEST_TYPE=hvm

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
before=$(config_of "$NVME")
before_nic=$(config_of "$NIC")
must "guest boots with both" guest_start vm1 1 "$NVME" "$NIC"
show "its functions" < <(guest_run vm1 lspci)
drives_disk_and_card vm1
guest_irqs vm1 >/run/xpb/irqs
show "its interrupts" </run/xpb/irqs

check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the disk is as at seizure" config_is "$NVME" "$before"
check "the card, too" config_is "$NIC" "$before_nic"
[ "$MODULE" = ours ] || exit 0
show "resets of the disk" <"$PCI/$NVME/pciback/reset_history"
show "and of the card" <"$PCI/$NIC/pciback/reset_history"
