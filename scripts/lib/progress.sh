# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# What takes long says every 30 s what it does and how far it is: one plain line, as good in a
# log file as on a terminal. Who sources this file has a function say.

XPB_PROGRESS_SECONDS=${XPB_PROGRESS_SECONDS:-30}

# with_progress WHAT [MEASURE...] -- COMMAND...: run COMMAND; while it runs, say that WHAT goes
# on, for how long, and what the command MEASURE prints about it. The shell does not stop at
# errors inside COMMAND.
with_progress() {
	local what=$1 status=0 printer
	local -a measure=()
	shift
	while [ "$1" != -- ]; do
		measure+=("$1")
		shift
	done
	shift
	progress_lines "$what" "${measure[@]}" &
	printer=$!
	"$@" || status=$?
	kill "$printer" 2>/dev/null || true
	wait "$printer" 2>/dev/null || true
	return "$status"
}

progress_lines() {
	local what=$1 start=$SECONDS pipe far
	shift
	# Descriptors of locks (setup.sh, kernel.sh, build-module.sh) are not for this process.
	exec 8>&- 9>&- {pipe}<> <(:)
	# A read that never succeeds waits without a process of its own, which would outlive us.
	while ! read -rt "$XPB_PROGRESS_SECONDS" -u "$pipe" && kill -0 "$$" 2>/dev/null; do
		far=$([ $# -eq 0 ] || "$@" 2>/dev/null) || true
		say "$what: $((SECONDS - start)) s so far${far:+, $far}"
	done
}

# wait_for_lock DESCRIPTOR WHAT: lock the file that is open there; WHAT has it meanwhile.
wait_for_lock() {
	local start=$SECONDS
	flock -n "$1" && return
	say "waiting for $2"
	until flock -w "$XPB_PROGRESS_SECONDS" "$1"; do
		say "waiting for $2: $((SECONDS - start)) s so far"
	done
}

# folder_mb FOLDER: its size.
folder_mb() {
	echo "$(du -sm "$1" 2>/dev/null | cut -f1) MB"
}
