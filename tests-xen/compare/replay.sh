# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
# shellcheck shell=bash
# boot: replay
# devices: all
# timeout: 400
#
# Replays each trace on its device, in a guest that has no driver on it. The result of
# every access is printed for compare.py, in lines that begin with "trace>".

emit() { sed "s/^/trace> $1 $2 /"; }

must "module loads hiding all devices" load_hiding "${ALL_DEVICES[@]}"
for bdf in "${ALL_DEVICES[@]}"; do
	xxd -p "$PCI/$bdf/config" | emit space "$bdf"
done
GUEST_QUICK=1
must "guest boots with all devices" guest_start vm1 1 "${ALL_DEVICES[@]}"

# replay TRACE SLOT: the results are written to a file, because check shows no output.
replay() {
	GUEST_LIMIT=300 guest_run vm1 \
		"conftrace /traces/$1.trace /sys/bus/pci/devices/0000:00:$(printf %02x "$2").0/config" \
		>/run/xpb/answers && grep -q '^end ' /run/xpb/answers
}

slot=0
for name in nvme nvme-sriov e1000e e1000; do
	check "$name: the trace is replayed" replay "$name" "$slot"
	emit answers "${ALL_DEVICES[$slot]}" </run/xpb/answers
	slot=$((slot + 1))
done
check "the guest is destroyed" guest_kill vm1
for bdf in "${ALL_DEVICES[@]}"; do
	xxd -p "$PCI/$bdf/config" | emit after "$bdf"
done
