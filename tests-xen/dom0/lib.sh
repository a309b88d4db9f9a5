# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
#
# What a scenario says: claims that are checked, and evidence.

# check WHAT COMMAND...: claim WHAT; true if COMMAND succeeds. Its output is shown
# when it fails. A failed claim does not end the scenario: the rest still tells.
check() {
	local what=$1 out
	shift
	if out=$("$@" 2>&1); then
		echo "  ok    $what"
		# What a reader should know although it went well.
		sed -n 's/^NOTE: /        | /p' <<<"$out"
	else
		echo "  FAIL  $what"
		echo "        command: $*"
		[ -z "$out" ] || printf '%s\n' "$out" | tail -n 20 | sed 's/^/        | /'
		echo "$what" >>/run/xpb/failures
		return 1
	fi
}

# must: as check, but nothing after it would make sense.
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

# is_sum TEXT: what a guest said it wrote or read is a sum, and no complaint.
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

# a_moment, as in guest/tools.sh, but without a process: what one costs is taken from the
# guest that is waited for. Nobody ever writes to the pipe.
mkfifo /run/xpb/silence 2>/dev/null
a_moment() {
	read -r -t 0.2 <>/run/xpb/silence
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

# kmsg_has WHAT PATTERN: claim that the kernel said so since the mark.
kmsg_has() {
	kmsg_since >/run/xpb/kmsg
	check "$1" has /run/xpb/kmsg "$2" && show "kernel log" < <(grep -E -- "$2" /run/xpb/kmsg)
}

# monitor COMMAND: have QEMU's monitor carry it out, for what hardware does by itself
# (an error, a device pulled); what it answers. Fails if that is an error, or if the
# host has waited for QEMU in vain.
monitor() {
	local id="$BASHPID.${EPOCHREALTIME//[.,]/}" line answer=''
	printf '@@monitor %s %s\n' "$id" "$*" >/dev/ttyS1
	while read -r -t $((ANSWER_LIMIT + 10 * PATIENCE)) line; do
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

# in_vain: standard input says that xl waited for a backend until it gave up.
in_vain() {
	grep "Backend .* not ready"
}

# prompt WHAT COMMAND...: claim that it succeeds and that xl waited for nobody in vain,
# which it says of each device; print how long it took.
prompt() {
	local what=$1 took
	shift
	if took=$(seconds_of "$@" 2>/run/xpb/said); then
		note "$what: $took s"
		check "$what waits for no frontend" not in_vain </run/xpb/said
	else
		check "$what" eval "cat /run/xpb/said; false"
	fi
}
