# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hostile
# timeout: 280
# ours: the in-tree module does not know enable_multi_msi
#
# A guest asks for several MSI vectors (XEN_PCI_OP_enable_multi_msi) of a USB controller
# that has sixteen, and gets all or none: as many consecutive pirqs as it asked for, until
# it disables them or is destroyed. A number that cannot be had is refused and changes
# nothing.
#
# Up to Linux 6.1, dom0 asks Xen for them, and Xen allocates them because interrupt remapping
# is on. From 6.2 on the PCI core first looks at the flags of the function's MSI domain, and
# Xen's (arch/x86/pci/xen.c, xen_pci_msi_domain_info) lacks MSI_FLAG_MULTI_PCI_MSI, although
# Xen has no such limit: more than one vector is refused before Xen is asked, for dom0's own
# drivers too. There this scenario proves the refusal.

MULTI=0000:03:00.0
# With QEMU 7.2 it has sixteen, whatever intrs= says.
CONTROLLER="nec-usb-xhci,id=multi,bus=rp3,slots=4,msi=on,msix=off"

read -r major minor _ < <(uname -r | tr .- '  ')
if [ $((major * 100 + minor)) -lt 602 ]; then several=1; else several=''; fi
# if_several THIS THAT
if_several() { [ "$several" ] && echo "$1" || echo "$2"; }

# dom0_irqs: Linux irqs of the function's messages.
dom0_irqs() { ls "$PCI/$MULTI/msi_irqs" 2>/dev/null; }

# pirqs_of_dom0: all Linux irqs that are a pirq, of any driver.
pirqs_of_dom0() { grep -l xen-pirq /sys/kernel/irq/*/chip_name | sort; }

# xen_messages: how many messages Xen has set up, of all functions.
xen_messages() {
	xl dmesg -c >/dev/null
	xl debug-keys M
	xl dmesg -c | grep -cE '^\(XEN\) +MSI(-X)? +[0-9]+ '
}

# state: the function's registers, dom0's pirqs, how many messages Xen has. Of the message
# only whether it is on: Xen leaves address, data and count where they are when it is off.
state() {
	hw_save "$MULTI" /run/xpb/registers
	dd if=/dev/zero of=/run/xpb/registers bs=1 seek=$((0x72)) count=12 conv=notrunc 2>/dev/null
	xxd /run/xpb/registers
	lspci -s "$MULTI" -vv | grep -o 'MSI: Enable.'
	pirqs_of_dom0
	echo "messages: $(xen_messages)"
}

# unchanged WHAT: claim that state prints the same as at first.
unchanged() { check "$1" diff <(echo "$at_first") <(state); }

# count_is ENABLED: as lspci prints it, "Enable+ Count=2/16".
count_is() { lspci -s "$MULTI" -vv | grep -F "MSI: $1 " || { lspci -s "$MULTI" -vv; return 1; }; }

# granted N: the guest asks for N and gets them.
granted() {
	attack bad op cmd=10 devfn=0 info="$1" | tee /run/xpb/granted |
		grep -E "^err 0 value 0x[1-9a-f][0-9a-f]* info $1$"
}

# vectors N: the guest gets N and uses them, and they are gone when it disables them.
vectors() {
	local n=$1 first
	check "$n wanted and got" granted "$n" || { cat /run/xpb/granted; return; }
	note "$(cat /run/xpb/granted)"
	first=$(($(sed -n 's/.*value \(0x[0-9a-f]*\) .*/\1/p' /run/xpb/granted)))
	check "the function may send $n messages" count_is "Enable+ Count=$n/16"
	same "dom0 has as many irqs for it" "$n" "$(dom0_irqs | wc -w)"
	same "Xen has as many messages more" $((messages + n)) "$(xen_messages)"
	same "the guest may have events of these pirqs" "bound $n of $n" \
		"$(attack bad bind value=$first count="$n")"
	same "not of the next, nor of the one before" "bound 0 of 1 bound 0 of 1" \
		"$(attack bad bind value=$((first + n))) $(attack bad bind value=$((first - 1)))"
	answers bad <<-END
		op cmd=10 devfn=0 info=1 -> err -5 value 0x0 info 1
		op cmd=10 devfn=0 info=4 -> err -5 value 0x0 info 1
		op cmd=2 devfn=0 -> err -5 value 0x0
		op cmd=4 devfn=0 value=1 -> err -6 .*
	END
	check "the $n are enabled as before" count_is "Enable+ Count=$n/16"
	answers bad <<-END
		op cmd=3 devfn=0 -> err 0 value 0x[0-9a-f]+
	END
	same "the guest has none of them any more" "bound 0 of $n" "$(attack bad bind value=$first count="$n")"
	unchanged "all is as before"
}

