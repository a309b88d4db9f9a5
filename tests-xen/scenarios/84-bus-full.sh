# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: full
# devices: full
# when: soak
# kernels: k6.1 k6.12
# timeout: 300
#
# A guest's virtual bus has 32 slots. A function for which there is none is refused, with an error
# node that says so; the guest's other functions work on, and one that is detached makes room.

# shellcheck disable=SC2153 # from /xpb/config
read -ra behind <<<"$BEHIND_BRIDGE"
functions=("$NIC" "${behind[@]}")
must "module loads hiding the disk, the card and the bridge" load_hiding "$NVME" "$NIC" "$BRIDGE"
before=$(config_of "$NVME")
GUEST_QUICK=1
must "guest boots with ${#functions[@]} functions" guest_start vm1 1 "${functions[@]}"
same "functions the guest sees" 32 "$(grep -c '^GUEST-PCI' "$(guest_log vm1)")"
check "its driver starts the card" guest_run vm1 "modprobe e1000e; await 20 net_of e1000e"
check "which reaches the gateway" guest_run vm1 "net_ping e1000e"

# xl waits for the whole backend only, and does not see that one function was refused.
xl pci-attach vm1 "$NVME"
note "xl pci-attach of another function: status $?"
show "the backend" < <(xenstore-ls "$(backend_of vm1)" | grep -E "${NVME#*:}|^state |err")
check "there is an error node" backend_error vm1
show "it says" < <(backend_error vm1)
check "which names the function and the reason" has <(backend_error vm1) "$NVME.*(slot|bus|full|room)"
check "the card works on" guest_run vm1 "net_ping e1000e"

check "xl detaches it" xl pci-detach vm1 "$NVME"
check "and another function" xl pci-detach vm1 "${behind[30]}"
check "after a detach there is room for it" xl pci-attach vm1 "$NVME"
check "the guest's driver starts the disk" guest_run vm1 "modprobe nvme; await 40 disk_of $DISK_SERIAL"
check "the guest reads its pattern" same_sum vm1
check "the card works on" guest_run vm1 "net_ping e1000e"

check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 30 no_backends
check "the disk is as at seizure" config_is "$NVME" "$before"
check "and assignable" is_assignable "$NVME"
