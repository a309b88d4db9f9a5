# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: hostile
# kernels: k6.1 k6.12 debug
# timeout: 200
#
# A guest sends requests no frontend would: interrupts switched in every wrong order
# (XSA-157), failing enables by the thousand (XSA-43), decoding switched off
# (XSA-120), numbers out of range. Each is answered with an error that fits; dom0's
# log does not grow with the number of requests.

ours() { [ "$MODULE" = ours ] && echo "$1" || echo "$2"; }
command_bits() { echo $((0x$(setpci -s "$1" COMMAND.W) & 0x543)); }

must "module loads hiding the disk and the card" load_hiding "$NVME" "$NIC"
must "a guest attacks them" hostile_start bad 1 "$NVME" "$NIC"
log_watch

note "--- interrupts in every wrong order; the card is devfn 8 (XSA-157)"
# The in-tree driver ignores a disable of the kind that is not enabled.
answers bad <<-END
	op cmd=3 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=5 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=2 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=2 devfn=8 -> err -5 value 0x0
	op cmd=4 devfn=8 value=1 -> err -6 value 0x[0-9a-f]+
	op cmd=3 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=3 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=0 -> err -22 value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=129 -> err -22 value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=-1 -> err -22 value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=128 -> err -(22|28) value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=1 first=5 -> err -22 value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=1 first=65535 -> err -22 value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=2 step=0 -> err -22 value 0x[0-9a-f]+
	op cmd=4 devfn=8 value=5 -> err 0 value 0x0( pirq [1-9][0-9]*){5}
	op cmd=4 devfn=8 value=5 -> err -114 value 0x[0-9a-f]+
	op cmd=2 devfn=8 -> err -5 value 0x0
	op cmd=3 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=2 devfn=8 -> $(ours "err 0" "err -5") value 0x[0-9a-f]+
	op cmd=5 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=3 devfn=8 -> err 0 value 0x[0-9a-f]+
	op cmd=2 devfn=0 -> err -5 value 0x0
END
check "MSI and MSI-X are off" msi_is_off "$NIC"

note "--- decoding switched off, then MSI-X (XSA-120, XSA-157)"
decode=$(command_bits "$NIC")
answers bad <<-END
	op cmd=1 devfn=8 offset=4 size=2 value=0x0 -> err 0 .*
	op cmd=1 devfn=8 offset=4 size=2 value=0xffff -> err 0 .*
	op cmd=1 devfn=8 offset=4 size=2 value=0x0 -> err 0 .*
	op cmd=1 devfn=8 offset=4 size=1 value=0x0 -> err 0 .*
	op cmd=1 devfn=8 offset=4 size=4 value=0x0 -> err 0 .*
END
same "decoding, error reporting and INTx are as they were" "$decode" "$(command_bits "$NIC")"
answers bad <<-END
	op cmd=4 devfn=8 value=1 -> err (0|-6) .*
	op cmd=5 devfn=8 -> err 0 .*
END

note "--- numbers out of range"
answers bad <<-END
	op cmd=11 -> err -4 .*
	op cmd=-1 -> err -4 .*
	op cmd=0 devfn=16 -> err -1 .*
	op cmd=0 devfn=256 -> err -1 .*
	op cmd=0 devfn=-1 -> err -1 .*
	op cmd=0 domain=1 -> err -1 .*
	op cmd=0 bus=1 -> err -1 .*
	op cmd=0 bus=256 -> err -1 .*
	op cmd=0 size=0 -> err -2 .*
	op cmd=0 size=3 -> err -2 .*
	op cmd=0 size=8 -> err -2 .*
	op cmd=0 size=-1 -> err -2 .*
	op cmd=0 offset=1 -> err -2 .*
	op cmd=0 offset=-1 size=1 -> err -2 .*
	op cmd=0 offset=-4 -> err -2 .*
	op cmd=0 offset=0x7fffffff size=1 -> err -2 .*
	op cmd=0 offset=0x80000000 -> err -2 .*
	op cmd=0 offset=0xffe -> err -2 .*
	op cmd=0 offset=0x1000 -> $(ours "err -2" "err -?[0-9]+") .*
	op cmd=1 offset=0x1000 -> $(ours "err -2" "err -?[0-9]+") .*
	op cmd=1 offset=-4 -> err -2 .*
	op cmd=1 size=64 -> err -2 .*
END
check "a valid read is answered" still_serves bad 0 "$NVME"
log_bounded "requests so far"

note "--- enables that fail, as fast as they are answered (XSA-43)"
log_watch
attack bad op cmd=2 devfn=8 >/dev/null
for what in "cmd=2 devfn=8" "cmd=4 devfn=8 value=1" "cmd=4 devfn=8 value=1000" "cmd=2 devfn=0" \
	"cmd=1 devfn=0 offset=0x100 value=1"; do
	note "$what: $(attack bad ring "$what" ms=4000)"
done
check "a valid read is answered" still_serves bad 8 "$NIC"
log_bounded "enables that fail"

# More than Xen has for the guest: the PCI core is asked, and logs its failure.
log_watch
attack bad op cmd=5 devfn=8 >/dev/null
attack bad op cmd=4 devfn=8 value=5 >/dev/null
attack bad ring cmd=4 devfn=0 value=65 ms=4000 wait=20000 >/run/xpb/answer
note "more vectors than there are: $(cat /run/xpb/answer)"
check "all were answered" has /run/xpb/answer "^asked [1-9][0-9]* unanswered 0 "
log_bounded "enables that the host refuses"
note "--- the guest is destroyed with MSI enabled"
check "the guest is destroyed" guest_kill bad
after_the_guest "$NVME" "$NIC"
