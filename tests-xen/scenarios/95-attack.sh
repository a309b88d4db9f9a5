# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: attack
# when: attack
# timeout: 280
#
# The attacks of run.py --attack, one after the other, by a guest with the first disk
# (devfn 0) and the card (devfn 8). Prints the result of each and dom0's log; claims only
# what must hold after any attack.

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
must "a guest attacks them" hostile_start bad 1 "$NVME" "$NIC"
log_watch
while IFS= read -r line; do
	note "$line: $(attack bad "$line")"
done <<<"$ATTACKS"
log_bounded "attacks"
check "the guest is destroyed" guest_kill bad
after_the_guest "$NVME" "$NIC"
