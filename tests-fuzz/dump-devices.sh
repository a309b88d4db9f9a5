#!/bin/bash
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
#
# dump-devices.sh: makes corpus-src/qemu-*.hex anew: the configuration space of
# QEMU's device models, as a plain Linux finds them before any driver has touched
# them. The files are in the tree, so that fuzzing needs no virtual machine; run
# this only to follow a newer QEMU. Needs the kernel cache and busybox.

set -euo pipefail
export QEMU_AUDIO_DRV=none
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=scripts/lib/cache.sh
. "$here/../scripts/lib/cache.sh"
# shellcheck source=scripts/lib/tools.sh
. "$here/../scripts/lib/tools.sh"
# shellcheck disable=SC2086 # a list
ensure_tools $XPB_TOOLS_VM
"$here/../scripts/setup.sh" kunit

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mkdir -p "$work/root"/{bin,proc,sys,dev}
cp "$(command -v busybox)" "$work/root/bin/busybox"
cat >"$work/root/init" <<'END'
#!/bin/busybox sh
bb=/bin/busybox
$bb mount -t sysfs sys /sys
$bb mount -t devtmpfs dev /dev
exec >/dev/ttyS0 2>&1
for d in /sys/bus/pci/devices/*; do
	echo "DEVICE ${d##*/} $($bb cat $d/vendor) $($bb cat $d/device)"
	# Repeated lines come out as one "*"; all of them are zeros.
	$bb hexdump -C $d/config
done
echo "END OF DUMPS"
$bb poweroff -f
END
chmod +x "$work/root/init"
(cd "$work/root" && find . | cpio -o -H newc --quiet | gzip -1) >"$work/initrd"

truncate -s 16M "$work/disk" "$work/pmem" "$work/lsa"

# boot NAME QEMU-ARGUMENTS...: one machine, its devices' dumps into corpus-src.
boot() {
	local name=$1
	shift
	timeout 300 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
		-accel tcg -m 512 -serial "file:$work/$name.log" \
		-kernel "$XPB_CURRENT/k6.12/vmlinuz" -initrd "$work/initrd" \
		-append "console=ttyS0 quiet loglevel=1 panic=-1" "$@" </dev/null
	grep -q 'END OF DUMPS' "$work/$name.log" || {
		tail -n 20 "$work/$name.log" >&2
		die "the machine '$name' did not dump its devices"
	}
	"$here/dumps.py" split "$name" "$work/$name.log" "$here/corpus-src"
}

# Anew: dumps.py skips kinds of devices that another machine has had.
rm -f "$here"/corpus-src/qemu-*.hex
boot express -machine q35 \
	-drive if=none,id=d0,format=raw,file="$work/disk" \
	-device pcie-root-port,id=rp1,slot=1 -device nvme-subsys,id=sub0 \
	-device nvme,bus=rp1,serial=a,subsys=sub0,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=4,max_ioqpairs=12,msix_qsize=17 \
	-device pcie-root-port,id=rp2,slot=2 -device e1000e,bus=rp2 \
	-device pcie-root-port,id=rp3,slot=3 -device qemu-xhci,bus=rp3 \
	-device pcie-root-port,id=rp4,slot=4 \
	-device virtio-net-pci,bus=rp4,ats=on,aer=on,iommu_platform=on,disable-legacy=on \
	-device pcie-root-port,id=rp5,slot=5 -device nec-usb-xhci,bus=rp5 \
	-device pcie-root-port,id=rp6,slot=6 -device pcie-pci-bridge,id=pb,bus=rp6 \
	-device e1000,bus=pb,addr=1 -device rtl8139,bus=pb,addr=2 \
	-device pcie-root-port,id=rp7,slot=7 -device x3130-upstream,id=up,bus=rp7 \
	-device xio3130-downstream,id=down,bus=up,chassis=20,slot=20 -device megasas,bus=down \
	-device ioh3420,id=rp8,slot=8 -device nvme,bus=rp8,serial=b,drive=d0 \
	-device intel-hda -device ich9-usb-ehci1 -device i82801b11-bridge,id=dmi \
	-device virtio-blk-pci,bus=pcie.0,drive=d1 \
	-drive if=none,id=d1,format=raw,file="$work/lsa"

boot classic -machine pc \
	-device e1000 -device lsi53c895a -device pci-bridge,id=br,chassis_nr=1 \
	-device am53c974,bus=br,addr=1 -device vmxnet3 -device VGA -device i82559er

boot cxl -machine q35,cxl=on -m 512,maxmem=4G,slots=4 \
	-object memory-backend-file,id=m0,share=on,mem-path="$work/pmem",size=16M \
	-object memory-backend-file,id=m1,share=on,mem-path="$work/lsa",size=16M \
	-device pxb-cxl,bus_nr=12,bus=pcie.0,id=cxl.1 \
	-device cxl-rp,port=0,bus=cxl.1,id=crp0,chassis=0,slot=2 \
	-device cxl-type3,bus=crp0,memdev=m0,lsa=m1,id=mem0
