# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# The same guest made and destroyed again and again. Each must see its device and
# leave it as it was; what the rounds cost dom0 in memory and interrupts is printed,
# not judged.

state_of_dom0() {
	echo 3 >/proc/sys/vm/drop_caches
	printf 'MemFree %s kB, Slab %s kB, irqs %s, domain %s\n' \
		"$(sed -n 's/^MemFree: *\([0-9]*\).*/\1/p' /proc/meminfo)" \
		"$(sed -n 's/^Slab: *\([0-9]*\).*/\1/p' /proc/meminfo)" \
		"$(grep -c . /proc/interrupts)" "$(xl list | awk 'END { print $2 }')"
}

# cycles ROUNDS
cycles() {
	local before round good=0
	# A small guest boots faster, and it boots often here.
	GUEST_QUICK=1 GUEST_MEMORY=160
	must "module loads hiding the disk" load_hiding "$NVME"
	before=$(config_of "$NVME")
	for round in $(seq "$1"); do
		guest_start vm1 1 "$NVME" || break
		grep -q '^GUEST-PCI 0108' "$(guest_log vm1)" || { note "round $round: no disk in the guest"; break; }
		guest_kill vm1 || break
		config_is "$NVME" "$before" || { note "round $round: configuration space changed"; break; }
		good=$round
		case "$round" in 1 | *[05]) note "after round $round: $(state_of_dom0)" ;; esac
	done
	same "rounds in which the guest saw its disk and left it as it was" "$1" "$good"
}
