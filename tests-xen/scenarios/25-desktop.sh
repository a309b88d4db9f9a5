# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: desktop
# devices: desktop
# modules: usb-storage sd_mod ahci
# kernels: k6.12
# when: soak
# timeout: 300
#
# What people give away: a USB controller with a disk behind it, an AHCI controller, a graphics
# card with its sound function (two functions, no FLR), and a disk on a root bus that is not 0,
# with an MSI-X table of three pages. The guest's drivers read all disks; when it is gone each
# function is as at seizure, the card and its sound reset by their bus.

given=("$XHCI" "$AHCI" "$VGA" "$SOUND" "$NVME")

configs() {
	local bdf
	for bdf; do
		await 20 settled "$bdf"
		echo "$bdf"
		config_of "$bdf"
	done
}

# table BDF: entries of its MSI-X table.
table() {
	echo $(((0x$(setpci -s "$1" CAP_MSIX+2.W) & 0x7ff) + 1))
}

must "module loads hiding all" load_hiding "${given[@]}"
for bdf in "${given[@]}"; do
	check "$bdf is bound to pciback" is_bound "$bdf" pciback
done
before=$(configs "${given[@]}")
must "guest boots with all" guest_start vm1 1 "${given[@]}"
show "its functions" < <(guest_run vm1 lspci)
check "sound is the card's second function there" guest_run vm1 \
	'v=$(lspci | sed -n "s/\\.0 VGA.*//p") && lspci -s "$v.1" | grep -i audio'
check "its drivers load" guest_run vm1 "for d in xhci-pci usb-storage ahci sd_mod; do modprobe \$d || exit; done"

check "the disk on the other root bus starts" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "it reads the pattern" same_sum vm1
check "its MSI-X table has more than 256 entries, a page" [ "$(table "$NVME")" -gt 256 ]
same "as in the guest" "$(table "$NVME")" "$(guest_run vm1 \
	'a=$(basename "$(dirname "$(ls -d /sys/bus/pci/drivers/nvme/*:*/class)")"); echo $(((0x$(setpci -s "$a" CAP_MSIX+2.W) & 0x7ff) + 1))')"
check "the disk behind the USB controller is there" guest_run vm1 "await 60 scsi_disk_on usb"
same "it reads the pattern" "$PATTERN2_SHA256" \
	"$(guest_run vm1 "block_sum \$(scsi_disk_on usb) 0 $PATTERN_BLOCKS")"
check "the disk of the AHCI controller is there" guest_run vm1 "await 60 scsi_disk_on ata"
same "it reads the pattern" "$PATTERN_SHA256" \
	"$(guest_run vm1 "block_sum \$(scsi_disk_on ata) 0 $PATTERN_BLOCKS")"
show "its interrupts" < <(guest_run vm1 "grep -E 'nvme|xhci|ahci' /proc/interrupts")

check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "all are as at seizure" diff <(echo "$before") <(configs "${given[@]}")
[ "$MODULE" = ours ] || exit 0
for bdf in "${given[@]}"; do
	show "resets of $bdf" <"$PCI/$bdf/pciback/reset_history"
	same "$bdf is" clean "$(cat "$PCI/$bdf/pciback/reset_state")"
done
for bdf in "$VGA" "$SOUND"; do
	check "$bdf was reset by its bus after that guest" has "$PCI/$bdf/pciback/reset_history" \
		'method (bus|slot) reason (deassign|neighbour) .* result 0$'
done
