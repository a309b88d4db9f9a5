# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hostile
# kernels: k6.12
# timeout: 200
#
# 10,000 arbitrary requests, then the guest is destroyed with bus mastering and MSI-X on.
# dom0 answers them all, its log stays short, and the devices are as before: bus
# mastering is off (XSA-302), every byte of configuration space is as at seizure, and
# dom0's own driver reads the right data.

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
must "a guest attacks them" hostile_start bad 1 "$NVME" "$NIC"
log_watch
for seed in 1 3; do
	# 20 s for an answer: on a busy machine it may be late and still not lost.
	GUEST_LIMIT=150 attack bad random count=5000 seed=$seed wait=20000 >/run/xpb/random
	note "seed $seed: $(cat /run/xpb/random)"
	check "seed $seed: all were asked and answered" has /run/xpb/random "^asked 5000 unanswered 0 "
done
log_bounded "10,000 arbitrary requests"
check "a valid read is answered" still_serves bad 0 "$NVME"

note "--- the guest is destroyed with bus mastering and MSI-X on"
attack bad op cmd=3 devfn=0 >/dev/null
answers bad <<-END
	op cmd=1 devfn=0 offset=4 size=2 value=0x7 -> err 0 .*
	op cmd=4 devfn=0 value=8 -> err 0 .*
END
check "bus mastering is on while it runs" [ $((0x$(setpci -s "$NVME" COMMAND.W) & 4)) = 4 ]
check "the guest is destroyed" guest_kill bad
after_the_guest "$NVME" "$NIC"
disk_is_whole
