#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Records what Linux does to the configuration space of each test device.

Boots the test guest on the devices themselves, without Xen, and has QEMU note every
access of the bus scan and of the device's own driver. Accesses that no driver makes are
added to each recording: every dword read, every base address sized, every register of
every capability written. The result is traces/*.trace, for compare.py. They are in the
source tree and made again only to record something else.
"""

import argparse
import re
import shutil
import socket
import subprocess
import sys
import time

from host import conf, devices, image, paths, vm

# How Linux reaches configuration space: through ports, and through memory where the
# q35 machine's firmware puts it. QEMU's names of these regions.
EVENTS = ("memory_region_ops_read", "memory_region_ops_write")
INDEX, DATA, MEMORY, MEMORY_BASE = "pci-conf-idx", "pci-conf-data", "pcie-mmcfg-mmio", 0xb0000000
LINE = re.compile(r"memory_region_ops_(read|write) cpu \d+ mr \S+ addr (\S+) value (\S+) "
                  rf"size (\d) name '({INDEX}|{DATA}|{MEMORY})'")

# Trace by the device it is made on.
DEVICES = {"nvme": devices.NVME, "nvme-sriov": devices.NVME2, "e1000e": devices.NIC,
           "e1000": devices.NIC2}

# Bits that may change by themselves: offset in what, size, bits, why.
VOLATILE = (
    ("header", 0x06, 2, 0x0008, "Interrupt Status follows the device's interrupt line"),
    ("EXP", 0x0a, 2, 0x0020, "Transactions Pending follows the device's own requests"),
    ("EXP", 0x12, 2, 0x0800, "Link Training follows the link"),
)


class Guest:
    """The test guest on the bare machine; its console is a socket."""

    def __init__(self, folder, kernel):
        self.dir = folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for n in (1, 2):
            vm.make_disk(folder / f"disk{n}.img", n)
        guest = image.base_images(kernel, paths.Xen())[1]
        (folder / "initrd").write_bytes(guest.read_bytes() + image.guest_files(kernel))
        with open(folder / "qemu.log", "wb") as log:
            self.process = subprocess.Popen([
                "qemu-system-x86_64", "-nodefaults", "-nographic", "-no-reboot",
                "-machine", "q35", "-accel", "tcg", "-cpu", "qemu64", "-m", "512",
                "-kernel", kernel.vmlinuz, "-initrd", "initrd", "-append",
                "console=ttyS0 loglevel=6 xpb_all_drivers xpb_cookie=record",
                "-serial", "unix:serial,server", "-D", "trace.log",
                "-monitor", "unix:monitor,server,nowait", *devices.options("all"),
            ], cwd=folder, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.console = vm.connect(folder, "serial")
        self.text = ""

    def read_until(self, pattern, limit):
        deadline = time.monotonic() + limit
        while not (found := re.search(pattern, self.text, re.S)):
            if time.monotonic() > deadline:
                raise SystemExit(f"record: no {pattern!r} on the console:\n{self.text[-2000:]}")
            try:
                part = self.console.recv(65536)
            except socket.timeout:
                continue
            if not part:
                raise SystemExit(f"record: QEMU ended, see {self.dir}/qemu.log")
            self.text += part.decode(errors="replace")
        return found

    def run(self, command, limit):
        self.text = ""
        self.console.sendall(f"RUN 1 {command}\n".encode())
        return self.read_until(r"BEGIN 1\r?\n(.*)END 1 \d+ \.", limit)[1]

    def monitor(self, *commands):
        with vm.connect(self.dir, "monitor") as s:
            for command in commands:
                s.sendall(command.encode() + b"\n")
            time.sleep(1)


def record(kernel, limit):
    """Accesses and the space itself, by device name."""
    guest = Guest(paths.OUT / "record", kernel)
    try:
        # The firmware's own accesses come first and are of no interest.
        guest.read_until("Linux version", limit)
        guest.monitor(*(f"trace-event {event} on" for event in EVENTS))
        guest.read_until("GUEST-READY record", limit)
        guest.monitor(*(f"trace-event {event} off" for event in EVENTS))
        spaces = {}
        for name, bdf in DEVICES.items():
            dump = guest.run(f"od -An -v -tx1 /sys/bus/pci/devices/{bdf}/config", limit)
            spaces[name] = bytes.fromhex("".join(dump.split()))
    finally:
        guest.process.terminate()
        guest.process.wait()
    with open(guest.dir / "trace.log", encoding="ascii", errors="replace") as log:
        return accesses_in(log), spaces


def accesses_in(log):
    """(kind, offset, size, value) by device name."""
    accesses = {name: [] for name in DEVICES}
    by_address = {conf.ecam(bdf): name for name, bdf in DEVICES.items()}
    index = 0
    for found in filter(None, map(LINE.search, log)):
        addr, value, size = int(found[2], 16), int(found[3], 16), int(found[4])
        if found[5] == INDEX:
            index = value
            continue
        if found[5] == DATA:
            where = (index >> 8 & 0xffff) << 12 | (index & 0xfc) + (addr & 3)
        else:
            where = addr - MEMORY_BASE
        name = by_address.get(where & ~0xfff)
        if name:
            kind = "R" if found[1] == "read" else "W"
            accesses[name].append((kind, where & 0xfff, size, value))
    return accesses


def recorded(accesses, space):
    """Trace lines for what was recorded. A value that was there anyhow is "="; so the
    trace does not depend on where this machine put the device."""
    lines = []
    for kind, off, size, value in accesses:
        if kind == "R":
            lines.append(f"R {off:03x} {size}")
        elif value == int.from_bytes(space[off:off + size], "little"):
            lines.append(f"W {off:03x} {size} =")
        else:
            lines.append(f"W {off:03x} {size} {value:0{2 * size}x}")
    return lines


def tries(off, size):
    """Write ones, zeros, and what was there."""
    return [f"W {off:03x} {size} {value}" for value in ("f" * 2 * size, "0" * 2 * size, "=")]


def every(space):
    return [f"R 000-{len(space) - 4:03x} 4"]


def systematic(space):
    """Accesses that no driver makes."""
    lines = ["# the header, in words and bytes"]
    for size in (2, 1):
        lines.append(f"R 000-{0x40 - size:03x} {size}")
    lines.append("# base addresses, sized and moved")
    for off in [*range(0x10, 0x28, 4), 0x30]:
        lines += [f"W {off:03x} 4 {value}" for value in ("ffffffff", "12340000", "=")]
        lines.append(f"R {off:03x} 2")
    lines.append("# registers of the header")
    lines += [line for off in [*range(0x00, 0x10, 2), *range(0x28, 0x30, 2), *range(0x34, 0x40, 2)]
              for line in tries(off, 2)]
    lines += [line for off in (0x0c, 0x0d, 0x0f, 0x3c, 0x3d) for line in tries(off, 1)]
    lines += ["# COMMAND as drivers write it"]
    lines += [f"W 004 2 {value:04x}" for value in (0x0007, 0x0407, 0x0403, 0x0000)] + ["W 004 2 ="]
    for cap in conf.capabilities(space):
        lines.append(f"# {cap.name}")
        for off in range(cap.start, cap.end, 4):
            lines += tries(off, 4)
        for off in range(cap.start, cap.end, 2):
            lines += tries(off, 2)
    return lines


def write_trace(name, accesses, space):
    head = ["# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause",
            f"# {name}: made by record.py; the format is in guest/conftrace.c."]
    caps = {cap.name: cap for cap in conf.capabilities(space)}
    for where, off, size, bits, why in VOLATILE:
        if where == "header" or where in caps:
            at = off + (caps[where].start if where != "header" else 0)
            head.append(f"volatile {at:03x} {size} {bits:0{2 * size}x} {why}")
    lines = [
        *head,
        # First, so that what was there before any write is known.
        "# every dword", *every(space),
        "# the bus scan and the driver", *recorded(accesses, space),
        *systematic(space),
        "# what is left of it all", *every(space),
    ]
    (paths.TRACES / f"{name}.trace").write_text("\n".join(lines) + "\n", encoding="ascii")
    print(f"{name}: {len(accesses)} accesses recorded, {len(lines)} lines")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--kernel", default="k6.12")
    p.add_argument("--limit", type=int, default=300, help="seconds the boot may take")
    args = p.parse_args()
    paths.setup("xen")
    accesses, spaces = record(paths.Kernel(args.kernel), args.limit)
    for name in DEVICES:
        if not accesses[name]:
            raise SystemExit(f"record: nothing recorded for {name}")
        write_trace(name, accesses[name], spaces[name])
    shutil.rmtree(paths.OUT / "record")
    return 0


if __name__ == "__main__":
    sys.exit(main())
