#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""run.py [--kernel KERNEL] [--keep] [--list] [NAME]: KUnit suites in a virtual machine.

Builds KUnit and the suites against a distribution kernel's headers, boots each
kernel in QEMU with nothing but these modules, and checks its console. No root, no
KVM. KERNEL is k6.1, k6.12, both, or debug: a kernel of our own that looks for leaks,
freed memory, deadlocks and more (debug/kernel.sh builds it if the cache has none);
there everything has to run, and nothing may be found.

NAME is a suite or SUITE.CASE and may have *, ? and []: only that runs, on k6.12 unless
--kernel says otherwise. If there is none of that name, the exit status is 2.
Ends with "N passed, N failed"; exits 0 only if nothing failed. The log of a
failing run stays in tests-kunit/out/.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import build
import check_log
import vm
# From scripts/lib, where the modules above look.
import cache
import complaints
import result_cache
from progress import say

HERE = Path(__file__).resolve().parent
KERNELS = ("k6.1", "k6.12")
DEBUG = cache.DEBUG
# One fault can fail a whole table.
MAX_PRINTED = 30


def set_up(names):
    """Have the cache filled, unless it is full. Return the kernels."""
    cache.setup("kunit")
    return [cache.debug_kernel("kunit") if name == DEBUG else cache.Kernel(name)
            for name in names]


def filters(kernel, name):
    """(options for the kernel, parameters for modules) that make KUnit run only @name."""
    if not name:
        return "", {}
    if build.has_kunit(kernel):
        return f"kunit.filter_glob={name}", {}
    return "", {"kunit": f"filter_glob={name}"}


def run_kernel(kernel, suites, name, keep):
    """Build, boot, check, report. Return how many tests (passed, were skipped,
    failed, passed before and are not run again)."""
    source = cache.Artefact("kernel-src")
    modules = build.build(kernel, source.dir)
    options, parameters = filters(kernel, name)
    image = vm.initramfs(modules, parameters)
    stored = f"kunit-{kernel.name}-{name}" if name else f"kunit-{kernel.name}"
    # All that is booted, and all that checks it.
    ident = result_cache.identity(
        kernel.key, kernel.vmlinuz, image, *vm.command("", "", "", options),
        result_cache.emulator(), source.key, repr(suites),
        *(HERE / f for f in ("vm.py", "check_log.py", "run.py")), Path(complaints.__file__))
    known = result_cache.load(stored, ident)
    if known:
        (tests, skips), when = known
        say(f"{kernel.release}: UNCHANGED: {tests} passed on {when}")
        return 0, skips, 0, tests

    with tempfile.TemporaryDirectory(prefix="kunit-") as work:
        log, start = Path(work) / "console.log", time.monotonic()
        # Without the debug kernel's checks, three quarters of the time are timeouts.
        trouble = vm.boot(f"booting {kernel.release}", kernel.vmlinuz, image, log, options,
                          waits=kernel.name != DEBUG)
        say(f"{kernel.release}: booted and ran for {time.monotonic() - start:.0f} s")
        text = log.read_text(errors="replace") if log.exists() else ""
    results = check_log.check(text, suites, check_log.DEBUG_PROOF if kernel.name == DEBUG else ())
    if trouble:
        results[""].failures.insert(0, f"machine: {trouble}")

    for suite in suites:
        res = results[suite.name]
        verdict = "FAILED" if res.failures else "ok"
        skipped = f", {res.skipped} skipped" if res.skipped else ""
        say(f"  {verdict:6} {suite.name}: {res.passed} passed, {len(res.failures)} failed{skipped}")
        # Whatever a suite may miss elsewhere is there on this kernel.
        if kernel.name == DEBUG and res.skipped:
            res.failures.append(f"{suite.name}: {res.skipped} skipped")
    failures = [f for res in results.values() for f in res.failures]
    for failure in failures[:MAX_PRINTED]:
        say(f"  FAILED {kernel.release}: {failure}")
    if len(failures) > MAX_PRINTED:
        say(f"  ... and {len(failures) - MAX_PRINTED} more")
    if failures or keep:
        saved = HERE / "out" / f"{kernel.release}.log"
        saved.parent.mkdir(exist_ok=True)
        saved.write_text(text)
        say(f"  log: {os.path.relpath(saved)}")
    tests, skips = (sum(getattr(r, what) for r in results.values())
                    for what in ("passed", "skipped"))
    if not failures:
        result_cache.store(stored, ident, (tests, skips))
    return tests, skips, len(failures), 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", choices=(*KERNELS, "both", DEBUG))
    parser.add_argument("--keep", action="store_true", help="keep the log of a good run too")
    parser.add_argument("--list", action="store_true", help="list the cases and stop")
    parser.add_argument("name", nargs="?", metavar="NAME",
                        help="only this suite or SUITE.CASE; may have *, ? and []")
    args = parser.parse_args()
    choice = args.kernel or ("k6.12" if args.name else "both")

    suites = [check_log.suites_of(p) for p in sorted(HERE.glob("*_test.c"))]
    if args.name:
        suites = check_log.choose(suites, args.name)
        if not suites:
            say(f"no suite or case is called {args.name}")
            return 2
    if args.list:
        for suite in suites:
            print("\n".join(f"{suite.name}.{case}" for case in suite.cases))
        return 0
    passed = skipped = failed = unchanged = 0
    try:
        for kernel in set_up(KERNELS if choice == "both" else (choice,)):
            p, s, f, u = run_kernel(kernel, suites, args.name, args.keep)
            passed, skipped, failed, unchanged = passed + p, skipped + s, failed + f, unchanged + u
    except (build.BuildError, vm.VmError, subprocess.CalledProcessError) as err:
        say(f"FAILED: {err}")
        failed += 1
    say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
        + (f", {unchanged} unchanged" if unchanged else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
