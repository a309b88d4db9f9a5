# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# What a scenario prints: claims that are checked, and evidence.

# check WHAT COMMAND...: claim WHAT; it holds if COMMAND succeeds. The output is shown only
# if COMMAND fails. The scenario goes on after a failed claim, the later ones may help to
# find the cause.
check() {
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then
		echo "  ok    $what"
		# Shown even of a command that succeeds.
		sed -n 's/^NOTE: /        | /p' <<<"$out"
	else
		echo "  FAIL  $what"
		echo "        command: $*"
		[ -z "$out" ] || printf '%s\n' "$out" | tail -n 20 | sed 's/^/        | /'
		echo "$what" >>/run/xpb/failures
		return 1
	fi
}

# must: as check; ends the scenario if the claim fails, because all later claims need it.
must() {
	check "$@" || exit 1
}

# refuse WHAT COMMAND...: claim that COMMAND fails.
refuse() {
	check "$1" not "${@:2}"
}

not() {
	! "$@"
}

# same WHAT EXPECTED SEEN
same() {
	check "$1: $3" [ "$2" = "$3" ] ||
		echo "        expected: $2"
}

# is_sum TEXT: what a guest printed is a sha256 sum, and not an error message.
is_sum() {
	[[ $1 =~ ^[0-9a-f]{64}$ ]] || { echo "$1"; return 1; }
}

# note TEXT: evidence.
note() {
	echo "  $*"
}

# show TITLE: evidence of several lines, from standard input.
show() {
	echo "  $1:"
	sed 's/^/    /'
}

# skip REASON: this scenario cannot run here.
skip() {
	echo "$*" >/run/xpb/skip
	exit 77
}

# poll_delay, as in guest/tools.sh, but without a new process, which would take CPU time
# from the guest that is waited for. Nothing ever writes to this pipe.
mkfifo /run/xpb/empty 2>/dev/null
poll_delay() {
	read -r -t 0.2 <>/run/xpb/empty
	return 0
}

# has FILE PATTERN / lacks FILE PATTERN: extended regular expressions.
has() {
	grep -qE -- "$2" "$1" || { echo "no line like '$2' in $1:"; cat "$1"; return 1; }
}

lacks() {
	! grep -E -- "$2" "$1"
}

# kmsg_mark: remember this place in the kernel log; kmsg_since prints what came after.
kmsg_mark() {
	KMSG_MARK="xpb-mark $RANDOM$RANDOM"
	echo "$KMSG_MARK" >/dev/kmsg
}

kmsg_since() {
	dmesg | sed "1,/$KMSG_MARK\$/d"
}

# kmsg_has WHAT PATTERN: claim that the kernel's log has that since the mark.
kmsg_has() {
	kmsg_since >/run/xpb/kmsg
	check "$1" has /run/xpb/kmsg "$2" && show "kernel log" < <(grep -E -- "$2" /run/xpb/kmsg)
}

# monitor COMMAND: have QEMU's monitor carry it out (inject an error, unplug a device);
# prints the monitor's answer. Fails if that is an error or does not arrive in time.
monitor() {
	local id="$BASHPID.${EPOCHREALTIME//[.,]/}" line answer=''
	printf '@@monitor %s %s\n' "$id" "$*" >/dev/ttyS1
	while read -r -t $((ANSWER_LIMIT + 10 * TIMEOUT_SCALE)) line; do
		case "$line" in
		"$id.")
			printf '%s' "$answer"
			case "$answer" in
			Error* | *"unknown command"*) return 1 ;;
			esac
			return 0
			;;
		"$id| "*) answer+=${line#"$id| "}$'\n' ;;
		esac
	done </dev/ttyS1
	echo "no answer to: $*"
	return 1
}

# host_sleeps: claim that the host sleeps (S3, Xen and all) until QEMU wakes it up; the kernel
# log is marked before.
host_sleeps() {
	kmsg_mark
	must "the host sleeps and wakes up" asleep
}

asleep() {
	monitor wake_when_asleep
	echo mem >/sys/power/state || return 1
	kmsg_since | grep -q "Low-level resume complete" || { kmsg_since | tail -n 20; return 1; }
}

# seconds_of COMMAND...: how long it took, and its exit status; its output goes to
# standard error.
seconds_of() {
	local from to status
	read -r from _ </proc/uptime
	"$@" >&2
	status=$?
	read -r to _ </proc/uptime
	awk "BEGIN { printf \"%.1f\", $to - $from }"
	return "$status"
}

# timed_out: standard input says that xl waited for a backend until it gave up.
timed_out() {
	grep "Backend .* not ready"
}

# prompt WHAT COMMAND...: claim that COMMAND, an xl command, succeeds and that no wait of
# it for a frontend timed out, which xl would print; print how long it took.
prompt() {
	local what=$1 took
	shift
	if took=$(seconds_of "$@" 2>/run/xpb/said); then
		note "$what: $took s"
		check "$what waits for no frontend" not timed_out </run/xpb/said
	else
		check "$what" eval "cat /run/xpb/said; false"
	fi
}
