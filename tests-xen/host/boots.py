# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""One boot of Xen and dom0 with some scenarios: prepared, run, its results checked."""

import fcntl
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from . import debug, devices, image, paths, recorded, report, vm
from .results import Parser, Scenario, TAINT_OUT_OF_TREE, TAINT_UNSIGNED
import complaints
import result_cache
import vm_slots

# Limits are made for an idle machine; this is how much slower a busy one may be before a
# boot or a command counts as hung. A limit only ends a wait: no test passes because of it.
TIMEOUT_SCALE = 4
# Seconds Xen and dom0 take to start.
DOM0_UP = 90


@dataclass
class Options:
    module: str = "ours"        # or "stock", the kernel's own
    limit: int = 0              # seconds a boot may take; 0: by what its scenarios declare
    keep: bool = False          # logs of scenarios that passed, too
    demo: bool = False          # print only what the scenario prints
    attacks: tuple = ()         # for the scenario of run.py --attack
    record: Path = None         # folder for the results of scenarios


def build_module(kernel):
    out = paths.TOP / "build" / kernel.release
    subprocess.run([paths.TOP / "scripts/build-module.sh", kernel.name, out], check=True,
                   stdout=sys.stderr)
    return out / "drivers/xen/xen-pciback/xen-pciback.ko"


def scale(kernel):
    """What limits of an idle machine with one of Debian's kernels are multiplied by."""
    return TIMEOUT_SCALE * (debug.SLOWER if debug.applies(kernel) else 1)


