# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: guests
# kernels: k6.12
# timeout: 240
#
# Two guests at once: one with four CPUs whose disk gets several MSI-X queues, one with the
# other disk and the card. Both verify data at the same time; one is destroyed, the other
# works on.

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME")
must "the first guest boots with four CPUs and a disk" guest_start vm1 4 "$NVME"
must "the second guest boots with a disk and the card" guest_start vm2 1 "$NVME2" "$NIC"
check "the first guest's driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "the second guest's, too" guest_run vm2 "await 40 disk_of $DISK2_SERIAL"
guest_irqs vm1 >/run/xpb/irqs
show "interrupts of the guest with four CPUs" </run/xpb/irqs
# One for commands to the controller, one for each CPU.
check "its disk has an MSI-X vector for each CPU and one more" enough_vectors 5 nvme </run/xpb/irqs

# verify NAME SERIAL SEED: writes, then reads each block back by another CPU in turn.
verify() {
	local written
	written=$(guest_run "$1" "disk_fill $2 64 16 $3") || return 1
	for cpu in 0 1 2 3; do
		[ "$1" = vm1 ] || cpu=0
		[ "$written" = "$(guest_run "$1" "taskset $((1 << cpu)) sh -c '. /tools.sh; disk_sum $2 64 16'")" ] || return 1
	done
}
verify vm2 "$DISK2_SERIAL" two >/run/xpb/vm2 2>&1 &
second=$!
check "the first guest reads back what it wrote, on every CPU" verify vm1 "$DISK_SERIAL" one
# Not inside check, which runs its command in a subshell: wait works for own children only.
wait "$second"
check "the second guest at the same time" [ $? = 0 ]
check "the first guest still reads its pattern" same_sum vm1
same "the second guest its own" "$PATTERN2_SHA256" \
	"$(guest_run vm2 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"
guest_irqs vm1 >/run/xpb/irqs
same "queues that had interrupts" 4 "$(grep -E 'nvme[0-9]+q[1-9]' /run/xpb/irqs |
	awk '{ n = 0; for (i = 2; i < 6; i++) n += $i; if (n) c++ } END { print c + 0 }')"
check "the first guest is destroyed" guest_kill vm1
check "its disk is as at seizure" config_is "$NVME" "$before"
same "the second guest works on" "$PATTERN2_SHA256" \
	"$(guest_run vm2 "disk_sum $DISK2_SERIAL 0 $PATTERN_BLOCKS")"
check "and reaches the gateway" guest_run vm2 "net_ping e1000e"
check "the second guest is destroyed" guest_kill vm2
