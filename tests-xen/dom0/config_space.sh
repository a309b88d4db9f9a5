# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Configuration space compared byte by byte: the hardware's, as dom0 reads it, before
# and after a guest wrote to it, and the guest's own view.

# hw_save BDF FILE
hw_save() {
	cat "$PCI/$1/config" >"$2"
}

# view_save NAME ADDRESS FILE: the same as guest NAME sees it.
view_save() {
	guest_run "$1" "xxd -p /sys/bus/pci/devices/$2/config" | xxd -r -p >"$3"
}

# at FILE cap|ext ID: where that capability starts, in hexadecimal; nothing if absent.
at() {
	confwalk list "$1" | sed -n "s/^$2 $3 at //p" | head -n 1
}

# changed A B: "OFFSET OLD NEW" for each byte that differs.
changed() {
	local place old new
	cmp -l "$1" "$2" | while read -r place old new; do
		printf '%03x %02x %02x\n' $((place - 1)) $((8#$old)) $((8#$new))
	done
}

# master_off FILE: what it holds, with bus mastering off.
master_off() {
	local command
	command=$(dd if="$1" bs=1 skip=4 count=1 2>/dev/null | hexdump -e '1/1 "%u"')
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %02x $((command & ~4)))" | dd of="$1" bs=1 seek=4 conv=notrunc 2>/dev/null
}

# guest_bits FILE: "OFFSET BITS" for each byte in which a guest may change bits of the
# hardware at write level strict. FILE has that hardware's configuration space.
guest_bits() {
	local pm exp
	pm=$(at "$1" cap 01)
	exp=$(at "$1" cap 10)
	# COMMAND: bus master, memory write and invalidate; cache line size; BIST.
	printf '%s\n' "004 14" "00c ff" "00f ff"
	# PMCSR: power state, data select, PME_Status.
	[ -z "$pm" ] || printf '%03x %s\n' $((16#$pm + 4)) 03 $((16#$pm + 5)) 9e
	# Device Control: relaxed ordering, no snoop, read request size.
	[ -z "$exp" ] || printf '%03x %s\n' $((16#$exp + 8)) 10 $((16#$exp + 9)) 78
}

# only_guest_bits A B [OFFSET BITS]...: A and B differ only in guest_bits and in the bits
# given.
only_guest_bits() {
	local a=$1 b=$2 off bits old new wrong=0
	local -A may=()
	while read -r off bits; do
		may[$off]=$((16#$bits))
	done < <(guest_bits "$a"; shift 2; [ $# -eq 0 ] || printf '%s %s\n' "$@")
	while read -r off old new; do
		[ $(((16#$old ^ 16#$new) & ~${may[$off]:-0})) -eq 0 ] && continue
		echo "byte 0x$off was $old and is $new"
		wrong=1
	done < <(changed "$a" "$b")
	return $wrong
}

# bytes FILE FROM LENGTH: as hexadecimal text.
bytes() {
	dd if="$1" bs=1 skip="$2" count="$3" 2>/dev/null | xxd -p
}

# same_bytes A B FROM LENGTH
same_bytes() {
	[ "$(bytes "$1" "$3" "$4")" = "$(bytes "$2" "$3" "$4")" ] || {
		bytes "$1" "$3" "$4"
		bytes "$2" "$3" "$4"
		return 1
	}
}

# zeros FILE FROM LENGTH
zeros() {
	[ -z "$(bytes "$@" | tr -d '0\n')" ] || { bytes "$@"; return 1; }
}

# drops_of BDF: the list of dropped writes.
drops_of() {
	cat "$PCI/$1/pciback/dropped_writes"
}

# drops_are_sound BDF DOMAIN: every line of the list of dropped writes has the right format
# and names the domain, the list is bounded, and the counts add up.
drops_are_sound() {
	drops_of "$1" | awk -v domain="$2" '
		NR == 1 { if ($0 !~ /^total [0-9]+ unlisted [0-9]+$/) bad = $0
			  total = $2; sum = $4; next }
		$0 !~ "^offset 0x[0-9a-f]+ size [124] count [0-9]+ last 0x[0-9a-f]+ domain " domain "$" { bad = $0 }
		{ sum += $6 }
		END { if (bad) print "line: " bad
		      if (NR > 33) print NR " lines"
		      if (sum != total) print "counts make " sum ", total says " total
		      exit bad || NR > 33 || sum != total || !total }'
}

# warned BDF DOMAIN: how often the log says that the domain tried such a write.
warned() {
	dmesg | grep -c "$1: domain $2 tried to write to a read-only configuration space field"
}
