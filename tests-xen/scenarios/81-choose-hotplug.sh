# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: choose
# kernels: k6.12
#
# A disk that is plugged in while dom0's nvme driver is loaded is bound to pciback if a
# rule means it by path or class, and to nvme if not.

[ "$MODULE" = ours ] || skip "drivers that were loaded before the in-tree module are asked first"
PLUGGED=0000:03:00.0

plug() {
	monitor "device_add $1,id=plugged,bus=rp3" && await 20 test -e "$PCI/$PLUGGED"
}

unplug() {
	monitor "device_del plugged" && await 20 not test -e "$PCI/$PLUGGED"
}

must "dom0's nvme driver is loaded first" modprobe nvme
must "module loads, the empty slot is hidden by path" modprobe xen-pciback "hide=(00:06.0/00.*)"

kmsg_mark
must "a disk is plugged in" plug nvme,serial=plugged
check "pciback has it" await 10 is_bound "$PLUGGED" pciback
kmsg_has "the kernel log says so" "$PLUGGED: appeared; kept from the host's drivers"
check "nvme was never asked" lacks /run/xpb/kmsg "nvme [^ ]*: pci function $PLUGGED"
same "nothing is left in driver_override" "(null)" "$(cat "$PCI/$PLUGGED/driver_override")"
check "xl lists it as assignable" is_assignable "$PLUGGED"
same "unbound" ok "$(stub_write unbind "$PLUGGED")"
same "it can be bound to nvme now" ok "$(printf '%s' "$PLUGGED" | poke /sys/bus/pci/drivers/nvme/bind)"
must "it is unplugged" unplug

same "by class instead" "ok ok" "$(stub_write remove_slot '00:06.0/00.*') $(stub_write new_slot class:010802)"
must "a disk is plugged in" plug nvme,serial=plugged
check "pciback has it" await 10 is_bound "$PLUGGED" pciback
must "it is unplugged while it is bound to pciback" unplug
check "and its record is gone" not grep -F "$PLUGGED" "$STUB/irq_handlers"

same "by no rule" ok "$(stub_write remove_slot class:010802)"
must "a disk is plugged in" plug nvme,serial=plugged
check "nvme has it" await 10 is_bound "$PLUGGED" nvme
must "it is unplugged" unplug

note "--- a card whose memory BAR is smaller than a page"
same "by ids" ok "$(stub_write new_slot pci:1b36:0007)"
kmsg_mark
must "the card is plugged in" plug sdhci-pci
check "pciback has it" await 10 is_bound "$PLUGGED" pciback
show "its BARs" <"$PCI/$PLUGGED/pciback/bars"
check "the BAR is reported as small" has "$PCI/$PLUGGED/pciback/bars" \
	'^bar 0 start 0x[0-9a-f]+ size 0x100 problems small$'
kmsg_has "the kernel log has the remedy" "$PLUGGED: bar 0 .* boot the host with pci=resource_alignment=12@$PLUGGED"
must "it is unplugged" unplug
