# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# What the debug kernel has found, for the host (host/debug.py): runner calls these, and
# on another kernel they do nothing. Lines are "@@<nonce> DEBUG ..."; see there.

debug_on() {
	[ "$KERNEL" = debug ] || [ "$KERNEL" = builtin ]
}

debug_begin() {
	debug_on || return 0
	# Not where scenarios mount it and unmount it.
	mkdir -p /run/xpb/debugfs
	mount -t debugfs debugfs /run/xpb/debugfs
	dmesg | sed "/xpb-begin/,\$d;s/^/@@$nonce LOG /"
}

# debug_leaks WHERE: look for objects that nothing points to any more, and forget those that
# are reported. Two scans: the first one only notes what the objects contain. What is
# younger than 5 s is not reported yet.
debug_leaks() {
	local leaks=/run/xpb/debugfs/kmemleak found line
	debug_on || return 0
	if ! { echo scan && echo scan; } >$leaks; then
		emit "DEBUG error kmemleak does not scan"
	fi
	found=$(cat $leaks)
	emit "DEBUG leaks $(grep -c '^unreferenced' <<<"$found") $1"
	while read -r line; do
		[ -z "$line" ] || emit "DEBUG object $line"
	done <<<"$found"
	echo clear >$leaks
}

debug_end() {
	debug_on || return 0
	sleep 6
	debug_leaks "the end"
	emit "DEBUG lockdep $(sed -n 's/^ debug_locks: *//p' /proc/lockdep_stats)"
	dmesg | sed "1,/xpb-end/d;s/^/@@$nonce LOG /"
}
