# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What people and programs are told of a run: lines while it goes on, its closing lines,
and all results as KTAP."""

import os
import threading
import time
from pathlib import Path

from .results import CLAIM
import ktap

# Lines: what is seen of a machine whose logs cannot be had is the end of what it printed.
SHOWN_OF_A_FAILURE = 12
# Seconds without a line after which a boot says how far it is, and between two looks at
# that: never more than 30 s in silence.
SILENCE, LOOK = 25, 4


class Progress:
    """As a context: says at least every 30 s what goes on, unless say() says more."""

    def __init__(self, tag, doing):
        self.tag = tag
        self.doing = doing
        self.start = self.printed = time.monotonic()
        self.over = threading.Event()
        self.watch = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.watch.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.watch.join()

    def _watch(self):
        while not self.over.wait(LOOK):
            if time.monotonic() - self.printed >= SILENCE:
                self.say(f"... {self.state()}, {time.monotonic() - self.start:.0f} s so far")

    def state(self):
        return self.doing

    def say(self, text=""):
        self.printed = time.monotonic()
        print(self.tag + text if text else "", flush=True)


class Boot(Progress):
    """The lines of one boot."""

    def __init__(self, kernel, name, demo=False, mute=None):
        super().__init__("" if demo else f"[{kernel}] ", "Xen and dom0 start")
        self.name = name
        self.demo = demo
        # Evidence that begins with this is not printed.
        self.mute = mute
        self.held = self.failed = 0

    def state(self):
        claims = f", {self.held + self.failed} claims so far, {self.failed} failed" \
            if self.held + self.failed else ""
        return f"boot '{self.name}': {self.doing}{claims}"

    def begun(self, scenario):
        self.doing, self.held, self.failed = scenario.name, 0, 0
        if not self.demo:
            self.say(f"{scenario.name}:")

    def evidence(self, text):
        if claim := CLAIM.match(text):
            self.held += claim[1] == "ok"
            self.failed += claim[1] == "FAIL"
        if self.mute and text.startswith(self.mute):
            return
        if text.strip() or self.demo:
            self.say(text)

    def ended(self, scenario, cpu_seconds):
        self.doing, self.held, self.failed = f"after {scenario.name}", 0, 0
        if not self.demo:
            self.say(f"{scenario.verdict} {scenario.name}"
                     + (f": {scenario.reason}" if scenario.reason else "")
                     + f" ({cpu_seconds:.0f} s of CPU time)")

    def machine_ended(self, reason, seconds, cpu_seconds):
        if not self.demo:
            self.say(f"boot '{self.name}': {reason} after {seconds} s, "
                     f"{cpu_seconds:.0f} s of CPU time")


def by_kernel(scenarios):
    """{kernel: its scenarios}, both in order of name."""
    found = {}
    for scenario in sorted(scenarios, key=lambda s: (s.kernel, s.name)):
        found.setdefault(scenario.kernel, []).append(scenario)
    return found


def summary(scenarios):
    """Print the closing lines. The last is "N passed, N failed", for scripts/test.sh."""
    count = {v: [] for v in ("PASS", "FAIL", "SKIP")}
    for scenario in sorted(scenarios, key=lambda s: (s.kernel, s.name)):
        count[scenario.verdict].append(scenario)
    for s in count["SKIP"]:
        print(f"skipped: {s.kernel} {s.name}: {s.reason}")
    for s in count["FAIL"]:
        print(f"failed: {s.kernel} {s.name}: {s.reason}")
        for text in s.failures(SHOWN_OF_A_FAILURE):
            print(f"    > {text}")
        if s.logs:
            print(f"    logs: {os.path.relpath(s.logs)} and "
                  f"{os.path.relpath(Path(s.logs).parent)}/console.log")
    unchanged = sum(bool(s.unchanged) for s in scenarios)
    tail = f", {len(count['SKIP'])} skipped" if count["SKIP"] else ""
    tail += f", {unchanged} unchanged" if unchanged else ""
    print(f"{len(count['PASS']) - unchanged} passed, {len(count['FAIL'])} failed{tail}")


def demo_summary(scenarios, seconds):
    steps = [claim for s in scenarios for claim in s.claims()]
    failed = [text for held, text, _ in steps if not held]
    bad = any(s.verdict == "FAIL" for s in scenarios)
    print(f"\n{len(steps) - len(failed)} of {len(steps)} steps as expected, dom0's kernel "
          f"{'had complaints' if bad and not failed else 'log looked at'}; "
          f"{seconds} s in QEMU")
    print("demo failed" if bad else "demo done")


def write_ktap(path, scenarios):
    """All results as KTAP (dev-tools/ktap in the kernel's documentation): a test for each
    kernel, in it one for each scenario, in it one for each claim and a last one for the
    scenario as a whole, which a complaint in the kernel's log makes fail as well."""
    kernels = by_kernel(scenarios)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with open(new, "w", encoding="utf-8") as file:
        out = ktap.Printer(len(kernels), file)
        for kernel, some in kernels.items():
            with out.subtest(kernel, len(some)) as inner:
                for scenario in some:
                    _ktap_scenario(inner, scenario)
    os.replace(new, path)


def _ktap_scenario(out, scenario):
    if scenario.verdict == "SKIP":
        out.result(True, scenario.name, skip=scenario.reason)
        return
    claims = scenario.claims()
    with out.subtest(scenario.name, len(claims) + 1) as inner:
        if scenario.unchanged:
            inner.note(f"not run again, nothing has changed since {scenario.unchanged}")
        for held, text, lines in claims:
            inner.result(held, text, notes=lines)
        inner.result(scenario.verdict == "PASS", "the scenario as a whole",
                     notes=[scenario.reason] if scenario.reason else [])
