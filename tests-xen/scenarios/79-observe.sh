# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: observe
# kernels: k6.12
# timeout: 240
#
# What an administrator sees while a guest works: trace events for each operation and
# change of state, with the right device and domain, and counters with the same numbers.
# The files of a guest and of a device are removed with it, even while they are read.

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

# settled DOMAIN: every event of the guest has its EOI, so no request is being served.
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
check "tools can translate every name in them" lacks /run/xpb/formats '(PCIBACK|XEN_PCI|ACTION|RESET)_|XenbusState'
must "they can be enabled" eval "echo 1 >$tracing/events/xen_pciback/enable"
echo 8192 >"$tracing/buffer_size_kb"
echo >"$tracing/trace"
show "counters of $NIC" <"$counters/devices/$NIC/counters"

must "xl pci-assignable-add seizes the disk" xl pci-assignable-add "$NVME"
GUEST_LOGLEVEL=4
must "guest boots with the disk and the card" guest_start vm1 2 "$NVME" "$NIC"
domain=$(xl domid vm1)
guest="guests/$domain-0"
check "guest's nvme driver starts the disk" guest_run vm1 "await 40 disk_of $DISK_SERIAL"
check "the disk reads the pattern" same_sum vm1
check "guest reaches the gateway through the card" guest_run vm1 "net_ping e1000e"

note "--- what was traced is what was counted"
check "the guest is idle" await 20 settled "$domain"
copy_trace
same "events lost" 0 "$(events 'LOST')"
traced "the disk was seized" "pciback_state: domid=-1 dev=$NVME state=seized"
traced "it was reset" "pciback_reset: domid=-1 dev=$NVME reason=seize err=0 ms=[0-9]+"
traced "it was assigned" "pciback_state: domid=$domain dev=$NVME state=assigned"
traced "it was set up" "pciback_fsm: domid=$domain backend=InitWait .* action=setup"
traced "and connected" "pciback_fsm: domid=$domain backend=Initialised frontend=Initialised connected=0 .* action=connect"
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
	same "assignments of $bdf" 1 "$(counter "devices/$bdf" assignments)"
	same "writes dropped of $bdf" "$(events "pciback_drop: domid=$domain dev=$bdf ")" \
		"$(counter "devices/$bdf" dropped_writes)"
done
same "writes dropped" "$(events "pciback_drop: domid=$domain ")" "$(counter "$guest" dropped_writes)"
same "requests for functions that are not there, by the bus scan" \
	"$(events "pciback_op: domid=$domain .* result=dev_not_found")" \
	"$(counter "$guest" errors_dev_not_found)"
show "requests that failed" < <(grep -E 'result=(invalid|access|not_imp|op_failed|errno)' "$trace")
same "requests abandoned" 0 "$(counter "$guest" ops_abandoned)"

note "--- one access, one count"
echo >"$tracing/trace"
reads=$(counter "$guest" ops_conf_read) dropped=$(counter "devices/$NVME" dropped_writes)
config=/sys/bus/pci/devices/0000:00:00.0/config
check "the guest reads four bytes" guest_run vm1 "dd if=$config bs=4 count=1 of=/dev/null"
same "reads counted" 1 "$(($(counter "$guest" ops_conf_read) - reads))"
check "the guest writes to the vendor ID" \
	guest_run vm1 "printf '\\377\\377\\377\\377' | dd of=$config bs=4 count=1 conv=notrunc"
same "dropped writes counted" 1 "$(($(counter "devices/$NVME" dropped_writes) - dropped))"
copy_trace
same "requests traced" 2 "$(events pciback_op)"
traced "what was dropped" "pciback_drop: domid=$domain dev=$NVME offset=0x000 size=4 value=0xffffffff"

note "--- filters, by domain and by device"
echo "domid == $domain && offset == 4" >"$tracing/events/xen_pciback/pciback_op/filter"
echo >"$tracing/trace"
check "the guest reads the header" guest_run vm1 "dd if=$config bs=4 count=16 of=/dev/null"
copy_trace
same "one of 16 reads is traced" 1 "$(events pciback_op)"
echo 0 >"$tracing/events/xen_pciback/pciback_op/filter"

note "--- removed while it is read"
read_all_forever &
reader=$!
resets=$(counter "devices/$NVME" resets)
echo >"$tracing/trace"
check "xl pci-detach detaches the disk" xl pci-detach vm1 "$NVME"
copy_trace
traced "it is being detached" "pciback_state: domid=$domain dev=$NVME state=detaching"
traced "its interrupts were disabled" "pciback_irq: domid=$domain dev=$NVME what=disable nr=0 err=0"
traced "it was reset" "pciback_reset: domid=$domain dev=$NVME reason=deassign err=0"
traced "and is idle" "pciback_state: domid=$domain dev=$NVME state=idle"
same "resets counted" "$(events "pciback_reset: .* dev=$NVME ")" \
	"$(($(counter "devices/$NVME" resets) - resets))"
same "functions deassigned" 1 "$(counter "$guest" functions_deassigned)"
show "counters of domain $domain" <"$counters/$guest/counters"
show "counters of $NVME" <"$counters/devices/$NVME/counters"
check "the guest is destroyed" guest_kill vm1
check "its counters are removed with it" await 20 not test -e "$counters/$guest"
check "those of the card stay" test -e "$counters/devices/$NIC/counters"
check "xl pci-assignable-remove releases the disk" xl pci-assignable-remove "$NVME"
check "its counters are removed with it" not test -e "$counters/devices/$NVME"
copy_trace
traced "it was released to the host" "pciback_state: domid=-1 dev=$NVME state=released"
kill "$reader"
wait "$reader" 2>/dev/null
check "the module unloads" rmmod xen_pciback
check "none of its counters is left" not test -e "$counters"
check "nor of its events" not test -e "$tracing/events/xen_pciback"
umount "$tracing" /sys/kernel/debug
