# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: silent
# kernels: k6.12
# timeout: 290
#
# Guests whose frontend does not answer: paused, or there is none. Detach and destroy do
# not wait for it; xl prints a line for each device for which its wait of 10 s timed out.

[ "$MODULE" = ours ] || skip "the in-tree driver makes xl wait 10 s for each device"
FRONTEND_TIMEOUT_MS=

# The domain's directory is there as long as the domain; xl deletes both.
no_directory() {
	not xenstore-exists "/local/domain/0/backend/pci/$1" || {
		xenstore-ls -f "/local/domain/0/backend/pci/$1"
		return 1
	}
}

must "module loads hiding all three devices" load_hiding "${ALL_DEVICES[@]}"
before=$(config_of "$NVME")
GUEST_QUICK=1

note "--- paused while a device is attached"
must "guest boots with two devices" guest_start vm1 1 "$NVME2" "$NIC"
id=$(xl domid vm1)
check "it is paused" xl pause vm1
check "a disk is attached" xl pci-attach vm1 "$NVME"
# Longer than xl would wait for it.
sleep 12
same "the backend waits for the guest to see it, in state" 7 \
	"$(xenstore-read "/local/domain/0/backend/pci/$id/0/state")"
check "it is unpaused" xl unpause vm1
check "the guest finds it" guest_run vm1 "await 40 have_pci 3"

note "--- paused while one is detached"
check "it is paused" xl pause vm1
prompt "xl pci-detach from a paused guest" xl pci-detach vm1 "$NVME"
check "the disk is free" is_assignable "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"
same "what the toolstack lists" 2 "$(xenstore-read "/local/domain/0/backend/pci/$id/0/num_devs")"
check "it is unpaused" xl unpause vm1
check "the guest works" guest_run vm1 "true"
check "a disk is attached" xl pci-attach vm1 "$NVME"
check "the guest finds it" guest_run vm1 "await 40 have_pci 3"
check "it is paused again" xl pause vm1
prompt "xl destroy of a paused guest with three devices" xl destroy vm1
check "it is gone" await 30 not guest_exists vm1
check "no backend is left" await 20 no_backends
check "nor its directory" no_directory "$id"

note "--- without a frontend"
GUEST_ARGS=xpb_no_frontend
must "guest boots without one" guest_start vm1 1 "${ALL_DEVICES[@]}"
id=$(xl domid vm1)
prompt "xl pci-detach from a guest without a frontend" xl pci-detach vm1 "$NVME"
check "the disk is free" is_assignable "$NVME"
check "its configuration space is as at seizure" config_is "$NVME" "$before"
check "the backend waits for a frontend again" await 20 \
	eval "[ \"\$(xenstore-read /local/domain/0/backend/pci/$id/0/state)\" = 3 ]"
check "a frontend connects later" guest_run vm1 "modprobe xen-pcifront && await 40 have_pci 2"
prompt "xl destroy of that guest" xl destroy vm1
check "no backend is left" await 20 no_backends
must "another guest boots without a frontend" guest_start vm1 1 "${ALL_DEVICES[@]}"
id=$(xl domid vm1)
prompt "xl destroy of a guest without a frontend with three devices" xl destroy vm1
check "it is gone" await 30 not guest_exists vm1
check "no backend is left" await 20 no_backends
check "nor its directory" no_directory "$id"
