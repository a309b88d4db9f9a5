# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""The scenario files: what their heads declare, and which of them a run takes."""

import difflib
import fnmatch
import re
import sys

from . import paths

# Where a scenario without a "# kernels:" line runs when every kernel does.
KERNELS = ("k6.1", "k6.12")
# On that one only those run that name it. make soak runs the others, but not those that are
# for make soak alone: these count what a kernel allocates, and this one allocates for its
# checks.
DEBUG = paths.DEBUG
# On a kernel that the driver is built into only those run that name it, and no other kernel runs
# them.
BUILTIN = paths.BUILTIN
# The Xen of this Debian, and the kernel of dom0 on newer ones where none is named.
XEN = next(iter(paths.xens()))
NEWER_ON = "k6.12"


def usage_error(text):
    """The caller asked for something that does not exist."""
    print(f"tests-xen: {text}", file=sys.stderr)
    raise SystemExit(2)


class ScenarioFile:
    """One file of scenarios/ and the "# key: value" lines of its head."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.number = self.name.partition("-")[0]
        text = path.read_text(encoding="utf-8")
        # The head ends where the first paragraph of prose has ended.
        comment = re.match(r"(?:#.*\n)+", text)[0]
        keys, _, prose = comment.partition("\n#\n")
        declared = dict(re.findall(r"^# (\w+): *(.*?) *$", keys, re.M))
        self.boot = declared.get("boot", "main")
        self.devices = declared.get("devices", "base")
        self.cpus = int(declared.get("cpus", 1))
        # Versions of Xen, see on_xen().
        self.xens = tuple(declared.get("xens", XEN).split())
        # The kind of dom0, one of host/vm.py's.
        self.host = declared.get("host", "pv")
        self.timeout = int(declared.get("timeout", 120))
        self.kernels = tuple(declared.get("kernels", " ".join(KERNELS)).split())
        # test: `make test`; soak: `make soak`; demo: `make demo`; attack: run.py --attack.
        self.when = declared.get("when", "test")
        # newer: a QEMU that has devices which this machine's does not have.
        self.emulator = declared.get("emulator")
        # More drivers for dom0 and guests.
        self.modules = tuple(declared.get("modules", "").split())
        # More for dom0's kernel command line.
        self.args = declared.get("args", "")
        # Why there is nothing to run with the in-tree module, if there is not.
        self.ours = declared.get("ours")
        # The first sentence, for tables.
        sentence = " ".join(re.sub(r"^# ?", "", prose, flags=re.M).split())
        self.title = re.split(r"[.:;](?: |$)", sentence, maxsplit=1)[0]


def read_all():
    """All scenarios, in the order in which those of one boot run."""
    by_number = {}
    for path in sorted(paths.SCENARIOS.glob("*.sh")):
        scenario = ScenarioFile(path)
        other = by_number.setdefault(scenario.number, scenario)
        if not scenario.number.isdigit():
            usage_error(f"{path.name}: the name of a scenario begins with its number")
        if other is not scenario:
            usage_error(f"{other.path.name} and {path.name} have the same number")
    return list(by_number.values())


def matches(scenario, word):
    """Does the word mean it? It is its name, its number, or a pattern for its name."""
    return word in (scenario.name, scenario.number) or fnmatch.fnmatchcase(scenario.name, word)


def near(files, word):
    """Names that the caller may have meant."""
    inside = word.strip("*")
    containing = [f.name for f in files if inside and inside in f.name]
    return containing or difflib.get_close_matches(word, [f.name for f in files], 3, 0.4) \
        or [f.name for f in files if f.number[0] == word[0]]


def named(files, words):
    """The scenarios that the words mean; all without a word."""
    for word in words:
        if not any(matches(f, word) for f in files):
            like = near(files, word)
            usage_error(f"no scenario is called '{word}'"
                        + (f"; there is {', '.join(like)}" if like else "")
                        + " (run.py --list shows all)")
    return [f for f in files if not words or any(matches(f, word) for word in words)]


def wanted(scenario, kernel, list_name, explicit):
    """Does this run take the scenario on this kernel?

    explicit: the caller named the kernel, or the scenario: then whatever its head says
    about kernels. `make soak` takes what `make test` leaves out.
    """
    if scenario.when in ("demo", "attack") or list_name in ("demo", "attack"):
        return scenario.when == list_name
    declared = kernel in scenario.kernels
    if BUILTIN in (kernel, *scenario.kernels):
        return declared and bool(explicit or list_name == "soak")
    if list_name == "soak":
        if kernel == DEBUG and not explicit:
            return declared if scenario.when == "soak" else not declared
        return scenario.when == "soak" or (not declared and kernel in KERNELS) or explicit
    return (scenario.when == "test" or explicit == "name") and (declared or bool(explicit))


def on_xen(scenario, kernel, xen, list_name):
    """Does a run that names neither a Xen nor a scenario take it on that Xen?

    `make test` takes what names it, on newer ones than this Debian's with one kernel; `make soak`
    what is left, but nothing that is for newer ones alone.
    """
    named = xen in scenario.xens
    if xen == XEN and named:
        return True
    if kernel != NEWER_ON or NEWER_ON not in scenario.kernels:
        return False
    if list_name == "test":
        return named and scenario.when == "test"
    return list_name == "soak" and (
        scenario.when == "test" and not named or
        scenario.when == "soak" and xen != XEN)


def choose(files, kernel, list_name, explicit, xen=XEN, explicit_xen=False):
    """(the scenarios by boot, names of those left out by their heads) on one kernel and Xen."""
    if explicit_xen:
        chosen = [f for f in files if wanted(f, kernel, list_name, explicit)]
    elif explicit == "name":
        chosen = [f for f in files if wanted(f, kernel, list_name, explicit) and xen == f.xens[0]]
    else:
        # The head's kernels are those for this Debian's Xen.
        chosen = [f for f in files if on_xen(f, kernel, xen, list_name) and
                  (xen not in f.xens or xen != XEN or wanted(f, kernel, list_name, explicit))]
    if xen != XEN:
        return boots(chosen), []
    left = [f.name for f in files
            if f.when == list_name == "test" and XEN in f.xens and f not in chosen]
    # The more a boot of the debug kernel does, the more orders of its locks are compared.
    return boots(chosen, machine if kernel == DEBUG and list_name == "test" else None), left


def label(kernel, xen):
    """What results call the two."""
    return kernel if xen == XEN else f"{kernel}-xen{xen}"


def machine(scenario):
    """A name for what it runs on."""
    cpus = f"{scenario.cpus}-cpus" if scenario.cpus > 1 else ""
    host = scenario.host if scenario.host != "pv" else ""
    return "-".join(filter(None, [scenario.devices, host, cpus]))


def boots(chosen, name_of=None):
    """The scenarios by the boot they share, in name order."""
    shared = {}
    for scenario in chosen:
        shared.setdefault(name_of(scenario) if name_of else scenario.boot, []).append(scenario)
    for name, files in shared.items():
        if len({(f.devices, f.host, f.cpus, f.args, f.modules, f.emulator)
                for f in files}) > 1:
            raise SystemExit(f"tests-xen: boot '{name}': its scenarios want different machines")
    return shared
