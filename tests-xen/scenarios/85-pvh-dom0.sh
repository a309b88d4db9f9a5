# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: pvh
# host: pvh
# devices: all
# kernels: k6.12
# xens: 4.17 4.20
# timeout: 240
#
# A PVH dom0: functions are seized, have their sysfs files, are reset, a toolstack gets their
# interrupt line, and dom0's own driver can use them when they are released. Xen 4.17 cannot
# be told of resets; 4.20 is told, and stops the machine if that is a function that it could
# not set up, as every virtual one.

same "dom0 is" PVH "$(cat /sys/hypervisor/guest_type)"
for bdf in "${ALL_DEVICES[@]}"; do
	setpci -s "$bdf" COMMAND.W=0003
done
before=$(config_of "$NVME2")
before_nic=$(config_of "$NIC")

# line BDF: claim that the toolstack's ioctl returns an interrupt line.
line() {
	local answer
	answer=$(gsi "$1")
	case "$answer" in
	ENOTTY) note "this kernel does not have the ioctl" ;;
	*) check "$1 has the interrupt line $answer" [ "$answer" -gt 0 ] ;;
	esac
}

# no_line ERRNO WHAT BDF
no_line() {
	[ "$(gsi "$3")" = ENOTTY ] || same "$2 has no line" "$1" "$(gsi "$3")"
}

kmsg_mark
must "module loads hiding a disk and two cards" load_hiding "$NVME2" "$NIC" "$NIC2"
check "modprobe took the module under test" module_is_ours
for bdf in "$NVME2" "$NIC" "$NIC2"; do
	check "$bdf is bound to pciback" is_bound "$bdf" pciback
done
check "the device that was not named is left alone" is_bound "$NVME" ""
kmsg_since >/run/xpb/kmsg
show "kernel log" < <(grep pciback /run/xpb/kmsg)
check "no function met an error" lacks /run/xpb/kmsg \
	'error -|not seized|did not take note|cannot set it up|cannot prepare|no interrupt line'
check "xl lists the disk as assignable" is_assignable "$NVME2"

note "--- sysfs"
same "slots lists them" "$NVME2 $NIC $NIC2" "$(xargs <"$STUB/slots")"
show "irq_handlers" <"$STUB/irq_handlers"
# The in-tree driver leaves functions bound without one.
same "each has a record" 3 "$(grep -c . "$STUB/irq_handlers")"
same "permissive is accepted" ok "$(stub_write permissive "$NVME2")"
same "and shown" "$NVME2" "$(cat "$STUB/permissive")"
same "and refused for a function without a record" ENODEV "$(stub_write permissive "$NVME")"

note "--- reset"
check "the disk is reset" eval 'echo 1 >"$PCI/$NVME2/reset"'
check "the card is reset" eval 'echo 1 >"$PCI/$NIC/reset"'

note "--- interrupt lines"
for bdf in "$NVME2" "$NIC" "$NIC2"; do
	line "$bdf"
done
no_line ENODEV "a function that is not seized" "$NVME"
no_line ENODEV "a function that is not there" 0000:77:00.0

note "--- seized from dom0's driver and released"
kmsg_mark
must "the other disk is bound to dom0's nvme driver" bind_to nvme "$NVME"
check "which starts it" await 40 disk_of "$DISK_SERIAL"
must "xl pci-assignable-add seizes it" xl pci-assignable-add "$NVME"
check "it is bound to pciback" is_bound "$NVME" pciback
line "$NVME"
# It works only if the registers that the reset cleared are restored.
must "xl pci-assignable-remove -r releases it to nvme" xl pci-assignable-remove -r "$NVME"
check "nvme has it again" await 10 is_bound "$NVME" nvme
check "which starts it" await 40 disk_of "$DISK_SERIAL"
same "dom0 reads the pattern" "$PATTERN_SHA256" \
	"$(disk_sum "$DISK_SERIAL" 0 "$PATTERN_BLOCKS")"
no_line ENODEV "a function that is not seized any more" "$NVME"
kmsg_since >/run/xpb/kmsg
check "Xen took note of each reset" lacks /run/xpb/kmsg 'did not take note|cannot set it up'

note "--- the module is unloaded"
check "it unloads" rmmod xen_pciback
check "the disk's configuration space is as before" config_is "$NVME2" "$before"
check "the card's, too" config_is "$NIC" "$before_nic"
no_line EOPNOTSUPP "a function without a driver that answers" "$NVME2"

note "--- a function without an interrupt line"
must "the module loads again, hiding a card" load_hiding "$NIC"
check "and seizes what hide= names" is_bound "$NIC" pciback
must "the second disk is bound to dom0's nvme driver" bind_to nvme "$NVME2"
check "which starts it" await 40 controller_of "$NVME2"
# Not for dom0's driver; but with this off no driver could be bound to it.
echo 0 >"$PCI/$NVME2/sriov_drivers_autoprobe"
must "a virtual function is enabled" eval 'echo 1 >"$PCI/$NVME2/sriov_numvfs"'
echo 1 >"$PCI/$NVME2/sriov_drivers_autoprobe"
vf=$(vf_of "$NVME2" 0)
same "new_slot accepts it" ok "$(stub_write new_slot "$vf")"
kmsg_mark
same "it is written to bind" ok "$(stub_write bind "$vf")"
check "it is bound to pciback" is_bound "$vf" pciback
no_line ENOENT "it is seized, but" "$vf"
show "kernel log" < <(kmsg_since | grep pciback)
same "it is written to unbind" ok "$(stub_write unbind "$vf")"
check "the virtual function is disabled" eval 'echo 0 >"$PCI/$NVME2/sriov_numvfs"'
