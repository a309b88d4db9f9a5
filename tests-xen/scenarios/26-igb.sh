# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: igb
# devices: igb
# emulator: newer
# modules: igb igbvf
# kernels: k6.12
# when: soak
# timeout: 400
#
# A network card with virtual functions (Intel 82576, igb): its physical function in a guest, with
# traffic; then in dom0, and a virtual function in each of two guests, with traffic to the gateway
# and between the guests. Both kinds are reset by FLR.

# reset_by_flr BDF
reset_by_flr() {
	[ "$MODULE" = ours ] || return 0
	check "$1 was reset by FLR after its guest" has "$PCI/$1/pciback/reset_history" \
		'method flr reason deassign .* result 0$'
}

must "module loads hiding the card" load_hiding "$NIC"
before=$(config_of "$NIC")
must "guest boots with it" guest_start vm1 1 "$NIC"
check "its driver loads" guest_run vm1 "modprobe igb"
check "the card reaches the gateway" guest_run vm1 "net_ping igb"
show "its interrupts" < <(guest_irqs vm1)
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "the card is as at seizure" config_is "$NIC" "$before"
reset_by_flr "$NIC"

note "--- its virtual functions"
must "xl pci-assignable-remove releases it" xl pci-assignable-remove "$NIC"
must "it is bound to dom0's igb driver" bind_to igb "$NIC"
check "which makes an interface" await 20 net_of igb
check "that is up" ip link set "$(net_of igb)" up
echo 0 >"$PCI/$NIC/sriov_drivers_autoprobe"
must "two virtual functions are enabled" eval 'echo 2 >"$PCI/$NIC/sriov_numvfs"'
echo 1 >"$PCI/$NIC/sriov_drivers_autoprobe"
vf1=$(vf_of "$NIC" 0) vf2=$(vf_of "$NIC" 1)
must "xl seizes the first" xl pci-assignable-add "$vf1"
must "xl seizes the second" xl pci-assignable-add "$vf2"
before1=$(config_of "$vf1") before2=$(config_of "$vf2")
must "a guest boots with the first" guest_start vm1 1 "$vf1"
must "another with the second" guest_start vm2 1 "$vf2"
for guest in vm1 vm2; do
	check "$guest: its driver loads" guest_run "$guest" "modprobe igbvf"
done
check "the first guest reaches the gateway" guest_run vm1 "net_ping igbvf 10.0.2.21"
check "the second, too" guest_run vm2 "net_ping igbvf 10.0.2.22"
check "the first reaches the second" guest_run vm1 "ping -c 3 -W 5 10.0.2.22"
show "interrupts of the first" < <(guest_irqs vm1)
for guest in vm1 vm2; do
	note "$guest: packets received and sent: $(guest_run "$guest" \
		'cat /sys/class/net/eth0/statistics/rx_packets /sys/class/net/eth0/statistics/tx_packets' | xargs)"
done
check "the first is destroyed" guest_kill vm1
check "the second reaches the gateway still" guest_run vm2 "net_ping igbvf 10.0.2.22"
check "the second is destroyed" guest_kill vm2
check "no backend is left" await 20 no_backends
check "the first function is as at seizure" config_is "$vf1" "$before1"
check "the second, too" config_is "$vf2" "$before2"
reset_by_flr "$vf1"
reset_by_flr "$vf2"
for vf in "$vf1" "$vf2"; do
	check "$vf is released" xl pci-assignable-remove "$vf"
done
check "the virtual functions are disabled" eval 'echo 0 >"$PCI/$NIC/sriov_numvfs"'
modprobe -r igb
