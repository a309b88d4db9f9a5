#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The in-tree module and ours side by side: the same accesses, the same machine.

Two boots with the same devices, one with each module. In each a guest replays
traces/*.trace; then every answer that differs must be explained by a row of
Documentation/config-differences.rst, and every row must explain one. The last line
is "N passed, N failed".
"""

import argparse
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from host import boots, devices, image, paths
from host.differences import compare, read_table
from host.scenarios import ScenarioFile
from host.trace import Replay, Trace

DEVICES = {"nvme": devices.NVME, "nvme-sriov": devices.NVME2, "e1000e": devices.NIC,
           "e1000": devices.NIC2}
TABLE = paths.TOP / "Documentation/config-differences.rst"
# Differences printed of one device; the others are only counted.
SHOWN = 40


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--kernel", default="k6.12", help="a kernel of scripts/lib/cache.sh")
    p.add_argument("--limit", type=int, default=int(os.environ.get("XPB_BOOT_LIMIT", 0)),
                   help="seconds a boot may take (default: by what its scenario declares)")
    p.add_argument("--keep", action="store_true", help="keep the logs of both boots")
    return p.parse_args()


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def claim(self, good, text):
        print(("ok    " if good else "FAIL  ") + text, flush=True)
        self.passed += bool(good)
        self.failed += not good
        return good


def boot(args, kernel, xen, module):
    """The evidence of the replay with one module; None if it did not pass."""
    options = boots.Options(module, args.limit, args.keep)
    built = boots.build_module(kernel) if module == "ours" else None
    scenario, = boots.run_boot(options, kernel, xen, built, "replay",
                               [ScenarioFile(paths.TESTS / "compare/replay.sh")], mute="trace> ")
    return scenario.evidence if scenario.verdict == "PASS" else None


def show(access):
    how = "read" if access.value is None else f"write of {access.value}"
    return f"{how} at {access.off:03x} size {access.size}"


def one_device(tally, name, evidence, rows):
    trace = Trace(paths.TRACES / f"{name}.trace")
    stock, ours = (Replay(lines, DEVICES[name]) for lines in evidence)
    wanted = len(trace.accesses)
    if not tally.claim(len(stock.answers) == len(ours.answers) == wanted,
                       f"{name}: {wanted} accesses answered by both"):
        return
    tally.claim(stock.space == ours.space, f"{name}: the same device in both")
    tally.claim(ours.after == ours.space, f"{name}: as at seizure when the guest is gone "
                f"(in-tree: {sum(a != b for a, b in zip(stock.space, stock.after))} bytes are not)")
    left = list(compare(name, trace, stock, ours, rows))
    tally.claim(not left, f"{name}: every difference is in the table")
    for d in left[:SHOWN]:
        print(f"      {d.cap} {d.off:02x} {d.access} bits {d.bits:02x}: in-tree {d.stock:02x}, "
              f"here {d.ours:02x}, line {show(trace.accesses[d.index])}")
    if left[SHOWN:]:
        print(f"      and {len(left) - SHOWN} more")


def main():
    args = arguments()
    paths.setup("xen")
    kernel, xen = paths.Kernel(args.kernel), paths.Xen()
    image.base_images(kernel, xen)
    rows = read_table(TABLE)
    tally = Tally()
    with ThreadPoolExecutor(2) as pool:
        evidence = list(pool.map(lambda module: boot(args, kernel, xen, module),
                                 ("stock", "ours")))
    for module, lines in zip(("in-tree module", "our module"), evidence):
        tally.claim(lines, f"{module}: replay")
    if all(evidence):
        for name in DEVICES:
            one_device(tally, name, evidence, rows)
        for row in rows:
            if not row.seen:
                tally.claim(False, f"{TABLE.name} line {row.line}: {row.devices} {row.register} "
                                   f"{row.access}: does not differ any more")
        seen = sum(1 for row in rows if row.seen)
        tally.claim(seen == len(rows), f"{seen} of {len(rows)} rows of the table occur")
    print(f"{tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
