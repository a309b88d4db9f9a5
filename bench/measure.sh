# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# timeout: 100000
#
# Runs in dom0, as a scenario of tests-xen does and with the same helpers. Says
# "BENCH <name> <number>" for every measurement; bench/run.py knows the names.

# shellcheck disable=SC2086 # a list of addresses
hide=$(hide_arg $BENCH_FUNCTIONS)

# The first load finds no page of its files in memory: it is not the one to compare.
for ((i = 0; i < BENCH_LOADS; i++)); do
	load=$(stopwatch modprobe xen-pciback "hide=$hide") || break
	[ "$i" -gt 0 ] || bound=$(find "$STUB/" -name '*:*' | wc -l)
	unload=$(stopwatch rmmod xen_pciback) || break
	echo "BENCH load $load"
	echo "BENCH unload $unload"
done
same "functions the module took" "$(wc -w <<<"$BENCH_FUNCTIONS")" "${bound:-0}"

# The guest's own tools, put behind its initramfs.
cat /xpb/bench-guest.cpio >>/guest/initrd
must "module loads" load_hiding "$NIC"
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
