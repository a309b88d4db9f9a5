# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: input
# timeout: 280
#
# Backend directories written by hand with faults in them, as a broken toolstack or a
# hostile guest would: the error node says what is wrong, and afterwards the devices
# are assigned to a real guest.

fake_domain 900

# not_claimed WHAT: the disk can be exported after this, so no backend has it.
not_claimed() {
	make_backend num_devs 1 dev-0 "$NVME" state-0 1
	check "$1: the disk can be exported afterwards" await 20 state_is 3 || xenstore-ls -f "$backend"
	check "$1: and is released again" drop_backend
}

# setup_fault WHAT PATTERN KEY VALUE...: these nodes end in an error that matches.
setup_fault() {
	local what=$1 pattern=$2
	shift 2
	make_backend "$@"
	check "$what: an error is reported" await 10 has_error
	note "      state $(backend_state), error: $(xenstore-read "$error" 2>/dev/null)"
	[ -z "$pattern" ] || check "$what: the error names it" \
		eval "xenstore-read $error | grep -qiE -- '$pattern'"
	drop_backend
	not_claimed "$what"
}

# connect_fault WHAT PATTERN KEY VALUE...: a good backend, then a frontend that
# says it is ready with these nodes.
connect_fault() {
	local what=$1 pattern=$2
	local -a nodes=()
	shift 2
	while [ $# -gt 0 ]; do
		nodes+=("$frontend/$1" "$2")
		shift 2
	done
	make_backend num_devs 1 dev-0 "$NVME" state-0 1
	check "$what: export works first" await 20 state_is 3
	[ "${#nodes[@]}" = 0 ] || xenstore-write "${nodes[@]}"
	xenstore-write "$frontend/state" 3
	check "$what: an error is reported" await 10 has_error
	note "      state $(backend_state), error: $(xenstore-read "$error" 2>/dev/null)"
	[ -z "$pattern" ] || check "$what: the error names it" \
		eval "xenstore-read $error | grep -qiE -- '$pattern'"
	check "$what: the backend is not connected" not state_is 4
	check "$what: the backend is removed" drop_backend
}

ours() { [ "$MODULE" != ours ] || echo "$1"; }

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"

note "--- what the toolstack writes"
setup_fault "no num_devs" "num_devs|number of" dummy 1
setup_fault "num_devs is no number" "num_devs|number of" num_devs abc
setup_fault "dev-0 missing" "dev-0|device|configuration" num_devs 1
setup_fault "dev-0 malformed" "$(ours 'dev-0|banana')" num_devs 1 dev-0 banana
setup_fault "dev-0 not seized" "$(ours '0000:77:00.0')" num_devs 1 dev-0 0000:77:00.0
setup_fault "dev-1 malformed besides a good dev-0" "$(ours 'dev-1|banana')" \
	num_devs 2 dev-0 "$NVME" dev-1 banana state-0 1 state-1 1
setup_fault "the same device twice" "$(ours "$NVME")" \
	num_devs 2 dev-0 "$NVME" dev-1 "$NVME" state-0 1 state-1 1
setup_fault "num_devs far too large" "" num_devs 4000000000 dev-0 "$NVME" state-0 1

note "--- what the guest writes"
connect_fault "nothing published" ""
connect_fault "magic missing" "$(ours 'magic')" pci-op-ref 8 event-channel 5
connect_fault "magic of another protocol" "magic|version" pci-op-ref 8 event-channel 5 magic 6
connect_fault "grant reference malformed" "$(ours 'pci-op-ref')" pci-op-ref x event-channel 5 magic 7
connect_fault "grant reference of nothing" "" pci-op-ref 99999 event-channel 5 magic 7
connect_fault "event channel malformed" "$(ours 'event-channel')" pci-op-ref 8 event-channel x magic 7

note "--- a real guest afterwards"
GUEST_QUICK=1
must "a real guest gets all three devices" guest_start vm1 1 "${ALL_DEVICES[@]}"
same "the guest sees three functions" 3 "$(grep -c '^GUEST-PCI' "$(guest_log vm1)")"
