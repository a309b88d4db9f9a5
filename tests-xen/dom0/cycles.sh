# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# The same thing done again and again: a guest made and destroyed, a disk attached and
# detached. Each round must leave the device as it was, and no interrupt may stay. What
# the rounds cost dom0 in memory is printed; with many rounds nothing may grow by one
# object a round, which with few cannot be told from what else goes on.

# The first rounds fill caches and load modules, and dom0's own processes grow; some 150
# pages are gone after twenty rounds and are no more after a hundred.
WARM_UP=2
LONG_WARM_UP=10
# From so many rounds on, growth is told from what else goes on.
MANY=50

meminfo() {
	sed -n "s/^$1: *\([0-9]*\).*/\1/p" /proc/meminfo
}

state_of_dom0() {
	printf 'uptime %s s, MemFree %s kB, Slab %s kB, vmalloc %s kB, irqs %s, of Xen pirqs %s, domain %s\n' \
		"$(cut -d. -f1 /proc/uptime)" "$(meminfo MemFree)" "$(meminfo Slab)" \
		"$(meminfo VmallocUsed)" "$(grep -c : /proc/interrupts)" \
		"$(grep -c xen-pirq /proc/interrupts)" "$(xl list | awk 'END { print $2 }')"
}

# account ROUND: what is in use now, one "ROUND WHAT NUMBER" a line. Slabs are shrunk first,
# or objects freed into a processor's own list would count as used; and a module is
# loaded, for which the kernel frees the addresses that it left for later.
account() {
	local cache
	sleep 1
	modprobe nvme-core && rmmod nvme-core
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done 2>/dev/null
	{
		awk 'NR > 2 { print "slab:" $1, $2 }' /proc/slabinfo
		echo "irq-lines $(grep -c : /proc/interrupts)"
		echo "pirqs $(grep -c xen-pirq /proc/interrupts)"
		echo "vmalloc-areas $(grep -vc unpurged /proc/vmallocinfo)"
		echo "free-pages $(($(meminfo MemFree) / -4))"
	} | sed "s/^/$1 /" >>/run/xpb/account
}

# trends: of all that was accounted for, one "GROWTH-A-ROUND FIRST LAST WHAT" a line. The
# growth is that of the straight line nearest to all accounts: free pages come and go by
# some fifty from one to the next, and two of them say nothing about a page a round.
trends() {
	awk '
		!($1 in seen) { seen[$1]; round[++nr] = $1; x += $1; xx += $1 * $1 }
		{ what[$2]; value[$2, $1] = $3 }
		END {
			for (w in what) {
				y = xy = 0
				for (i = 1; i <= nr; i++) {
					y += value[w, round[i]]
					xy += value[w, round[i]] * round[i]
				}
				print (nr * xy - x * y) / (nr * xx - x * x), value[w, round[1]] + 0,
				      value[w, round[nr]] + 0, w
			}
		}' /run/xpb/account | sort -rn
}

# costs_nothing ROUNDS: no interrupt stayed, and with many rounds nothing grew with them.
costs_nothing() {
	trends | awk -v rounds="$1" -v many="$MANY" '
		$4 ~ /irq/ ? $3 > $2 : rounds >= many && $1 > 0.8 {
			print $4 ": " $2 " before, now " $3 ", " $1 " a round"
			failed = 1
		}
		END { exit failed || !NR }'
}

# rounds COUNT COMMAND: COUNT rounds of it, accounted for.
rounds() {
	local count=$1 round good=0 warm_up=$WARM_UP
	[ "$count" -lt "$MANY" ] || warm_up=$LONG_WARM_UP
	rm -f /run/xpb/account
	for round in $(seq "$count"); do
		"$2" "$round" || break
		good=$round
		case "$round" in 1 | *[05]) note "after round $round: $(state_of_dom0)" ;; esac
		if [ "$round" = "$warm_up" ] || [ "$round" = "$count" ]; then
			account "$round"
		elif [ "$count" -ge "$MANY" ] && [ "$round" -gt "$warm_up" ]; then
			case "$round" in *[05]) account "$round" ;; esac
		fi
	done
	same "rounds that left the disk as it was" "$count" "$good"
	[ "$good" = "$count" ] || return 0
	show "grown most a round, from round $warm_up to $count: by, from, to" < <(trends | head -n 5)
	check "nothing in dom0 stays or grows with the rounds" costs_nothing "$count"
}

create_and_destroy() {
	guest_start vm1 1 "$NVME" || return 1
	grep -q '^GUEST-PCI 0108' "$(guest_log vm1)" || { note "round $1: no disk in the guest"; return 1; }
	guest_kill vm1 || return 1
	config_is "$NVME" "$seized" || { note "round $1: configuration space changed"; return 1; }
}

# cycles ROUNDS: a guest with the disk, made and destroyed.
cycles() {
	GUEST_QUICK=1
	must "module loads hiding the disk" load_hiding "$NVME"
	seized=$(config_of "$NVME")
	rounds "$1" create_and_destroy
}

attach_and_detach() {
	xl pci-attach vm1 "$NVME" || { note "round $1: not attached"; return 1; }
	guest_run vm1 "await 20 pci_there 0108" || { note "round $1: no disk in the guest"; return 1; }
	xl pci-detach vm1 "$NVME" || { note "round $1: not detached"; return 1; }
	guest_run vm1 "await 20 not pci_there 0108" || { note "round $1: the guest still has it"; return 1; }
	config_is "$NVME" "$seized" || { note "round $1: configuration space changed"; return 1; }
}

# attach_cycles ROUNDS: a guest that keeps another device gets the disk and loses it.
attach_cycles() {
	GUEST_QUICK=1
	must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
	seized=$(config_of "$NVME")
	must "a guest boots with the card" guest_start vm1 1 "$NIC"
	rounds "$1" attach_and_detach
	check "the guest dies" guest_kill vm1
}
