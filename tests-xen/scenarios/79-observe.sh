# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: observe
# kernels: k6.12
# timeout: 240
#
# What an administrator sees while a guest works: trace events for each thing that
# happens, with the right device and domain, and counters that say the same numbers.
# Files of a guest and of a device go when they do, whoever is reading them.

[ "$MODULE" = ours ] || skip "the in-tree driver has neither trace events nor counters"

tracing=/sys/kernel/tracing
counters=/sys/kernel/debug/xen-pciback
trace=/run/xpb/trace

# counter FILE NAME
counter() {
	awk -v name="$2" '$1 == name { print $2 }' "$counters/$1/counters"
}

# events PATTERN: how many events in the copy of the trace match.
events() {
	grep -cE -- "$1" "$trace"
}

# traced WHAT PATTERN: claim that there is such an event, and print one.
traced() {
	check "$1" has "$trace" "$2" && grep -m 1 -E -- "$2" "$trace" | sed 's/^ */        /'
}

copy_trace() {
	cat "$tracing/trace" >"$trace"
}

# settled DOMAIN: every event of the guest's was let go, so nothing is being counted.
settled() {
	[ "$(counter "guests/$1-0" events)" = "$(counter "guests/$1-0" eois)" ]
}

read_all_forever() {
	while :; do
		cat "$counters"/*/*/counters
	done >/dev/null 2>&1
}

