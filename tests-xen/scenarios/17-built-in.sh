# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: built-in
# kernels: builtin
# when: soak
# args: xen-pciback.hide=(0000:01:00.0)
# timeout: 200
#
# The driver is built into dom0's kernel, as are those of the devices: hide= on the kernel's command
# line seizes a disk before its own driver can have it, though that one registers first or at the
# same time. Devices that are not named are their drivers', and guests get the one that is hidden.

same "hide= is known" "(0000:01:00.0)" "$(cat /sys/module/xen_pciback/parameters/hide)"
same "no module is loaded" "" "$(lsmod | grep pciback)"
check "the disk is bound to pciback" is_bound "$NVME" pciback
same "its driver never had it" "" "$(dmesg | grep "nvme.* $NVME")"
same "no driver_override is left on it" "(null)" "$(cat "$PCI/$NVME/driver_override")"
check "the disk that is not named is its driver's" await 40 is_bound "$NVME2" nvme
check "and works" await 40 disk_of "$DISK2_SERIAL"
check "xl lists the disk as assignable" is_assignable "$NVME"
before=$(config_of "$NVME")

must "guest boots with the disk" guest_start vm1 1 "$NVME"
check "the guest's driver starts it" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
check "the guest is destroyed" guest_kill vm1
check "configuration space is as at seizure" config_is "$NVME" "$before"
check "xl pci-assignable-remove releases it" xl pci-assignable-remove "$NVME"
check "the list names it no more" not is_listed "$NVME"
check "and its driver takes it" eval "echo $NVME >/sys/bus/pci/drivers_probe; await 20 is_bound $NVME nvme"
