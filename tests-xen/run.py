#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Scenarios on a real Xen with a real dom0 and real guests, inside QEMU.

Each file of scenarios/ is one scenario, run in dom0. A "# boot:" line in its head
says with which others it shares a boot. For every kernel and boot this program
builds dom0's initramfs, starts QEMU, follows the results and judges them. Logs of
failed scenarios stay in tests-xen/out/.
"""

import argparse
import fcntl
import os
import re
import secrets
import subprocess
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from host import image, paths, vm
from host.results import Parser, Scenario, TAINT_OUT_OF_TREE, TAINT_UNSIGNED


def arguments():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--kernel", default="both",
                   help="a kernel of scripts/lib/cache.sh, or both (default)")
    p.add_argument("--module", choices=("ours", "stock"), default="ours")
    p.add_argument("--only", action="append", metavar="NAME",
                   help="only scenarios whose name contains NAME (may be repeated)")
    p.add_argument("--limit", type=int, default=int(os.environ.get("XPB_BOOT_LIMIT", 300)),
                   help="seconds a boot may take (default 300)")
    p.add_argument("--jobs", type=int, default=int(os.environ.get("XPB_JOBS", 2)),
                   help="boots at the same time (default 2; each is one emulated CPU)")
    p.add_argument("--keep", action="store_true", help="keep all logs, not only of failures")
    p.add_argument("--demo", action="store_true", help="run only the demo's scenario")
    p.add_argument("--list", action="store_true", help="list the scenarios and stop")
    return p.parse_args()


def head(path, key, default=""):
    """A "# key: value" line of a scenario file."""
    found = re.search(rf"^# {key}: *(.*)$", path.read_text(), re.M)
    return found[1].strip() if found else default


def choose(args):
    """Scenario files by boot, in name order."""
    boots = {}
    for path in sorted(paths.SCENARIOS.glob("*.sh")):
        boot = head(path, "boot", "main")
        if (boot == "demo") != args.demo:
            continue
        if args.only and not any(word in path.stem for word in args.only):
            continue
        boots.setdefault(boot, []).append(path)
    return boots


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
    everything = any(head(path, "devices") == "all" for path in files)
    sum1 = vm.make_disk(folder / "disk1.img", 1)
    sum2 = vm.make_disk(folder / "disk2.img", 2)
    config = "".join(f"{k}='{v}'\n" for k, v in dict(
        XPB_NONCE=nonce, MODULE=args.module, KERNEL=kernel.name,
        NVME=vm.NVME, NVME2=vm.NVME2, NIC=vm.NIC, NIC2=vm.NIC2 if everything else "",
        DISK_SERIAL=vm.DISK_SERIAL, DISK2_SERIAL=vm.DISK2_SERIAL,
        PATTERN_SHA256=sum1, PATTERN2_SHA256=sum2,
        PATTERN_BLOCKS=vm.PATTERN_BLOCKS).items())
    vmlinux = image.dom0_image(folder / "dom0.cpio", kernel, xen, module, files, config)
    machine = vm.Machine(folder, xen, vmlinux, folder / "dom0.cpio", everything)

    allowed = TAINT_OUT_OF_TREE | TAINT_UNSIGNED if module else 0
    tag = f"[{kernel.name}] "

    def ended(scenario):
        scenario.where = f"{kernel.name} {scenario.name}"
        scenario.judge(allowed)
        if not args.demo:
            print(f"{tag}{scenario.verdict} {scenario.name}"
                  + (f": {scenario.reason}" if scenario.reason else ""), flush=True)

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
    start = time.monotonic()
    machine.start()
    try:
        reason = machine.follow(args.limit, parser.line)
    finally:
        machine.stop()
    seconds = round(time.monotonic() - start)
    if not args.demo:
        print(f"{tag}boot '{boot}': {reason} after {seconds} s", flush=True)
    collect(parser, files, reason, ended)
    keep_logs(args, folder, parser.scenarios)
    return parser.scenarios


def collect(parser, files, reason, ended):
    """Scenarios that never ended or never began are failures, not silence."""
    if parser.current:
        parser.current.reason = f"did not end: {reason}"
        ended(parser.current)
    seen = {s.name for s in parser.scenarios}
    for path in files:
        if path.stem not in seen:
            missing = Scenario(path.stem)
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
    boots = choose(args)
    if not boots:
        raise SystemExit("tests-xen: no such scenario")
    if args.list:
        for boot, files in boots.items():
            for path in files:
                print(f"{boot}: {path.stem}")
        return 0
    paths.setup("xen")
    names = paths.kernel_names() if args.kernel == "both" else [args.kernel]
    xen = paths.Xen()
    runs = []
    for name in names:
        kernel = paths.Kernel(name)
        module = build_module(kernel) if args.module == "ours" else None
        image.base_images(kernel, xen)
        runs += [(kernel, module, boot, files) for boot, files in boots.items()]
    # Longest boots first, so that the machine's last minutes are not one CPU's.
    runs.sort(key=lambda run: -sum(int(head(f, "timeout", "120")) for f in run[3]))
    start = time.monotonic()
    with ThreadPoolExecutor(args.jobs) as pool:
        done = pool.map(lambda run: run_boot(args, run[0], xen, *run[1:]), runs)
        scenarios = [s for boot in done for s in boot]
    return summary(args, scenarios, round(time.monotonic() - start))


def summary(args, scenarios, seconds):
    scenarios.sort(key=lambda s: s.where)
    count = {v: [s for s in scenarios if s.verdict == v] for v in ("PASS", "FAIL", "SKIP")}
    for s in count["SKIP"]:
        print(f"skipped: {s.where}: {s.reason}")
    for s in count["FAIL"]:
        logs = getattr(s, "logs", None)
        print(f"failed: {s.where}: {s.reason}")
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
        tail = f", {len(count['SKIP'])} skipped" if count["SKIP"] else ""
        print(f"{len(count['PASS'])} passed, {len(count['FAIL'])} failed{tail}")
    return 1 if count["FAIL"] or not count["PASS"] else 0


if __name__ == "__main__":
    sys.exit(main())
