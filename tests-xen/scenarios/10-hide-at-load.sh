# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: main
# kernels: k6.1 k6.12 k7.3
# xens: 4.17 4.20
#
# hide= at load seizes exactly the devices it names; a bad item among good ones is
# reported with its text and position, and the good ones are seized all the same.

# The firmware may have left bus mastering on; pciback turns it off and leaves it off.
setpci -s "$NVME" COMMAND.W=0003
before=$(config_of "$NVME")
must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
check "the disk is bound to pciback" is_bound "$NVME" pciback
check "the card is bound to pciback" is_bound "$NIC" pciback
check "the device that was not named is left alone" is_bound "$NVME2" ""
show "slots" <"$STUB/slots"
same "slots lists them in the order given" "$NVME $NIC" "$(xargs <"$STUB/slots")"
check "modprobe took the module under test" module_is_ours
show "lsmod" < <(lsmod | grep -E 'Module|pciback')
check "xl lists the disk as assignable" is_assignable "$NVME"
check "the driver unloads" rmmod xen_pciback
check "configuration space is as before" config_is "$NVME" "$before"

if [ "$MODULE" = ours ]; then
	kmsg_mark
	must "module loads in spite of a bad item" \
		modprobe xen-pciback "hide=($NVME)(00:zz.0)($NIC)(0000:03:*.0)"
	kmsg_has "the bad item is reported with its text" "00:zz\\.0"
	kmsg_has "the second bad item too" "0000:03:\\*\\.0"
	same "the good items around them are listed" "$NVME $NIC" "$(xargs <"$STUB/slots")"
	check "and seized: disk" is_bound "$NVME" pciback
	check "and seized: card" is_bound "$NIC" pciback
	check "the driver unloads again" rmmod xen_pciback
else
	refuse "the stock module refuses the whole list for one bad item" \
		modprobe xen-pciback "hide=($NVME)(00:zz.0)($NIC)"
fi
