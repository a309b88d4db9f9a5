# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: many
# devices: many
# kernels: k6.12 debug
# timeout: 300
#
# 32 functions in one guest, among them a device of eight functions and 24 behind a hidden
# bridge: the eight stay one device, and drivers of the guest work with one of each kind.

# shellcheck disable=SC2153 # from /xpb/config
read -r -a eight <<<"$EIGHT"
read -r -a behind <<<"$BEHIND_BRIDGE"
functions=("${eight[@]}" "${behind[@]}")
must "module loads hiding the eight and the bridge" load_hiding "${eight[@]}" "$BRIDGE"
before=$(for bdf in "${functions[@]}"; do config_of "$bdf"; done)
# Drivers are bound by hand: starting eight disks would take long and test nothing more.
GUEST_QUICK=1
must "guest boots with ${#functions[@]} functions" guest_start vm1 1 "${functions[@]}"
grep '^GUEST-PCI' "$(guest_log vm1)" | awk '{ print $3 }' | tr -d '\r' >/run/xpb/seen
same "functions the guest sees" 32 "$(grep -c . /run/xpb/seen)"
# The first that was assigned has the first slot.
same "the eight functions are one device in the guest" 8 "$(grep -c ':00\.[0-7]$' /run/xpb/seen)"
same "slots of the guest's bus" 25 "$(sed 's/\.[0-7]$//' /run/xpb/seen | sort -u | grep -c .)"
same "functions with vendor and device ID" 32 \
	"$(guest_run vm1 "lspci -n | grep -cvi ffff")"
# One function of the eight, and the card behind the bridge on its INTx line.
disk=0000:00:00.${NVME2##*.}
check "the guest's driver binds to one of the eight" guest_run vm1 \
	"echo 0 >/sys/bus/pci/drivers_autoprobe; modprobe nvme; echo $disk >/sys/bus/pci/drivers/nvme/bind"
check "and starts the disk" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
same "the guest reads the pattern" "$PATTERN2_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"
card=0000:00:01.0
check "the guest's driver binds to the card behind the bridge" guest_run vm1 \
	"modprobe e1000; echo $card >/sys/bus/pci/drivers/e1000/bind"
check "and reaches the gateway" guest_run vm1 "net_ping e1000"
guest_irqs vm1 >/run/xpb/irqs
show "guest's interrupts" </run/xpb/irqs
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
after=$(for bdf in "${functions[@]}"; do config_of "$bdf"; done)
check "configuration space of all is as at seizure" diff <(echo "$before") <(echo "$after")
