#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""run.py [--kernel k6.1|k6.12|both] [--keep]: the KUnit suites on distribution kernels.

Builds KUnit and the suites against the kernels' headers, boots each kernel in
QEMU with nothing but these modules, and judges its console. No root, no KVM.
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
import ktap
import vm

HERE = Path(__file__).resolve().parent
KERNELS = ("k6.1", "k6.12")
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
    """Have scripts/setup.sh fill the cache, unless it is full."""
    needed = [cache() / k / "build" for k in kernels] + [cache() / "kunit-src"]
    if not all(p.exists() for p in needed):
        subprocess.run([HERE.parent / "scripts/setup.sh", "kunit"], check=True)


def run_kernel(name, suites, keep):
    """Build, boot, judge, report. Return (passed, skipped, failures)."""
    kernel = cache() / name
    release = (kernel / "release").read_text().strip()
    modules = build.build(kernel, cache() / "kunit-src", say)

    with tempfile.TemporaryDirectory(prefix="kunit-") as work:
        log = Path(work) / "console.log"
        trouble = vm.boot((kernel / "vmlinuz").resolve(), modules, work, log)
        text = log.read_text(errors="replace") if log.exists() else ""
    results = ktap.judge(text, suites)
    if trouble:
        results[""].failures.insert(0, f"machine: {trouble}")

    say(f"{release}:")
    for suite in suites:
        res = results[suite.name]
        verdict = "FAILED" if res.failures else "ok"
        skipped = f", {res.skipped} skipped" if res.skipped else ""
        say(f"  {verdict:6} {suite.name}: {res.passed} passed, {len(res.failures)} failed{skipped}")
    failures = [f for res in results.values() for f in res.failures]
    for failure in failures[:MAX_PRINTED]:
        say(f"  FAILED {release}: {failure}")
    if len(failures) > MAX_PRINTED:
        say(f"  ... and {len(failures) - MAX_PRINTED} more")
    if failures or keep:
        kept = HERE / "out" / f"{release}.log"
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(text)
        say(f"  log: {kept}")
    return (sum(r.passed for r in results.values()), sum(r.skipped for r in results.values()),
            len(failures))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kernel", choices=(*KERNELS, "both"), default="both")
    parser.add_argument("--keep", action="store_true", help="keep the log of a good run too")
    args = parser.parse_args()
    kernels = KERNELS if args.kernel == "both" else (args.kernel,)

    suites = [ktap.suites_of(p) for p in sorted(HERE.glob("*_test.c"))]
    passed = skipped = failed = 0
    try:
        set_up(kernels)
        for kernel in kernels:
            p, s, f = run_kernel(kernel, suites, args.keep)
            passed, skipped, failed = passed + p, skipped + s, failed + f
    except (build.BuildError, vm.VmError, subprocess.CalledProcessError) as err:
        say(f"FAILED: {err}")
        failed += 1
    say(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
