# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: many
# devices: many
# kernels: k6.12
# timeout: 300
#
# A bus is reset only when all functions on it are seized: refused, with the address of the
# one that is not, as long as dom0's driver has one of eight; then all eight at once, and 24
# behind a conventional bridge, each with its registers as before.

[ "$MODULE" = ours ] || skip "the in-tree driver does not reset a bus"

of() { cat "$PCI/$2/pciback/reset_$1"; }

# all_are STATE BDF...
all_are() {
	local bdf state=$1
	shift
	for bdf; do
		[ "$(of state "$bdf")" = "$state" ] || { echo "$bdf: $(of state "$bdf")"; return 1; }
	done
}

# configs BDF...: configuration space of all of them.
configs() {
	local bdf
	for bdf; do
		echo "$bdf"
		config_of "$bdf"
	done
}

# shellcheck disable=SC2153 # EIGHT comes from /xpb/config
read -ra eight <<<"$EIGHT"
read -ra behind <<<"$BEHIND_BRIDGE"

# As if they had no FLR.
for bdf in "${eight[@]}"; do echo >"$PCI/$bdf/reset_method"; done
must "one of eight is bound to dom0's nvme driver" bind_to nvme "${eight[1]}"
for bdf in "${eight[@]}"; do
	[ "$bdf" = "${eight[1]}" ] || [ -z "$(driver_of "$bdf")" ] ||
		echo "$bdf" >"$PCI/$bdf/driver/unbind"
done
kmsg_mark
must "module loads hiding the other seven" load_hiding "${eight[0]}" "${eight[@]:2}"
show "${eight[0]}: plan" < <(of plan "${eight[0]}")
check "the plan names the blocker" has <(of plan "${eight[0]}") \
	"^method (slot|bus) verdict host-driver bridge [0-9a-f:.]+ blocker ${eight[1]} functions"
kmsg_mark
same "do_flr" EBUSY "$(stub_write do_flr "${eight[0]}")"
kmsg_has "the log has the remedy" \
	"${eight[0]}: not reset: (slot|bus) reset would hit ${eight[1]} too, which is bound to nvme; give it to pciback first: xl pci-assignable-add ${eight[1]}"
check "dom0's driver still has its disk" is_bound "${eight[1]}" nvme

must "xl pci-assignable-add seizes the eighth" xl pci-assignable-add "${eight[1]}"
show "${eight[1]}: plan" < <(of plan "${eight[1]}")
show "${eight[1]}: history" < <(of history "${eight[1]}")
show "${eight[0]}: history" < <(of history "${eight[0]}")
check "its seizure reset all eight" all_are clean "${eight[@]}"
before=$(configs "${eight[@]}")
GUEST_QUICK=1
must "guest starts with two of them" guest_start vm1 1 "${eight[0]}" "${eight[1]}"
same "and has them" 2 "$(grep -c '^GUEST-PCI ' "$(guest_log vm1)")"
check "xl destroys it" guest_kill vm1
await 30 no_backends
show "${eight[0]}: history" < <(of history "${eight[0]}")
check "all eight are clean" all_are clean "${eight[@]}"
check "and their registers as before" diff <(echo "$before") <(configs "${eight[@]}")
check "the driver unloads" rmmod xen_pciback

before=$(configs "${behind[@]}" | grep -v '^000000')
must "module loads hiding ${#behind[@]} functions behind a bridge" load_hiding "${behind[@]}"
check "the last one's seizure reset them all" all_are clean "${behind[@]}"
show "${behind[0]}: plan" < <(of plan "${behind[0]}" | cut -c 1-200)
show "histories" < <(cat "$PCI"/0000:04:*/pciback/reset_history | sed 's/^time [0-9]* //; s/ms [0-9]* //' | sort | uniq -c)
check "their registers are as before" diff <(echo "$before") <(configs "${behind[@]}" | grep -v '^000000')
check "no warning about a bus reset without locks" lacks <(dmesg) 'unlocked secondary bus reset'
