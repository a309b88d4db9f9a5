# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: config-levels
# kernels: k6.12
# devices: all
# ours: the in-tree driver has no levels
# timeout: 240
#
# The write levels above strict, one after the other while the guest runs: permissive and
# back, one quirk with a mask, interrupt control. None gives access to registers that are
# virtualised or hidden, and what was granted for a guest ends with that guest.

hw=/run/xpb/hw
declare -A guest_of=([$NIC]=0000:00:00.0 [$NVME2]=0000:00:01.0)

# poke_in_guest BDF REGISTER=VALUE: one write, as setpci spells it.
poke_in_guest() {
	guest_run vm1 "setpci -s ${guest_of[$1]} $2"
}

walk() {
	guest_run vm1 "confwalk write /sys/bus/pci/devices/${guest_of[$1]}/config 4 $2 512"
}

# An address and data as the host's own interrupts have them.
setpci -s "$NIC" CAP_MSI+4.L=fee0100c CAP_MSI+8.L=0 CAP_MSI+c.W=4321
must "module loads hiding the card and the disk" load_hiding "$NIC" "$NVME2"
for bdf in "$NIC" "$NVME2"; do
	hw_save "$bdf" "$hw.$bdf.seized"
done
sriov=$(at "$hw.$NVME2.seized" ext 0010)
msi=$(at "$hw.$NIC.seized" cap 05)
aer=$(at "$hw.$NIC.seized" ext 0001)
GUEST_QUICK=1
must "guest boots with both" guest_start vm1 1 "$NIC" "$NVME2"
domain=$(xl domid vm1)

note "--- permissive, and back"
# Uncorrectable Error Severity: no rule of ours is about it, and QEMU's card implements it.
reg=$(printf '%03x' $((16#$aer + 12)))
severity() { setpci -s "$NIC" "$reg.L"; }
before=$(severity)
poke_in_guest "$NIC" "$reg.L=00008000"
same "strict: the error severities stay" "$before" "$(severity)"
echo permissive >"$PCI/$NIC/pciback/write_level"
check "the driver's own list shows it" grep -qx "$NIC" "$STUB/permissive"
poke_in_guest "$NIC" "$reg.L=00008000"
same "permissive: the guest writes the error severities" 00008000 "$(severity)"
hw_save "$NIC" "$hw.permissive.before"
# Zeros last: they turn MSI off again.
check "permissive: the guest writes everywhere" \
	eval "walk $NIC ff && walk $NIC 00"
hw_save "$NIC" "$hw.permissive.after"
same "decoding, error reporting and INTx stay (XSA-120)" \
	"$(($(setpci -s "$NIC" COMMAND.W | sed 's/^/0x/') & 0x543))" \
	"$((0x$(bytes "$hw.permissive.before" 5 1)$(bytes "$hw.permissive.before" 4 1) & 0x543))"
check "base addresses stay" same_bytes "$hw.permissive.before" "$hw.permissive.after" 16 24
check "the message address stays" \
	same_bytes "$hw.permissive.before" "$hw.permissive.after" $((16#$msi + 4)) 10
echo permissive >"$PCI/$NVME2/pciback/write_level"
hw_save "$NVME2" "$hw.sriov.before"
for word in 8 10 18 20; do
	poke_in_guest "$NVME2" "$(printf '%03x' $((16#$sriov + 16#$word))).L=ffffffff"
done
hw_save "$NVME2" "$hw.sriov.after"
check "the hidden capability stays" \
	same_bytes "$hw.sriov.before" "$hw.sriov.after" $((16#$sriov)) 64
echo strict >"$PCI/$NIC/pciback/write_level"
echo strict >"$PCI/$NVME2/pciback/write_level"
same "no device is permissive any more" "" "$(cat "$STUB/permissive")"
before=$(severity)
poke_in_guest "$NIC" "$reg.L=00004000"
same "strict again: the error severities stay" "$before" "$(severity)"

note "--- one quirk"
same "it is accepted" ok "$(stub_write quirks "$NIC-$reg:4:00004000")"
same "the level says so" quirks "$(cat "$PCI/$NIC/pciback/write_level")"
show "quirks" <"$STUB/quirks"
for value in 00000000 ffffffff; do
	poke_in_guest "$NIC" "$reg.L=$value"
	same "after $value only the mask's bits changed" \
		"$(printf '%08x' $(((16#$before & ~0x4000) | (16#$value & 0x4000))))" "$(severity)"
done
same "a quirk for a base address is refused" EPERM "$(stub_write quirks "$NIC-10:4:0")"
same "one for the hidden capability, too" EPERM \
	"$(stub_write quirks "$NVME2-$(printf '%03x' $((16#$sriov + 8))):2:0")"

note "--- interrupt control"
flags="$(printf '%02x' $((16#$msi + 2))).W"
was=$(setpci -s "$NIC" "$flags")
poke_in_guest "$NIC" "$flags=$(printf '%04x' $((16#$was | 1)))"
same "without it MSI stays off" "$was" "$(setpci -s "$NIC" "$flags")"
same "it is granted" ok "$(stub_write allow_interrupt_control "$NIC")"
same "and listed" "$NIC" "$(cat "$STUB/allow_interrupt_control")"
poke_in_guest "$NIC" "$flags=$(printf '%04x' $((16#$was | 1)))"
same "now the device model turns MSI on" "$((16#$was | 1))" "$((16#$(setpci -s "$NIC" "$flags")))"

note "--- the guest is destroyed"
check "the guest is destroyed" guest_kill vm1
for bdf in "$NIC" "$NVME2"; do
	hw_save "$bdf" "$hw.$bdf.end"
	check "$bdf: configuration space is as at seizure" \
		eval "changed $hw.$bdf.seized $hw.$bdf.end; cmp $hw.$bdf.seized $hw.$bdf.end"
	same "$bdf: bus mastering is off" 0 "$((0x$(setpci -s "$bdf" COMMAND.W) & 4))"
done
same "interrupt control has ended" "" "$(cat "$STUB/allow_interrupt_control")"
check "the quirk has ended" lacks "$STUB/quirks" "00004000"
same "the level is back" strict "$(cat "$PCI/$NIC/pciback/write_level")"
check "the list of dropped writes is still there" drops_are_sound "$NIC" "$domain"

note "--- the next guest"
must "it boots with the card" guest_start vm1 1 "$NIC"
next=$(xl domid vm1)
before=$(severity)
poke_in_guest "$NIC" "$reg.L=ffffffff"
same "what the quirk allowed is read-only again" "$before" "$(severity)"
check "the list of dropped writes is of this guest alone" drops_are_sound "$NIC" "$next"
same "lines in the kernel log for it" 1 "$(warned "$NIC" "$next")"
