# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: guests
# kernels: k6.12
# timeout: 200
#
# A disk is unplugged while a guest reads from it, by its slot's attention button: the guest
# and dom0 work on, no backend of the disk stays, and one that is plugged into the same slot
# is bound to pciback at once.

absent() { [ ! -e "$PCI/$NVME2" ]; }

must "module loads hiding the disk and the card" load_hiding "$NVME2" "$NIC"
must "guest boots with both" guest_start vm1 1 "$NVME2" "$NIC"
check "the guest's driver starts the disk" guest_run vm1 "await 40 disk_of $DISK2_SERIAL"
check "the guest reads from it" guest_run vm1 "read_ok $DISK2_SERIAL"
guest_bg vm1 "read_forever $DISK2_SERIAL"
kmsg_mark
check "the disk is unplugged" monitor device_del nvme2
check "it leaves dom0" await 40 absent
show "kernel log" < <(kmsg_since | grep -v xpb-)
check "the guest works on" guest_run vm1 "true"
check "its card works" guest_run vm1 "net_ping e1000e"
same "slots still names it" "$NVME2 $NIC" "$(xargs <"$STUB/slots")"
check "xl pci-detach removes the unplugged disk from the guest's list" xl pci-detach vm1 "$NVME2"
check "the guest is destroyed" guest_kill vm1
check "no backend is left" await 20 no_backends
check "a disk is plugged in" monitor "device_add nvme,id=nvme2,bus=rp2,serial=$DISK2_SERIAL,drive=d2"
check "it is bound to pciback at once" await 40 is_bound "$NVME2" pciback
GUEST_QUICK=1
must "a guest boots with it" guest_start vm1 1 "$NVME2"
same "and sees it" 1 "$(grep -c '^GUEST-PCI 0108' "$(guest_log vm1)")"
check "the guest is destroyed" guest_kill vm1
