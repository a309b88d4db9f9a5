# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: input
# timeout: 100
#
# Hot-plug for guests that see their devices through a device model: no frontend ever
# connects, and the toolstack does not wait. The scenario writes what xl writes for them:
# what is attached is assigned to the guest, what is detached is free at once.

[ "$MODULE" = ours ] || skip "the in-tree driver waits for a frontend to answer"
FRONTEND_TIMEOUT_MS=

other=/local/domain/0/backend/pci/901/0

# is_assigned BDF / is_free BDF: a backend for another domain cannot or can have it.
try_other() {
	local want=$1 bdf=$2 seen
	(
		fake_domain 901
		make_backend num_devs 1 dev-0 "$bdf" state-0 1
		await 20 state_is 3
	)
	seen=$(xenstore-read "$other/state-0")
	(
		fake_domain 901
		drop_backend
	)
	[ "$seen" = "$want" ] || { echo "state-0 is $seen"; return 1; }
}
is_assigned() { try_other 6 "$1"; }
is_free() { try_other 3 "$1"; }

# reconfigured: the backend has done it and is idle.
reconfigured() {
	await 20 state_is 3
}

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME2")
fake_domain 900
make_backend num_devs 1 dev-0 "$NVME" state-0 1
check "the disk is exported" await 20 state_is 3
check "and assigned" is_assigned "$NVME"

note "--- attached"
xenstore-write "$backend/dev-1" "$NVME2" "$backend/state-1" 1 "$backend/num_devs" 2 \
	"$backend/state" 7
check "the second disk is exported" await 20 node_is state-1 3
check "the backend is idle" reconfigured
check "it has an address" xenstore-exists "$backend/vdev-1"
check "and is assigned" is_assigned "$NVME2"

note "--- detached, its entry deleted at once and the others moved down"
xenstore-write "$backend/state-0" 5 "$backend/state" 7
xenstore-write "$backend/dev-0" "$NVME2" "$backend/state-0" 3 \
	"$backend/vdev-0" "$(xenstore-read "$backend/vdev-1")" "$backend/num_devs" 1
xenstore-rm "$backend/dev-1"; xenstore-rm "$backend/state-1"; xenstore-rm "$backend/vdev-1"
check "the first disk is free" await 10 is_free "$NVME"
check "the second is still assigned" is_assigned "$NVME2"
check "the backend is idle" reconfigured

note "--- a bad entry among good ones"
xenstore-write "$backend/dev-1" banana "$backend/state-1" 1 "$backend/dev-2" "$NIC" \
	"$backend/state-2" 1 "$backend/num_devs" 3 "$backend/state" 7
check "the good one is exported" await 20 node_is state-2 3
check "the bad one is marked" await 20 node_is state-1 6
check "the backend is idle" reconfigured
check "the error node names it" eval "xenstore-read $error | grep -q banana"

note "--- unbound while the guest has it"
echo "$NIC" >"$STUB/unbind"
check "the toolstack sees that it is gone" await 20 node_is state-2 6
check "its address is an impossible one" await 10 node_is vdev-2 ffff:ff:1f.07
check "the rest is as it was" node_is state-0 3

note "--- the directory is deleted"
check "the backend is removed" forget_backend
check "the second disk is free" is_free "$NVME2"
check "its configuration space is as at seizure" config_is "$NVME2" "$before"
xenstore-rm /local/domain/0/error 2>/dev/null
