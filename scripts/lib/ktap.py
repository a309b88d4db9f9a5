# SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
"""Prints results as KTAP, the kernel's test format (in the kernel's documentation:
dev-tools/ktap), so that the kernel's kunit.py and others can read them.

    out = ktap.Printer(plan=2)
    out.result(True, "first")
    with out.subtest("second", plan=1) as inner:
        inner.result(False, "step", notes=["expected 1, got 2"])
    out.result(True, "third", skip="no such device")
"""

import contextlib
import sys
import threading

VERSION = "KTAP version 1"


def _plain(text):
    """A description must fit into a line and has no '#', which starts a directive."""
    return " ".join(str(text).replace("#", "no.").split())


class Printer:
    """One level of results. Methods may be called by several threads; the lines of one
    call stay together."""

    def __init__(self, plan=None, out=None, depth=0, name=None):
        self.out = sys.stdout if out is None else out
        self.depth = depth
        self.count = self.failed = 0
        self._lock = threading.Lock()
        head = [VERSION]
        if name is not None:
            head.append(f"# Subtest: {_plain(name)}")
        if plan is not None:
            head.append(f"1..{plan}")
        self._lines(head)

    def _lines(self, lines):
        indent = "    " * self.depth
        self.out.write("".join(f"{indent}{line}\n" for line in lines))
        self.out.flush()

    def note(self, text):
        """A diagnostic line; a text of several lines becomes several."""
        with self._lock:
            self._lines(f"# {line}".rstrip() for line in str(text).splitlines())

    def result(self, good, name, skip=None, notes=()):
        """The result line of a test, after diagnostic lines. @skip is why it did not run."""
        with self._lock:
            self.count += 1
            self.failed += not good
            lines = [f"# {line}".rstrip() for note in notes for line in str(note).splitlines()]
            line = f"{'ok' if good else 'not ok'} {self.count} {_plain(name)}"
            if skip is not None:
                line += f" # SKIP {skip}".rstrip()
            self._lines([*lines, line])

    @contextlib.contextmanager
    def subtest(self, name, plan=None):
        """The results of a test that has parts; its own result follows at the end. Not
        while another thread prints."""
        inner = Printer(plan, self.out, self.depth + 1, name)
        yield inner
        self.result(not inner.failed, name)
