#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""run.py [--kernel k6.1|k6.12|both|debug] [--keep]: the KUnit suites in a virtual machine.

Builds KUnit and the suites against a distribution kernel's headers, boots each
kernel in QEMU with nothing but these modules, and judges its console. No root, no
KVM. "debug" is a kernel of our own that looks for leaks, freed memory, deadlocks
and more (debug/kernel.sh builds it if the cache has none): there everything has to
run, and nothing may be found.
Ends with "N passed, N failed"; exits 0 only if nothing failed. The log of a
failing run stays in tests-kunit/out/.
"""
import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import build
import check_log
import vm
import result_cache

HERE = Path(__file__).resolve().parent
KERNELS = ("k6.1", "k6.12")
DEBUG = "debug"
# One fault can fail a whole table.
MAX_PRINTED = 30


def say(text):
    """A line for the reader, at once: a log of this run should keep up."""
    print(text, flush=True)


def cache():
    """Where scripts/setup.sh keeps kernels and sources."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "xen-pciback" / "current"


def set_up(kernels):
    """Have the cache filled, unless it is full. Return the kernels' folders."""
    stock = [k for k in kernels if k != DEBUG]
    needed = [cache() / k / "build" for k in stock] + [cache() / "kunit-src"]
    if not all(p.exists() for p in needed):
        subprocess.run([HERE.parent / "scripts/setup.sh", "kunit"], check=True)
    if DEBUG not in kernels:
        return {k: cache() / k for k in kernels}
    made = subprocess.run([HERE / "debug/kernel.sh"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    return {k: Path(made.strip()) if k == DEBUG else cache() / k for k in kernels}


def run_kernel(name, kernel, suites, keep):
    """Build, boot, judge, report. Return how many tests (passed, were skipped,
    failed, passed before and are not run again)."""
    release = (kernel / "release").read_text().strip()
    modules = build.build(kernel, cache() / "kunit-src", say)
    ident = result_cache.identity((kernel / "vmlinuz").resolve(), *modules, result_cache.emulator(),
                          *(HERE / f for f in ("vm.py", "check_log.py", "run.py")))
    known = result_cache.load(f"kunit-{name}", ident)
    if known:
        (tests, skips), when = known
        say(f"{release}: UNCHANGED: {tests} passed on {when}")
        return 0, skips, 0, tests

    with tempfile.TemporaryDirectory(prefix="kunit-") as work:
        log = Path(work) / "console.log"
        trouble = vm.boot((kernel / "vmlinuz").resolve(), modules, work, log)
        text = log.read_text(errors="replace") if log.exists() else ""
    results = check_log.check(text, suites, check_log.DEBUG_PROOF if name == DEBUG else ())
    if trouble:
        results[""].failures.insert(0, f"machine: {trouble}")

    say(f"{release}:")
    for suite in suites:
        res = results[suite.name]
        verdict = "FAILED" if res.failures else "ok"
        skipped = f", {res.skipped} skipped" if res.skipped else ""
        say(f"  {verdict:6} {suite.name}: {res.passed} passed, {len(res.failures)} failed{skipped}")
        # Whatever a suite may miss elsewhere is there on this kernel.
        if name == DEBUG and res.skipped:
            res.failures.append(f"{suite.name}: {res.skipped} skipped")
    failures = [f for res in results.values() for f in res.failures]
    for failure in failures[:MAX_PRINTED]:
        say(f"  FAILED {release}: {failure}")
    if len(failures) > MAX_PRINTED:
        say(f"  ... and {len(failures) - MAX_PRINTED} more")
    if failures or keep:
        saved = HERE / "out" / f"{release}.log"
        saved.parent.mkdir(exist_ok=True)
        saved.write_text(text)
        say(f"  log: {saved}")
    tests, skips = (sum(getattr(r, what) for r in results.values())
                    for what in ("passed", "skipped"))
    if not failures:
        result_cache.store(f"kunit-{name}", ident, (tests, skips))
    return tests, skips, len(failures), 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", choices=(*KERNELS, "both", DEBUG), default="both")
    parser.add_argument("--keep", action="store_true", help="keep the log of a good run too")
    args = parser.parse_args()
    kernels = KERNELS if args.kernel == "both" else (args.kernel,)

    suites = [check_log.suites_of(p) for p in sorted(HERE.glob("*_test.c"))]
    passed = skipped = failed = unchanged = 0
    try:
        for name, folder in set_up(kernels).items():
            p, s, f, u = run_kernel(name, folder, suites, args.keep)
            passed, skipped, failed, unchanged = passed + p, skipped + s, failed + f, unchanged + u
    except (build.BuildError, vm.VmError, subprocess.CalledProcessError) as err:
        say(f"FAILED: {err}")
        failed += 1
    say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else "")
        + (f", {unchanged} unchanged" if unchanged else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
