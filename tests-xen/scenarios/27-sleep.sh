# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: sleep
# kernels: k6.12
# args: pci=nommconf
# when: soak
# timeout: 240
#
# The host sleeps (S3, Xen and all) with idle seized functions and wakes up: their registers are
# as before, and a guest uses them as before. QEMU's firmware does not enable extended configuration
# space again, so dom0 does without.

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME") before2=$(config_of "$NVME2") before_nic=$(config_of "$NIC")
show "power states before" < <(cat "$PCI/$NVME/power_state" "$PCI/$NIC/power_state")
host_sleeps
show "kernel log" < <(kmsg_since | grep -E "pciback|PM: " | tail -n 20)
check "the disk is as before" config_is "$NVME" "$before"
check "the second disk, too" config_is "$NVME2" "$before2"
check "and the card" config_is "$NIC" "$before_nic"
must "guest boots with the disk and the card" guest_start vm1 1 "$NVME" "$NIC"
check "its driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "it reads the pattern" same_sum vm1
guest_irqs vm1 >/run/xpb/irqs
show "guest's interrupts" </run/xpb/irqs
check "the disk has MSI-X vectors" enough_vectors 2 nvme </run/xpb/irqs
check "the card reaches the gateway" guest_run vm1 "net_ping e1000e"
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the disk is as at seizure" config_is "$NVME" "$before"
check "the card, too" config_is "$NIC" "$before_nic"