def lock(folder):
    """A lock on the folder as long as the result lives; None if another run has it."""
    paths.OUT.mkdir(exist_ok=True)
    file = open(folder.with_name(f".{folder.name}.lock"), "w", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def new_folder(name):
    """(an empty folder for a boot, what keeps it ours)."""
    folder = paths.OUT / name
    held = lock(folder)
    if not held:
        folder = folder.with_name(f"{folder.name}-{os.getpid()}")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder, held


def dom0_config(folder, kernel, xen, options, device_set, nonce):
    """Text of dom0's /xpb/config, shell assignments; makes the disks that it names."""
    sums = [vm.make_disk(folder / f"disk{n}.img", n) for n in (1, 2)]
    return "".join(f"{name}={shlex.quote(str(value))}\n" for name, value in dict(
        XPB_NONCE=nonce, MODULE=options.module, KERNEL=kernel.name, XEN=xen.series,
        TIMEOUT_SCALE=scale(kernel), NO_MITIGATIONS=vm.LINUX_NO_MITIGATIONS,
        ANSWER_LIMIT=vm.ANSWER_LIMIT, PATTERN_SHA256=sums[0], PATTERN2_SHA256=sums[1],
        PATTERN_BLOCKS=vm.PATTERN_BLOCKS, ATTACKS="\n".join(options.attacks),
        **devices.variables(device_set)).items())


def run_boot(options, kernel, xen, module, boot, files, mute=None):
    """One QEMU run; its scenarios with their verdicts. Evidence that begins with `mute`
    is stored but not printed."""
    # `held` is a lock: it ends with this function.
    folder, held = new_folder(f"{kernel.label}-{options.module}-{boot}")
    nonce = secrets.token_hex(6)
    first = files[0]
    config = dom0_config(folder, kernel, xen, options, first.devices, nonce)
    with report.Progress(f"[{kernel.label}] ", f"boot '{boot}': making the initramfs"):
        vmlinux = image.dom0_image(folder / "dom0.cpio", kernel, xen, module,
                                   [f.path for f in files], config,
                                   first.host in vm.HVM_HOSTS, first.modules)
    machine = vm.Machine(folder, xen, vmlinux, folder / "dom0.cpio", first.devices,
                         first.host, first.cpus, first.args,
                         *([paths.Emulator().command] if first.emulator else []))
    limit = options.limit or scale(kernel) * (DOM0_UP + sum(f.timeout for f in files))

    # The nonce is the one thing that differs between two boots of the same.
    ident = result_cache.identity(
        (folder / "dom0.cpio").read_bytes().replace(nonce.encode(), b""),
        Path(vmlinux).name, xen.version, *machine.command(), result_cache.emulator(),
        *sorted((paths.TESTS / "host").glob("*.py")), paths.TESTS / "run.py",
        Path(complaints.__file__))
    again = recall(kernel, folder, ident)
    if again:
        return again

    with vm_slots.slot(f"{kernel.label} boot '{boot}'"), \
            report.Boot(kernel.label, boot, options.demo, mute) as output:
        scenarios = boot_machine(machine, nonce, limit, files, output,
                                 TAINT_OUT_OF_TREE | TAINT_UNSIGNED if module else 0,
                                 debug.applies(kernel))
    if all(s.verdict == "PASS" for s in scenarios):
        result_cache.store(folder.name, ident, [[s.name, s.evidence] for s in scenarios])
    keep_logs(options, folder, scenarios)
    return scenarios


def boot_machine(machine, nonce, limit, files, output, allowed_taint, debugged=False):
    """Start QEMU, follow what dom0 says until it ends."""
    # QEMU's CPU time when the last scenario ended.
    spent = 0

    def ended(scenario):
        nonlocal spent
        before, spent = spent, machine.cpu_seconds() if machine.process else 0
        scenario.check(allowed_taint)
        output.ended(scenario, spent - before)

    parser = Parser(nonce, output.begun, output.evidence, ended, machine.answer)
    start = time.monotonic()
    machine.start()
    try:
        reason = machine.follow(limit, parser.line)
    finally:
        machine.stop()
    seconds = round(time.monotonic() - start)
    output.machine_ended(reason, seconds, machine.cpu)
    add_missing(parser, files, reason, ended)
    if debugged:
        check_debug(parser, machine.dir, output)
    return parser.scenarios


def check_debug(parser, folder, output):
    """All scenarios of the boot have failed if the debug kernel found anything. Which of
    them it was, and what, is in debug.log."""
    trouble = parser.debug.trouble()
    output.say(f"boot '{output.name}': {parser.debug.line()}")
    for text in trouble:
        output.say(f"  {text}")
    for scenario in parser.scenarios if trouble else ():
        scenario.fail(f"debug kernel: {trouble[0]}")
    (folder / "debug.log").write_text(
        "\n".join([*trouble, *parser.debug.objects, "", *parser.debug.log]) + "\n")


def add_missing(parser, files, reason, ended):
    """A scenario that did not end, or did not begin, has failed."""
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


def recall(kernel, folder, ident):
    """The scenarios of the same boot, if all of them passed and nothing has changed that
    they depend on; otherwise None."""
    known = result_cache.load(folder.name, ident)
    if not known:
        return None
    shutil.rmtree(folder)
    scenarios = []
    for name, evidence in known[0]:
        scenario = Scenario(name, kernel.label, "PASS")
        scenario.evidence, scenario.unchanged = evidence, known[1]
        print(f"[{kernel.label}] UNCHANGED {name}: passed on {known[1]}", flush=True)
        scenarios.append(scenario)
    return scenarios


def run_boots(options, kernel, xen, module, boot, files):
    """One boot. When results are recorded, as many as it takes to reach all scenarios: one
    that kills dom0 must not make those after it fail."""
    left, scenarios = files, []
    if options.module == "stock":
        left = [f for f in files if not f.ours]
        scenarios += [Scenario(f.name, kernel.label, "SKIP", f.ours) for f in files if f.ours]
    while left:
        scenarios += run_boot(options, kernel, xen, module, boot, left)
        for scenario in scenarios:
            scenario.kernel = kernel.label
        unreached = {s.name for s in scenarios if s.reason.startswith("not run")}
        again = [f for f in left if f.name in unreached]
        if not options.record or len(again) == len(left):
            break
        left = again
        scenarios = [s for s in scenarios if s.name not in unreached]
    if options.record:
        # After each boot: results of a run that is stopped are not lost.
        recorded.merge(options.record, kernel.label, options.module, scenarios)
    return scenarios


def keep_logs(options, folder, scenarios):
    failed = [s for s in scenarios if s.verdict == "FAIL"]
    for s in failed if not options.keep else scenarios:
        where = folder / s.name
        where.mkdir(exist_ok=True)
        files = dict(s.files, evidence=s.evidence, dmesg=s.dmesg)
        for name, lines in files.items():
            stem = name.removesuffix(".log")
            (where / f"{stem}.log").write_text("\n".join(lines) + "\n")
        s.logs = where
    for name in ("dom0.cpio", "disk1.img", "disk2.img", "monitor", "results", "vmlinux", "xen.elf"):
        (folder / name).unlink(missing_ok=True)
    if not failed and not options.keep:
        shutil.rmtree(folder)
