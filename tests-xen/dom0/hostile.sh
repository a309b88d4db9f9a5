# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# A guest whose frontend attacks (guest/hostile/), and what must hold afterwards.
# Its functions are at slots 0, 1, ... of its bus: devfn 0, 8, ...

SEIZED=/run/xpb/seized

# hostile_start NAME VCPUS BDF...: its frontend is connected, as pcifront would be.
hostile_start() {
	local name=$1 bdf
	for bdf in "${@:3}"; do
		hw_save "$bdf" "$SEIZED.$bdf"
	done
	GUEST_ARGS="xpb_hostile ${HOSTILE_ARGS:-}" guest_start "$@" || return 1
	await 20 backend_is "$name" 4 || { xenstore-ls "$(backend_of "$name")"; return 1; }
}

# backend_is NAME STATE
backend_is() {
	[ "$(xenstore-read "$(backend_of "$1")/state")" = "$2" ]
}

# attack NAME WORDS...: one attack; prints its result.
attack() {
	GUEST_LIMIT=${GUEST_LIMIT:-240} guest_run "$1" "hostile ${*:2}"
}

# attack_bg NAME WORDS...: the same in the background.
attack_bg() {
	guest_bg "$1" "hostile ${*:2} >/tmp/attack"
}

# answers NAME: lines of standard input are "ATTACK -> PATTERN"; claims that the result of
# each attack matches its pattern, and shows it.
answers() {
	local line words='' saw
	local -a attacks=() patterns=()
	while IFS= read -r line; do
		[ -n "$line" ] || continue
		attacks+=("${line%% -> *}")
		patterns+=("${line##* -> }")
		words+=" '${line%% -> *}'"
	done
	GUEST_LIMIT=120 guest_run "$1" "printf '%s\n'$words | hostile_each" >/run/xpb/answers
	local i
	for i in "${!attacks[@]}"; do
		saw=$(sed -n "$((i + 1))p" /run/xpb/answers)
		check "${saw:-${attacks[i]}}" is_answer "$saw" "${attacks[i]}" "${patterns[i]}"
	done
}

is_answer() {
	[[ $1 =~ ^"$2: "($3)$ ]] || { echo "expected: $3"; return 1; }
}

# still_serves NAME DEVFN BDF: a valid read is answered with the right value.
still_serves() {
	local id
	id=$(attack "$1" op cmd=0 devfn="$2" offset=0)
	[ "$id" = "$(printf 'err 0 value 0x%x' "0x$(setpci -s "$3" 0.L)")" ] || {
		echo "$id"
		return 1
	}
}

# log_watch, log_bounded WHAT: claims that since the former dom0's kernel log grew
# no faster than a few rate limits allow, however much the guest did.
log_watch() {
	kmsg_mark
	LOG_SINCE=$(date +%s)
}

log_bounded() {
	local lines seconds
	kmsg_since >/run/xpb/kmsg
	lines=$(wc -l </run/xpb/kmsg)
	seconds=$(($(date +%s) - LOG_SINCE))
	# Linux's default limit is 10 messages in 5 s from one place.
	check "$1: $lines lines in dom0's kernel log in $seconds s" \
		[ "$lines" -le $((5 * seconds + 50)) ]
	show "the first" < <(head -n 8 /run/xpb/kmsg)
}

# after_the_guest BDF...: claims for after its end: every byte as at seizure, no bus
# mastering, no interrupts.
after_the_guest() {
	local bdf
	for bdf; do
		hw_save "$bdf" "$SEIZED.$bdf.end"
		check "$bdf: configuration space is as at seizure" \
			eval "changed $SEIZED.$bdf $SEIZED.$bdf.end; cmp -s $SEIZED.$bdf $SEIZED.$bdf.end"
		same "$bdf: bus mastering is off" 0 "$((0x$(setpci -s "$bdf" COMMAND.W) & 4))"
		check "$bdf: no MSI, no MSI-X" msi_is_off "$bdf"
		check "$bdf: another guest can have it" is_assignable "$bdf"
	done
}

msi_is_off() {
	! lspci -s "$1" -vv | grep -E "MSI(-X)?: Enable\+"
}

# disk_is_whole: dom0's own driver can use the first disk and reads the known pattern.
disk_is_whole() {
	check "xl pci-assignable-remove releases the disk" xl pci-assignable-remove "$NVME"
	check "it is bound to dom0's nvme driver" bind_to nvme "$NVME"
	check "which starts it" await 40 disk_of "$DISK_SERIAL"
	same "dom0 reads the pattern" "$PATTERN_SHA256" \
		"$(disk_sum "$DISK_SERIAL" 0 "$PATTERN_BLOCKS")"
}
