# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Guests, seen from dom0: created and destroyed by xl, sent commands over their console (the
# protocol is in guest/init); the answers are read from xenconsoled's log.

# Parts of Debian's kernel that cost seconds of emulated time and that no device
# needs: self tests of cryptography, and what waits for random numbers. NO_MITIGATIONS is
# from host/vm.py, and empty in a benchmark.
LIGHT="${NO_MITIGATIONS:-}cryptomgr.notests ipv6.disable=1 initcall_blacklist=init_encrypted,crypto_kdf108_init,jent_mod_init"

guest_log() { echo "/var/log/xen/guest-$1.log"; }

# guest_kind: what differs between PV guests and, with GUEST_TYPE=hvm, HVM guests. An HVM guest's
# console is a serial port of its device model, where each character takes some 15 ms; scanning
# its buses before the PCI core does takes 40 s.
guest_kind() {
	[ "$GUEST_TYPE" = hvm ] || {
		printf '%s\n' 'type = "pv"' 'kernel = "/guest/vmlinux"'
		return
	}
	printf '%s\n' 'type = "hvm"' 'kernel = "/guest/vmlinuz"' 'vga = "none"' 'vnc = 0' \
		'nographic = 1' 'usb = 0' 'serial = "pty"' \
		'device_model_override = "/usr/libexec/xen-qemu-system-i386"'
}

