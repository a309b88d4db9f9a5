#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""matrix.py [--check]: which kernel, Xen, host and guest were tried with which module.

Reads Documentation/comparison/*.txt, which tests-xen/run.py --record wrote in real runs,
and writes Documentation/matrix.rst and the table in README.md. --check writes nothing
and fails if one of them differs from what it would write.
"""

import sys
from collections import defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "lib"), str(HERE.parent / "tests-xen")]
import made  # noqa: E402
from host import paths, recorded, scenarios  # noqa: E402

# By a scenario's "# host:": kind of host, and of its guests.
KINDS = {"pv": ("PV", "PV"), "hvm": ("PV", "HVM"), "pvh": ("PVH", "none"),
         "pvh-hvm": ("PVH", "HVM")}
# Why there is nothing, where that is not just because nobody has run it.
REASONS = {
    ("hvm", "k7.3"): "guests have dom0's kernel, and no scenario of HVM guests names that one",
    ("pvh-hvm", scenarios.XEN): "needs the interrupt lines of a newer Xen",
}


def columns():
    """(kernel, Xen): every kernel with this Debian's Xen, and one with the newer ones."""
    known = [(name, scenarios.XEN) for name in paths.kernel_names() + paths.newer_names()]
    return known + [(scenarios.NEWER_ON, xen) for xen in paths.xens() if xen != scenarios.XEN]


def title(kernel, xen):
    return f"Linux {kernel[1:]}, Xen {xen}"


def entries(column, module):
    return recorded.read(recorded.path_of(made.RESULTS, scenarios.label(*column), module))


def counted(kind, column, module, files):
    """(passed, run) of the scenarios of that kind."""
    found = [e for name, e in entries(column, module).items()
             if e.verdict != "SKIP" and name in files and files[name].host == kind]
    return sum(e.verdict == "PASS" for e in found), len(found)


def cell(kind, column, files):
    texts = []
    for module in ("ours", "stock"):
        passed, run = counted(kind, column, module, files)
        texts.append(f"{passed} of {run}" if run else "-")
    return " / ".join(texts) if texts != ["-", "-"] else "not run"


def table(files):
    """Rows of cells: the head, then a row for each kind of host and guest."""
    rows = [["host", "guests", *(title(*c) for c in columns())]]
    for kind, (host, guest) in KINDS.items():
        rows.append([host, guest, *(cell(kind, c, files) for c in columns())])
    return rows


def in_test(files, column):
    """Numbers of the scenarios that make test runs there."""
    by_boot = scenarios.choose(list(files.values()), column[0], "test", False, column[1])[0]
    return sorted(f.number for some in by_boot.values() for f in some)


def failures(files):
    """Lines on what did not pass, and on what there is nothing of."""
    lines = []
    for module, name in (("ours", "here"), ("stock", "in-tree")):
        for column in columns():
            for scenario, entry in sorted(entries(column, module).items()):
                if entry.verdict == "FAIL" and scenario in files:
                    why = entry.failed[0] if entry.failed else entry.reason
                    lines.append((f"{title(*column)}, {name}", scenario, why.replace("`", "'")))
    return lines


def not_run(files):
    lines = []
    for kind, (host, guest) in KINDS.items():
        for column in columns():
            if cell(kind, column, files) == "not run":
                why = REASONS.get((kind, column[0])) or REASONS.get((kind, column[1])) or \
                    "not recorded yet"
                lines.append(f"* {host} host, guests: {guest}, {title(*column)}: {why}")
    return lines


def rst(files):
    lines = [".. SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause",
             ".. Made by scripts/matrix.py from comparison/*.txt; do not edit.", "",
             "====================", "What was tried where", "====================", "",
             "Scenarios of ``tests-xen`` that passed, of those that were run and recorded: with this",
             "module / with the in-tree module. Scenarios of what the in-tree module does not have are",
             "not counted for it.", "", ".. list-table::", "   :header-rows: 1", ""]
    for row in table(files):
        lines += [f"   {'* -' if not i else '  -'} {text}" for i, text in enumerate(row)]
    lines += ["", "``make test`` runs these:", ""]
    lines += [f"* {title(*c)}: {' '.join(in_test(files, c))}" for c in columns()]
    newer = sorted(f.number for f in files.values() if f.emulator)
    lines += ["", "``make soak`` runs the others, on Linux 6.1 and 6.12 and on each Xen. Scenarios "
              f"{' '.join(newer)}", "run in a newer QEMU than the others.", "",
              "Not run", "=======", ""]
    lines += not_run(files) or ["Nothing."]
    lines += ["", "Known failures", "==============", "",
              "By scenario, with the first claim that failed.", ""]
    groups = defaultdict(list)
    for head, scenario, why in failures(files):
        groups[head].append(f"* {scenario}: ``{why}``")
    for head, texts in groups.items():
        lines += [head, "-" * len(head), "", *texts, ""]
    if not any(head.endswith("here") for head in groups):
        lines += ["None with this module."]
    return "\n".join(lines).rstrip("\n") + "\n"


def readme(files):
    rows = table(files)
    lines = ["Scenarios that passed, of those that were run: here / in-tree "
             "([Documentation/matrix.rst](Documentation/matrix.rst)).", "",
             "| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows[1:]]) + "\n"


def main():
    files = {f.name: f for f in scenarios.read_all()}
    return made.update("matrix.py", {
        made.TOP / "Documentation/matrix.rst": rst(files),
        made.README: made.readme("matrix.py", readme(files))})


if __name__ == "__main__":
    sys.exit(main())
