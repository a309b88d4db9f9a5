# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# timeout: 100000
#
# Runs in dom0, as a scenario of tests-xen does and with the same helpers. Prints
# "BENCH <name> <number>" for every measurement; bench/run.py knows the names.

# loads SUFFIX BDF...: the module comes, hiding these, and goes.
# The first load finds no page of its files in memory: it is not the one to compare.
loads() {
	local suffix=$1 hide load unload bound=0 i
	shift
	hide=$(hide_arg "$@")
	for ((i = 0; i < BENCH_LOADS; i++)); do
		load=$(stopwatch modprobe xen-pciback "hide=$hide") || break
		[ "$i" -gt 0 ] || bound=$(find "$STUB/" -name '*:*' | wc -l)
		unload=$(stopwatch rmmod xen_pciback) || break
		echo "BENCH load$suffix $load"
		echo "BENCH unload$suffix $unload"
	done
	same "functions the module took" "$#" "$bound"
}
# shellcheck disable=SC2086 # lists of addresses
{
	loads "" $BENCH_FUNCTIONS
	loads -many $BENCH_MANY
}

# The guest's own tools, put behind its initramfs.
cat /xpb/bench-guest.cpio >>/guest/initrd
# shellcheck disable=SC2206 # a list of addresses
functions=($BENCH_FUNCTIONS)
must "module loads" load_hiding "$NIC" "${functions[@]:0:8}"
# shellcheck disable=SC2034 # read by guest_start: no driver, nothing that interrupts
GUEST_QUICK=1
must "guest boots with the network card" guest_start vm1 1 "$NIC"

# A function no driver of the guest touches meanwhile.
config=$(guest_run vm1 'ls /sys/bus/pci/devices/*/config')
at() {
	echo "BENCH $1 $(guest_run vm1 "round_trip $config $BENCH_READS ${*:2}")"
}
at read-id r 0x00 4
at read-bar r 0x10 4
at read-unhandled r 0x80 4
# Memory decoding on, as a driver leaves it: only the first write changes anything.
at write-command w 0x04 2 0x0002
guest_kill vm1

# Until the last function is back: xl does not wait for all of that.
destroy='xl destroy vm2
while find /sys/bus/xen-backend/devices/ -name "pci-*" | grep -q .; do sleep 0.01; done'
must "guest boots with 8 disks" guest_start vm2 1 "${functions[@]:0:8}"
echo "BENCH destroy $(stopwatch bash -c "$destroy")"