# guest_config NAME VCPUS BDF...: writes /run/xpb/NAME.cfg. With GUEST_QUICK=1 the
# guest loads no driver for its devices.
guest_config() {
	local name=$1 vcpus=$2 pci='' quick=${GUEST_QUICK:+xpb_quick} console=hvc0
	shift 2
	[ $# -eq 0 ] || pci=$(printf '"%s",' "$@")
	[ "$GUEST_TYPE" != hvm ] || console="ttyS0 pci=noearly nokaslr"
	cat >"/run/xpb/$name.cfg" <<-END
	name = "$name"
	$(guest_kind)
	memory = ${GUEST_MEMORY:-256}
	vcpus = $vcpus
	ramdisk = "/guest/initrd"
	extra = "console=$console loglevel=${GUEST_LOGLEVEL:-4} $LIGHT ${GUEST_ARGS:-} xpb_cookie=$name xpb_devices=$# xpb_timeout_scale=$TIMEOUT_SCALE $quick"
	on_poweroff = "destroy"
	on_crash = "destroy"
	pci = [${pci%,}]
	END
}

# guest_start NAME VCPUS BDF...: create it and wait until it takes commands. Tried again if
# its kernel lost its own frontend (guest/init), which says nothing about the backend.
guest_start() {
	local try
	for try in 1 2 3; do
		guest_create "$@" || return 1
		grep -q "^GUEST-LOST-FRONTEND" "$(guest_log "$1")" || return 0
		echo "NOTE: guest $1, try $try: its kernel dropped its frontend by itself; another one"
		guest_kill "$1" && await 20 no_backends || return 1
	done
	return 1
}

# guest_tty NAME: dom0's end of the guest's console.
guest_tty() {
	local node=console
	[ "$GUEST_TYPE" != hvm ] || node=serial/0
	xenstore-read "/local/domain/$(xl domid "$1" 2>/dev/null)/$node/tty" 2>/dev/null
}

# guest_follow NAME: copy the console of an HVM guest to the log, as xenconsoled does for a
# PV guest, over all its reboots, until another guest of that name. The device model drops what
# nobody reads.
guest_follow() {
	local tty
	echo "$BASHPID" >"/run/xpb/$1.follower"
	while [ "$(cat "/run/xpb/$1.follower")" = "$BASHPID" ]; do
		tty=$(guest_tty "$1") && cat "$tty" >>"$(guest_log "$1")" 2>/dev/null
		poll_delay
	done
}

# guest_create NAME VCPUS BDF...: the same, once.
guest_create() {
	guest_config "$@"
	rm -f "$(guest_log "$1")"
	if [ "$GUEST_TYPE" = hvm ]; then
		: >"$(guest_log "$1")"
		# Not with the caller's output, for whose end `check` waits.
		guest_follow "$1" >/dev/null 2>&1 &
	fi
	timeout $((60 * TIMEOUT_SCALE)) xl create -q "/run/xpb/$1.cfg" || return 1
	await 100 grep -q "^GUEST-READY $1" "$(guest_log "$1")" || {
		echo "guest $1 did not get ready:"
		tail -n 20 "$(guest_log "$1")"
		return 1
	}
}

# guest_run NAME COMMAND: run it in the guest; its output and exit status.
guest_run() {
	# The time of day, because two of some hundred random numbers may be the same.
	local name=$1 id="$BASHPID.${EPOCHREALTIME//[.,]/}" log tty
	shift
	log=$(guest_log "$name")
	tty=$(guest_tty "$name") || return 1
	printf 'RUN %s %s\n' "$id" "$*" >"$tty"
	if ! await "${GUEST_LIMIT:-60}" grep -q "^END $id [0-9]* \." "$log"; then
		echo "guest $name: no end of: $*"
		return 1
	fi
	sed -n "/^BEGIN $id\$/,/^END $id /p" "$log" | sed '1d;$d'
	return "$(sed -n "s/^END $id \([0-9]*\) .*/\1/p" "$log")"
}

# guest_bg NAME COMMAND: start it in the guest and do not wait.
guest_bg() {
	guest_run "$1" "($2) >/dev/null 2>&1 &"
}

guest_exists() {
	xl domid "$1" >/dev/null 2>&1
}

guest_kill() {
	# xl waits 20 s for each device whose guest does not answer.
	timeout $((100 * TIMEOUT_SCALE)) xl destroy "$1"
	await 30 not guest_exists "$1"
}

guest_kill_all() {
	local id
	for id in $(xl list | awk 'NR > 1 && $2 > 0 { print $2 }'); do
		timeout $((100 * TIMEOUT_SCALE)) xl destroy "$id" || return 1
	done
	# The backend's nodes are the last thing to go.
	await 20 no_backends
}

# no_backends: no PCI backend device is left in dom0. After a detach that timed out xl may
# leave the xenstore directory of a closed backend behind; that is not the module's doing.
no_backends() {
	local left
	left=$(find /sys/bus/xen-backend/devices/ -name 'pci-*' 2>/dev/null)
	[ -z "$left" ] || { echo "$left"; xenstore-ls -f /local/domain/0/backend/pci; return 1; }
}

# backend_of NAME: xenstore directory of the guest's pci backend.
backend_of() {
	echo "/local/domain/0/backend/pci/$(xl domid "$1")/0"
}

# guest_irqs NAME: the interrupt lines of passed-through devices.
guest_irqs() {
	guest_run "$1" "grep -E 'nvme|eth|enp|e1000e|pcifront' /proc/interrupts"
}

# drives_disk_and_card NAME: claim that the guest's drivers work, by data and by answers.
drives_disk_and_card() {
	local written
	check "its driver starts the disk" guest_run "$1" "await 40 disk_of $DISK_SERIAL"
	check "it reads the pattern" same_sum "$1"
	written=$(guest_run "$1" "disk_fill $DISK_SERIAL 64 8 from-a-guest")
	check "and writes" is_sum "$written"
	same "and reads that" "$written" "$(guest_run "$1" "disk_sum $DISK_SERIAL 64 8")"
	check "the card reaches the gateway" guest_run "$1" "net_ping e1000e"
}

# enough_vectors COUNT NAME: standard input has COUNT MSI-X lines that mention NAME.
enough_vectors() {
	[ "$(grep -c "msi-x.*$2" )" -ge "$1" ]
}

# same_sum NAME: the guest's first disk reads the known pattern.
same_sum() {
	local got
	got=$(guest_run "$1" "disk_sum $DISK_SERIAL 0 $PATTERN_BLOCKS")
	[ "$got" = "$PATTERN_SHA256" ] && return 0
	echo "read: $got"
	guest_run "$1" "cat /tmp/dd_says; dmesg | tail -n 20"
	return 1
}
