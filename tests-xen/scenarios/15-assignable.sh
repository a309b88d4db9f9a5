# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: input
# kernels: k6.1 k6.12 k7.3
# xens: 4.17 4.20
#
# xl pci-assignable-add, -list and -remove -r on a device that is bound to dom0's own
# driver.

must "the disk is bound to dom0's nvme driver" bind_to nvme "$NVME"
check "dom0 sees its block device" await 40 disk_of "$DISK_SERIAL"
must "module loads with nothing hidden" modprobe xen-pciback
same "slots is empty" "" "$(cat "$STUB/slots")"
must "xl pci-assignable-add seizes it from nvme" xl pci-assignable-add "$NVME"
check "the disk is bound to pciback" is_bound "$NVME" pciback
check "slots lists it" is_listed "$NVME"
show "xl pci-assignable-list" < <(xl pci-assignable-list)
check "xl lists it" is_assignable "$NVME"
check "xl pci-assignable-remove -r releases it to nvme" xl pci-assignable-remove -r "$NVME"
check "slots does not list it any more" not is_listed "$NVME"
check "the disk is bound to nvme again" await 10 is_bound "$NVME" nvme
check "dom0's driver starts the disk" await 40 disk_of "$DISK_SERIAL"
same "dom0 reads the pattern" "$PATTERN_SHA256" "$(disk_sum "$DISK_SERIAL" 0 "$PATTERN_BLOCKS")"
