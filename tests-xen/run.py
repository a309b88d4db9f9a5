#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Scenarios on a real Xen with a real dom0 and real guests, inside QEMU.

Each file of scenarios/ is one scenario, run in dom0. Lines in its head say with which
others it shares a boot, what devices it needs, on which kernels it runs. For every
kernel and boot this program builds dom0's initramfs, starts QEMU, follows the results
and judges them. Logs of failed scenarios stay in tests-xen/out/.
"""

import argparse
import fcntl
import os
import re
import secrets
import shlex
import subprocess
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from host import devices, image, paths, recorded, vm
from host import scenarios as files_of
from host.results import Parser, Scenario, TAINT_OUT_OF_TREE, TAINT_UNSIGNED
import result_cache
import vm_slots

# Limits are for the quiet machine; this is how much slower a busy one may be before
# slow is called hung. Nothing passes later because of it: a limit only ends a wait.
PATIENCE = 4
# Lines: what is seen of a machine whose logs cannot be had is the end of what it printed.
SHOWN_OF_A_FAILURE = 12
# Seconds Xen and dom0 take to come up.
DOM0_UP = 90


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--kernel", default="both",
                   help="a kernel of scripts/lib/cache.sh, both (default), or all: both and on "
                        "newer ones the scenarios that name them")
    p.add_argument("--module", choices=("ours", "stock"), default="ours")
    p.add_argument("--only", action="append", metavar="NAME",
                   help="only scenarios whose name contains NAME (may be repeated)")
    p.add_argument("--soak", action="store_true",
                   help="what make test leaves out: the long scenarios, and each scenario "
                        "on the kernels its head does not name")
    p.add_argument("--record", metavar="FOLDER", type=Path,
                   help="write there what each scenario came to, for scripts/compare-table.py")
    p.add_argument("--limit", type=int, default=int(os.environ.get("XPB_BOOT_LIMIT", 0)),
                   help="seconds a boot may take (default: by what its scenarios declare)")
    p.add_argument("--jobs", type=int, default=int(os.environ.get("XPB_JOBS", 2)),
                   help="boots at the same time (default 2; each is one emulated CPU)")
    p.add_argument("--keep", action="store_true", help="keep all logs, not only of failures")
    p.add_argument("--demo", action="store_true", help="run only the demo's scenario")
    p.add_argument("--attack", action="append", metavar="LINE",
                   help="run only this attack of a hostile guest, as guest/hostile/commands.c "
                        "takes it (may be repeated); see Documentation/security.rst")
    p.add_argument("--list", action="store_true", help="list the scenarios and stop")
    return p.parse_args()


def choose(args, kernel):
    """(boots, scenarios left out) on one kernel."""
    list_name = ("demo" if args.demo else "attack" if args.attack else
                 "soak" if args.soak else "test")
    explicit = "name" if args.only else args.kernel not in ("both", "all") and not args.soak
    named = [f for f in files_of.read_all()
             if not args.only or any(word in f.name for word in args.only)]
    chosen = [f for f in named if files_of.wanted(f, kernel, list_name, explicit)]
    left = [f.name for f in named if f.when == list_name == "test" and f not in chosen]
    return files_of.boots(chosen), left


def not_run(name, boots, reason):
    """Scenarios of a kernel that cannot be had: never passed."""
    scenarios = []
    for file in sum(boots.values(), []):
        scenario = Scenario(file.name)
        scenario.where = f"{name} {file.name}"
        scenario.verdict, scenario.reason = "SKIP", f"NOT RUN: {reason}"
        print(f"[{name}] NOT RUN {file.name}: {reason}", flush=True)
        scenarios.append(scenario)
    return scenarios


def build_module(kernel):
    out = paths.TOP / "build" / kernel.release
    subprocess.run([paths.TOP / "scripts/build-module.sh", kernel.name, out], check=True,
                   stdout=sys.stderr)
    return out / "drivers/xen/xen-pciback/xen-pciback.ko"


def own(folder):
    """A lock on the folder as long as the result lives; None if another run has it."""
    paths.OUT.mkdir(exist_ok=True)
    lock = open(folder.with_name(f".{folder.name}.lock"), "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def run_boot(args, kernel, xen, module, boot, files, mute=None):
    """One QEMU run; the judged scenarios. Evidence that begins with `mute` is kept
    but not printed."""
    folder = paths.OUT / f"{kernel.name}-{args.module}-{boot}"
    lock = own(folder)
    if not lock:
        folder = folder.with_name(f"{folder.name}-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    nonce = secrets.token_hex(6)
    device_set = files[0].devices
    sum1 = vm.make_disk(folder / "disk1.img", 1)
    sum2 = vm.make_disk(folder / "disk2.img", 2)
    config = "".join(f"{k}={shlex.quote(str(v))}\n" for k, v in dict(
        XPB_NONCE=nonce, MODULE=args.module, KERNEL=kernel.name, PATIENCE=PATIENCE,
        UNDEFENDED=vm.LINUX_UNDEFENDED,
        ANSWER_LIMIT=vm.ANSWER_LIMIT,
        PATTERN_SHA256=sum1, PATTERN2_SHA256=sum2,
        PATTERN_BLOCKS=vm.PATTERN_BLOCKS, ATTACKS="\n".join(args.attack or []),
        **devices.variables(device_set)).items())
    vmlinux = image.dom0_image(folder / "dom0.cpio", kernel, xen, module,
                               [f.path for f in files], config)
    machine = vm.Machine(folder, xen, vmlinux, folder / "dom0.cpio", device_set,
                         files[0].host, files[0].cpus)
    limit = args.limit or PATIENCE * (DOM0_UP + sum(f.timeout for f in files))

    # What is booted is new each time in nothing but the nonce.
    ident = result_cache.identity(
        (folder / "dom0.cpio").read_bytes().replace(nonce.encode(), b""), Path(vmlinux).name,
        xen.version, *machine.command(), result_cache.emulator(),
        *sorted((paths.TESTS / "host").glob("*.py")), Path(__file__))
    again = recall(kernel, folder, ident)
    if again:
        return again

    allowed = TAINT_OUT_OF_TREE | TAINT_UNSIGNED if module else 0
    tag = f"[{kernel.name}] "
    # QEMU's CPU time when the last scenario ended.
    spent = 0

    def ended(scenario):
        nonlocal spent
        before, spent = spent, machine.cpu_seconds() if machine.process else 0
        scenario.kernel = kernel.name
        scenario.judge(allowed)
        if not args.demo:
            print(f"{tag}{scenario.verdict} {scenario.name}"
                  + (f": {scenario.reason}" if scenario.reason else "")
                  + f" ({spent - before:.0f} s of CPU time)", flush=True)

    def evidence(text):
        if mute and text.startswith(mute):
            return
        if text.strip():
            print(text if args.demo else tag + text, flush=True)
        elif args.demo:
            print(flush=True)

    def begun(scenario):
        if not args.demo:
            print(f"{tag}{scenario.name}:", flush=True)

    parser = Parser(nonce, begun, evidence, ended, machine.answer)
    with vm_slots.slot():
        start = time.monotonic()
        machine.start()
        try:
            reason = machine.follow(limit, parser.line)
        finally:
            machine.stop()
        seconds = round(time.monotonic() - start)
    if not args.demo:
        print(f"{tag}boot '{boot}': {reason} after {seconds} s, "
              f"{machine.cpu:.0f} s of CPU time", flush=True)
    collect(parser, files, reason, ended)
    if all(s.verdict == "PASS" for s in parser.scenarios):
        result_cache.store(folder.name, ident, [[s.name, s.evidence] for s in parser.scenarios])
    keep_logs(args, folder, parser.scenarios)
    return parser.scenarios


def recall(kernel, folder, ident):
    """The scenarios of the same boot, if all of them passed and nothing has changed that
    they depend on; otherwise None."""
    known = result_cache.load(folder.name, ident)
    if not known:
        return None
    shutil.rmtree(folder)
    scenarios = []
    for name, evidence in known[0]:
        scenario = Scenario(name, kernel.name, "PASS")
        scenario.evidence, scenario.unchanged = evidence, known[1]
        print(f"[{kernel.name}] UNCHANGED {name}: passed on {known[1]}", flush=True)
        scenarios.append(scenario)
    return scenarios


def run_boots(args, kernel, xen, module, boot, files):
    """One boot; when results are recorded, as many as it takes to reach them all: a
    scenario that kills dom0 must not pass for a failure of those after it."""
    left, scenarios = files, []
    if args.module == "stock":
        left = [f for f in files if not f.ours]
        for file in files:
            if file.ours:
                scenarios.append(Scenario(file.name, kernel.name, "SKIP", file.ours))
    while left:
        scenarios += run_boot(args, kernel, xen, module, boot, left)
        unreached = {s.name for s in scenarios if s.reason.startswith("not run")}
        again = [f for f in left if f.name in unreached]
        if not args.record or len(again) == len(left):
            break
        left = again
        scenarios = [s for s in scenarios if s.name not in unreached]
    if args.record:
        # Boot by boot: what was seen is kept if the run is cut short.
        recorded.merge(args.record, kernel.name, args.module, scenarios)
    return scenarios


def collect(parser, files, reason, ended):
    """Scenarios that never ended or never began are failures, not silence."""
    if parser.current:
        parser.current.reason = f"did not end: {reason}"
        ended(parser.current)
    seen = {s.name for s in parser.scenarios}
    for file in files:
        if file.name not in seen:
            missing = Scenario(file.name)
            missing.reason = "not run: " + (reason if parser.release else
                                            f"dom0 did not come up ({reason})")
            parser.scenarios.append(missing)
            ended(missing)


def keep_logs(args, folder, scenarios):
    failed = [s for s in scenarios if s.verdict == "FAIL"]
    for s in failed if not args.keep else scenarios:
        where = folder / s.name
        where.mkdir(exist_ok=True)
        files = dict(s.files, evidence=s.evidence, dmesg=s.dmesg)
        for name, lines in files.items():
            stem = name.removesuffix(".log")
            (where / f"{stem}.log").write_text("\n".join(lines) + "\n")
        s.logs = where
    for name in ("dom0.cpio", "disk1.img", "disk2.img", "monitor", "results", "vmlinux", "xen.elf"):
        (folder / name).unlink(missing_ok=True)
    if not failed and not args.keep:
        shutil.rmtree(folder)


def main():
    args = arguments()
    newer = paths.newer_names()
    names = {"both": paths.kernel_names(),
             "all": paths.kernel_names() + newer}.get(args.kernel, [args.kernel])
    choice = {name: choose(args, name) for name in names}
    if not any(boots for boots, _ in choice.values()):
        raise SystemExit("tests-xen: no such scenario")
    if args.list:
        for name, (boots, left) in choice.items():
            for boot, files in boots.items():
                for file in files:
                    print(f"{name} {boot}: {file.name}: {file.title}")
            for file in left:
                print(f"{name} not run: {file}")
        return 0
    paths.setup("xen")
    xen = paths.Xen()
    if not set(newer).isdisjoint(names):
        paths.setup("newer")
    runs, scenarios = [], []
    for name, (boots, _) in choice.items():
        why = paths.missing(name) if name in newer else None
        if why:
            scenarios += not_run(name, boots, why)
        if why or not boots:
            continue
        kernel = paths.Kernel(name)
        module = build_module(kernel) if args.module == "ours" else None
        image.base_images(kernel, xen)
        runs += [(kernel, module, boot, files) for boot, files in boots.items()]
    # Longest boots first, so that the machine's last minutes are not one CPU's.
    runs.sort(key=lambda run: -sum(f.timeout for f in run[3]))
    start = time.monotonic()
    with ThreadPoolExecutor(args.jobs) as pool:
        done = pool.map(lambda run: run_boots(args, run[0], xen, *run[1:]), runs)
        scenarios += [s for boot in done for s in boot]
    for name, (_, left) in choice.items():
        if left:
            print(f"not run on {name}, by their heads: {' '.join(left)}")
    return summary(args, scenarios, round(time.monotonic() - start))


def summary(args, scenarios, seconds):
    scenarios.sort(key=lambda s: (s.kernel, s.name))
    count = {v: [s for s in scenarios if s.verdict == v] for v in ("PASS", "FAIL", "SKIP")}
    for s in count["SKIP"]:
        print(f"skipped: {s.kernel} {s.name}: {s.reason}")
    for s in count["FAIL"]:
        logs = getattr(s, "logs", None)
        print(f"failed: {s.kernel} {s.name}: {s.reason}")
        for text in s.failures(SHOWN_OF_A_FAILURE):
            print(f"    > {text}")
        if logs:
            print(f"    logs: {os.path.relpath(logs)} and {os.path.relpath(Path(logs).parent)}/console.log")
    if args.demo:
        steps = [t for s in scenarios for t in s.evidence if re.match(r" +(ok|FAIL) ", t)]
        failed = [t for t in steps if "FAIL " in t]
        print(f"\n{len(steps) - len(failed)} of {len(steps)} steps as expected, dom0's kernel "
              f"{'had complaints' if count['FAIL'] and not failed else 'log looked at'}; "
              f"{seconds} s in QEMU")
        print("demo failed" if count["FAIL"] else "demo done")
    else:
        unchanged = sum(bool(s.unchanged) for s in scenarios)
        tail = f", {len(count['SKIP'])} skipped" if count["SKIP"] else ""
        tail += f", {unchanged} unchanged" if unchanged else ""
        print(f"{len(count['PASS']) - unchanged} passed, {len(count['FAIL'])} failed{tail}")
    return 1 if count["FAIL"] or not count["PASS"] else 0


if __name__ == "__main__":
    sys.exit(main())
