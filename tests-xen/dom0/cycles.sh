# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# The same steps many times: a guest created and destroyed, a disk attached and detached.
# After each round the device must be as before, and no interrupt may stay in use. The use
# of dom0's memory is printed; with many rounds nothing may grow by one object a round. With
# few rounds that cannot be told from other activity.

# The first rounds fill caches and load modules, and dom0's own processes grow: 150 pages or
# so in the first twenty rounds, and none after that.
WARM_UP=2
LONG_WARM_UP=10
# From so many rounds on, growth can be told from other activity.
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
# or objects on a CPU's own free list would count as used. Loading a module makes the
# kernel purge lazily freed vmalloc areas.
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

# trends: one "GROWTH-A-ROUND FIRST LAST WHAT" a line for everything accounted for. The
# growth is the slope of the least-squares line through all accounts: the number of free
# pages varies by fifty or so, so two accounts cannot show a growth of one page a round.
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

# costs_nothing ROUNDS: no interrupt stays in use, and with many rounds nothing grows.
costs_nothing() {
	trends | awk -v rounds="$1" -v many="$MANY" '
		$4 ~ /irq/ ? $3 > $2 : rounds >= many && $1 > 0.8 {
			print $4 ": " $2 " before, now " $3 ", " $1 " a round"
			failed = 1
		}
		END { exit failed || !NR }'
}

# all_rounds COUNT GOOD: prints what the round after GOOD said, if there was one.
all_rounds() {
	[ "$1" = "$2" ] || { cat /run/xpb/round; return 1; }
}

# rounds COUNT COMMAND: COUNT rounds of it, with accounts.
rounds() {
	local count=$1 round good=0 warm_up=$WARM_UP
	[ "$count" -lt "$MANY" ] || warm_up=$LONG_WARM_UP
	rm -f /run/xpb/account
	for round in $(seq "$count"); do
		"$2" "$round" >/run/xpb/round 2>&1 || break
		good=$round
		case "$round" in 1 | *[05]) note "after round $round: $(state_of_dom0)" ;; esac
		if [ "$round" = "$warm_up" ] || [ "$round" = "$count" ]; then
			account "$round"
		elif [ "$count" -ge "$MANY" ] && [ "$round" -gt "$warm_up" ]; then
			case "$round" in *[05]) account "$round" ;; esac
		fi
	done
	check "rounds after which the disk is as before: $good" all_rounds "$count" "$good"
	[ "$good" = "$count" ] || return 0
	show "grown most a round, from round $warm_up to $count: by, from, to" < <(trends | head -n 5)
	check "no use of dom0's resources grows with the rounds" costs_nothing "$count"
}

create_and_destroy() {
	guest_start vm1 1 "$NVME" || return 1
	grep -q '^GUEST-PCI 0108' "$(guest_log vm1)" || { note "round $1: no disk in the guest"; return 1; }
	guest_kill vm1 || return 1
	config_is "$NVME" "$seized" || { note "round $1: configuration space changed"; return 1; }
}

# cycles ROUNDS: a guest with the disk, created and destroyed.
cycles() {
	GUEST_QUICK=1
	must "module loads hiding the disk" load_hiding "$NVME"
	seized=$(config_of "$NVME")
	rounds "$1" create_and_destroy
}

attach_and_detach() {
	xl pci-attach vm1 "$NVME" || { note "round $1: not attached"; return 1; }
	guest_run vm1 "await 20 pci_there 0108" || { note "round $1: no disk in the guest"; return 1; }
	# The function is there before the frontend is done with it. xl waits 10 s for that, less
	# than a starved guest takes, and goes on.
	await 30 state_is 4 || { note "round $1: the frontend is not done"; return 1; }
	xl pci-detach vm1 "$NVME" || { note "round $1: not detached"; return 1; }
	guest_run vm1 "await 20 not pci_there 0108" || { note "round $1: the guest still has it"; return 1; }
	config_is "$NVME" "$seized" || { note "round $1: configuration space changed"; return 1; }
}

# attach_cycles ROUNDS: the disk is attached to and detached from a guest that has another
# device all the time.
attach_cycles() {
	GUEST_QUICK=1
	must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
	seized=$(config_of "$NVME")
	must "a guest boots with the card" guest_start vm1 1 "$NIC"
	backend=/local/domain/0/backend/pci/$(xl domid vm1)/0
	rounds "$1" attach_and_detach
	check "the guest is destroyed" guest_kill vm1
}
