#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""selftest.py [FAULT...]: does the debug kernel find what it is there to find?

Boots it once for each fault of selftest/faults.c, or for those named, and has the
log checked as that of a real run is: every fault must be found, each under its own
name, and nothing where there is none. Then removes lines from the good log: a
run that ends early, or looks for less than it should, must not pass either. Not
part of a normal run; for whoever changes the kernel, check_log.py or the compiler.
"""
import re
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
# pylint: disable=wrong-import-position
import build  # noqa: E402
import check_log  # noqa: E402
import vm  # noqa: E402
import cache  # noqa: E402

# What a failure has to say.
FAULTS = {
    "none": None,
    "leak": r"unreferenced object",
    "use_after_free": r"KASAN: slab-use-after-free in use_after_free",
    "out_of_bounds": r"KASAN: slab-out-of-bounds in out_of_bounds",
    "lock_order": r"possible circular locking",
    "sleep_in_atomic": r"sleeping function called",
    "bad_shift": r"UBSAN: shift-out-of-bounds",
    "list_corruption": r"list_del corruption",
    "free_active_timer": r"ODEBUG: free active",
    "warning": r"WARNING:.*warning",
}
SUITES = [check_log.suites_of(HERE / "selftest/faults.c")]

passed, failed = [], []


def report(name, trouble):
    """One line for each check."""
    (failed if trouble else passed).append(name)
    print(f"{'FAILED' if trouble else 'ok':6} {name}{': ' + trouble if trouble else ''}", flush=True)


def failures(log):
    """What a real run would say of this log."""
    results = check_log.check(log, SUITES, check_log.DEBUG_PROOF)
    return [f for res in results.values() for f in res.failures]


def run(kernel, modules, fault):
    """Boot once with that fault. Return the log."""
    with tempfile.TemporaryDirectory(prefix="kunit-") as work:
        log = Path(work) / "console.log"
        image = vm.initramfs(modules, {modules[-1].stem: f"fault={fault}"})
        trouble = vm.boot(f"fault {fault}", kernel.vmlinuz, image, log)
        text = log.read_text(errors="replace") if log.exists() else ""
    # A machine that stops is one of the ways to report; silence is none.
    return text + (f"\nmachine: {trouble}" if trouble else "")


def check_fault(fault, log):
    """Is what the fault calls for among the failures, or are there none?"""
    found = failures(log)
    wanted = FAULTS[fault]
    if wanted is None:
        report(fault, "; ".join(found))
    elif not any(re.search(wanted, f) for f in found):
        report(fault, f"nothing like '{wanted}' in {found}")
    else:
        report(fault, "")


def check_gaps(log):
    """A good log that lacks something is not a good log."""
    gaps = {"its suite's result": r"ok \d+ selftest$", "its case's result": r"ok \d+ commits$",
            "its taint": r"kunit-vm: taint", "its end": r"kunit-vm: end",
            **{proof: re.escape(proof) for proof in check_log.DEBUG_PROOF}}
    for name, pattern in gaps.items():
        lines = [x for x in log.split("\n") if not re.search(pattern, x.rstrip("\r"))]
        gone = len(log.split("\n")) - len(lines)
        report(f"log without {name}",
               "" if gone and failures("\n".join(lines)) else f"passes, {gone} lines gone")


def main():
    wanted = sys.argv[1:] or list(FAULTS)
    if not set(wanted) <= set(FAULTS):
        sys.exit(f"{__doc__}\nfaults: {' '.join(FAULTS)}")
    kernel = cache.debug_kernel("kunit")
    modules = build.build_folder(kernel, HERE / "selftest", "selftest")
    for fault in wanted:
        log = run(kernel, modules, fault)
        check_fault(fault, log)
        if fault == "none" and "none" in passed:
            check_gaps(log)
    print(f"{len(passed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
