# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: many
# devices: many
# kernels: k6.12
# timeout: 300
#
# Each device is reset by the method that fits it, as its plan says before and its
# history afterwards; xl writes to do_flr when a guest starts and ends.

[ "$MODULE" = ours ] || skip "the in-tree driver has no do_flr, no plan and no history"

of() { cat "$PCI/$2/pciback/reset_$1"; }

# show_resets BDF: evidence.
show_resets() {
	show "$1: plan" < <(of plan "$1")
	show "$1: history" < <(of history "$1")
	show "$1: state" < <(of state "$1")
}

# lines BDF PATTERN: how many lines of its history match.
lines() { of history "$1" | grep -cE -- "$2"; }

must "module loads hiding disk, card and old card" load_hiding "$NVME" "$NIC" "$NIC2"
for bdf in "$NVME" "$NIC" "$NIC2"; do show_resets "$bdf"; done
check "the disk is reset by FLR" has <(of history "$NVME") '^time [0-9]+ method flr reason seize domain - ms [0-9]+ count 1 result 0$'
check "the disk is clean" has <(of state "$NVME") '^clean$'
check "the card is reset by its power state" has <(of history "$NIC") 'method pm reason seize .* result 0$'
check "the old card's neighbours are named" has <(of plan "$NIC2") \
	"^method bus verdict not-seized bridge $BRIDGE blocker 0000:04:02\\.0 functions $NIC2 "

# A guest without a backend, such as xenopsd's HVM guests, may have had it.
same "do_flr of a clean device" ok "$(stub_write do_flr "$NVME")"
same "resets it" 2 "$(of history "$NVME" | wc -l)"
kmsg_mark
same "do_flr behind a bridge with functions of other drivers" EBUSY "$(stub_write do_flr "$NIC2")"
kmsg_has "refused with reason and remedy" \
	"$NIC2: not reset: bus reset would hit 0000:04:02.0 too, which pciback does not have; give it to pciback first"

kmsg_mark
GUEST_QUICK=1
must "guest starts with disk and card" guest_start vm1 1 "$NVME" "$NIC"
domain=$(xl domid vm1)
check "the disk is in use" has <(of state "$NVME") '^used$'
check "xl destroys it" guest_kill vm1
await 30 no_backends
for bdf in "$NVME" "$NIC"; do show_resets "$bdf"; done
check "not when xl asked for it: no driver of the guest uses it" \
	lacks <(of history "$NVME") "reason request domain $domain "
check "the disk was reset when it was deassigned" has <(of history "$NVME") "method flr reason deassign domain $domain .* result 0\$"
check "so was the card" has <(of history "$NIC") "method pm reason deassign domain $domain .* result 0\$"
check "both are clean" eval "has <(of state $NVME) clean && has <(of state $NIC) clean"
kmsg_since >/run/xpb/kmsg
check "no method failed" lacks /run/xpb/kmsg 'reset failed|unusable'
