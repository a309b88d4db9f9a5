# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hvm-many
# host: hvm
# devices: many
# when: soak
# kernels: k6.1 k6.12
# timeout: 500
#
# Functions of an HVM guest that can only be reset together with others: two functions of one
# device without FLR, one of them powered down by the guest, and a conventional card behind a
# bridge. All are reset by their bus when the guest is gone.

[ "$MODULE" = ours ] || skip "the in-tree driver does not reset a bus"
GUEST_TYPE=hvm
GUEST_ARGS=xpb_all_drivers

# shellcheck disable=SC2153 # EIGHT comes from /xpb/config
read -ra eight <<<"$EIGHT"
read -ra behind <<<"$BEHIND_BRIDGE"
given=("${eight[4]}" "$NVME2" "$NIC2")

configs() {
	local bdf
	for bdf; do
		echo "$bdf"
		await 20 settled "$bdf"
		# Errors of the bus are left to the host.
		config_of "$bdf" | grep -v '^000000'
	done
}

# As if they had no FLR.
for bdf in "${eight[@]}"; do echo >"$PCI/$bdf/reset_method"; done
must "module loads hiding the eight and the bridge's" load_hiding "${eight[@]}" "${behind[@]}"
before=$(configs "${given[@]}")
must "guest boots with two of the eight and the card" guest_start vm1 1 "${given[@]}"
check "its driver starts the disk" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
same "it reads the pattern" "$PATTERN2_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"
check "the card reaches the gateway" guest_run vm1 "net_ping e1000"
guest_irqs vm1 >/run/xpb/irqs
show "its interrupts" </run/xpb/irqs

check "the guest's driver lets the other function go" guest_run vm1 \
	'd=$(cd "$(dirname "$(grep -l xpb-f4 /sys/class/nvme/nvme*/serial)")/device" && pwd -P) && basename "$d" >/tmp/bdf && cat /tmp/bdf >/sys/bus/pci/drivers/nvme/unbind'
same "and powers it down to D3hot" 3 "$(guest_run vm1 \
	'setpci -s "$(cat /tmp/bdf)" CAP_PM+4.w=3:3; echo $((0x$(setpci -s "$(cat /tmp/bdf)" CAP_PM+4.w) & 3))')"
note "in hardware PMCSR is then $(setpci -s "${eight[4]}" CAP_PM+4.w)"
same "the disk is read on" "$PATTERN2_SHA256" \
	"$(guest_run vm1 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"

check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "all are as at seizure" diff <(echo "$before") <(configs "${given[@]}")
for bdf in "${given[@]}"; do
	show "resets of $bdf" <"$PCI/$bdf/pciback/reset_history"
	check "and reset by its bus or slot after that guest" \
		has "$PCI/$bdf/pciback/reset_history" "method (bus|slot) reason (deassign|neighbour) .* result 0\$"
	same "$bdf is" clean "$(cat "$PCI/$bdf/pciback/reset_state")"
done
