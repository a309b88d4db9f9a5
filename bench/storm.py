#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""storm.py: what a guest that floods its backend costs dom0 and another guest
(XSA-332), in-tree xen-pciback and ours side by side.

One CPU for all, whose clock counts executed instructions (see run.py), so the
figures do not depend on how busy the machine is. bench/storm.sh is what runs
inside. Prints a table and asserts nothing.
"""

import argparse
import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import run
from host import contents, devices, image, paths, vm
from host.report import Progress
from host.results import Parser
from cpio import Archive

HERE = Path(__file__).resolve().parent
OUT = paths.TOP / "build/storm"

# (name in storm.sh, what people read)
ATTACKS = (
    ("peace", "none"),
    ("spin", "busy with itself: what its CPU time costs"),
    ("storm", "events that announce nothing"),
    ("invalid", "invalid operations, as fast as answered"),
    ("nowait", "the same without waiting for answers"),
)


class Machine(run.Machine):
    def devices(self):
        return devices.options("base")


def build_image(target, kernel, xen, module, nonce, args):
    config = "".join(f"{k}='{v}'\n" for k, v in dict(
        XPB_NONCE=nonce, MODULE="ours" if module else "stock", TIMEOUT_SCALE=4,
        STORM_MS=args.seconds * 1000, **devices.variables("base")).items())
    vmlinux = image.dom0_image(target, kernel, xen, module, [HERE / "storm.sh"], config)
    more = Archive()
    libs = contents.add_programs(more, [f"{xen.lib}/bin/xentop"], xen.root)
    contents.add_libraries(more, libs)
    with open(target, "ab") as out:
        out.write(more.bytes())
    return vmlinux


def measure(kernel, xen, module, args):
    """One boot: (values by attack, lines of the attacker, what went wrong or None)."""
    folder = OUT / f"{kernel.name}-{'ours' if module else 'in-tree'}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    nonce = secrets.token_hex(6)
    vmlinux = build_image(folder / "dom0.cpio", kernel, xen, module, nonce, args)
    for seed, name in enumerate(("disk1.img", "disk2.img")):
        vm.make_disk(folder / name, seed)
    figures, seen, ended = {}, {}, []

    def evidence(line):
        word = line.split(maxsplit=2)
        if len(word) == 3 and word[0] == "STORM":
            figures[word[1]] = dict(re.findall(r"(\w+)[= ](\d+(?:\.\d+)?)", word[2]))
        elif len(word) == 3 and word[0] == "SEEN":
            seen[word[1]] = word[2]
        elif args.verbose:
            print(line, flush=True)

    machine = Machine(folder, xen, vmlinux, folder / "dom0.cpio")
    parser = Parser(nonce, lambda scenario: None, evidence, ended.append, machine.answer)
    machine.start()
    try:
        with Progress(f"[{folder.name}] ", "measuring"):
            reason = machine.follow(args.limit, parser.line)
    finally:
        machine.stop()
    for name in ("dom0.cpio", "disk1.img", "disk2.img"):
        (folder / name).unlink()
    trouble = None
    if not ended or ended[0].verdict != "PASS" or len(figures) != len(ATTACKS):
        trouble = f"{ended[0].reason if ended and ended[0].reason else reason}; see {folder}"
    return figures, seen, trouble


COLUMNS = (("dom0", "dom0 %"), ("bad", "bad %"), ("good", "good %"), ("reads", "reads"),
           ("wrong", "wrong"), ("least", "least"), ("median", "median"), ("p99", "p99"),
           ("most", "most"))


def table(title, figures, seen):
    print(f"\n{title:44}" + "".join(f"{name:>9}" for _, name in COLUMNS))
    for name, what in ATTACKS:
        row = figures.get(name, {})
        print(f"{what:44}" + "".join(f"{row.get(key, '-'):>9}" for key, _ in COLUMNS))
    for name, what in ATTACKS:
        if name in seen:
            print(f"    {what}: {seen[name]}")


def arguments():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    p.add_argument("--kernel", action="append",
                   help="a kernel of scripts/lib/cache.sh (default: all)")
    p.add_argument("--module", choices=("ours", "in-tree"), help="one only (default: both)")
    p.add_argument("--seconds", type=int, default=4, help="of the machine's clock, for each attack")
    p.add_argument("--limit", type=int, default=int(os.environ.get("XPB_BOOT_LIMIT", 900)),
                   help="seconds a boot may take (default 900)")
    p.add_argument("--verbose", action="store_true", help="print what else is said inside")
    return p.parse_args()


def main():
    args = arguments()
    paths.setup("xen")
    xen = paths.Xen()
    troubles = []
    print("CPU shares of dom0, the attacking and the reading guest; reads of the reading guest,\n"
          "and how long they took in microseconds of the machine's clock (1 ns an instruction).")
    for name in args.kernel or paths.kernel_names():
        kernel = paths.Kernel(name)
        out = paths.TOP / "build" / kernel.release
        subprocess.run([paths.TOP / "scripts/build-module.sh", kernel.name, out], check=True)
        ours = out / "drivers/xen/xen-pciback/xen-pciback.ko"
        for which, module in (("in-tree", None), ("ours", ours)):
            if args.module in (None, which):
                figures, seen, trouble = measure(kernel, xen, module, args)
                table(f"{kernel.release}, {which}: the attack", figures, seen)
                if trouble:
                    troubles.append(f"{name} {which}: {trouble}")
    print("".join(f"not complete: {t}\n" for t in troubles))
    return 1 if troubles else 0


if __name__ == "__main__":
    sys.exit(main())
