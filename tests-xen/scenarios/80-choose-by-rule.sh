# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: choose
# kernels: k6.12
#
# hide= and new_slot by path, by ids and by class: exactly the devices that a
# rule means are seized, never a bridge, and a guest can use one of them.

[ "$MODULE" = ours ] || skip "the in-tree module takes addresses only"
# From the disk's root port, whose address does not depend on bus numbers.
path=0000:00:03.0/00.0

kmsg_mark
must "module loads hiding by path and by ids" modprobe xen-pciback \
	"hide=($path)(pci:8086:10d3)(class:0604)(pci:*:1)(class:1)"
check "by path: the disk is bound to pciback" is_bound "$NVME" pciback
check "by ids: the card is bound to pciback" is_bound "$NIC" pciback
check "the other disk is left alone" is_bound "$NVME2" ""
same "rules lists both, as they were given" "$path pci:8086:10d3" "$(xargs <"$STUB/rules")"
same "slots lists nothing" "" "$(cat "$STUB/slots")"
kmsg_has "a class of bridges is refused by name" '"\(class:0604\)" at position 34 would take bridges'
kmsg_has "all vendors are refused" '"\(pci:\*:1\)" at position 46'
kmsg_has "a class of one digit is not understood" '"\(class:1\)" at position 55 is not understood'
check "xl lists the disk as assignable" is_assignable "$NVME"
show "the disk's BARs" <"$PCI/$NVME/pciback/bars"
check "each is reported, none has a neighbour" not grep -v 'problems none$' "$PCI/$NVME/pciback/bars"

must "guest boots with the disk chosen by path" guest_start vm1 1 "$NVME"
check "the guest reads the pattern" same_sum vm1
check "the guest is destroyed" guest_kill vm1
# Xen has it in quarantine until then.
check "xl releases it, though slots does not list it" xl pci-assignable-remove "$NVME"
check "it is unbound" is_bound "$NVME" ""
same "the rule stays" "$path pci:8086:10d3" "$(xargs <"$STUB/rules")"
check "the driver unloads" rmmod xen_pciback

kmsg_mark
must "module loads hiding a class" modprobe xen-pciback "hide=(class:0108)"
check "by class: the first disk" is_bound "$NVME" pciback
check "by class: the second disk" is_bound "$NVME2" pciback
check "another class is left alone" is_bound "$NIC" ""
check "the driver unloads again" rmmod xen_pciback

note "--- new_slot and remove_slot"
must "module loads with nothing hidden" modprobe xen-pciback
must "a disk is bound to dom0's nvme driver" bind_to nvme "$NVME"
same "new_slot accepts any device of a vendor" ok "$(stub_write new_slot 'pci:1b36:*')"
check "the disk stays with its driver" is_bound "$NVME" nvme
for bad in class:06 'pci:*:1'; do
	same "new_slot refuses $bad" EPERM "$(stub_write new_slot "$bad")"
done
for bad in "$path/" 0000:00:03.0/00.8 pci:8086 class:012 "($path)"; do
	same "new_slot refuses $bad" EINVAL "$(stub_write new_slot "$bad")"
done
kmsg_mark
port=0000:00:06.0
echo "$port" >"$PCI/$port/driver/unbind"
same "a port with that vendor is not seized" ENODEV "$(stub_write bind "$port")"
kmsg_has "and the kernel log says why" "$port: not taken by pci:1b36:\*: it is a bridge"
echo "$port" >/sys/bus/pci/drivers/pcieport/bind
same "remove_slot removes it" ok "$(stub_write remove_slot ' pci:0x1b36:0')"
same "and fails if there is none" ENOENT "$(stub_write remove_slot 'pci:1b36:*')"
same "rules lists nothing" "" "$(cat "$STUB/rules")"
