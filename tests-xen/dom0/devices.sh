# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# The physical devices and the pciback driver, seen from dom0. The addresses and the
# serial numbers of the disks come from /xpb/config, made by host/devices.py.

PCI=/sys/bus/pci/devices
STUB=/sys/bus/pci/drivers/pciback
read -r -a ALL_DEVICES <<<"$DEVICES"

# driver_of BDF: name of the bound driver, empty if none.
driver_of() {
	[ -e "$PCI/$1/driver" ] || return 0
	basename "$(readlink "$PCI/$1/driver")"
}

is_bound() {
	[ "$(driver_of "$1")" = "$2" ] || { echo "$1 is bound to '$(driver_of "$1")'"; return 1; }
}

is_loaded() {
	[ -d "/sys/module/$1" ]
}

# hide_arg BDF...: the value of hide= for these.
hide_arg() {
	printf '(%s)' "$@"
}

# How long the module waits for a frontend to begin with a detach. xl waits 10 s. More than
# the module's default, because an emulated guest is slow; scenarios about frontends that do
# not answer set it to nothing, which is the default.
FRONTEND_TIMEOUT_MS=9500

# load_hiding BDF...: load the module under test with these hidden, further
# parameters in $LOAD_OPTIONS.
load_hiding() {
	local timeout=
	[ "$MODULE" != ours ] || [ -z "$FRONTEND_TIMEOUT_MS" ] ||
		timeout=frontend_timeout_ms=$FRONTEND_TIMEOUT_MS
	# shellcheck disable=SC2086 # a list of options
	modprobe xen-pciback hide="$(hide_arg "$@")" $timeout $LOAD_OPTIONS
}

# stub_write FILE TEXT: write to one of the driver's files as xl does, with no
# newline; prints poke's word for the result.
stub_write() {
	printf '%s' "$2" | poke "$STUB/$1"
}

is_listed() {
	grep -qx "$1" "$STUB/slots"
}

is_assignable() {
	xl pci-assignable-list | grep -qF "$1"
}

# config_of BDF: configuration space as text, to compare it with later.
config_of() {
	hexdump -e '"%06.6_ax" 16/1 " %02x" "\n"' "$PCI/$1/config"
}

# settled BDF: the reset after its guest is over. The toolstack is answered before that.
settled() {
	! grep -q '^resetting' "$PCI/$1/pciback/reset_state" 2>/dev/null
}

# config_is BDF TEXT: it is the same as when config_of printed TEXT.
config_is() {
	await 20 settled "$1"
	diff <(printf '%s\n' "$2") <(config_of "$1")
}

# bind_to DRIVER BDF: bind a device to one of dom0's own drivers, which may just be doing
# that by itself.
bind_to() {
	modprobe "$1" || return 1
	await 20 try_bind "$1" "$2"
}

try_bind() {
	is_bound "$2" "$1" && return
	echo "$2" >"/sys/bus/pci/drivers/$1/bind"
	is_bound "$2" "$1"
}

# tidy: no guest, no module, no driver on the devices, no virtual functions.
tidy() {
	local bdf left
	guest_kill_all || return 1
	for bdf in "${ALL_DEVICES[@]}"; do
		# A scenario may have unplugged it.
		[ -e "$PCI/$bdf" ] || continue
		# A device in quarantine can be used by no driver until xl ends that.
		if [ -d "$STUB" ] && [ -e "$STUB/$bdf" ]; then
			xl pci-assignable-remove "$bdf" >/dev/null 2>&1
		fi
		printf '\n' >"$PCI/$bdf/driver_override"
		[ ! -e "$PCI/$bdf/driver" ] || echo "$bdf" >"$PCI/$bdf/driver/unbind"
	done
	vfs_off "$NVME"
	modprobe -r nvme e1000e 2>/dev/null
	# There is no such file if it is built in.
	if [ -e /sys/module/xen_pciback/refcnt ] && ! rmmod xen_pciback; then
		echo "xen-pciback does not unload: $(cat /sys/module/xen_pciback/refcnt) users"
		return 1
	fi
	xenstore-rm /local/domain/0/error 2>/dev/null
	xenstore-rm /local/domain/0/backend/pci 2>/dev/null
	for bdf in "${ALL_DEVICES[@]}"; do
		left=$(driver_of "$bdf")
		[ -z "$left" ] || { echo "$bdf is still bound to $left"; return 1; }
	done
}

# module_is_ours: the loaded module is the one under test.
module_is_ours() {
	local want=updates
	[ "$MODULE" = ours ] || want=kernel
	modinfo -n xen-pciback | grep "/$want/"
}
