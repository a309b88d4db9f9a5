# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hostile-events
# kernels: k6.12
# timeout: 280
#
# A guest floods its event channel while another works (XSA-332): events without a request
# are counted and throttled, and the other guest's reads return the right values. Then the
# channel is closed during the flood: by detach, by the guest, by xl destroy (XSA-331).
# How long reads take is printed; bench/storm.py has exact figures.

counter() { cat "/sys/bus/xen-backend/devices/pci-$domid-0/xenbus/$1"; }
counters() {
	echo "events $(counter events), spurious $(counter spurious_events), jiffies delayed $(counter jiffies_eoi_delayed)"
}

# others_work WHAT: claim that the other guest reads right values for 3 s.
others_work() {
	check "$1: the other guest reads right values" \
		eval "guest_run good 'confpace $config 3000' >/run/xpb/pace"
	note "      $(cat /run/xpb/pace)"
}

# flood WORDS...: the attack goes on while the other guest reads.
flood() {
	attack_bg bad "$@" ms=6000
	others_work "$1"
	check "$1: ends" guest_run bad "await 60 test -s /tmp/attack"
	note "      $(guest_run bad "cat /tmp/attack; rm /tmp/attack"); $(counters)"
}

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
must "a guest attacks" hostile_start bad 1 "$NVME"
domid=$(xl domid bad)
GUEST_QUICK=1
must "another one works" guest_start good 1 "$NIC"
config=$(guest_run good "ls /sys/bus/pci/devices/*/config")
log_watch

others_work "no attack"
flood spin
note "--- events without a request (XSA-332)"
events=$(counter events) spurious=$(counter spurious_events) delayed=$(counter jiffies_eoi_delayed)
flood storm
check "they are counted as spurious" [ "$(counter spurious_events)" -gt "$spurious" ]
check "and the channel is throttled" [ "$(counter jiffies_eoi_delayed)" -gt "$delayed" ]
check "the attacker itself is still served" still_serves bad 0 "$NVME"

note "--- requests that are invalid"
events=$(counter events)
flood ring cmd=77
check "events are enabled again after each answer" [ "$(counter events)" -gt "$events" ]
flood ring cmd=0 devfn=255
flood ring cmd=77 wait=0
check "the attacker itself is still served" still_serves bad 0 "$NVME"
log_bounded "events and invalid requests"

note "--- the channel is closed while events arrive (XSA-331)"
log_watch
attack_bg bad storm ms=60000
check "xl pci-detach detaches the disk" xl pci-detach bad "$NVME"
check "xl pci-attach assigns it again" xl pci-attach bad "$NVME"
for round in 1 2 3 4 5; do
	# Closed; then as a frontend that was loaded again.
	attack bad write node=state text=6 >/dev/null
	attack bad write node=state text=1 >/dev/null
	attack bad renew >/dev/null
	note "round $round: backend is in state $(xenstore-read "$(backend_of bad)/state")"
done
others_work "closed and opened"
attack_bg bad storm ms=60000
check "the guest is destroyed while it sends events" guest_kill bad
others_work "afterwards"
log_bounded "closing"
after_the_guest "$NVME"
disk_is_whole
