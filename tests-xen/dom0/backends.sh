# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# Backend directories written by hand, for a domain that does not exist: what a toolstack
# writes, without a toolstack, and what a frontend writes, without a guest.

fake_domain() {
	domain=$1
	backend=/local/domain/0/backend/pci/$domain/0
	frontend=/local/domain/$domain/device/pci/0
	error=/local/domain/0/error/backend/pci/$domain/0/error
}

backend_state() { xenstore-read "$backend/state" 2>/dev/null; }
state_is() { [ "$(backend_state)" = "$1" ]; }
has_error() { xenstore-exists "$error" 2>/dev/null; }

# node_is NODE VALUE: below the backend's directory.
node_is() { [ "$(xenstore-read "$backend/$1" 2>/dev/null)" = "$2" ]; }

# make_backend KEY VALUE ...: a backend directory with these nodes and the usual ones.
make_backend() {
	local -a nodes=()
	while [ $# -gt 0 ]; do
		nodes+=("$backend/$1" "$2")
		shift 2
	done
	xenstore-write "$frontend/backend" "$backend" "$frontend/backend-id" 0 "$frontend/state" 1 \
		"$backend/frontend" "$frontend" "$backend/frontend-id" "$domain" \
		"$backend/online" 1 "$backend/domain" fake "${nodes[@]}"
	# xenbus reads the directory when state appears, so state is written last.
	xenstore-write "$backend/state" 1
}

# forget_backend: the toolstack deletes the directories.
forget_backend() {
	xenstore-rm "$backend" 2>/dev/null
	xenstore-rm "/local/domain/$domain" 2>/dev/null
	await 10 not test -e "/sys/bus/xen-backend/devices/pci-$domain-0"
}

drop_backend() {
	xenstore-rm /local/domain/0/error 2>/dev/null
	forget_backend
}
