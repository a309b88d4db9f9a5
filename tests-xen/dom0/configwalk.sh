# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# A guest reads and writes every byte of a device's configuration space, at every size,
# FLR and power states included. The hardware changes only where a guest may change it at
# write level strict, and is as at seizure when the guest is gone.

hw=/run/xpb/hw view=/run/xpb/view
declare -A guest_of=() kind=(
	[${NVME2:-none}]="disk with SR-IOV" [${NIC:-none}]="card" [${NIC2:-none}]="conventional card"
)

# in_guest COMMAND: with a long limit, because a walk is many thousand accesses.
in_guest() {
	GUEST_LIMIT=400 guest_run vm1 "$1"
}

# walk BDF SIZE PATTERN [END]
walk() {
	in_guest "confwalk write /sys/bus/pci/devices/${guest_of[$1]}/config $2 $3 $4"
}

# walk_all BDF: every byte at every size, and more patterns in the first 512 bytes.
walk_all() {
	local size pattern
	walk "$1" 1 ff && walk "$1" 2 a5 && walk "$1" 4 5a || return 1
	for pattern in 00 ff; do
		for size in 4 2 1; do
			walk "$1" "$size" "$pattern" 512 || return 1
		done
	done
}

# poke_in_guest BDF REGISTER=VALUE: one write, as setpci spells it.
poke_in_guest() {
	guest_run vm1 "setpci -s ${guest_of[$1]} $2"
}

# config_walk BDF: the whole walk, as a scenario of one device.
config_walk() {
	local walked=("$1") sriov='' msi='' bdf name config slot domain
	# An address and data as the host's own interrupts have them: a guest must not see them.
	[ "$1" != "$NIC" ] || setpci -s "$NIC" CAP_MSI+4.L=fee0100c CAP_MSI+8.L=0 CAP_MSI+c.W=4321
	must "module loads hiding it" load_hiding "${walked[@]}"
	for bdf in "${walked[@]}"; do
		hw_save "$bdf" "$hw.$bdf.seized"
	done
	case "$1" in
	"$NVME2")
		sriov=$(at "$hw.$NVME2.seized" ext 0010)
		check "it has an SR-IOV capability to hide" [ -n "$sriov" ]
		;;
	"$NIC")
		msi=$(at "$hw.$NIC.seized" cap 05)
		same "the host's message address is there" 0c10e0fe \
			"$(bytes "$hw.$NIC.seized" $((16#$msi + 4)) 4)"
		;;
	esac

	GUEST_QUICK=1
	must "guest boots with it, no driver on it" guest_start vm1 1 "${walked[@]}"
	domain=$(xl domid vm1)
	slot=0
	for bdf in "${walked[@]}"; do
		guest_of[$bdf]=$(printf '0000:00:%02x.0' "$slot")
		slot=$((slot + 1))
	done

	note "--- strict"
	for bdf in "${walked[@]}"; do
		name="${kind[$bdf]}" config=/sys/bus/pci/devices/${guest_of[$bdf]}/config
		view_save vm1 "${guest_of[$bdf]}" "$view.$bdf"
		hw_save "$bdf" "$hw.$bdf.before"
		same "$name: the guest sees all of its configuration space" \
			"$(stat -c %s "$hw.$bdf.before")" "$(stat -c %s "$view.$bdf")"
		check "$name: the guest sees its vendor and device ID" same_bytes "$view.$bdf" "$hw.$bdf.seized" 0 4
		check "$name: base addresses are as assigned" same_bytes "$view.$bdf" "$hw.$bdf.seized" 16 24
		check "$name: the sizes of access agree" in_guest "confwalk read $config"
		in_guest "cp $config /tmp/own; confwalk list $config" >/run/xpb/list
		show "$name: capabilities in the guest" < <(tr '\n' ';' </run/xpb/list; echo)
		check "$name: no capability that is hidden" lacks /run/xpb/list \
			"^ext 00(0f|10|11|13|15|1b|1d|24|2e|30)"

		check "$name: the guest writes everywhere" walk_all "$bdf"
		hw_save "$bdf" "$hw.$bdf.after"
		show "$name: bytes of the hardware that changed" < <(
			changed "$hw.$bdf.before" "$hw.$bdf.after" | tr '\n' ';'; echo)
		check "$name: only what a guest may change at level strict" \
			only_guest_bits "$hw.$bdf.before" "$hw.$bdf.after"
		check "$name: the guest writes back what it read" \
			eval "walk $bdf 1 /tmp/own 512 && walk $bdf 2 /tmp/own 512 && walk $bdf 4 /tmp/own"
		hw_save "$bdf" "$hw.$bdf.own"
		check "$name: again only that has changed" only_guest_bits "$hw.$bdf.before" "$hw.$bdf.own"
		check "$name: the guest sees the same addresses as before" \
			eval "view_save vm1 ${guest_of[$bdf]} $view.$bdf.own && same_bytes $view.$bdf.own $view.$bdf 16 24"
		show "$name: dropped writes" < <(drops_of "$bdf" | head -n 5)
		check "$name: the list of dropped writes is bounded, complete and names the guest" drops_are_sound "$bdf" "$domain"
		same "$name: lines in the kernel log" 1 "$(warned "$bdf" "$domain")"
	done
	[ -z "$sriov" ] ||
		check "the SR-IOV capability reads as zero" zeros "$view.$NVME2" $((16#$sriov + 4)) 60
	[ -z "$msi" ] ||
		check "no message address reaches the guest" zeros "$view.$NIC" $((16#$msi + 4)) 12

	note "--- the guest is destroyed"
	check "the guest is destroyed" guest_kill vm1
	for bdf in "${walked[@]}"; do
		hw_save "$bdf" "$hw.$bdf.end"
		check "${kind[$bdf]}: configuration space is as at seizure" \
			eval "changed $hw.$bdf.seized $hw.$bdf.end; cmp $hw.$bdf.seized $hw.$bdf.end"
		same "${kind[$bdf]}: bus mastering is off" 0 "$((16#$(setpci -s "$bdf" COMMAND.W) & 4))"
	done
}
