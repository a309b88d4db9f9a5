# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hostile
# kernels: k6.12
# timeout: 200
#
# A guest writes anything to its own directory of xenstore: the same value a thousand times
# (XSA-349), grants and event channels that do not exist, every state, and then it does
# not answer any more. It cannot write to the backend's directory.

# The module's own default, not the longer one of the other scenarios.
FRONTEND_TIMEOUT_MS=
TRACING=/sys/kernel/tracing
memory() { sed -n 's/^\(MemFree\|Slab\): *\([0-9]*\) kB/\1 \2 kB/p' /proc/meminfo | paste -sd ' '; }
traced() { grep -c "$1" /run/xpb/trace; }

# watch_events on|off: record which events of frontends' states xenbus queues and handles.
watch_events() {
	[ -e $TRACING/trace ] || mount -t tracefs tracefs $TRACING
	if [ "$1" = on ]; then
		# shellcheck disable=SC2016 # not the shell's
		echo 'r:xpb/queue frontend_will_handle queued=$retval:u8' >$TRACING/kprobe_events &&
			echo 'p:xpb/handle xenbus_otherend_changed' >>$TRACING/kprobe_events &&
			echo 8192 >$TRACING/buffer_size_kb &&
			echo >$TRACING/trace &&
			echo 1 >$TRACING/events/xpb/enable
	else
		echo 0 >$TRACING/events/xpb/enable
		cp $TRACING/trace /run/xpb/trace
		echo >$TRACING/kprobe_events
	fi
}

# never_more_than_one_waits: in the order in which it was traced.
never_more_than_one_waits() {
	awk '/queued=1/ { waits++ } /handle:/ && waits { waits-- }
		waits > 2 { print "at " NR ": " waits; bad = 1; exit }
		END { exit bad }' /run/xpb/trace
}

# refused NODE TEXT: claims that the backend closes when a frontend writes that.
refused() {
	guest_run bad "hostile_returns $1 $2"
	check "$1=$2 is refused" await 20 backend_is bad 5
}

mute() { guest_run bad "echo $1 >/sys/module/hostile/parameters/mute"; }

# returns_valid: claims that a frontend that connects again as it should is served.
returns_valid() {
	mute 0
	guest_run bad hostile_returns
	check "a valid frontend is connected again" await 30 backend_is bad 4
	check "and served" still_serves bad 0 "$NVME"
}

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
must "a guest attacks" hostile_start bad 1 "$NVME" "$NIC"
log_watch

note "--- the guest cannot write to the backend's directory"
answers bad <<-END
	write node=state text=1 backend=1 -> written 1 failed 1 last error -13
	write node=dev-0 text=1 backend=1 -> written 1 failed 1 last error -13
	write node=num_devs text=1 backend=1 -> written 1 failed 1 last error -13
	write node=online text=1 backend=1 -> written 1 failed 1 last error -13
END

note "--- the same write again and again (XSA-349)"
note "before: $(memory)"
check "dom0's queue of watch events is traced" watch_events on
answers bad <<-END
	write node=state text=4 count=1000 -> written 1000 failed 0 last error 0
	write node=magic text=7 count=300 -> written 300 failed 0 last error 0
END
watch_events off
note "after: $(memory)"
note "events announced $(traced queue:), queued $(traced queued=1), handled $(traced handle:)"
check "the writes caused events" [ "$(traced queue:)" -gt 500 ]
check "never more than one waits in dom0" never_more_than_one_waits
check "the backend is still connected" backend_is bad 4
check "a valid read is answered" still_serves bad 0 "$NVME"

note "--- a frontend that connects again with what does not exist"
must "a frontend can connect again" guest_run bad hostile_returns
mute 1
refused pci-op-ref 4294967295
refused event-channel 4294967295
refused magic 8
returns_valid
log_bounded "writes, grants and event channels"

note "--- states no frontend would write"
log_watch
# shellcheck disable=SC2016 # the guest's
guest_run bad 'for state in 7 8 2 1 3 9 -1 4294967296 x 0; do hostile_shows $state; done' \
	>/run/xpb/states
show "what the backend did" </run/xpb/states
check "the backend still answers after the last" has /run/xpb/states "^0: frontend [0-9] backend [1-8]$"
log_bounded "states"
check "the guest is destroyed" guest_kill bad
after_the_guest "$NVME" "$NIC"

note "--- a frontend that never answers"
must "a frontend connects" hostile_start bad 1 "$NVME" "$NIC"
mute 1
prompt "xl pci-detach of the card" xl pci-detach bad "$NIC"
refused pci-op-ref x
refused event-channel 0
returns_valid

note "--- one whose event channel is closed while it is used"
attack bad op cmd=2 devfn=0 >/dev/null
attack_bg bad ring cmd=0 wait=0 ms=3000
attack bad close >/dev/null
mute 1
prompt "xl destroy" guest_kill bad
after_the_guest "$NVME" "$NIC"
disk_is_whole
