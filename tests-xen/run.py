#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Scenarios on a real Xen with a real dom0 and real guests, inside QEMU.

Each file of scenarios/ is one scenario, run in dom0. Lines in its head say with which
others it shares a boot, what devices it needs, on which kernels it runs. host/scenarios.py
chooses them, host/boots.py runs one boot, host/report.py prints and writes the results.
Logs of failed scenarios stay in tests-xen/out/.
"""

import argparse
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from host import boots, image, paths, report, scenarios
from host.results import Scenario


def arguments():
    p = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="A SCENARIO is a name (64-multi-msi), a number (64) or a pattern ('7*-aer*').")
    p.add_argument("scenario", nargs="*", metavar="SCENARIO",
                   help="only these; without one: all that the other options choose")
    p.add_argument("--only", action="append", default=[], metavar="SCENARIO",
                   help="the same as an option (may be repeated)")
    p.add_argument("--kernel", default="both",
                   help="a kernel of scripts/lib/cache.sh, both (default), all: both and on "
                        "newer ones the scenarios that name them; debug: dom0's kernel looks "
                        "for faults; or builtin: the same, with the driver built in. On these "
                        "two the scenarios that name them run")
    p.add_argument("--xen", choices=(*paths.xens(), "all"), default="all",
                   help="a version of Xen; all (default): the first, and on newer ones, if no "
                        "kernel or scenario is named, the scenarios that name them")
    p.add_argument("--module", choices=("ours", "stock"), default="ours")
    p.add_argument("--soak", action="store_true",
                   help="what make test leaves out: the long scenarios, and each scenario "
                        "on the kernels its head does not name")
    p.add_argument("--record", metavar="FOLDER", type=Path,
                   help="write there what each scenario came to, for scripts/compare-table.py")
    p.add_argument("--ktap", metavar="FILE", type=Path, default=paths.OUT / "results.ktap",
                   help="write all results there as KTAP (default: %(default)s)")
    p.add_argument("--limit", type=int, default=int(os.environ.get("XPB_BOOT_LIMIT", 0)),
                   help="seconds a boot may take (default: by what its scenarios declare)")
    p.add_argument("--jobs", type=int, default=int(os.environ.get("XPB_JOBS", 2)),
                   help="boots at the same time (default 2; each is one emulated CPU)")
    p.add_argument("--keep", action="store_true", help="keep all logs, not only of failures")
    p.add_argument("--demo", action="store_true", help="run only the demo's scenario")
    p.add_argument("--attack", action="append", default=[], metavar="LINE",
                   help="run only this attack of a hostile guest, as guest/hostile/commands.c "
                        "takes it (may be repeated); see Documentation/security.rst")
    p.add_argument("--list", action="store_true", help="list the scenarios and stop")
    return p.parse_args()


def choose(args, names):
    """{(kernel, Xen): (scenarios by boot, names of those left out)}."""
    list_name = ("demo" if args.demo else "attack" if args.attack else
                 "soak" if args.soak else "test")
    words = args.scenario + args.only
    explicit = "name" if words else \
        args.kernel not in ("both", "all", paths.DEBUG) and not args.soak
    files = scenarios.read_all()
    wished = scenarios.named(files, words)
    every = words or args.kernel == "all" or args.soak
    xens = [args.xen] if args.xen != "all" else paths.xens() if every else [scenarios.XEN]
    choice = {(name, xen): scenarios.choose(wished, name, list_name, explicit, xen,
                                            args.xen != "all")
              for xen in xens for name in names}
    chosen = {f for boot, _ in choice.values() for some in boot.values() for f in some}
    for word in words:
        if not any(scenarios.matches(f, word) for f in chosen):
            what = ", ".join(f"{f.name} is for --{f.when}" for f in wished
                             if scenarios.matches(f, word))
            scenarios.usage_error(f"'{word}': not in this run; {what}")
    if not chosen:
        scenarios.usage_error("no scenario is chosen")
    return choice


def kernel_names(args):
    """The kernels of this run."""
    known, newer = paths.kernel_names(), paths.newer_names()
    debug = [paths.DEBUG, paths.BUILTIN] if args.module == "ours" else []
    both = known + debug if args.soak else known
    names = {"both": both, "all": both + newer}.get(args.kernel, [args.kernel])
    for name in names:
        if name not in known + newer + debug:
            scenarios.usage_error(f"no kernel is called '{name}'; there is both, all, "
                                  f"{', '.join(known + newer + debug)}")
    return names


def show_list(choice):
    for names, (by_boot, left) in choice.items():
        name = scenarios.label(*names)
        for boot, files in by_boot.items():
            for file in files:
                print(f"{name} {boot}: {file.name}: {file.title}")
        for file in left:
            print(f"{name} not run: {file}")


def not_run(kernel, by_boot, reason):
    """Scenarios of a kernel or Xen that this machine cannot have: skipped, not passed."""
    found = [Scenario(file.name, kernel, "SKIP", f"NOT RUN: {reason}")
             for files in by_boot.values() for file in files]
    for scenario in found:
        print(f"[{kernel}] NOT RUN {scenario.name}: {reason}", flush=True)
    return found


def why_missing(name, xen, files):
    """Why this machine cannot run these; None if it can."""
    return (paths.missing(name) if name in paths.newer_names() else None) or \
        (paths.missing(paths.xens()[xen]) if xen != scenarios.XEN else None) or \
        (paths.missing("qemu-trixie") if any(f.emulator for f in files) else None)


def prepare(options, choice):
    """(boots to run, results of scenarios that cannot be run)."""
    runs, results = [], []
    for (name, version), (by_boot, _) in choice.items():
        reasons = {boot: why_missing(name, version, files) for boot, files in by_boot.items()}
        for boot, why in reasons.items():
            if why:
                results += not_run(scenarios.label(name, version), {boot: by_boot[boot]}, why)
        by_boot = {boot: files for boot, files in by_boot.items() if not reasons[boot]}
        if not by_boot:
            continue
        kernel, xen = paths.kernel(name), paths.Xen(paths.xens()[version])
        kernel.label = scenarios.label(name, version)
        module = None
        with report.Progress(f"[{kernel.label}] ", "building the module") as progress:
            if options.module == "ours" and name != paths.BUILTIN:
                module = boots.build_module(kernel)
            progress.doing = "making the initramfs"
            image.base_images(kernel, xen)
        runs += [(kernel, xen, module, boot, files) for boot, files in by_boot.items()]
    # The longest first: the others fill the CPUs while it ends.
    runs.sort(key=lambda run: -sum(f.timeout for f in run[4]))
    return runs, results


def run_all(args, options, runs, results):
    """Run the boots, some at a time; their results are added and written as KTAP."""
    lock = threading.Lock()

    def one(run):
        found = boots.run_boots(options, *run)
        with lock:
            results.extend(found)
            report.write_ktap(args.ktap, results)

    with ThreadPoolExecutor(args.jobs) as pool:
        # list(): an exception of a boot ends the run.
        list(pool.map(one, runs))


def main():
    args = arguments()
    names = kernel_names(args)
    choice = choose(args, names)
    if args.list:
        show_list(choice)
        return 0
    paths.setup("xen")
    if not set(paths.newer_names()).isdisjoint(names) or \
            any(by_boot for (_, xen), (by_boot, _) in choice.items() if xen != scenarios.XEN) or \
            any(f.emulator for by_boot, _ in choice.values() for files in by_boot.values()
                for f in files):
        paths.setup("newer")
    options = boots.Options(args.module, args.limit, args.keep, args.demo, tuple(args.attack),
                            args.record)
    runs, results = prepare(options, choice)
    start = time.monotonic()
    run_all(args, options, runs, results)
    report.write_ktap(args.ktap, results)
    if args.demo:
        report.demo_summary(results, round(time.monotonic() - start))
    else:
        for names, (_, left) in choice.items():
            if left:
                print(f"not run on {scenarios.label(*names)}, by their heads: {' '.join(left)}")
        report.summary(results)
    passed = [s for s in results if s.verdict == "PASS"]
    return 1 if not passed or any(s.verdict == "FAIL" for s in results) else 0


if __name__ == "__main__":
    sys.exit(main())
