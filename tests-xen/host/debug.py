# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What the debug kernel of dom0 has found in a boot, which dom0/debug.sh reports.

Lockdep stops at its first report, kmemleak when it runs out of memory, and neither says so
where a test would look: that they were at work to the end is checked too.
"""

import re

from . import paths
import complaints

# Everything takes so many times as long as on Debian's kernels.
SLOWER = 3

# Reports that are not about this driver: a pattern for the line, and why it is none of ours.
NOT_OURS = ()


def is_ours(line):
    return not any(re.search(pattern, line) for pattern, _ in NOT_OURS)


def applies(kernel):
    """Is it such a kernel?"""
    return kernel.name in (paths.DEBUG, paths.BUILTIN)


class Findings:
    """The lines of a boot from dom0/debug.sh and dom0's whole kernel log."""

    def __init__(self):
        # Of lockdep_stats; None: it was not read.
        self.lockdep = None
        # Objects in use that nothing points to, by where they were looked for.
        self.leaks = {}
        # Trouble with looking for them, and what is known of each.
        self.errors, self.objects = [], []
        self.log = []

    def take(self, text):
        """A line: "lockdep 1", "leaks 0 WHERE", "error TEXT", "object TEXT"."""
        word, _, rest = text.partition(" ")
        if word == "lockdep":
            self.lockdep = rest
        elif word == "leaks":
            number, _, where = rest.partition(" ")
            self.leaks[where] = int(number)
        elif word == "error":
            self.errors.append(rest)
        elif word == "object":
            self.objects.append(rest)

    def reports(self):
        """What the kernel complained of, each line once."""
        return list(dict.fromkeys(
            re.sub(r"^\[[ .\d]*\] ", "", line) for line in self.log
            if complaints.is_one(line, stalls=True) and is_ours(line)))

    def trouble(self):
        """Why the scenarios of the boot have failed; empty if they have not."""
        found = list(self.errors)
        if self.lockdep != "1":
            found.append(f"lockdep is not on at the end: debug_locks is {self.lockdep}")
        if "the end" not in self.leaks:
            found.append("leaks were not looked for at the end")
        found += [f"kmemleak: {number} unreferenced objects after {where}"
                  for where, number in self.leaks.items() if number]
        found += [f"kernel: {line.strip()}" for line in self.reports()[:5]]
        return found

    def line(self):
        """One line for a person."""
        reports = len(self.reports())
        lockdep = {"1": "on", None: "not asked"}.get(self.lockdep, "OFF")
        return (f"lockdep {lockdep}, "
                f"kmemleak {sum(self.leaks.values()) if self.leaks else 'not asked'}, "
                + (f"{reports} reports" if reports else "no report"))
