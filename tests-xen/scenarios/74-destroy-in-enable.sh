# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: guests
# kernels: k6.12
# timeout: 240
#
# xl destroy while the guest turns MSI-X on and off without pause: the device is as at
# seizure each time, no interrupt of it stays in dom0, and it works in the next guest.

must "module loads hiding the disk" load_hiding "$NVME"
before=$(config_of "$NVME")
pirqs=$(grep -c xen-pirq /proc/interrupts)
GUEST_QUICK=1
for delay in 0.1 0.4 0.9; do
	must "guest boots with the disk" guest_start vm1 1 "$NVME"
	# Each bind of the driver turns MSI-X on twice and each unbind off.
	guest_bg vm1 "echo 0 >/sys/bus/pci/drivers_autoprobe; modprobe nvme; cd /sys/bus/pci/drivers/nvme; while :; do echo 0000:00:00.0 >bind; echo 0000:00:00.0 >unbind; done"
	# By the log: a look at /proc/interrupts runs when the loop sleeps, always at the same place.
	check "it binds and unbinds its driver" await 40 guest_run vm1 \
		"[ \$(dmesg | grep -c 'nvme nvme0: pci function') -gt 2 ]"
	sleep "$delay"
	check "it is destroyed in the middle, after $delay s" guest_kill vm1
	check "configuration space is as at seizure" config_is "$NVME" "$before"
	same "pirqs in dom0" "$pirqs" "$(grep -c xen-pirq /proc/interrupts)"
done
unset GUEST_QUICK
must "the next guest boots with it" guest_start vm1 2 "$NVME"
check "its driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "and reads the pattern" same_sum vm1
guest_irqs vm1 >/run/xpb/irqs
check "with MSI-X" enough_vectors 2 nvme </run/xpb/irqs
check "the guest is destroyed" guest_kill vm1