# why_start, why_stop: trace which code refuses; the trace is in /run/xpb/trace.
TRACING=/sys/kernel/tracing
why_start() {
	[ -e $TRACING/trace ] || mount -t tracefs tracefs $TRACING
	cat >$TRACING/kprobe_events <<-END
		p:xpb_asked pci_msi_domain_supports mask=%si:x32
		r:xpb_said pci_msi_domain_supports said=\$retval:u8
		p:xpb_xen xen_msi_domain_alloc_irqs
	END
	echo >$TRACING/trace
	echo 1 >$TRACING/events/kprobes/enable
}

why_stop() {
	echo 0 >$TRACING/events/kprobes/enable
	cp $TRACING/trace /run/xpb/trace
	echo >$TRACING/kprobe_events
}

must "a controller is plugged in" monitor "device_add $CONTROLLER"
must "dom0 has it" await 20 test -e "$PCI/$MULTI"
show "its capability" < <(lspci -s "$MULTI" -vv | grep -A 1 MSI)
must "it has sixteen messages" count_is "Enable- Count=1/16"
must "module loads hiding it and the disk" load_hiding "$MULTI" "$NVME"
pirqs_at_seizure=$(pirqs_of_dom0)
must "a guest attacks them" hostile_start bad 1 "$MULTI" "$NVME"
# Memory decoding on, as drivers have it; or the first enable would change COMMAND.
attack bad op cmd=1 devfn=0 offset=4 size=2 value=0x6 >/dev/null
at_first=$(state) messages=$(xen_messages)
log_watch

note "--- refused: none, not a power of two, more than it has; no MSI; another's function"
answers bad <<-END
	op cmd=10 devfn=0 info=0 -> err -5 value 0x0 info 1
	op cmd=10 devfn=0 info=3 -> err -5 value 0x0 info 1
	op cmd=10 devfn=0 info=12 -> err -5 value 0x0 info 1
	op cmd=10 devfn=0 info=17 -> err -5 value 0x0 info 16
	op cmd=10 devfn=0 info=32 -> err -5 value 0x0 info 16
	op cmd=10 devfn=0 info=64 -> err -5 value 0x0 info 16
	op cmd=10 devfn=0 info=0x80000000 -> err -5 value 0x0 info 16
	op cmd=10 devfn=0 info=-1 -> err -5 value 0x0 info 16
	op cmd=10 devfn=8 info=1 -> err -5 value 0x0 info 1
	op cmd=10 devfn=16 info=2 value=7 -> err -1 value 0x7 info 2
END
unchanged "nothing has changed"

note "--- one, two, four and sixteen"
for n in 1 ${several:+2 4 16}; do
	vectors "$n"
