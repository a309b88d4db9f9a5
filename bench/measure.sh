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
# And until each has been reset; in-tree has done so before it answers.
reset='while grep -qs ^resetting /sys/bus/pci/drivers/pciback/*/pciback/reset_state; do sleep 0.01; done'
destroyed=$(stopwatch bash -c "$destroy")
echo "BENCH destroy $destroyed"
echo "BENCH destroy-idle $((destroyed + $(stopwatch bash -c "$reset")))"

# The guest's own driver has the disks now.
unset GUEST_QUICK
disks() { guest_run vm3 'ls /dev/nvme*n1 | wc -l'; }
must "guest boots with 5 disks" guest_start vm3 1 "${functions[@]:0:5}"
check "its driver starts them" await 60 eval '[ "$(disks)" = 5 ]'
echo "BENCH detach $(stopwatch xl pci-detach vm3 "${functions[0]}")"
for n in 1 2 3 4; do
	guest_bg vm3 "while [ -b /dev/nvme${n}n1 ]; do dd if=/dev/nvme${n}n1 of=/dev/null bs=64k iflag=direct; done"
done
echo "BENCH detach-io $(stopwatch xl pci-detach vm3 "${functions[1]}")"
echo "BENCH destroy-io $(stopwatch bash -c "${destroy/vm2/vm3}")"
