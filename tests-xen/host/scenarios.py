# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The scenario files: what their heads declare, and which of them a run takes."""

import re

from . import paths

# Where a scenario without a "# kernels:" line runs when every kernel does.
KERNELS = ("k6.1", "k6.12")


class ScenarioFile:
    """One file of scenarios/ and the "# key: value" lines of its head."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        text = path.read_text(encoding="utf-8")
        # The head ends where the first paragraph of prose has ended.
        comment = re.match(r"(?:#.*\n)+", text)[0]
        keys, _, prose = comment.partition("\n#\n")
        declared = dict(re.findall(r"^# (\w+): *(.*?) *$", keys, re.M))
        self.boot = declared.get("boot", "main")
        self.devices = declared.get("devices", "base")
        self.cpus = int(declared.get("cpus", 1))
        # The kind of dom0, one of host/vm.py's.
        self.host = declared.get("host", "pv")
        self.timeout = int(declared.get("timeout", 120))
        self.kernels = tuple(declared.get("kernels", " ".join(KERNELS)).split())
        # test: `make test`; soak: `make soak`; demo: `make demo`; attack: run.py --attack.
        self.when = declared.get("when", "test")
        # Why there is nothing to run with the in-tree module, if there is not.
        self.ours = declared.get("ours")
        # The first sentence, for tables.
        sentence = " ".join(re.sub(r"^# ?", "", prose, flags=re.M).split())
        self.title = re.split(r"[.:;](?: |$)", sentence, maxsplit=1)[0]


def read_all():
    return [ScenarioFile(path) for path in sorted(paths.SCENARIOS.glob("*.sh"))]


def wanted(scenario, kernel, list_name, explicit):
    """Does this run take the scenario on this kernel?

    explicit: the caller named the kernel, or the scenario: then whatever its head says
    about kernels. `make soak` takes what `make test` leaves out.
    """
    if scenario.when in ("demo", "attack") or list_name in ("demo", "attack"):
        return scenario.when == list_name
    declared = kernel in scenario.kernels
    if list_name == "soak":
        return scenario.when == "soak" or (not declared and kernel in KERNELS) or explicit
    return (scenario.when == "test" or explicit == "name") and (declared or bool(explicit))


def boots(chosen):
    """The scenarios by the boot they share, in name order."""
    shared = {}
    for scenario in chosen:
        shared.setdefault(scenario.boot, []).append(scenario)
    for name, files in shared.items():
        if len({(f.devices, f.host, f.cpus) for f in files}) > 1:
            raise SystemExit(f"tests-xen: boot '{name}': its scenarios want different machines")
    return shared
