#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""run.py: what an operation costs, in-tree xen-pciback and ours side by side.

QEMU runs so that its clock counts executed instructions (icount, one thread), so a
figure is exact and the same on every machine, however busy. A boot for each kernel
and module; prints a table and asserts nothing. How a machine is put together is
tests-xen's; bench/measure.sh is what runs inside.
"""

import argparse
import os
import secrets
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "tests-xen"))

from host import devices, image, paths, vm  # noqa: E402
from host.report import Progress  # noqa: E402
from host.results import Parser  # noqa: E402
# From scripts/lib, where host looks.
from cpio import Archive  # noqa: E402

OUT = paths.TOP / "build/bench"
FUNCTIONS = [f"0000:{bus:02x}:00.0" for bus in range(1, 11)]
# Three devices of several functions more, behind the ports at 10.0, 11.0 and 12.0.
MULTI = {0x10: 8, 0x11: 8, 0x12: 6}
MANY = FUNCTIONS + [f"0000:{0x0b + i:02x}:00.{f}" for i, n in enumerate(MULTI.values())
                    for f in range(n)]

# (name in measure.sh, what people read, unit, ticks for one unit)
ROWS = (
    ("read-id", "read vendor/device, 0x00, 4 bytes", "instructions", 1),
    ("read-bar", "read a BAR, 0x10, 4 bytes", "instructions", 1),
    ("read-unhandled", "read 0x80, which nothing handles", "instructions", 1),
    ("write-command", "write COMMAND, 2 bytes", "instructions", 1),
    ("load", f"modprobe hide= of {len(FUNCTIONS)} NVMe (FLR)", "ms", 1e6),
    ("unload", "rmmod of the same", "ms", 1e6),
    ("load-many", f"modprobe hide= of {len(MANY)} NVMe (FLR)", "ms", 1e6),
    ("unload-many", "rmmod of the same", "ms", 1e6),
    ("destroy", "xl destroy of a guest with 8 NVMe, until the last backend is gone", "ms", 1e6),
    ("destroy-idle", "the same, until the last function has been reset", "ms", 1e6),
    ("detach", "xl pci-detach of an NVMe that its guest's driver has", "ms", 1e6),
    ("detach-io", "the same while it is read", "ms", 1e6),
    ("destroy-io", "xl destroy of a guest that reads 3 NVMe", "ms", 1e6),
)


class Machine(vm.Machine):
    """NVMe functions behind root ports, a network card, one exact CPU."""

    # Nor does its clock follow the CPU's.
    silence = None

    def devices(self):
        devices = ["-netdev", "user,id=n1,restrict=on", "-device", "e1000e,netdev=n1,addr=5"]
        for i, _ in enumerate(FUNCTIONS, 1):
            devices += ["-device", f"pcie-root-port,id=rp{i},chassis={i},slot={i},addr={5 + i:x}",
                        "-device", f"nvme,bus=rp{i},serial=n{i},drive=d{i}",
                        "-drive", f"if=none,id=d{i},driver=null-co,size=1M"]
        for slot, functions in MULTI.items():
            devices += ["-device", f"pcie-root-port,id=rp{slot},chassis={slot},slot={slot},"
                                   f"addr={slot:x}"]
            for f in range(functions):
                devices += ["-device", f"nvme,bus=rp{slot},addr=0.{f},multifunction=on,"
                                       f"serial=n{slot}.{f},drive=d{slot}.{f}",
                            "-drive", f"if=none,id=d{slot}.{f},driver=null-co,size=1M"]
        return devices

    def command(self):
        # The rate limit would round every switch between domains up to 1 ms.
        return [
            "qemu-system-x86_64", "-nodefaults", "-nographic", "-no-reboot", "-machine", "q35",
            "-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off",
            "-cpu", vm.CPU, "-smp", "1", "-m", "2560",
            "-device", "intel-iommu,intremap=on,aw-bits=48",
            "-kernel", "xen.elf", "-append", vm.XEN_ARGS + " sched_ratelimit_us=0",
            "-initrd", f"vmlinux {vm.DOM0_ARGS},dom0.cpio",
            "-serial", "file:console.log", "-serial", "file:results.log",
            "-monitor", "unix:monitor,server,nowait",
            *self.devices()]


def build_image(target, kernel, xen, module, nonce, args):
    """dom0's initramfs with the benchmark in it; the dom0 kernel's path."""
    config = "".join(f"{k}='{v}'\n" for k, v in dict(
        XPB_NONCE=nonce, NVME=FUNCTIONS[0], NVME2=FUNCTIONS[1], NIC=devices.NIC,
        DEVICES=" ".join((*FUNCTIONS[:2], devices.NIC)), TIMEOUT_SCALE=1,
        BENCH_FUNCTIONS=" ".join(FUNCTIONS), BENCH_MANY=" ".join(MANY), BENCH_READS=args.reads,
        BENCH_LOADS=args.loads).items())
    vmlinux = image.dom0_image(target, kernel, xen, module, [HERE / "measure.sh"], config)
    guest, more = Archive(), Archive()
    guest.file("/bin/round_trip", image.compile_tool(HERE / "round_trip.c"), 0o755)
    more.data("/xpb/bench-guest.cpio", guest.bytes())
    more.file("/xpb/bin/stopwatch", image.compile_tool(HERE / "stopwatch.c"), 0o755)
    with open(target, "ab") as out:
        out.write(more.bytes())
    return vmlinux


def measure(kernel, xen, module, args):
    """One boot: (figures by name, what went wrong or None)."""
    folder = OUT / f"{kernel.name}-{'ours' if module else 'stock'}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    nonce = secrets.token_hex(6)
    vmlinux = build_image(folder / "dom0.cpio", kernel, xen, module, nonce, args)
    figures, ended = {}, []

    def evidence(line):
        word = line.split()
        if len(word) == 3 and word[0] == "BENCH" and word[2].isdigit():
            figures[word[1]] = min(int(word[2]), figures.get(word[1], 1 << 62))

    parser = Parser(nonce, on_begin=lambda scenario: None, on_evidence=evidence,
                    on_end=ended.append)
    machine = Machine(folder, xen, vmlinux, folder / "dom0.cpio")
    machine.start()
    try:
        with Progress(f"[{folder.name}] ", "measuring"):
            reason = machine.follow(args.limit, parser.line)
    finally:
        machine.stop()
    (folder / "dom0.cpio").unlink()
    if not ended or ended[0].verdict != "PASS" or len(figures) != len(ROWS):
        return figures, f"{ended[0].reason if ended and ended[0].reason else reason}; see {folder}"
    return figures, None


def table(release, stock, ours):
    print(f"\n{release:42}{'in-tree':>12}{'ours':>12}  unit          ours/in-tree")
    for name, what, unit, scale in ROWS:
        a, b = stock.get(name), ours.get(name)
        texts = ["-" if v is None else f"{v / scale:,.{0 if scale == 1 else 1}f}" for v in (a, b)]
        ratio = f"{b / a:.3f}" if a and b else "-"
        print(f"{what:42}{texts[0]:>12}{texts[1]:>12}  {unit:14}{ratio:>12}")


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--kernel", action="append", help="a kernel of scripts/lib/cache.sh (default: all)")
    p.add_argument("--reads", type=int, default=2000, help="round trips for a figure (default 2000)")
    p.add_argument("--loads", type=int, default=3, help="loads for a figure (default 3)")
    p.add_argument("--limit", type=int, default=int(os.environ.get("XPB_BOOT_LIMIT", 300)),
                   help="seconds a boot may take (default 300)")
    p.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1),
                   help="boots at the same time (default 2); changes no figure")
    return p.parse_args()


def main():
    args = arguments()
    start = time.monotonic()
    paths.setup("xen")
    kernels = [paths.Kernel(name) for name in args.kernel or paths.kernel_names()]
    xen = paths.Xen()
    boots = []
    for kernel in kernels:
        out = paths.TOP / "build" / kernel.release
        subprocess.run([paths.TOP / "scripts/build-module.sh", kernel.name, out], check=True)
        boots += [(kernel, None), (kernel, out / "drivers/xen/xen-pciback/xen-pciback.ko")]
        # The images are shared: made here, not by two boots at once.
        image.base_images(kernel, xen)
    with ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(lambda b: measure(b[0], xen, b[1], args), boots))
    print("The least of many. ms: of the machine's own clock, on which an instruction takes 1 ns.")
    for i, kernel in enumerate(kernels):
        table(kernel.release, results[2 * i][0], results[2 * i + 1][0])
    troubles = [f"{b[0].name} {'ours' if b[1] else 'in-tree'}: {r[1]}"
                for b, r in zip(boots, results) if r[1]]
    print("\n" + "".join(f"not complete: {t}\n" for t in troubles)
          + f"{len(boots)} boots in {time.monotonic() - start:.0f} s")
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
