# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Results of scenarios as text: run.py --record writes it, scripts/compare-table.py
reads it.

One file for each kernel and module. "scenario NAME VERDICT" begins an entry, its
lines are "claims HELD of ALL", "reason TEXT", "failed CLAIM".
"""

import fcntl
import os
from dataclasses import dataclass, field

HEAD = ("# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause\n"
        "# Written by tests-xen/run.py --record: what each scenario came to in a real run.\n")


@dataclass
class Entry:
    name: str
    verdict: str
    held: int = 0
    reason: str = ""
    failed: list = field(default_factory=list)

    @property
    def claims(self):
        return self.held + len(self.failed)


def entry_of(scenario):
    """From a host.results.Scenario."""
    claims = scenario.claims()
    return Entry(scenario.name, scenario.verdict, sum(held for held, *_ in claims),
                 scenario.reason, [text for held, text, _ in claims if not held])


def path_of(folder, kernel, module):
    return folder / f"{kernel}-{module}.txt"


def read(path):
    """Entries by scenario name; none if the file does not exist."""
    entries = {}
    if not path.exists():
        return entries
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "scenario":
            name, _, verdict = rest.partition(" ")
            entry = entries[name] = Entry(name, verdict)
        elif word == "claims":
            entry.held = int(rest.split()[0])
        elif word == "reason":
            entry.reason = rest
        elif word == "failed":
            entry.failed.append(rest)
    return entries


def write(path, entries):
    lines = []
    for _, e in sorted(entries.items()):
        lines += ["", f"scenario {e.name} {e.verdict}", f"claims {e.held} of {e.claims}"]
        lines += [f"reason {e.reason}"] if e.reason else []
        lines += [f"failed {text}" for text in e.failed]
    path.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def merge(folder, kernel, module, scenarios):
    """Put these scenarios' results in the place of older ones of the same."""
    path = path_of(folder, kernel, module)
    folder.mkdir(parents=True, exist_ok=True)
    # Boots of this run and other runs write to the same file.
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        entries = read(path)
        entries.update({s.name: entry_of(s) for s in scenarios})
        write(path, entries)
    finally:
        os.close(handle)