mount -t debugfs debugfs /sys/kernel/debug
mount -t tracefs tracefs "$tracing"
must "module loads hiding the card" load_hiding "$NIC"
show "events" < <(ls "$tracing/events/xen_pciback")
cat "$tracing"/events/xen_pciback/*/format >/run/xpb/formats
check "tools can translate every name in them" lacks /run/xpb/formats '(PCIBACK|XEN_PCI|GUEST)_|XenbusState'
must "they can be enabled" eval "echo 1 >$tracing/events/xen_pciback/enable"
echo 8192 >"$tracing/buffer_size_kb"
echo >"$tracing/trace"
show "counters of $NIC" <"$counters/devices/$NIC/counters"

must "xl pci-assignable-add takes the disk" xl pci-assignable-add "$NVME"
GUEST_LOGLEVEL=4
must "guest boots with the disk and the card" guest_start vm1 2 "$NVME" "$NIC"
domain=$(xl domid vm1)
guest="guests/$domain-0"
check "guest's nvme driver brings up the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "the disk reads the pattern" same_sum vm1
check "guest reaches the gateway through the card" guest_run vm1 "net_ping e1000e"

note "--- what was traced is what was counted"
check "the guest has rested" await 20 settled "$domain"
copy_trace
same "nothing was lost on the way" 0 "$(events 'LOST')"
traced "the disk was seized" "pciback_state: domid=-1 dev=$NVME state=seized"
traced "it was reset" "pciback_reset: domid=-1 dev=$NVME why=seized err=0 ms=[0-9]+"
traced "the guest got it" "pciback_state: domid=$domain dev=$NVME state=assigned"
traced "it was set up" "pciback_guest: domid=$domain backend=InitWait .* move=setup"
traced "and connected" "pciback_guest: domid=$domain backend=Initialised frontend=Initialised connected=0 .* move=connect"
traced "the guest read" "pciback_op: domid=$domain dev=$NVME op=conf_read vdev=0000:00:00.0 .* result=success err=0 ns=[1-9]"
traced "the guest wrote" "pciback_op: domid=$domain dev=$NVME op=conf_write .* result=success"
traced "the guest enabled MSI-X" "pciback_irq: domid=$domain dev=$NVME what=enable_msix nr=[2-9] err=0"
for op in conf_read conf_write enable_msi disable_msi enable_msix disable_msix; do
	same "$op of domain $domain" "$(events "pciback_op: domid=$domain .* op=$op ")" \
		"$(counter "$guest" "ops_$op")"
done
for bdf in "$NVME" "$NIC"; do
	same "requests for $bdf" "$(events "pciback_op: .* dev=$bdf ")" \
		"$(counter "devices/$bdf" ops)"
	same "interrupts enabled of $bdf" "$(events "pciback_irq: .* dev=$bdf what=enable_msix? .*err=0")" \
		"$(counter "devices/$bdf" irq_enables)"
	same "given to a guest: $bdf" 1 "$(counter "devices/$bdf" guests)"
	same "writes denied of $bdf" "$(events "pciback_deny: domid=$domain dev=$bdf ")" \
		"$(counter "devices/$bdf" denied_writes)"
done
same "writes denied" "$(events "pciback_deny: domid=$domain ")" "$(counter "$guest" denied_writes)"
same "no function was asked for that is not there, beyond the bus scan" \
	"$(events "pciback_op: domid=$domain .* result=dev_not_found")" \
	"$(counter "$guest" errors_dev_not_found)"
show "requests refused" < <(grep -E 'result=(invalid|access|not_imp|op_failed|errno)' "$trace")
same "requests it gave up" 0 "$(counter "$guest" unanswered)"

note "--- one access, one count"
echo >"$tracing/trace"
reads=$(counter "$guest" ops_conf_read) denied=$(counter "devices/$NVME" denied_writes)
config=/sys/bus/pci/devices/0000:00:00.0/config
check "the guest reads four bytes" guest_run vm1 "dd if=$config bs=4 count=1 of=/dev/null"
same "reads counted" 1 "$(($(counter "$guest" ops_conf_read) - reads))"
check "the guest writes over the vendor's number" \
	guest_run vm1 "printf '\\377\\377\\377\\377' | dd of=$config bs=4 count=1 conv=notrunc"
same "denied writes counted" 1 "$(($(counter "devices/$NVME" denied_writes) - denied))"
copy_trace
same "requests traced" 2 "$(events pciback_op)"
traced "what was denied" "pciback_deny: domid=$domain dev=$NVME offset=0x000 size=4 value=0xffffffff"

note "--- filters, by domain and by device"
echo "domid == $domain && offset == 4" >"$tracing/events/xen_pciback/pciback_op/filter"
echo >"$tracing/trace"
check "the guest reads its header" guest_run vm1 "dd if=$config bs=4 count=16 of=/dev/null"
copy_trace
same "one of 16 reads is traced" 1 "$(events pciback_op)"
echo 0 >"$tracing/events/xen_pciback/pciback_op/filter"

note "--- gone while it is read"
read_all_forever &
reader=$!
resets=$(counter "devices/$NVME" resets)
echo >"$tracing/trace"
check "xl pci-detach takes the disk" xl pci-detach vm1 "$NVME"
copy_trace
traced "it was taken" "pciback_state: domid=$domain dev=$NVME state=leaving"
traced "its interrupts went" "pciback_irq: domid=$domain dev=$NVME what=disable nr=0 err=0"
traced "it was reset" "pciback_reset: domid=$domain dev=$NVME why=guest_left err=0"
traced "and is idle" "pciback_state: domid=$domain dev=$NVME state=idle"
same "resets counted" "$(events "pciback_reset: .* dev=$NVME ")" \
	"$(($(counter "devices/$NVME" resets) - resets))"
same "functions taken back" 1 "$(counter "$guest" functions_taken)"
show "counters of domain $domain" <"$counters/$guest/counters"
show "counters of $NVME" <"$counters/devices/$NVME/counters"
check "the guest dies" guest_kill vm1
check "its counters go with it" await 20 not test -e "$counters/$guest"
check "the card's stay" test -e "$counters/devices/$NIC/counters"
check "xl pci-assignable-remove gives the disk up" xl pci-assignable-remove "$NVME"
check "its counters go with it" not test -e "$counters/devices/$NVME"
copy_trace
traced "the host has it" "pciback_state: domid=-1 dev=$NVME state=handed_back"
kill "$reader"
wait "$reader" 2>/dev/null
check "the module unloads" rmmod xen_pciback
check "nothing of its counters is left" not test -e "$counters"
check "nor of its events" not test -e "$tracing/events/xen_pciback"
umount "$tracing" /sys/kernel/debug
