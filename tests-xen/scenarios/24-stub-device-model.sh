# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: guests
# kernels: k6.12
# timeout: 120
#
# A guest that does with its function what a device model in a stub domain does for an HVM guest:
# it turns INTx, MSI and MSI-X on and off by configuration writes, once the toolstack has allowed
# that; one kind at a time, and nothing else of these registers.

must "module loads hiding the card" load_hiding "$NIC"
before=$(config_of "$NIC")
GUEST_QUICK=1
must "guest boots with it" guest_start vm1 1 "$NIC"

# control: Interrupt Disable, MSI's and MSI-X's Message Control in hardware.
control() {
	echo "$((0x$(setpci -s "$NIC" COMMAND) >> 10 & 1))" \
		"$(setpci -s "$NIC" CAP_MSI+2.w)" "$(setpci -s "$NIC" CAP_MSIX+2.w)"
}

read -r _ msi msix <<<"$(control)"
# with INTX-DISABLE MSI-BITS MSI-X-BITS: what control is to print.
with() {
	printf '%d %04x %04x' "$1" "$((0x$msi | 0x$2))" "$((0x$msix | 0x$3))"
}

# writes WHAT WRITE INTX-DISABLE MSI-BITS MSI-X-BITS: the guest writes, as setpci spells it, and
# the hardware has this afterwards.
writes() {
	guest_run vm1 "setpci -s 0000:00:00.0 $2" || note "status $?"
	same "$1: $2" "$(with "$3" "$4" "$5")" "$(control)"
}

note "--- what a PV guest may"
writes "INTx off has no effect" COMMAND=0400:0400 0 0 0
guest_run vm1 "setpci -s 0000:00:00.0 COMMAND=0:0400"
writes "nor has MSI on" CAP_MSI+2.w=0001:0001 0 0 0
writes "nor has MSI-X on" CAP_MSIX+2.w=8000:8000 0 0 0

note "--- what a device model may"
same "it is allowed" ok "$(stub_write allow_interrupt_control "$NIC")"
writes "INTx off" COMMAND=0400:0400 1 0 0
writes "INTx on" COMMAND=0000:0400 0 0 0
writes "MSI on" CAP_MSI+2.w=0001:0001 0 1 0
writes "MSI-X on is refused with it" CAP_MSIX+2.w=8000:8000 0 1 0
writes "more vectors are refused" CAP_MSI+2.w=0010:0070 0 1 0
address=$(setpci -s "$NIC" CAP_MSI+4.l)
guest_run vm1 "setpci -s 0000:00:00.0 CAP_MSI+4.l=fee01234"
same "the address is the host's" "$address" "$(setpci -s "$NIC" CAP_MSI+4.l)"
writes "MSI off" CAP_MSI+2.w=0000:0001 0 0 0
writes "MSI-X on, all masked" CAP_MSIX+2.w=c000:c000 0 0 c000
writes "MSI on is refused with it" CAP_MSI+2.w=0001:0001 0 0 c000
writes "unmasked" CAP_MSIX+2.w=8000:c000 0 0 8000
writes "masked" CAP_MSIX+2.w=c000:c000 0 0 c000
writes "another size of its table is refused" CAP_MSIX+2.w=0001:0003 0 0 c000

note "--- the guest is destroyed"
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the card is as at seizure" config_is "$NIC" "$before"
same "interrupt control has ended" "" "$(cat "$STUB/allow_interrupt_control")"