done
if [ ! "$several" ]; then
	kmsg_mark
	why_start
	answers bad <<-END
		op cmd=10 devfn=0 info=2 -> err -5 value 0x0 info 1
		op cmd=10 devfn=0 info=4 -> err -5 value 0x0 info 1
		op cmd=10 devfn=0 info=16 -> err -5 value 0x0 info 1
	END
	why_stop
	show "kernel log" < <(kmsg_since)
	show "the PCI core" < <(grep xpb_ /run/xpb/trace)
	same "times it looked for MSI_FLAG_MULTI_PCI_MSI" 3 "$(grep -c "xpb_asked:.*mask=0x10000" /run/xpb/trace)"
	same "times the answer was no" 3 "$(grep -c "xpb_said:.*said=0" /run/xpb/trace)"
	same "Xen's code was not called" 0 "$(grep -c "xpb_xen:" /run/xpb/trace)"
	unchanged "nothing has changed"
	note "NOT PROVEN on Linux $(uname -r): more than one vector"
fi

note "--- more than Xen has for the guest"
answers bad <<-END
	op cmd=4 devfn=8 value=30 -> err 0 .*
END
held=$(xen_messages)
answers bad <<-END
	op cmd=10 devfn=0 info=4 -> err -5 value 0x0 info 1
END
check "its MSI is off" count_is "Enable-"
check "dom0 has no irq for it" [ -z "$(dom0_irqs)" ]
same "Xen has set up nothing" "$held" "$(xen_messages)"
answers bad <<-END
	op cmd=10 devfn=0 info=$(if_several 2 1) -> err 0 value 0x[1-9a-f][0-9a-f]* info $(if_several 2 1)
	op cmd=3 devfn=0 -> err 0 .*
	op cmd=5 devfn=8 -> err 0 .*
END
unchanged "all is as before"
log_bounded "requests so far"

note "--- requests as fast as they are answered"
log_watch
for what in "info=3" "info=32" "info=16" "info=1"; do
	note "$what: $(attack bad ring cmd=10 devfn=0 "$what" ms=2000)"
	attack bad op cmd=3 devfn=0 >/dev/null
done
unchanged "all is as before"
GUEST_LIMIT=150 attack bad random count=2000 seed=5 wait=20000 >/run/xpb/random
note "at random: $(cat /run/xpb/random)"
check "all were asked and answered" has /run/xpb/random "^asked 2000 unanswered 0 "
log_bounded "fast and random requests"

note "--- the guest is destroyed with $(if_several "all of them" one) enabled"
answers bad <<-END
	op cmd=3 devfn=0 -> err 0 .*
	op cmd=3 devfn=8 -> err 0 .*
END
# After so many failed enables the PCI core is not asked for a while (irq/backoff.c).
check "$(if_several sixteen one) wanted and got" await 20 granted "$(if_several 16 1)"
check "enabled while the guest runs" count_is "Enable+ Count=$(if_several 16 1)/16"
check "the guest is destroyed" guest_kill bad
after_the_guest "$MULTI" "$NVME"
check "no pirq of it is left in dom0" diff <(echo "$pirqs_at_seizure") <(pirqs_of_dom0)
same "no message of it is left in Xen" "$messages" "$(xen_messages)"

note "--- a Linux guest: its PCI code asks for one (enable_msi)"
must "a guest boots with the controller" guest_start vm1 1 "$MULTI"
check "its USB driver binds to it" guest_run vm1 "modprobe xhci-pci && await 20 not gone xhci_hcd"
check "a keyboard is plugged in" monitor "device_add usb-kbd,bus=multi.0,id=keyboard"
check "the guest sees it" guest_run vm1 "await 20 sh -c 'grep -q Keyboard /sys/bus/usb/devices/*/product'"
guest_run vm1 "grep -E xhci /proc/interrupts" >/run/xpb/irqs
show "the guest's interrupts" </run/xpb/irqs
check "by one message" has /run/xpb/irqs " [1-9][0-9]* .*msi.*xhci_hcd"
check "dom0 sees one" count_is "Enable+ Count=1/16"
check "the guest is destroyed" guest_kill vm1
after_the_guest "$MULTI"
check "no pirq of it is left in dom0" diff <(echo "$pirqs_at_seizure") <(pirqs_of_dom0)
must "the controller is pulled out" monitor "device_del multi"
check "it leaves dom0" await 40 not test -e "$PCI/$MULTI"
