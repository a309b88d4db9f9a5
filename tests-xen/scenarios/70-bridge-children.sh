# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: many
# devices: many
# kernels: k6.12 debug
# timeout: 120
#
# A hidden bridge hides everything behind it: 24 functions, none of them named. They are
# released when the module is unloaded; the bridge forwards all the time.

read -r -a behind <<<"$BEHIND_BRIDGE"
bridge_before=$(config_of "$BRIDGE")
must "module loads hiding the bridge alone" load_hiding "$BRIDGE"
same "slots names the bridge alone" "$BRIDGE" "$(cat "$STUB/slots")"
# All functions bound to the driver, so that one seized by mistake is noticed.
same "functions seized: the bridge and ${#behind[@]} behind it" $((1 + ${#behind[@]})) \
	"$(find "$STUB/" -name '0000:*' | wc -l)"
check "the bridge is bound to pciback" is_bound "$BRIDGE" pciback
for bdf in "${behind[@]}"; do
	is_bound "$bdf" pciback || echo "$bdf"
done >/run/xpb/missing
same "functions behind it that are not bound" "" "$(cat /run/xpb/missing)"
check "the disk is left alone" is_bound "$NVME" ""
check "a function behind it answers through the bridge" \
	[ "$(setpci -s "$NIC2" VENDOR_ID.W)" = 8086 ]
check "the module unloads" rmmod xen_pciback
same "functions that still have a driver" "" "$(for bdf in "$BRIDGE" "${behind[@]}"; do driver_of "$bdf"; done)"
check "the bridge forwards what it forwarded before" config_is "$BRIDGE" "$bridge_before"
check "a function behind it still answers" [ "$(setpci -s "$NIC2" VENDOR_ID.W)" = 8086 ]
