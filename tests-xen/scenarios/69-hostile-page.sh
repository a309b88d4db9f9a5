# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hostile-page
# kernels: k6.12
# cpus: 2
# when: soak
# timeout: 200
#
# A guest with two CPUs changes the shared page while the backend works on it
# (XSA-155): one CPU sends a request, the other rewrites it meanwhile. Each request is
# answered and none causes a fault. Not part of make test: with two emulated CPUs Xen
# sometimes stops for ever, both CPUs waiting for a timer.

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
must "a guest with two CPUs attacks" hostile_start bad 2 "$NVME" "$NIC"
log_watch

# under_flips WORDS...: the attack, while another CPU rewrites the page.
under_flips() {
	attack bad "$@" flip=1 seed=7 >/run/xpb/answer
	check "$*: all were answered" has /run/xpb/answer "^asked [1-9][0-9]* unanswered 0 "
	note "      $(cut -c-150 /run/xpb/answer)"
}

same "the guest's CPUs" 2 "$(guest_run bad nproc)"
under_flips ring cmd=4 devfn=0 value=1 ms=2000
attack bad op cmd=5 devfn=0 >/dev/null
under_flips ring cmd=4 devfn=8 value=128 ms=2000
under_flips ring cmd=0 devfn=8 ms=2000
under_flips ring cmd=1 devfn=8 offset=4 size=2 value=0x107 ms=2000
under_flips random count=1000
note "--- requests over requests that are not answered yet"
attack bad ring cmd=4 devfn=0 value=128 wait=0 flip=1 ms=2000 >/run/xpb/answer
note "$(cat /run/xpb/answer)"
# The last one is still being answered.
check "valid reads are answered again" await 10 still_serves bad 0 "$NVME"
check "of the other function, too" await 10 still_serves bad 8 "$NIC"
log_bounded "a page that changes"
check "the guest is destroyed" guest_kill bad
after_the_guest "$NVME" "$NIC"
disk_is_whole
