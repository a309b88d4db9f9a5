# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# timeout: 100000
#
# Runs in dom0, as a scenario of tests-xen does and with the same helpers: one guest
# attacks, another reads. Prints for every attack
#	STORM <attack> dom0=<CPU %> bad=<CPU %> good=<CPU %> <what confpace said>
#	SEEN <attack> <what the attacker said>; bench/storm.py knows the names.

must "module loads" load_hiding "$NVME" "$NIC"
# shellcheck disable=SC2034 # read by guest_start: no driver, nothing that interrupts
GUEST_QUICK=1
must "one guest attacks" hostile_start bad 1 "$NVME"
must "another one reads" guest_start good 1 "$NIC"
config=$(guest_run good "ls /sys/bus/pci/devices/*/config")

# shares: CPU shares of the last $STORM_MS, by domain. The first sample is since boot.
shares() {
	xentop -b -f -i 2 -d $((STORM_MS / 1000)) | awk '
		$1 == "NAME" { sample++; next }
		sample == 2 { name = $1 == "Domain-0" ? "dom0" : $1; printf "%s=%s ", name, $4 }'
}

# during NAME [ATTACK...]: the reader's pace while it goes on.
during() {
	local name=$1 pace
	shift
	[ $# -eq 0 ] || attack_bg bad "$@" ms=$((STORM_MS + 3000))
	guest_bg good "confpace $config $STORM_MS >/tmp/pace"
	pace=$(shares)
	guest_run good "await 60 test -s /tmp/pace" >/dev/null
	echo "STORM $name $pace$(guest_run good "cat /tmp/pace; rm /tmp/pace")"
	[ $# -eq 0 ] || {
		guest_run bad "await 60 test -s /tmp/attack" >/dev/null
		echo "SEEN $name $(guest_run bad "cat /tmp/attack; rm /tmp/attack")"
	}
}

during peace
during spin spin
during storm storm
during invalid ring cmd=77
during nowait ring cmd=77 wait=0
