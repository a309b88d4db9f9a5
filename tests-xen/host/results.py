# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""What dom0/runner reports, parsed and checked.

A PASS from dom0 is not enough: a scenario passes only if the kernel's log has no warning
or fault and the kernel has no other taint than that of our module.
"""

import re

from .debug import Findings
import complaints

# A line of dom0's check().
CLAIM = re.compile(r"  (ok|FAIL) +(.*)")
TAINT_OUT_OF_TREE, TAINT_UNSIGNED = 1 << 12, 1 << 13


class Scenario:
    def __init__(self, name, kernel="", verdict=None, reason=""):
        self.name = name
        self.kernel = kernel
        self.verdict = verdict     # None: never ended
        self.reason = reason
        self.evidence = []
        self.dmesg = []
        self.files = {}
        self.taint = 0
        # When it passed, if it was not run again.
        self.unchanged = None
        # Folder of its logs, if they are there.
        self.logs = None

    def check(self, allowed_taint):
        """The verdict, from what dom0 said and from its kernel's log and taint."""
        if self.verdict is None:
            self.verdict = "FAIL"
            self.reason = self.reason or "did not end"
        bad = [text for text in self.dmesg if complaints.is_one(text)]
        extra = self.taint & ~allowed_taint
        if bad:
            self.fail("kernel complaint: " + bad[0].strip())
        if extra:
            self.fail(f"kernel tainted: {extra:#x}")

    def claims(self):
        """[(does it hold, its text, lines that belong to it)]."""
        found, lines = [], None
        for text in self.evidence:
            if claim := CLAIM.match(text):
                lines = []
                found.append((claim[1] == "ok", claim[2], lines))
            elif lines is not None and text.startswith(" " * 8):
                lines.append(text.strip())
            else:
                lines = None
        return found

    def failures(self, lines):
        """Output of its failed checks, each after its claim."""
        said = []
        for held, text, output in self.claims():
            if not held:
                said += ["FAIL  " + text, *output]
        return said[:lines]

    def fail(self, reason):
        self.reason = f"{self.reason}; {reason}" if self.verdict == "FAIL" and self.reason \
            else reason
        self.verdict = "FAIL"


class Parser:
    """Takes what dom0 prints line by line; collects the scenarios and calls the functions
    given for each begin, line of evidence and end.

    on_monitor: gets the requests of dom0's monitor() in lib.sh for QEMU's monitor.
    """

    MONITOR = "@@monitor "

    def __init__(self, nonce, on_begin, on_evidence, on_end, on_monitor=None):
        self.mark = f"@@{nonce} "
        self.on_begin, self.on_evidence, self.on_end = on_begin, on_evidence, on_end
        self.on_monitor = on_monitor
        self.scenarios = []
        self.current = None
        self.file = None
        self.release = None
        self.done = False
        # What the debug kernel has found, if it is that one.
        self.debug = Findings()

    def line(self, text):
        if not text.startswith(self.mark):
            if self.file is not None:
                self.file.append(text)
            elif self.on_monitor and text.startswith(self.MONITOR):
                self.on_monitor(text[len(self.MONITOR):])
            else:
                if self.current:
                    self.current.evidence.append(text)
                self.on_evidence(text)
            return
        word, _, rest = text[len(self.mark):].partition(" ")
        if word == "BOOT":
            self.release = rest
        elif word == "BEGIN":
            self.current = Scenario(rest)
            self.scenarios.append(self.current)
            self.on_begin(self.current)
        elif word == "DMESG":
            self.current.dmesg.append(rest)
            self.debug.log.append(rest)
        elif word == "LOG":
            self.debug.log.append(rest)
        elif word == "DEBUG":
            self.debug.take(rest)
        elif word == "FILE":
            self.file = self.current.files.setdefault(rest, [])
        elif word == "FILEEND":
            self.file = None
        elif word == "TAINT":
            self.current.taint = int(rest)
        elif word == "END":
            _, verdict, *reason = rest.split(" ", 2)
            self.current.verdict = verdict
            self.current.reason = reason[0] if reason else ""
            self.on_end(self.current)
            self.current = None
        elif word == "DONE":
            self.done = True
