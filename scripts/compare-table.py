#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""compare-table.py [--check]: the in-tree module and ours, scenario by scenario.

Reads Documentation/comparison/*.txt, which tests-xen/run.py --record wrote in real runs,
and writes Documentation/comparison.rst and the table in README.md. --check writes nothing
and fails if one of them differs from what it would write.
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "lib"), str(HERE.parent / "tests-xen")]
import made  # noqa: E402
from host import recorded, scenarios  # noqa: E402

KERNEL = "k6.12"
# A value after a claim's colon differs from run to run, the table must not.
VALUE = re.compile(r": [^:]*$")


def outcome(entry, short):
    """The result of one module in a scenario, as text."""
    if entry is None:
        return "not run"
    if entry.verdict == "PASS":
        return "passes" if short else f"passes, {entry.held} claims hold"
    if entry.verdict == "SKIP":
        return "not offered"
    crash = re.search(r"kernel complaint: .*?((?:BUG|WARNING|Oops|Call Trace)[^\[]*)", entry.reason)
    if not entry.failed and "kernel complaint" in entry.reason:
        return "the kernel complains: " + re.sub(r"^.*?\] *", "", entry.reason)
    if "did not end" in entry.reason:
        return "dom0 hangs or dies"
    if entry.failed:
        more = "; the kernel complains" if crash else ""
        return f"{len(entry.failed)} of {entry.claims} claims fail{more}"
    return f"fails: {entry.reason}"


def first_failure(entry):
    if entry is None or entry.verdict in ("PASS", "SKIP") or not entry.failed:
        return ""
    return VALUE.sub("", entry.failed[0])


def rows():
    """(scenario, in-tree entry, our entry), in name order."""
    stock, ours = (recorded.read(recorded.path_of(made.RESULTS, KERNEL, module))
                   for module in ("stock", "ours"))
    for scenario in scenarios.read_all():
        if scenario.name in stock or scenario.name in ours:
            yield scenario, stock.get(scenario.name), ours.get(scenario.name)


def counts(table, side):
    entries = [row[side] for row in table if row[side]]
    return sum(e.verdict == "PASS" for e in entries)


def run_with_both(table):
    """The rows of scenarios that were run with both."""
    return [row for row in table if all(e and e.verdict != "SKIP" for e in row[1:])]


def not_offered(table):
    return sum(bool(row[1] and row[2] and row[1].verdict == "SKIP") for row in table)


def readme_table(table):
    both = run_with_both(table)
    if not both:
        return ""
    lines = [f"Of {len(both)} scenarios that were run with both on a real Xen with Linux 6.12, the "
             f"in-tree module passes {counts(both, 1)},", f"this one {counts(both, 2)}; "
             f"{not_offered(table)} more are about functions that only this one has. "
             "Those in which they differ:", "",
             "| scenario | in-tree | here |", "|---|---|---|"]
    for scenario, stock, ours in both:
        if stock.verdict == ours.verdict:
            continue
        cell = outcome(stock, True)
        if first_failure(stock):
            cell += f": {first_failure(stock)}"
        lines.append(f"| {scenario.title} | {cell} | {outcome(ours, True)} |".replace("\\", ""))
    lines += ["", "[Documentation/comparison.rst](Documentation/comparison.rst) says for each what fails."]
    return "\n".join(lines) + "\n"


def rst(table):
    both = run_with_both(table)
    lines = [".. SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause",
             ".. Made by scripts/compare-table.py from comparison/*.txt; do not edit.", "",
             "=========================================",
             "The in-tree module and this one, compared",
             "=========================================", "",
             "Scenarios of ``tests-xen`` as they were recorded with each module on Xen 4.17 and",
             f"Linux 6.12. Of {len(both)} that were run with both the in-tree module passes",
             f"{counts(both, 1)}, this one {counts(both, 2)}. \"Not run\": not recorded yet. \"Not offered\":",
             "the scenario is about something the in-tree module does not have. Where a claim",
             "fails the scenario goes on, unless all that follows needs it; then what follows is",
             "not counted.", ""]
    for scenario, stock, ours in table:
        lines += [scenario.name, "-" * len(scenario.name), "", f"{scenario.title}.", ""]
        for name, entry in (("in-tree", stock), ("here", ours)):
            lines.append(f"* {name}: {outcome(entry, False)}")
            if entry and entry.verdict != "PASS":
                lines += ["", f"  ``{entry.reason}``"] if not entry.failed and entry.reason else []
                if entry.failed:
                    lines.append("")
                lines += [f"  - ``{text.replace('`', chr(39))}``" for text in entry.failed]
            lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def main():
    table = list(rows())
    if "--check" in sys.argv[1:]:
        missing = {s.name for s in scenarios.read_all() if s.when == "test"
                   and KERNEL in s.kernels and scenarios.XEN in s.xens} - {
                       row[0].name for row in table}
        if missing:
            print(f"not recorded yet: {' '.join(sorted(missing))}")
    return made.update("compare-table.py", {
        made.TOP / "Documentation/comparison.rst": rst(table),
        made.README: made.readme("compare-table.py", readme_table(table))})


if __name__ == "__main__":
    sys.exit(main())
