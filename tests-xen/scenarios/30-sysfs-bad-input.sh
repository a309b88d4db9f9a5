# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: input
# timeout: 280
#
# Every writable file of the driver with every kind of bad input: the errno the
# in-tree driver returns, and nothing changed. Then valid spellings of one slot.

state() {
	local f
	for f in slots permissive allow_interrupt_control irq_handlers; do
		[ ! -e "$STUB/$f" ] || cat "$STUB/$f"
	done
	ls -d "$STUB"/*:*
}

# bad FILE ERRNO INPUT...: each INPUT is answered with ERRNO.
bad() {
	local file=$1 expected=$2 input got wrong=0
	shift 2
	for input; do
		got=$(printf '%b' "$input" | poke "$STUB/$file")
		[ "$got" = "$expected" ] && continue
		wrong=$((wrong + 1))
		note "      '${input:0:40}' -> $got, expected $expected"
	done
	check "$file: $# inputs -> $expected" [ "$wrong" = 0 ]
}

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
long=$(printf 'z%.0s' {1..5000})
malformed=('\n' ' ' hello "$long" "$NVME$long" 0000:03:00 '0000:*:*.*' '0000:03:*.0'
	0000:82.0.0 -1:03:00.0 "$NVME $NVME" "$NVME," "$NVME x" "$NVME\n$NVME")
out_of_range=(0000:03:00.8 0000:03:20.0 10000:03:00.0 0000:100:00.0)
wildcards=('0000:01:00.*' '01:00.*' '0000:01:*.*')
unknown=0000:77:00.0

for file in new_slot remove_slot permissive allow_interrupt_control irq_handler_state quirks do_flr; do
	[ -e "$STUB/$file" ] || { note "$file: not offered by this module"; continue; }
	before=$(state)
	bad "$file" EINVAL "${malformed[@]}"
	# An empty write never reaches a driver: sysfs returns before.
	bad "$file" ok ""
	case "$file" in
	new_slot) bad "$file" EINVAL "${out_of_range[@]}" ;;
	remove_slot) bad "$file" ENOENT "$unknown" "$NVME2" '0000:77:*.*' "${out_of_range[@]}" ;;
	permissive | allow_interrupt_control | do_flr)
		bad "$file" ENODEV "$unknown" "$NVME2" "${wildcards[@]}" "${out_of_range[@]}" ;;
	irq_handler_state)
		bad "$file" ENOENT "$unknown" "$NVME2" "${wildcards[@]}" "${out_of_range[@]}" ;;
	quirks)
		bad "$file" EINVAL "$NVME" "$NVME-40" "$NVME-40:1" "$NVME-1000:1:0" \
			"$NVME-40:3:0" "$NVME-40:1:100" '0000:01:00.*-40:1:0' "$NVME-zz:1:0"
		bad "$file" ENODEV "$unknown-40:1:0" "$NVME2-40:1:0" ;;
	esac
	same "$file: state unchanged" "$before" "$(state)" >/run/xpb/same || cat /run/xpb/same
done

note "--- bind and unbind"
bad bind ENODEV "$NVME2" "$unknown" hello
bad unbind ENODEV "$NVME2" "$unknown" hello
for file in slots irq_handlers; do
	[ ! -e "$STUB/$file" ] || same "$file is read-only" 444 "$(stat -c %a "$STUB/$file")"
done

note "--- valid spellings"
for text in 0000:77:00.0 '77:00.0\n' '  0000:77:00.0 ' 0x0:0x77:0x0.0x0 0000:77:0.00 '0000: 77: 00. 0'; do
	bad new_slot ok "$text"
	same "slots after '$text'" "$NVME $NIC $unknown" "$(xargs <"$STUB/slots")"
	bad remove_slot ok "$text"
done
bad new_slot ok '77:00.*'
same "functions of one slot" 10 "$(grep -c . "$STUB/slots")"
bad remove_slot ok '0000:77:*.*'
same "slots are as at first" "$NVME $NIC" "$(xargs <"$STUB/slots")"
bad permissive ok "${NVME#0000:}\n"
same "permissive shows the disk" "$NVME" "$(xargs <"$STUB/permissive")"
